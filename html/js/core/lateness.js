// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How late speech comes. It is made evenly and says when, so what comes later than its timestamp makes it due has
 * stood in a queue: known at once, packet by packet, long before anything is counted. As the server does for the other
 * way (`core/delay.c`). Of several voices the least late counts: what only one of them is late by, is on their own way.
 */

const PER_MS = 48; /* ticks of speech, whatever the encoder does */
const WHILE_MS = 20_000; /* the shortest way is looked for in the last while, and in the one before */
const REST_MS = 1000; /* who says nothing for longer may count on from anywhere */
const JUMP_MS = 5000;
const BACK_MS = 500; /* further back than packets overtake each other: it counts anew */
const HEARD_MS = 400;

/** One voice. */
class Voice {
  #ts = 0;
  #at = -Infinity;
  #transit = 0;
  #least = [Infinity, Infinity];
  #while = 0;
  late = 0;

  get at() {
    return this.#at;
  }

  /** @param {number} ts of 32 bits @param {number} now_ms */
  take(ts, now_ms) {
    const since = now_ms - this.#at;
    const later = ((ts - this.#ts) | 0) / PER_MS;
    const step = since - later;
    this.#ts = ts;
    this.#at = now_ms;
    if (since > REST_MS || later < -BACK_MS || Math.abs(step) > JUMP_MS) this.#begin();
    else this.#transit += step;
    if (now_ms - this.#while >= WHILE_MS) this.#turn();
    this.#least[0] = Math.min(this.#least[0], this.#transit);
    this.late = this.#transit - Math.min(...this.#least);
  }

  #begin() {
    this.#transit = 0;
    this.#least = [Infinity, Infinity];
    this.#while = this.#at;
  }

  #turn() {
    this.#least = [Infinity, this.#least[0]];
    this.#while = this.#at;
  }
}

export class Lateness {
  /** @type {Voice[]} by slot */
  #voices = [];

  /**
   * A packet of speech has come.
   * @param {number} slot whose it is
   * @param {number} ts its RTP timestamp
   * @param {number} now_ms
   */
  take(slot, ts, now_ms) {
    (this.#voices[slot] ??= new Voice()).take(ts, now_ms);
  }

  /** Another connection: that voice may count from anywhere. @param {number} slot */
  forget(slot) {
    delete this.#voices[slot];
  }

  /** By how much the last packet was late; 0 if none has come of late. @param {number} now_ms */
  at(now_ms) {
    const heard = this.#voices.filter((voice) => now_ms - voice.at < HEARD_MS);
    return heard.length > 0 ? Math.min(...heard.map(({ late }) => late)) : 0;
  }
}
