// SPDX-License-Identifier: GPL-3.0-or-later
/** A page without a page: the Janus API over one WebSocket, and what the two handles of a person say over it. */
import { once } from 'node:events';
import WebSocket from 'ws';
import { Device } from './booking.mjs';

const ANSWER_MS = 10_000;

/** @typedef {Record<string, any>} Json */
/** @typedef {{data: Json, jsep?: Json}} Event */

/** The plugin said no. */
export class Refusal extends Error {
  /** @param {Json} event */
  constructor(event) {
    super(`${event.error_name}${event.field ? ` (${event.field})` : ''}`);
    this.name = event.error_name;
    this.event = event;
  }
}

/** Janus itself said no. */
export class JanusError extends Error {
  /** @param {Json} error */
  constructor(error) {
    super(`Janus: ${error.code} ${error.reason}`);
    this.code = error.code;
  }
}

/** What has arrived and was not looked at yet. */
class Inbox {
  /** @type {any[]} */ items = [];
  /** @type {Set<() => void>} */ #waiting = new Set();

  /** @param {any} item */
  put(item) {
    this.items.push(item);
    for (const look of [...this.#waiting]) look();
  }

  /**
   * Takes the first item that fits, waiting for it if it must.
   * @param {(item: any) => boolean} fits @param {string} what for the message of a failure @param {number} [timeoutMs]
   */
  take(fits, what, timeoutMs = ANSWER_MS) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no ${what} in ${timeoutMs} ms; there is ${JSON.stringify(this.items).slice(0, 500)}`));
      }, timeoutMs);
      const look = () => {
        const at = this.items.findIndex(fits);
        if (at < 0) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(this.items.splice(at, 1)[0]);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** One WebSocket to Janus. */
export class Connection {
  #transactions = 0;
  /** @type {Map<string, {resolve: (m: Json) => void, reject: (e: Error) => void, whole: boolean}>} */ #pending = new Map();
  /** @type {Map<number, Session>} */ sessions = new Map();
  /** Messages of no handle and no transaction: errors about what could not be read. */
  stray = new Inbox();

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on('message', (data) => this.#hear(JSON.parse(String(data))));
    socket.on('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('the WebSocket is closed'));
      this.#pending.clear();
    });
    socket.on('error', () => {});
  }

  /** @param {string} url @param {string} [protocol] */
  static async open(url, protocol = 'janus-protocol') {
    const socket = new WebSocket(url, protocol, { handshakeTimeout: ANSWER_MS });
    await once(socket, 'open');
    return new Connection(socket);
  }

  /** @param {Json} message */
  #hear(message) {
    const pending = this.#pending.get(message.transaction);
    const answers = message.janus !== 'ack' || pending?.whole === false;
    if (pending && answers) {
      this.#pending.delete(message.transaction);
      if (message.janus === 'error') pending.reject(new JanusError(message.error));
      else pending.resolve(message);
      return;
    }
    if (message.janus === 'ack') return;
    const session = this.sessions.get(message.session_id);
    const handle = session?.handles.get(message.sender);
    (handle?.inbox ?? session?.inbox ?? this.stray).put(message);
  }

  /**
   * Sends a message of the Janus API; resolves with what answers it.
   * @param {Json} message @param {{ack?: boolean}} [options] ack: an ack will do
   * @returns {Promise<Json>}
   */
  send(message, options = {}) {
    const transaction = `t${++this.#transactions}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(transaction);
        reject(new Error(`no answer to ${message.janus} ${message.body?.request ?? ''} in ${ANSWER_MS} ms`));
      }, ANSWER_MS);
      const done = (/** @type {(x: any) => void} */ then) => (/** @type {any} */ x) => {
        clearTimeout(timer);
        then(x);
      };
      this.#pending.set(transaction, { resolve: done(resolve), reject: done(reject), whole: !options.ack });
      this.socket.send(JSON.stringify({ ...message, transaction }));
    });
  }

  async createSession() {
    const { data } = await this.send({ janus: 'create' });
    const session = new Session(this, data.id);
    this.sessions.set(data.id, session);
    return session;
  }

  /** Takes a session over from a connection that is gone. @param {Session} session */
  async claim(session) {
    await this.send({ janus: 'claim', session_id: session.id });
    session.connection = this;
    this.sessions.set(session.id, session);
  }

  /** As when a network fails: nothing more is sent or heard. */
  cut() {
    this.socket.terminate();
  }

  async close() {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}

/** A Janus session. */
export class Session {
  /** @type {Map<number, Handle>} */ handles = new Map();
  inbox = new Inbox();

  /** @param {Connection} connection @param {number} id */
  constructor(connection, id) {
    this.connection = connection;
    this.id = id;
  }

  async attach(plugin = 'janus.plugin.therapy') {
    const { data } = await this.connection.send({ janus: 'attach', session_id: this.id, plugin });
    const handle = new Handle(this, data.id);
    this.handles.set(data.id, handle);
    return handle;
  }

  async keepalive() {
    await this.connection.send({ janus: 'keepalive', session_id: this.id }, { ack: true });
  }

  async destroy() {
    await this.connection.send({ janus: 'destroy', session_id: this.id });
    this.connection.sessions.delete(this.id);
  }
}

/** A handle of our plugin. */
export class Handle {
  inbox = new Inbox();

  /** @param {Session} session @param {number} id */
  constructor(session, id) {
    this.session = session;
    this.id = id;
  }

  /** @param {Json} message */
  #send(message) {
    return this.session.connection.send({ ...message, session_id: this.session.id, handle_id: this.id });
  }

  /**
   * Sends a body, whatever it is, and resolves with the plugin's event, also if that is an error.
   * @param {unknown} body @param {Json} [jsep] @returns {Promise<Event>}
   */
  async say(body, jsep) {
    const answer = await this.#send({ janus: 'message', body, ...(jsep && { jsep }) });
    return { data: answer.plugindata?.data, jsep: answer.jsep };
  }

  /**
   * Makes a request; throws a Refusal if it is answered with an error.
   * @param {string} request @param {Json} [fields] @param {Json} [jsep]
   */
  async ask(request, fields = {}, jsep) {
    const event = await this.say({ request, ...fields }, jsep);
    if (event.data?.therapy === 'error') throw new Refusal(event.data);
    return event;
  }

  /**
   * The next event called @name that nobody asked for.
   * @param {string} name @param {(data: Json) => boolean} [fits] @param {number} [timeoutMs] @returns {Promise<Event>}
   */
  async hears(name, fits = () => true, timeoutMs) {
    const message = await this.inbox.take((m) => {
      const data = m.plugindata?.data;
      return data?.therapy === name && fits(data);
    }, `event "${name}"`, timeoutMs);
    return { data: message.plugindata.data, jsep: message.jsep };
  }

  /** A notice of Janus itself: webrtcup, hangup, detached. @param {string} name @param {number} [timeoutMs] */
  notice(name, timeoutMs) {
    return this.inbox.take((m) => m.janus === name, `notice "${name}"`, timeoutMs);
  }

  async detach() {
    await this.#send({ janus: 'detach' });
  }

  async hangup() {
    await this.#send({ janus: 'hangup' });
  }
}

/** Somebody with an invitation: a session, a participant handle, and later a receiver handle. */
export class Person {
  /** @type {Handle | undefined} */ receiver;
  #seq = 0;

  /** @param {Handle} handle @param {string} invitation @param {Device} device */
  constructor(handle, invitation, device) {
    this.handle = handle;
    this.invitation = invitation;
    this.device = device;
    /** @type {Json} */ this.joined = {};
  }

  /** @param {Connection} connection @param {string} invitation @param {Device} [device] */
  static async join(connection, invitation, device = new Device()) {
    const session = await connection.createSession();
    const person = new Person(await session.attach(), invitation, device);
    await person.#join();
    return person;
  }

  async #join() {
    const { data: { nonce } } = await this.handle.ask('hello');
    const { data } = await this.handle.ask('join', {
      seq: ++this.#seq, invitation: this.invitation, device: this.device.prove(nonce, this.invitation),
    });
    this.joined = data;
  }

  get id() {
    return this.joined.participant;
  }

  /** A request on the participant handle, numbered. @param {string} request @param {Json} [fields] @param {Json} [jsep] */
  ask(request, fields, jsep) {
    return this.handle.ask(request, { seq: ++this.#seq, ...fields }, jsep);
  }

  /** @param {string} state @param {string} [reason] @param {number} [timeoutMs] */
  async becomes(state, reason, timeoutMs) {
    const { data } = await this.handle.hears('state', (d) => d.state === state && (!reason || d.reason === reason), timeoutMs);
    return data;
  }

  /** Makes the receiver handle; resolves with the offer. */
  async receive() {
    this.receiver = await this.handle.session.attach();
    return this.receiver.ask('receive', { ticket: this.joined.ticket });
  }

  /** The entry of @person in the next list that has one that fits. @param {Person} person @param {(p: Json) => boolean} [fits] */
  async sees(person, fits = () => true) {
    /** @type {Json | undefined} */ let found;
    await this.handle.hears('waiting', (data) => {
      found = data.people.find((/** @type {Json} */ p) => p.participant === person.id && fits(p));
      return found !== undefined;
    });
    return /** @type {Json} */ (found);
  }
}
