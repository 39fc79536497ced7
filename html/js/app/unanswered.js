// SPDX-License-Identifier: GPL-3.0-or-later
import { isPrompt, latestMs, learnAnswer } from '../core/answers.js';

/**
 * @typedef {import("../media/speech.js").Speech} Speech
 * @typedef {{active: boolean, height: number, fps: number, kbps: number}} Encoding
 * @typedef {{encodings?: Encoding[], audio?: Speech}} Said
 */

/** A report that is not answered for so long stands in a queue, and so would the server's word to send less. */
const UNANSWERED_MS = 1500;

/** If speech comes late besides, it does after so long. */
const LATE_UNANSWERED_MS = 700;

/** Sooner than that the camera sends little, for a moment, and nobody is told: it may be nothing. */
const CAREFUL_MS = 500;
const LITTLE_KBPS = 50;

/** That speech was late counts for so long. */
const LATE_MS = 300;

/** What almost every link bears: sent until the server is heard again. */
const LEAST = {
  encodings: [{ active: false, height: 180, fps: 12, kbps: 50 }],
  audio: { kbps: 12, ptime: 60, fec: true, dtx: false },
};

/**
 * What is sent: as the server says, and less while it does not answer. First the camera sends little, then the least
 * is sent, until answers come about as soon as ever. To the least the server's words change nothing: they are of a
 * link that it does not hear of.
 */
export class Unanswered {
  #obey;
  #tell;
  /** What the server said last of what to send. @type {Said} */
  #said = {};
  #usual_ms = 0;
  #alone = false;
  #careful = false;
  /** When the question went out that waits for an answer. @type {number | null} */
  #asked_ms = null;
  #late_ms = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #care;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;

  /**
   * @param {(said: Said) => Promise<void>} obey sends at most this
   * @param {(alone: boolean) => void} tell the person, at once: the server's own word may be long on its way
   */
  constructor(obey, tell) {
    this.#obey = obey;
    this.#tell = tell;
  }

  /** @param {Said} said by the server */
  async hear(said) {
    this.#said = said;
    this.#careful = false;
    if (!this.#alone) await this.#obey(said);
  }

  /** @param {() => Promise<unknown>} ask what the server always answers */
  async during(ask) {
    const from_ms = performance.now();
    this.#asked_ms = from_ms;
    this.#patience = setTimeout(() => this.#losePatience(), LATE_UNANSWERED_MS);
    this.#takeCare();
    try {
      await ask();
    } finally {
      this.stop();
    }
    await this.#answered(performance.now() - from_ms);
  }

  /** Speech comes late: one more reason to fear for the link. */
  fear() {
    this.#late_ms = performance.now();
    this.#takeCare();
  }

  stop() {
    this.#asked_ms = null;
    clearTimeout(this.#care);
    clearTimeout(this.#patience);
  }

  get #feared() {
    return this.#usual_ms > 0 && performance.now() - this.#late_ms < LATE_MS;
  }

  #takeCare() {
    if (this.#asked_ms === null) return;
    const wait_ms = Math.max(this.#feared ? 0 : CAREFUL_MS, latestMs(this.#usual_ms, this.#feared));
    clearTimeout(this.#care);
    this.#care = setTimeout(() => void this.#sendLittle(), this.#asked_ms + wait_ms - performance.now());
  }

  #losePatience() {
    if (this.#feared) void this.#sendLeast();
    else this.#patience = setTimeout(() => void this.#sendLeast(), UNANSWERED_MS - LATE_UNANSWERED_MS);
  }

  /** @param {number} took_ms */
  async #answered(took_ms) {
    const prompt = isPrompt(this.#usual_ms, took_ms, this.#feared);
    this.#usual_ms = learnAnswer(this.#usual_ms, took_ms, this.#alone || this.#careful);
    if (!prompt || !(this.#alone || this.#careful)) return;
    if (this.#alone) this.#setAlone(false);
    this.#careful = false;
    await this.#obey(this.#said);
  }

  async #sendLittle() {
    const { encodings } = this.#said;
    if (this.#alone || this.#careful || !encodings) return;
    this.#careful = true;
    await this.#obey({ encodings: encodings.map((each) => ({ ...each, kbps: Math.min(each.kbps, LITTLE_KBPS) })) });
  }

  async #sendLeast() {
    if (this.#alone) return;
    this.#setAlone(true);
    await this.#obey(LEAST);
  }

  /** @param {boolean} alone */
  #setAlone(alone) {
    this.#alone = alone;
    this.#tell(alone);
  }
}
