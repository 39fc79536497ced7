// SPDX-License-Identifier: GPL-3.0-or-later
import { toBase64url } from './bytes.js';
import { Group } from './group.js';
import { Mending } from './mending.js';
import { epochOf, roster, wipe } from './mls.js';
import { deviceOf, prepare, Waiting } from './waiting.js';

/**
 * The therapist's side: the only one who adds people. Whoever waits is prepared for, so that letting
 * them in is one message and no waiting.
 *
 * @typedef {import("./group.js").GroupEvent} GroupEvent
 * @typedef {import("./group.js").Answer} Answer
 * @typedef {import("./mls.js").Epoch} Epoch
 * @typedef {import("./mls.js").Change} Change
 * @typedef {import("./waiting.js").Prepared} Prepared
 * @typedef {import("./waiting.js").Candidate} Candidate
 * @typedef {{id: number, pid: string, knock: number, tries: number, since: number}} Wish
 */

const TRIES = 4;
const PATIENCE_MS = 3000;
const BEAT_MS = 10_000;
const REKEY_MS = 600_000;
const FIRST_MS = 800;

export class HostGroup extends Group {
  #waiting = new Waiting();
  /** @type {Map<string, Uint8Array>} people inside who must be added again, and their key packages */
  #back = new Map();
  /** @type {Set<string>} members who are gone */
  #gone = new Set();
  /** @type {Set<string>} whom the therapist is sending out: the server may refuse, and need not ask for new keys */
  #outgoing = new Set();
  /** @type {Map<string, number>} the last group of each room */
  #last = new Map();
  /** @type {Wish[]} */
  #wishes = [];
  /** @type {Change | null} the one change on its way to the server */
  #flying = null;
  #resetting = false;
  #admitting = false;
  /** @type {{prepared: Prepared, room: string} | null} keys to send with before the server has answered */
  #ahead = null;
  #beat = 0;
  #rekey = false;
  /** all others would be added again: who is behind mends themselves first */
  mending = new Mending(3000);

  get handlers() {
    return {
      ...super.handlers,
      joined: (/** @type {GroupEvent} */ event) => this.#joined(event),
      place: (/** @type {GroupEvent} */ event) => this.#placed(event),
      roster: (/** @type {GroupEvent} */ event) => this.#roster(event.pids),
      waiting: (/** @type {GroupEvent} */ event) => this.#waiting.keep(event.pids),
      keypackage: (/** @type {GroupEvent} */ event) => this.#keypackage(event),
      admit: (/** @type {GroupEvent} */ event) => this.#wishes.push({ id: event.id, pid: event.participant, knock: event.knock, tries: 0, since: this.now }),
      state: (/** @type {GroupEvent} */ event) => this.#state(event),
      pending: (/** @type {GroupEvent} */ event) => this.#pending(event),
      leaving: (/** @type {GroupEvent} */ event) => void this.#outgoing[event.leaving ? 'add' : 'delete'](event.participant),
      rekey: () => void (this.#rekey = true),
      lost: () => this.#lost(),
      tick: async (/** @type {GroupEvent} */ event) => {
        await super.handlers.tick(event);
        await this.#tick();
      },
    };
  }

  get flying() {
    return this.#flying;
  }

  /** @param {GroupEvent} event */
  #joined({ room, state }) {
    this.place = state;
    if (state === 'admitted') {
      this.room = room || this.room;
      return;
    }
    this.#flying = null;
    this.#leave();
  }

  /** @param {GroupEvent} event */
  #placed({ state, room }) {
    this.place = state;
    if (state !== 'admitted') return this.#leave();
    if (room) this.room = room;
    return undefined;
  }

  #leave() {
    this.present = null;
    this.#back.clear();
    this.#gone.clear();
    if (!this.#admitting) this.lose();
  }

  lose() {
    this.#ahead = null;
    this.#outgoing.clear();
    super.lose();
  }

  /** The requests on their way may have been done or not. */
  #lost() {
    super.handlers.lost({ kind: 'lost' });
    for (const { id } of this.#wishes) this.out.push({ do: 'admitted', id, error: 'SERVER_GONE' });
    this.#wishes = [];
    this.#ahead = null;
    this.#admitting = this.#resetting = false;
  }

  /** @param {string[]} pids */
  #roster(pids) {
    this.present = new Set(pids);
    for (const pid of this.#back.keys()) if (!this.present.has(pid)) this.#back.delete(pid);
    /* a group of one is over; the next person comes into a new one */
    if (!this.#accompanied && !this.#admitting && !this.#resetting) this.lose();
  }

  /** Whether the server says that somebody else is in the room. */
  get #accompanied() {
    return [...(this.present ?? [])].some((pid) => pid !== this.self);
  }

  /** Whether the next one to come into that room finds nobody but the therapist. @param {string} room */
  #alone(room) {
    if (this.place !== 'admitted' || room !== this.room) return true;
    return !this.#accompanied;
  }

  /** @param {GroupEvent} event */
  #keypackage({ participant, room, state, data, gi }) {
    const bytes = this.read(data);
    try {
      if (!bytes) throw new TypeError('data');
      this.out.push({ do: 'device', participant, ...deviceOf(bytes, participant) });
    } catch (why) {
      return this.#refused(participant, why);
    }
    if (Number.isSafeInteger(gi)) this.#last.set(room, gi);
    if (state !== 'admitted') this.#waiting.offer(participant, room, bytes);
    else if (room === this.room) this.#back.set(participant, bytes);
    return undefined;
  }

  /** Nobody can be added with such a key package. @param {string} participant @param {unknown} why */
  #refused(participant, why) {
    this.#waiting.delete(participant);
    this.out.push({ do: 'device', participant, sub: '', key: null });
    this.trouble('KEYPACKAGE', why);
  }

  /** What letting this person in will say. @param {Candidate} candidate */
  #prepare(candidate) {
    const { room } = candidate;
    const from = this.#alone(room) ? null : this.at;
    const gi = from ? this.gi : (this.#last.get(room) ?? 0) + 1;
    return prepare(candidate, { from, gi, mls: this.mls, secretOf: this.secretOf });
  }

  async settle() {
    if (!this.#flying && !this.#resetting) await this.#next();
  }

  async foresee() {
    if (await this.#goAhead()) return true;
    /* the first pictures have this machine for themselves */
    if (this.#admitting || this.now - this.since < FIRST_MS) return false;
    for (const candidate of this.#waiting.values()) {
      const before = candidate.ready;
      try {
        if (!this.#alone(candidate.room) && !this.at) continue;
        if (await this.#prepare(candidate) !== before) return true;
      } catch (why) {
        this.#refused(candidate.pid, why);
        return true;
      }
    }
    return false;
  }

  /** Begins the one thing that comes next, if there is any. */
  async #next() {
    const inside = this.place === 'admitted' && !this.#alone(this.room);
    if (inside && !this.at && (this.#back.size > 0 || this.#wishes.length > 0)) return this.#reset();
    /* whose key package is not there yet has a moment for it */
    const at = this.#wishes.findIndex(({ pid, since }) => this.#waiting.has(pid) || this.now - since >= PATIENCE_MS);
    if (at >= 0) return this.#admit(this.#wishes.splice(at, 1)[0]);
    const due = this.#back.size > 0 || this.#gone.size > 0 || this.#outgoing.size > 0 || this.#rekey;
    if (this.at && inside && due) await this.#change();
    return undefined;
  }

  /** @param {Wish} wish */
  async #admit(wish) {
    const candidate = this.#waiting.get(wish.pid);
    if (!candidate) return this.out.push({ do: 'admitted', id: wish.id, error: 'E2EE_NOT_READY' });
    const prepared = await this.#prepare(candidate).catch((why) => this.trouble('KEYPACKAGE', why));
    if (!prepared) return this.out.push({ do: 'admitted', id: wish.id, error: 'E2EE_NOT_READY' });
    const start = prepared.from ? epochOf(prepared.from) : 0;
    this.#flying = prepared;
    this.#admitting = true;
    this.ask({
      request: 'admit', participant: wish.pid, knock: wish.knock,
      e2ee: { gi: prepared.gi, epoch: start, commit: toBase64url(prepared.commit), welcome: toBase64url(/** @type {Uint8Array} */ (prepared.welcome)) },
    }, (answer) => this.#admitted(wish, candidate, prepared, answer));
    /* nobody else can be disturbed: send with the new keys before they are even asked for, once the wish is out */
    if (!prepared.from) this.#ahead = { prepared, room: candidate.room };
    return undefined;
  }

  /** @returns {Promise<boolean>} whether there were keys to go ahead with */
  async #goAhead() {
    if (!this.#ahead) return false;
    const { prepared, room } = this.#ahead;
    this.#ahead = null;
    await this.#take(prepared, room);
    return true;
  }

  /** @param {Change & {gi: number}} change @param {string} room */
  async #take(change, room) {
    this.room = room;
    this.gi = change.gi;
    this.#last.set(room, change.gi);
    await this.enter(change.next);
  }

  /**
   * @param {Wish} wish
   * @param {Candidate} candidate
   * @param {Prepared} prepared
   * @param {Answer} answer
   */
  async #admitted(wish, candidate, prepared, { ok, error, gi }) {
    this.#flying = null;
    this.#admitting = false;
    if (ok) {
      await this.#goAhead();
      this.#waiting.delete(wish.pid);
      if (prepared.from) await this.#take(prepared, candidate.room);
      wipe(prepared.consumed);
      return this.out.push({ do: 'admitted', id: wish.id });
    }
    /* what was begun is taken back; the keys it would have used were never used by anybody else */
    if (!prepared.from) this.lose();
    candidate.ready = null;
    if (error === 'E2EE_STALE' && wish.tries < TRIES) {
      /* the number of the group was a guess if this browser has not seen the last one: the next, or the first */
      if (!prepared.from) this.#last.set(candidate.room, gi ?? (wish.tries === 1 ? 0 : prepared.gi));
      else this.missed();
      this.#wishes.unshift({ ...wish, tries: wish.tries + 1 });
      return undefined;
    }
    if (!prepared.from) this.#last.set(candidate.room, prepared.gi - 1);
    return this.out.push({ do: 'admitted', id: wish.id, error });
  }

  /** Adds who must be added again, drops who is gone, renews what is old; all in one step. */
  async #change() {
    const at = /** @type {Epoch} */ (this.at);
    const back = [...this.#back].filter(([pid]) => this.present?.has(pid) ?? true);
    const members = new Set(roster(at).map(({ pid }) => pid));
    const gone = [...this.#gone].filter((pid) => members.has(pid));
    /* a group of two ends instead */
    const leaving = [...this.#outgoing].filter((pid) => members.size > 2 && members.has(pid));
    const drop = [...new Set([...gone, ...leaving, ...back.map(([pid]) => pid).filter((pid) => members.has(pid))])];
    const rekey = this.#rekey;
    this.#back.clear();
    this.#gone.clear();
    this.#outgoing.clear();
    this.#rekey = false;
    if (back.length === 0 && drop.length === 0 && !rekey) return;
    const secret = await this.secretOf(this.room);
    /** @type {Change} */
    let change;
    try {
      change = await this.mls.commit(at, { remove: drop, add: back.map(([, data]) => data), secret });
    } catch (why) {
      this.trouble('KEYPACKAGE', why);
      for (const pid of gone) this.#gone.add(pid);
      return;
    }
    const { gi } = this;
    this.#flying = change;
    this.ask({
      request: 'e2ee', type: 'commit', gi, epoch: epochOf(at), data: toBase64url(change.commit),
      ...(drop.length ? { drop } : {}),
      ...(change.welcome ? { welcome: toBase64url(change.welcome), for: back.map(([pid]) => pid) } : {}),
    }, async ({ ok }) => {
      this.#flying = null;
      if (ok && this.gi === gi && this.at && epochOf(this.at) === epochOf(at)) return this.enter(change.next);
      /* somebody else was quicker: what is still to be done is done on what they made; who stays after all, stays */
      for (const [pid, data] of back) if (!this.#back.has(pid)) this.#back.set(pid, data);
      for (const pid of gone) this.#gone.add(pid);
      return this.missed();
    });
  }

  /** A new group, when this browser's keys of the present one are lost. */
  #reset() {
    this.#resetting = true;
    this.ask({ request: 'e2ee', type: 'reset' }, async ({ ok, gi }) => {
      this.#resetting = false;
      if (!ok || !Number.isSafeInteger(gi)) return this.trouble('RESET');
      this.gi = Number(gi);
      this.#last.set(this.room, this.gi);
      this.#gone.clear();
      await this.enter(await this.mls.create(`${this.room}.${gi}`));
      return undefined;
    });
  }

  /** @param {string} name */
  async again(name) {
    if (name) this.trouble(name);
    this.lose();
    this.#flying = null;
    this.#gone.clear();
    if (this.place === 'admitted' && !this.#resetting) this.#reset();
  }

  /** @param {GroupEvent} event */
  async #state({ gi, epoch, member }) {
    this.#last.set(this.room, gi);
    if (!member || !this.at || gi !== this.gi || epoch < epochOf(this.at)) return this.again('');
    /* perhaps it took the change that was on its way when the link was lost */
    if (epoch > epochOf(this.at)) this.missed();
    else this.#flying = null;
    return undefined;
  }

  /** @param {GroupEvent} event */
  #pending({ gi, remove }) {
    if (gi !== this.gi) return;
    for (const pid of Array.isArray(remove) ? remove : []) this.#gone.add(pid);
  }

  async #tick() {
    if (!this.together || this.#alone(this.room)) return;
    if (this.now - this.since >= REKEY_MS) this.#rekey = true;
    if (this.now - this.#beat < BEAT_MS) return;
    this.#beat = this.now;
    await this.say({ t: 'beat' });
  }
}
