// SPDX-License-Identifier: GPL-3.0-or-later
import { decodeApp, encodeApp } from './app-message.js';
import { equal, fromBase64url, toBase64url } from './bytes.js';
import { Mending } from './mending.js';
import { authenticatorOf, epochOf, groupIdOf, leafOf, roster } from './mls.js';
import { BASE_KEY_BYTES } from './sframe.js';

/**
 * What both sides of a room do about keys: events in, effects out, one event at a time. No clock, no
 * network, no page: the worker feeds it and does what it says.
 *
 * @typedef {import("./mls.js").Mls} Mls
 * @typedef {import("./mls.js").Epoch} Epoch
 * @typedef {import("./app-message.js").AppMessage} AppMessage
 * @typedef {{kind: string} & Record<string, any>} GroupEvent
 * @typedef {{do: string} & Record<string, any>} Effect
 * @typedef {{ok: boolean, error?: string, gi?: number, epoch?: number}} Answer
 * @typedef {{pid: string, role: string, sub: string, leaf: number, key: Uint8Array}} Shown
 */

const MAX = 64 * 1024;
const RESYNC_MS = 1000;
const BEHIND_MS = 2000;
export const LABEL = 'SFrame 1.0 Base Key';

export class Group {
  /** @type {Mls} */
  mls;
  /** @type {(room: string) => Promise<Uint8Array>} */
  secretOf;
  /** @type {string} the room this person is in, or invited to */
  room = '';
  /** @type {string} */
  place = 'waiting';
  /** @type {Epoch | null} */
  at = null;
  gi = 0;
  /** @type {Set<string> | null} who the server says is in the room; null while it has not said */
  present = null;
  now = 0;
  since = 0;
  /** @type {Effect[]} */
  out = [];
  /** @type {Map<number, (answer: Answer) => unknown>} */
  #asked = new Map();
  #last = 0;
  #resynced = -Infinity;
  mending = new Mending(500);
  /** since when others are known to be further on; 0: they are not */
  #behind = 0;

  /**
   * @param {Mls} mls
   * @param {(room: string) => Promise<Uint8Array>} secretOf
   */
  constructor(mls, secretOf) {
    this.mls = mls;
    this.secretOf = secretOf;
  }

  /**
   * To be called with one event at a time, waiting for each.
   * @param {GroupEvent} event
   * @param {number} now_ms
   * @returns {Promise<Effect[]>} in order
   */
  async handle(event, now_ms) {
    this.now = now_ms;
    this.out = [];
    const handler = /** @type {Record<string, (event: GroupEvent) => unknown>} */ (this.handlers)[event.kind];
    if (handler) await handler(event);
    await this.settle();
    return this.out;
  }

  /**
   * To be called when the effects of an event are done: a piece of what may take a while.
   * @param {number} now_ms
   * @returns {Promise<Effect[] | null>} null if there is nothing more
   */
  async rest(now_ms) {
    this.now = now_ms;
    this.out = [];
    return await this.foresee() ? this.out : null;
  }

  /** @returns {Record<string, (event: any) => unknown>} */
  get handlers() {
    return {
      answer: (event) => this.#answered(event),
      commit: (event) => this.#committed(event),
      app: (event) => this.#heard(event),
      say: (event) => this.say(event.message, event.id),
      failing: (event) => this.#unopened(event.pid),
      opened: (event) => this.mending.opened(event.pid),
      lost: () => this.#asked.clear(),
      tick: () => this.#tick(),
    };
  }

  /** After every event: whatever can be begun now. @returns {Promise<void>} */
  async settle() {}

  /** Works out one thing that will soon be wanted. @returns {Promise<boolean>} whether there was one */
  async foresee() {
    return false;
  }

  /** This person's keys are of no use any more. @param {string} _name why */
  async again(_name) {}

  /**
   * The change on its way to the server, if any.
   * @returns {import("./mls.js").Change | null}
   */
  get flying() {
    return null;
  }

  /** @type {string} */
  get self() {
    return this.mls.who.pid;
  }

  /** Whether somebody else is in the group. */
  get together() {
    return this.at !== null && roster(this.at).length > 1;
  }

  /**
   * @param {Record<string, unknown>} body
   * @param {(answer: Answer) => unknown} then
   */
  ask(body, then) {
    this.#last += 1;
    this.#asked.set(this.#last, then);
    this.out.push({ do: 'request', id: this.#last, body });
  }

  /** @param {GroupEvent} event */
  async #answered({ id, ok, error, gi, epoch }) {
    const then = this.#asked.get(id);
    this.#asked.delete(id);
    await then?.({ ok, error, gi, epoch });
  }

  /**
   * What the page should know went wrong. The names have words in the locales.
   * @param {string} name
   * @param {unknown} [why]
   */
  trouble(name, why) {
    const rule = why instanceof Error && 'rule' in why ? String(why.rule) : '';
    this.out.push({ do: 'trouble', name, rule });
  }

  /**
   * The group is now here: send and open with its keys.
   * @param {Epoch} next
   */
  async enter(next) {
    this.at = next;
    this.since = this.now;
    this.#behind = 0;
    const members = roster(next);
    if (members.length > 1) {
      const base = await this.mls.export(next, LABEL, BASE_KEY_BYTES);
      const places = members.map(({ pid, leaf }) => ({ pid, leaf }));
      this.out.push({ do: 'keys', gi: this.gi, epoch: epochOf(next), leaf: leafOf(next), places, base });
      this.out.push({ do: 'keyframe' });
    } else {
      this.out.push({ do: 'drop' });
    }
    this.#show(members);
  }

  /** All keys are forgotten, at once. */
  lose() {
    this.#behind = 0;
    if (!this.at) return;
    this.at = null;
    this.out.push({ do: 'drop' });
    this.#show([]);
  }

  /** @param {Shown[]} members */
  #show(members) {
    this.out.push({
      do: 'members',
      gi: this.gi,
      epoch: this.at ? epochOf(this.at) : 0,
      group: this.at ? groupIdOf(this.at) : '',
      authenticator: this.at ? authenticatorOf(this.at) : new Uint8Array(),
      members: members.map(({ pid, role, sub, leaf, key }) => ({ pid, role, sub, leaf, key })),
    });
  }

  /** @param {GroupEvent} event */
  async #committed({ gi, epoch, from, data }) {
    if (!this.at || gi !== this.gi) return;
    const bytes = this.read(data);
    if (!bytes) return this.refuse(new TypeError('data'));
    const here = epochOf(this.at);
    if (epoch < here) return;
    if (epoch > here) return this.missed();
    if (from === this.self) return this.#ownCommitted(bytes);
    try {
      const secret = await this.secretOf(this.room);
      const done = await this.mls.process(this.at, bytes, { secret, from, present: (pid) => this.present?.has(pid) ?? true });
      if (done.kind === 'message') return this.refuse(new TypeError('kind'));
      if (done.kind === 'removed') return this.again('REMOVED');
      await this.enter(done.next);
    } catch (why) {
      await this.refuse(why);
    }
  }

  /** A commit of one's own comes back after the link was lost: the server had taken it. @param {Uint8Array} data */
  async #ownCommitted(data) {
    const { flying } = this;
    if (flying && equal(flying.commit, data)) await this.enter(flying.next);
    else await this.again('MISSED');
  }

  /** What came is against the rules, or not genuine: nothing of it is used. @param {unknown} why */
  async refuse(why) {
    this.trouble('REFUSED', why);
    await this.again('');
  }

  /** Others are further on: ask for what was missed; if that does not help soon, begin again. */
  missed() {
    this.#behind ||= this.now;
    this.resync();
  }

  /** Asks for the commits since this epoch, if there are any. */
  resync() {
    if (!this.at || this.now - this.#resynced < RESYNC_MS) return;
    this.#resynced = this.now;
    this.ask({ request: 'e2ee', type: 'resync', gi: this.gi, epoch: epochOf(this.at) }, async ({ ok, error }) => {
      if (!ok && /^E2EE_/.test(error ?? '')) await this.again('MISSED');
    });
  }

  /** Frames of somebody have not opened for a while: perhaps a change of keys was missed. @param {string} pid */
  async #unopened(pid) {
    this.mending.failing(pid, this.now);
    await this.unread();
  }

  /** What to do about it first. @returns {Promise<unknown>} */
  async unread() {
    return this.resync();
  }

  async #tick() {
    this.mending.keep((pid) => this.present?.has(pid) ?? false);
    if (this.at && this.mending.due(this.now)) return this.again('MISSED');
    if (!this.#behind) return undefined;
    if (this.now - this.#behind >= BEHIND_MS) return this.again('MISSED');
    return this.resync();
  }

  /** @param {GroupEvent} event */
  async #heard({ gi, from, data }) {
    if (!this.at || gi !== this.gi || from === this.self) return;
    const bytes = this.read(data);
    try {
      const done = bytes && await this.mls.process(this.at, bytes, { from });
      if (!done || done.kind !== 'message') throw new TypeError('kind');
      this.at = done.next;
      const message = decodeApp(done.data);
      if (message) this.hear(done.from, message);
    } catch (why) {
      this.trouble('MESSAGE', why);
      this.resync();
    }
  }

  /**
   * @param {import("./rules.js").Member} from
   * @param {AppMessage} message
   */
  hear(from, message) {
    this.out.push({ do: 'heard', from: from.pid, key: from.key, message });
  }

  /**
   * Says something to the other members.
   * @param {AppMessage} message
   * @param {number} [id] to tell the page how it went
   */
  async say(message, id) {
    const told = (/** @type {boolean} */ ok) => {
      if (id !== undefined) this.out.push({ do: 'said', id, ok });
    };
    if (!this.at || !this.together) return told(false);
    const made = await this.mls.message(this.at, encodeApp(message));
    this.at = made.next;
    const body = { request: 'e2ee', type: 'app', gi: this.gi, data: toBase64url(made.data) };
    this.ask(body, ({ ok }) => told(ok));
  }

  /** @param {unknown} data base64url */
  read(data) {
    try {
      return fromBase64url(data, MAX);
    } catch {
      return null;
    }
  }
}
