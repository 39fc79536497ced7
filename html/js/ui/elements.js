// SPDX-License-Identifier: GPL-3.0-or-later
/** The small elements that need more than a description: picture, level, clock, dialog. */
import { duration } from '../lib/i18n.js';
import { render } from '../lib/html.js';
import { watchLevel } from '../lib/level.js';

/** @type {WeakMap<MediaStream, HTMLVideoElement>} */
const players = new WeakMap();

/**
 * The player of a stream. A stream keeps its player, and has it long before there is anything to see:
 * when somebody is let in, no element has to be made first.
 * @param {MediaStream | null} stream
 */
export function playerOf(stream) {
  const known = stream && players.get(stream);
  if (known) return known;
  const player = document.createElement('video');
  player.autoplay = true;
  player.playsInline = true;
  player.disablePictureInPicture = true;
  player.srcObject = stream;
  if (stream) players.set(stream, player);
  return player;
}

/**
 * Gets the players of these streams going.
 * @param {readonly MediaStream[]} streams
 */
export function warm(streams) {
  /* before the first touch a browser may refuse; it is asked again when the picture is wanted */
  for (const stream of streams)
    if (stream)
      playerOf(stream)
        .play()
        .catch(() => {});
}

/** @type {HTMLVideoElement[]} players of one's own picture that are in no place now */
const spare = [];

/** A person's picture and sound. `side`: "self" is never heard; fires "app-blocked" if sound may not play. */
class AppVideo extends HTMLElement {
  /** @type {MediaStream | null} */
  #stream = null;
  #side = 'peer';
  #label = '';
  /** @type {HTMLVideoElement | null} */
  #player = null;
  #due = false;

  connectedCallback() {
    this.#show();
  }

  disconnectedCallback() {
    /* one's own picture may be in two places at once: whichever comes next takes this player */
    if (this.#player && this.#side === 'self') spare.push(this.#player);
    this.#player = null;
  }

  /** @param {"self" | "peer" | "echo"} side */
  set side(side) {
    this.#side = side;
    this.#show();
  }

  /** @param {MediaStream | null | undefined} stream */
  set stream(stream) {
    this.#stream = stream ?? null;
    this.#show();
  }

  /** @param {string} text */
  set label(text) {
    this.#label = text;
    this.#show();
  }

  /** Tries again, after a touch. */
  play() {
    this.#play();
  }

  /** Once all is said, and the place before this one has given its player back. */
  #show() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.isConnected) this.#put();
    });
  }

  #put() {
    const self = this.#side === 'self';
    if (self) this.#player ??= spare.pop() ?? playerOf(null);
    else if (this.#player?.srcObject !== this.#stream) this.#player = playerOf(this.#stream);
    const player = /** @type {HTMLVideoElement} */ (this.#player);
    if (self && player.srcObject !== this.#stream) player.srcObject = this.#stream;
    if (player.parentNode !== this) this.replaceChildren(player);
    player.muted = self;
    for (const side of ['self', 'peer', 'echo'])
      player.toggleAttribute(`data-${side}`, side === this.#side);
    player.setAttribute('aria-label', this.#label);
    this.#play();
  }

  #play() {
    const player = this.#player;
    if (!this.isConnected || !player?.srcObject || !player.paused) return;
    player.play().catch((why) => {
      if (why.name === 'NotAllowedError')
        this.dispatchEvent(new CustomEvent('app-blocked', { bubbles: true }));
    });
  }
}

const HEARD_LEVEL = 0.3;
const HEARD_TIMES = 4;

/** How loud the microphone is; fires "app-heard" once it has picked something up. */
class AppLevel extends HTMLElement {
  #stop = () => {};
  #loud = 0;
  #bar = document.createElement('span');
  /** @type {MediaStreamTrack | null} */
  #track = null;

  connectedCallback() {
    this.setAttribute('role', 'meter');
    this.setAttribute('aria-valuemin', '0');
    this.setAttribute('aria-valuemax', '10');
    this.append(this.#bar);
    this.#watch();
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** @param {MediaStreamTrack | null} track */
  set track(track) {
    this.#track = track;
    this.#loud = 0;
    if (this.isConnected) this.#watch();
  }

  #watch() {
    this.#stop();
    this.#stop = () => {};
    this.#level(0);
    if (this.#track) this.#stop = watchLevel(this.#track, (level) => this.#level(level));
  }

  /** @param {number} level */
  #level(level) {
    this.#bar.style.setProperty('--level', level.toFixed(2));
    this.setAttribute('aria-valuenow', String(Math.round(level * 10)));
    this.#loud += level > HEARD_LEVEL ? 1 : 0;
    if (level > HEARD_LEVEL && this.#loud === HEARD_TIMES)
      this.dispatchEvent(new CustomEvent('app-heard', { bubbles: true }));
  }
}

/** How long it is since a moment, in words, going on by itself. Not announced. */
class AppClock extends HTMLElement {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #since = 0;
  #words = '';
  #lang = 'en';

  connectedCallback() {
    this.#timer = setInterval(() => this.#show(), 1000);
    this.#show();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** @param {number} since_ms */
  set since(since_ms) {
    this.#since = since_ms;
    this.#show();
  }

  /** @param {string} lang */
  set language(lang) {
    this.#lang = lang;
    this.#show();
  }

  #show() {
    const words = duration(this.#lang, (Date.now() - this.#since) / 1000);
    if (this.#words !== words) this.textContent = this.#words = words;
  }
}

/** A native modal dialog, open while it has content; fires "app-cancel" on Escape. */
class AppDialog extends HTMLElement {
  #dialog = document.createElement('dialog');
  /** @type {import("../lib/html.js").VNode | null} */
  #content = null;

  connectedCallback() {
    this.append(this.#dialog);
    this.#dialog.setAttribute('aria-labelledby', 'dialog-title');
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent('app-cancel', { bubbles: true }));
    });
    this.#show();
  }

  /** @param {import("../lib/html.js").VNode | null} content */
  set content(content) {
    this.#content = content;
    this.#show();
  }

  #show() {
    if (!this.#dialog.isConnected) return;
    render(this.#dialog, this.#content);
    if (this.#content && !this.#dialog.open) this.#dialog.showModal();
    if (!this.#content && this.#dialog.open) this.#dialog.close();
  }
}

export function define() {
  /** @type {[string, CustomElementConstructor][]} */
  const all = [
    ['app-video', AppVideo],
    ['app-level', AppLevel],
    ['app-clock', AppClock],
    ['app-dialog', AppDialog],
  ];
  for (const [name, element] of all)
    if (!customElements.get(name)) customElements.define(name, element);
}
