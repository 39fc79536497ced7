// SPDX-License-Identifier: GPL-3.0-or-later
import { NamedError } from '../core/errors.js';
import { ANSWER_MS, OPEN_MS } from '../core/timing.js';
import { deferred, within } from '../lib/events.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {{resolve: (message: Json) => void, reject: (why: unknown) => void, final: boolean}} Pending
 */

const MAX_MESSAGE = 256 * 1024;

/**
 * One WebSocket to Janus: sends requests, pairs answers with them by their transaction, hands out the
 * rest. It never reconnects: when it is gone it is gone, and `closed` says so.
 */
export class JanusSocket {
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  #closed = /** @type {ReturnType<typeof deferred<void>>} */ (deferred());
  /** @type {WebSocket} */
  #socket;
  #last = 0;
  #salt = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(36)).join(
    '',
  );

  /** When the server was heard last, by performance.now(). */
  heard_ms = 0;

  /** @type {(message: Json) => void} what nobody asked for */
  onevent = () => {};

  /** @param {WebSocket} socket an open one */
  constructor(socket) {
    this.#socket = socket;
    socket.addEventListener('message', (event) => this.#receive(event.data));
    socket.addEventListener('close', () => this.#gone());
    socket.addEventListener('error', () => this.#gone());
  }

  /**
   * @param {string} url
   * @returns {Promise<JanusSocket>}
   */
  static async open(url) {
    const socket = new WebSocket(url, 'janus-protocol');
    const opened = /** @type {ReturnType<typeof deferred<void>>} */ (deferred());
    socket.addEventListener('open', () => opened.resolve(), { once: true });
    const refused = () => opened.reject(new NamedError('SERVER_GONE'));
    socket.addEventListener('error', refused, { once: true });
    socket.addEventListener('close', refused, { once: true });
    try {
      await within(opened.promise, OPEN_MS, new NamedError('SERVER_GONE'));
    } catch (why) {
      socket.close();
      throw why;
    }
    return new JanusSocket(socket);
  }

  /** Resolves when the link is gone, for whatever reason. */
  get closed() {
    return this.#closed.promise;
  }

  /**
   * Sends a request and waits for its answer. With `final`, an "ack" is not an answer: the event
   * that follows is.
   * @param {Json} message without a transaction
   * @param {{final?: boolean, timeout_ms?: number}} [options]
   * @returns {Promise<Json>}
   */
  request(message, { final = false, timeout_ms = ANSWER_MS } = {}) {
    if (this.#socket.readyState !== WebSocket.OPEN)
      return Promise.reject(new NamedError('SERVER_GONE'));
    const transaction = `${this.#salt}${(this.#last += 1)}`;
    const answer = /** @type {ReturnType<typeof deferred<Json>>} */ (deferred());
    this.#pending.set(transaction, { ...answer, final });
    this.#socket.send(JSON.stringify({ ...message, transaction }));
    return within(answer.promise, timeout_ms, new NamedError('SERVER_GONE')).finally(() =>
      this.#pending.delete(transaction),
    );
  }

  close() {
    this.#socket.close();
    this.#gone();
  }

  /** @param {unknown} data */
  #receive(data) {
    this.heard_ms = performance.now();
    if (typeof data !== 'string' || data.length > MAX_MESSAGE) return;
    /** @type {Json} */
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message)) return;
    const pending = this.#pending.get(message.transaction);
    if (!pending) this.onevent(message);
    else if (message.janus === 'error') pending.reject(new JanusError(message.error));
    else if (!(message.janus === 'ack' && pending.final)) pending.resolve(message);
  }

  #gone() {
    for (const pending of this.#pending.values()) pending.reject(new NamedError('SERVER_GONE'));
    this.#pending.clear();
    this.#closed.resolve();
  }
}

/** What Janus itself, not the plugin, refused. */
export class JanusError extends NamedError {
  /** @param {unknown} error */
  constructor(error) {
    super('SERVER_GONE');
    this.code = Number(/** @type {any} */ (error)?.code ?? 0);
  }
}
