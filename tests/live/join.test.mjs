// SPDX-License-Identifier: GPL-3.0-or-later
/** Arriving: the plugin in the real Janus lets in who has an invitation, and tells everybody else why not. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run, temporaryFolder } from '../lab/processes.mjs';
import { Booking, Device, date } from './booking.mjs';
import { JanusError, Person } from './client.mjs';
import { Gateway, INVITE } from './gateway.mjs';

/** @typedef {import('./client.mjs').Handle} Handle */

describe('joining', () => {
  /** @type {Gateway} */ let gateway;
  /** @type {Booking} */ let booking;
  before(async () => {
    gateway = await Gateway.start({ settings: ['limits.requests_burst=1000'] });
    booking = gateway.booking;
  });
  after(() => gateway.close());

  /** A handle that has said hello. */
  async function newcomer() {
    const session = await (await gateway.connect()).createSession();
    const handle = await session.attach();
    const { data } = await handle.ask('hello');
    return { handle, nonce: data.nonce };
  }

  /** Tries to join; resolves with the error. @param {string} invitation @param {Record<string, unknown>} [device] */
  async function refusal(invitation, device) {
    const { handle, nonce } = await newcomer();
    const { data } = await handle.say({ request: 'join', invitation, device: device ?? new Device().prove(nonce, invitation) });
    assert.equal(data.therapy, 'error', JSON.stringify(data));
    assert.equal(typeof data.error, 'string');
    return { name: data.error_name, field: data.field };
  }

  it('hello gives a nonce, another one each time', async () => {
    const a = await newcomer();
    assert.match(a.nonce, /^[\w-]{43}$/);
    const { data } = await a.handle.ask('hello');
    assert.equal(data.version, 1);
    assert.notEqual(data.nonce, a.nonce);
  });

  it('a client joins and waits', async () => {
    const client = await Person.join(await gateway.connect(), booking.invite({ area: 'a1' }));
    const { participant, ticket, ...rest } = client.joined;
    assert.match(participant, /^[\w-]{22}$/);
    assert.match(ticket, /^[\w-]{43}$/);
    assert.deepEqual(rest, {
      therapy: 'joined', role: 'client', state: 'waiting', name: 'Amina', with: 'Dr Khan', lang: 'ur', room: 'r-17',
      area: 'a1', resumed: false, pairs: 1, therapist_present: false,
    });
    await client.becomes('waiting', 'arrived');
  });

  it('a therapist joins and sees who waits', async () => {
    const connection = await gateway.connect();
    const client = await Person.join(connection, booking.invite({ area: 'a2' }));
    const therapist = await Person.join(connection, booking.therapist({ area: 'a2' }));
    assert.equal(therapist.joined.role, 'therapist');
    const { waited_s: waited, ...seen } = await therapist.sees(client);
    assert.ok(waited <= 1);
    assert.deepEqual(seen, {
      participant: client.id, knock: 1, name: 'Amina', role: 'client', room: 'r-17', state: 'waiting', away: false,
      ready: false, locked: false,
    });
    await client.handle.hears('presence', (d) => d.therapist_present === true);
  });

  it('an invitation from therapy-invite opens the door', async (t) => {
    const { folder, remove } = temporaryFolder('invite');
    run([INVITE, 'keygen', '--out', folder]);
    const file = (/** @type {RegExp} */ what) => {
      const name = readdirSync(folder).find((n) => what.test(n));
      return join(folder, name ?? 'missing');
    };
    const shop = new Booking();
    [shop.publicKey] = readFileSync(file(/public/), 'utf8').match(/k4\.public\.\S+/) ?? [''];
    const other = await Gateway.start({ booking: shop }, t);
    const token = run([INVITE, 'invite', '--key', file(/secret/), '--realm', shop.realm, '--area', 'khan', '--room', 'r-1',
      '--role', 'client', '--name', 'Béla', '--for', '1h']).trim();
    const client = await Person.join(await other.connect(), token);
    assert.equal(client.joined.name, 'Béla');
    await other.close();
    remove();
  });

  it('what is wrong with an invitation has a name', async () => {
    const good = booking.invite();
    const [v4, purpose, body, footer] = good.split('.');
    const flipped = Buffer.from(body, 'base64url');
    flipped[5] ^= 1;
    const without = (/** @type {string} */ claim) => booking.invite({ [claim]: undefined });
    /** @type {[string, string, (string | undefined)?][]} */
    const cases = [
      ['TOKEN_MALFORMED', 'hello'],
      ['TOKEN_MALFORMED', `${v4}.${purpose}`],
      ['TOKEN_MALFORMED', `${v4}.${purpose}.${body}.${footer}.x`],
      ['TOKEN_MALFORMED', `${v4}.${purpose}.${body}=.${footer}`],
      ['TOKEN_VERSION', `v3.${purpose}.${body}.${footer}`],
      ['TOKEN_VERSION', `${v4}.local.${body}.${footer}`],
      ['TOKEN_FOOTER', booking.sign(JSON.stringify(booking.claims()), { footer: '' })],
      ['TOKEN_FOOTER', booking.sign(JSON.stringify(booking.claims()), { footer: '{"kid":7}' })],
      ['TOKEN_UNKNOWN_KEY', new Booking().invite()],
      ['TOKEN_SIGNATURE', `${v4}.${purpose}.${flipped.toString('base64url')}.${footer}`],
      ['TOKEN_SIGNATURE', booking.sign(JSON.stringify(booking.claims()), { realm: 'another' })],
      ['TOKEN_CLAIMS', booking.sign('[]')],
      ['TOKEN_CLAIMS', booking.sign('{"jti":"a","jti":"b"}')],
      ['TOKEN_MISSING_CLAIM', without('jti'), 'jti'],
      ['TOKEN_MISSING_CLAIM', without('exp'), 'exp'],
      ['TOKEN_MISSING_CLAIM', without('room'), 'room'],
      ['TOKEN_BAD_CLAIM', booking.invite({ role: 'king' }), 'role'],
      ['TOKEN_BAD_CLAIM', booking.invite({ room: 'a b' }), 'room'],
      ['TOKEN_BAD_CLAIM', booking.invite({ seats: 9 }), 'seats'],
      ['TOKEN_BAD_CLAIM', booking.invite({ exp: 4102444800 }), 'exp'],
      ['TOKEN_AUDIENCE', booking.invite({ aud: 'another' })],
      ['TOKEN_EARLY', booking.invite({ nbf: date(600), exp: date(3600) })],
      ['TOKEN_EXPIRED', booking.invite({ nbf: date(-7200), exp: date(-600) })],
    ];
    for (const [name, invitation, field] of cases) {
      const got = await refusal(invitation);
      assert.equal(got.name, name, `${invitation.slice(0, 40)}…`);
      if (field) assert.equal(got.field, field);
    }
    assert.equal((await Person.join(await gateway.connect(), good)).joined.state, 'waiting');
  });

  it('an invitation belongs to the device that opened it first', async () => {
    const connection = await gateway.connect();
    const invitation = booking.invite({ area: 'a3' });
    const client = await Person.join(connection, invitation);
    assert.equal((await refusal(invitation)).name, 'TOKEN_USED');
    await client.ask('leave');
    assert.equal((await refusal(invitation)).name, 'TOKEN_USED');
    const again = await Person.join(connection, invitation, client.device);
    assert.equal(again.joined.resumed, false);
  });

  it('whoever was turned away stays away', async () => {
    const connection = await gateway.connect();
    const invitation = booking.invite({ area: 'a4' });
    const therapist = await Person.join(connection, booking.therapist({ area: 'a4' }));
    const client = await Person.join(connection, invitation);
    const { knock } = await therapist.sees(client);
    await therapist.ask('deny', { participant: client.id, knock, text: 'Please call.' });
    const told = await client.becomes('denied', 'denied');
    assert.equal(told.text, 'Please call.');
    await assert.rejects(Person.join(connection, invitation, client.device), { name: 'TOKEN_REVOKED' });
    assert.equal((await refusal(invitation)).name, 'TOKEN_USED');
  });

  it('a device must prove its key', async () => {
    const invitation = booking.invite();
    const device = new Device();
    const prove = (/** @type {string} */ nonce) => device.prove(nonce, invitation);
    /** @type {[string, (nonce: string) => object][]} */
    const attempts = [
      ['DEVICE_SIGNATURE', (nonce) => ({ ...prove(nonce), key: new Device().key })],
      ['DEVICE_SIGNATURE', (nonce) => device.prove(nonce, booking.invite())],
      ['DEVICE_SIGNATURE', () => prove(Buffer.alloc(32).toString('base64url'))],
      ['DEVICE_KEY', (nonce) => ({ ...prove(nonce), key: Buffer.alloc(32).toString('base64url') })],
    ];
    for (const [name, claim] of attempts) {
      const { handle, nonce } = await newcomer();
      await assert.rejects(handle.ask('join', { invitation, device: claim(nonce) }), { name });
      await assert.rejects(handle.ask('join', { invitation, device: prove(nonce) }), { name: 'NO_NONCE' }, 'for one join');
    }
    const { handle, nonce } = await newcomer();
    const proof = prove(nonce);
    await handle.ask('join', { invitation, device: proof });
    await assert.rejects(handle.ask('join', { invitation, device: proof }), { name: 'ALREADY_JOINED' });
    await assert.rejects(handle.ask('hello'), { name: 'ALREADY_JOINED' });
  });

  it('a nonce is good once, and for one handle', async () => {
    const invitation = booking.invite();
    const device = new Device();
    const first = await newcomer();
    const session = await (await gateway.connect()).createSession();
    const second = await session.attach();
    const proof = device.prove(first.nonce, invitation);
    await assert.rejects(second.ask('join', { invitation, device: proof }), { name: 'NO_NONCE' });
    await second.ask('hello');
    await assert.rejects(second.ask('join', { invitation, device: proof }), { name: 'DEVICE_SIGNATURE' });
  });

  it('nothing else is answered before joining', async () => {
    const { handle } = await newcomer();
    const id = 'A'.repeat(22);
    /** @type {[string, string, Record<string, unknown>?][]} */
    const cases = [
      ['leave', 'NOT_JOINED'], ['media', 'NOT_JOINED', { audio: true }], ['end', 'NOT_JOINED'],
      ['admit', 'NOT_JOINED', { participant: id, knock: 1 }], ['lock', 'NOT_JOINED', { room: 'r-17' }],
      ['publish', 'JSEP_MISSING', { audio: true }], ['answer', 'JSEP_MISSING'],
      ['receive', 'BAD_TICKET', { ticket: 'A'.repeat(43) }], ['receive', 'MISSING_FIELD'],
      ['dance', 'UNKNOWN_REQUEST'], ['admit', 'MISSING_FIELD', { knock: 1 }],
    ];
    for (const [request, name, fields] of cases)
      await assert.rejects(handle.ask(request, fields), { name }, `${request} ${JSON.stringify(fields)}`);
    await assert.rejects(handle.say('text'), JanusError);
  });
});
