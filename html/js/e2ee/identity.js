// SPDX-License-Identifier: GPL-3.0-or-later
import { fromUtf8, utf8 } from './bytes.js';

/**
 * Who a member of the group says to be: the id the server gave for this session, the role, and the pseudonym
 * in the invitation, which is the same every week. The proof is not in here but in the key that signs, and
 * in the room's secret.
 * @typedef {"therapist" | "client" | "guest" | "observer" | "interpreter"} Role
 * @typedef {{pid: string, role: Role, sub: string}} Identity
 */

const ROLES = new Set(['therapist', 'client', 'guest', 'observer', 'interpreter']);
const PID = /^[A-Za-z0-9_.~-]{1,64}$/;
const MAX = 240;

/**
 * @param {Identity} who
 * @returns {Uint8Array}
 */
export function encodeIdentity({ pid, role, sub }) {
  return utf8(JSON.stringify({ v: 1, pid, role, sub }));
}

/**
 * @param {Uint8Array} bytes
 * @returns {Identity | null} null if it is not exactly what `encodeIdentity` makes
 */
export function decodeIdentity(bytes) {
  if (bytes.length > MAX) return null;
  try {
    const text = fromUtf8(bytes);
    const { pid, role, sub } = JSON.parse(text);
    if (!isPid(pid) || !isPid(sub) || !ROLES.has(role)) return null;
    return text === JSON.stringify({ v: 1, pid, role, sub }) ? { pid, role, sub } : null;
  } catch {
    return null;
  }
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
export function isPid(value) {
  return typeof value === 'string' && PID.test(value);
}
