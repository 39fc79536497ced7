// SPDX-License-Identifier: GPL-3.0-or-later
import { concat, utf8 } from './bytes.js';

/**
 * SFrame (RFC 9605), suite 5: AES-256-GCM with SHA-512. Numbers of keys and counters stay below 2^53.
 * @typedef {import("./bytes.js").Bytes} Bytes
 * @typedef {{kid: number, ctr: number, size: number}} Header
 * @typedef {{kid: number, key: CryptoKey, salt: Bytes}} FrameKey
 */

const SUITE = 5;
const KEY_BYTES = 32;
const SALT_BYTES = 12;
export const BASE_KEY_BYTES = 32;
export const TAG_BYTES = 16;

/**
 * The least bytes that hold a number; it is above 7.
 * @param {number} value
 */
function minimal(value) {
  const bytes = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

/**
 * @param {number} kid
 * @param {number} ctr
 * @returns {Bytes}
 */
export function encodeHeader(kid, ctr) {
  const key = kid < 8 ? [] : minimal(kid);
  const count = ctr < 8 ? [] : minimal(ctr);
  const config = (kid < 8 ? kid << 4 : 0x80 | ((key.length - 1) << 4)) | (ctr < 8 ? ctr : 0x08 | (count.length - 1));
  return Uint8Array.from([config, ...key, ...count]);
}

/**
 * @param {Uint8Array} bytes
 * @returns {Header | null} null if it is cut off, too large, or longer than it needs to be
 */
export function decodeHeader(bytes) {
  if (bytes.length === 0) return null;
  let size = 1;
  /** @param {number} bits the four that tell of one number */
  const read = (bits) => {
    if ((bits & 8) === 0) return bits;
    const end = size + (bits & 7) + 1;
    if (end > bytes.length) return NaN;
    const first = bytes[size];
    let value = 0;
    for (; size < end; size += 1) value = value * 256 + bytes[size];
    return first === 0 || value < 8 || value > Number.MAX_SAFE_INTEGER ? NaN : value;
  };
  const kid = read(bytes[0] >> 4);
  const ctr = Number.isNaN(kid) ? NaN : read(bytes[0] & 15);
  return Number.isNaN(ctr) ? null : { kid, ctr, size };
}

/**
 * @param {Uint8Array} raw wiped afterwards
 * @returns {Promise<CryptoKey>}
 */
export async function baseKey(raw) {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(raw), 'HKDF', false, ['deriveBits']);
  raw.fill(0);
  return key;
}

/**
 * The key of one sender for one kind of media.
 * @param {CryptoKey} base
 * @param {number} kid
 * @returns {Promise<FrameKey>}
 */
export async function frameKey(base, kid) {
  const tail = new Uint8Array(10);
  new DataView(tail.buffer).setBigUint64(0, BigInt(kid));
  tail[9] = SUITE;
  /** @param {string} label @param {number} size */
  const derive = async (label, size) => new Uint8Array(await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-512', salt: new Uint8Array(), info: concat(utf8(label), tail) }, base, size * 8));
  const raw = await derive('SFrame 1.0 Secret key ', KEY_BYTES);
  const salt = await derive('SFrame 1.0 Secret salt ', SALT_BYTES);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  raw.fill(0);
  return { kid, key, salt };
}

/**
 * @param {Uint8Array} salt
 * @param {number} ctr
 */
function nonceOf(salt, ctr) {
  const nonce = new Uint8Array(salt);
  for (let at = SALT_BYTES - 1, rest = ctr; rest > 0; at -= 1, rest = Math.floor(rest / 256)) nonce[at] ^= rest % 256;
  return nonce;
}

/**
 * @param {FrameKey} key
 * @param {number} ctr never twice with one key
 * @param {Uint8Array} plain
 * @param {Uint8Array} metadata is authenticated, not in the result
 * @returns {Promise<Bytes>} header, ciphertext, tag
 */
export async function seal({ kid, key, salt }, ctr, plain, metadata) {
  const header = encodeHeader(kid, ctr);
  const how = { name: 'AES-GCM', iv: nonceOf(salt, ctr), additionalData: concat(header, metadata) };
  return concat(header, new Uint8Array(await crypto.subtle.encrypt(how, key, new Uint8Array(plain))));
}

/**
 * @param {FrameKey} key for the header's kid
 * @param {Header} header
 * @param {Uint8Array} frame header, ciphertext, tag
 * @param {Uint8Array} metadata
 * @returns {Promise<Bytes>} rejects if anything was changed
 */
export async function open({ key, salt }, header, frame, metadata) {
  const additionalData = concat(frame.subarray(0, header.size), metadata);
  const how = { name: 'AES-GCM', iv: nonceOf(salt, header.ctr), additionalData };
  return new Uint8Array(await crypto.subtle.decrypt(how, key, new Uint8Array(frame.subarray(header.size))));
}
