// SPDX-License-Identifier: GPL-3.0-or-later
import { ICE_DOUBT_MS, ICE_GIVE_UP_MS } from '../core/timing.js';

/**
 * Watches one media connection: a short doubt is waited out, a longer one gets an ICE restart, and if
 * that does not help the whole link is made anew.
 */
export class IceWatch {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #well = false;
  /** @type {{restart: () => Promise<unknown>, giveUp: () => void, tell: (status: "up" | "doubt") => void}} */
  #acts;

  /** @param {{restart: () => Promise<unknown>, giveUp: () => void, tell: (status: "up" | "doubt") => void}} acts */
  constructor(acts) {
    this.#acts = acts;
  }

  /** @param {RTCIceConnectionState} state */
  see(state) {
    this.#well = state === 'connected' || state === 'completed';
    if (this.#well) {
      this.stop();
      this.#acts.tell('up');
    } else if (state === 'disconnected') {
      this.#acts.tell('doubt');
      this.#later(ICE_DOUBT_MS, () => this.restart());
    } else if (state === 'failed') {
      this.#acts.tell('doubt');
      this.restart();
    }
  }

  /** As far as the browser knows; it takes some seconds to notice that nothing comes any more. */
  get well() {
    return this.#well;
  }

  restart() {
    /* a browser may well stay "connected" all through a restart */
    this.#later(ICE_GIVE_UP_MS, () => this.#well || this.#acts.giveUp());
    this.#acts.restart().catch(() => this.#well || this.#acts.giveUp());
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {number} ms
   * @param {() => unknown} act
   */
  #later(ms, act) {
    this.stop();
    this.#timer = setTimeout(act, ms);
  }
}
