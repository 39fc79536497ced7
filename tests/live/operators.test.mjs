// SPDX-License-Identifier: GPL-3.0-or-later
/** What operators see, in the Admin API and in the log: enough to run it, and nothing of anybody. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { publishOffer, receiveAnswer } from './sdp.mjs';

const CANARIES = {
  area: 'canary-area', room: 'canary-room', name: 'Canary Amina', with: 'Canary Khan', sub: 'canary-sub', jti: 'canary-jti',
  text: 'canary message', denial: 'canary denial',
};

/** A session in which everything is said that must stay between people. @param {Gateway} gateway */
async function talk(gateway) {
  const connection = await gateway.connect();
  const { area, room, name, sub, jti } = CANARIES;
  const host = await Person.join(connection, gateway.booking.therapist({ area, name: CANARIES.with, sub: `${sub}-h`, jti: `${jti}-h` }));
  const invitation = gateway.booking.invite({ area, room, name, with: CANARIES.with, sub, jti });
  const person = await Person.join(connection, invitation);
  for (const p of [host, person]) {
    await p.ask('publish', { audio: true, video: true }, publishOffer());
    const { jsep } = await p.receive();
    await p.receiver?.ask('answer', {}, receiveAnswer(jsep?.sdp));
  }
  await host.ask('message', { to: person.id, text: CANARIES.text });
  await host.ask('admit', { participant: person.id, knock: 1 });
  await person.becomes('admitted');
  const turned = await Person.join(connection, gateway.booking.invite({ area, room, name, jti: `${jti}-2`, sub: `${sub}-2` }));
  await host.ask('deny', { participant: turned.id, knock: 1, text: CANARIES.denial });
  await person.handle.say({ request: CANARIES.room, [CANARIES.name]: 1 });
  const secrets = [...Object.values(CANARIES), 'anary', ...invitation.split('.').slice(2), person.device.key, host.device.key,
    person.joined.ticket, host.joined.ticket, person.id, host.id, 'ice-ufrag', 'm=audio', '192.0.2.'];
  return { host, person, secrets };
}

/** @param {string} text @param {string[]} secrets */
function assertSilent(text, secrets) {
  for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} is in: ${text.slice(0, 300)}`);
}

describe('an operator', () => {
  it('counts heads and packets, and sees no one', async (t) => {
    const gateway = await Gateway.start({}, t);
    const { person, host, secrets } = await talk(gateway);
    const status = await gateway.status();
    assert.deepEqual({ ...status, version: '' }, {
      therapy: 'status', version: '', areas: 1, rooms: 1, participants: 2, waiting: 0, admitted: 2, away: 0,
      relayed_packets: 0, dropped_packets: 0, refused_media: 0, errors: 1, draining: false, unrecorded_packets: 0,
    });
    assert.match(status.version, /^\d+\.\d+\.\d+$/);
    assertSilent(JSON.stringify(status), secrets);
    /** @type {[import('./client.mjs').Handle | undefined, Record<string, unknown>][]} */
    const expected = [
      [person.handle, { handle: 'participant', state: 'admitted', relayed_packets: 0, dropped_packets: 0 }],
      [host.receiver, { handle: 'receiver', relayed_packets: 0, dropped_packets: 0 }],
      [await person.handle.session.attach(), { handle: 'new', relayed_packets: 0, dropped_packets: 0 }],
    ];
    for (const [handle, shown] of expected) {
      const { info } = await gateway.admin({ janus: 'handle_info', session_id: handle?.session.id, handle_id: handle?.id });
      assert.deepEqual(info.plugin_specific, shown);
    }
    await gateway.close();
  });

  it('asks for what there is, and nothing else', async (t) => {
    const gateway = await Gateway.start({}, t);
    const ask = async (/** @type {unknown} */ request) =>
      (await gateway.admin({ janus: 'message_plugin', plugin: 'janus.plugin.therapy', request })).response;
    assert.equal((await ask({ request: 'status' })).therapy, 'status');
    assert.equal((await ask({ request: 'people' })).error_name, 'UNKNOWN_REQUEST');
    assert.equal((await ask({})).error_name, 'MISSING_FIELD');
    assert.equal((await ask({ request: 7 })).error_name, 'BAD_FIELD');
    assert.equal((await gateway.status()).areas, 0);
    await gateway.close();
  });

  it('reads a log without secrets, at any level', async (t) => {
    const gateway = await Gateway.start({ logLevel: 5 }, t);
    const { host, person, secrets } = await talk(gateway);
    await host.ask('end');
    await person.becomes('ended');
    await gateway.close(); // Janus writes its log in a thread of its own
    const ours = gateway.log.split('\n').filter((line) => line.includes('[therapy]'));
    assert.ok(ours.length > 8, ours.join('\n'));
    assert.ok(ours.some((line) => /link \d+ is admitted/.test(line)));
    assertSilent(ours.join('\n'), secrets);
  });

  it('stops it with people inside, cleanly', async (t) => {
    const gateway = await Gateway.start({}, t);
    await talk(gateway);
    const { code, signal, reports } = await gateway.stop();
    assert.deepEqual([code, signal, reports], [0, null, '']);
  });

  it('is told at the start which setting is wrong', async (t) => {
    const gateway = await Gateway.start({ settings: ['waiting.grace_s=4'] }, t);
    assert.match(gateway.log, /\[therapy\] .*: waiting\.grace_s must be a number from 5 to 3600/);
    const session = await (await gateway.connect()).createSession();
    await assert.rejects(session.attach(), { code: 460 }, 'no such plugin');
  });

  it('is told of a key that does not exist', async (t) => {
    const gateway = await Gateway.start({ settings: ['waiting.gracce_s=100'] }, t);
    assert.match(gateway.log, /\[therapy\] .*unknown key: waiting\.gracce_s/);
    await gateway.status();
    await gateway.close();
  });
});
