// SPDX-License-Identifier: GPL-3.0-or-later
/** Whose picture is wanted first: who speaks, as this page hears it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { View } from '../../html/js/app/view.js';
import { HOLD_MS, listen, nobodyYet } from '../../html/js/core/loudest.js';

const SPEAKS = 2.5e-3; /* a second, about 26 dB below full scale */
const STEP_MS = 250;

/** A room to listen to, a quarter of a second at a time. */
function room() {
  let [now, at_ms] = [nobodyYet(), 0];
  /** @type {Record<string, number>} */ const energies = {};
  return (/** @type {Record<string, number>} */ powers, /** @type {number} */ ms) => {
    for (const who of Object.keys(energies)) if (!(who in powers)) delete energies[who];
    for (let end = at_ms + ms; at_ms < end;) {
      at_ms += STEP_MS;
      for (const [who, power] of Object.entries(powers)) energies[who] = (energies[who] ?? 0) + (power * STEP_MS) / 1000;
      now = listen(now, energies, at_ms);
    }
    return now.who;
  };
}

describe('who speaks', () => {
  it('is nobody while all are silent, and then whoever is loud, soon', () => {
    const hear = room();
    assert.equal(hear({ a: 0, b: 1e-6 }, 5000), '');
    assert.equal(hear({ a: 0, b: SPEAKS }, 1000), 'b');
  });

  it('is somebody else only after a while, and never for a cough', () => {
    const hear = room();
    hear({ a: SPEAKS, b: 0 }, 2000);
    assert.equal(hear({ a: 0, b: SPEAKS }, HOLD_MS - 2500), 'a', 'not so soon');
    assert.equal(hear({ a: 0, b: SPEAKS }, 2500), 'b');
    hear({ a: 0, b: SPEAKS }, HOLD_MS);
    assert.equal(hear({ a: SPEAKS, b: SPEAKS }, 4000), 'b', 'no louder');
    assert.equal(hear({ a: 20 * SPEAKS, b: SPEAKS }, STEP_MS), 'a');
  });

  it('stays through a silence, and not when they leave', () => {
    const hear = room();
    hear({ a: 0, b: SPEAKS }, 2000);
    assert.equal(hear({ a: 0, b: 0 }, 60_000), 'b');
    assert.equal(hear({ a: 0, c: 0 }, STEP_MS), '');
  });

  it('is not whose connection begins anew with what others have been heard for', () => {
    let now = listen(listen(nobodyYet(), { a: 5, b: 0 }, 1000), { a: 5, b: 0 }, 1250);
    assert.equal(now.who, '', 'what was before the first look does not count');
    now = listen(now, { a: 0, b: 0 }, 1500);
    assert.equal(now.who, '');
  });
});

describe('a page', () => {
  /** @param {string} own @param {{participant: string, role: string}[]} others */
  async function says(own, others) {
    /** @type {unknown[]} */ const told = [];
    const view = new View(async (body) => told.push(body));
    const pairs = /** @type {any[]} */ (others.map(({ participant }) => ({ getAudioTracks: () => [{ id: `track ${participant}` }] })));
    view.hear({ type: 'joined', participant: own });
    view.hear({ type: 'roster', peers: [{ participant: own, role: 'client', slot: -1, video: true }, ...others.map((each, slot) => ({ ...each, slot, video: true }))] });
    for (let i = 0; i < 6; i++) {
      await view.look(pairs, Object.fromEntries(others.map(({ participant }, k) => [`track ${participant}`, k * i])));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return told;
  }
  const [therapist, amina, sara] = [{ participant: 't', role: 'therapist' }, { participant: 'a', role: 'client' }, { participant: 's', role: 'guest' }];

  it('of the therapist says whom of two she hears, once', async () => {
    assert.deepEqual(await says('t', [amina, sara]), [{ request: 'prefer', view: 's' }]);
  });

  it('says nothing where there is nothing to choose: the therapist is first anyhow', async () => {
    assert.deepEqual(await says('a', [therapist, sara]), []);
    assert.deepEqual(await says('t', [sara]), []);
  });
});
