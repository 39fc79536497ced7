// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Janus dies, and is started again: everybody is where they were, by what was acknowledged. THP_KILLS=n kills more often.
 */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Person, Refusal } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { Practice } from './walkers.mjs';

const KILLS = Number(process.env.THP_KILLS ?? 4);
const PRACTICES = 6;
const LIFE_MS = 400; /* at most, between two kills */
const TERM_MS = 5000;

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A therapist and an admitted client. @param {Gateway} gateway @param {string} area */
async function session(gateway, area) {
  const host = await Person.join(await gateway.connect(), gateway.booking.therapist({ area }));
  const person = await Person.join(await gateway.connect(), gateway.booking.invite({ area }));
  const { knock } = await host.sees(person);
  await host.ask('admit', { participant: person.id, knock });
  await person.becomes('admitted', 'admitted');
  return { host, person };
}

/** The same person on the same device. @param {Gateway} gateway @param {Person} person */
const again = async (gateway, person) => Person.join(await gateway.connect(), person.invitation, person.device);

describe('a restart', () => {
  it(`loses nothing acknowledged, ${KILLS} times kill -9 at any moment`, async (test) => {
    const gateway = await Gateway.start({
      settings: ['session.max_s=86400', 'limits.requests_per_10s=1000', 'limits.requests_burst=1000'],
    }, test);
    const practices = Array.from({ length: PRACTICES }, (_, i) => Practice.of(gateway.booking, `area-${i}`));
    let acked = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const lost = (await Promise.all(practices.map(async (practice) => {
        await practice.arrive(() => gateway.connect());
        return practice.lost();
      }))).flat();
      assert.deepEqual(lost, []);
      const lives = practices.map((practice) => practice.live());
      await sleep(Math.random() * LIFE_MS);
      await gateway.end('SIGKILL');
      await Promise.all(lives);
      await gateway.again();
    }
    for (const practice of practices) {
      await practice.arrive(() => gateway.connect());
      assert.deepEqual(await practice.lost(), []);
      acked += practice.count;
    }
    test.diagnostic(`${KILLS} kills, ${acked} acknowledged changes, 0 lost`);
    assert.ok(acked > KILLS);
  });

  it('keeps the clock right to the second', async (test) => {
    const gateway = await Gateway.start({}, test);
    const { host, person } = await session(gateway, 'clock');
    const before = (await host.ask('clock')).data;
    const at = performance.now();
    await gateway.end('SIGKILL');
    await sleep(1500);
    await gateway.again();
    await again(gateway, person);
    const back = await again(gateway, host);
    const after = (await back.ask('clock')).data;
    const error = after.ran_ms - before.ran_ms - (performance.now() - at);
    test.diagnostic(`off by ${Math.round(error)} ms`);
    assert.ok(Math.abs(error) < 1000, `${error}`);
  });

  it('ends in time when asked to, and finds everybody again', async (test) => {
    const gateway = await Gateway.start({}, test);
    const { host, person } = await session(gateway, 'term');
    const took = await gateway.end('SIGTERM');
    test.diagnostic(`ended in ${Math.round(took)} ms`);
    assert.ok(took < TERM_MS, `${took}`);
    await gateway.again();
    assert.equal((await again(gateway, person)).joined.state, 'admitted');
    assert.equal((await again(gateway, host)).joined.state, 'admitted');
  });

  it('does not forget whose invitation it is, nor that it is dead', async (test) => {
    const gateway = await Gateway.start({}, test);
    const { host, person } = await session(gateway, 'used');
    await gateway.end('SIGKILL');
    await gateway.again();
    await assert.rejects(Person.join(await gateway.connect(), person.invitation), (e) => e instanceof Refusal && e.name === 'TOKEN_USED');
    await again(gateway, person);
    await (await again(gateway, host)).ask('end');
    await gateway.end('SIGKILL');
    await gateway.again();
    await assert.rejects(again(gateway, person), (e) => e instanceof Refusal && e.name === 'TOKEN_REVOKED');
  });

  it('says what is wrong with the file, touches nothing, and runs without the plugin', async (test) => {
    const gateway = await Gateway.start({}, test);
    await session(gateway, 'damaged');
    await gateway.end('SIGTERM');
    const file = join(gateway.data, 'state.db');
    const good = readFileSync(file);
    const cases = /** @type {const} */ ([
      [Buffer.from('nonsense'), /damaged \(not an SQLite file\): move it away together with its -journal/],
      [Buffer.concat([good.subarray(0, 4096), Buffer.alloc(good.length - 4096, 0x5a)]), /damaged .*restore the newest backup/],
      [Buffer.concat([good.subarray(0, 60), Buffer.from([0, 0, 0, 99]), good.subarray(64)]), /newer version .*format 99/],
    ]);
    for (const [bytes, says] of cases) {
      writeFileSync(file, bytes);
      assert.match(await gateway.failsAgain(), says);
      assert.ok(readFileSync(file).equals(bytes));
      assert.deepEqual(readdirSync(gateway.data).filter((name) => statSync(join(gateway.data, name)).size > 0), ['state.db']);
      await gateway.end('SIGTERM');
    }
    writeFileSync(file, good);
    await gateway.again();
    assert.equal((await gateway.status()).away, 2);
  });

  it('refuses a second gateway on the same folder', async (test) => {
    const first = await Gateway.start({}, test);
    const second = await Gateway.start({ settings: [`data_dir=${first.data}`] }, test);
    assert.match(second.log, /in use by another process.*end the other Janus/s);
    assert.equal((await first.status()).therapy, 'status');
  });

  it('goes back to a backup', async (test) => {
    const gateway = await Gateway.start({}, test);
    const { host, person } = await session(gateway, 'backup');
    const { file } = await gateway.operate('backup');
    await host.ask('end');
    await gateway.end('SIGTERM');
    rmSync(join(gateway.data, 'state.db'));
    cpSync(file, join(gateway.data, 'state.db'));
    await gateway.again();
    assert.equal((await again(gateway, person)).joined.state, 'admitted');
    assert.equal((await again(gateway, host)).joined.state, 'admitted');
  });

  it('is prepared by draining', async (test) => {
    const gateway = await Gateway.start({}, test);
    const { host, person } = await session(gateway, 'drain');
    assert.deepEqual(await gateway.operate('drain'), { therapy: 'draining', draining: true });
    await host.handle.hears('draining', (d) => d.draining);
    await assert.rejects(Person.join(await gateway.connect(), gateway.booking.invite({ area: 'drain', room: 'other' })),
      (e) => e instanceof Refusal && e.name === 'DRAINING');
    assert.equal((await again(gateway, person)).joined.state, 'admitted');
    const { draining, admitted } = await gateway.status();
    assert.deepEqual({ draining, admitted }, { draining: true, admitted: 2 });
    await gateway.operate('undrain');
    await host.handle.hears('draining', (d) => !d.draining);
  });
});
