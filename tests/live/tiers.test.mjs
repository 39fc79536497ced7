// SPDX-License-Identifier: GPL-3.0-or-later
/** Three people in one room, of whom one falls silent: what each is told of the pictures, by the installed Janus. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { publishOffer, receiveAnswer } from './sdp.mjs';

const REPORT_MS = 250;
const SILENT_MS = 3000;

describe('the tiers of three people', () => {
  /** @type {Gateway} */ let gateway;
  /** @type {Person} */ let therapist;
  /** @type {Person} */ let client;
  /** @type {Person} */ let guest;
  /** @type {Set<Person>} who give signs of life */
  const reporting = new Set();
  /** @type {ReturnType<typeof setInterval>} */ let timer;

  before(async () => {
    gateway = await Gateway.start();
    const connection = await gateway.connect();
    const area = 'area-tiers';
    therapist = await Person.join(connection, gateway.booking.therapist({ area, seats: 3 }));
    client = await Person.join(connection, gateway.booking.invite({ area, room: 'r', seats: 3 }));
    guest = await Person.join(connection, gateway.booking.invite({ area, room: 'r', role: 'guest', seats: 3 }));
    for (const person of [therapist, client, guest]) {
      await person.ask('publish', { audio: true, video: true }, publishOffer());
      const { jsep } = await person.receive();
      await person.receiver?.ask('answer', {}, receiveAnswer(jsep?.sdp));
      reporting.add(person);
    }
    timer = setInterval(() => {
      for (const { handle } of reporting) void handle.say({ request: 'report', down: { span_ms: 0 } });
    }, REPORT_MS);
    for (const person of [client, guest]) {
      const { knock } = await therapist.sees(person);
      await therapist.ask('admit', { participant: person.id, knock });
      await person.becomes('admitted', 'admitted');
    }
  });
  after(() => {
    clearInterval(timer);
    return gateway.close();
  });

  it('nothing is held back from anybody', async () => {
    for (const person of [therapist, client, guest]) {
      const { data } = await person.handle.hears('tier', (tier) => tier.video);
      assert.equal(data.tier, 'high');
      assert.deepEqual(data.paused, []);
    }
  });

  it('the silent one alone is told that there is no picture', async () => {
    reporting.delete(guest);
    await guest.handle.hears('tier', (tier) => !tier.video, SILENT_MS);
    for (const { handle } of [therapist, client]) await assert.rejects(handle.hears('tier', () => true, REPORT_MS), /no event "tier"/);
  });

  it('and has them again when heard', async () => {
    reporting.add(guest);
    await guest.handle.hears('tier', (tier) => tier.video, SILENT_MS);
    for (const { handle } of [therapist, client]) await assert.rejects(handle.hears('tier', () => true, REPORT_MS), /no event "tier"/);
  });
});
