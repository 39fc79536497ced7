// SPDX-License-Identifier: GPL-3.0-or-later
import { render } from '../lib/html.js';

/** @typedef {import("./parts.js").Scene} Scene */

/** A whole page, drawn from its scene again and again. */
export class Page extends HTMLElement {
  #view = '';

  /**
   * @param {Scene} _scene
   * @returns {import("../lib/html.js").Anything}
   */
  draw(_scene) {
    return null;
  }

  /** @param {Scene} scene */
  set scene(scene) {
    render(this, this.draw(scene));
    const former = this.#view;
    this.#view = scene.state.view;
    if (former && former !== this.#view) this.#arrived();
  }

  /** Another view: it is read from its heading on, and seen from its top. */
  #arrived() {
    window.scrollTo(0, 0);
    if (document.querySelector('dialog[open]')) return;
    /** @type {HTMLElement | null} */ (this.querySelector('main h1'))?.focus({
      preventScroll: true,
    });
  }
}
