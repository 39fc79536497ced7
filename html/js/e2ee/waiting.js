// SPDX-License-Identifier: GPL-3.0-or-later
import { equal } from './bytes.js';
import { inspectKeyPackage, roster } from './mls.js';

/**
 * Those who wait, as far as keys go: what each offers, and what letting them in will say.
 *
 * @typedef {import("./mls.js").Mls} Mls
 * @typedef {import("./mls.js").Epoch} Epoch
 * @typedef {import("./mls.js").Change} Change
 * @typedef {Change & {from: Epoch | null, gi: number}} Prepared `from`: null if the group is new
 * @typedef {{pid: string, room: string, data: Uint8Array, ready: Prepared | null}} Candidate
 */

export class Waiting {
  /** @type {Map<string, Candidate>} */
  #people = new Map();

  /** Only these still wait. @param {string[]} pids */
  keep(pids) {
    const here = new Set(pids);
    for (const pid of this.#people.keys()) if (!here.has(pid)) this.#people.delete(pid);
  }

  /**
   * @param {string} pid
   * @param {string} room
   * @param {Uint8Array} data the key package; the same again changes nothing
   */
  offer(pid, room, data) {
    const known = this.#people.get(pid);
    if (!known || known.room !== room || !equal(known.data, data)) this.#people.set(pid, { pid, room, data, ready: null });
  }

  /** @param {string} pid */
  has(pid) {
    return this.#people.has(pid);
  }

  /** @param {string} pid */
  get(pid) {
    return this.#people.get(pid);
  }

  /** @param {string} pid */
  delete(pid) {
    this.#people.delete(pid);
  }

  values() {
    return this.#people.values();
  }
}

/**
 * Whose device a key package is of; throws if it is not that person's to offer.
 * @param {Uint8Array} data
 * @param {string} participant who the server says it is from
 */
export function deviceOf(data, participant) {
  const { pid, role, sub, key } = inspectKeyPackage(data);
  if (pid !== participant || role === 'therapist') throw new TypeError('participant');
  return { sub, key };
}

/**
 * What letting somebody in will say; worked out beforehand, and again when it is outdated.
 * @param {Candidate} candidate
 * @param {{from: Epoch | null, gi: number, mls: Mls, secretOf: (room: string) => Promise<Uint8Array>}} about
 * @returns {Promise<Prepared>}
 */
export async function prepare(candidate, { from, gi, mls, secretOf }) {
  const { pid, room, data, ready } = candidate;
  if (ready && ready.gi === gi && ready.from === from) return ready;
  const start = from ?? await mls.create(`${room}.${gi}`);
  const again = roster(start).some((member) => member.pid === pid) ? [pid] : [];
  const change = await mls.commit(start, { add: [data], remove: again, secret: await secretOf(room) });
  candidate.ready = { ...change, from, gi };
  return candidate.ready;
}
