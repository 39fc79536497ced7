// SPDX-License-Identifier: GPL-3.0-or-later
import { fromUtf8, utf8 } from './bytes.js';

/**
 * What members say to each other through the group: chat, verification, signs of life.
 * @typedef {{t: string} & Record<string, unknown>} AppMessage
 */

const BUCKET = 256;
const MAX = 16 * 1024;

/**
 * As JSON, filled up with spaces so that lengths tell little.
 * @param {AppMessage} message
 * @returns {Uint8Array}
 */
export function encodeApp(message) {
  const text = utf8(JSON.stringify(message));
  const out = new Uint8Array(Math.ceil(text.length / BUCKET) * BUCKET).fill(0x20);
  out.set(text);
  return out;
}

/**
 * @param {Uint8Array} data
 * @returns {AppMessage | null}
 */
export function decodeApp(data) {
  if (data.length > MAX) return null;
  try {
    const message = JSON.parse(fromUtf8(data));
    return typeof message?.t === 'string' ? message : null;
  } catch {
    return null;
  }
}
