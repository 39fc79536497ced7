// SPDX-License-Identifier: GPL-3.0-or-later
/** A minor's parent or guardian answers what is theirs to answer, and the record and the receipt say so. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { answer, asked, Clinic, ledger, newId, read } from './consenting.mjs';

/** @param {string} name */
const refusal = (name) => (/** @type {any} */ e) => e.name === name;

/** What is asked of @kinds in @told. @param {any} told */
const answeredBy = (told) => Object.fromEntries(told.kinds.map((/** @type {any} */ k) => [k.kind, k.by]));

describe('a minor', () => {
  it('is answered for by the guardian whom the invitation names', async (test) => {
    const clinic = await Clinic.open(test);
    const host = await clinic.therapist();
    const child = await clinic.client({ sub: 'p-child', guardian: 'p-mother' });
    const by = answeredBy(await asked(child));
    assert.deepEqual([by.telehealth, by['data-processing'], by.observer], ['guardian', undefined, 'guardian']);
    const { version } = await read(child, 'telehealth', 'ur');
    const said = { kind: 'telehealth', version, lang: 'ur', answer: 'granted' };
    await assert.rejects(child.ask('consent_decide', { ...said, id: newId() }), refusal('GUARDIAN_REQUIRED'));
    const { knock } = await host.sees(child, (p) => p.consent === 'asked');
    await assert.rejects(host.ask('admit', { participant: child.id, knock }), refusal('CONSENT_MISSING'));
    const { data } = await child.ask('consent_decide', { ...said, id: newId(), as: 'guardian' });
    clinic.assertGenuine(data.receipt);
    assert.match(data.receipt, /p-mother/);
    assert.match(data.receipt, /سرپرست/);
    /* What is the minor's own stays theirs. */
    const own = await read(child, 'data-processing');
    const mine = { kind: 'data-processing', version: own.version, lang: 'en', answer: 'granted', id: newId() };
    await assert.rejects(child.ask('consent_decide', { ...mine, as: 'guardian' }), refusal('BAD_FIELD'));
    assert.ok(!(await child.ask('consent_decide', mine)).data.receipt.includes('p-mother'));
    await host.sees(child, (p) => p.consent === 'given');
    await host.ask('admit', { participant: child.id, knock });
    await child.becomes('admitted');
    await clinic.gateway.close();
    clinic.assertSound();
    const { status, stdout, stderr } = ledger(['export', '--data', clinic.data, '--sub', 'p-child', '--organisation', join(clinic.folder, 'keys/organisation.secret')]);
    assert.equal(status, 0, stderr);
    const records = stdout.trim().split('\n').map((line) => JSON.parse(line)).map((line) => line.record ?? line);
    const record = records.find((r) => r.therapy?.kind === 'telehealth');
    assert.equal(record.therapy.capacity, 'guardian');
    assert.equal(record.events[0].entity_id, 'p-mother');
    assert.equal(record.header.pii_principal_id, 'p-child');
    assert.deepEqual(record.parties[2], { party_id: 'p-mother', party_role: 'guardian', party_type: 'pii_principal_representative' });
    assert.equal(records.find((r) => r.therapy?.kind === 'data-processing').therapy.capacity, 'self');
    const { stdout: fhir } = ledger(['export', '--data', clinic.data, '--sub', 'p-child', '--format', 'fhir', '--organisation', join(clinic.folder, 'keys/organisation.secret')]);
    const consent = JSON.parse(fhir).entry.map((/** @type {any} */ each) => each.resource)
      .find((/** @type {any} */ c) => c.resourceType === 'Consent' && c.category[1].coding[0].code === 'telehealth');
    assert.deepEqual([consent.patient.identifier.value, consent.performer[0].identifier.value, consent.performer[0].type],
      ['p-child', 'p-mother', 'RelatedPerson']);
  });

  it('is nobody who answers for themself, and a guardian is nobody without one', async (test) => {
    const clinic = await Clinic.open(test);
    const adult = await clinic.client({ sub: 'p-adult' });
    assert.equal(answeredBy(await asked(adult)).telehealth, undefined);
    const { version } = await read(adult, 'telehealth');
    await assert.rejects(adult.ask('consent_decide', { kind: 'telehealth', version, lang: 'en', answer: 'granted', id: newId(), as: 'guardian' }),
      refusal('BAD_FIELD'));
    clinic.assertGenuine((await answer(adult, 'telehealth', 'granted')).receipt);
    await clinic.gateway.close();
  });
});
