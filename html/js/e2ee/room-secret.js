// SPDX-License-Identifier: GPL-3.0-or-later
import { fromBase64url, utf8 } from './bytes.js';

const BYTES = 32;
const LABEL = 'janus.plugin.therapy|1|room|';

/**
 * The secret of a room, from the secret in a link. A client's link carries the room's own; a therapist's
 * carries one for the whole area, from which that of each room follows.
 * @param {string | null} fragment base64url
 * @param {{role: string, area: string, room: string}} where
 * @returns {Promise<Uint8Array | null>} null if the link has none
 */
export async function roomSecret(fragment, { role, area, room }) {
  if (fragment === null) return null;
  const secret = fromBase64url(fragment, BYTES);
  if (secret.length !== BYTES) throw new TypeError('secret');
  if (role !== 'therapist') return secret;
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(`${LABEL}${area}|${room}`)));
}
