// SPDX-License-Identifier: GPL-3.0-or-later
/** What no page of ours would send: broken, huge, deep, quick and disorderly. Everybody else must not notice. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { Booking, Device } from './booking.mjs';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';

const KINDS = [null, true, false, 0, 1, -1, 1.5, 2 ** 53, '', 'x', [], [1], {}, { a: 1 }];

/** @param {number} depth @param {unknown} inside */
const nest = (depth, inside) => Array.from({ length: depth }).reduce((value) => [value], inside);

describe('hostile pages', () => {
  /** @type {Gateway} */ let gateway;
  /** @type {Person} */ let bystander;
  before(async () => {
    gateway = await Gateway.start({ settings: ['limits.requests_burst=1000', 'limits.requests_per_10s=1000'] });
    bystander = await Person.join(await gateway.connect(), gateway.booking.invite({ area: 'bystander' }));
    await bystander.becomes('waiting');
  });
  after(() => gateway.close());
  afterEach(async () => {
    assert.equal((await bystander.ask('media', { audio: true })).data.audio, true);
    assert.equal(gateway.reports(), '');
  });

  const join = async (/** @type {string} */ area) => Person.join(await gateway.connect(), gateway.booking.invite({ area }));

  it('send no JSON', async () => {
    const connection = await gateway.connect();
    const texts = ['', '{', '[]', '"x"', 'null', '{"janus":"message"}', '\u0000', '{"janus":"create","transaction":7}', '{'.repeat(5000)];
    for (const text of texts) connection.socket.send(text);
    connection.socket.send(randomBytes(1000));
    const session = await connection.createSession();
    await (await session.attach()).ask('hello');
  });

  it('send bodies that are too big or too deep', async () => {
    const { handle } = await join('big');
    const bodies = [
      { request: 'media', audio: true, x: 'x'.repeat(17 * 1024) },
      { request: 'media', audio: true, x: nest(8, 1) },
      { request: 'media', audio: true, x: nest(1500, 1) },
      { request: 'media', audio: true, x: Array.from({ length: 100 }, (_, i) => i) },
      { request: 'media', audio: true, ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i])) },
    ];
    for (const body of bodies) {
      const { data } = await handle.say(body);
      assert.equal(data.error_name, 'TOO_BIG', JSON.stringify(body).slice(0, 60));
    }
  });

  it('send every type in every field', async () => {
    const person = await join('types');
    /** @type {Record<string, Record<string, unknown>>} */
    const requests = {
      join: { invitation: 'v4.public.x', device: { key: 'k', signature: 's' } },
      media: { audio: true, video: true, echo: true },
      admit: { participant: person.id, knock: 1 }, deny: { participant: person.id, knock: 1, text: 'x' },
      hold: { participant: person.id }, remove: { participant: person.id }, message: { to: person.id, text: 'x' },
      lock: { room: 'r-17' }, receive: { ticket: 'A'.repeat(43), restart: false },
    };
    const names = ['BAD_FIELD', 'MISSING_FIELD', 'NOT_ALLOWED', 'ALREADY_JOINED', 'BAD_TICKET', 'OUT_OF_ORDER', 'WRONG_STATE',
      'TOKEN_MALFORMED', 'DEVICE_KEY', 'DEVICE_SIGNATURE'];
    for (const [request, fields] of Object.entries(requests)) {
      for (const field of [...Object.keys(fields), 'seq', 'request']) {
        for (const value of KINDS) {
          const { data } = await person.handle.say({ request, ...fields, [field]: value });
          assert.ok(data.therapy === 'media' || names.includes(data.error_name) || (field === 'request' && data.error_name === 'UNKNOWN_REQUEST'),
            `${request}.${field} = ${JSON.stringify(value)}: ${JSON.stringify(data)}`);
        }
      }
    }
    assert.equal((await gateway.status()).participants >= 2, true);
  });

  it('are told which field is wrong, never what was in it', async () => {
    const { handle } = await join('field');
    const { data } = await handle.say({ request: 'media', audio: 'canary-7' });
    assert.deepEqual(data, { therapy: 'error', error_code: 5105, error_name: 'BAD_FIELD', error: data.error, field: 'audio' });
    const { data: unknown } = await handle.say({ request: 'canary-8' });
    assert.ok(!JSON.stringify([data, unknown]).includes('canary'));
  });

  it('cannot put an older request behind a newer one', async () => {
    const { handle } = await join('order');
    await handle.ask('media', { seq: 10, audio: true });
    await assert.rejects(handle.ask('media', { seq: 10, audio: false }), { name: 'OUT_OF_ORDER' });
    await assert.rejects(handle.ask('media', { seq: 9, audio: false }), { name: 'OUT_OF_ORDER' });
    assert.equal((await handle.ask('media', { seq: 11 })).data.audio, true);
  });

  it('two quick requests: the newer one wins, whichever Janus hands over first', async () => {
    const { handle } = await join('quick');
    let swapped = 0;
    for (let i = 1; i < 300; i += 2) {
      const audio = i % 4 === 1;
      const [first, second] = await Promise.all([
        handle.say({ request: 'media', seq: i, audio: !audio }), handle.say({ request: 'media', seq: i + 1, audio }),
      ]);
      assert.equal(second.data.therapy, 'media');
      swapped += first.data.error_name === 'OUT_OF_ORDER' ? 1 : 0;
      assert.equal((await handle.ask('media')).data.audio, audio, `after ${i}, ${swapped} were handed over in the other order`);
    }
  });

  it('learn nothing of rooms from a wrong invitation: the same answer, in the same time', async () => {
    const area = 'secret';
    await Person.join(await gateway.connect(), gateway.booking.therapist({ area }));
    await Person.join(await gateway.connect(), gateway.booking.invite({ area, room: 'there' }));
    const session = await (await gateway.connect()).createSession();
    const stranger = new Booking();
    const device = new Device();
    /** @type {Record<string, {times: number[], answers: Set<string>}>} */
    const rooms = { there: { times: [], answers: new Set() }, none: { times: [], answers: new Set() } };
    for (let i = 0; i < 300; i++) {
      for (const [room, seen] of Object.entries(rooms)) {
        const invitation = stranger.invite({ area, room: room.padEnd(8, '0'), jti: 'i-0', sub: 'p-0' });
        const handle = await session.attach();
        const { data: { nonce } } = await handle.ask('hello');
        const proof = device.prove(nonce, invitation);
        const started = process.hrtime.bigint();
        const { data } = await handle.say({ request: 'join', invitation, device: proof });
        seen.times.push(Number(process.hrtime.bigint() - started) / 1e6);
        seen.answers.add(JSON.stringify(data));
      }
    }
    assert.equal(new Set([...rooms.there.answers, ...rooms.none.answers]).size, 1);
    assert.match([...rooms.there.answers][0], /TOKEN_UNKNOWN_KEY/);
    const [there, none] = [rooms.there.times, rooms.none.times].map((times) => times.sort((a, b) => a - b)[times.length >> 1]);
    assert.ok(Math.abs(there - none) < 0.2 * Math.max(there, none) + 0.1, `medians ${there} and ${none} ms`);
  });
});

describe('a hurried page', () => {
  it('is slowed down, and nobody else', async (t) => {
    const gateway = await Gateway.start({}, t);
    const [hurried, calm] = [await (await (await gateway.connect()).createSession()).attach(), await (await (await gateway.connect()).createSession()).attach()];
    const answers = await Promise.all(Array.from({ length: 120 }, () => hurried.say({ request: 'hello' })));
    const refused = answers.filter(({ data }) => data.error_name === 'TOO_FAST').length;
    assert.ok(refused >= 70 && refused < 100, `${refused} of 120 refused`);
    await calm.ask('hello');
    await gateway.close();
  });
});
