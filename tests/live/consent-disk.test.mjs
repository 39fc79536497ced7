// SPDX-License-Identifier: GPL-3.0-or-later
/** The ledger's disk is full: no answer is taken that cannot be kept, and whoever takes something back is out all the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../lab/processes.mjs';
import { answer, asked, Clinic, newId } from './consenting.mjs';

/** @param {string} name */
const refusal = (name) => (/** @type {any} */ e) => e.name === name;

/** Takes all the space that is left on a disk, in files of 4 KiB and more. @param {string} disk */
function fill(disk) {
  for (let bytes = 1 << 20; bytes >= 4096; bytes >>= 1) {
    for (;;) {
      const file = join(disk, `filler-${newId()}`);
      try {
        writeFileSync(file, Buffer.alloc(bytes, 1));
      } catch {
        rmSync(file, { force: true });
        break;
      }
    }
  }
}

/** @param {string} disk */
const empty = (disk) => spawnSync('find', [disk, '-name', 'filler-*', '-delete']);

/** A client who has agreed and is inside. @param {Clinic} clinic @param {string} sub */
async function inside(clinic, sub) {
  const host = await clinic.therapist({ area: sub });
  const person = await clinic.client({ area: sub, sub });
  await asked(person);
  await answer(person, 'telehealth', 'granted');
  const { knock } = await host.sees(person, (p) => p.consent === 'given');
  await host.ask('admit', { participant: person.id, knock });
  await person.becomes('admitted');
  return { host, person };
}

describe('a ledger on a full disk', () => {
  it('takes no grant, keeps withdrawals out of the reserve, and then by the gate alone', async (test) => {
    const { folder, remove } = temporaryFolder('consent-disk');
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status !== 0) {
      remove();
      return test.skip('no tmpfs may be mounted here');
    }
    test.after(() => { spawnSync('umount', ['-l', disk]); remove(); });
    const clinic = await Clinic.open(test, { data: disk });
    const first = await inside(clinic, 'p-first');
    const second = await inside(clinic, 'p-second');
    const third = await clinic.client({ area: 'p-first', sub: 'p-third', room: 'r-3' });
    await asked(third);

    fill(disk);
    await assert.rejects(answer(third, 'telehealth', 'granted'), refusal('NOT_STORED'));
    const { knock } = await first.host.sees(third, (p) => p.consent === 'asked');
    await assert.rejects(first.host.ask('admit', { participant: third.id, knock }), refusal('CONSENT_MISSING'));

    assert.ok(existsSync(join(disk, 'ledger.ballast')));
    const { data } = await first.person.ask('consent_withdraw', { kind: 'telehealth', id: newId() });
    clinic.assertGenuine(data.receipt);
    await first.person.becomes('held', 'consent');

    rmSync(join(disk, 'ledger.ballast'), { force: true });
    fill(disk);
    const id = newId();
    await assert.rejects(second.person.ask('consent_withdraw', { kind: 'telehealth', id }), refusal('CONSENT_NOT_KEPT'));
    await second.person.becomes('held', 'consent');
    await asked(second.person, (d) => d.kinds[0].state === 'withdrawn');
    await assert.rejects(answer(second.person, 'telehealth', 'granted'), refusal('NOT_STORED'));
    await assert.rejects(second.host.ask('admit', { participant: second.person.id, knock: 1 }), refusal('CONSENT_MISSING'));

    empty(disk);
    const { data: late } = await second.person.ask('consent_withdraw', { kind: 'telehealth', id });
    clinic.assertGenuine(late.receipt);
    clinic.assertGenuine((await answer(third, 'telehealth', 'granted')).receipt);
    await clinic.gateway.close();
    assert.match(clinic.status('p-second'), /^telehealth withdrawn/m);
    assert.match(clinic.status('p-third'), /^telehealth granted/m);
    clinic.assertSound();
  });
});
