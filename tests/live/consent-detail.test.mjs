// SPDX-License-Identifier: GPL-3.0-or-later
/** Where somebody is today and whom to call: for their therapist and for the organisation's key, and for nothing else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { asked, Clinic, ledger, newId, read } from './consenting.mjs';

/** @typedef {import('./client.mjs').Person} Person */

const KIND = 'emergency-contact';
const SAID = { place: 'canary-place 12 Mall Road', contact: 'canary-contact Sara, 0300 1234567' };
const CANARIES = ['canary-place', 'canary-contact'];

/** @param {string} name */
const refusal = (name, field = undefined) => (/** @type {any} */ e) => e.name === name && e.event.field === field;

/** @param {Person} person @param {Record<string, unknown>} more */
async function decide(person, more) {
  const { version, lang } = await read(person, KIND);
  return (await person.ask('consent_decide', { kind: KIND, version, lang, answer: 'granted', id: newId(), ...more })).data;
}

/** How it stands with them. @param {Person} person @param {string} state */
const stands = (person, state) => asked(person, (d) => d.kinds.find((/** @type {any} */ k) => k.kind === KIND).state === state);

/** A therapist and somebody who has agreed to what is required. @param {Clinic} clinic @param {Record<string, unknown>} claims */
async function arrive(clinic, claims) {
  const host = await clinic.therapist();
  const person = await clinic.client(claims);
  await asked(person);
  const { version, lang } = await read(person, 'telehealth');
  await person.ask('consent_decide', { kind: 'telehealth', version, lang, answer: 'granted', id: newId() });
  const { knock } = await host.sees(person, (p) => p.consent === 'given');
  return { host, person, knock };
}

/** Every file below a folder. @param {string} folder @returns {string[]} */
function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
    .map((file) => join(file.parentPath ?? file.path, file.name));
}

describe('what an emergency would need', () => {
  it('is asked for with a yes, and told to the therapist in the room', async (test) => {
    const clinic = await Clinic.open(test);
    const { host, person, knock } = await arrive(clinic, { sub: 'p-detail' });
    const other = await clinic.client({ sub: 'p-other', room: 'r-18', jti: newId() });
    await asked(other);
    await assert.rejects(decide(person, {}), refusal('BAD_FIELD', /** @type {any} */ ('detail')));
    await assert.rejects(decide(person, { detail: {} }), refusal('BAD_FIELD', /** @type {any} */ ('detail')));
    await assert.rejects(decide(person, { detail: { place: 'x'.repeat(201) } }), refusal('BAD_FIELD', /** @type {any} */ ('detail.place')));
    const text = await read(person, 'observer');
    await assert.rejects(person.ask('consent_decide', { kind: 'observer', version: text.version, lang: 'en', answer: 'granted', id: newId(), detail: SAID }),
      refusal('BAD_FIELD', /** @type {any} */ ('detail')));
    assert.equal((await host.sees(person)).details, 0);
    clinic.assertGenuine((await decide(person, { detail: SAID })).receipt);
    assert.equal((await host.sees(person, (p) => p.details === 1)).details, 1);

    const who = { participant: person.id };
    await assert.rejects(host.ask('consent_detail', who), refusal('WRONG_STATE'));
    await host.ask('admit', { ...who, knock });
    const { data } = await host.ask('consent_detail', who);
    assert.deepEqual(data, { therapy: 'consent_detail', ...who, ...SAID });
    await assert.rejects(person.ask('consent_detail', who), refusal('NOT_ALLOWED'));
    await assert.rejects(other.ask('consent_detail', who), refusal('NOT_ALLOWED'));
    await assert.rejects(host.ask('consent_detail', { participant: other.id }), refusal('WRONG_STATE'));
    await person.handle.detach();
    await host.sees(person, (p) => p.away);
    assert.equal((await host.ask('consent_detail', who)).data.place, SAID.place, 'also while their link is lost');
    const back = await clinic.again(person);
    await stands(back, 'granted');

    await back.ask('consent_withdraw', { kind: KIND, id: newId() });
    const seen = await host.sees(back, (p) => p.details === 0);
    assert.equal(seen.state, 'admitted', 'nothing hangs on it');
    assert.deepEqual((await host.ask('consent_detail', who)).data, { therapy: 'consent_detail', ...who });
    await clinic.gateway.close();
    clinic.assertSound();
  });

  it('is asked anew of who comes anew, and after a restart', async (test) => {
    const clinic = await Clinic.open(test);
    const { host, person, knock } = await arrive(clinic, { sub: 'p-anew' });
    await decide(person, { detail: SAID });
    await host.ask('admit', { participant: person.id, knock });
    const second = await clinic.client({ sub: 'p-anew', jti: newId() });
    assert.equal((await stands(second, 'none')).kinds[0].state, 'granted', 'what stands is not asked again');
    await clinic.gateway.end('SIGKILL');
    await clinic.gateway.again();
    const back = await clinic.again(person);
    assert.equal(back.joined.state, 'admitted');
    await stands(back, 'none');
    await decide(back, { detail: { contact: 'a neighbour' } });
    await stands(back, 'granted');
    await clinic.gateway.close();
    clinic.assertSound();
  });

  it('is in no file that the organisation\'s key has not opened, in no log, and not for operators', async (test) => {
    const clinic = await Clinic.open(test, { logLevel: 7 });
    const { host, person, knock } = await arrive(clinic, { sub: 'p-canary' });
    await decide(person, { detail: SAID });
    await host.ask('admit', { participant: person.id, knock });
    await host.ask('consent_detail', { participant: person.id });
    const { info } = await clinic.gateway.admin({ janus: 'handle_info', session_id: person.handle.session.id, handle_id: person.handle.id });
    assert.ok(!JSON.stringify(info).includes('canary'));
    const looked = files(clinic.data).concat(files(clinic.gateway.folder));
    for (const file of looked)
      for (const canary of CANARIES) assert.ok(!readFileSync(file).includes(canary), `${canary} is in ${file}`);
    assert.ok(['ledger.db', 'keys.db', 'state.db'].every((name) => looked.some((file) => file.endsWith(name))));
    await clinic.gateway.close();
    const ours = clinic.gateway.log.split('\n').filter((line) => line.includes('[therapy]')).join('\n');
    assert.ok(!ours.includes('canary'));

    const words = ['export', '--data', clinic.data, '--sub', 'p-canary'];
    const { status, stdout } = ledger([...words, '--organisation', join(clinic.folder, 'keys/organisation.secret')]);
    assert.equal(status, 0);
    const records = stdout.trim().split('\n').map((line) => JSON.parse(line).record.therapy);
    assert.deepEqual(records.map(({ kind, detail }) => [kind, detail]), [['telehealth', {}], [KIND, SAID]]);
    assert.notEqual(ledger([...words, '--organisation', join(clinic.folder, 'keys/organisation.key')]).status, 0);
  });
});
