// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { initialState, reduce, shownError } from '../../html/js/core/state.js';
import { scenes } from './scenes.mjs';

/** @typedef {import('../../html/js/core/state.js').State} State */

/** @param {Array<{type: string} & Record<string, any>>} events @param {'client' | 'therapist'} [page] */
const after = (events, page = 'client') => events.reduce(reduce, initialState(page));

const JOINED = {
  type: 'joined',
  participant: 'c',
  role: 'client',
  name: 'Amina',
  with: 'Dr Khan',
  room: 'r',
  area: 'a',
  state: 'waiting',
  therapist_present: false,
};
const UP = { type: 'link', status: 'up' };
const STARTED = { type: 'started', wanted: 'both', name: null, audio: true, video: true };
const ADMITTED = { type: 'state', state: 'admitted', reason: 'admitted', room: 'r' };
const ROSTER = {
  type: 'roster',
  room: 'r',
  locked: false,
  peers: [
    {
      participant: 't',
      role: 'therapist',
      name: 'Dr Khan',
      audio: true,
      video: true,
      slot: 0,
      away: false,
    },
  ],
};

describe('what a client sees', () => {
  it('goes from arriving over the check to waiting, the session and goodbye', () => {
    const events = [
      JOINED,
      UP,
      STARTED,
      { type: 'checked' },
      ADMITTED,
      { type: 'state', state: 'ended', reason: 'ended' },
    ];
    const views = events.map((_, index) => after(events.slice(0, index + 1)).view);
    assert.deepEqual(views, ['arrive', 'arrive', 'check', 'waiting', 'session', 'goodbye']);
  });

  it('is let in straight from the device check, or before any device is on', () => {
    assert.equal(after([JOINED, STARTED, ADMITTED]).view, 'session');
    assert.equal(after([JOINED, ADMITTED]).view, 'session');
  });

  it('goes back to waiting when held, and forgets who was in the room', () => {
    const state = after([
      JOINED,
      STARTED,
      ADMITTED,
      ROSTER,
      { type: 'state', state: 'held', reason: 'held' },
    ]);
    assert.equal(state.view, 'waiting');
    assert.deepEqual(state.peers, []);
    assert.equal(state.room, '');
  });

  it('is in the session at once after a reconnect, without a second check', () => {
    const state = after([{ ...JOINED, resumed: true, state: 'admitted' }, STARTED]);
    assert.equal(state.view, 'session');
    assert.equal(after([{ ...JOINED, resumed: true }, STARTED]).view, 'waiting');
  });

  it('stays on the same page while a link that was up is lost', () => {
    const lost = after([
      JOINED,
      UP,
      STARTED,
      ADMITTED,
      ROSTER,
      { type: 'link', status: 'lost', name: 'NO_NETWORK' },
    ]);
    assert.equal(lost.view, 'session');
    assert.equal(lost.link.status, 'lost');
    const trying = reduce(lost, { type: 'link', status: 'connecting' });
    assert.equal(trying.link.status, 'lost', 'trying again is not yet being back');
    assert.equal(reduce(trying, UP).link.name, '');
  });

  it('sees an error while nothing has worked yet, and leaves it when it does', () => {
    const lost = after([{ type: 'link', status: 'lost', name: 'SERVER_GONE' }]);
    assert.equal(lost.view, 'error');
    assert.equal(shownError(lost), 'SERVER_GONE');
    assert.equal([JOINED, UP].reduce(reduce, lost).view, 'arrive');
  });

  it('shows a fatal error whatever else is known', () => {
    const state = after([JOINED, UP, STARTED, ADMITTED, { type: 'failed', name: 'TOKEN_EXPIRED' }]);
    assert.equal(state.view, 'error');
    assert.equal(shownError(state), 'TOKEN_EXPIRED');
  });

  it('never shows anything again after the end, whatever comes late', () => {
    const over = after([
      JOINED,
      STARTED,
      ADMITTED,
      { type: 'state', state: 'removed', reason: 'removed' },
    ]);
    for (const late of [
      ADMITTED,
      ROSTER,
      JOINED,
      UP,
      { type: 'link', status: 'lost', name: 'SERVER_GONE' },
    ])
      assert.equal(reduce(over, late).view, 'goodbye', late.type);
  });

  it('gives the reason of the end, not only its name', () => {
    assert.equal(
      after([JOINED, { type: 'state', state: 'left', reason: 'replaced' }]).over,
      'replaced',
    );
    assert.equal(after([JOINED, { type: 'left' }]).over, 'left');
  });

  it('lets an observer wait without any device', () => {
    assert.equal(after([{ ...JOINED, role: 'observer' }]).view, 'waiting');
  });
});

describe('devices', () => {
  it('go on with the voice when only the camera fails', () => {
    const state = after([
      JOINED,
      { type: 'started', wanted: 'both', name: 'CAMERA_BUSY', audio: true, video: false },
    ]);
    assert.equal(state.wanted, 'voice');
    assert.equal(state.notice, 'CAMERA_BUSY');
    assert.deepEqual(state.sends, { audio: true, video: false, echo: false });
    assert.equal(state.view, 'check');
  });

  it('do not start without a microphone, unless one only wants to listen', () => {
    const failed = after([
      JOINED,
      { type: 'started', wanted: 'both', name: 'NO_MICROPHONE', audio: false, video: false },
    ]);
    assert.equal(failed.wanted, 'none');
    assert.equal(failed.view, 'arrive');
    const listening = reduce(failed, {
      type: 'started',
      wanted: 'listen',
      name: null,
      audio: false,
      video: false,
    });
    assert.equal(listening.wanted, 'listen');
    assert.equal(listening.view, 'check');
  });

  it('end the echo with the check and with admission', () => {
    const echo = after([JOINED, STARTED, { type: 'sends', echo: true }]);
    assert.equal(echo.sends.echo, true);
    assert.equal(reduce(echo, { type: 'checked' }).sends.echo, false);
    assert.equal(reduce(echo, ADMITTED).sends.echo, false);
  });

  it('keep what is not spoken of when something is muted', () => {
    const state = after([JOINED, STARTED, { type: 'sends', audio: false }]);
    assert.deepEqual(state.sends, { audio: false, video: true, echo: false });
  });
});

/** @param {string} participant @param {number} waited_s @param {string} [state] */
const person = (participant, waited_s, state = 'waiting') => ({
  participant,
  knock: 1,
  name: participant,
  role: 'client',
  room: 'r',
  state,
  away: false,
  waited_s,
  ready: true,
  locked: false,
});
/** @param {Array<ReturnType<typeof person>>} people @param {number} at_ms */
const list = (people, at_ms) => ({ type: 'waiting', people, at_ms });
const THERAPIST = { ...JOINED, participant: 't', role: 'therapist' };
/** @param {State} state */
const order = (state) => state.desk.people.map((one) => one.participant).join('');

describe('what a therapist sees', () => {
  it('has those who wait longest first, and keeps everybody in place after', () => {
    const first = after([THERAPIST, list([person('b', 5), person('a', 60)], 1)], 'therapist');
    assert.equal(order(first), 'ab');
    /* the same second for both must not swap them */
    const next = reduce(first, list([person('b', 61), person('a', 61)], 2));
    assert.equal(order(next), 'ab');
    const more = reduce(next, list([person('c', 900), person('b', 62), person('a', 62)], 3));
    assert.equal(order(more), 'abc', 'a new one comes last, however long their clock says');
  });

  it('knows when somebody moved under the pointer', () => {
    const two = after([THERAPIST, list([person('a', 60), person('b', 5)], 1000)], 'therapist');
    assert.equal(two.desk.moved_ms, 0, 'a first list has moved nobody');
    const three = reduce(two, list([person('a', 61), person('b', 6), person('c', 0)], 2000));
    assert.equal(three.desk.moved_ms, 0, 'one more at the end moves nobody');
    const gone = reduce(three, list([person('b', 7), person('c', 1)], 3000));
    assert.equal(gone.desk.moved_ms, 3000);
  });

  it('is at the desk while nobody is in the room, and in the session while somebody is', () => {
    const alone = after([THERAPIST, UP, ADMITTED], 'therapist');
    assert.equal(alone.view, 'waiting');
    const peer = { ...ROSTER, peers: [{ ...ROSTER.peers[0], participant: 'c', role: 'client' }] };
    assert.equal(reduce(alone, peer).view, 'session');
    assert.equal(reduce(reduce(alone, peer), { ...ROSTER, peers: [] }).view, 'waiting');
  });

  it('loses the question about somebody who has gone', () => {
    const asked = [
      THERAPIST,
      list([person('a', 60)], 1),
      { type: 'dialog', dialog: { kind: 'deny', participant: 'a', knock: 1 } },
    ];
    assert.equal(after(asked, 'therapist').dialog?.kind, 'deny');
    assert.equal(after([...asked, list([], 2)], 'therapist').dialog, null);
  });
});

describe('the reducer', () => {
  it('changes nothing it was given', () => {
    /** @param {any} value @returns {any} */
    const freeze = (value) => (
      value && typeof value === 'object' && Object.values(value).forEach(freeze),
      Object.freeze(value)
    );
    for (const scene of Object.values(scenes('en'))) {
      scene.events.reduce(
        (state, event) => freeze(reduce(state, freeze(event))),
        freeze(initialState(scene.page)),
      );
    }
  });

  it('ignores what it does not know', () => {
    const state = after([JOINED]);
    assert.equal(reduce(state, { type: 'from-the-future' }), state);
  });

  it('knows that no session may begin, until it is told otherwise or joins again', () => {
    const draining = { type: 'draining', draining: true };
    assert.equal(after([JOINED]).draining, false);
    assert.equal(after([JOINED, draining]).draining, true);
    assert.equal(after([JOINED, draining, { ...draining, draining: false }]).draining, false);
    assert.equal(after([JOINED, draining, JOINED]).draining, false);
  });

  it('survives nonsense from the server', () => {
    for (const event of [
      { type: 'joined' },
      { type: 'state' },
      { type: 'roster', peers: 7 },
      { type: 'waiting', people: 'x', at_ms: 1 },
      { type: 'message', text: {} },
      { type: 'presence' },
      { type: 'draining' },
    ])
      assert.ok(reduce(after([JOINED, STARTED]), event).view);
  });

  it('reaches every view', () => {
    const views = new Set(
      Object.values(scenes('en')).map(
        ({ page, events }) => after(/** @type {any} */ (events), page).view,
      ),
    );
    assert.deepEqual([...views].sort(), [
      'arrive',
      'check',
      'error',
      'goodbye',
      'session',
      'waiting',
    ]);
  });
});
