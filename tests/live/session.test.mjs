// SPDX-License-Identifier: GPL-3.0-or-later
/** A session from the knock to the goodbye, with media descriptions that the real Janus accepts. No media flows here. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { attribute, publishOffer, receiveAnswer, sections } from './sdp.mjs';

const TRANSPORT_CC = /transport-cc|transport-wide-cc/;

let areas = 0;

describe('a session', () => {
  /** @type {Gateway} */ let gateway;
  /** @type {import('./client.mjs').Connection} */ let connection;
  let area = '';
  before(async () => { gateway = await Gateway.start(); });
  after(() => gateway.close());
  beforeEach(async () => {
    area = `area-${++areas}`;
    connection = await gateway.connect();
  });

  /** @param {Record<string, unknown>} [claims] */
  const client = (claims) => Person.join(connection, gateway.booking.invite({ area, ...claims }));
  const therapist = () => Person.join(connection, gateway.booking.therapist({ area }));

  /** Both handles of @person, described and answered. @param {Person} person */
  async function connect(person) {
    await person.ask('publish', { audio: true, video: true }, publishOffer());
    const { jsep } = await person.receive();
    await person.receiver?.ask('answer', {}, receiveAnswer(jsep?.sdp));
  }

  /** Lets @person in, as the therapist sees them. @param {Person} host @param {Person} person */
  async function admit(host, person) {
    const { knock } = await host.sees(person);
    await host.ask('admit', { participant: person.id, knock });
    await person.becomes('admitted', 'admitted');
  }

  /** What every m-line of Janus must have, or a browser cannot connect. @param {string} sdp */
  function assertConnectable(sdp) {
    assert.match(sdp, /^v=0\r\n/);
    assert.match(sdp, /a=fingerprint:sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}\r\n/);
    const mlines = sections(sdp);
    const mids = mlines.map((section) => attribute(section, 'mid'));
    assert.equal(new Set(mids).size, mlines.length);
    assert.match(sdp, new RegExp(`a=group:BUNDLE ${mids.join(' ')}\r\n`));
    for (const section of mlines) {
      assert.match(section[0], /^m=(audio|video) [1-9]\d* UDP\/TLS\/RTP\/SAVPF \d+/);
      for (const name of ['ice-ufrag', 'ice-pwd', 'setup', 'rtcp-mux']) assert.ok(attribute(section, name) !== undefined, name);
    }
    return mlines;
  }

  it('a publisher is answered', async () => {
    const person = await client();
    const { data, jsep } = await person.ask('publish', { audio: true, video: true }, publishOffer());
    assert.equal(data.therapy, 'published');
    assert.equal(jsep?.type, 'answer');
    const [audio, video] = assertConnectable(jsep?.sdp);
    for (const section of [audio, video]) {
      assert.equal(attribute(section, 'recvonly'), '');
      assert.notEqual(attribute(section, 'setup'), 'actpass');
    }
    assert.match(audio.join('\n'), /a=rtpmap:111 opus\/48000\/2/);
    assert.match(audio.join('\n'), /a=fmtp:111 .*useinbandfec=1/);
    assert.ok(!audio.join('\n').includes('ssrc-audio-level'), 'the server must not learn who speaks');
    assert.match(video.join('\n'), /a=rtpmap:96 VP8\/90000/);
    assert.ok(!/VP9|H264|AV1/.test(video.join('\n')));
    assert.match(video.join('\n'), TRANSPORT_CC);
  });

  it('a receiver is offered one pair for one other person', async () => {
    const person = await client();
    const { data, jsep } = await person.receive();
    assert.deepEqual(data, { therapy: 'offer', pairs: 1 });
    assert.equal(jsep?.type, 'offer');
    const [audio, video, ...more] = assertConnectable(jsep?.sdp);
    assert.equal(more.length, 0);
    for (const section of [audio, video]) {
      assert.equal(attribute(section, 'sendonly'), '');
      assert.equal(attribute(section, 'setup'), 'actpass');
    }
    assert.ok(!TRANSPORT_CC.test(jsep?.sdp), 'or the browser would not estimate');
    assert.match(video.join('\n'), /a=extmap:\d+ \S+abs-send-time/);
    assert.match(video.join('\n'), /a=rtcp-fb:96 goog-remb/);
    const answered = await person.receiver?.ask('answer', {}, receiveAnswer(jsep?.sdp));
    assert.deepEqual(answered?.data, { therapy: 'receiving' });
  });

  it('one pair of m-lines for each of seven', async () => {
    const { jsep, data } = await (await client({ seats: 8 })).receive();
    assert.equal(data.pairs, 7);
    const mlines = assertConnectable(jsep?.sdp);
    assert.equal(mlines.length, 14);
    mlines.forEach((section, i) => assert.ok(section[0].startsWith(i % 2 ? 'm=video' : 'm=audio')));
  });

  it('waiting, admitted, held, admitted again, ended', async () => {
    const host = await therapist();
    const person = await client();
    await connect(host);
    await connect(person);
    await admit(host, person);
    const { data } = await person.handle.hears('roster');
    assert.equal(data.room, 'r-17');
    assert.deepEqual(data.peers.map((/** @type {any} */ p) => [p.participant, p.role, p.name, p.away]),
      [[host.id, 'therapist', 'Dr Khan', false]]);
    assert.deepEqual((await host.ask('hold', { participant: person.id })).data, { therapy: 'held', participant: person.id });
    await person.becomes('held', 'held');
    await host.ask('message', { to: person.id, text: 'One moment.' });
    assert.equal((await person.handle.hears('message')).data.text, 'One moment.');
    await admit(host, person);
    assert.deepEqual((await host.ask('end')).data, { therapy: 'ended', room: 'r-17' });
    await person.becomes('ended', 'ended');
    await host.becomes('waiting', 'ended');
    await person.handle.notice('hangup');
    await person.receiver?.notice('hangup');
    await assert.rejects(person.ask('media', { audio: true }), { name: 'NOT_JOINED' });
  });

  it('admission makes no new description', async () => {
    const host = await therapist();
    const person = await client();
    await connect(host);
    await connect(person);
    await admit(host, person);
    await host.ask('media', { video: false });
    await person.handle.hears('roster', (d) => d.peers[0].video === false);
    const jseps = [host, person].flatMap((p) => [p.handle, p.receiver]).flatMap((h) => h?.inbox.items ?? []).filter((m) => m.jsep);
    assert.deepEqual(jseps, []);
  });

  it('publishing again, without a camera, and over another network', async () => {
    const person = await client();
    const ufrag = (/** @type {any} */ event) => attribute(sections(event.jsep.sdp)[0], 'ice-ufrag');
    const first = await person.ask('publish', { audio: true, video: true }, publishOffer());
    const muted = await person.ask('publish', { video: false }, publishOffer({ version: 3, direction: 'inactive' }));
    assert.equal(ufrag(muted), ufrag(first));
    for (const section of sections(muted.jsep?.sdp)) assert.equal(attribute(section, 'inactive'), '');
    const moved = await person.ask('publish', { video: true }, publishOffer({ version: 4, ufrag: 'efgh' }));
    assert.notEqual(ufrag(moved), ufrag(first));
    assertConnectable(moved.jsep?.sdp);
  });

  it('a receiver restarts, and has one offer out at a time', async () => {
    const person = await client();
    const first = await person.receive();
    const again = { ticket: person.joined.ticket };
    await assert.rejects(Promise.resolve(person.receiver?.ask('receive', again)), { name: 'JSEP_PENDING' });
    await person.receiver?.ask('answer', {}, receiveAnswer(first.jsep?.sdp));
    const restarted = await person.receiver?.ask('receive', { ...again, restart: true });
    assert.notEqual(attribute(sections(restarted?.jsep?.sdp)[0], 'ice-ufrag'), attribute(sections(first.jsep?.sdp)[0], 'ice-ufrag'));
    await person.receiver?.ask('answer', {}, receiveAnswer(restarted?.jsep?.sdp, { ufrag: 'mnop' }));
  });

  // A connection that stands is offered more at once; here none ever does.
  it('the next offer to a therapist is for the largest room in sight', async () => {
    const host = await therapist();
    await connect(host);
    await client({ seats: 4 });
    const { data, jsep } = /** @type {any} */ (await host.receiver?.ask('receive', { ticket: host.joined.ticket, restart: true }));
    assert.equal(data.pairs, 3);
    assert.equal(sections(jsep.sdp).length, 6);
    await host.receiver?.ask('answer', {}, receiveAnswer(jsep.sdp, { ufrag: 'mnop' }));
  });

  it('the rules of admission hold over the wire', async () => {
    const host = await therapist();
    const person = await client();
    const other = await client({ room: 'r-18' });
    const third = await client();
    const { knock } = await host.sees(third);
    const aim = (/** @type {Person} */ at, number = 1) => ({ participant: at.id, knock: number });
    await assert.rejects(person.ask('admit', aim(person)), { name: 'NOT_ALLOWED' });
    await assert.rejects(host.ask('admit', aim(person, 2)), { name: 'STALE_KNOCK' });
    await assert.rejects(host.ask('admit', { participant: 'A'.repeat(22), knock: 1 }), { name: 'NO_SUCH_PARTICIPANT' });
    await assert.rejects(host.ask('end'), { name: 'WRONG_STATE' });
    await assert.rejects(host.ask('lock', { room: 'r-99' }), { name: 'NO_SUCH_ROOM' });
    await host.ask('lock', { room: 'r-17' });
    await assert.rejects(host.ask('admit', aim(person)), { name: 'ROOM_LOCKED' });
    await host.ask('unlock', { room: 'r-17' });
    await host.ask('admit', aim(person));
    await assert.rejects(host.ask('admit', { participant: third.id, knock }), { name: 'ROOM_FULL' });
    await assert.rejects(host.ask('admit', aim(other)), { name: 'IN_ANOTHER_ROOM' });
    await host.ask('remove', { participant: person.id });
    await person.becomes('removed', 'removed');
  });

  it('those who wait hear of nobody', async () => {
    const one = await client();
    const host = await therapist();
    await one.handle.hears('presence');
    const two = await client();
    await admit(host, two);
    await host.ask('end');
    await two.ask('leave').catch(() => {});
    await one.ask('media', { audio: true });
    const heard = one.handle.inbox.items.map((m) => m.plugindata?.data?.therapy).filter(Boolean);
    assert.deepEqual(heard, ['state']);
  });

  it('a therapist who goes sends everybody back to wait', async () => {
    const host = await therapist();
    const person = await client();
    await admit(host, person);
    assert.deepEqual((await host.ask('leave')).data, { therapy: 'left' });
    await person.becomes('held', 'therapist_left');
    await person.handle.hears('presence', (d) => d.therapist_present === false);
  });
});
