// SPDX-License-Identifier: GPL-3.0-or-later
/** Asked before they are let in, held by the gate, proven by a receipt: over the real Janus and a real ledger. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Gateway } from './gateway.mjs';
import { answer, asked, Clinic, newId, read } from './consenting.mjs';

/** @typedef {import('./client.mjs').Person} Person */

/** @param {string} name */
const refusal = (name, field = undefined) => (/** @type {any} */ e) => e.name === name && e.event.field === field;

/** A therapist and an admitted client who has agreed. @param {Clinic} clinic @param {Record<string, unknown>} [claims] */
async function session(clinic, claims) {
  const host = await clinic.therapist(claims?.area ? { area: claims.area } : {});
  const person = await clinic.client(claims);
  await asked(person);
  await answer(person, 'telehealth', 'granted');
  const { knock } = await host.sees(person, (p) => p.consent === 'given');
  await host.ask('admit', { participant: person.id, knock });
  await person.becomes('admitted', 'admitted');
  return { host, person };
}

describe('a clinic that asks', () => {
  it('asks, takes a no, lets in after a yes, and gives proof of both', async (test) => {
    const clinic = await Clinic.open(test);
    const host = await clinic.therapist();
    const person = await clinic.client({ sub: 'p-first' });
    const first = await asked(person);
    assert.equal(first.settled, false);
    assert.deepEqual(first.kinds.map((/** @type {any} */ k) => [k.kind, k.version, k.required, k.scope, k.state]), [
      ['telehealth', '1.0', true, 'standing', 'none'],
      ['data-processing', '1.0', false, 'standing', 'none'],
      ['emergency-contact', '1.1', false, 'session', 'none'],
      ['interpreter', '1.0', false, 'session', 'none'],
      ['observer', '1.0', false, 'session', 'none'],
    ]);
    assert.ok(first.kinds[0].title.en && first.kinds[0].title.ur);
    assert.equal((await host.sees(person)).consent, 'asked');
    await assert.rejects(host.ask('admit', { participant: person.id, knock: 1 }), refusal('CONSENT_MISSING'));

    const { data: text } = await person.ask('consent_text', { kind: 'telehealth', lang: 'ur' });
    assert.equal(text.text, readFileSync(join(clinic.texts, 'telehealth.ur.txt'), 'utf8'));
    assert.deepEqual([text.version, text.lang], ['1.0', 'ur']);
    assert.equal((await person.ask('consent_text', { kind: 'telehealth', lang: 'fr' })).data.lang, 'en');

    const decision = { kind: 'telehealth', version: '1.0', lang: 'ur', answer: 'granted', id: newId() };
    await assert.rejects(person.ask('consent_decide', decision), refusal('CONSENT_NOT_SHOWN'));
    await assert.rejects(person.ask('consent_shown', { ...decision, version: '0.9' }), refusal('CONSENT_STALE'));
    await assert.rejects(person.ask('consent_shown', { ...decision, lang: 'fr' }), refusal('BAD_FIELD', /** @type {any} */ ('lang')));
    await assert.rejects(person.ask('consent_shown', { ...decision, kind: 'nonsense' }), refusal('BAD_FIELD', /** @type {any} */ ('kind')));
    await assert.rejects(person.ask('consent_withdraw', { kind: 'telehealth', id: newId() }), refusal('WRONG_STATE'));
    await assert.rejects(host.ask('consent_text', { kind: 'telehealth', lang: 'en' }), refusal('NOT_ALLOWED'));

    const no = await answer(person, 'telehealth', 'refused', 'ur');
    clinic.assertGenuine(no.receipt);
    assert.equal((await asked(person, (d) => d.kinds[0].state === 'refused')).settled, false);
    await host.sees(person, (p) => p.consent === 'refused');
    await assert.rejects(host.ask('admit', { participant: person.id, knock: 1 }), refusal('CONSENT_MISSING'));

    await person.ask('consent_shown', decision);
    const { data: yes } = await person.ask('consent_decide', decision);
    assert.deepEqual([yes.therapy, yes.kind, yes.answer], ['consent_decided', 'telehealth', 'granted']);
    clinic.assertGenuine(yes.receipt);
    assert.ok(yes.receipt.includes(text.text.split('\n')[0].slice(2)));
    assert.equal((await person.ask('consent_decide', decision)).data.receipt, yes.receipt, 'the same request is kept once');
    await host.sees(person, (p) => p.consent === 'given');
    await host.ask('admit', { participant: person.id, knock: 1 });
    await person.becomes('admitted');
    assert.deepEqual(first.kinds.map((/** @type {any} */ k) => k.detail), [undefined, undefined, ['place', 'contact'], undefined, undefined]);
    for (const { kind } of first.kinds.slice(1)) await answer(person, kind, 'refused');
    await asked(person, (d) => d.settled);
    await clinic.gateway.close();
    assert.match(clinic.status('p-first'), /telehealth granted 1\.0 ur 20/);
    clinic.assertSound();
  });

  it('puts out at once whoever takes it back, and says why', async (test) => {
    const clinic = await Clinic.open(test);
    const { host, person } = await session(clinic, { sub: 'p-back' });
    const id = newId();
    const { data } = await person.ask('consent_withdraw', { kind: 'telehealth', id });
    assert.deepEqual([data.therapy, data.kind, data.answer], ['consent_decided', 'telehealth', 'withdrawn']);
    clinic.assertGenuine(data.receipt);
    await person.becomes('held', 'consent');
    await asked(person, (d) => d.kinds[0].state === 'withdrawn');
    const seen = await host.sees(person, (p) => p.state === 'held');
    assert.equal(seen.consent, 'refused');
    await assert.rejects(host.ask('admit', { participant: person.id, knock: seen.knock }), refusal('CONSENT_MISSING'));
    assert.equal((await person.ask('consent_withdraw', { kind: 'telehealth', id })).data.receipt, data.receipt);
    await answer(person, 'telehealth', 'granted');
    await host.sees(person, (p) => p.consent === 'given');
    await host.ask('admit', { participant: person.id, knock: seen.knock });
    await person.becomes('admitted');
    await clinic.gateway.close();
    clinic.assertSound();
  });

  it('does not ask again after a restart, and holds whoever has not agreed to a new text', async (test) => {
    const clinic = await Clinic.open(test);
    const { host, person } = await session(clinic, { sub: 'p-kept' });
    await clinic.gateway.end('SIGKILL');
    await clinic.gateway.again();
    let back = await clinic.again(person);
    assert.equal(back.joined.state, 'admitted');
    assert.equal((await asked(back)).kinds[0].state, 'granted');
    await clinic.again(host);
    /* The same person with another invitation. */
    const other = await clinic.client({ sub: 'p-kept', room: 'r-18' });
    assert.equal((await asked(other)).kinds[0].state, 'granted');
    await clinic.gateway.end('SIGTERM');
    const file = join(clinic.texts, 'telehealth.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": "1.0"', '"version": "2.0"'));
    await clinic.gateway.again();
    const seat = await clinic.again(host);
    back = await clinic.again(person);
    assert.equal((await asked(back)).kinds[0].state, 'none');
    await back.becomes('held', 'consent');
    const { knock } = await seat.sees(back, (p) => p.state === 'held' && p.consent === 'asked');
    await assert.rejects(seat.ask('admit', { participant: back.id, knock }), refusal('CONSENT_MISSING'));
    await answer(back, 'telehealth', 'granted');
    await seat.sees(back, (p) => p.consent === 'given');
    await seat.ask('admit', { participant: back.id, knock });
    await back.becomes('admitted', 'admitted');
    await clinic.gateway.close();
    clinic.assertSound();
  });

  it('asks nobody whom it does not concern, and nobody at all unless it is told to', async (test) => {
    const clinic = await Clinic.open(test);
    const host = await clinic.therapist();
    const watcher = await clinic.client({ role: 'observer', name: 'Sup' });
    const seen = await host.sees(watcher);
    assert.ok(!('consent' in seen));
    await assert.rejects(watcher.ask('consent_text', { kind: 'telehealth', lang: 'en' }), refusal('WRONG_STATE'));
    assert.deepEqual(host.handle.inbox.items.filter((m) => m.plugindata?.data.therapy === 'consent'), []);
    await host.ask('admit', { participant: watcher.id, knock: seen.knock });
    await clinic.gateway.close();

    const gateway = await Gateway.start({}, test);
    const off = new Clinic(join(clinic.folder, 'off'), join(clinic.folder, 'off/ledger'));
    off.gateway = gateway;
    const therapist = await off.therapist();
    const person = await off.client();
    await assert.rejects(person.ask('consent_text', { kind: 'telehealth', lang: 'en' }), refusal('WRONG_STATE'));
    assert.ok(!('consent' in await therapist.sees(person)));
    await gateway.close();
  });

  it('does not start when it could not ask, and says why', async (test) => {
    const clinic = await Clinic.open(test);
    await clinic.gateway.end('SIGTERM');
    const file = join(clinic.texts, 'telehealth.en.txt');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace(/\n\n/, '\n\nAnd more.\n\n'));
    assert.match(await clinic.gateway.failsAgain(), /consent\.enabled, but nobody can be asked: the text of telehealth 1\.0 \(en\) was changed/);
    await clinic.gateway.end('SIGTERM');
    writeFileSync(file, good);
    rmSync(join(clinic.data, 'ledger.seed'));
    assert.match(await clinic.gateway.failsAgain(), /nobody can be asked: .*ledger\.seed, the key that signs, is missing/);
    const janus = await (await clinic.gateway.connect()).createSession();
    await assert.rejects(janus.attach(), { code: 460 }, 'no such plugin');
  });

  it('keeps it out of the log and from operators', async (test) => {
    const clinic = await Clinic.open(test, { logLevel: 5 });
    const { person } = await session(clinic, { sub: 'canary-sub', room: 'canary-room', area: 'canary-area' });
    const text = await read(person, 'observer', 'en');
    await answer(person, 'observer', 'refused');
    const id = newId();
    const { data } = await person.ask('consent_withdraw', { kind: 'telehealth', id });
    const { info } = await clinic.gateway.admin({ janus: 'handle_info', session_id: person.handle.session.id, handle_id: person.handle.id });
    assert.deepEqual(Object.keys(info.plugin_specific).sort(), ['dropped_packets', 'handle', 'relayed_packets', 'state']);
    await clinic.gateway.close();
    const ours = clinic.gateway.log.split('\n').filter((line) => line.includes('[therapy]')).join('\n');
    assert.match(ours, /link \d+ is held/);
    for (const secret of ['canary', id, 'telehealth', 'granted', 'refused', 'withdrawn', '(consent)', text.text.slice(0, 20),
      data.receipt.slice(-60).trim()])
      assert.ok(!ours.includes(secret), `${secret} is in the log`);
  });
});
