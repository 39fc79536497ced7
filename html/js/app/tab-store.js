// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What this tab remembers, so that a reload brings the person back: the invitation, the language, and
 * how they take part. `sessionStorage`: gone with the tab, not seen by other tabs, never sent anywhere.
 * The invitation alone is of no use elsewhere, since it is bound to this browser's device key; it is
 * forgotten as soon as the call is left or over.
 */

const KEYS = Object.freeze({ invitation: 'invitation', lang: 'lang', wanted: 'wanted', records: 'records' });

/** @typedef {keyof typeof KEYS} Key */

/**
 * @param {Key} key
 * @returns {string | null}
 */
export function recall(key) {
  try {
    return sessionStorage.getItem(KEYS[key]);
  } catch {
    return null; /* storage is switched off: a reload will need the link again */
  }
}

/**
 * @param {Key} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    sessionStorage.setItem(KEYS[key], value);
  } catch {
    /* as above */
  }
}

export function forget() {
  try {
    sessionStorage.clear();
  } catch {
    /* as above */
  }
}

/**
 * The fragment of the address, taken out of it at once so that it is in no history, bookmark or
 * screenshot; or, after a reload, what the tab remembers.
 */
export function takeFragment() {
  const fragment = location.hash;
  if (fragment.length > 1) {
    history.replaceState(null, '', location.pathname);
    remember('invitation', fragment);
    return fragment;
  }
  return recall('invitation') ?? '';
}
