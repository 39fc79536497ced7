// SPDX-License-Identifier: GPL-3.0-or-later
/** The time of sessions on a real Janus, made short by configuration: cues, extensions, pauses, and ends to the second. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';

const LENGTH_S = 4;
const GRACE_S = 1;
/** No session ends before its time, and none outlives it by more. */
const LATE_MS = 1000;

/** @typedef {{host: Person, person: Person, connection: import('./client.mjs').Connection, at: number}} Scene */

describe('the time of a session', { concurrency: true }, () => {
  /** @type {Gateway} */ let gateway;
  let areas = 0;
  before(async () => {
    gateway = await Gateway.start({
      settings: [`length_s=${LENGTH_S}`, 'hard_end=true', `hard_grace_s=${GRACE_S}`, 'max_s=70', 'pause_s=2', 'wrap_up_s=2', 'alone_s=2',
        'no_show_s=2', 'cues_therapist_s=3, 2', 'cues_shared_s=2'].map((line) => `session.${line}`).concat('area-long.length_s=66'),
    });
  });
  after(() => gateway.close());

  /** A therapist and an admitted client; `at` is when the admission was answered. @returns {Promise<Scene>} */
  async function session(claims = {}, area = `area-${++areas}`) {
    const connection = await gateway.connect();
    const host = await Person.join(connection, gateway.booking.therapist({ area }));
    const person = await Person.join(connection, gateway.booking.invite({ area, minutes: undefined, ...claims }));
    const { knock } = await host.sees(person);
    const at = performance.now();
    await host.ask('admit', { participant: person.id, knock });
    await person.becomes('admitted', 'admitted');
    return { host, person, connection, at };
  }

  /** @param {Scene} scene @param {number} dueMs after the admission */
  function assertOnTime(scene, dueMs) {
    const ms = performance.now() - scene.at;
    // Counted from the request: the admission itself came later.
    assert.ok(ms >= dueMs && ms < dueMs + LATE_MS, `after ${ms} ms, due at ${dueMs} ms`);
  }

  it('is told, cued, and ended to the second', async () => {
    const scene = await session();
    const { host, person } = scene;
    const { data } = await person.handle.hears('clock');
    assert.deepEqual({ ...data, ran_ms: 0, left_ms: 0, end_ms: 0 },
      { therapy: 'clock', room: 'r-17', paused: false, hard: true, ran_ms: 0, left_ms: 0, length_s: LENGTH_S, end_ms: 0 });
    assert.ok(data.left_ms > 3500 && data.left_ms <= 4000, String(data.left_ms));
    const cues = async (/** @type {Person} */ p, /** @type {number} */ n) => {
      const list = [];
      for (let i = 0; i < n; i++) {
        const { data: cue } = await p.handle.hears('cue');
        list.push(`${cue.cue}:${cue.left_s}${cue.shared ? '!' : ''}@${Math.round((performance.now() - scene.at) / 1000)}`);
      }
      return list;
    };
    const heard = await Promise.all([cues(host, 3), cues(person, 2)]);
    assert.deepEqual(heard, [['time:3@1', 'time:2!@2', 'over:0!@4'], ['time:2!@2', 'over:0!@4']]);
    await person.becomes('ended', 'time_up');
    assertOnTime(scene, (LENGTH_S + GRACE_S) * 1000);
    await host.becomes('waiting', 'time_up');
  });

  it('is extended, by the therapist only, and no further than allowed', async () => {
    const { host, person } = await session();
    await assert.rejects(person.ask('extend', { minutes: 1 }), { name: 'NOT_ALLOWED' });
    await assert.rejects(host.ask('extend', { minutes: 2 }), { name: 'SESSION_MAXIMUM' });
    assert.deepEqual((await host.ask('extend', { minutes: 1 })).data, { therapy: 'extended', room: 'r-17', minutes: 1 });
    const { data } = await person.handle.hears('clock', (d) => d.length_s === LENGTH_S + 60);
    assert.ok(data.left_ms > 60_000);
    const asked = await person.ask('clock');
    assert.ok(asked.data.left_ms <= data.left_ms && asked.data.left_ms > 60_000);
    await host.ask('end');
    await person.becomes('ended', 'ended');
  });

  it('stops in a pause, for as long as pauses may be', async () => {
    const scene = await session();
    const { host, person } = scene;
    await host.ask('pause');
    await person.handle.hears('clock', (d) => d.paused);
    await host.handle.hears('cue', (d) => d.cue === 'resumed');
    assertOnTime(scene, 2000);
    await assert.rejects(host.ask('pause'), { name: 'PAUSE_LIMIT' });
    await person.becomes('ended', 'time_up');
    assertOnTime(scene, (2 + LENGTH_S + GRACE_S) * 1000);
  });

  it('goes on without a client whose link is lost, who comes back to the same clock', async () => {
    const scene = await session({ minutes: 1 });
    const connection = await gateway.connect();
    scene.connection.cut();
    const again = await Person.join(connection, scene.person.invitation, scene.person.device);
    const { data } = await again.handle.hears('clock');
    const expected = 60_000 - (performance.now() - scene.at);
    assert.ok(Math.abs(data.left_ms - expected) < 500, `${data.left_ms} ms left, not ${expected}`);
    assert.equal(again.joined.resumed, true);
  });

  it('ends when the client has left, and when somebody was left alone', async () => {
    const left = await session({ minutes: 1 });
    await left.person.ask('leave');
    const { data } = await left.host.handle.hears('clock', (d) => d.closes_ms !== undefined);
    assert.ok(data.closes_ms > 1500 && data.closes_ms <= 2000);
    await left.host.becomes('waiting', 'ended');
    const alone = await session({ minutes: 1 });
    await alone.host.ask('leave');
    await alone.person.becomes('held', 'therapist_left');
    await alone.person.becomes('ended', 'left_alone');
  });

  it('keeps clear of the next appointment', async () => {
    const { host } = await session();
    const start = new Date(Date.now() + 11 * 60_000);
    await Person.join(await gateway.connect(), gateway.booking.invite({ area: host.joined.area, room: 'r-18', start: start.toISOString() }));
    const { data } = await host.handle.hears('clock', (d) => d.next_waits);
    assert.equal(data.next_start, Math.floor(start.getTime() / 1000));
    // Ten minutes of buffer, and this session itself.
    assert.ok(data.extend_s >= 54 && data.extend_s <= 60, String(data.extend_s));
    await assert.rejects(host.ask('extend', { minutes: 1 }), { name: 'NEXT_APPOINTMENT' });
  });

  it('is as long as the area says', async () => {
    const { person } = await session({}, 'long');
    assert.equal((await person.handle.hears('clock')).data.length_s, 66);
  });

  it('is told to somebody for whom nobody comes', async () => {
    const person = await Person.join(await gateway.connect(), gateway.booking.invite({ area: `area-${++areas}` }));
    const { data } = await person.handle.hears('cue');
    assert.deepEqual(data, { therapy: 'cue', cue: 'no_show', left_s: 0, shared: false });
  });
});
