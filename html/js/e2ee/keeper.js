// SPDX-License-Identifier: GPL-3.0-or-later
import { NamedError } from '../core/errors.js';
import { deferred, within } from '../lib/events.js';
import { readToPage } from './messages.js';
import { subjectOf } from './subject.js';
import { workerUrl } from './trusted.js';
import { watch } from './watch.js';

/**
 * The page's side of the worker that keeps the keys: hands it what the server says, hands the server what
 * it says, and puts it in the way of every frame. Knows no secret.
 *
 * @typedef {import("./messages.js").ToWorker} ToWorker
 * @typedef {import("./messages.js").ToPage} ToPage
 * @typedef {{pid: string, role: string, area: string, room: string, state: string, token: string, secret: string | null, pair: CryptoKeyPair}} Who
 * @typedef {(body: Record<string, unknown>) => Promise<Record<string, any>>} Ask
 * @typedef {{out: Record<string, number>, in: Record<string, number>}} Counts
 */

const START_MS = 15_000;
const COUNT_MS = 3_000;

export class Keeper {
  /** @type {Worker} */
  #worker;
  #ready = /** @type {ReturnType<typeof deferred<void>>} */ (deferred());
  /** @type {Ask} */
  #ask = () => Promise.reject(new NamedError('SERVER_GONE'));
  /** @type {Map<number, {resolve: (value: any) => void, reject: (why: unknown) => void}>} */
  #waiting = new Map();
  #last = 0;
  /** @type {Set<RTCRtpSender>} */
  #pictures = new Set();
  /** @type {Promise<unknown>} */
  #busy = Promise.resolve();

  /** @type {(message: ToPage) => void} what the page may want to show */
  ontell = () => {};
  /** @type {(ms: number) => void} speech comes late, by so much */
  onlate = () => {};

  constructor() {
    this.#worker = new Worker(workerUrl(), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }) => this.#hear(data));
    this.#worker.addEventListener('error', () => this.#fail());
    this.#ready.promise.catch(() => {});
  }

  /** Resolves when frames can be put through it. */
  get ready() {
    return within(this.#ready.promise, START_MS, new NamedError('E2EE_FAILED'));
  }

  /**
   * A person has joined, or has come back.
   * @param {Who} who
   * @param {Ask} ask what the worker wants of the server
   */
  start({ token, ...who }, ask) {
    this.#ask = ask;
    this.#post({ kind: 'start', ...who, sub: subjectOf(token) });
  }

  /** @param {Record<string, unknown>} data what the plugin says by itself */
  server(data) {
    this.#post({ kind: 'server', data });
  }

  /** The link is lost: nothing that was asked will be answered. */
  lost() {
    this.#ask = () => Promise.reject(new NamedError('SERVER_GONE'));
    this.#post({ kind: 'lost' });
  }

  /** All keys are forgotten. */
  end() {
    this.#post({ kind: 'end' });
  }

  /** @param {(string | null)[]} pids whose voice and picture arrive on each pair */
  tiles(pids) {
    this.#post({ kind: 'tiles', pids });
  }

  /**
   * Encrypts what a sender sends. To be called right after its transceiver is made, before any offer:
   * later, some browsers would go on sending in clear and not say so.
   * @param {RTCRtpSender} sender
   * @param {0 | 1 | 2} kind
   * @param {string} line
   */
  seal(sender, kind, line) {
    sender.transform = new RTCRtpScriptTransform(this.#worker, { way: 'out', kind, line });
    if (kind !== 0) this.#pictures.add(sender);
  }

  /**
   * @param {RTCRtpReceiver} receiver
   * @param {0 | 1 | 2} kind
   * @param {number} slot
   */
  open(receiver, kind, slot) {
    receiver.transform = new RTCRtpScriptTransform(this.#worker, { way: 'in', kind, slot });
  }

  /**
   * Stops everything should anything go out on these lines that was not encrypted.
   * @param {import("./watch.js").Line[]} lines
   * @param {() => void} stop
   * @returns {() => void} ends the watch
   */
  guard(lines, stop) {
    return watch(() => lines, this, stop);
  }

  /** @param {RTCRtpSender} sender one that is closed */
  release(sender) {
    this.#pictures.delete(sender);
  }

  /**
   * Lets somebody in, with keys.
   * @param {string} participant
   * @param {number} knock
   * @returns {Promise<void>}
   */
  admit(participant, knock) {
    return this.#wait((id) => this.#post({ kind: 'admit', id, participant, knock }));
  }

  /**
   * Somebody is being sent out: who stays gets new keys at once.
   * @param {string} participant
   * @param {Promise<unknown>} answer of the server, which may refuse
   */
  leaving(participant, answer) {
    this.#post({ kind: 'leaving', participant, leaving: true });
    answer.catch(() => this.#post({ kind: 'leaving', participant, leaving: false }));
  }

  /**
   * @param {string} text
   * @returns {Promise<void>} rejects if it could not be sent
   */
  chat(text) {
    return this.#wait((id) => this.#post({ kind: 'chat', id, text }));
  }

  /** @returns {Promise<Counts>} frames, since the lines were made */
  counts() {
    return within(this.#wait((id) => this.#post({ kind: 'counts', id })), COUNT_MS, new NamedError('E2EE_FAILED'));
  }

  /**
   * @param {"begin" | "cancel" | "type" | "match" | "differ" | "fail"} act
   * @param {string} [text]
   */
  check(act, text) {
    this.#post({ kind: 'sas', act, ...(text === undefined ? {} : { text }) });
  }

  /** Makes new keys for everybody here; a therapist's. */
  renew() {
    this.#post({ kind: 'rekey' });
  }

  /** @param {string} key of the organisation that a recording is for, while it is on; empty: no more */
  record(key) {
    this.#post({ kind: 'record', key });
  }

  /** @param {ToWorker} message */
  #post(message) {
    this.#worker.postMessage(message);
  }

  /**
   * @param {(id: number) => void} send
   * @returns {Promise<any>}
   */
  #wait(send) {
    this.#last += 1;
    const answer = deferred();
    this.#waiting.set(this.#last, answer);
    send(this.#last);
    return answer.promise;
  }

  /** @param {unknown} data */
  #hear(data) {
    const message = readToPage(data);
    if (!message) return this.#fail();
    switch (message.kind) {
    case 'ready': return this.#ready.resolve();
    case 'request': return void this.#request(message.id, message.body);
    case 'admitted': return this.#settle(message.id, message.error);
    case 'said': return this.#settle(message.id, message.ok ? undefined : 'E2EE_NOT_SENT');
    case 'counts': return this.#settle(message.id, undefined, message);
    case 'keyframe': return this.#keyFrames();
    case 'late': return this.onlate(message.ms);
    default: return this.ontell(message);
    }
  }

  /**
   * @param {number} id
   * @param {string | undefined} error
   * @param {unknown} [value]
   */
  #settle(id, error, value) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new NamedError(error));
    else waiting?.resolve(value);
  }

  /**
   * @param {number} id
   * @param {Record<string, unknown>} body
   */
  async #request(id, body) {
    /* what is said about keys keeps its order; letting somebody in waits for nothing */
    const before = this.#busy;
    const answer = body.request === 'admit' ? this.#ask(body) : before.then(() => this.#ask(body));
    if (body.request !== 'admit') this.#busy = answer.catch(() => {});
    try {
      const { gi, epoch } = await answer;
      this.#post({ kind: 'answer', id, ok: true, ...(Number.isSafeInteger(gi) ? { gi, epoch } : {}) });
    } catch (why) {
      this.#post({ kind: 'answer', id, ok: false, error: why instanceof NamedError ? why.name : 'SERVER_GONE' });
    }
  }

  /** New keys: the next picture must be a whole one, or nobody can begin to see. */
  #keyFrames() {
    for (const sender of this.#pictures) {
      const parameters = sender.getParameters();
      const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }));
      /* what a browser does not know of this it ignores, and the server asks for a picture anyway */
      if (encodingOptions.length) void /** @type {any} */ (sender).setParameters(parameters, { encodingOptions }).catch(() => {});
    }
  }

  #fail() {
    this.#ready.reject(new NamedError('E2EE_FAILED'));
    for (const { reject } of this.#waiting.values()) reject(new NamedError('E2EE_FAILED'));
    this.#waiting.clear();
    this.ontell({ kind: 'failed' });
  }
}
