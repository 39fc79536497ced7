// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Whether packets of pictures that are lost are sent again, as descriptions say it (RFC 4585, NACK). Key frames can be
 * asked for all the same.
 */

/** @param {string | undefined} sdp */
export function withoutNack(sdp) {
  return String(sdp).replace(/^a=rtcp-fb:\S+ nack\r\n/gm, '');
}
