// SPDX-License-Identifier: GPL-3.0-or-later
import { ANSWER_MS, KEEPALIVE_MS, PROBE_MS } from '../core/timing.js';
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
  /** Whether the server is heard another way, so that a silent socket alone is no reason to give up. */
  spared = () => false;
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
    this.#timer = setInterval(() => void this.#keepAlive(), KEEPALIVE_MS);
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

  /** Asks for a sign of life; without any the session counts as lost. */
  async probe() {
    if (!(await this.#answers(PROBE_MS))) this.close();
  }

  /** On a full link nothing may come through here for long while voices do: who gives up would lose these as well. */
  async #keepAlive() {
    if (!(await this.#answers(ANSWER_MS)) && !this.spared()) this.close();
  }

  /** Whether anything is heard: an answer may come late, behind other words of the server's. @param {number} patience_ms */
  async #answers(patience_ms) {
    const asked_ms = performance.now();
    try {
      await this.send({ janus: 'keepalive' }, { timeout_ms: patience_ms });
      return true;
    } catch {
      return this.#socket.heard_ms > asked_ms;
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
