// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What this person sends: one connection with one audio and one video line, both there from the start,
 * with or without something on them. Muting, switching devices and turning the camera on and off change
 * what is on a line, never the lines.
 */

import { offered, spread, withAllLayers } from './layers.js';

const SEEN = { maxBitrate: 1_200_000, height: Infinity };
/** While nobody sees it a small picture goes out: a whole one of it is through at once when somebody may. */
const UNSEEN = { maxBitrate: 150_000, height: 240 };
/** What the server allows at most, before it has said anything. */
const FREE = [{ active: true, maxBitrate: Infinity, height: Infinity, fps: 30 }];
/** For so long the first pictures have the link for themselves. */
const FIRST_MS = 800;
const SHAPE_TRIES = 5;
const SHAPE_MS = 40;

/** @typedef {import("../janus/handle.js").JanusHandle} JanusHandle */
/** @typedef {import("./layers.js").Limit} Limit */

export class Publisher {
  /** @type {RTCPeerConnection | null} */
  #pc = null;
  /** @type {RTCRtpTransceiver | null} */
  #audio = null;
  /** @type {RTCRtpTransceiver | null} */
  #video = null;
  /** @type {JanusHandle | null} */
  #handle = null;
  /** @type {Promise<unknown>} one negotiation at a time */
  #busy = Promise.resolve();
  /** @type {MediaStreamTrack | null} */
  #audioTrack = null;
  /** @type {MediaStreamTrack | null} */
  #videoTrack = null;
  #stopWatching = () => {};
  #held = false;
  #quality = UNSEEN;
  #limits = FREE;
  /** @type {Promise<unknown>} one change of what the line sends at a time */
  #shaping = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rise;

  /** @type {import("../e2ee/keeper.js").Keeper | null} encrypts everything; without it nothing is sent */
  keeper = null;
  /** @type {() => void} something left unencrypted; everything was stopped */
  onleak = () => {};
  /** @type {(state: RTCIceConnectionState) => void} */
  onstate = () => {};
  /** Changes what the server answers before it holds. @type {(answer: RTCSessionDescriptionInit) => RTCSessionDescriptionInit} */
  dress = (answer) => answer;

  /**
   * Connects to the server through a joined handle, leaving any former connection.
   * @param {JanusHandle} handle
   * @param {{audio: boolean, video: boolean, echo: boolean}} media
   * @param {RTCConfiguration} config
   * @param {boolean} several whether there may be more than one who sees it
   */
  async connect(handle, media, config, several) {
    this.close();
    const { keeper } = this;
    if (!keeper) throw new TypeError('no keeper');
    const pc = new RTCPeerConnection({ ...config, bundlePolicy: 'max-bundle' });
    this.#pc = pc;
    this.#handle = handle;
    this.#audio = pc.addTransceiver('audio', { direction: 'sendonly' });
    this.#video = pc.addTransceiver('video', {
      direction: 'sendonly',
      sendEncodings: offered(this.#quality.maxBitrate, several),
    });
    /* at once, before anything is offered: later, some browsers would send in clear and not say so */
    const lines = [
      { line: 'audio', sender: this.#audio.sender },
      { line: 'video', sender: this.#video.sender },
    ];
    for (const { line, sender } of lines) keeper.seal(sender, line === 'audio' ? 0 : 1, line);
    this.#stopWatching = keeper.guard(lines, () => {
      this.close();
      this.onleak();
    });
    prefer(this.#audio, 'audio', ['audio/opus', 'audio/red']);
    prefer(this.#video, 'video', ['video/vp8', 'video/rtx']);
    pc.onicecandidate = ({ candidate }) => handle.trickle(candidate);
    pc.oniceconnectionstatechange = () => {
      if (pc === this.#pc) this.onstate(pc.iceConnectionState);
    };
    handle.oncandidate = (candidate) => void pc.addIceCandidate(candidate).catch(() => {});
    await this.#put();
    await this.#negotiate(media, false);
  }

  /**
   * Finds a new way through the network, keeping the connection.
   * @param {{audio: boolean, video: boolean, echo: boolean}} media
   */
  restart(media) {
    return this.#negotiate(media, true);
  }

  /**
   * Puts tracks on the lines; null takes one off.
   * @param {{audio?: MediaStreamTrack | null, video?: MediaStreamTrack | null}} tracks
   */
  async replace(tracks) {
    if (tracks.audio !== undefined) this.#audioTrack = tracks.audio;
    if (tracks.video !== undefined) this.#videoTrack = tracks.video;
    await this.#put();
  }

  /**
   * Sends nothing for as long as it is held, whatever is put on the lines.
   * @param {boolean} held
   */
  async hold(held) {
    this.#held = held;
    await this.#put();
  }

  /**
   * Whether anybody is to see this person: the picture grows once its first frames are through.
   * @param {boolean} seen
   */
  seen(seen) {
    if (seen === (this.#rise !== undefined)) return;
    clearTimeout(this.#rise);
    this.#rise = seen ? setTimeout(() => void this.#send(SEEN), FIRST_MS) : undefined;
    if (!seen) void this.#send(UNSEEN);
  }

  /**
   * What the server allows the picture at most: one size of it, or several at once.
   * @param {Limit[]} limits lowest first
   */
  async limit(limits) {
    this.#limits = limits;
    await this.#send(this.#quality);
  }

  /** Agrees once more on what was agreed, with the server's answer as `dress` has it now. The server hears nothing of it. */
  redress() {
    return this.#alone(async (pc) => {
      const answer = pc.remoteDescription;
      if (!answer) return;
      await pc.setLocalDescription(await pc.createOffer());
      await this.#agree(pc, answer);
    });
  }

  get connected() {
    return this.#pc !== null;
  }

  get connection() {
    return this.#pc;
  }

  close() {
    this.#stopWatching();
    if (this.#video) this.keeper?.release(this.#video.sender);
    this.#pc?.close();
    this.#pc = null;
    this.#audio = this.#video = null;
    this.#busy = Promise.resolve();
  }

  async #put() {
    await this.#audio?.sender.replaceTrack(this.#held ? null : this.#audioTrack);
    await this.#video?.sender.replaceTrack(this.#held ? null : this.#videoTrack);
    await this.#send(this.#quality);
  }

  /** @param {typeof SEEN} quality */
  #send(quality) {
    this.#quality = quality;
    this.#shaping = this.#shaping.then(() => this.#shape());
    return this.#shaping;
  }

  /** Refused while something else changes the line, or agrees on it anew: soon that is over. */
  async #shape() {
    for (let tries = 0; tries < SHAPE_TRIES; tries++) {
      const sender = this.#video?.sender;
      if (!sender || (await sender.setParameters(this.#shaped(sender.getParameters())).then(() => true, () => false))) return;
      await new Promise((resolve) => setTimeout(resolve, SHAPE_MS));
    }
  }

  /** @param {RTCRtpSendParameters} parameters */
  #shaped(parameters) {
    const quality = this.#quality;
    const { width = 0, height = 0 } = this.#videoTrack?.getSettings() ?? {};
    const limits = spread(this.#limits, parameters.encodings.length, width * height, quality === SEEN);
    parameters.encodings.forEach((encoding, i) => {
      const limit = limits[i];
      encoding.active = limit !== null;
      if (!limit) return;
      encoding.maxBitrate = Math.min(quality.maxBitrate, limit.maxBitrate);
      /* the height of a picture that lies on its side */
      encoding.scaleResolutionDownBy = Math.max(
        1,
        Math.min(width, height) / Math.min(quality.height, limit.height),
      );
      encoding.maxFramerate = limit.fps;
    });
    return parameters;
  }

  /**
   * @param {{audio: boolean, video: boolean, echo: boolean}} media
   * @param {boolean} iceRestart
   */
  #negotiate(media, iceRestart) {
    const handle = this.#handle;
    return this.#alone(async (pc) => {
      if (!handle) return;
      await pc.setLocalDescription(await pc.createOffer({ iceRestart }));
      const { jsep } = await handle.request({ request: 'publish', ...media }, pc.localDescription);
      if (jsep && pc === this.#pc) await this.#agree(pc, jsep);
    });
  }

  /** @param {RTCPeerConnection} pc @param {RTCSessionDescriptionInit} answer */
  async #agree(pc, answer) {
    await pc.setRemoteDescription(this.dress(withAllLayers(answer)));
    await this.#send(this.#quality);
  }

  /** One negotiation after the other. @param {(pc: RTCPeerConnection) => Promise<void>} work */
  #alone(work) {
    const pc = this.#pc;
    const done = this.#busy.then(async () => {
      if (pc && pc === this.#pc) await work(pc);
    });
    this.#busy = done.catch(() => {});
    return done;
  }
}

/**
 * Offers only these codecs, in this order, as far as the browser has them.
 * @param {RTCRtpTransceiver} transceiver
 * @param {"audio" | "video"} kind
 * @param {string[]} wanted MIME types in lower case
 */
function prefer(transceiver, kind, wanted) {
  const codecs = RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
  const chosen = wanted.flatMap((type) =>
    codecs.filter((codec) => codec.mimeType.toLowerCase() === type),
  );
  if (chosen.length) transceiver.setCodecPreferences(chosen);
}
