// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * The link a person was sent: `page#invitation.secret`. The invitation is a token of four parts with
 * dots between; the secret, if there is one, is the fifth and never leaves this device.
 */

const MAX = 4096 + 64;
const SHAPE = /^v4\.public\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]{43})?$/;

/**
 * @param {string} fragment with or without "#"
 * @returns {{token: string, secret: string | null} | null} null if it is not the form of an invitation
 */
export function parseFragment(fragment) {
  const text = fragment.replace(/^#/, '').trim();
  if (text.length > MAX || !SHAPE.test(text)) return null;
  const parts = text.split('.');
  return { token: parts.slice(0, 4).join('.'), secret: parts[4] ?? null };
}
