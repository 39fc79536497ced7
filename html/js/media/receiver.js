// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What this person receives: one connection that the server offers, in pairs of an audio and a video
 * line. Pair k carries whoever the roster says has slot k; a pair keeps its stream for good, so a
 * picture can be put on the page before anybody is there.
 */

import { withoutNack } from './resending.js';

/** @typedef {import("../janus/handle.js").JanusHandle} JanusHandle */

export class Receiver {
  /** @type {RTCPeerConnection | null} */
  #pc = null;
  /** @type {JanusHandle | null} */
  #handle = null;
  /** @type {Promise<unknown>} one negotiation at a time */
  #busy = Promise.resolve();
  #ticket = '';
  /** @type {RTCSessionDescriptionInit | null} the last one */
  #offer = null;

  /** @type {MediaStream[]} by slot */
  pairs = [];
  /**
   * Whether pictures that are lost are asked for again. While the way here is tested with padding they should not
   * be: on a narrow link the asking alone fills the way back. Later the tier in force says so.
   */
  nack = true;
  /** @type {() => void} there are new streams */
  onpairs = () => {};
  /** @type {(state: RTCIceConnectionState) => void} */
  onstate = () => {};
  /** @type {(why: unknown) => void} an offer of the server could not be answered */
  onfailure = () => {};
  /** @type {import("../e2ee/keeper.js").Keeper | null} opens what arrives */
  keeper = null;

  /**
   * @param {JanusHandle} handle a fresh one
   * @param {string} ticket from `joined`
   * @param {RTCConfiguration} config
   */
  async connect(handle, ticket, config) {
    this.close();
    const { keeper } = this;
    if (!keeper) throw new TypeError('no keeper');
    const pc = new RTCPeerConnection({ ...config, bundlePolicy: 'max-bundle' });
    this.#pc = pc;
    this.#handle = handle;
    this.#ticket = ticket;
    /** @type {MediaStream[]} */
    const pairs = [];
    pc.ontrack = ({ transceiver, track }) => {
      const slot = Math.floor(pc.getTransceivers().indexOf(transceiver) / 2);
      keeper.open(transceiver.receiver, track.kind === 'audio' ? 0 : 1, slot);
      (pairs[slot] ??= new MediaStream()).addTrack(track);
    };
    pc.onicecandidate = ({ candidate }) => handle.trickle(candidate);
    pc.oniceconnectionstatechange = () => {
      if (pc === this.#pc) this.onstate(pc.iceConnectionState);
    };
    handle.oncandidate = (candidate) => void pc.addIceCandidate(candidate).catch(() => {});
    handle.onevent = (data, jsep) => {
      if (data.therapy === 'offer' && jsep) this.#answer(jsep).catch((why) => this.onfailure(why));
    };
    await this.#receive(false);
    /* only now: until the new streams are there the last pictures of the former ones stay */
    this.pairs = pairs;
    this.onpairs();
  }

  /** Finds a new way through the network, keeping the connection. */
  restart() {
    return this.#receive(true);
  }

  get connection() {
    return this.#pc;
  }

  close() {
    this.#pc?.close();
    this.#pc = this.#offer = null;
    this.#busy = Promise.resolve();
  }

  /** @param {boolean} restart */
  async #receive(restart) {
    const handle = this.#handle;
    if (!handle) return;
    const { jsep } = await handle.request({ request: 'receive', ticket: this.#ticket, restart });
    if (jsep) await this.#answer(jsep);
  }

  /** With `nack` from now on or without, agreed on once more; the server hears nothing of it. @param {boolean} nack */
  async setNack(nack) {
    const pc = this.#pc;
    if (this.nack === nack) return;
    this.nack = nack;
    this.#busy = this.#busy.then(async () => {
      if (pc && pc === this.#pc && this.#offer) await this.#agree(pc, this.#offer);
    }).catch(() => {});
    await this.#busy;
  }

  /** @param {RTCPeerConnection} pc @param {RTCSessionDescriptionInit} offer */
  async #agree(pc, offer) {
    /* one browser asks for what its own answer has, another for what it was offered */
    await pc.setRemoteDescription(this.nack ? offer : { type: offer.type, sdp: withoutNack(offer.sdp) });
    const { type, sdp } = await pc.createAnswer();
    /* what was left out once is not in an answer again by itself */
    const without = withoutNack(sdp);
    const wanted = without.replace(/^(a=rtcp-fb:\S+ nack) pli\r\n/gm, '$1\r\n$&');
    await pc.setLocalDescription({ type, sdp: this.nack ? wanted : without });
  }

  /** @param {RTCSessionDescriptionInit} offer */
  #answer(offer) {
    const pc = this.#pc;
    const handle = this.#handle;
    const work = async () => {
      if (!pc || !handle || pc !== this.#pc) return;
      this.#offer = offer;
      await this.#agree(pc, offer);
      await handle.request({ request: 'answer' }, pc.localDescription);
      if (pc === this.#pc) this.onpairs();
    };
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => {});
    return done;
  }
}
