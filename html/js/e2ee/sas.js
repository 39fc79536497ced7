// SPDX-License-Identifier: GPL-3.0-or-later
import { concat, digest, equal, fields, fromBase64url, random, toBase64url, utf8 } from './bytes.js';

/**
 * The spoken check: six digits that are the same for everybody if, and only if, nobody is in between.
 * Everybody first promises a random number by its hash and only then shows it, so that nobody can choose
 * theirs to make digits match: an attacker has one guess in a million, and a miss is seen.
 *
 * @typedef {import("./group.js").Shown} Member
 * @typedef {{group: string, authenticator: Uint8Array, members: Member[]}} Round
 * @typedef {"idle" | "asked" | "waiting" | "code" | "done" | "stopped" | "failed"} Step
 * @typedef {{step: Step, code: string, tries: number, missing: string[]}} View `code` only where it is read out;
 *   `missing`: who has not agreed yet, or who has stopped it
 * @typedef {import("./app-message.js").AppMessage} AppMessage
 */

const TRIES = 3;
const PROMISE = 'therapy-sas-commit-v1';
const CODE = 'therapy-sas-v1';
const BYTES = 32;
const RUNS = 8;

/** @param {number} leaf */
function index(leaf) {
  return Uint8Array.of(leaf);
}

/**
 * @param {Uint8Array} authenticator
 * @param {number} leaf
 * @param {Uint8Array} nonce
 */
export function promiseOf(authenticator, leaf, nonce) {
  return digest('SHA-256', fields(utf8(PROMISE), authenticator, index(leaf), nonce));
}

/**
 * @param {Round} round
 * @param {Map<string, {promise: Uint8Array, nonce: Uint8Array}>} parts by pid
 */
export async function codeOf({ group, authenticator, members }, parts) {
  const list = [...members].sort((a, b) => a.leaf - b.leaf);
  const keys = list.map(({ leaf, key }) => fields(index(leaf), key));
  const numbers = list.map(({ pid }) => parts.get(pid)).map((part) => fields(part?.promise ?? new Uint8Array(), part?.nonce ?? new Uint8Array()));
  const hash = await digest('SHA-256', fields(utf8(CODE), utf8(group), authenticator, concat(...keys), concat(...numbers)));
  return String(new DataView(hash.buffer).getBigUint64(0) % 1_000_000n).padStart(6, '0');
}

export class Sas {
  /** @type {string} */
  #self;
  /** @type {boolean} */
  #reads;
  /** @type {Round | null} */
  #round = null;
  /** @type {Step} */
  #step = 'idle';
  #run = '';
  #stopper = '';
  /** a run that was stopped: what still comes of it is late */
  #stopped = '';
  #nonce = new Uint8Array();
  #code = '';
  #tries = 0;
  /** @type {Map<string, Map<string, Uint8Array>>} promises by run: two may begin at once */
  #runs = new Map();
  /** @type {Map<string, Uint8Array>} */
  #nonces = new Map();
  /** @type {(message: AppMessage) => unknown} */
  #say;
  /** @type {(view: View) => unknown} */
  #show;

  /**
   * @param {{self: string, reads: boolean, say: (message: AppMessage) => unknown, show: (view: View) => unknown}} parts
   *   `reads`: this is who reads the digits out; everybody else types them
   */
  constructor({ self, reads, say, show }) {
    this.#self = self;
    this.#reads = reads;
    this.#say = say;
    this.#show = show;
  }

  /**
   * Who is in the group now; a check that is going on is over if that, or the keys, changed. What has failed stays.
   * @param {Round} round
   */
  enter(round) {
    const same = this.#round !== null && equal(this.#round.authenticator, round.authenticator);
    this.#round = round.members.length > 1 ? round : null;
    if (!same && this.#step !== 'idle' && this.#step !== 'failed') this.#reset('idle');
  }

  /** This person wants to check, or agrees to. */
  async begin() {
    if (!this.#round || this.#step === 'waiting' || this.#step === 'code') return;
    if (this.#step !== 'asked' && !(this.#step === 'failed' && this.#run)) {
      this.#reset('waiting');
      this.#run = toBase64url(random(16));
      this.#runs.set(this.#run, new Map());
    }
    await this.#promise();
  }

  /**
   * @param {Step} step why it is over: `idle` without words, `failed` loudly
   * @param {string} [stopper]
   */
  #reset(step, stopper = '') {
    this.#step = step;
    this.#stopper = stopper;
    this.#run = this.#code = '';
    this.#tries = 0;
    this.#nonce = new Uint8Array();
    this.#runs.clear();
    this.#nonces.clear();
    this.#tell();
  }

  /** Those of the present run. */
  get #promises() {
    return this.#runs.get(this.#run) ?? new Map();
  }

  cancel() {
    /* what has failed stays until a check succeeds */
    if (this.#step === 'idle' || this.#step === 'failed') return;
    if (this.#step !== 'done') this.#stopped = this.#run;
    if (this.#run && this.#step !== 'done') void this.#say({ t: 'sas', step: 'cancel', run: this.#run });
    this.#reset('idle');
  }

  async #promise() {
    const round = /** @type {Round} */ (this.#round);
    this.#step = 'waiting';
    this.#nonce = random(BYTES);
    const promise = await promiseOf(round.authenticator, this.#leaf(this.#self), this.#nonce);
    this.#promises.set(this.#self, promise);
    await this.#say({ t: 'sas', step: 'promise', run: this.#run, value: toBase64url(promise) });
    this.#tell();
    await this.#reveal();
  }

  /** Once all have promised, and not before. */
  async #reveal() {
    if (this.#step !== 'waiting' || this.#missing(this.#promises).length > 0 || this.#nonces.has(this.#self)) return;
    this.#nonces.set(this.#self, this.#nonce);
    await this.#say({ t: 'sas', step: 'reveal', run: this.#run, value: toBase64url(this.#nonce) });
    await this.#finish();
  }

  async #finish() {
    if (this.#missing(this.#nonces).length > 0) return;
    const round = /** @type {Round} */ (this.#round);
    const parts = new Map([...this.#promises].map(([pid, promise]) =>
      [pid, { promise, nonce: this.#nonces.get(pid) ?? new Uint8Array() }]));
    this.#code = await codeOf(round, parts);
    this.#step = 'code';
    this.#tell();
  }

  /**
   * @param {string} from
   * @param {AppMessage} message
   */
  async hear(from, { step, run, value }) {
    if (!this.#round || typeof run !== 'string' || run.length > 64 || this.#leaf(from) < 0) return;
    if (step === 'cancel') {
      if (run === this.#run && this.#step !== 'done') {
        this.#stopped = run;
        this.#reset('stopped', from);
      }
      return;
    }
    if (run === this.#stopped) return;
    let bytes;
    try {
      bytes = fromBase64url(value, BYTES);
    } catch {
      return;
    }
    if (bytes.length !== BYTES) return;
    if (step === 'promise') await this.#promised(from, run, bytes);
    else if (step === 'reveal' && run === this.#run) await this.#revealed(from, bytes);
  }

  /** @param {string} from @param {string} run @param {Uint8Array} value */
  async #promised(from, run, value) {
    if (this.#step === 'code') return;
    if (this.#step === 'done') this.#reset('idle');
    const promises = this.#runs.get(run) ?? /** @type {Map<string, Uint8Array>} */ (new Map());
    if (this.#step === 'failed') return this.#noted(run, promises.set(from, new Uint8Array(value)));
    if (promises.has(from)) return this.#reset('failed');
    if (!this.#runs.has(run) && this.#runs.size >= RUNS) return;
    this.#runs.set(run, promises.set(from, new Uint8Array(value)));
    if (run === this.#run) {
      this.#tell();
      await this.#reveal();
    } else if (!this.#run || this.#first(promises) < this.#first(this.#promises)) {
      /* two began at once: the run of the one on the lower place goes on, the other joins in */
      const mine = this.#step === 'waiting';
      this.#run = run;
      this.#nonces.clear();
      this.#step = 'asked';
      this.#tell();
      if (mine) await this.#promise();
    }
  }

  /** Somebody begins again; that is answered when this person does, and hides nothing until then. @param {string} run @param {Map<string, Uint8Array>} promises */
  #noted(run, promises) {
    if (this.#runs.has(run) || this.#runs.size < RUNS) this.#runs.set(run, promises);
    this.#run = run;
  }

  /** The lowest place among those who promised. @param {Map<string, unknown>} promises */
  #first(promises) {
    return Math.min(...[...promises.keys()].map((pid) => this.#leaf(pid)));
  }

  /** @param {string} from @param {Uint8Array} nonce */
  async #revealed(from, nonce) {
    const round = /** @type {Round} */ (this.#round);
    const promise = this.#promises.get(from);
    /* shown too early, twice, or not what was promised */
    if (!promise || this.#nonces.has(from)) return this.#reset('failed');
    this.#nonces.set(from, new Uint8Array(nonce));
    const right = equal(promise, await promiseOf(round.authenticator, this.#leaf(from), nonce));
    if (!right || this.#missing(this.#promises).length > 0) return this.#reset('failed');
    await this.#finish();
  }

  /** What this person heard, and typed. @param {string} digits */
  type(digits) {
    if (this.#step !== 'code' || this.#reads) return;
    if (digits.replace(/\D/g, '') === this.#code) return this.#end('done');
    this.#tries += 1;
    if (this.#tries >= TRIES) return this.fail();
    this.#tell();
  }

  /** What the person who read them out was told. @param {boolean} matched */
  confirm(matched) {
    if (this.#step !== 'code' || !this.#reads) return;
    if (matched) this.#end('done');
    else this.fail();
  }

  /** The digits, or the long codes, are not the same. */
  fail() {
    this.#reset('failed');
  }

  /** @param {Step} step */
  #end(step) {
    this.#step = step;
    this.#code = '';
    this.#tell();
  }

  /** @param {string} pid */
  #leaf(pid) {
    return this.#round?.members.find((member) => member.pid === pid)?.leaf ?? -1;
  }

  /** @param {Map<string, unknown>} map */
  #missing(map) {
    return (this.#round?.members ?? []).map(({ pid }) => pid).filter((pid) => !map.has(pid));
  }

  #tell() {
    const code = this.#reads && this.#step === 'code' ? this.#code : '';
    const missing = this.#step === 'waiting' ? this.#missing(this.#promises) : this.#stopper ? [this.#stopper] : [];
    this.#show({ step: this.#step, code, tries: this.#tries, missing });
  }
}
