// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Keeps to what the link bears. What does it is loaded behind the first view.
 * @typedef {import("../core/state.js").Event} Event
 */

const WANTED = new Set(['joined', 'state', 'network', 'send', 'tier', 'roster']);

export class Adapting {
  /** @type {() => Promise<import("./bandwidth.js").Bandwidth>} */
  #load;
  /** @type {Promise<import("./bandwidth.js").Bandwidth> | undefined} */
  #later;

  /**
   * @param {import("../media/publisher.js").Publisher} publisher
   * @param {import("../media/receiver.js").Receiver} receiver
   * @param {{tell(body: Record<string, unknown>): Promise<unknown>, say(body: Record<string, unknown>): void, dispatch(event: Event): void}} call
   */
  constructor(publisher, receiver, call) {
    this.#load = async () => new (await import('./bandwidth.js')).Bandwidth(publisher, receiver, call);
  }

  /** Reports how the link is, and obeys what the server says of it. @param {Event} event */
  async hear(event) {
    if (WANTED.has(event.type)) await (await (this.#later ??= this.#load())).hear(event);
  }

  /** Speech comes late, by so many milliseconds. @param {number} ms */
  async late(ms) {
    (await this.#later)?.late(ms);
  }

  stop() {
    void this.#later?.then((bandwidth) => bandwidth.stop());
  }
}
