// SPDX-License-Identifier: GPL-3.0-or-later
import { SHIFT_MS } from '../core/timing.js';

/**
 * Leaving at once, by button or by pressing Shift three times: the page goes blank this instant, the
 * devices go off, the tab forgets, and another page takes this one's place in the history.
 * Not Escape: that would stop the other page from loading.
 * @param {import("./call.js").Call} call
 * @param {Promise<import("./call.js").Site>} site
 * @returns {() => void}
 */
export function armQuickExit(call, site) {
  let to = 'about:blank';
  void site.then(({ exit }) => {
    if (exit?.startsWith('https://')) to = exit;
  });
  const go = () => {
    document.documentElement.classList.add('gone');
    document.title = '\u200b';
    call.flee();
    document.body.replaceChildren();
    location.replace(to);
  };
  /** @type {number[]} */
  let presses = [];
  addEventListener('keyup', (event) => {
    const now = Date.now();
    presses = event.key === 'Shift' ? [...presses.filter((at) => now - at < SHIFT_MS), now] : [];
    if (presses.length >= 3) go();
  });
  return go;
}
