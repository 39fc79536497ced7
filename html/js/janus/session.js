// SPDX-License-Identifier: GPL-3.0-or-later
import { KEEPALIVE_MS, PROBE_MS } from '../core/timing.js';
import { deferred } from '../lib/events.js';
import { JanusHandle } from './handle.js';
import { JanusSocket } from './socket.js';

/** @typedef {import("./socket.js").Json} Json */

const PLUGIN = 'janus.plugin.therapy';

/** One Janus session on its own WebSocket, kept alive until it is closed or lost. */
export class JanusSession {
  /** @type {Map<number, JanusHandle>} */
  #handles = new Map();
  #lost = /** @type {ReturnType<typeof deferred<void>>} */ (deferred());
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {JanusSocket} */
  #socket;
  /** @type {number} */
  #id;

  /**
   * @param {JanusSocket} socket
   * @param {number} id
   */
  constructor(socket, id) {
    this.#socket = socket;
    this.#id = id;
    socket.onevent = (message) => this.#dispatch(message);
    void socket.closed.then(() => this.#end());
    this.#timer = setInterval(() => void this.probe(), KEEPALIVE_MS);
  }

  /**
   * @param {string} url
   * @returns {Promise<JanusSession>}
   */
  static async open(url) {
    const socket = await JanusSocket.open(url);
    try {
      const answer = await socket.request({ janus: 'create' });
      return new JanusSession(socket, Number(answer.data?.id));
    } catch (why) {
      socket.close();
      throw why;
    }
  }

  /** Resolves when the session is of no use any more. */
  get lost() {
    return this.#lost.promise;
  }

  /** @returns {Promise<JanusHandle>} */
  async attach() {
    const answer = await this.send({ janus: 'attach', plugin: PLUGIN });
    const id = Number(answer.data?.id);
    const handle = new JanusHandle(this, id);
    this.#handles.set(id, handle);
    return handle;
  }

  /**
   * @param {Json} message
   * @param {{final?: boolean, timeout_ms?: number}} [options]
   */
  send(message, options) {
    return this.#socket.request({ ...message, session_id: this.#id }, options);
  }

  /** Asks for a sign of life; without one the session counts as lost. */
  async probe() {
    try {
      await this.send({ janus: 'keepalive' }, { timeout_ms: PROBE_MS });
    } catch {
      this.close();
    }
  }

  /** Ends the session at the server too, if it can still be reached. */
  async destroy() {
    try {
      await this.send({ janus: 'destroy' }, { timeout_ms: PROBE_MS });
    } catch {
      /* it will time out there by itself */
    }
    this.close();
  }

  close() {
    this.#socket.close();
    this.#end();
  }

  /** @param {Json} message */
  #dispatch(message) {
    if (message.janus === 'timeout') this.close();
    else this.#handles.get(message.sender)?.deliver(message);
  }

  #end() {
    clearInterval(this.#timer);
    this.#lost.resolve();
  }
}
