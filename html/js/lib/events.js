// SPDX-License-Identifier: GPL-3.0-or-later
/** Small tools for things that happen later. */

/**
 * A promise and the means to settle it.
 * @template T
 * @returns {{promise: Promise<T>, resolve: (value: T) => void, reject: (why: unknown) => void}}
 */
export function deferred() {
  /** @type {any} */
  const out = {};
  out.promise = new Promise((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
}

/**
 * Waits, but no longer than the signals allow; never rejects.
 * @param {number} ms
 * @param {...AbortSignal} signals
 * @returns {Promise<void>}
 */
export function sleep(ms, ...signals) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const wake = () => (clearTimeout(timer), resolve());
    for (const signal of signals) {
      if (signal.aborted) wake();
      else signal.addEventListener('abort', wake, { once: true });
    }
  });
}

/**
 * Rejects with `why` if the promise takes longer.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {Error} why
 * @returns {Promise<T>}
 */
export function within(promise, ms, why) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(why), ms)));
  return Promise.race([promise, /** @type {Promise<never>} */ (late)]).finally(() =>
    clearTimeout(timer),
  );
}
