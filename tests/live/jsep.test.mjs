// SPDX-License-Identifier: GPL-3.0-or-later
/** Janus opens sockets for every media description before the plugin sees it. The uninvited must not keep any. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { attribute, publishOffer, receiveAnswer, sections } from './sdp.mjs';

/** Janus closes at the next full second. */
const CLOSED_MS = 5000;
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe('media descriptions', () => {
  /** @type {Gateway} */ let gateway;
  before(async () => { gateway = await Gateway.start({ settings: ['limits.requests_burst=1000'] }); });
  after(() => gateway.close());

  /** Asserts that the process has no socket for datagrams, or none any more very soon. */
  async function assertNoSockets() {
    const until = Date.now() + CLOSED_MS;
    let { udp } = gateway.files();
    while (udp > 0 && Date.now() < until) {
      await pause(20);
      ({ udp } = gateway.files());
    }
    assert.equal(udp, 0);
  }

  async function newcomer() {
    const session = await (await gateway.connect()).createSession();
    return session.attach();
  }

  const join = async () => Person.join(await gateway.connect(), gateway.booking.invite());

  it('are refused before joining, and the sockets given back', async () => {
    await assertNoSockets();
    const handle = await newcomer();
    await assert.rejects(handle.ask('publish', { audio: true }, publishOffer()), { name: 'JSEP_NOT_EXPECTED' });
    await handle.notice('hangup');
    await assertNoSockets();
  });

  it('cost the handle the second time', async () => {
    const handle = await newcomer();
    await assert.rejects(handle.ask('hello', {}, publishOffer()), { name: 'JSEP_NOT_EXPECTED' });
    await handle.notice('hangup');
    await assert.rejects(handle.ask('hello', {}, publishOffer()), { name: 'JSEP_NOT_EXPECTED' });
    await handle.notice('detached');
    await assertNoSockets();
    await assert.rejects(handle.ask('hello'), { code: 459 }, 'no such handle');
  });

  it('of a hundred strangers leave nothing behind', async () => {
    const handles = await Promise.all(Array.from({ length: 100 }, newcomer));
    await Promise.all(handles.map((handle) => assert.rejects(handle.ask('answer', {}, publishOffer()), { name: 'JSEP_NOT_EXPECTED' })));
    await assertNoSockets();
    await Promise.all(handles.map((handle) => handle.session.destroy()));
  });

  it('are refused with every request that has none', async () => {
    const requests = [['media', { audio: true }], ['leave', {}], ['receive', { ticket: 'A'.repeat(43) }], ['lock', { room: 'r-17' }]];
    for (const [request, fields] of /** @type {[string, {}][]} */ (requests)) {
      const person = await join();
      await assert.rejects(person.ask(request, fields, publishOffer()), { name: 'JSEP_NOT_EXPECTED' }, request);
      await assertNoSockets();
    }
  });

  it('of a kind that is not offered here are refused', async () => {
    const data = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\na=sctp-port:5000';
    const offers = [
      ['JSEP_REFUSED', publishOffer({ direction: 'sendrecv' })],
      ['JSEP_REFUSED', publishOffer({ direction: 'recvonly' })],
      ['JSEP_REFUSED', publishOffer({ extra: [data] })],
      ['JSEP_REFUSED', publishOffer({ extra: publishOffer({ camera: false }).sdp.split('\r\n').slice(7, -1).map((l) => l.replace('mid:0', 'mid:2')) })],
    ];
    for (const [name, offer] of /** @type {[string, any][]} */ (offers)) {
      const person = await join();
      await assert.rejects(person.ask('publish', { audio: true }, offer), { name });
      await assertNoSockets();
      // The person may try again, properly, as soon as Janus has closed.
      await person.handle.notice('hangup');
      await person.ask('publish', { audio: true }, publishOffer());
      await person.ask('leave');
      await assertNoSockets();
    }
  });

  it('of a camera in three sizes are agreed to, in other numbers not', async () => {
    const person = await join();
    const { jsep } = await person.handle.say({ request: 'publish', video: true }, publishOffer({ rids: ['l', 'm', 'h'] }));
    const camera = sections(jsep?.sdp ?? '').find(([line]) => line.startsWith('m=video')) ?? [];
    assert.deepEqual(camera.filter((line) => line.startsWith('a=rid:')), ['a=rid:l recv', 'a=rid:m recv', 'a=rid:h recv']);
    assert.match(attribute(camera, 'simulcast') ?? '', /^recv l;~?m;~?h$/);
    for (const name of ['rtp-stream-id', 'repaired-rtp-stream-id'])
      assert.ok(camera.some((line) => line.startsWith('a=extmap:') && line.endsWith(`:sdes:${name}`)), name);
    await person.handle.session.destroy();
    for (const rids of [['l'], ['l', 'm'], ['l', 'm', 'a-name-that-is-long']]) {
      const other = await join();
      await assert.rejects(other.ask('publish', { video: true }, publishOffer({ rids })), /JSEP_(REFUSED|BAD)/);
      await other.handle.session.destroy();
      await assertNoSockets();
    }
  });

  it('of any size do no harm', async () => {
    const fill = (/** @type {number} */ lines, /** @type {number} */ length) =>
      Array.from({ length: lines }, (_, i) => `a=x-${i}:${'x'.repeat(length)}`);
    for (const extra of [fill(1, 100_000), fill(1000, 5), fill(500, 80)]) {
      const person = await join();
      const { data } = await person.handle.say({ request: 'publish', audio: true }, publishOffer({ extra }));
      assert.ok(['published', 'error'].includes(data.therapy));
      await person.handle.session.destroy();
      await assertNoSockets();
    }
  });

  it('are not for observers', async () => {
    const observer = await Person.join(await gateway.connect(), gateway.booking.invite({ role: 'observer' }));
    await assert.rejects(observer.ask('publish', { audio: true }, publishOffer()), { name: 'NOT_ALLOWED' });
    await assertNoSockets();
    const { jsep } = await observer.receive();
    await observer.receiver?.ask('answer', {}, receiveAnswer(jsep?.sdp));
  });

  it('answer what was offered, and nothing else', async () => {
    const person = await join();
    const { jsep } = await person.receive();
    const audioOnly = receiveAnswer(jsep?.sdp.replace(/m=video[^]*/, ''));
    await assert.rejects(Promise.resolve(person.receiver?.ask('answer', {}, audioOnly)));
    const other = await join();
    const offered = await other.receive();
    await assert.rejects(Promise.resolve(other.receiver?.ask('answer', {}, receiveAnswer(offered.jsep?.sdp, { direction: 'sendrecv' }))),
      { name: 'JSEP_REFUSED' });
    const third = await join();
    const { jsep: good } = await third.receive();
    await third.receiver?.ask('answer', {}, receiveAnswer(good?.sdp));
    await assert.rejects(Promise.resolve(third.receiver?.ask('answer', {}, receiveAnswer(good?.sdp))), { name: 'JSEP_NOT_EXPECTED' });
  });

  it('go with the person who leaves, and with the one who is turned away', async () => {
    const connection = await gateway.connect();
    const area = 'turned-away';
    const host = await Person.join(connection, gateway.booking.therapist({ area }));
    for (const request of ['leave', 'deny']) {
      const person = await Person.join(connection, gateway.booking.invite({ area }));
      await person.ask('publish', { audio: true }, publishOffer());
      const { jsep } = await person.receive();
      await person.receiver?.ask('answer', {}, receiveAnswer(jsep?.sdp));
      assert.ok(gateway.files().udp > 0);
      if (request === 'leave') await person.ask('leave');
      else await host.ask('deny', { participant: person.id, knock: 1 });
      await person.handle.notice('hangup');
      await person.receiver?.notice('hangup');
    }
  });
});
