// SPDX-License-Identifier: GPL-3.0-or-later
import { toBase64url } from './bytes.js';
import { Group } from './group.js';
import { epochOf, Mls } from './mls.js';

/**
 * Everybody but the therapist: offers a key package, is added, follows, and asks to be added again
 * whenever anything is not right. Never falls back to anything weaker.
 * @typedef {import("./group.js").GroupEvent} GroupEvent
 * @typedef {import("./mls.js").OwnKeyPackage} OwnKeyPackage
 */

const QUICK = 3;
const PAUSE_MS = 2000;
const SILENT_MS = 30_000;

export class GuestGroup extends Group {
  /** @type {OwnKeyPackage | null} what may still be used to add this person */
  #package = null;
  #offers = 0;
  #offered = -Infinity;
  #due = false;
  #beat = 0;
  #silent = false;
  /** @type {Set<string>} who must be removed by this person */
  #gone = new Set();
  /** @type {import("./mls.js").Change | null} */
  #change = null;
  #rehearsed = false;

  get handlers() {
    return {
      ...super.handlers,
      joined: (/** @type {GroupEvent} */ event) => this.#joined(event),
      place: (/** @type {GroupEvent} */ event) => this.#placed(event.state),
      roster: (/** @type {GroupEvent} */ event) => (this.present = new Set(event.pids)),
      welcome: (/** @type {GroupEvent} */ event) => this.#welcome(event),
      reset: (/** @type {GroupEvent} */ event) => this.#reset(event.gi),
      state: (/** @type {GroupEvent} */ event) => this.#state(event),
      pending: (/** @type {GroupEvent} */ event) => this.#pending(event),
      tick: async (/** @type {GroupEvent} */ event) => {
        await super.handlers.tick(event);
        await this.#tick();
      },
    };
  }

  async foresee() {
    if (this.#rehearsed || !this.#package) return false;
    this.#rehearsed = true;
    await Mls.rehearse();
    return true;
  }

  get flying() {
    return this.#change;
  }

  /** @param {GroupEvent} event */
  async #joined({ room, state }) {
    this.room = room;
    this.place = state;
    /* somebody inside hears from the server whether they are still a member */
    if (state === 'admitted') return;
    this.#change = null;
    this.lose();
    await this.#offer();
  }

  /** @param {string} state */
  async #placed(state) {
    this.place = state;
    if (state === 'admitted') return;
    this.present = null;
    this.#gone.clear();
    this.lose();
    if ((state === 'waiting' || state === 'held') && !this.#package) await this.#offer();
  }

  /** Hands out the key package by which this person can be added; a used one is replaced. */
  async #offer() {
    if (this.#offers >= QUICK && this.now - this.#offered < PAUSE_MS) {
      this.#due = true;
      return;
    }
    this.#due = false;
    this.#offers += 1;
    this.#offered = this.now;
    this.#package ??= await this.mls.keyPackage();
    this.ask({ request: 'e2ee', type: 'keypackage', data: toBase64url(this.#package.data) }, ({ ok }) => {
      this.#due ||= !ok;
    });
  }

  /** @param {GroupEvent} event */
  async #welcome({ gi, epoch, from, data }) {
    const own = this.#package;
    const bytes = this.read(data);
    if (!own || !bytes) return this.#unopened(gi, epoch);
    this.#package = null;
    try {
      const secret = await this.secretOf(this.room);
      const next = await this.mls.join(bytes, own, secret, { groupId: `${this.room}.${gi}`, epoch, from });
      this.gi = gi;
      this.#offers = 0;
      this.#beat = this.now;
      this.#gone.clear();
      await this.enter(next);
    } catch (why) {
      await this.#unopened(gi, epoch, why);
    } finally {
      this.mls.forget(own);
    }
  }

  /**
   * A Welcome that opens nothing. An old one is of no importance to somebody inside; a newer one says that
   * this person was added with other keys, and is not in the group they believe to be in.
   * @param {number} gi
   * @param {number} epoch
   * @param {unknown} [why]
   */
  async #unopened(gi, epoch, why) {
    this.trouble('WELCOME', why);
    if (!this.at || gi !== this.gi || epoch > epochOf(this.at)) await this.again('');
  }

  /** @param {number} gi */
  async #reset(gi) {
    this.lose();
    this.gi = gi;
    await this.#offer();
  }

  /** @param {GroupEvent} event */
  async #state({ gi, epoch, member }) {
    if (!member) {
      this.lose();
      return this.#offer();
    }
    if (!this.at || gi !== this.gi || epoch < epochOf(this.at)) return this.again(this.at ? 'FORK' : '');
    if (epoch > epochOf(this.at)) this.missed();
    else this.#change = null;
    return undefined;
  }

  /** @param {string} name */
  async again(name) {
    if (name) this.trouble(name);
    this.lose();
    await this.#offer();
  }

  async unread() {
    if (this.at) return this.resync();
    return this.place === 'admitted' ? this.#offer() : undefined;
  }

  /** @param {GroupEvent} event */
  #pending({ gi, epoch, remove }) {
    if (!this.at || gi !== this.gi) return;
    if (epoch > epochOf(this.at)) this.missed();
    for (const pid of Array.isArray(remove) ? remove : []) if (pid !== this.self) this.#gone.add(pid);
  }

  async settle() {
    if (!this.at || this.#gone.size === 0 || this.#change) return;
    /* the server may ask before it has told who is left */
    const remove = [...this.#gone].filter((pid) => !this.present?.has(pid));
    if (remove.length === 0) return;
    for (const pid of remove) this.#gone.delete(pid);
    const change = await this.mls.commit(this.at, { remove });
    this.#change = change;
    const body = { request: 'e2ee', type: 'commit', gi: this.gi, epoch: epochOf(this.at), data: toBase64url(change.commit), drop: remove };
    this.ask(body, async ({ ok }) => {
      if (this.#change !== change) return;
      this.#change = null;
      if (ok && this.at && epochOf(change.next) === epochOf(this.at) + 1) await this.enter(change.next);
    });
  }

  /** @param {import("./rules.js").Member} from @param {import("./app-message.js").AppMessage} message */
  hear(from, message) {
    if (message.t !== 'beat') return super.hear(from, message);
    if (from.role !== 'therapist') return;
    this.#beat = this.now;
    if (this.#silent) this.out.push({ do: 'calm', name: 'SILENT' });
    this.#silent = false;
  }

  async #tick() {
    if (this.#due && this.now - this.#offered >= PAUSE_MS && this.place !== 'over') await this.#offer();
    const silent = this.at !== null && this.now - this.#beat >= SILENT_MS;
    if (silent && !this.#silent) this.trouble('SILENT');
    this.#silent = silent;
  }
}
