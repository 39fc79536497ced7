// SPDX-License-Identifier: GPL-3.0-or-later
import { render } from '../lib/html.js';
import { playerOf } from './elements.js';

/** @typedef {import("./parts.js").Scene} Scene */

/** For so long the first picture of somebody may keep the page waiting. */
const FIRST_MS = 300;

/** A whole page, drawn from its scene again and again. */
export class Page extends HTMLElement {
  #view = '';
  /** @type {Scene | null} */ #scene = null;
  /** Whether a first picture is waited for. */
  #looking = false;

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
    if (this.#looking) return;
    const opens = this.#view === 'waiting' && scene.state.view === 'session';
    if (!opens || !this.#look(scene)) this.redraw();
  }

  /** Once more as it was, after something to draw it with has come. */
  redraw() {
    const scene = this.#scene;
    if (!scene || this.#looking) return;
    render(this, this.draw(scene));
    const former = this.#view;
    this.#view = scene.state.view;
    if (former && former !== this.#view) this.#arrived();
  }

  /**
   * Somebody is about to be seen: first of all their picture, over the page as it is; the page follows it.
   * @param {Scene} scene
   * @returns {boolean} whether there will be a picture
   */
  #look({ state, media }) {
    const stream = media.pairs[state.peers.find(({ slot, video }) => slot >= 0 && video)?.slot ?? -1];
    const player = stream && playerOf(stream);
    if (!player?.requestVideoFrameCallback) return false;
    const place = document.createElement('div');
    place.className = 'first-look';
    place.append(player);
    const done = () => {
      if (!this.#looking) return;
      this.#looking = false;
      this.redraw();
      /* by now the page has taken the player out of here */
      queueMicrotask(() => place.remove());
    };
    this.#looking = true;
    player.requestVideoFrameCallback(done);
    setTimeout(done, FIRST_MS);
    this.append(place);
    player.play().catch(() => {});
    return true;
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
