// SPDX-License-Identifier: GPL-3.0-or-later
/** From packets of media to frames, and whether these are what the codec makes: RFC 7741. */

/** @typedef {import('../lab/pcap.mjs').RtpPacket} RtpPacket */

/** Past the payload descriptor of VP8; undefined if it is not one. @param {Buffer} payload */
function pastDescriptor(payload) {
  if (payload.length < 2 || payload[0] & 0x40) return undefined;
  let at = 1;
  if (payload[0] & 0x80) {
    const extras = payload[at++];
    if (extras & 0x80) at += payload[at] & 0x80 ? 2 : 1;
    if (extras & 0x40) at += 1;
    if (extras & 0x30) at += 1;
  }
  return at < payload.length ? payload.subarray(at) : undefined;
}

/**
 * Whole frames of one sender's picture.
 * @param {RtpPacket[]} packets
 * @returns {Buffer[]}
 */
export function pictures(packets) {
  /** @type {Map<number, RtpPacket[]>} */
  const frames = new Map();
  for (const packet of packets) frames.set(packet.timestamp, [...frames.get(packet.timestamp) ?? [], packet]);
  return [...frames.values()].flatMap((parts) => {
    parts.sort((a, b) => ((a.sequence - b.sequence) << 16) >> 16);
    const whole = (parts[0].payload[0] & 0x10) !== 0 && parts[parts.length - 1].marker
      && parts.every(({ sequence }, i) => i === 0 || sequence === ((parts[i - 1].sequence + 1) & 0xffff));
    const data = parts.map(({ payload }) => pastDescriptor(payload));
    return whole && data.every((part) => part !== undefined) ? [Buffer.concat(/** @type {Buffer[]} */ (data))] : [];
  });
}

/** @param {Buffer} frame of VP8 */
export function isKeyFrame(frame) {
  return frame.length > 10 && (frame[0] & 1) === 0 && frame.subarray(3, 6).equals(Buffer.from([0x9d, 0x01, 0x2a]));
}
