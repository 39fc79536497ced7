// SPDX-License-Identifier: GPL-3.0-or-later
/** What the therapist's page has for an emergency, and for how long. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { NamedError } from '../../html/js/core/errors.js';
import { initialState, reduce } from '../../html/js/core/state.js';
import { Emergency } from '../../html/js/app/emergency.js';

/** @typedef {import('../../html/js/core/state.js').Event} Event */

const ADMITTED = { type: 'state', state: 'admitted', reason: 'admitted', room: 'r' };

describe('what an emergency would need', () => {
  /** @param {Record<string, unknown>} more */
  const person = (more) => ({ participant: 'p', knock: 1, name: 'Amina', role: 'client', room: 'r', state: 'admitted', away: false, waited_s: 1, ready: true, locked: false, ...more });
  /** @type {any} */ let page;
  /** @type {Emergency} */ let emergency;
  beforeEach(() => {
    page = {
      state: initialState('therapist'),
      asked: [],
      place: '12 Mall Road',
      dispatch(/** @type {Event} */ event) {
        this.state = reduce(this.state, event);
        emergency.tend();
      },
      async tell(/** @type {Record<string, any>} */ body) {
        this.asked.push(body);
        if (this.place === '') throw new NamedError('SERVER_GONE');
        return { place: this.place };
      },
    };
    emergency = new Emergency(page);
    page.dispatch({ type: 'joined', participant: 't', role: 'therapist', name: 'Dr Khan', with: '', room: '', area: 'a', state: 'waiting' });
  });
  const ROSTER = { type: 'roster', room: 'r', locked: false, peers: [{ participant: 'p', role: 'client', name: 'Amina', slot: 0 }] };

  it('is fetched when somebody is let in, and when it changes; nobody else is asked about', async () => {
    page.dispatch({ type: 'waiting', people: [person({ state: 'waiting', details: 1 })] });
    assert.deepEqual(page.asked, []);
    page.dispatch(ADMITTED);
    page.dispatch(ROSTER);
    const others = [person({ participant: 'q', room: 's', details: 1 }), person({ participant: 'o' }), person({ participant: 'n', name: 'Noor', details: 0 })];
    page.dispatch({ type: 'waiting', people: [person({ details: 1 }), ...others] });
    await sleep(5);
    assert.deepEqual(page.asked, [{ request: 'consent_detail', participant: 'p' }]);
    assert.deepEqual(page.state.desk.details.p, { name: 'Amina', place: '12 Mall Road', contact: '' });
    assert.deepEqual(Object.keys(page.state.desk.details).sort(), ['n', 'p']);
    page.place = 'elsewhere';
    page.dispatch({ type: 'waiting', people: [person({ details: 2 })] });
    await sleep(5);
    assert.equal(page.state.desk.details.p.place, 'elsewhere');
    page.dispatch({ type: 'waiting', people: [person({ details: 0 })] });
    assert.equal(page.state.desk.details.p.place, '', 'taken back');
  });

  it('stays when a person is lost, and goes when the session was ended or the next begins', async () => {
    for (const end of ['ended', 'left_alone']) {
      page.dispatch(ADMITTED);
      page.dispatch({ type: 'waiting', people: [person({ details: 1 })] });
      await sleep(5);
      page.dispatch({ type: 'waiting', people: [] });
      assert.equal(page.state.desk.details.p.place, '12 Mall Road');
      page.dispatch({ type: 'state', state: 'waiting', reason: end });
      assert.equal('p' in page.state.desk.details, end === 'left_alone');
    }
    page.dispatch(ADMITTED);
    assert.deepEqual(page.state.desk.details, {});
  });

  it('is asked for again after it could not be had', async () => {
    page.place = '';
    page.dispatch(ADMITTED);
    page.dispatch({ type: 'waiting', people: [person({ details: 1 })] });
    await sleep(5);
    page.place = '12 Mall Road';
    page.dispatch({ type: 'waiting', people: [person({ details: 1 })] });
    await sleep(5);
    assert.equal(page.state.desk.details.p.place, '12 Mall Road');
  });
});
