// SPDX-License-Identifier: GPL-3.0-or-later
/** Keeps the screen of a phone on while somebody waits or talks. */

let wanted = false;
/** @type {WakeLockSentinel | null} */
let lock = null;

async function update() {
  if (wanted && !lock && document.visibilityState === 'visible') {
    lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
    lock?.addEventListener('release', () => (lock = null));
  } else if (!wanted) {
    await lock?.release().catch(() => {});
  }
}

document.addEventListener('visibilitychange', () => void update());

/** @param {boolean} on */
export function keepAwake(on) {
  wanted = on;
  void update();
}
