// SPDX-License-Identifier: GPL-3.0-or-later
/** Four seconds of pictures in three sizes: each of them has a number of its own. */
const SIZE = 384;

/** Remembers which of the last 384 numbers came already; older ones count as having come. */
export class ReplayWindow {
  #highest = -1;
  /** @type {Set<number>} */
  #seen = new Set();

  /** @param {number} ctr */
  fresh(ctr) {
    return ctr > this.#highest - SIZE && !this.#seen.has(ctr);
  }

  /** To be called once the frame was found genuine. @param {number} ctr */
  take(ctr) {
    this.#seen.add(ctr);
    if (ctr <= this.#highest) return;
    this.#highest = ctr;
    if (this.#seen.size > SIZE * 2) for (const old of this.#seen) if (old <= ctr - SIZE) this.#seen.delete(old);
  }
}
