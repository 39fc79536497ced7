// SPDX-License-Identifier: GPL-3.0-or-later
// A small model of the plugin: how it orders what is said about keys in one room (docs/protocol.md,
// Keys), with a queue each way for everybody, and people who do what the pages do. A hostile server is
// this one with some of its methods replaced.
import { Mls, deviceKey, room, secret } from './_people.mjs';

const { fromBase64url } = await import('../../html/js/e2ee/bytes.js');
const { decodeMlsMessage } = await import('../../html/vendor/ts-mls.js');
const { GuestGroup } = await import('../../html/js/e2ee/guest-group.js');
const { HostGroup } = await import('../../html/js/e2ee/host-group.js');
const { toGroupEvent } = await import('../../html/js/e2ee/server-events.js');

/** @typedef {Record<string, any>} Json */

/** One person: the page around a group. */
export class Person {
  /** @type {Json[]} */ inbox = [];
  /** @type {Json[]} */ outbox = [];
  /** @type {Json[]} */ troubles = [];
  /** @type {Json[]} */ heard = [];
  /** @type {Json[]} */ answers = [];
  /** @type {Map<string, string | null>} */ devices = new Map();
  /** @type {{gi: number, epoch: number, base: string, places: Json[]} | null} */ keys = null;
  /** @type {Json[]} */ members = [];
  /** Every key this person ever had. */ had = new Set();
  /** @type {Uint8Array} the secret in the link */ secret = secret;
  joined = false;
  linked = false;

  /** @param {Server} server @param {string} pid @param {'therapist' | 'client'} role @param {CryptoKeyPair} pair */
  constructor(server, pid, role, pair) {
    Object.assign(this, { server, pid, role, pair });
    this.server = server;
    this.pid = pid;
    this.role = role;
    this.pair = pair;
  }

  /** @param {Server} server @param {string} pid @param {'therapist' | 'client'} role @param {Uint8Array} [own] the secret in the link */
  static async come(server, pid, role = 'client', own = secret) {
    const person = new Person(server, pid, role, await deviceKey());
    person.secret = own;
    await person.load();
    server.people.set(pid, person);
    return person;
  }

  /** Has no keys of anybody's. */
  get deaf() {
    return this.keys === null;
  }

  /** A page that is opened, or reloaded: nothing is left but the device key. */
  async load() {
    const mls = await Mls.make({ pid: this.pid, role: /** @type {any} */ (this.role), sub: `s-${this.pid}` }, /** @type {CryptoKeyPair} */ (this.pair));
    const Kind = this.role === 'therapist' ? HostGroup : GuestGroup;
    this.group = new Kind(mls, async () => this.secret);
    this.keys = null;
    this.members = [];
    this.outbox = [];
  }

  /** @param {Json} event */
  async feed(event) {
    const group = /** @type {any} */ (this.group);
    for (const effect of await group.handle(event, this.server.now)) this.obey(effect);
    for (let effects; (effects = await group.rest(this.server.now));) effects.forEach((/** @type {any} */ effect) => this.obey(effect));
  }

  /** @param {Json} effect */
  obey(effect) {
    switch (effect.do) {
    case 'request': return void this.outbox.push({ id: effect.id, body: effect.body });
    case 'keys': {
      const base = Buffer.from(effect.base).toString('hex');
      this.had.add(base);
      this.keys = { gi: effect.gi, epoch: effect.epoch, places: effect.places, base };
      return undefined;
    }
    case 'drop': return void (this.keys = null);
    case 'members': return void (this.members = effect.members);
    case 'trouble': return void this.troubles.push(effect);
    case 'heard': return void this.heard.push(effect);
    case 'admitted': case 'said': return void this.answers.push(effect);
    case 'device': return void this.devices.set(effect.participant, effect.key && Buffer.from(effect.key).toString('hex'));
    case 'keyframe': case 'calm': return undefined;
    default: throw new Error(`no such effect: ${effect.do}`);
    }
  }

  /** Takes in the oldest thing that has come. */
  async step() {
    const next = this.inbox.shift();
    if (next) await this.feed(next);
    return next !== undefined;
  }

  /** The link breaks: what was on its way, either way, is gone. */
  async lose() {
    this.inbox = [];
    this.outbox = [];
    this.linked = false;
    await this.feed({ kind: 'lost' });
  }
}

export class Server {
  /** @type {Map<string, Person>} */ people = new Map();
  /** @type {Map<string, {state: string, keypackage: string | null}>} */ seats = new Map();
  now = 1000;
  gi = 0;
  epoch = 0;
  /** @type {string[]} */ members = [];
  /** @type {Map<number, {from: string, data: string}>} */ log = new Map();

  /** @param {string} pid @param {Json} data as the plugin says it */
  tell(pid, data) {
    const person = this.people.get(pid);
    const event = toGroupEvent(data);
    if (person?.linked && event) person.inbox.push(event);
  }

  /** @param {string} pid @param {Json} data */
  tellKeys(pid, data) {
    this.tell(pid, { therapy: 'e2ee', ...data });
  }

  /** @param {string} pid */
  state(pid) {
    return this.seats.get(pid)?.state ?? 'gone';
  }

  inside() {
    return [...this.seats].filter(([, seat]) => seat.state === 'admitted').map(([pid]) => pid);
  }

  roster() {
    const inside = this.inside();
    for (const pid of inside) this.tell(pid, { therapy: 'roster', peers: inside.filter((other) => other !== pid).map((participant) => ({ participant })) });
    const all = [...this.seats].filter(([pid]) => this.people.get(pid)?.role !== 'therapist').map(([participant]) => ({ participant }));
    for (const person of this.people.values()) if (person.role === 'therapist') this.tell(person.pid, { therapy: 'waiting', people: all });
  }

  /** @param {Person} person */
  join(person) {
    const { pid, role } = person;
    const resumed = this.seats.get(pid)?.state === 'admitted';
    const state = resumed ? 'admitted' : 'waiting';
    this.seats.set(pid, { state, keypackage: this.seats.get(pid)?.keypackage ?? null });
    person.linked = true;
    this.tell(pid, { therapy: 'joined', room: role === 'therapist' && !resumed ? '' : room, state });
    this.roster();
    if (role === 'therapist')
      for (const [other, { keypackage }] of this.seats) if (keypackage) this.tellPackage(pid, other, keypackage);
    if (resumed) this.tellKeys(pid, { type: 'state', gi: this.gi, epoch: this.epoch, member: this.members.includes(pid) });
  }

  /** @param {string} to @param {string} pid @param {string} data */
  tellPackage(to, pid, data) {
    this.tellKeys(to, { type: 'keypackage', participant: pid, knock: 1, room, state: this.state(pid), gi: this.gi, epoch: this.epoch, data });
  }

  /** @param {Person} person answers the oldest request of that person */
  step(person) {
    const request = person.outbox.shift();
    if (!request) return false;
    const error = this.handle(person.pid, request.body);
    if (person.linked)
      person.inbox.push({ kind: 'answer', id: request.id, ok: !error, ...(error ? { error } : request.body.request === 'e2ee' ? { gi: this.gi, epoch: this.epoch } : {}) });
    return true;
  }

  /** @param {string} from @param {Json} body @returns {string | undefined} */
  handle(from, body) {
    if (body.request === 'admit') return this.admit(from, body);
    if (body.type === 'keypackage') return this.keypackage(from, body.data);
    if (this.state(from) !== 'admitted') return 'WRONG_STATE';
    if (body.type === 'reset') return this.reset(from);
    if (!this.members.includes(from)) return 'E2EE_NOT_MEMBER';
    if (body.gi !== this.gi) return 'E2EE_STALE';
    if (body.type === 'commit') return this.commit(from, body);
    if (body.type === 'resync') return this.resync(from, body.epoch);
    if (body.type !== 'app') return 'BAD_FIELD';
    for (const pid of this.members) if (pid !== from) this.tellKeys(pid, { type: 'app', gi: this.gi, from, data: body.data });
    return undefined;
  }

  /** @param {string} from @param {string} data @returns {undefined} */
  keypackage(from, data) {
    const seat = this.seats.get(from);
    if (seat) seat.keypackage = data;
    for (const person of this.people.values()) if (person.role === 'therapist') this.tellPackage(person.pid, from, data);
  }

  /** @param {string} data @param {number} epoch */
  names(data, epoch) {
    const message = decodeMlsMessage(fromBase64url(data, 65536), 0)?.[0];
    if (message?.wireformat !== 'mls_private_message') return false;
    const { groupId, epoch: inside, contentType } = message.privateMessage;
    return Buffer.from(groupId).toString() === `${room}.${this.gi}` && Number(inside) === epoch && contentType === 'commit';
  }

  /** @param {string} from @param {Json} body @returns {string | undefined} */
  admit(from, { participant, e2ee }) {
    const seat = this.seats.get(participant);
    if (!seat || (seat.state !== 'waiting' && seat.state !== 'held')) return 'WRONG_STATE';
    const alone = this.inside().every((pid) => pid === from);
    const [gi, epoch] = alone ? [this.gi + 1, 0] : [this.gi, this.epoch];
    if (!seat.keypackage || e2ee.gi !== gi || e2ee.epoch !== epoch) return 'E2EE_STALE';
    if (!alone && !this.members.includes(from)) return 'E2EE_NOT_MEMBER';
    if (alone) [this.gi, this.epoch, this.members, this.log] = [gi, 0, [from], new Map()];
    if (!this.names(e2ee.commit, epoch)) throw new Error('the commit contradicts the JSON around it');
    this.order(from, e2ee.commit);
    this.takeIn(participant, from, e2ee.welcome);
    for (const pid of [from, participant]) this.seat(pid, 'admitted');
    this.roster();
    this.settle();
    return undefined;
  }

  /** @param {string} pid @param {string} state */
  seat(pid, state) {
    const seat = this.seats.get(pid);
    if (!seat || seat.state === state) return;
    seat.state = state;
    this.tell(pid, { therapy: 'state', state, room: state === 'admitted' ? room : '' });
  }

  /** @param {string} from @param {string} data */
  order(from, data) {
    for (const pid of this.members) if (pid !== from) this.tellKeys(pid, { type: 'commit', gi: this.gi, epoch: this.epoch, from, data });
    this.log.set(this.epoch, { from, data });
    this.epoch += 1;
  }

  /** @param {string} pid @param {string} from @param {string} data */
  takeIn(pid, from, data) {
    /** @type {any} */ (this.seats.get(pid)).keypackage = null;
    if (!this.members.includes(pid)) this.members.push(pid);
    this.tellKeys(pid, { type: 'welcome', gi: this.gi, epoch: this.epoch, from, data });
  }

  /** @param {string} from @param {Json} body @returns {string | undefined} */
  commit(from, { epoch, data, drop = [], for: added = [], welcome }) {
    if (epoch !== this.epoch) return 'E2EE_STALE';
    if (!this.names(data, epoch)) throw new Error('the commit contradicts the JSON around it');
    if (added.length && this.people.get(from)?.role !== 'therapist') return 'NOT_ALLOWED';
    if (added.some((/** @type {string} */ pid) => this.state(pid) !== 'admitted')) return 'NO_SUCH_PARTICIPANT';
    for (const pid of drop) {
      if (!this.members.includes(pid)) return 'NO_SUCH_PARTICIPANT';
      if (this.state(pid) === 'admitted' && !added.includes(pid)) return 'NOT_ALLOWED';
    }
    this.members = this.members.filter((pid) => !drop.includes(pid));
    this.order(from, data);
    for (const pid of added) this.takeIn(pid, from, welcome);
    this.settle();
    return undefined;
  }

  /** @param {string} from @returns {string | undefined} */
  reset(from) {
    if (this.people.get(from)?.role !== 'therapist') return 'NOT_ALLOWED';
    [this.gi, this.epoch, this.members, this.log] = [this.gi + 1, 0, [from], new Map()];
    for (const pid of this.inside()) if (pid !== from) this.tellKeys(pid, { type: 'reset', gi: this.gi });
    return undefined;
  }

  /** @param {string} from @param {number} epoch @returns {string | undefined} */
  resync(from, epoch) {
    for (let at = epoch; at < this.epoch; at += 1) if (!this.log.has(at)) return 'E2EE_STALE';
    for (let at = epoch; at < this.epoch; at += 1) this.tellKeys(from, { type: 'commit', gi: this.gi, epoch: at, ...this.log.get(at) });
    return undefined;
  }

  /** Asks one who is there to remove those who are not. */
  settle() {
    const gone = this.members.filter((pid) => this.state(pid) !== 'admitted');
    if (gone.length === 0 || this.members.length - gone.length < 2) return;
    const here = this.members.filter((pid) => !gone.includes(pid) && this.people.get(pid)?.linked);
    const asked = here.find((pid) => this.people.get(pid)?.role === 'therapist') ?? here[0];
    if (asked) this.tellKeys(asked, { type: 'pending', gi: this.gi, epoch: this.epoch, remove: gone });
  }

  /** @param {string} pid @param {string} state `waiting`, `held`, `removed` */
  takeOut(pid, state) {
    if (this.state(pid) !== 'admitted') return;
    this.seat(pid, state);
    this.roster();
    this.settle();
  }

  /** Everything that is on its way arrives, and what follows from it. */
  async quiet() {
    for (let some = true, rounds = 0; some; rounds += 1) {
      if (rounds > 400) throw new Error('they never come to rest');
      some = false;
      for (const person of this.people.values()) {
        while (this.step(person)) some = true;
        while (await person.step()) some = true;
      }
    }
  }

  /** Time goes by. @param {number} ms */
  async wait(ms) {
    for (let gone = 0; gone < ms; gone += 1000) {
      this.now += Math.min(1000, ms - gone);
      for (const person of this.people.values()) await person.feed({ kind: 'tick' });
      await this.quiet();
    }
  }
}

/** Somebody lets somebody in; the answer, once there. @param {Person} therapist @param {string} participant */
export function admit(therapist, participant, id = 1) {
  return therapist.feed({ kind: 'admit', id, participant, knock: 1 });
}

/** A therapist "t" at the desk and the named people waiting. @param {Server} server @param {...string} names */
export async function gather(server, ...names) {
  const people = [await Person.come(server, 't', 'therapist')];
  for (const name of names) people.push(await Person.come(server, name));
  for (const person of people) server.join(person);
  await server.quiet();
  return people;
}
