// SPDX-License-Identifier: GPL-3.0-or-later
/** Observers and interpreters come in only where everybody who is asked agrees, and go when somebody does not any more. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, asked, Clinic, newId } from './consenting.mjs';

/** @param {string} name */
const refusal = (name) => (/** @type {any} */ e) => e.name === name;

/** @typedef {import("./client.mjs").Person} Person */

/** A client inside, and somebody else who waits. @param {Clinic} clinic @param {string} role */
async function scene(clinic, role) {
  const host = await clinic.therapist();
  const person = await clinic.client({ sub: 'p-one', seats: 4 });
  const other = await clinic.client({ sub: 'p-two', seats: 4, role, name: 'Sara' });
  await asked(person);
  await answer(person, 'telehealth', 'granted');
  await admit(host, person);
  return { host, person, other };
}

/** @param {Person} host @param {Person} person */
async function admit(host, person) {
  const { knock } = await host.sees(person, (p) => p.consent === undefined || p.consent === 'given');
  return host.ask('admit', { participant: person.id, knock });
}

describe('somebody else in the room', () => {
  for (const role of ['observer', 'interpreter']) {
    it(`${role}: waits for the client's yes, and is out with it`, async (test) => {
      const clinic = await Clinic.open(test);
      const { host, person, other } = await scene(clinic, role);
      const { knock } = await host.sees(other, (p) => p.others === 'asked');
      await assert.rejects(host.ask('admit', { participant: other.id, knock }), refusal('CONSENT_OF_OTHERS'));
      await answer(person, role, 'refused');
      await host.sees(other, (p) => p.others === 'refused');
      await assert.rejects(host.ask('admit', { participant: other.id, knock }), refusal('CONSENT_OF_OTHERS'));
      await answer(person, role, 'granted');
      await host.sees(other, (p) => p.others === 'given');
      await host.ask('admit', { participant: other.id, knock });
      await other.becomes('admitted');
      const { data } = await person.ask('consent_withdraw', { kind: role, id: newId() });
      assert.equal(data.answer, 'withdrawn');
      clinic.assertGenuine(data.receipt);
      await other.becomes('held', 'others');
      await host.sees(other, (p) => p.state === 'held' && p.others === 'refused');
      await assert.rejects(host.ask('admit', { participant: other.id, knock }), refusal('CONSENT_OF_OTHERS'));
      /* The session itself goes on. */
      await host.sees(person, (p) => p.state === 'admitted');
      await clinic.gateway.close();
      clinic.assertSound();
    });
  }

  it('makes way for a client who has not agreed to them', async (test) => {
    const clinic = await Clinic.open(test);
    const host = await clinic.therapist();
    const observer = await clinic.client({ sub: 'p-two', seats: 4, role: 'observer', name: 'Sara' });
    await admit(host, observer);
    await observer.becomes('admitted');
    const person = await clinic.client({ sub: 'p-one', seats: 4 });
    await asked(person);
    await answer(person, 'telehealth', 'granted');
    await admit(host, person);
    await person.becomes('admitted');
    await observer.becomes('held', 'others');
    await answer(person, 'observer', 'granted');
    const { knock } = await host.sees(observer, (p) => p.others === 'given');
    await host.ask('admit', { participant: observer.id, knock });
    await observer.becomes('admitted');
    await clinic.gateway.close();
  });
});
