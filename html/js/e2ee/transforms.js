// SPDX-License-Identifier: GPL-3.0-or-later
import { codecOf, isKeyFrame, protect, unprotect } from './frames.js';
import { Unopened } from './keyring.js';
import { Lateness } from '../core/lateness.js';

/**
 * The way of every frame through the worker: none passes that was not encrypted, or did not open.
 *
 * @typedef {import("./keyring.js").KeyRing} KeyRing
 * @typedef {import("./keyring.js").Kind} Kind
 * @typedef {{way: "out", kind: Kind, line: string} | {way: "in", kind: Kind, slot: number}} Options
 * @typedef {{data: ArrayBuffer, timestamp?: number, getMetadata(): {mimeType?: string, rtpTimestamp?: number}}} Frame
 * @typedef {{readable: ReadableStream, writable: WritableStream, options: unknown,
 *   generateKeyFrame?: () => Promise<unknown>, sendKeyFrameRequest?: () => Promise<unknown>}} Transformer
 */

const LATE_MS = 300; /* for so long a sender may be ahead with its keys */
const FAILING_MS = 700;
const ASK_MS = 500;
const QUEUE_MS = 70; /* speech that is later than that stands in a queue */
const SETTLE_MS = 20; /* a page that was busy takes several packets at once, of which the last is in time */
const TELL_MS = 60; /* and again for as long as it is so, */
const IN_TIME_MS = 50; /* until it is over, which is told as well */

export class Transforms {
  /** @type {KeyRing} */
  #ring;
  /** @type {() => number} */
  #clock;
  /** @type {(string | null)[]} whose line each slot is */
  tiles = [];
  /** @type {Record<string, number>} frames that went out, by line */
  out = {};
  /** @type {Record<string, number>} frames that did not open, by reason, and by pair as "pair 0"; `opened` */
  in = { opened: 0 };
  /** @type {(pid: string, readable: boolean) => void} */
  onreadable = () => {};
  /** @type {(ms: number) => void} speech comes late, by so much; told again while it does; 0: it is in time */
  onlate = () => {};
  #lateness = new Lateness();
  #timed = false;
  #telling = false;
  /** @type {Set<() => void>} */
  #waiting = new Set();
  #expecting = false;
  #kept = false;

  /** @param {KeyRing} ring @param {() => number} clock milliseconds */
  constructor(ring, clock) {
    this.#ring = ring;
    this.#clock = clock;
  }

  /** The first keys are being worked out: pictures wait for them, rather than go out for nobody to open. */
  expect() {
    this.#expecting = !this.#ring.ready;
    this.#kept = false;
  }

  /** Whether a whole picture waits for the keys that just came, and none need be asked for. */
  takeKept() {
    const kept = this.#kept;
    this.#kept = false;
    return kept;
  }

  /** There are new keys. */
  wake() {
    this.#expecting = false;
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /** @param {Transformer} transformer */
  accept(transformer) {
    const options = readOptions(transformer.options);
    if (!options) return;
    const transform = options.way === 'out' ? this.#sender(options) : this.#receiver(options, transformer);
    void transformer.readable.pipeThrough(new TransformStream({ transform })).pipeTo(transformer.writable).catch(() => {});
  }

  /** @param {Options & {way: "out"}} options */
  #sender({ kind, line }) {
    this.out[line] = 0;
    return async (/** @type {Frame} */ frame, /** @type {TransformStreamDefaultController} */ to) => {
      const codec = codecFor(kind, frame);
      if (!codec) return;
      if (this.#expecting && codec !== 'opus') {
        this.#kept ||= codec === 'vp8' && isKeyFrame(new Uint8Array(frame.data));
        await this.#keys();
        this.#kept &&= this.#ring.ready;
      }
      const data = await protect(this.#ring, kind, codec, new Uint8Array(frame.data));
      frame.data = /** @type {ArrayBuffer} */ (data.buffer.byteLength === data.byteLength ? data.buffer : data.slice().buffer);
      this.out[line] += 1;
      to.enqueue(frame);
    };
  }

  /**
   * @param {Options & {way: "in"}} options
   * @param {Transformer} transformer
   */
  #receiver({ kind, slot }, transformer) {
    if (kind === 0) this.#lateness.forget(slot);
    const watch = { since: 0, told: false, lost: false, asked: -Infinity, late: '-' };
    return async (/** @type {Frame} */ frame, /** @type {TransformStreamDefaultController} */ to) => {
      if (kind === 0) this.#clockIn(slot, frame);
      const codec = codecFor(kind, frame);
      if (!codec) return this.#count('codec');
      const pid = this.tiles[slot] ?? null;
      const data = await this.#open(kind, codec, slot, new Uint8Array(frame.data), watch);
      if (!data) return this.#failed(pid, watch);
      if (watch.told && pid) this.onreadable(pid, true);
      if (watch.lost && codec === 'vp8' && data.length > 0 && !isKeyFrame(data) && this.#clock() - watch.asked > ASK_MS) {
        watch.asked = this.#clock();
        void transformer.sendKeyFrameRequest?.().catch(() => {});
      }
      if (codec !== 'vp8' || (data.length > 0 && isKeyFrame(data))) watch.lost = false;
      watch.told = false;
      watch.since = 0;
      this.in.opened += 1;
      frame.data = /** @type {ArrayBuffer} */ (data.slice().buffer);
      to.enqueue(frame);
    };
  }

  /** @param {number} slot @param {Frame} frame of speech, that has just come */
  #clockIn(slot, frame) {
    const ts = frame.getMetadata().rtpTimestamp ?? frame.timestamp;
    if (ts === undefined) return;
    this.#lateness.take(slot, ts, this.#clock());
    if (!this.#timed) this.onlate(0);
    this.#timed = true;
    if (this.#telling || this.#late < QUEUE_MS) return;
    this.#telling = true;
    setTimeout(() => this.#tellLate(), SETTLE_MS);
  }

  get #late() {
    return this.#lateness.at(this.#clock());
  }

  #tellLate() {
    const late = this.#late;
    this.#telling = late >= IN_TIME_MS;
    if (late >= QUEUE_MS) this.onlate(Math.round(late));
    else if (!this.#telling) this.onlate(0);
    if (this.#telling) setTimeout(() => this.#tellLate(), TELL_MS);
  }

  /**
   * @param {Kind} kind
   * @param {import("./frames.js").Codec} codec
   * @param {number} slot
   * @param {Uint8Array} bytes
   * @param {{late: string, lost: boolean, since: number}} watch
   */
  async #open(kind, codec, slot, bytes, watch) {
    const attempt = () => unprotect(this.#ring, kind, codec, this.tiles[slot] ?? null, bytes, this.#clock());
    const name = this.#ring.epoch;
    for (let again = true; ; again = false) {
      try {
        return await attempt();
      } catch (why) {
        const reason = why instanceof Unopened ? why.why : 'changed';
        /* once for each change of keys: the sender's may have been here first, and so may the first of all */
        if (again && reason === 'key' && watch.late !== name) {
          watch.late = name;
          await this.#keys();
          continue;
        }
        watch.lost = true;
        /* who has no keys yet is busy with them */
        if (reason === 'nobody') watch.since = 0;
        this.#count(reason);
        this.#count(`pair ${slot}`);
        return null;
      }
    }
  }

  /** Waits for new keys, not for long. */
  #keys() {
    return new Promise((resolve) => {
      const go = () => (clearTimeout(timer), this.#waiting.delete(go), resolve(undefined));
      const timer = setTimeout(go, LATE_MS);
      this.#waiting.add(go);
    });
  }

  /** @param {string} reason */
  #count(reason) {
    this.in[reason] = (this.in[reason] ?? 0) + 1;
  }

  /**
   * @param {string | null} pid
   * @param {{since: number, told: boolean}} watch
   */
  #failed(pid, watch) {
    const now = this.#clock();
    /* without keys nothing is meant to open */
    watch.since = this.#ring.ready ? watch.since || now : 0;
    if (!watch.since || pid === null || watch.told || now - watch.since < FAILING_MS) return;
    watch.told = true;
    this.onreadable(pid, false);
  }
}

/**
 * @param {Kind} kind
 * @param {Frame} frame
 */
function codecFor(kind, frame) {
  const { mimeType } = frame.getMetadata();
  if (kind === 0) return mimeType === undefined || codecOf(mimeType) === 'opus' ? 'opus' : null;
  const codec = mimeType === undefined ? 'vp8' : codecOf(mimeType);
  return codec === 'opus' ? null : codec;
}

/**
 * @param {any} value
 * @returns {Options | null}
 */
function readOptions(value) {
  const kind = value?.kind;
  if (kind !== 0 && kind !== 1 && kind !== 2) return null;
  if (value.way === 'out' && typeof value.line === 'string') return { way: 'out', kind, line: value.line.slice(0, 32) };
  if (value.way === 'in' && Number.isSafeInteger(value.slot) && value.slot >= 0) return { way: 'in', kind, slot: value.slot };
  return null;
}
