// SPDX-License-Identifier: GPL-3.0-or-later
/** Bytes to text and back, and how several byte strings become one without doubt where each ends. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * @param {string} text
 * @returns {Bytes}
 */
export function utf8(text) {
  return encoder.encode(text);
}

/** @param {Uint8Array} bytes throws if they are not UTF-8 */
export function fromUtf8(bytes) {
  return decoder.decode(bytes);
}

/** @param {Uint8Array} bytes */
export function toBase64url(bytes) {
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/**
 * @param {unknown} text
 * @param {number} max bytes
 * @returns {Bytes} throws if it is not base64url without padding, or too long
 */
export function fromBase64url(text, max) {
  if (typeof text !== 'string' || text.length > Math.ceil((max * 4) / 3) || !/^[A-Za-z0-9_-]*$/.test(text))
    throw new TypeError('base64url');
  const letters = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/**
 * @param {...Uint8Array} parts
 * @returns {Bytes}
 */
export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Each part with its length (32 bits) in front.
 * @param {...Uint8Array} parts
 */
export function fields(...parts) {
  return concat(...parts.flatMap((part) => {
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, part.length);
    return [size, part];
  }));
}

/**
 * In time that depends on the lengths only.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function equal(a, b) {
  if (a.length !== b.length) return false;
  let differ = 0;
  for (let i = 0; i < a.length; i += 1) differ |= a[i] ^ b[i];
  return differ === 0;
}

/** @param {number} size */
export function random(size) {
  return crypto.getRandomValues(new Uint8Array(size));
}

/**
 * @param {"SHA-256" | "SHA-512"} name
 * @param {Uint8Array} data
 * @returns {Promise<Bytes>}
 */
export async function digest(name, data) {
  return new Uint8Array(await crypto.subtle.digest(name, new Uint8Array(data)));
}
