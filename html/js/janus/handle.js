// SPDX-License-Identifier: GPL-3.0-or-later
import { NamedError } from '../core/errors.js';
import { PROBE_MS } from '../core/timing.js';

/**
 * @typedef {import("./socket.js").Json} Json
 * @typedef {{data: Json, jsep: RTCSessionDescriptionInit | null}} Answer
 */

/** One handle of the plugin: typed requests out, events in. */
export class JanusHandle {
  #seq = 0;
  /** @type {import("./session.js").JanusSession} */
  #session;
  /** @type {number} */
  #id;

  /** @type {(data: Json, jsep: RTCSessionDescriptionInit | null) => void} what the plugin says by itself */
  onevent = () => {};
  /** @type {(candidate: RTCIceCandidateInit) => void} */
  oncandidate = () => {};
  /** @type {() => void} the server closed the media connection, or the handle */
  onhangup = () => {};

  /**
   * @param {import("./session.js").JanusSession} session
   * @param {number} id
   */
  constructor(session, id) {
    this.#session = session;
    this.#id = id;
  }

  /**
   * Asks the plugin; rejects with a NamedError that carries the plugin's error name.
   * The number `seq` lets the plugin refuse a request that was overtaken on its way; that one is
   * asked once more.
   * @param {Json} body
   * @param {RTCSessionDescriptionInit | null} [jsep]
   * @returns {Promise<Answer>}
   */
  async request(body, jsep = null) {
    try {
      return await this.#ask(body, jsep);
    } catch (why) {
      if (!(why instanceof NamedError) || why.name !== 'OUT_OF_ORDER') throw why;
      return this.#ask(body, jsep);
    }
  }

  /**
   * @param {Json} body
   * @param {RTCSessionDescriptionInit | null} jsep
   * @returns {Promise<Answer>}
   */
  async #ask(body, jsep) {
    this.#seq += 1;
    const message = { janus: 'message', handle_id: this.#id, body: { ...body, seq: this.#seq } };
    const answer = await this.#session.send(jsep ? { ...message, jsep: plain(jsep) } : message, {
      final: true,
    });
    const data = answer.plugindata?.data ?? {};
    if (data.therapy === 'error') throw new NamedError(String(data.error_name), data.field);
    return { data, jsep: answer.jsep ?? null };
  }

  /** Says what the plugin does not answer. A word that is lost is no reason to give up. @param {Json} body */
  say(body) {
    this.#session.send({ janus: 'message', handle_id: this.#id, body }).catch(() => {});
  }

  /** @param {RTCIceCandidate | null} candidate null: there are no more */
  trickle(candidate) {
    const told = candidate
      ? {
          candidate: candidate.candidate,
          sdpMid: candidate.sdpMid,
          sdpMLineIndex: candidate.sdpMLineIndex,
        }
      : { completed: true };
    /* a lost candidate is no reason to give up: a lost link shows elsewhere */
    this.#session.send({ janus: 'trickle', handle_id: this.#id, candidate: told }).catch(() => {});
  }

  /** Ends its connection; resolves when a new one may be made. */
  async hangup() {
    const { onhangup } = this;
    await new Promise((resolve, reject) => {
      this.onhangup = () => resolve(undefined);
      setTimeout(reject, PROBE_MS, new NamedError('SERVER_GONE'));
      this.#session.send({ janus: 'hangup', handle_id: this.#id }).catch(reject);
    }).finally(() => (this.onhangup = onhangup));
  }

  /** @param {Json} message */
  deliver(message) {
    if (message.janus === 'event')
      this.onevent(message.plugindata?.data ?? {}, message.jsep ?? null);
    else if (message.janus === 'trickle' && message.candidate?.candidate)
      this.oncandidate(message.candidate);
    else if (message.janus === 'hangup' || message.janus === 'detached') this.onhangup();
  }
}

/** All media of these pages is encrypted end to end, which the server asks for. @param {RTCSessionDescriptionInit} jsep */
function plain(jsep) {
  return { type: jsep.type, sdp: jsep.sdp, e2ee: true };
}
