// SPDX-License-Identifier: GPL-3.0-or-later
import { concat } from './bytes.js';
import { Unopened } from './keyring.js';

/**
 * What of a frame stays in clear, and how the rest is made to tell nothing by its length.
 * @typedef {"opus" | "vp8" | "vp9"} Codec
 */

const VP8_KEY = 10; /* frame tag, start code, width and height: what a server and a decoder look at */
const VP8_DELTA = 1; /* the bit that says whether this is a key frame */
const BUCKET = 128;

/**
 * @param {string | undefined} mimeType
 * @returns {Codec | null} null: not one that may be sent encrypted
 */
export function codecOf(mimeType) {
  const name = mimeType?.toLowerCase().replace(/^(audio|video)\//, '');
  if (name === 'red') return 'opus'; /* twice in a packet: sealed as a whole, and padded, like one */
  return name === 'opus' || name === 'vp8' || name === 'vp9' ? name : null;
}

/**
 * How many bytes in front stay in clear.
 * @param {Codec} codec
 * @param {Uint8Array} frame clear or encrypted
 */
export function clearBytes(codec, frame) {
  if (codec !== 'vp8' || frame.length === 0) return 0;
  return Math.min(isKeyFrame(frame) ? VP8_KEY : VP8_DELTA, frame.length);
}

/** @param {Uint8Array} frame VP8, not empty */
export function isKeyFrame(frame) {
  return (frame[0] & 1) === 0;
}

/**
 * Speech of different loudness and different sounds makes frames of different lengths; here they become alike.
 * @param {Uint8Array} frame
 */
export function pad(frame) {
  const size = frame.length + 2;
  const out = new Uint8Array(Math.ceil(size / BUCKET) * BUCKET);
  new DataView(out.buffer).setUint16(0, frame.length);
  out.set(frame, 2);
  return out;
}

/**
 * @param {Uint8Array} padded
 * @returns {Uint8Array | null} null if it is not what `pad` makes
 */
export function unpad(padded) {
  if (padded.length === 0 || padded.length % BUCKET !== 0) return null;
  const size = new DataView(padded.buffer, padded.byteOffset).getUint16(0);
  if (Math.ceil((size + 2) / BUCKET) * BUCKET !== padded.length) return null;
  return padded.subarray(2, 2 + size);
}

/**
 * Encrypts one frame as it goes on the wire. Empty ones (silence) have nothing to hide.
 * @param {import("./keyring.js").KeyRing} ring
 * @param {import("./keyring.js").Kind} kind
 * @param {Codec} codec
 * @param {Uint8Array} frame
 */
export async function protect(ring, kind, codec, frame) {
  if (frame.length === 0) return frame;
  const clear = frame.subarray(0, clearBytes(codec, frame));
  const rest = frame.subarray(clear.length);
  return concat(clear, await ring.seal(kind, codec === 'opus' ? pad(rest) : rest, clear));
}

/**
 * @param {import("./keyring.js").KeyRing} ring
 * @param {import("./keyring.js").Kind} kind
 * @param {Codec} codec
 * @param {string | null} pid
 * @param {Uint8Array} frame
 * @param {number} now_ms
 * @returns {Promise<Uint8Array>} rejects with Unopened
 */
export async function unprotect(ring, kind, codec, pid, frame, now_ms) {
  if (frame.length === 0) return frame;
  const clear = frame.subarray(0, clearBytes(codec, frame));
  const plain = await ring.open(kind, pid, frame.subarray(clear.length), clear, now_ms);
  if (codec !== 'opus') return concat(clear, plain);
  const inner = unpad(plain);
  if (!inner) throw new Unopened('changed');
  return inner;
}
