// SPDX-License-Identifier: GPL-3.0-or-later
/** therapy-ledger as an organisation uses it: from the first key to the last backup, killed and out of space. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { temporaryFolder } from '../lab/processes.mjs';
import { START, TEXTS, TOOL, clinicIn, good, run } from './ledgers.mjs';

const DAY = 86_400_000;

const { folder, remove } = temporaryFolder('ledger');
after(remove);

const clinic = (/** @type {string} */ name, /** @type {string | undefined} */ data = undefined) => clinicIn(folder, name, data);

describe('therapy-ledger', () => {
  it('keeps, shows, exports, erases; and says by its exit status how things are', () => {
    const c = clinic('life');
    good(c.answer('p-1', 'granted'));
    good(c.answer('p-1', 'withdrawn', START + 5000, '--lang', 'ur'));
    good(c.answer('p-2', 'refused', START + 6000));
    assert.match(good(['status', '--data', c.data, '--sub', 'p-1']), /^telehealth withdrawn 1\.0 ur -\n$/);
    assert.equal(c.verify().status, 0);
    assert.equal(run(['verify', '--data', c.data, '--at', '0']).status, 2);
    assert.equal(run(['verify', '--data', c.data, '--root', c.root, '--at', '0']).status, 2);
    assert.equal(run(['verify', '--data', join(folder, 'nowhere')]).status, 3);

    const records = good(['export', '--data', c.data, '--organisation', join(c.keys, 'organisation.secret'), '--sub', 'p-1'])
      .trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(records.map(({ record }) => record.therapy.answer), ['granted', 'withdrawn']);
    /* what ISO/IEC TS 27560 calls mandatory */
    for (const { record } of records) {
      for (const name of ['schema_version', 'record_id', 'receipt_id', 'pii_principal_id']) assert.ok(record.header[name], name);
      assert.ok(record.processing.privacy_notice.sha256 && record.processing.language);
      const [purpose] = record.processing.purposes;
      for (const name of ['purpose', 'lawful_basis', 'pii_information', 'pii_controllers', 'storage_locations', 'retention_period',
        'jurisdiction', 'recipient_third_parties', 'withdrawal_method']) assert.ok(purpose[name], name);
      for (const name of ['party_id', 'party_name', 'party_address', 'party_contact', 'party_type']) assert.ok(record.parties[0][name], name);
      for (const name of ['event_time', 'validity_duration', 'entity_id', 'event_type', 'event_state']) assert.ok(record.events[0][name], name);
    }

    assert.match(good(['erase', '--data', c.data, '--sub', 'p-1', '--rule', 'GDPR-17', '--at', String(START + 7000)]), /^2 records/);
    assert.equal(good(['status', '--data', c.data, '--sub', 'p-1']), '');
    assert.match(c.verify().stdout, /2 erased\ngood/);
    for (const file of readdirSync(c.data)) assert.ok(!readFileSync(join(c.data, file)).includes('p-1'), file);
  });

  it('exports what Kantara reads, without what was said for an emergency', () => {
    const c = clinic('others');
    good(c.answer('p-1', 'granted'));
    good(c.answer('p-1', 'withdrawn', START + 5000));
    good(c.answer('p-2', 'refused', START + 6000));
    good(c.kind('p-2', 'emergency-contact', 'granted', START + 7000, '--scope', 'r-1', '--place', 'canary 12 Mall Road', '--contact', 'canary Sara'));
    assert.match(c.exported('iso'), /"detail":\{"contact":"canary Sara","place":"canary 12 Mall Road"\}/);
    const kantara = c.exported('kantara');
    assert.ok(!kantara.includes('canary'));
    const receipts = kantara.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(receipts.map(({ piiPrincipalId }) => piiPrincipalId), ['p-1', 'p-2'], 'agreements only');
    for (const each of receipts) {
      assert.equal(each.version, 'KI-CR-v1.1.0');
      assert.match(each.consentReceiptID, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      for (const field of ['jurisdiction', 'collectionMethod', 'policyUrl', 'services', 'spiCat', 'piiControllers']) assert.ok(each[field].length, field);
      assert.equal(each.services[0].purposes[0].consentType, 'EXPLICIT');
    }
    assert.equal(receipts[0].consentTimestamp, START / 1000);
    assert.equal(run(['export', '--data', c.data, '--organisation', join(c.keys, 'organisation.secret'), '--format', 'pdf']).status, 2);
  });

  it('keeps what a guardian answered for a minor, and shows it by them', () => {
    const c = clinic('minor');
    const by = (/** @type {string} */ guardian, /** @type {string} */ kind, said = 'granted', /** @type {string[]} */ ...more) =>
      c.kind('p-child', kind, said, START + 1000, '--guardian', guardian, ...more);
    assert.match(good(by('p-mother', 'telehealth')), /by the parent or guardian who is known here as \u2068p-mother\u2069/);
    good(by('p-father', 'observer', 'refused', '--scope', 'r-1'));
    good(c.kind('p-child', 'data-processing', 'granted', START + 2000));
    good(c.answer('p-mother', 'granted', START + 3000));
    const shown = (/** @type {string[]} */ ...words) => c.exported('iso', ...words).trim().split('\n').filter(Boolean).map((line) => JSON.parse(line).record);
    const [record, ...others] = shown('--guardian', 'p-mother');
    assert.deepEqual([others.length, record.therapy.capacity, record.events[0].entity_id, record.header.pii_principal_id],
      [0, 'guardian', 'p-mother', 'p-child']);
    assert.deepEqual(shown('--guardian', 'p-father').map(({ therapy }) => [therapy.kind, therapy.answer]), [['observer', 'refused']]);
    assert.deepEqual(shown('--guardian', 'p-mother', '--sub', 'p-2'), []);
    assert.equal(shown('--sub', 'p-child').length, 3);
    assert.equal(c.verify().status, 0);
    assert.match(run(by('p-mother', 'data-processing')).stderr, /answers for themself/);
    assert.match(run(by('p-child', 'telehealth')).stderr, /somebody else/);
    assert.match(run(by('p mother', 'telehealth')).stderr, /pseudonym/);
    assert.match(run(by('p-mother', 'telehealth', 'withdrawn')).stderr, /not noted/);
    assert.equal(run(['export', '--data', c.data, '--organisation', join(c.keys, 'organisation.secret'), '--format', 'fhir', '--guardian', 'p-mother']).status, 2);
  });

  it('refuses an older copy, takes the newest, and goes on with new keys on another machine', () => {
    const c = clinic('moves');
    const old = join(folder, 'moves/old');
    const fresh = join(folder, 'moves/fresh');
    good(c.answer('p-1', 'granted'));
    good(['backup', '--data', c.data, '--to', old]);
    good(c.answer('p-1', 'withdrawn', START + 1000));
    const head = join(folder, 'moves/head');
    writeFileSync(head, good(['backup', '--data', c.data, '--to', fresh]));
    assert.deepEqual(readdirSync(fresh).sort(), ['keys.db', 'ledger.db'].sort());
    for (const file of ['ledger.db', 'keys.db', 'ledger.db-wal', 'keys.db-wal']) rmSync(join(c.data, file), { force: true });
    assert.equal(run(['restore', '--data', c.data, '--from', old]).status, 1);
    good(['restore', '--data', c.data, '--from', fresh]);
    good(c.answer('p-1', 'granted', START + 2000));
    assert.equal(c.verify('--since', head).status, 0);

    const machine = join(folder, 'moves/machine');
    good(['restore', '--data', machine, '--from', fresh]);
    const words = ['answer', '--data', machine, '--texts', TEXTS, '--sub', 'p-1', '--kind', 'telehealth', '--answer', 'granted',
      '--at', String(START + 3000)];
    assert.match(run(words).stderr, /ledger\.seed/);
    good(['rotate', '--data', machine, '--root-secret', join(c.keys, 'root.secret'), '--at', String(START + 2500)]);
    good(words);
    assert.match(good(['verify', '--data', machine, '--root', c.root, '--organisation', join(c.keys, 'organisation.secret'), '--at', '0',
      '--since', head]), /good/);
    /* two machines that both went on from one copy are two histories, and a kept checkpoint tells */
    writeFileSync(head, good(['backup', '--data', c.data, '--to', join(folder, 'moves/third')]));
    assert.equal(run(['verify', '--data', machine, '--root', c.root, '--since', head, '--at', '0']).status, 1);
  });

  it('has its growth witnessed, and is caught when it shows two histories', () => {
    const c = clinic('seen');
    const twin = join(folder, 'seen/twin');
    const key = join(folder, 'seen/witness');
    const state = join(folder, 'seen/state');
    clinic('witness');
    cpSync(join(folder, 'witness/keys/root.secret'), key);
    const witness = (/** @type {string} */ text) =>
      run(['witness', '--key', key, '--name', 'witness.example/w1', '--state', state, '--root', c.root, '-'], text);
    const grown = (/** @type {string} */ data, /** @type {number} */ from) => good(['consistency', '--data', data, '--from', String(from)]);

    good(c.answer('p-1', 'granted'));
    const first = witness(grown(c.data, 0));
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /^clinic\.example\/seen\n3\n.*\n\n\u2014 clinic\.example\/seen .*\n\u2014 witness\.example\/w1 .*\n$/);
    assert.equal(witness(grown(c.data, 0)).status, 1, 'from another size than was seen');
    cpSync(c.data, twin, { recursive: true });
    good(c.answer('p-1', 'withdrawn', START + 1000));
    assert.equal(witness(grown(c.data, 3)).status, 0);
    good(['answer', '--data', twin, '--texts', TEXTS, '--sub', 'p-1', '--kind', 'telehealth', '--answer', 'refused', '--at', String(START + 1000)]);
    good(['answer', '--data', twin, '--texts', TEXTS, '--sub', 'p-1', '--kind', 'telehealth', '--answer', 'granted', '--at', String(START + 2000)]);
    const split = witness(grown(twin, 4));
    assert.equal(split.status, 1);
    assert.match(split.stderr, /another\s+history/);
    assert.equal(witness(grown(c.data, 4).replace('clinic.example/seen\n4', 'clinic.example/seen\n5')).status, 1);
    assert.equal(witness('nonsense').status, 3);
  });

  it('closes its days by itself, and not after two months without', () => {
    const c = clinic('days');
    good(c.answer('p-1', 'granted', START + 3 * DAY));
    assert.match(c.verify('--at', String(START + 3 * DAY)).stdout, /3 closed epochs/);
    assert.equal(c.verify('--at', String(START + 9 * DAY)).status, 1);
    assert.match(run(c.answer('p-1', 'granted', START + 90 * DAY)).stderr, /clock/);
  });

  it('refuses texts that are not whole, and says where', () => {
    const texts = join(folder, 'texts');
    const cases = /** @type {const} */ ([
      ['telehealth.en.txt', (/** @type {string} */ t) => t.replace('# ', ''), /telehealth\.en\.txt: does not begin/],
      ['telehealth.en.txt', (/** @type {string} */ t) => t.replaceAll('\n', '\r\n'), /LF/],
      ['telehealth.en.txt', (/** @type {string} */ t) => `${t}\n`, /exactly one LF/],
      ['telehealth.en.txt', (/** @type {string} */ t) => t.slice(0, t.indexOf('\n\n## ') + 1), /says no/],
      ['telehealth.en.txt', (/** @type {string} */ t) => t.replace('e', 'e\u0301'), /NFC/],
      ['telehealth.en.txt', (/** @type {string} */ t) => `${t}=== end ===\n`, /===/],
      ['telehealth.en.txt', (/** @type {string} */ t) => t + 'x'.repeat(17_000), /16384/],
      ['telehealth.json', (/** @type {string} */ t) => t.replace('"1.0"', '"one"'), /version/],
      ['telehealth.json', (/** @type {string} */ t) => t.replace('"client"', '"anybody"'), /role/],
      ['telehealth.json', (/** @type {string} */ t) => t.replace('true', 'false'), /required/],
      ['words.ur.json', () => '{}', /shown/],
      ['organisation.json', () => '[]', /object/],
    ]);
    for (const [name, change, said] of cases) {
      rmSync(texts, { recursive: true, force: true });
      cpSync(TEXTS, texts, { recursive: true });
      writeFileSync(join(texts, name), change(readFileSync(join(texts, name), 'utf8')));
      const result = run(['texts', texts]);
      assert.equal(result.status, 1, name);
      assert.match(result.stderr, said);
    }
    const c = clinic('texts-ledger');
    good(c.answer('p-1', 'granted'));
    rmSync(texts, { recursive: true, force: true });
    cpSync(TEXTS, texts, { recursive: true });
    writeFileSync(join(texts, 'telehealth.en.txt'), readFileSync(join(texts, 'telehealth.en.txt'), 'utf8').replace('Nothing', 'Little'));
    const words = c.answer('p-1', 'granted').map((word) => word === TEXTS ? texts : word);
    assert.match(run(words).stderr, /was changed: give it a new version/);
  });
});

describe('the ledger', () => {
  it('loses nothing that was acknowledged, however often it is killed', { timeout: 180_000 }, async () => {
    const c = clinic('killed');
    const began = performance.now();
    good(c.answer('p-0', 'granted'));
    const usual_ms = performance.now() - began;
    let acknowledged = 0;
    let killed = 0;
    for (let n = 0; n < 150; n++) {
      const id = randomBytes(16).toString('base64url');
      const words = c.answer(`p-${n % 7}`, n % 3 ? 'granted' : 'withdrawn', START + n * 1000, '--request', id);
      const child = spawn(TOOL, words, { stdio: ['ignore', 'pipe', 'ignore'] });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
      const timer = setTimeout(() => child.kill('SIGKILL'), usual_ms * (0.2 + (n % 30) / 25));
      const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
      clearTimeout(timer);
      killed += signal ? 1 : 0;
      const whole = said.endsWith('=== end ===\n');
      acknowledged += whole ? 1 : 0;
      /* asked again it is the same answer, or it is made now; never a second entry */
      const again = good(words);
      if (whole) assert.equal(again, said);
    }
    assert.ok(killed > 20, `${killed} killed`);
    assert.ok(acknowledged > 5, `${acknowledged} acknowledged`);
    const result = c.verify();
    assert.equal(result.status, 0, result.stdout);
    assert.match(result.stdout, /^153 entries/);
  });

  it('refuses a grant on a full disk, and keeps a withdrawal', { timeout: 60_000 }, (context) => {
    const disk = join(folder, 'full');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]).status !== 0) return context.skip('no tmpfs may be mounted here');
    try {
      const c = clinic('space', disk);
      good(c.answer('p-1', 'granted'));
      assert.ok(existsSync(join(disk, 'ledger.ballast')));
      let refused = null;
      for (let n = 1; n < 900 && !refused; n++) {
        const result = run(c.answer(`p-${n}`, 'granted', START + n * 1000));
        if (result.status !== 0) refused = result;
      }
      assert.match(refused?.stderr ?? '', /space/);
      for (let n = 0; n < 200 && (n === 0 || existsSync(join(disk, 'ledger.ballast'))); n++)
        assert.match(good(c.answer('p-1', 'withdrawn', START + 900_000 + n)), /ConsentWithdrawn/);
      /* the room that was made is for those who take something back, and for nobody else */
      assert.equal(existsSync(join(disk, 'ledger.ballast')), false);
      assert.match(run(c.answer('p-2', 'granted', START + 901_000)).stderr, /space/);
      good(c.answer('p-2', 'withdrawn', START + 902_000));
      assert.match(good(['status', '--data', disk, '--sub', 'p-1']), /withdrawn/);
      assert.equal(c.verify().status, 0);
    } finally {
      spawnSync('umount', [disk]);
    }
    return undefined;
  });
});
