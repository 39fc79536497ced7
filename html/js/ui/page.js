// SPDX-License-Identifier: GPL-3.0-or-later
import { render } from '../lib/html.js';

/** @typedef {import("./parts.js").Scene} Scene */

/** A whole page, drawn from its scene again and again. */
export class Page extends HTMLElement {
  #view = '';
  /** @type {Scene | null} */ #scene = null;

  /**
   * @param {Scene} _scene
   * @returns {import("../lib/html.js").Anything}
   */
  draw(_scene) {
    return null;
  }

  /** @param {Scene} scene */
  set scene(scene) {
    this.#scene = scene;
    render(this, this.draw(scene));
    const former = this.#view;
    this.#view = scene.state.view;
    if (former && former !== this.#view) this.#arrived();
  }

  /** Once more as it was, after something to draw it with has come. */
  redraw() {
    if (this.#scene) this.scene = this.#scene;
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
