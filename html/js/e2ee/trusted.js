// SPDX-License-Identifier: GPL-3.0-or-later
/** The one script that is started by its address. Where the browser asks for a policy, it knows no other. */

/**
 * @param {string} path
 * @returns {string} throws if it is not the one
 */
export function workerUrl(path) {
  const url = new URL(path, import.meta.url).href;
  const allowed = new URL('./worker.js', import.meta.url).href;
  /** @param {string} wanted */
  const only = (wanted) => {
    if (wanted !== allowed) throw new TypeError('refused script');
    return wanted;
  };
  const types = /** @type {any} */ (globalThis).trustedTypes;
  policy ??= types?.createPolicy('therapy', { createScriptURL: only });
  return policy ? policy.createScriptURL(url) : only(url);
}

/** @type {any} a policy can be made once */
let policy;
