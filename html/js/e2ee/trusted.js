// SPDX-License-Identifier: GPL-3.0-or-later
/** The one script that is started by its address: worker.js with all it imports, made into one file. Where the browser asks for a policy, it knows no other. */

/** @returns {string} */
export function workerUrl() {
  const allowed = new URL('../../vendor/keys-worker.js', import.meta.url).href;
  /** @param {string} wanted */
  const only = (wanted) => {
    if (wanted !== allowed) throw new TypeError('refused script');
    return wanted;
  };
  const types = /** @type {any} */ (globalThis).trustedTypes;
  policy ??= types?.createPolicy('therapy', { createScriptURL: only });
  return policy ? policy.createScriptURL(allowed) : only(allowed);
}

/** @type {any} a policy can be made once */
let policy;
