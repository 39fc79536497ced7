// SPDX-License-Identifier: GPL-3.0-or-later
/** Speech by its own clock: late while it stands in a queue, and for no other reason. */
import './globals.mjs';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lateness } from '../../html/js/core/lateness.js';

const PTIME = 20;

/** A voice whose packets are made every 20 ms, and take as long as is said. */
function voice(/** @type {Lateness} */ lateness, slot = 0, first = 2 ** 32 - 48_000) {
  let n = 0;
  let now = 0;
  return (/** @type {number} */ packets, /** @type {number} */ transit) => {
    for (let i = 0; i < packets; i++, n++) {
      now = 10_000 + n * PTIME + transit;
      lateness.take(slot, (first + n * PTIME * 48) % 2 ** 32, now);
    }
    return Math.round(lateness.at(now));
  };
}

describe('speech that comes late', () => {
  it('is known by the first packet, and is over with the first that is in time; its clock may go round', () => {
    const hear = voice(new Lateness());
    assert.equal(hear(200, 40), 0);
    assert.equal(hear(1, 190), 150);
    assert.equal(hear(50, 340), 300);
    assert.equal(hear(1, 40), 0);
  });

  it('is not late where the way is always long', () => {
    const hear = voice(new Lateness());
    hear(100, 40);
    hear(2200, 140);
    assert.equal(hear(1, 140), 0);
  });

  it('may begin anew after a rest', () => {
    const lateness = new Lateness();
    voice(lateness)(100, 40);
    const now = 10_000 + 100 * PTIME + 5000;
    lateness.take(0, 12_345, now);
    assert.equal(lateness.at(now), 0);
  });

  it('is none when its clock goes back, or on another connection', () => {
    const lateness = new Lateness();
    voice(lateness)(100, 40);
    const [now, ts] = [10_000 + 99 * PTIME + 60, 2 ** 32 - 48_000 + 99 * PTIME * 48];
    lateness.take(0, (ts - 2 * 48_000) % 2 ** 32, now);
    assert.equal(lateness.at(now), 0, 'no queue grows faster than time goes');
    lateness.take(0, (ts - 2 * 48_000 + PTIME * 48) % 2 ** 32, now + PTIME + 150);
    assert.equal(Math.round(lateness.at(now + PTIME + 150)), 150);
    lateness.forget(0);
    lateness.take(0, (ts - 2 * 48_000 + 2 * PTIME * 48) % 2 ** 32, now + 2 * PTIME + 150);
    assert.equal(lateness.at(now + 2 * PTIME + 150), 0);
  });

  it('counts by the least late of several voices, and not at all when none is heard', () => {
    const lateness = new Lateness();
    const [one, other] = [voice(lateness, 0), voice(lateness, 1)];
    one(100, 40);
    other(100, 40);
    one(1, 400);
    assert.equal(other(1, 60), 20);
    assert.equal(lateness.at(1_000_000), 0);
  });
});
