// SPDX-License-Identifier: GPL-3.0-or-later
/** The ledger is looked after while it is in use: copied, verified, and an old copy is not taken for it. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { answer, asked, Clinic, ledger } from './consenting.mjs';
import { Gateway } from './gateway.mjs';

/** @param {Clinic} clinic @param {string} request */
const ops = (clinic, request) => clinic.gateway.operate(request);

/** What the tool says of a copy, with every key. @param {Clinic} clinic @param {string} folder @param {string[]} [more] */
const verify = (clinic, folder, more = []) => ledger(['verify', '--data', folder, '--root', clinic.root,
  '--organisation', join(clinic.folder, 'keys/organisation.secret'), '--at', '0', ...more]);

describe('a ledger in use', () => {
  it('is copied and verified without stopping anybody, and an old copy refuses to sign', async (test) => {
    const clinic = await Clinic.open(test);
    const person = await clinic.client({ sub: 'p-one' });
    await asked(person);
    await answer(person, 'telehealth', 'granted');
    const first = await ops(clinic, 'ledger_backup');
    assert.equal(first.therapy, 'ledger_backup');
    assert.deepEqual(readdirSync(first.folder).sort(), ['keys.db', 'ledger.db'], 'and no key that signs');
    assert.match(first.checkpoint, /^clinic\.example\/live\n\d+\n/);
    /* Many at once, while people answer. */
    const busy = async () => {
      for (const kind of ['observer', 'interpreter', 'data-processing']) await answer(person, kind, 'refused');
    };
    const [copies] = await Promise.all([Promise.all([1, 2, 3].map(() => ops(clinic, 'ledger_backup'))), busy()]);
    assert.equal(new Set(copies.map(({ folder }) => folder)).size, 3);
    for (const { folder } of [first, ...copies]) {
      const { status, stdout, stderr } = verify(clinic, folder);
      assert.equal(status, 0, stdout + stderr);
    }
    const [one, two] = await Promise.all([ops(clinic, 'ledger_verify'), ops(clinic, 'ledger_verify')]);
    for (const { verdict, faults, found, entries } of [one, two]) assert.deepEqual([verdict, faults, found, entries > 10], ['incomplete', 0, [], true]);
    assert.ok(!existsSync(join(clinic.data, 'verifying')), 'nothing is left behind');

    /* A checkpoint that was kept elsewhere shows that a copy is old. */
    const last = await ops(clinic, 'ledger_backup');
    const kept = join(clinic.folder, 'checkpoint');
    writeFileSync(kept, last.checkpoint);
    assert.equal(verify(clinic, last.folder, ['--since', kept]).status, 0);
    const old = verify(clinic, first.folder, ['--since', kept]);
    assert.equal(old.status, 1);
    assert.match(old.stdout, /shorter than the checkpoint that was kept/);

    await clinic.gateway.end('SIGTERM');
    for (const name of ['ledger.db', 'keys.db']) cpSync(join(first.folder, name), join(clinic.data, name));
    assert.match(await clinic.gateway.failsAgain(), /nobody can be asked: .*this is an older copy, and signing on would make two ledgers/);
    await clinic.gateway.end('SIGTERM');
    for (const name of ['ledger.db', 'keys.db']) rmSync(join(clinic.data, name));
    const restored = ledger(['restore', '--data', clinic.data, '--from', first.folder]);
    assert.equal(restored.status, 1);
    assert.match(restored.stderr, /signing on from it would make two ledgers/);
    assert.equal(ledger(['restore', '--data', clinic.data, '--from', last.folder]).status, 0);
    await clinic.gateway.again();
    const back = await clinic.again(person);
    assert.equal((await asked(back)).kinds[0].state, 'granted');
    await clinic.gateway.close();
    clinic.assertSound();
  });

  it('that somebody has changed is found, with where, and nothing of anybody is told', async (test) => {
    const clinic = await Clinic.open(test);
    const person = await clinic.client({ sub: 'canary-sub' });
    await asked(person);
    await answer(person, 'telehealth', 'granted');
    await clinic.gateway.end('SIGTERM');
    clinic.change();
    await clinic.gateway.again();
    const said = await ops(clinic, 'ledger_verify');
    assert.equal(said.verdict, 'tampered');
    assert.ok(said.found[0].entry > 0 && said.found[0].what, JSON.stringify(said));
    assert.ok(!JSON.stringify(said).includes('canary'));
    await clinic.gateway.close();
    assert.match(clinic.gateway.log, /is not as it was signed: \d+ faults, the first at entry \d+/);
  });

  it('is not there where nobody is asked', async (test) => {
    const gateway = await Gateway.start({}, test);
    for (const request of ['ledger_backup', 'ledger_verify'])
      assert.equal((await gateway.operate(request)).error_name, 'WRONG_STATE');
    await gateway.close();
  });
});
