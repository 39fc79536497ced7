// SPDX-License-Identifier: GPL-3.0-or-later
/** Therapists and clients who do one thing after the other, and remember what the server has said yes to. */
import { Person, Refusal } from './client.mjs';

const STATES = /** @type {const} */ ({ admit: 'admitted', hold: 'held' });

/** @template T @param {readonly T[]} list */
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** One practice: a therapist, a client, and how things stand between them. */
export class Practice {
  /** @type {Person | undefined} */ therapist;
  /** @type {Person | undefined} */ client;
  /** What the server has acknowledged. */
  acked = { state: 'waiting', locked: false, seat: false, minutes: 0 };
  /** What was asked for last and not answered, as it would be then. @type {typeof this.acked | null} */
  asked = null;
  count = 0;

  /**
   * @param {string} area
   * @param {string[]} tokens of the therapist, and of the client for room "AREA-room"
   * @param {{admits?: boolean}} [options] admits: false where nobody is admitted without keys
   */
  constructor(area, tokens, options = {}) {
    this.area = area;
    this.tokens = tokens;
    this.admits = options.admits ?? true;
  }

  /** One with invitations of its own. @param {import('./booking.mjs').Booking} booking @param {string} area */
  static of(booking, area) {
    return new Practice(area, Practice.tokens(booking, area));
  }

  /** @param {import('./booking.mjs').Booking} booking @param {string} area */
  static tokens(booking, area) {
    return [booking.therapist({ area }), booking.invite({ area, room: `${area}-room` })];
  }

  /** Both come in, again or for the first time. @param {() => Promise<import('./client.mjs').Connection>} connect */
  async arrive(connect) {
    this.therapist = await Person.join(await connect(), this.tokens[0], this.therapist?.device);
    this.client = await Person.join(await connect(), this.tokens[1], this.client?.device);
  }

  /** What is asked for next, and what will be so then. */
  #choose() {
    const { state, locked, seat, minutes } = this.acked;
    const choices = ['lock', 'unlock'];
    if (state === 'admitted') choices.push('hold', 'hold', 'extend');
    else if (!locked && this.admits) choices.push('admit', 'admit', 'admit');
    const request = pick(choices);
    if (request === 'lock' || request === 'unlock') return { request, then: { state, seat, minutes, locked: request === 'lock' } };
    if (request === 'extend') return { request, then: { state, seat, locked, minutes: minutes + 1 } };
    return { request, then: { locked, minutes, seat: true, state: STATES[/** @type {'admit' | 'hold'} */ (request)] } };
  }

  /** @param {string} request */
  async #ask(request) {
    const { therapist, client } = this;
    if (!therapist || !client) throw new Error('nobody is here');
    if (request === 'lock' || request === 'unlock') return therapist.ask(request, { room: `${this.area}-room` });
    if (request === 'extend') return therapist.ask(request, { minutes: 1 });
    if (request === 'hold') return therapist.ask(request, { participant: client.id });
    return therapist.ask(request, { participant: client.id, knock: this.knocks });
  }

  knocks = 0;

  /** After stands(): goes on until the link breaks. */
  async live() {
    for (;;) {
      const { request, then } = this.#choose();
      this.asked = then;
      try {
        await this.#ask(request);
      } catch (why) {
        // A refusal changes nothing, and only the room's longest session is one.
        if (why instanceof Refusal && why.name === 'SESSION_MAXIMUM') continue;
        if (why instanceof Refusal) throw why;
        return;
      }
      this.acked = then;
      this.asked = null;
      this.count++;
    }
  }

  /** What is true now, after both have come back. */
  async stands() {
    const therapist = /** @type {Person} */ (this.therapist);
    const state = /** @type {Person} */ (this.client).joined.state;
    const entry = await therapist.sees(/** @type {Person} */ (this.client), (p) => !p.away);
    this.knocks = entry.knock;
    const seat = therapist.joined.state === 'admitted';
    const { data } = seat ? await therapist.handle.hears('clock') : { data: { length_s: 0 } };
    return { state, locked: entry.locked, seat, minutes: seat ? data.length_s / 60 - 50 : this.acked.minutes };
  }

  /** The acknowledged facts that are not so any more. */
  async lost() {
    const now = await this.stands();
    const same = (/** @type {typeof this.acked | null} */ what) => what !== null && JSON.stringify(what) === JSON.stringify(now, Object.keys(what));
    const lost = same(this.acked) || same(this.asked) ? [] : [{ now, acked: this.acked, asked: this.asked }];
    this.acked = now;
    this.asked = null;
    return lost;
  }
}
