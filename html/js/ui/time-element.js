// SPDX-License-Identifier: GPL-3.0-or-later
/** The two elements of time that go on by themselves: its shape, and what was said of it. */
import { CUE_MS, timeAt, timeWords } from '../core/time.js';
import { h, render } from '../lib/html.js';

const AROUND = 50.27; /* of a circle with radius 8 */

/**
 * The time left as a shape that empties quietly, and in words; never announced. A page may sleep, and its clock
 * with it: when it is seen again it fires "app-slept".
 */
class AppTime extends HTMLElement {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {import("../core/state.js").Event | null} */
  #clock = null;
  /** @type {import("../lib/i18n.js").Translate} */
  #t = (key) => key;
  #lang = '';

  connectedCallback() {
    this.#timer = setInterval(() => this.#show(), 1000);
    document.addEventListener('visibilitychange', this.#seen);
    this.#show();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#seen);
  }

  #seen = () => {
    if (document.visibilityState === 'visible')
      this.dispatchEvent(new CustomEvent('app-slept', { bubbles: true }));
  };

  /** @param {import("../core/state.js").Event} clock */
  set clock(clock) {
    this.#clock = clock;
    this.#show();
  }

  /** @param {import("../lib/i18n.js").Translate} t */
  set words(t) {
    this.#t = t;
  }

  /** @param {string} lang the words are in another language now */
  set language(lang) {
    this.#lang = lang;
    this.#show();
  }

  #show() {
    if (!this.#clock || !this.#lang || !this.isConnected) return;
    const time = timeAt(this.#clock, performance.now());
    this.dataset.time = time.over ? 'over' : time.ending ? 'ending' : time.paused ? 'paused' : 'left';
    render(this, shape(time), h('span', null, timeWords(this.#t, time)));
  }
}

/** What is left of the circle; past the end a sign, so that it is not told by its colour alone. @param {import("../core/time.js").Time} time */
function shape({ part, over, paused }) {
  const sign = over ? 'M10 6.200v4.600M10 13.600v.2' : paused ? 'M8.200 7.500v5M11.800 7.500v5' : '';
  return h(
    'svg',
    { class: 'ring', viewBox: '0 0 20 20', 'aria-hidden': 'true', focusable: 'false' },
    h('circle', { class: 'whole', cx: 10, cy: 10, r: 8 }),
    h('circle', {
      class: 'part',
      cx: 10,
      cy: 10,
      r: 8,
      'stroke-dasharray': `${((over ? 1 : part) * AROUND).toFixed(1)} ${AROUND}`,
      transform: 'rotate(-90 10 10)',
    }),
    sign && h('path', { d: sign }),
  );
}

/** Fires "app-passed" a while after it came, and after each change of what it is about. */
class AppPassing extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** @param {unknown} _what another one begins anew */
  set about(_what) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.dispatchEvent(new CustomEvent('app-passed', { bubbles: true })),
      CUE_MS,
    );
  }
}

export function define() {
  if (customElements.get('app-time')) return;
  customElements.define('app-time', AppTime);
  customElements.define('app-passing', AppPassing);
}
