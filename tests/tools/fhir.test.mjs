// SPDX-License-Identifier: GPL-3.0-or-later
/** What therapy-ledger exports for health records, before three judges of FHIR R4 and by IHE's profiles; no network. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../lab/processes.mjs';
import { all, byDefinitions, byProfile, bySchema, byValueSets, dangling, judged } from './fhir.mjs';
import { START, clinicIn, good } from './ledgers.mjs';

const { folder, remove } = temporaryFolder('fhir');
after(remove);

/** @typedef {any} Resource */

const instant = (/** @type {number} */ ms) => new Date(ms).toISOString().replace('.000', '');
const kindOf = (/** @type {Resource} */ consent) => consent.category[1].coding[0].code;
const sha256 = (/** @type {Buffer[]} */ ...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** Everybody says something, and one thinks better of it. */
function answered(/** @type {string} */ name) {
  const c = clinicIn(folder, name);
  good(c.answer('p-1', 'granted'));
  good(c.answer('p-1', 'withdrawn', START + 5000));
  good(c.answer('p-2', 'refused', START + 6000));
  good(c.kind('p-2', 'emergency-contact', 'granted', START + 7000, '--scope', 'r-1', '--place', 'canary 12 Mall Road', '--contact', 'canary Sara'));
  good(c.kind('p-2', 'observer', 'refused', START + 8000, '--scope', 'r-1', '--lang', 'ur'));
  good(c.kind('p-2', 'interpreter', 'shown', START + 9000, '--scope', 'r-1'));
  good(c.kind('p-3', 'data-processing', 'granted', START + 10_000));
  return c;
}

/** Each resource alone, and the whole. @param {Resource} bundle */
function assertValid(bundle) {
  for (const resource of [bundle, ...bundle.entry.map((/** @type {any} */ each) => each.resource)])
    assert.deepEqual(judged(resource), [], JSON.stringify(resource, null, 1));
  assert.deepEqual(dangling(bundle), []);
}

/** The root of the tree that leaf number @index hangs in by @path (RFC 9162). @param {Buffer} leaf @param {Buffer[]} path */
function rootBy(leaf, /** @type {number} */ index, /** @type {number} */ size, path) {
  let [node, last, hash] = [index, size - 1, sha256(Buffer.of(0), leaf)];
  for (const other of path) {
    const right = node % 2 === 1 || node === last;
    hash = right ? sha256(Buffer.of(1), other, hash) : sha256(Buffer.of(1), hash, other);
    for (; right && node % 2 === 0 && node > 0; node /= 2) last = Math.floor(last / 2);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return hash;
}

describe('the judges', () => {
  /** @type {Resource} */
  let consent;
  /** @type {Resource} */
  let bundle;
  before(() => {
    bundle = JSON.parse(answered('judges').exported('pcf'));
    consent = all(bundle, 'Consent').find((each) => kindOf(each) === 'data-processing');
  });

  it('let nothing pass that FHIR forbids, though each of them would', () => {
    const cases = /** @type {[string, (bad: Resource) => void, Function[]][]} */ ([
      ['no policy', (bad) => delete bad.policy, [byDefinitions]],
      ['a status of its own', (bad) => (bad.status = 'withdrawn'), [byValueSets, bySchema]],
      ['no scope', (bad) => delete bad.scope, [byDefinitions, byValueSets, bySchema]],
      ['a provision of its own', (bad) => (bad.provision.type = 'allow'), [byValueSets, bySchema]],
      ['a field of its own', (bad) => (bad.withdrawn = true), [byDefinitions, byValueSets, bySchema]],
      ['a date as people write it', (bad) => (bad.dateTime = '22/11/2026'), [byDefinitions, bySchema]],
      ['verification without its answer', (bad) => (bad.verification = [{}]), [byDefinitions]],
    ]);
    for (const [name, spoil, judges] of cases) {
      const bad = structuredClone(consent);
      spoil(bad);
      for (const judge of judges) assert.notDeepEqual(judge(bad), [], `${name}: ${judge.name}`);
      assert.notDeepEqual(judged(bad), [], name);
    }
    for (const [type, field] of [['Encounter', 'class'], ['AuditEvent', 'agent'], ['Provenance', 'target'], ['AuditEvent', 'source']]) {
      const bad = structuredClone(all(bundle, type)[0]);
      delete bad[field];
      assert.notDeepEqual(judged(bad), [], `${type}.${field}`);
    }
  });

  it('let nothing pass that IHE forbids, and no reference that leads nowhere', () => {
    const cases = /** @type {[string, (bad: Resource) => void][]} */ ([
      ['treatment', (bad) => (bad.scope.coding[0].code = 'treatment')],
      ['nobody it is about', (bad) => delete bad.patient],
      ['nobody who said it', (bad) => delete bad.performer],
      ['no time', (bad) => delete bad.dateTime],
      ['no organisation', (bad) => delete bad.organization],
      ['no source', (bad) => delete bad.sourceAttachment],
      ['a policy without a name', (bad) => (bad.policy = [{ authority: 'https://clinic.example' }])],
      ['no provision', (bad) => delete bad.provision],
      ['neither yes nor no', (bad) => delete bad.provision.type],
      ['another role', (bad) => (bad.provision.actor[0].role.coding[0].code = 'PRF')],
      ['verification', (bad) => (bad.verification = [{ verified: true }])],
      ['an action', (bad) => (bad.provision.action = [{ text: 'collect' }])],
      ['data', (bad) => (bad.provision.data = [{ meaning: 'related', reference: { display: 'x' } }])],
      ['no profile', (bad) => delete bad.meta.profile],
    ]);
    assert.deepEqual(byProfile(consent), []);
    for (const [name, spoil] of cases) {
      const bad = structuredClone(consent);
      spoil(bad);
      assert.notDeepEqual(byProfile(bad), [], name);
    }
    const fewer = structuredClone(bundle);
    fewer.entry = fewer.entry.filter((/** @type {any} */ { resource }) => resource.resourceType !== 'Device');
    assert.notDeepEqual(dangling(fewer), []);
  });
});

describe('therapy-ledger export', () => {
  it('writes a valid FHIR R4 Bundle of how things stand, and of how they came to', () => {
    const c = answered('r4');
    const text = c.exported('fhir');
    const bundle = JSON.parse(text);
    assertValid(bundle);
    assert.ok(!text.includes('canary'), 'what is for an emergency stays where it is');
    assert.deepEqual([bundle.resourceType, bundle.type], ['Bundle', 'collection']);

    const consents = all(bundle, 'Consent');
    assert.deepEqual(consents.map((each) => [each.patient.identifier.value, kindOf(each), each.status, each.provision?.type]), [
      ['p-1', 'telehealth', 'inactive', 'permit'], ['p-2', 'telehealth', 'rejected', 'deny'], ['p-2', 'emergency-contact', 'active', 'permit'],
      ['p-2', 'observer', 'rejected', 'deny'], ['p-2', 'interpreter', 'proposed', undefined], ['p-3', 'data-processing', 'active', 'permit'],
    ]);
    assert.deepEqual(consents.map(({ scope }) => scope.coding[0].code),
      ['treatment', 'treatment', 'patient-privacy', 'patient-privacy', 'patient-privacy', 'patient-privacy']);
    assert.deepEqual(consents[0].provision.period, { end: instant(START + 5000) }, 'it has ended');
    assert.equal(consents[1].dateTime, instant(START + 6000));
    assert.equal(consents[5].category[0].coding[0].code, '57016-8', 'a privacy notice that was acknowledged');

    const [encounter, ...others] = all(bundle, 'Encounter');
    assert.deepEqual([others.length, encounter.identifier[0].value, encounter.status, encounter.class.code, encounter.period],
      [0, 'r-1', 'unknown', 'VR', undefined]);
    assert.equal(consents[2].provision.data[0].reference.reference, `urn:uuid:${encounter.id}`);

    const audited = all(bundle, 'AuditEvent');
    assert.deepEqual(audited.map(({ subtype, action }) => [subtype[0].code, action]), [['granted', 'C'], ['withdrawn', 'U'], ['refused', 'C'],
      ['granted', 'C'], ['refused', 'C'], ['shown', 'C'], ['granted', 'C']]);
    assert.deepEqual(audited.slice(0, 2).map(({ entity }) => entity[0].what.reference), Array(2).fill(`urn:uuid:${consents[0].id}`));
    assert.deepEqual(all(bundle, 'Provenance').map(({ activity }) => activity.coding[0].code),
      ['CREATE', 'UPDATE', 'CREATE', 'CREATE', 'CREATE', 'CREATE', 'CREATE']);
    assert.deepEqual(all(bundle, 'Patient').map((each) => Object.keys(each)), Array(3).fill(['resourceType', 'id', 'identifier']), 'nobody has a name');
  });

  it('proves each answer by the newest checkpoint, and calls it the same every time', () => {
    const c = answered('proofs');
    const bundle = JSON.parse(c.exported('fhir'));
    const head = good(['backup', '--data', c.data, '--to', join(folder, 'proofs/copy')]);
    const leaves = all(bundle, 'AuditEvent').map(({ entity }) => Buffer.from(entity[0].detail[1].valueBase64Binary, 'base64'));
    for (const [n, { signature, entity }] of all(bundle, 'Provenance').entries()) {
      const proof = Buffer.from(signature[0].data, 'base64').toString();
      const [, index, path, note] = /** @type {RegExpExecArray} */ (/^c2sp\.org\/tlog-proof@v1\nindex (\d+)\n([^]*?)\n\n([^]*)$/.exec(proof));
      assert.equal(note, head);
      assert.equal(entity[0].what.identifier.value, `clinic.example/proofs#${index}`);
      const [, size, root] = note.split('\n');
      assert.equal(rootBy(leaves[n], Number(index), Number(size), path.split('\n').map((line) => Buffer.from(line, 'base64'))).toString('base64'), root);
    }
    const names = (/** @type {Resource} */ each) => each.entry.map((/** @type {any} */ { fullUrl }) => fullUrl);
    good(c.answer('p-4', 'granted', START + 20_000));
    const later = names(JSON.parse(c.exported('fhir')));
    assert.deepEqual(names(bundle).filter((/** @type {string} */ name) => !later.includes(name)), []);
    const one = JSON.parse(c.exported('fhir', '--sub', 'p-1'));
    assertValid(one);
    assert.deepEqual(all(one, 'Patient').map(({ identifier }) => identifier[0].value), ['p-1']);
  });

  it('writes Consents by IHE Privacy Consent on FHIR: of privacy, decided', () => {
    const c = answered('pcf');
    good(c.kind('p-3', 'data-processing', 'withdrawn', START + 11_000));
    const bundle = JSON.parse(c.exported('pcf'));
    assertValid(bundle);
    const consents = all(bundle, 'Consent');
    for (const each of consents) assert.deepEqual(byProfile(each), []);
    assert.deepEqual(consents.map((each) => [kindOf(each), each.status, each.meta.profile[0].split('.').at(-1)]), [
      ['emergency-contact', 'active', 'consentIntermediate'], ['observer', 'rejected', 'consentIntermediate'],
      ['data-processing', 'inactive', 'consentBasic'],
    ]);
    assert.deepEqual(all(bundle, 'Patient').map(({ identifier }) => identifier[0].value), ['p-2', 'p-3']);
  });

  it('says when nothing is there and what has run out, and nothing of who was erased', () => {
    const c = clinicIn(folder, 'empty');
    const bundle = JSON.parse(c.exported('fhir'));
    assert.deepEqual([judged(bundle), 'entry' in bundle], [[], false]);
    good(c.kind('p-1', 'observer', 'granted', START, '--scope', 'r-1'));
    const statusAt = (/** @type {number} */ ms) => all(JSON.parse(c.exported('fhir', '--at', String(ms))), 'Consent')[0].status;
    assert.deepEqual([statusAt(START + 86_399_999), statusAt(START + 86_400_000)], ['active', 'inactive']);
    good(c.answer('p-2', 'granted', START + 1000));
    good(['erase', '--data', c.data, '--sub', 'p-2', '--rule', 'GDPR-17', '--at', String(START + 2000)]);
    const text = c.exported('fhir');
    assert.ok(!text.includes('p-2'));
    assertValid(JSON.parse(text));
  });

  it('says who answered for a minor, and that it was not they who took it back', () => {
    const c = clinicIn(folder, 'minor');
    good(c.answer('p-child', 'granted', START, '--guardian', 'p-mother'));
    good(c.kind('p-child', 'data-processing', 'granted', START + 1000));
    good(c.kind('p-child', 'observer', 'granted', START + 2000, '--guardian', 'p-father', '--scope', 'r-1'));
    good(c.kind('p-child', 'observer', 'withdrawn', START + 3000, '--scope', 'r-1'));
    for (const format of ['fhir', 'pcf']) {
      const bundle = JSON.parse(c.exported(format));
      assertValid(bundle);
      const withRole = all(bundle, 'RelatedPerson').map((each) => [each.identifier[0].value, each.relationship[0].coding[0].code]);
      assert.deepEqual(withRole, format === 'fhir' ? [['p-mother', 'GUARD'], ['p-father', 'GUARD']] : [['p-father', 'GUARD']]);
      for (const each of format === 'pcf' ? all(bundle, 'Consent') : []) assert.deepEqual(byProfile(each), []);
    }
    const bundle = JSON.parse(c.exported('fhir'));
    assert.deepEqual(all(bundle, 'Consent').map((each) => [kindOf(each), each.performer[0].identifier.value]).sort(),
      [['data-processing', 'p-child'], ['observer', 'p-child'], ['telehealth', 'p-mother']]);
    assert.deepEqual(all(bundle, 'AuditEvent').map(({ agent }) => agent[0].who.type).sort(), ['Patient', 'Patient', 'RelatedPerson', 'RelatedPerson']);
  });
});
