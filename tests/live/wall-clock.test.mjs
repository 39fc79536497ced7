// SPDX-License-Identifier: GPL-3.0-or-later
/** A server whose clock is set wrong: no session ends early, none outlives its time, also over a crash. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../lab/processes.mjs';
import { Person } from './client.mjs';
import { Gateway, SANITIZED } from './gateway.mjs';

const LENGTH_S = 6;
const GRACE_S = 1;
const LATE_MS = 1000;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

const library = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'faketime/libfaketimeMT.so.1')).find((path) => existsSync(path));
const skip = SANITIZED ? 'one preloaded library is enough' : library ? false : 'libfaketime is not installed';
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a wall clock that is set', { skip }, () => {
  const { folder, remove } = temporaryFolder('wall');
  const file = join(folder, 'clock');
  /** The server's clock is so far off from now on. @param {number} seconds */
  const set = (seconds) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  /** @type {Gateway} */ let gateway;

  before(async () => {
    set(0);
    gateway = await Gateway.start({
      settings: [`session.length_s=${LENGTH_S}`, 'session.hard_end=true', `session.hard_grace_s=${GRACE_S}`, 'session.cues_shared_s=3'],
      env: { LD_PRELOAD: String(library), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
    });
  });
  after(async () => {
    await gateway?.close();
    remove();
  });

  /** Good for days, so that only the session's time is in question. */
  const days = { nbf: new Date(Date.now() - 3 * DAY_S * 1000).toISOString(), exp: new Date(Date.now() + 3 * DAY_S * 1000).toISOString() };

  /** @param {string} area @param {Record<string, unknown>} [claims] */
  async function session(area, claims = {}) {
    const connection = await gateway.connect();
    const host = await Person.join(connection, gateway.booking.therapist({ area, ...days }));
    const person = await Person.join(connection, gateway.booking.invite({ area, minutes: undefined, ...days, ...claims }));
    const { knock } = await host.sees(person);
    await host.ask('admit', { participant: person.id, knock });
    const at = performance.now();
    await person.becomes('admitted', 'admitted');
    return { host, person, at };
  }

  it('is noticed by this test, or it would prove nothing', async () => {
    const invitation = gateway.booking.invite({ area: 'proof' });
    const connection = await gateway.connect();
    set(-DAY_S);
    await assert.rejects(Person.join(connection, invitation), { name: 'TOKEN_EARLY' });
    set(DAY_S);
    await assert.rejects(Person.join(connection, invitation), { name: 'TOKEN_EXPIRED' });
    set(0);
  });

  it('forward, back and over a summer: the session ends when it should', async () => {
    const { person, at } = await session('summer');
    for (const seconds of [HOUR_S, -HOUR_S, DAY_S, -DAY_S]) {
      await pause(900);
      set(seconds);
    }
    assert.equal((await person.handle.hears('cue')).data.left_s, 3);
    await person.becomes('ended', 'time_up', 20_000);
    const ms = performance.now() - at;
    const due = (LENGTH_S + GRACE_S) * 1000;
    assert.ok(ms > due - 100 && ms < due + LATE_MS, `after ${ms} ms, due at ${due} ms`);
    set(0);
  });

  for (const seconds of [-DAY_S, DAY_S]) {
    it(`by ${seconds} s while Janus is down: the clock goes on as if nothing had happened`, async () => {
      const { person, at } = await session(`crash${seconds}`, { minutes: 1 });
      await gateway.end('SIGKILL');
      set(seconds);
      await pause(1500);
      await gateway.again();
      const again = await Person.join(await gateway.connect(), person.invitation, person.device);
      assert.equal(again.joined.resumed, true);
      const { data } = await again.handle.hears('clock');
      const expected = 60_000 - (performance.now() - at);
      assert.ok(Math.abs(data.left_ms - expected) < 1000, `${data.left_ms} ms left, not ${expected}`);
      set(0);
    });
  }
});
