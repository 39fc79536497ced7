// SPDX-License-Identifier: GPL-3.0-or-later
/** Links that break, pages that are opened twice, and people who come back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { publishOffer, receiveAnswer } from './sdp.mjs';

const GRACE_S = 10;
const LONG_MS = (GRACE_S + 10) * 1000;

describe('coming back', () => {
  /** @type {Gateway} */ let gateway;
  before(async () => { gateway = await Gateway.start({ reclaimS: 1, settings: [`waiting.grace_s=${GRACE_S}`] }); });
  after(() => gateway.close());

  /** A therapist and, over a WebSocket of their own, an admitted client. @param {string} area */
  async function session(area) {
    const host = await Person.join(await gateway.connect(), gateway.booking.therapist({ area }));
    const connection = await gateway.connect();
    const person = await Person.join(connection, gateway.booking.invite({ area }));
    const { knock } = await host.sees(person);
    await host.ask('admit', { participant: person.id, knock });
    await person.becomes('admitted', 'admitted');
    return { host, person, connection };
  }

  const isAway = (/** @type {any} */ d) => d.peers[0]?.away === true;

  it('a client whose link breaks is away, and comes back into the room', async () => {
    const { host, person, connection } = await session('back');
    connection.cut();
    await host.handle.hears('roster', isAway);
    const entry = await host.sees(person, (p) => p.away);
    assert.equal(entry.state, 'admitted');
    const again = await Person.join(await gateway.connect(), person.invitation, person.device);
    assert.equal(again.joined.resumed, true);
    assert.equal(again.joined.participant, person.id);
    assert.equal(again.joined.state, 'admitted');
    assert.notEqual(again.joined.ticket, person.joined.ticket);
    await again.becomes('admitted', 'resumed');
    const { data } = await again.handle.hears('roster');
    assert.equal(data.peers[0].participant, host.id);
    await host.handle.hears('roster', (d) => d.peers[0]?.away === false);
    // Media are set up anew.
    await again.ask('publish', { audio: true, video: true }, publishOffer());
    const { jsep } = await again.receive();
    await again.receiver?.ask('answer', {}, receiveAnswer(jsep?.sdp));
  });

  it('after the grace it is a new knock', async () => {
    const { host, person, connection } = await session('late');
    connection.cut();
    await host.handle.hears('roster', isAway);
    const gone = Date.now();
    await host.handle.hears('roster', (d) => d.peers.length === 0, LONG_MS);
    assert.ok(Date.now() - gone > GRACE_S * 1000 - 500);
    const again = await Person.join(await gateway.connect(), person.invitation, person.device);
    assert.equal(again.joined.resumed, false);
    assert.equal(again.joined.state, 'waiting');
    assert.equal((await host.sees(again)).knock, 2);
  });

  it('a therapist comes back to the room as it was', async () => {
    const area = 'host';
    const connection = await gateway.connect();
    const host = await Person.join(connection, gateway.booking.therapist({ area }));
    const person = await Person.join(await gateway.connect(), gateway.booking.invite({ area }));
    await host.ask('admit', { participant: person.id, knock: 1 });
    connection.cut();
    await person.handle.hears('roster', isAway);
    const again = await Person.join(await gateway.connect(), host.invitation, host.device);
    assert.equal(again.joined.state, 'admitted');
    await person.handle.hears('roster', (d) => d.peers[0]?.away === false);
  });

  it('a therapist who stays away leaves nobody alone in the room', async () => {
    const area = 'host-gone';
    const connection = await gateway.connect();
    const host = await Person.join(connection, gateway.booking.therapist({ area }));
    const person = await Person.join(await gateway.connect(), gateway.booking.invite({ area }));
    await host.ask('admit', { participant: person.id, knock: 1 });
    connection.cut();
    await person.becomes('held', 'therapist_left', LONG_MS);
  });

  it('a second tab takes the place of the first', async () => {
    const { host, person } = await session('tabs');
    await person.ask('publish', { audio: true, video: true }, publishOffer());
    const second = await Person.join(await gateway.connect(), person.invitation, person.device);
    assert.equal(second.joined.resumed, true);
    assert.equal(second.joined.state, 'admitted');
    await person.becomes('left', 'replaced');
    await person.handle.notice('hangup');
    await assert.rejects(person.ask('media', { audio: false }), { name: 'NOT_JOINED' });
    // The ticket of the first opens nothing any more.
    await assert.rejects(person.receive(), { name: 'BAD_TICKET' });
    await host.ask('end');
    await second.becomes('ended');
  });

  it('a page that lost its WebSocket claims its Janus session, and nobody notices', async () => {
    const { host, person, connection } = await session('claim');
    connection.cut();
    const fresh = await gateway.connect();
    await fresh.claim(person.handle.session);
    const { data } = await person.ask('media', { audio: false });
    assert.equal(data.audio, false);
    const roster = await host.handle.hears('roster', (d) => d.peers[0]?.audio === false);
    assert.equal(roster.data.peers[0].away, false);
  });

  it('a lost receiver handle is made again with the same ticket', async () => {
    const { person } = await session('receiver');
    const first = await person.receive();
    await person.receiver?.ask('answer', {}, receiveAnswer(first.jsep?.sdp));
    await person.receiver?.detach();
    const second = await person.receive();
    assert.equal(second.data.therapy, 'offer');
    await person.receiver?.ask('answer', {}, receiveAnswer(second.jsep?.sdp));
  });
});
