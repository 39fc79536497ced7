// SPDX-License-Identifier: GPL-3.0-or-later
/** What the server says of pictures has to last so long before anything is agreed on anew. */
const SETTLED_MS = 2000;

/** After an admission in the midst of a test there is more to do than to agree anew. */
const CALM_MS = 3000;

/**
 * Whether pictures that are lost are asked for again (NACK): not while the way here is tested with padding, and then
 * as the tier in force says. To change it costs a second agreement, and a key frame; so it is changed only where that
 * harms nothing, and for a tier without pictures never.
 */
export class Nack {
  /** @type {{nack: boolean, setNack(nack: boolean): Promise<void>}} */
  #receiver;
  #agrees;
  #testing = false;
  #tier = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #calm;
  /** @type {ReturnType<typeof setTimeout> | undefined} set while something else is wanted than is agreed */
  #settling;

  /**
   * @param {{nack: boolean, setNack(nack: boolean): Promise<void>}} receiver
   * @param {boolean} agrees whether this browser may agree a second time
   */
  constructor(receiver, agrees) {
    this.#receiver = receiver;
    this.#agrees = agrees;
  }

  /** @param {{type: string} & Record<string, any>} event */
  async hear(event) {
    if (!this.#agrees) return;
    if (event.type === 'network') return event.testing?.includes('down') ? undefined : this.#tested();
    if (event.type === 'tier') this.#weigh(event);
    if (event.type === 'joined') this.#begin(event);
    if (event.type !== 'state') return;
    clearTimeout(this.#calm);
    if (event.state === 'admitted') this.#calm = setTimeout(() => void this.#tested(), CALM_MS);
  }

  /** @param {Record<string, any>} joined */
  #begin({ state }) {
    this.stop();
    this.#testing = state !== 'admitted';
    this.#tier = true;
  }

  stop() {
    clearTimeout(this.#calm);
    this.#unsettle();
  }

  async #tested() {
    if (!this.#testing) return;
    this.#testing = false;
    if (this.#tier) await this.#receiver.setNack(true);
  }

  /** @param {Record<string, any>} tier */
  #weigh({ video, nack }) {
    if (video) this.#tier = nack !== false;
    if (video && this.#tier !== this.#receiver.nack) this.#settling ??= setTimeout(() => void this.#settle(), SETTLED_MS);
    else this.#unsettle();
  }

  #unsettle() {
    clearTimeout(this.#settling);
    this.#settling = undefined;
  }

  async #settle() {
    this.#settling = undefined;
    if (!this.#testing) await this.#receiver.setNack(this.#tier);
  }
}
