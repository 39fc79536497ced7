// SPDX-License-Identifier: GPL-3.0-or-later
/** The disk does not answer: what is taken back is so at once, is told honestly, and outlives the server. */
import assert from 'node:assert/strict';
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../lab/processes.mjs';
import { Stall } from '../lab/stall.mjs';
import { answer, asked, Clinic, newId } from './consenting.mjs';
import { SANITIZED } from './gateway.mjs';

const AT_ONCE_MS = 100;

/** @param {{after: (end: () => unknown) => void, diagnostic: (text: string) => void}} test */
async function open(test) {
  const { folder, remove } = temporaryFolder('stall');
  const stall = new Stall(folder);
  test.after(remove);
  const clinic = await Clinic.open(test, { env: stall.env });
  test.after(() => stall.end());
  return { stall, clinic };
}

/** @param {Clinic} clinic @param {Record<string, any>} claims `granted`: before */
async function session(clinic, { granted = false, ...claims }) {
  const host = await clinic.therapist(claims.area ? { area: claims.area } : {});
  const person = await clinic.client(claims);
  await asked(person);
  if (!granted) await answer(person, 'telehealth', 'granted');
  const { knock } = await host.sees(person, (p) => p.consent === 'given');
  await host.ask('admit', { participant: person.id, knock });
  await person.becomes('admitted');
  return { host, person };
}

describe('a disk that does not answer', { skip: SANITIZED && 'a sanitizer is preloaded already' }, () => {
  it('closes the gate at once, says that nothing is written, and then that it is', async (test) => {
    const { stall, clinic } = await open(test);
    const { person } = await session(clinic, { sub: 'p-here' });
    const { person: twin } = await session(clinic, { sub: 'p-here', area: 'elsewhere', room: 'r-2', granted: true });
    stall.begin(clinic.data);
    const start = performance.now();
    const answered = person.ask('consent_withdraw', { kind: 'telehealth', id: newId() }).then(() => null, (why) => why);
    await person.becomes('held', 'consent');
    const took = performance.now() - start;
    await twin.becomes('held', 'consent');
    const elsewhere = performance.now() - start;
    test.diagnostic(`held after ${took.toFixed(1)} ms, the other session after ${elsewhere.toFixed(1)} ms`);
    assert.ok(took < AT_ONCE_MS && elsewhere < AT_ONCE_MS, `${took} ms, ${elsewhere} ms`);
    assert.equal((await answered).name, 'CONSENT_NOT_KEPT');
    assert.ok(performance.now() - start < 6000, 'nobody is left without a word');
    stall.end();
    const { data } = await person.handle.hears('consent_decided');
    assert.deepEqual([data.kind, data.answer], ['telehealth', 'withdrawn']);
    clinic.assertGenuine(data.receipt);
    await clinic.gateway.close();
    assert.match(clinic.status('p-here'), /^telehealth withdrawn/m);
    clinic.assertSound();
  });

  it('does not let a withdrawal be lost when the machine goes down before it was written', async (test) => {
    const { stall, clinic } = await open(test);
    const { person } = await session(clinic, { sub: 'p-kept' });
    const log = join(clinic.data, 'ledger.db-wal');
    const { size } = statSync(log);
    stall.begin(clinic.data);
    void person.ask('consent_withdraw', { kind: 'telehealth', id: newId() }).catch(() => {});
    await person.becomes('held', 'consent');
    await sleep(50);
    await clinic.gateway.end('SIGKILL');
    stall.end();
    truncateSync(log, size);
    assert.match(clinic.status('p-kept'), /^telehealth granted/m, 'the ledger has not heard of it');
    await clinic.gateway.again();
    const back = await clinic.again(person);
    assert.equal((await asked(back)).kinds[0].state, 'withdrawn');
    await sleep(2500);
    await clinic.gateway.close();
    assert.match(clinic.status('p-kept'), /^telehealth withdrawn/m);
    clinic.assertSound();
  });

  it('lets an area that is just being stored wait, and the gate not', async (test) => {
    const { stall, clinic } = await open(test);
    const { host, person } = await session(clinic, { sub: 'p-area' });
    stall.begin(clinic.gateway.data);
    const locked = host.ask('lock', { room: 'r-17' });
    await sleep(100);
    const withdrawn = person.ask('consent_withdraw', { kind: 'telehealth', id: newId() });
    await sleep(100);
    stall.end();
    await locked;
    await person.becomes('held', 'consent');
    clinic.assertGenuine((await withdrawn).data.receipt);
    await clinic.gateway.close();
    clinic.assertSound();
  });
});
