// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Whose frames do not open, and when that is reason enough to begin again with new keys: soon the first
 * time, ever later after that, and not for ever, for it may be the other side that is broken.
 */

const PAUSE_MS = 10_000;
const TRIES = 4;

export class Mending {
  /** @type {Map<string, number>} since when, by participant */
  #failing = new Map();
  #next = 0;
  #tries = 0;
  #patience_ms;

  /** @param {number} patience_ms for what was missed to come */
  constructor(patience_ms) {
    this.#patience_ms = patience_ms;
  }

  /** @param {string} pid @param {number} now_ms */
  failing(pid, now_ms) {
    if (!this.#failing.has(pid)) this.#failing.set(pid, now_ms);
  }

  /** @param {string} pid */
  opened(pid) {
    this.#failing.delete(pid);
    if (this.#failing.size === 0) this.#next = this.#tries = 0;
  }

  /** @param {(pid: string) => boolean} here whoever is gone needs no mending */
  keep(here) {
    for (const pid of this.#failing.keys()) if (!here(pid)) this.opened(pid);
  }

  /**
   * Whether to begin again now; that counts as an attempt.
   * @param {number} now_ms
   */
  due(now_ms) {
    if (this.#failing.size === 0 || this.#tries >= TRIES || now_ms < this.#next) return false;
    if (now_ms - Math.min(...this.#failing.values()) < this.#patience_ms) return false;
    this.#next = now_ms + PAUSE_MS * 2 ** this.#tries;
    this.#tries += 1;
    return true;
  }
}
