// SPDX-License-Identifier: GPL-3.0-or-later
/** A therapist's page seals keys only when its therapist has wanted a recording here, and only while it is on. */
import './globals.mjs';
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Recording } from '../../html/js/app/recording.js';
import { initialState, reduce } from '../../html/js/core/state.js';
import { readToWorker } from '../../html/js/e2ee/messages.js';

const KEY = 'therapy-recording.public.4XN5eJh2Enz07BNpRbkoCVzbw0XwgOwMbp5fq4SWbGM';

/** A page in a session with somebody, and what it did. */
class Desk {
  state = [
    { type: 'site', recordable: true },
    { type: 'joined', participant: 't', role: 'therapist', state: 'waiting' },
    { type: 'state', state: 'admitted', reason: 'admitted', room: 'r' },
  ].reduce(reduce, initialState('therapist'));
  /** @type {string[]} */ sealed = [];
  /** @type {Record<string, unknown>[]} */ asked = [];
  renewed = 0;
  privacy = {
    record: (/** @type {string} */ key) => this.sealed.push(key),
    renew: () => {
      this.renewed += 1;
      setTimeout(() => this.dispatch({ type: 'keys', about: 'members', members: [] }), 20);
    },
  };
  recording = new Recording(/** @type {any} */ (this), KEY);

  /** @param {{type: string} & Record<string, unknown>} event */
  dispatch(event) {
    this.state = reduce(this.state, event);
    this.recording.tend();
  }

  /** @param {Record<string, unknown>} body */
  async request(body) {
    this.asked.push(body);
    return true;
  }

  /** @param {string} action */
  press(action) {
    return this.recording.actions[action]({}, /** @type {any} */ (null));
  }

  /** What the server says. @param {string} state */
  hears(state) {
    this.dispatch({ type: 'recording', state, video: false, agreed: true });
  }
}

describe('a recording, on the therapist\'s page', () => {
  beforeEach(() => {
    const kept = new Map();
    Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, value: {
      getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
    } });
  });

  it('is asked for with new keys, sealed while it is on, and not a moment longer', async () => {
    const desk = new Desk();
    desk.press('record');
    assert.equal(desk.state.dialog?.kind, 'record');
    await desk.press('record-both');
    assert.equal(desk.renewed, 1);
    assert.deepEqual(desk.asked, [{ request: 'record', video: true }]);
    desk.hears('waiting');
    assert.deepEqual(desk.sealed, ['']);
    desk.hears('on');
    assert.equal(desk.sealed.at(-1), KEY);
    desk.hears('paused');
    assert.equal(desk.sealed.at(-1), '');
    desk.hears('on');
    assert.equal(desk.sealed.at(-1), KEY);
    desk.dispatch({ type: 'state', state: 'waiting', reason: 'ended' });
    assert.equal(desk.sealed.at(-1), '', 'out of the room');
    desk.dispatch({ type: 'state', state: 'admitted', reason: 'admitted', room: 'r' });
    desk.hears('stopped');
    desk.hears('on');
    assert.equal(desk.sealed.at(-1), '', 'a new one is for the therapist to want');
  });

  it('that only the server wants is given no keys', () => {
    const desk = new Desk();
    for (const state of ['waiting', 'on', 'paused', 'on', 'stopped', 'on']) desk.hears(state);
    assert.ok(desk.sealed.length > 0);
    assert.deepEqual([...new Set(desk.sealed)], ['']);
  });

  it('goes on after a reload of the page, in that room and no other', async () => {
    await new Desk().press('record-sound');
    const again = new Desk();
    again.hears('on');
    assert.equal(again.sealed.at(-1), KEY);
    const other = new Desk();
    other.dispatch({ type: 'state', state: 'admitted', reason: 'admitted', room: 'r-other' });
    other.hears('on');
    assert.equal(other.sealed.at(-1), '');
  });

  it('another therapist agrees to as it is', async () => {
    const desk = new Desk();
    desk.dispatch({ type: 'recording', state: 'waiting', video: true, agreed: false });
    await desk.press('record-agree');
    assert.deepEqual(desk.asked, [{ request: 'record', video: true }]);
  });
});

describe('what is said of a recording', () => {
  it('is forgotten outside of the room, and when it was read', () => {
    const desk = new Desk();
    desk.dispatch({ type: 'recording', state: 'stopped', reason: 'refused' });
    assert.deepEqual(desk.state.recording, { state: 'stopped', video: false, agreed: false, reason: 'refused' });
    desk.dispatch({ type: 'recording' });
    assert.equal(desk.state.recording, null);
    desk.hears('idle');
    assert.equal(desk.state.recording, null);
  });

  it('reaches the worker as a key or nothing', () => {
    assert.deepEqual(readToWorker({ kind: 'record', key: KEY }), { kind: 'record', key: KEY });
    assert.equal(readToWorker({ kind: 'record', key: 'x'.repeat(81) }), null);
    assert.equal(readToWorker({ kind: 'record' }), null);
  });
});
