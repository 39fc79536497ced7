// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, NamedError } from '../core/errors.js';
import { agreesAnewToReceive } from '../core/support.js';
import { backoff } from '../core/timing.js';
import { proveDevice } from '../e2ee/device-key.js';
import { JanusSession } from '../janus/session.js';
import { sleep } from '../lib/events.js';
import { IceWatch } from './ice-watch.js';

/**
 * @typedef {import("../janus/handle.js").JanusHandle} JanusHandle
 * @typedef {{audio: boolean, video: boolean, echo: boolean}} Media
 * @typedef {{type: string} & Record<string, any>} Event
 * @typedef {{
 *   url: string, token: string, secret: string | null, key: CryptoKeyPair, rtc: RTCConfiguration,
 *   keeper: import("../e2ee/keeper.js").Keeper,
 *   publisher: import("../media/publisher.js").Publisher,
 *   receiver: import("../media/receiver.js").Receiver,
 *   emit: (event: Event) => void,
 * }} LinkParts
 */

const HEARD = new Set([
  'state', 'presence', 'roster', 'message', 'waiting', 'clock', 'cue', 'draining', 'send', 'tier', 'network', 'consent', 'recording',
]);
const KEEPER = new Set(['e2ee', 'state', 'roster', 'waiting']);
const SENDS_OUT = new Set(['remove', 'hold']);
const SLOTS_MAX = 8;
const OVER = new Set(['left', 'denied', 'removed', 'ended']);

/**
 * The link of one person to the server, kept up until it is stopped or over: joins, connects both
 * ways, and after a loss does the same again by itself, as the same person on the same device.
 */
export class Link {
  /** @type {LinkParts} */
  #parts;
  #stop = new AbortController();
  #hurry = new AbortController();
  /** @type {JanusSession | null} */
  #session = null;
  /** @type {JanusHandle | null} set while joined */
  #handle = null;
  /** @type {Media | null} what is sent; null until there is something */
  #media = null;
  #publishing = false;
  /** More than one may see this person. */
  #several = false;
  /** @type {Promise<void> | null} */
  #telling = null;
  #role = '';
  #self = '';
  /** @type {IceWatch[]} up, down */
  #watches;

  /** @param {LinkParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { publisher, receiver, emit } = parts;
    const giveUp = () => this.#session?.close();
    const up = new IceWatch({
      restart: () => publisher.restart(this.#media ?? SILENT),
      giveUp,
      tell: (status) => emit({ type: 'ice', way: 'up', status }),
    });
    const down = new IceWatch({
      restart: () => receiver.restart(),
      giveUp,
      tell: (status) => emit({ type: 'ice', way: 'down', status }),
    });
    publisher.onstate = (state) => up.see(state);
    receiver.onstate = (state) => down.see(state);
    receiver.onfailure = giveUp;
    this.#watches = [up, down];
  }

  /** Runs until stopped or over; never rejects. */
  async run() {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt += 1) {
      try {
        this.#parts.emit({ type: 'link', status: 'connecting' });
        await this.#connect();
        attempt = 0;
        await this.#session?.lost;
        if (this.#stop.signal.aborted) break;
        this.#parts.emit({ type: 'link', status: 'lost', name: offline() });
      } catch (why) {
        if (this.#stop.signal.aborted) break;
        if (!this.#mayRetry(why)) break;
      }
      this.#drop();
      await this.#pause(backoff(attempt, Math.random()));
    }
    this.#drop();
  }

  /** Says what the plugin does not answer. @param {Record<string, unknown>} body */
  say(body) {
    this.#handle?.say(body);
  }

  /**
   * Asks the plugin for something; rejects with a NamedError. An answer that is news is heard like any other.
   * @param {Record<string, unknown>} body
   */
  async request(body) {
    if (!this.#handle) throw new NamedError('SERVER_GONE');
    const answer = this.#handle.request(body);
    if (SENDS_OUT.has(String(body.request))) this.#parts.keeper.leaving(String(body.participant), answer);
    const { data } = await answer;
    if (HEARD.has(data.therapy)) this.#hear(data);
    return data;
  }

  /**
   * Says what is sent from now on, now and after every reconnect; the first time this also connects.
   * @param {Media} media
   */
  async send(media) {
    this.#media = media;
    if (!this.#handle || this.#role === 'observer') return;
    if (this.#publishing)
      await (this.#telling ??= this.#tell().finally(() => (this.#telling = null)));
    else await this.#publish();
  }

  /** One request at a time, each with all of it, until the server knows the newest. */
  async #tell() {
    let told;
    do {
      told = this.#media;
      await this.request({ request: 'media', ...told });
    } while (told !== this.#media);
  }

  /** There may be more than one other person now: before anybody sees this one, what is sent begins anew for that. */
  async widen() {
    if (this.#several || !this.#handle || this.#role === 'observer') return;
    this.#several = true;
    if (!this.#publishing) return;
    this.#parts.publisher.close();
    await this.#handle.hangup().then(() => this.#publish()).catch(() => this.#session?.close());
  }

  /** There is a reason to doubt the link: the network changed, or the page was asleep. */
  doubt() {
    this.#hurry.abort();
    this.#hurry = new AbortController();
    void this.#session?.probe();
  }

  /** The network is another one: look for a new way at once. */
  moved() {
    this.doubt();
    if (!this.#handle) return;
    if (this.#publishing) this.#watches[0].restart();
    this.#watches[1].restart();
  }

  /** Leaves for good, telling the server. */
  async leave() {
    this.#stop.abort();
    await this.request({ request: 'leave' }).catch(() => {});
    await this.#session?.destroy();
  }

  /** Leaves this instant; the server is told if that needs no waiting. */
  flee() {
    this.#stop.abort();
    void this.request({ request: 'leave' }).catch(() => {});
    this.#parts.publisher.close();
    this.#parts.receiver.close();
  }

  async #connect() {
    const { url, token, secret, key, keeper, receiver, rtc, emit } = this.#parts;
    await keeper.ready;
    const session = await JanusSession.open(url);
    if (this.#stop.signal.aborted) return session.close();
    this.#session = session;
    session.spared = () => this.#watches[1].well;
    const [handle, down] = await Promise.all([session.attach(), session.attach()]);
    handle.onevent = (data) => this.#hear(data);
    handle.onhangup = down.onhangup = () => session.close();
    const hello = await handle.request({ request: 'hello' });
    const device = await proveDevice(key, String(hello.data.nonce), token);
    const joined = (await handle.request({ request: 'join', invitation: token, device })).data;
    this.#handle = handle;
    this.#role = String(joined.role);
    this.#self = String(joined.participant);
    const { area, room, state } = joined;
    this.#several = Number(joined.pairs) > 1;
    keeper.start({ pid: this.#self, role: this.#role, area, room, state, token, secret, pair: key }, (body) => this.request(body));
    if (state !== 'admitted') keeper.tiles([this.#self]);
    receiver.nack = state === 'admitted' || !agreesAnewToReceive(navigator.userAgent);
    emit({ ...joined, type: 'joined' });
    emit({ type: 'link', status: 'up' });
    await Promise.all([
      receiver.connect(down, String(joined.ticket), rtc),
      this.#media && this.#publish(),
    ]);
  }

  async #publish() {
    if (!this.#handle || !this.#media || this.#role === 'observer') return;
    this.#publishing = true;
    await this.#parts.publisher.connect(this.#handle, this.#media, this.#parts.rtc, this.#several);
  }

  /** @param {Record<string, any>} data */
  #hear(data) {
    this.#tellKeeper(data);
    if (!HEARD.has(data.therapy)) return;
    /* a server that is being restarted is a lost link, not an end */
    if (data.therapy === 'state' && data.reason === 'shutdown') return this.#session?.close();
    if (data.therapy === 'state' && OVER.has(data.state)) this.#stop.abort();
    this.#parts.emit({ ...data, type: data.therapy });
    if (this.#stop.signal.aborted) this.#session?.close();
  }

  /**
   * Who is where, and what is said about keys. While waiting, the only one to be heard is oneself.
   * @param {Record<string, any>} data
   */
  #tellKeeper(data) {
    const { keeper } = this.#parts;
    if (!KEEPER.has(data.therapy) || data.reason === 'shutdown') return;
    if (data.therapy === 'roster') keeper.tiles(tiles(data.peers));
    if (data.therapy === 'state' && data.state !== 'admitted') keeper.tiles([this.#self]);
    keeper.server(data);
  }

  /**
   * @param {unknown} why
   * @returns {boolean} whether to try again
   */
  #mayRetry(why) {
    const name = why instanceof NamedError ? why.name : 'UNKNOWN';
    if (describe(name).retry !== 'auto') {
      this.#parts.emit({ type: 'failed', name });
      return false;
    }
    this.#parts.emit({
      type: 'link',
      status: 'lost',
      name: name === 'SERVER_GONE' ? offline() : name,
    });
    return true;
  }

  #drop() {
    for (const watch of this.#watches) watch.stop();
    this.#session?.close();
    if (this.#handle) this.#parts.keeper.lost();
    this.#session = null;
    this.#handle = null;
    this.#publishing = false;
    this.#parts.publisher.close();
    this.#parts.receiver.close();
  }

  /** @param {number} ms */
  #pause(ms) {
    return sleep(ms, this.#stop.signal, this.#hurry.signal);
  }
}

/** @type {Media} */
const SILENT = { audio: false, video: false, echo: false };

function offline() {
  return navigator.onLine === false ? 'NO_NETWORK' : 'SERVER_GONE';
}

/**
 * Whose voice and picture arrive on each pair.
 * @param {unknown} peers
 * @returns {(string | null)[]}
 */
function tiles(peers) {
  /** @type {(string | null)[]} */
  const out = Array.from({ length: SLOTS_MAX }, () => null);
  for (const peer of Array.isArray(peers) ? peers : [])
    if (Number.isSafeInteger(peer?.slot) && peer.slot >= 0 && peer.slot < SLOTS_MAX)
      out[peer.slot] = String(peer.participant);
  return out;
}
