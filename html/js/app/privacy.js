// SPDX-License-Identifier: GPL-3.0-or-later
import { changed, others } from '../core/keys.js';

/**
 * @typedef {import("../core/state.js").State} State
 * @typedef {{type: string} & Record<string, any>} Event
 */

/** What a person can do about keys, and what the keeper of the keys has to say. */
export class Privacy {
  /** @type {import("../e2ee/keeper.js").Keeper | null} */
  #keeper = null;
  /** @type {() => State} */
  #state;
  /** @type {(event: Event) => void} */
  #emit;

  /**
   * @param {() => State} state
   * @param {(event: Event) => void} emit
   */
  constructor(state, emit) {
    this.#state = state;
    this.#emit = emit;
  }

  /** Loads what keeps the keys, and starts it: not before there is somebody to join. */
  async start() {
    if (this.#keeper) return this.#keeper;
    const { Keeper } = await import('../e2ee/keeper.js');
    this.#keeper ??= new Keeper();
    this.#keeper.ontell = (message) => this.#hear(message);
    void this.#tellPins();
    return this.#keeper;
  }

  async #tellPins() {
    const { readPins } = await import('../e2ee/pins.js');
    this.#tell('pins', { pins: await readPins() });
  }

  /** @param {string} about @param {Record<string, unknown>} [more] */
  #tell(about, more = {}) {
    this.#emit({ type: 'keys', about, ...more });
  }

  /** @param {import("../e2ee/messages.js").ToPage} message */
  #hear(message) {
    if (message.kind === 'failed') return this.#emit({ type: 'failed', name: 'E2EE_FAILED' });
    const { kind, ...more } = message;
    this.#tell(kind, more);
    if (kind === 'sas' && message.step === 'done') void this.#pin(others(this.#state()));
    return undefined;
  }

  /** These were checked: their keys are known from now on. @param {import("../core/keys.js").Member[]} members */
  async #pin(members) {
    const { pin } = await import('../e2ee/pins.js');
    for (const { sub, key } of members) await pin({ sub, key, checked_ms: Date.now() });
    await this.#tellPins();
  }

  /** Works out the long code with everybody here. */
  async long() {
    const { longCodes } = await import('../e2ee/long-code.js');
    const { self, keys } = this.#state();
    this.#tell('long', { long: await longCodes(keys.members, self?.participant ?? '') });
  }

  /** The long code with the holder of this key was the same on both sides. @param {string} key */
  matched(key) {
    return this.#pin(others(this.#state()).filter((member) => member.key === key));
  }

  /** Goes on, for now, with a key that is not the one that was checked. */
  accept() {
    const member = changed(this.#state());
    if (member) this.#tell('accept', { key: member.key });
  }

  /** @param {"begin" | "cancel" | "type" | "match" | "differ" | "fail"} act @param {string} [text] */
  check(act, text) {
    this.#keeper?.check(act, text);
  }

  /**
   * @param {string} participant
   * @param {number} knock
   */
  async admit(participant, knock) {
    await (await this.start()).admit(participant, knock);
  }

  /** @param {string} text */
  async chat(text) {
    const line = text.trim().slice(0, 2000);
    if (!line || changed(this.#state())) return;
    await (await this.start()).chat(line);
    this.#tell('chat', { from: '', text: line, mine: true });
  }

  /** Makes new keys. */
  renew() {
    this.#keeper?.renew();
  }

  /** Whom the keys are sealed to from now on; empty: nobody. @param {string} key */
  record(key) {
    this.#keeper?.record(key);
  }

  /** Nothing of it is left. */
  end() {
    this.#keeper?.end();
    this.#tell('over');
  }

  async forget() {
    const { forgetPins } = await import('../e2ee/pins.js');
    return forgetPins();
  }
}
