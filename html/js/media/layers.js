// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * In a room for more than two a camera can send several sizes at once, lowest first. While there is one other person it
 * sends one, the first; among more the server says which ones somebody takes.
 * @typedef {{active: boolean, maxBitrate: number, height: number, fps: number}} Limit
 */

const RIDS = ['l', 'm', 'h'];
/** Of a camera with fewer pixels some browsers make no third encoding beside the first. */
const THREE_PIXELS = 960 * 540;

/**
 * Among no more than two people a camera has one encoding: all of one that it could have, browsers handle them otherwise.
 * @param {number} maxBitrate @param {boolean} several @returns {RTCRtpEncodingParameters[]}
 */
export function offered(maxBitrate, several) {
  if (!several) return [{ maxBitrate }];
  return RIDS.map((rid, i) => {
    const encoding = { rid, active: i === 0, maxBitrate, scaleResolutionDownBy: 1, scalabilityMode: 'L1T1' };
    return encoding;
  });
}

/**
 * What each of a sender's encodings may be; null: off.
 * @param {Limit[]} limits what the server allows, lowest first
 * @param {number} count of encodings
 * @param {number} pixels of the camera
 * @param {boolean} seen otherwise one is enough
 * @returns {(Limit | null)[]}
 */
export function spread(limits, count, pixels, seen) {
  const some = limits.some(({ active }) => active);
  const wanted = seen ? limits : [{ ...limits[0], active: some }];
  const out = Array.from({ length: count }, (_, i) => (wanted[i]?.active ? wanted[i] : null));
  /* who is to have the third then gets what is in the place of the second */
  if (pixels < THREE_PIXELS && out[0] && !out[1] && out[2]) return [out[0], out[2], null];
  return out;
}

/**
 * The answer as the browser is to see it: layers that are off for now are not given up.
 * @param {RTCSessionDescriptionInit} answer @returns {RTCSessionDescriptionInit}
 */
export function withAllLayers({ type, sdp }) {
  return { type, sdp: sdp?.replace(/^a=simulcast:.*$/m, (line) => line.replaceAll('~', '')) };
}
