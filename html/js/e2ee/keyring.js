// SPDX-License-Identifier: GPL-3.0-or-later
import { BASE_KEY_BYTES, baseKey, decodeHeader, frameKey, open, seal } from './sframe.js';
import { random } from './bytes.js';
import { ReplayWindow } from './replay.js';

/**
 * The keys of frames: which one this person sends with, and which ones may open what arrives as somebody's
 * voice or picture. The number of a key says kind, sender and epoch: kind<<7 | leaf<<4 | epoch mod 16.
 *
 * @typedef {import("./bytes.js").Bytes} Bytes
 * @typedef {import("./sframe.js").FrameKey} FrameKey
 * @typedef {0 | 1 | 2} Kind audio, camera, screen
 * @typedef {{pid: string, leaf: number}} Place
 * @typedef {{gi: number, epoch: number, own: number, places: Map<string, number>, base: CryptoKey,
 *   ends_ms: number, sent: Map<Kind, {key: FrameKey, ctr: number}>, received: Map<number, {key: FrameKey, window: ReplayWindow}>}} KeyEpoch
 */

/** While there is no group: a key nobody else has, so that nothing is ever sent in clear. */
const NOBODY = 7;
const LATE_MS = 2000;
const EPOCHS = 16;

/** Why a frame could not be opened. `key`: the key may still come; `nobody`: its sender has no keys yet. */
export class Unopened extends Error {
  /** @param {"header" | "key" | "nobody" | "person" | "kind" | "replay" | "changed"} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

export class KeyRing {
  /** @type {KeyEpoch | null} */
  #now = null;
  /** @type {KeyEpoch | null} what may still be on its way */
  #before = null;
  /** @type {Promise<KeyEpoch>} */
  #nobody;
  /** @type {string} */
  #self = '';

  constructor() {
    this.#nobody = this.#throwAway();
  }

  /** Whether what is sent can be opened by anybody. */
  get ready() {
    return this.#now !== null;
  }

  /** Names the present epoch; empty if there is none. */
  get epoch() {
    return this.#now ? `${this.#now.gi}.${this.#now.epoch}` : '';
  }

  /** @param {string} pid this person's, for hearing one's own echo */
  be(pid) {
    this.#self = pid;
  }

  /**
   * New keys, to send with at once. Those of the same group's former epoch open what is late, for two seconds.
   * @param {{gi: number, epoch: number, leaf: number, places: Place[], base: Uint8Array}} keys `base` is wiped
   * @param {number} now_ms
   */
  async enter({ gi, epoch, leaf, places, base }, now_ms) {
    const next = await make(gi, epoch, leaf, places, base);
    const former = this.#now;
    this.#before = former && former.gi === gi && former.epoch !== epoch ? { ...former, ends_ms: now_ms + LATE_MS } : null;
    this.#now = next;
  }

  /** Forgets all keys of the group, at once. */
  leave() {
    if (this.#now) this.#nobody = this.#throwAway();
    this.#now = this.#before = null;
  }

  /** @param {number} now_ms */
  tick(now_ms) {
    if (this.#before && this.#before.ends_ms <= now_ms) this.#before = null;
  }

  /**
   * @param {Kind} kind
   * @param {Uint8Array} plain
   * @param {Uint8Array} clear what goes in front of it, in clear but authenticated
   */
  async seal(kind, plain, clear) {
    const epoch = this.#now ?? await this.#nobody;
    let sender = epoch.sent.get(kind);
    if (!sender) {
      const key = await frameKey(epoch.base, epoch === this.#now ? numberOf(kind, epoch.own, epoch.epoch) : numberOf(NOBODY, 0, kind));
      /* somebody else may have been as quick */
      sender = epoch.sent.get(kind) ?? { key, ctr: 0 };
      epoch.sent.set(kind, sender);
    }
    const { ctr } = sender;
    sender.ctr += 1;
    return seal(sender.key, ctr, plain, clear);
  }

  /**
   * @param {Kind} kind what the line it came on carries
   * @param {string | null} pid whose line it is
   * @param {Uint8Array} frame
   * @param {Uint8Array} clear
   * @param {number} now_ms
   * @returns {Promise<Bytes>} rejects with Unopened
   */
  async open(kind, pid, frame, clear, now_ms) {
    this.tick(now_ms);
    const header = decodeHeader(frame);
    if (!header) throw new Unopened('header');
    if (header.kid >> 7 === NOBODY) return this.#openEcho(kind, pid, frame, header, clear);
    const epoch = [this.#now, this.#before].find((each) => each !== null && each.epoch % EPOCHS === (header.kid & 15));
    if (!epoch) throw new Unopened('key');
    if (pid === null || header.kid >> 4 !== (kind << 3 | (epoch.places.get(pid) ?? 8))) {
      throw new Unopened(header.kid >> 7 === kind ? 'person' : 'kind');
    }
    return openWith(epoch, header, frame, clear);
  }

  /**
   * @param {Kind} kind
   * @param {string | null} pid
   * @param {Uint8Array} frame
   * @param {import("./sframe.js").Header} header
   * @param {Uint8Array} clear
   */
  async #openEcho(kind, pid, frame, header, clear) {
    if (this.#now || pid !== this.#self || header.kid !== numberOf(NOBODY, 0, kind)) throw new Unopened('nobody');
    return openWith(await this.#nobody, header, frame, clear);
  }

  #throwAway() {
    return make(0, 0, 0, [], random(BASE_KEY_BYTES));
  }
}

/**
 * @param {number} gi
 * @param {number} epoch
 * @param {number} own
 * @param {Place[]} places
 * @param {Uint8Array} raw
 * @returns {Promise<KeyEpoch>}
 */
async function make(gi, epoch, own, places, raw) {
  return {
    gi, epoch, own, base: await baseKey(raw), ends_ms: Infinity, sent: new Map(), received: new Map(),
    places: new Map(places.map(({ pid, leaf }) => [pid, leaf])),
  };
}

/**
 * @param {number} kind
 * @param {number} leaf
 * @param {number} epoch
 */
function numberOf(kind, leaf, epoch) {
  return (kind << 7) | (leaf << 4) | (epoch % EPOCHS);
}

/**
 * @param {KeyEpoch} epoch
 * @param {import("./sframe.js").Header} header
 * @param {Uint8Array} frame
 * @param {Uint8Array} clear
 */
async function openWith(epoch, header, frame, clear) {
  let receiver = epoch.received.get(header.kid);
  if (!receiver) {
    const key = await frameKey(epoch.base, header.kid);
    receiver = epoch.received.get(header.kid) ?? { key, window: new ReplayWindow() };
    epoch.received.set(header.kid, receiver);
  }
  if (!receiver.window.fresh(header.ctr)) throw new Unopened('replay');
  const plain = await open(receiver.key, header, frame, clear).catch(() => null);
  if (!plain) throw new Unopened('changed');
  /* the same frame may have been opened meanwhile */
  if (!receiver.window.fresh(header.ctr)) throw new Unopened('replay');
  receiver.window.take(header.ctr);
  return plain;
}
