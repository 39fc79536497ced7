// SPDX-License-Identifier: GPL-3.0-or-later
import { parseFragment } from '../core/invitation.js';
import { NamedError } from '../core/errors.js';
import { changed } from '../core/keys.js';
import { initialState, reduce } from '../core/state.js';
import { missing } from '../core/support.js';
import { deviceKey, forgetDeviceKey } from '../e2ee/device-key.js';
import { Devices } from '../media/devices.js';
import { Publisher } from '../media/publisher.js';
import { Receiver } from '../media/receiver.js';
import { keepAwake } from '../media/wake.js';
import { Adapting } from './adapting.js';
import { Privacy } from './privacy.js';
import { watchSurroundings } from './surroundings.js';
import { forget, recall, remember, takeFragment } from './tab-store.js';

/**
 * @typedef {import("../core/state.js").State} State
 * @typedef {import("../core/state.js").Event} Event
 * @typedef {{preview: MediaStream, pairs: MediaStream[], audio: MediaStreamTrack | null}} Media what cannot be in the state
 * @typedef {{phone?: string, exit?: string, ice_servers?: RTCIceServer[], recording_key?: string}} Site
 */

/** One person's call, from opening the page to closing it: the state, the devices and the link. */
export class Call {
  /** @type {State} */
  state;
  /** @type {import("./link.js").Link | null} */
  #link = null;
  #devices = new Devices();
  #publisher = new Publisher();
  #receiver = new Receiver();
  #adapting = new Adapting(this.#publisher, this.#receiver, this);
  /** @type {(state: State, media: Media, event: Event) => void} */
  #show;
  /** @type {Site} */
  #site = {};
  #fragment = '';
  #held = false;
  /** What can be done about keys. */
  privacy = new Privacy(
    () => this.state,
    (event) => this.#toldOfKeys(event),
  );

  /**
   * @param {"client" | "therapist"} page
   * @param {(state: State, media: Media, event: Event) => void} show called after every change
   */
  constructor(page, show) {
    this.state = initialState(page);
    this.#show = show;
    this.#receiver.onpairs = () => {
      this.dispatch({ type: 'pairs' });
      if (this.#receiver.pairs.length > 1 && this.state.place !== 'admitted') void this.#link?.widen();
    };
    this.#publisher.onleak = () => this.#heard({ type: 'failed', name: 'E2EE_LEAK' });
    this.#devices.onlost = (kind) => void this.#lost(kind);
  }

  /** @returns {Media} */
  get media() {
    const { preview, audio } = this.#devices;
    return { preview, pairs: this.#receiver.pairs, audio };
  }

  /** @param {Event} event */
  dispatch(event) {
    const stamped =
      event.type === 'waiting' ? { ...event, at_ms: Date.now() }
        : event.type === 'clock' ? { ...event, at_ms: performance.now() } : event;
    this.state = reduce(this.state, stamped);
    this.#show(this.state, this.media, stamped);
    this.#publisher.seen(this.state.view === 'session');
  }

  /**
   * Reads the invitation and joins. Needs no camera, so it happens as soon as the page is open.
   * @param {Site} site
   */
  async open(site) {
    this.#site = site;
    this.dispatch({ type: 'site', phone: site.phone, recordable: Boolean(site.recording_key) });
    this.#fragment = takeFragment();
    const unable = await missing(globalThis);
    if (unable) return this.dispatch({ type: 'failed', name: unable });
    watchSurroundings({
      moved: () => this.#link?.moved(),
      doubt: () => this.#link?.doubt(),
      devices: () => void this.#listDevices(),
    });
    await this.#join();
  }

  /** Tries again now: the next attempt of a lost link, or all from the beginning. */
  async retry() {
    if (this.state.error === null) this.#link?.doubt();
    else await this.rejoin();
  }

  /** Uses the invitation again, after leaving or failing. */
  async rejoin() {
    const former = this.state;
    this.state = { ...initialState(former.page), phone: former.phone, recordable: former.recordable };
    remember('invitation', this.#fragment);
    this.dispatch({ type: 'rejoin' });
    await this.#join();
  }

  async #join() {
    const invitation = parseFragment(this.#fragment);
    if (!invitation) {
      const name = this.#fragment ? 'TOKEN_MALFORMED' : 'LINK_MISSING';
      return this.dispatch({ type: 'failed', name });
    }
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    /* what is behind the first view: loaded while that is read */
    const [keeper, { Link }] = await Promise.all([this.privacy.start(), import('./link.js')]);
    this.#publisher.keeper = this.#receiver.keeper = keeper;
    keeper.onlate = (ms) => void this.#adapting.late(ms);
    this.#link = new Link({
      url: `${scheme}//${location.host}/janus`,
      token: invitation.token,
      secret: invitation.secret,
      keeper,
      key: await deviceKey(this.state.page),
      rtc: { iceServers: this.#site.ice_servers ?? [] },
      publisher: this.#publisher,
      receiver: this.#receiver,
      emit: (event) => this.#heard(event),
    });
    void this.#link.run();
  }

  /** @param {Event} event */
  #heard(event) {
    this.dispatch(event);
    if (event.type === 'joined') this.#resume(event);
    void this.#adapting.hear(event);
    this.#holdBack();
    if (this.state.over !== null) this.#finish();
    else if (event.type === 'failed') this.#rest();
  }

  /** @param {Event} event */
  #toldOfKeys(event) {
    if (event.type === 'failed') return this.#heard(event);
    this.dispatch(event);
    return this.#holdBack();
  }

  /** To somebody whose key has changed nothing is sent before this person has said so. */
  #holdBack() {
    const held = changed(this.state) !== null;
    if (held === this.#held) return;
    this.#held = held;
    void this.#publisher.hold(held);
  }

  /**
   * After a reload the devices come on again as they were: the person chose so in this tab.
   * @param {Event} joined
   */
  #resume(joined) {
    if (joined.role === 'observer' || this.state.wanted !== 'none' || this.state.starting) return;
    const wanted = recall('wanted');
    if (joined.resumed && (wanted === 'both' || wanted === 'voice' || wanted === 'listen'))
      void this.start(wanted);
  }

  /**
   * Turns on camera and microphone, or only the microphone, or neither.
   * @param {"both" | "voice" | "listen"} wanted
   */
  async start(wanted) {
    if (this.state.starting) return;
    this.dispatch({ type: 'starting' });
    const name = await this.#devices.start(wanted);
    const { audio, video } = this.#devices;
    if (this.state.over !== null) return this.#devices.stop();
    this.dispatch({ type: 'started', wanted, name, audio: Boolean(audio), video: Boolean(video) });
    await this.#listDevices();
    if (this.state.wanted === 'none') return;
    remember('wanted', wanted);
    keepAwake(true);
    await this.#publish();
  }

  async #publish() {
    await this.#publisher.replace({ audio: this.#devices.audio, video: this.#devices.video });
    await this.send({});
  }

  /**
   * Changes what is sent, at the source first and then at the server.
   * @param {{audio?: boolean, video?: boolean, echo?: boolean}} change
   */
  async send(change) {
    this.dispatch({ type: 'sends', ...change });
    if (this.#devices.audio) this.#devices.audio.enabled = this.state.sends.audio;
    await this.ask(() => this.#link?.send(this.state.sends));
  }

  /** The device check is behind. */
  async checked() {
    const echo = this.state.sends.echo;
    this.dispatch({ type: 'checked' });
    if (echo) await this.send({ echo: false });
  }

  /** Microphone on or off. */
  async toggleMicrophone() {
    if (!this.state.has.audio) return this.useMicrophone('');
    await this.send({ audio: !this.state.sends.audio });
  }

  /** Camera on or off; off means that its light goes out. */
  async toggleCamera() {
    if (!this.state.has.video) return this.useCamera('');
    this.#devices.stopCamera();
    this.dispatch({ type: 'has', video: false });
    await this.#publisher.replace({ video: null });
    await this.send({ video: false });
  }

  /** @param {string} id empty: any */
  async useCamera(id) {
    const name = await this.#devices.useCamera(id || undefined);
    await this.#changed(name);
    await this.send({ video: Boolean(this.#devices.video) });
  }

  /** @param {string} id empty: any */
  async useMicrophone(id) {
    const name = await this.#devices.useMicrophone(id || undefined);
    await this.#changed(name);
    if (!name) await this.send({ audio: true });
  }

  /** @param {string | null} name of an error */
  async #changed(name) {
    const { audio, video } = this.#devices;
    this.dispatch({ type: 'has', audio: Boolean(audio), video: Boolean(video) });
    this.dispatch({ type: 'notice', name });
    await this.#publisher.replace({ audio, video });
    await this.#listDevices();
  }

  /**
   * A device was unplugged or taken: go on with another if there is one.
   * @param {"audio" | "video"} kind
   */
  async #lost(kind) {
    if (this.state.over !== null) return;
    if (kind === 'audio') {
      await this.useMicrophone('');
      if (this.state.notice) this.dispatch({ type: 'notice', name: 'MICROPHONE_LOST' });
    } else {
      await this.useCamera('');
      if (this.state.notice) this.dispatch({ type: 'notice', name: 'CAMERA_LOST' });
    }
  }

  async #listDevices() {
    const list = await this.#devices.list().catch(() => ({ cameras: [], microphones: [] }));
    this.dispatch({ type: 'devices', ...list, ...this.#devices.chosen });
  }

  /**
   * Asks the server for something; what it refuses is shown in words.
   * @param {() => Promise<unknown> | undefined} asked
   * @returns {Promise<boolean>}
   */
  async ask(asked) {
    try {
      await asked();
      return true;
    } catch (why) {
      /* a lost link shows by itself, and what was wanted is done again when it is back */
      if (why instanceof NamedError && why.name !== 'SERVER_GONE')
        this.dispatch({ type: 'notice', name: why.name });
      return false;
    }
  }

  /** A request of this page; goes out before anything else is done. @param {Record<string, unknown>} body */
  request(body) {
    return this.ask(() => this.#link?.request(body));
  }

  /**
   * The same for who looks after the answer: rejects with a NamedError, and shows nothing by itself.
   * @param {Record<string, unknown>} body
   * @returns {Promise<Record<string, any>>}
   */
  async tell(body) {
    if (!this.#link) throw new NamedError('SERVER_GONE');
    return this.#link.request(body);
  }

  /** Says what nobody answers. @param {Record<string, unknown>} body */
  say(body) {
    this.#link?.say(body);
  }

  /** Lets somebody in, with keys. @param {string} participant @param {number} knock */
  admit(participant, knock) {
    return this.ask(() => this.privacy.admit(participant, knock));
  }

  async leave() {
    const link = this.#link;
    this.dispatch({ type: 'left' });
    this.#finish();
    await link?.leave();
  }

  /** Gone from the screen this instant, leaving nothing in this tab. */
  flee() {
    this.#link?.flee();
    this.#devices.stop();
    forget();
  }

  /** Removes what would let this browser come back. */
  async clear() {
    forget();
    this.#fragment = '';
    await forgetDeviceKey();
    await this.privacy.forget();
    this.dispatch({ type: 'cleared' });
  }

  /** Devices off, and nothing more in the tab. */
  #finish() {
    this.#rest();
    this.privacy.end();
    forget();
  }

  #rest() {
    this.#adapting.stop();
    this.#devices.stop();
    this.#publisher.close();
    this.#receiver.close();
    keepAwake(false);
  }
}
