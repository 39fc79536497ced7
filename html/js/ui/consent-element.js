// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {import("../core/consent.js").Text} Text */

const KEYS = /** @type {const} */ (['kind', 'version', 'lang', 'text']);

/**
 * Stands before a text that is asked about. When another text stands there, and somebody can see it, "app-shown"
 * is fired with the text, and it is read from its title on, by eyes and by screen readers.
 */
class AppAsked extends HTMLElement {
  /** @type {Text | null} */
  #text = null;
  #said = '';

  connectedCallback() {
    document.addEventListener('visibilitychange', this.#look);
    this.#look();
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.#look);
  }

  /** @param {Text} text */
  set text(text) {
    if (this.#text && KEYS.every((key) => this.#text?.[key] === text[key])) return;
    this.#text = text;
    this.#said = '';
    /* what is said beside this element is drawn in the same breath */
    queueMicrotask(() => {
      this.#begin();
      this.#look();
    });
  }

  #look = () => {
    const text = this.#text;
    if (!text || !this.isConnected || document.visibilityState !== 'visible') return;
    const about = `${text.kind} ${text.version} ${text.lang}`;
    if (this.#said === about) return;
    this.#said = about;
    this.dispatchEvent(new CustomEvent('app-shown', { bubbles: true, detail: text }));
  };

  #begin() {
    const inside = this.closest('dialog');
    /* who is busy in a window over this one is left in peace */
    if (!this.isConnected || (!inside && document.querySelector('dialog[open]'))) return;
    (inside ?? document.documentElement).scrollTo(0, 0);
    /** @type {HTMLElement | null | undefined} */ (this.parentElement?.querySelector('.consent-text > :first-child'))?.focus({
      preventScroll: true,
    });
  }
}

export function define() {
  if (!customElements.get('app-asked')) customElements.define('app-asked', AppAsked);
}
