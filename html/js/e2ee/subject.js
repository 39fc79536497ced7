// SPDX-License-Identifier: GPL-3.0-or-later
import { isPid } from './identity.js';
import { fromBase64url, fromUtf8 } from './bytes.js';
import { NamedError } from '../core/errors.js';

const MAX = 4096;
const SIGNATURE = 64;

/**
 * The pseudonym in one's own invitation. Whether that is genuine was the server's to say; here it is
 * only how others know this person again.
 * @param {string} token v4.public
 * @returns {string} throws if there is none
 */
export function subjectOf(token) {
  try {
    const { sub } = JSON.parse(fromUtf8(fromBase64url(token.split('.')[2], MAX).subarray(0, -SIGNATURE)));
    if (isPid(sub)) return sub;
  } catch {
    /* said below */
  }
  throw new NamedError('TOKEN_MALFORMED');
}
