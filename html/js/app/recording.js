// SPDX-License-Identifier: GPL-3.0-or-later
/** A therapist's side of a recording: asks for it, and has its keys sealed while it is on. Loaded where the site has a key for it. */
import { sleep } from '../lib/events.js';
import { recall, remember } from './tab-store.js';

const LOOK_MS = 50;
const PATIENCE_MS = 2000;

export class Recording {
  /** @type {import("./call.js").Call} */
  #call;
  /** @type {string} the organisation's public key, as this site has it: never one that the server names */
  #key;
  /** @type {import("../core/state.js").State['recording']} as it was looked at last */
  #seen = null;

  /**
   * @param {import("./call.js").Call} call
   * @param {string} key
   */
  constructor(call, key) {
    this.#call = call;
    this.#key = key;
  }

  /** @type {import("./page-events.js").Actions} */
  actions = {
    record: () => this.#call.dispatch({ type: 'dialog', dialog: { kind: 'record' } }),
    'record-sound': () => this.#start(false),
    'record-both': () => this.#start(true),
    'record-agree': () => this.#start(this.#call.state.recording?.video === true),
  };

  /** @param {boolean} video */
  async #start(video) {
    this.#call.dispatch({ type: 'dialog', dialog: null });
    await this.#renew();
    /* keys are sealed only where somebody has pressed that button, whatever the server says; also after a reload */
    remember('records', this.#call.state.room);
    await this.#call.request({ request: 'record', video });
  }

  /** New keys first, so that what is sealed does not open what was said before. */
  async #renew() {
    const { members } = this.#call.state.keys;
    this.#call.privacy.renew();
    for (let waited = 0; waited < PATIENCE_MS && this.#call.state.keys.members === members; waited += LOOK_MS) await sleep(LOOK_MS);
  }

  /** After every change of the state. */
  tend() {
    const { recording, room } = this.#call.state;
    if (recording === this.#seen) return;
    this.#seen = recording;
    const mine = room !== '' && recall('records') === room;
    this.#call.privacy.record(mine && recording?.state === 'on' ? this.#key : '');
    if (mine && recording?.state === 'stopped') remember('records', '');
  }
}
