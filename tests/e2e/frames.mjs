// SPDX-License-Identifier: GPL-3.0-or-later
/** From packets of media to frames, and whether these are what the codecs make: RFC 7741 and RFC 6716. */

/** @typedef {import('../lab/pcap.mjs').RtpPacket} RtpPacket */

const CLOCK_KHZ = 48;
const STEP_MS = 20; /* what browsers send */
const CELT_MS = [2.5, 5, 10, 20];
const SILK_MS = [10, 20, 40, 60];

/** How long a packet of Opus lasts by its first bytes, or undefined if its structure is not Opus's. @param {Buffer} packet */
export function opusDuration(packet) {
  if (packet.length < 2) return undefined;
  const config = packet[0] >> 3;
  const frame_ms = config >= 16 ? CELT_MS[config & 3] : config >= 12 ? SILK_MS[config & 1] : SILK_MS[config & 3];
  const code = packet[0] & 3;
  if (code === 1 && packet.length % 2 === 0) return undefined;
  if (code === 2 && packet[1] + 2 > packet.length) return undefined;
  const frames = code === 0 ? 1 : code === 3 ? packet[1] & 63 : 2;
  const duration_ms = frames * frame_ms;
  return frames > 0 && duration_ms <= 120 ? duration_ms : undefined;
}

/**
 * How many of these packets of one sender say to last as long as their clock goes on to the next.
 * @param {RtpPacket[]} packets
 */
export function countOpus(packets) {
  let all = 0;
  let valid = 0;
  for (const [i, packet] of packets.entries()) {
    const next = packets[i + 1];
    /* a busy machine leaves gaps; what is longer or shorter than all others says nothing */
    if (!next || next.sequence !== ((packet.sequence + 1) & 0xffff) || next.timestamp - packet.timestamp !== STEP_MS * CLOCK_KHZ) continue;
    all += 1;
    if (opusDuration(packet.payload) === STEP_MS) valid += 1;
  }
  return { all, valid };
}

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
