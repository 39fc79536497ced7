// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What the page and the worker say to each other: one object with a `kind`, and nothing in it that is
 * secret, but on the way in the link's secret and the device key, which no script can read.
 *
 * @typedef {{kind: "start", pid: string, role: string, sub: string, area: string, room: string, state: string, secret: string | null, pair: CryptoKeyPair}
 *   | {kind: "server", data: Record<string, unknown>}
 *   | {kind: "answer", id: number, ok: boolean, error?: string, gi?: number, epoch?: number}
 *   | {kind: "admit", id: number, participant: string, knock: number}
 *   | {kind: "leaving", participant: string, leaving: boolean}
 *   | {kind: "tiles", pids: (string | null)[]}
 *   | {kind: "chat", id: number, text: string}
 *   | {kind: "sas", act: "begin" | "cancel" | "type" | "match" | "differ" | "fail", text?: string}
 *   | {kind: "counts", id: number}
 *   | {kind: "record", key: string}
 *   | {kind: "rekey"} | {kind: "lost"} | {kind: "end"}} ToWorker
 *
 * @typedef {{pid: string, role: string, sub: string, key: string}} Member `key`: base64url
 * @typedef {{kind: "request", id: number, body: Record<string, unknown>}
 *   | {kind: "members", gi: number, epoch: number, members: Member[]}
 *   | {kind: "device", participant: string, sub: string, key: string | null}
 *   | {kind: "admitted", id: number, error?: string}
 *   | {kind: "said", id: number, ok: boolean}
 *   | {kind: "chat", from: string, text: string}
 *   | {kind: "sas", step: string, code: string, tries: number, missing: string[]}
 *   | {kind: "trouble", name: string, rule: string} | {kind: "calm", name: string}
 *   | {kind: "readable", pid: string, readable: boolean}
 *   | {kind: "late", ms: number}
 *   | {kind: "counts", id: number, out: Record<string, number>, in: Record<string, number>}
 *   | {kind: "ready"} | {kind: "keyframe"} | {kind: "failed"}} ToPage
 */

const CHAT_MAX = 2000;
const LONG = 128 * 1024;

/** @typedef {(value: any) => boolean} Check */

/** @param {number} max @returns {Check} */
const text = (max) => (value) => typeof value === 'string' && value.length <= max;
/** @type {Check} */
const count = (value) => Number.isSafeInteger(value) && value >= 0;
/** @type {Check} */
const yes = (value) => typeof value === 'boolean';
/** @type {Check} */
const object = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** @param {Check} check @returns {Check} */
const nothingOr = (check) => (value) => value === null || value === undefined || check(value);
/** @param {Check} check @returns {Check} */
const listOf = (check) => (value) => Array.isArray(value) && value.length <= 512 && value.every(check);
/** @param {...string} names @returns {Check} */
const oneOf = (...names) => (value) => names.includes(value);
/** @type {Check} */
const member = (value) => object(value) && text(64)(value.pid) && text(16)(value.role) && text(64)(value.sub) && text(64)(value.key);

/** @type {Record<ToWorker["kind"], Record<string, Check>>} */
const TO_WORKER = {
  start: { pid: text(64), role: text(16), sub: text(64), area: text(64), room: text(64), state: text(16), secret: nothingOr(text(64)), pair: object },
  server: { data: object },
  answer: { id: count, ok: yes, error: nothingOr(text(64)), gi: nothingOr(count), epoch: nothingOr(count) },
  admit: { id: count, participant: text(64), knock: count },
  leaving: { participant: text(64), leaving: yes },
  tiles: { pids: listOf(nothingOr(text(64))) },
  chat: { id: count, text: text(CHAT_MAX) },
  sas: { act: oneOf('begin', 'cancel', 'type', 'match', 'differ', 'fail'), text: nothingOr(text(32)) },
  counts: { id: count },
  record: { key: text(80) },
  rekey: {},
  lost: {},
  end: {},
};

/** @type {Record<ToPage["kind"], Record<string, Check>>} */
const TO_PAGE = {
  request: { id: count, body: (value) => object(value) && Object.values(value).every((part) => typeof part !== 'string' || part.length <= LONG) },
  members: { gi: count, epoch: count, members: listOf(member) },
  device: { participant: text(64), sub: text(64), key: nothingOr(text(64)) },
  admitted: { id: count, error: nothingOr(text(64)) },
  said: { id: count, ok: yes },
  chat: { from: text(64), text: text(CHAT_MAX) },
  sas: { step: text(16), code: text(6), tries: count, missing: listOf(text(64)) },
  trouble: { name: text(32), rule: text(32) },
  calm: { name: text(32) },
  readable: { pid: text(64), readable: yes },
  late: { ms: count },
  counts: { id: count, out: object, in: object },
  ready: {},
  keyframe: {},
  failed: {},
};

/**
 * @param {Record<string, Record<string, Check>>} table
 * @param {any} message
 */
function fits(table, message) {
  if (!object(message) || typeof message.kind !== 'string' || !Object.hasOwn(table, message.kind)) return false;
  const shape = table[message.kind];
  return Object.keys(message).every((name) => name === 'kind' || name in shape)
    && Object.entries(shape).every(([name, check]) => check(message[name]));
}

/**
 * @param {unknown} message
 * @returns {ToWorker | null}
 */
export function readToWorker(message) {
  return fits(TO_WORKER, message) ? /** @type {ToWorker} */ (message) : null;
}

/**
 * @param {unknown} message
 * @returns {ToPage | null}
 */
export function readToPage(message) {
  return fits(TO_PAGE, message) ? /** @type {ToPage} */ (message) : null;
}
