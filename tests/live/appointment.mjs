// SPDX-License-Identifier: GPL-3.0-or-later
/** A session of a few seconds on a server that is killed again and again: it ends when it should, by one's own clock. */
import { Person, Refusal } from './client.mjs';

/** No session ends earlier or later than it should by more, while the server is there to end it. */
const OFF_MS = 1000;

export class Appointment {
  /** @type {Person | undefined} */ #therapist;
  /** @type {Person | undefined} */ #client;
  /** When it must end, in this process's milliseconds, once it has begun. @type {number | undefined} */ #dueMs;
  /** When the server was last seen to answer for the first time after a kill. */
  #upMs = 0;
  #knock = 0;
  #tokens;
  #lengthMs;
  /** What should not have been. @type {string[]} */ wrong = [];
  /** It has ended, or nobody knows when it began. */ over = false;
  /** Milliseconds from when it should have ended to when it did, of one whose end was watched. @type {number | undefined} */ offMs;

  /** @param {import('./booking.mjs').Booking} booking @param {string} area nobody else's @param {number} lengthS as configured */
  constructor(booking, area, lengthS) {
    this.#tokens = [booking.therapist({ area }), booking.invite({ area, minutes: undefined })];
    this.#lengthMs = lengthS * 1000;
  }

  /**
   * Both come in, again or for the first time: to a session that runs exactly if it must.
   * @param {() => Promise<import('./client.mjs').Connection>} connect
   */
  async arrive(connect) {
    this.#upMs = performance.now();
    this.#therapist = await Person.join(await connect(), this.#tokens[0], this.#therapist?.device);
    try {
      this.#client = await Person.join(await connect(), this.#tokens[1], this.#client?.device);
    } catch (why) {
      if (!(why instanceof Refusal) || why.name !== 'TOKEN_REVOKED') throw why;
      // It ended while nobody watched, so that only too early can be told.
      this.#ended(false);
      return;
    }
    if (this.#dueMs === undefined) {
      this.#knock = (await this.#therapist.sees(this.#client)).knock;
      return;
    }
    if (this.#client.joined.state !== 'admitted') this.wrong.push(`back as ${this.#client.joined.state}`);
    this.#late(performance.now() - Math.max(this.#dueMs, this.#upMs));
    this.#watch(this.#client);
  }

  /** It begins, if it has not, and is then watched until it ends or the link breaks. */
  async live() {
    if (this.#dueMs !== undefined || this.over) return;
    const therapist = /** @type {Person} */ (this.#therapist);
    const client = /** @type {Person} */ (this.#client);
    try {
      await therapist.ask('admit', { participant: client.id, knock: this.#knock });
    } catch (why) {
      if (why instanceof Refusal) throw why;
      // Killed in between: whether it began, and when, is not known.
      this.over = true;
      return;
    }
    this.#dueMs = performance.now() + this.#lengthMs;
    this.#watch(client);
  }

  /** @param {Person} client */
  #watch(client) {
    client.becomes('ended', 'time_up', this.#lengthMs + 10 * OFF_MS).then(() => this.#ended(true), () => {});
  }

  /** @param {boolean} watched */
  #ended(watched) {
    const now = performance.now();
    const dueMs = this.#dueMs;
    this.over = true;
    if (dueMs === undefined) this.wrong.push('ended before it began');
    else if (now < dueMs - OFF_MS) this.wrong.push(`ended ${Math.round(dueMs - now)} ms early`);
    else if (watched) this.#late(this.offMs = now - Math.max(dueMs, this.#upMs));
  }

  /** @param {number} ms */
  #late(ms) {
    if (ms > OFF_MS) this.wrong.push(`runs ${Math.round(ms)} ms after its end`);
  }
}
