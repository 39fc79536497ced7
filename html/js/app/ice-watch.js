// SPDX-License-Identifier: GPL-3.0-or-later
import { ICE_DOUBT_MS, ICE_GIVE_UP_MS } from "../core/timing.js";

/**
 * Watches one media connection: a short doubt is waited out, a longer one gets an ICE restart, and if
 * that does not help the whole link is made anew.
 */
export class IceWatch {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {{restart: () => Promise<unknown>, giveUp: () => void, tell: (status: "up" | "doubt") => void}} */
  #acts;

  /** @param {{restart: () => Promise<unknown>, giveUp: () => void, tell: (status: "up" | "doubt") => void}} acts */
  constructor(acts) {
    this.#acts = acts;
  }

  /** @param {RTCIceConnectionState} state */
  see(state) {
    if (state === "connected" || state === "completed") {
      this.stop();
      this.#acts.tell("up");
    } else if (state === "disconnected") {
      this.#acts.tell("doubt");
      this.#later(ICE_DOUBT_MS, () => this.restart());
    } else if (state === "failed") {
      this.#acts.tell("doubt");
      this.restart();
    }
  }

  restart() {
    this.#later(ICE_GIVE_UP_MS, this.#acts.giveUp);
    this.#acts.restart().catch(() => this.#acts.giveUp());
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {number} ms
   * @param {() => void} act
   */
  #later(ms, act) {
    this.stop();
    this.#timer = setTimeout(act, ms);
  }
}
