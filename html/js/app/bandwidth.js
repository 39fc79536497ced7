// SPDX-License-Identifier: GPL-3.0-or-later
import { LATE_WORD_MS, LATE_WORDS, REPORT_MS, REPORT_NOW_MS, REPORT_SOON_MS } from '../core/timing.js';
import { agreesAnew, agreesAnewToReceive } from '../core/support.js';
import { withoutNack } from '../media/resending.js';
import { capSpeech, withSpeech } from '../media/speech.js';
import { Stats } from '../media/stats.js';
import { Nack } from './nack.js';
import { Unanswered } from './unanswered.js';
import { View } from './view.js';

/**
 * @typedef {import("../media/publisher.js").Publisher} Publisher
 * @typedef {import("../media/receiver.js").Receiver} Receiver
 * @typedef {import("../media/speech.js").Speech} Speech
 * @typedef {import("./unanswered.js").Said} Said
 * @typedef {{tell(body: Record<string, unknown>): Promise<unknown>, say(body: Record<string, unknown>): void,
 *   dispatch(event: {type: "unheard", unheard: boolean}): void}} Call
 */

/** Concealed speech, lost packets or silence beyond this are trouble, and trouble is reported sooner. */
const TROUBLE = { concealed: 0.02, lost: 0.03, quiet_ms: 250 };

/** Of no matter to what is sent and reported. */
const SILENT = new Set(['roster', 'network', 'state']);

/** Elsewhere a second agreement can end what is sent; speech then keeps its packets, and only their size changes. */
const AGREES_ANEW = agreesAnew(navigator.userAgent);

/**
 * One person's share in keeping speech alive on a weak link: tells the server what is seen here, and sends
 * no more than the server says.
 */
export class Bandwidth {
  #stats = new Stats();
  #view;
  #nack;
  #unanswered;
  #publisher;
  #receiver;
  #call;
  /** @type {Speech | null} */
  #speech = null;
  #paused = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #running = false;
  #due_ms = 0;
  /** When the last report was begun, and whether it is answered. */
  #begun_ms = -Infinity;
  #asking = false;
  /** When it was last said between reports that speech comes late, and how often since it was in time. */
  #said_ms = -Infinity;
  #words = 0;
  /** By how much speech comes late; below 0: nobody knows. */
  #late_ms = -1;

  /** @param {Publisher} publisher @param {Receiver} receiver @param {Call} call */
  constructor(publisher, receiver, call) {
    this.#publisher = publisher;
    this.#receiver = receiver;
    this.#call = call;
    this.#nack = new Nack(receiver, agreesAnewToReceive(navigator.userAgent));
    this.#view = new View((body) => call.tell(body));
    this.#unanswered = new Unanswered((said) => this.#obey(said), (unheard) => call.dispatch({ type: 'unheard', unheard }));
  }

  /** Reports from `joined` on, and does what is in `send`. @param {{type: string} & Record<string, any>} event */
  async hear(event) {
    this.#view.hear(event);
    void this.#nack.hear(event);
    if (SILENT.has(event.type)) return undefined;
    if (event.type === 'send') return this.#unanswered.hear(/** @type {Said} */ (event));
    if (event.type === 'tier') return holdBack(this.#receiver.connection, Number(event.buffer));
    if (!this.#running) this.#later(REPORT_MS);
    this.#running = true;
    return undefined;
  }

  /**
   * Speech comes late, by so many milliseconds: a link may be filling, and what is known about it is wanted at once; and
   * that it is over, for pictures wait for that.
   * @param {number} ms 0: in time, as far as is known from now on
   */
  late(ms) {
    const now_ms = performance.now();
    const news = ms > 0 || this.#late_ms > 0;
    this.#late_ms = ms;
    if (!news) return;
    if (ms > 0) this.#unanswered.fear();
    if (this.#running) this.#sayLate(ms, now_ms);
    if (this.#running && !this.#asking && now_ms - this.#begun_ms >= REPORT_NOW_MS) this.#later(0);
  }

  /**
   * Not every word of it, and not for ever, for on a narrow link words are in the way of speech as well; but at once that
   * it is over: pictures wait for that.
   * @param {number} ms @param {number} now_ms
   */
  #sayLate(ms, now_ms) {
    if (ms > 0 && (now_ms - this.#said_ms < LATE_WORD_MS || this.#words >= LATE_WORDS)) return;
    this.#said_ms = now_ms;
    this.#words = ms > 0 ? this.#words + 1 : 0;
    this.#call.say({ request: 'late', ms: Math.min(ms, 60_000) });
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#unanswered.stop();
    this.#nack.stop();
  }

  /**
   * Sends at most what a `send` event allows.
   * @param {Said} said
   */
  async #obey({ encodings, audio }) {
    const film = () => (encodings?.length ? this.#film(encodings) : undefined);
    const paused = encodings?.length ? !encodings.some(({ active }) => active) : this.#paused;
    /* what is agreed anew begins a picture anew: so first, if it begins now */
    const opens = this.#paused && !paused;
    if (!opens) await film();
    if (audio) await this.#speak(audio, paused);
    if (opens) await film();
  }

  /** @param {import("./unanswered.js").Encoding[]} encodings */
  #film(encodings) {
    const limits = encodings.map(({ active, kbps, height, fps }) => ({
      active: Boolean(active),
      maxBitrate: 1000 * kbps || 1,
      height: height || 1,
      fps: fps || 1,
    }));
    return this.#publisher.limit(limits);
  }

  /**
   * While the camera is paused nothing of its last pictures is sent again either, however often it is asked for: on a
   * link that bears none, that would be all that it bears.
   * @param {Speech} speech @param {boolean} paused
   */
  async #speak(speech, paused) {
    const publisher = this.#publisher;
    const former = this.#speech;
    const same = paused === this.#paused && isSame(speech, former);
    this.#speech = speech;
    this.#paused = paused;
    publisher.dress = ({ type, sdp }) => withSpeech({ type, sdp: paused ? withoutNack(sdp) : sdp }, speech);
    const sender = publisher.connection?.getTransceivers()[0]?.sender;
    if (sender) await capSpeech(sender, speech);
    if (!same && AGREES_ANEW) await publisher.redress();
  }

  /** @param {number} ms */
  #later(ms) {
    clearTimeout(this.#timer);
    this.#due_ms = performance.now() + ms;
    this.#timer = setTimeout(() => void this.#report(), ms);
  }

  async #report() {
    let soon = false;
    let told_ms = this.#late_ms;
    const from_ms = document.hidden ? performance.now() : this.#due_ms; /* hidden, it is late for no reason */
    this.#asking = true;
    this.#begun_ms = performance.now();
    try {
      const seen = await this.#stats.look(this.#receiver.connection, this.#publisher.connection);
      /* a machine that is busy looks like a weak link, and is the first to know better */
      if (seen.down) seen.down.busy_ms = Math.min(60_000, Math.max(0, Math.round(performance.now() - from_ms)));
      told_ms = this.#late_ms;
      if (seen.down && told_ms >= 0) seen.down.late_ms = told_ms;
      soon = isTelling(seen.down);
      /* while one is on its way there is no use in sending more after it */
      if (seen.down || seen.up) await this.#unanswered.during(() => this.#call.tell({ request: 'report', ...seen }));
      this.#stats.told();
      /* its answer is not waited for: the next report may be urgent */
      void this.#view.look(this.#receiver.pairs, this.#stats.energies);
    } catch {
      /* the link is lost or the connection closed: the next report says how it is then */
    }
    this.#asking = false;
    const news = told_ms > 0 !== this.#late_ms > 0;
    const usual_ms = soon ? REPORT_SOON_MS : REPORT_MS;
    if (this.#running) this.#later(news ? Math.max(0, this.#begun_ms + REPORT_NOW_MS - performance.now()) : usual_ms);
  }
}

/** Whether packets of speech are made alike, but for their size. @param {Speech} a @param {Speech | null} b */
function isSame(a, b) {
  return a.ptime === b?.ptime && a.fec === b.fec && a.dtx === b.dtx && a.red === b.red;
}

/**
 * On a link that swings, speech is played a little later, so that fewer words are missing.
 * @param {RTCPeerConnection | null} connection
 * @param {number} ms 0: as the browser likes
 */
function holdBack(connection, ms) {
  for (const receiver of connection?.getReceivers() ?? []) {
    /* not every browser knows it */
    if (receiver.track.kind === 'audio' && 'jitterBufferTarget' in receiver)
      receiver.jitterBufferTarget = ms > 0 ? Math.min(ms, 500) : null;
  }
}

/**
 * Whether the server should hear again soon: pictures say what a link carries, trouble has to end.
 * @param {Record<string, number> | undefined} down
 */
function isTelling(down) {
  if (!down) return false;
  const { audio_samples = 0, concealed_samples = 0, audio_packets = 0, audio_lost = 0 } = down;
  const { quiet_ms = 0, video_bytes = 0 } = down;
  return (
    video_bytes > 0 ||
    concealed_samples > TROUBLE.concealed * audio_samples ||
    audio_lost > TROUBLE.lost * (audio_packets + audio_lost) ||
    quiet_ms > TROUBLE.quiet_ms
  );
}
