// SPDX-License-Identifier: GPL-3.0-or-later
import { digest, fields, fromBase64url, utf8 } from './bytes.js';

/**
 * Sixty digits that two people can compare in any way and at any time, alone or one after the other:
 * too long for anybody to have found keys that give the same. For when the six digits cannot be used.
 *
 * @typedef {import("../core/keys.js").Member} Member
 * @typedef {import("../core/keys.js").Long} Long
 */

const LABEL = 'therapy-long-code-v1';
const KEY_BYTES = 32;
const GROUPS = [0, 8, 16, 24, 32, 40];

/** Thirty digits for each key, the smaller first. @param {Uint8Array} one @param {Uint8Array} other */
export async function longCode(one, other) {
  const halves = await Promise.all([one, other].map(async (key) => {
    const hash = await digest('SHA-512', fields(utf8(LABEL), key));
    const groups = GROUPS.map((at) => new DataView(hash.buffer).getBigUint64(at) % 100_000n);
    return groups.map((group) => String(group).padStart(5, '0')).join(' ');
  }));
  return halves.sort().join(' ');
}

/**
 * With everybody else in the group.
 * @param {Member[]} members
 * @param {string} self
 * @returns {Promise<Long[]>}
 */
export async function longCodes(members, self) {
  const own = members.find(({ pid }) => pid === self);
  if (!own) return [];
  const bytes = (/** @type {string} */ key) => fromBase64url(key, KEY_BYTES);
  return Promise.all(members.filter((member) => member !== own)
    .map(async ({ key }) => ({ key, code: await longCode(bytes(own.key), bytes(key)) })));
}
