// SPDX-License-Identifier: GPL-3.0-or-later
// The spoken check: the same digits for those in one group and no others, nothing chosen after the fact,
// and everything that goes wrong is loud. Pins, the room's secret, and what page and worker may say.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { random } from './_people.mjs';

const { Sas } = await import('../../html/js/e2ee/sas.js');
const { longCode, longCodes } = await import('../../html/js/e2ee/long-code.js');
const { subjectOf } = await import('../../html/js/e2ee/subject.js');
const { judge } = await import('../../html/js/core/keys.js');
const { roomSecret } = await import('../../html/js/e2ee/room-secret.js');
const { readToPage, readToWorker } = await import('../../html/js/e2ee/messages.js');
const { decodeIdentity, encodeIdentity } = await import('../../html/js/e2ee/identity.js');
const { framesSent, leaking } = await import('../../html/js/e2ee/watch.js');
const { toBase64url, utf8 } = await import('../../html/js/e2ee/bytes.js');

/** @typedef {{pid: string, sas: InstanceType<typeof Sas>, said: any[], view: any, views: any[]}} One */

/** @param {...string} pids the first one reads out */
function people(...pids) {
  const members = pids.map((pid, leaf) => ({ pid, role: leaf ? 'client' : 'therapist', sub: `s-${pid}`, leaf, key: random(32) }));
  const round = { group: 'r-17.1', authenticator: random(64), members };
  return { round, all: pids.map((pid, at) => one(pid, at === 0, round)) };
}

/** @param {string} pid @param {boolean} reads @param {any} round */
function one(pid, reads, round) {
  /** @type {One} */
  const person = { pid, said: [], view: { step: 'idle' }, views: [], sas: /** @type {any} */ (null) };
  person.sas = new Sas({ self: pid, reads, say: (message) => person.said.push(message), show: (view) => { person.view = view; person.views.push(view); } });
  person.sas.enter(round);
  return person;
}

/** Everything said is heard by the others, in order. @param {One[]} all @param {(from: string, message: any) => any} [change] */
async function talk(all, change = (_, message) => message) {
  for (let some = true; some;) {
    some = false;
    for (const person of all) {
      const message = person.said.shift();
      if (!message) continue;
      some = true;
      for (const other of all) if (other !== person) await other.sas.hear(person.pid, change(person.pid, message));
    }
  }
}

/** @param {One} person */
const codeIn = (person) => /** @type {any} */ (person.views.find(({ code }) => code))?.code;

test('two people come to the same digits; who types them never sees them', async () => {
  const { all: [t, a] } = people('t', 'a');
  await t.sas.begin();
  await talk([t, a]);
  assert.equal(a.view.step, 'asked');
  assert.equal(t.view.step, 'waiting');
  assert.deepEqual(t.view.missing, ['a']);
  await a.sas.begin();
  await talk([t, a]);
  assert.match(t.view.code, /^\d{6}$/);
  assert.deepEqual([a.view.step, a.view.code], ['code', '']);
  a.sas.type(t.view.code);
  t.sas.confirm(true);
  assert.deepEqual([a.view.step, t.view.step], ['done', 'done']);
  assert.equal(codeIn(a), undefined);
});

test('three people, two of whom begin at once', async () => {
  const { all } = people('t', 'a', 'b');
  const [t, a, b] = all;
  await t.sas.begin();
  await a.sas.begin();
  await talk(all);
  await b.sas.begin();
  await talk(all);
  assert.equal(t.view.step, 'code');
  for (const person of [a, b]) {
    person.sas.type(t.view.code);
    assert.equal(person.view.step, 'done');
  }
});

test('case 22: somebody in between: the digits differ', async () => {
  let same = 0;
  for (let i = 0; i < 20; i += 1) {
    const { all: [t, m1] } = people('t', 'a');
    const { all: [m2, a] } = people('t', 'a');
    for (const [x, y] of [[t, m1], [m2, a]]) {
      await x.sas.begin();
      await talk([x, y]);
      await y.sas.begin();
      await talk([x, y]);
    }
    a.sas.type(t.view.code);
    if (a.view.step === 'done') same += 1;
  }
  assert.equal(same, 0);
});

test('case 22: a number that was not promised, or is shown too early, is loud', async () => {
  const { all: [t, a] } = people('t', 'a');
  await t.sas.begin();
  await talk([t, a]);
  await a.sas.begin();
  await talk([t, a], (from, message) => (from === 't' && message.step === 'reveal' ? { ...message, value: toBase64url(random(32)) } : message));
  assert.equal(a.view.step, 'failed');

  const { all: [t2, a2, b2] } = people('t', 'a', 'b');
  await t2.sas.begin();
  const [{ run }] = t2.said;
  await talk([t2, a2, b2]);
  await t2.sas.hear('a', { t: 'sas', step: 'reveal', run, value: toBase64url(random(32)) });
  assert.equal(t2.view.step, 'failed', 'shown before it was promised');
});

test('case 22: a second promise is loud', async () => {
  const { all: [t, a] } = people('t', 'a');
  await t.sas.begin();
  const [first] = t.said;
  await talk([t, a]);
  await a.sas.hear('t', { ...first, value: toBase64url(random(32)) });
  assert.equal(a.view.step, 'failed');
});

test('case 22: who comes in during the check ends it; wrong digits three times are loud', async () => {
  const { round, all: [t, a] } = people('t', 'a');
  await t.sas.begin();
  await talk([t, a]);
  t.sas.enter({ ...round, authenticator: random(64) });
  assert.equal(t.view.step, 'idle');
  a.sas.enter({ ...round, authenticator: random(64) });
  assert.equal(a.view.step, 'idle');

  const { all: [t2, a2] } = people('t', 'a');
  await t2.sas.begin();
  await talk([t2, a2]);
  await a2.sas.begin();
  await talk([t2, a2]);
  const wrong = t2.view.code === '123456' ? '654321' : '123456';
  for (const tries of [1, 2]) {
    a2.sas.type(wrong);
    assert.deepEqual([a2.view.step, a2.view.tries], ['code', tries]);
  }
  a2.sas.type(wrong);
  assert.equal(a2.view.step, 'failed');
  a2.sas.type(t2.view.code);
  assert.equal(a2.view.step, 'failed', 'and stays so');
  t2.sas.confirm(false);
  assert.equal(t2.view.step, 'failed');
});

test('the long code is the same for both sides, and another for other keys', async () => {
  const [x, y, z] = [random(32), random(32), random(32)];
  const code = await longCode(x, y);
  assert.match(code, /^(\d{5} ){11}\d{5}$/);
  assert.equal(await longCode(y, x), code);
  assert.notEqual(await longCode(x, z), code);
});

test('the long codes of a group: one with each of the others', async () => {
  const members = ['t', 'a', 'b'].map((pid) => ({ pid, role: 'client', sub: `s-${pid}`, key: toBase64url(random(32)) }));
  const [t, a, b] = await Promise.all(members.map(({ pid }) => longCodes(members, pid)));
  assert.deepEqual(t.map(({ key }) => key), [members[1].key, members[2].key]);
  assert.equal(t[0].code, a[0].code);
  assert.equal(t[1].code, b[0].code);
  assert.equal(a[1].code, b[1].code);
  assert.equal(new Set([...t, ...a, ...b].map(({ code }) => code)).size, 3);
  assert.deepEqual(await longCodes(members, 'x'), []);
});

test('anybody may begin, anybody may stop, and the others are told who did', async () => {
  const { all } = people('t', 'a', 'o');
  const [t, a, o] = all;
  await o.sas.begin();
  await talk(all);
  assert.deepEqual([t.view.step, a.view.step], ['asked', 'asked']);
  await t.sas.begin();
  a.sas.cancel();
  await talk(all);
  assert.deepEqual([t.view.step, t.view.missing], ['stopped', ['a']]);
  assert.deepEqual([o.view.step, o.view.missing], ['stopped', ['a']]);
  assert.equal(a.view.step, 'idle');
  await a.sas.begin();
  await talk(all);
  for (const person of [t, o]) await person.sas.begin();
  await talk(all);
  assert.equal(t.view.step, 'code', 'and it can be begun again by who stopped it');
});

test('what has failed stays in sight, through new keys and others\' attempts, until a check succeeds', async () => {
  const { round, all } = people('t', 'a');
  const [t, a] = all;
  a.sas.fail();
  assert.equal(a.view.step, 'failed');
  a.sas.cancel();
  await t.sas.begin();
  await talk(all);
  assert.equal(a.view.step, 'failed', 'the other begins again');
  await a.sas.begin();
  await talk(all);
  assert.equal(t.view.step, 'code');
  a.sas.type(t.view.code);
  assert.equal(a.view.step, 'done');
  t.sas.confirm(false);
  const next = { ...round, authenticator: random(64) };
  for (const person of all) person.sas.enter(next);
  assert.equal(t.view.step, 'failed', 'new keys');
});

test('the pseudonym is read from one\'s own invitation', () => {
  const token = (/** @type {string} */ claims) => `v4.public.${toBase64url(new Uint8Array([...utf8(claims), ...random(64)]))}.AAAA`;
  assert.equal(subjectOf(token('{"sub":"p-7"}')), 'p-7');
  for (const bad of ['', 'v4.public', token('{}'), token('{"sub":7}'), token('{"sub":"a b"}'), token(`{"sub":"${'a'.repeat(65)}"}`), token('{')])
    assert.throws(() => subjectOf(bad), { name: 'TOKEN_MALFORMED' }, bad);
});

test('case 23: a changed key is not the person who was checked', () => {
  const pins = [{ key: 'k1', sub: 'amina', checked_ms: 1 }, { key: 'k2', sub: 'amina', checked_ms: 2 }];
  assert.equal(judge(pins, { sub: 'amina', key: 'k1' }), 'verified');
  assert.equal(judge(pins, { sub: 'amina', key: 'k2' }), 'verified', 'her telephone and her computer');
  assert.equal(judge(pins, { sub: 'amina', key: 'k3' }), 'changed');
  assert.equal(judge(pins, { sub: 'bilal', key: 'k1' }), 'new', 'another person on the same device was not checked');
  assert.equal(judge(pins, { sub: 'bilal', key: 'k3' }), 'new');
});

test('the room\'s secret: a client\'s is in the link, a therapist\'s follows from the area\'s', async () => {
  const area = random(32);
  const room = createHmac('sha256', area).update('janus.plugin.therapy|1|room|khan|r-17').digest();
  const where = { area: 'khan', room: 'r-17' };
  assert.deepEqual(Buffer.from(/** @type {any} */ (await roomSecret(toBase64url(area), { role: 'therapist', ...where }))), room);
  assert.deepEqual(Buffer.from(/** @type {any} */ (await roomSecret(toBase64url(room), { role: 'client', ...where }))), room);
  assert.equal(await roomSecret(null, { role: 'client', ...where }), null);
  for (const bad of ['', 'AAAA', '*'.repeat(43), 'A'.repeat(44)]) await assert.rejects(roomSecret(bad, { role: 'client', ...where }));
});

test('who somebody is has one form only', () => {
  const who = { pid: 'q1W2e3R4t5Y6u7I8o9P0aQ', role: /** @type {const} */ ('client'), sub: 'amina' };
  assert.deepEqual(decodeIdentity(encodeIdentity(who)), who);
  for (const text of ['', '{}', '{"v":1,"pid":"a","role":"ops","sub":"a"}', '{"v":1,"role":"client","pid":"a","sub":"a"}',
    '{"v":1,"pid":"a","role":"client","sub":"a"} ', '{"v":2,"pid":"a","role":"client","sub":"a"}', '{"v":1,"pid":"a b","role":"client","sub":"a"}',
    '{"v":1,"pid":"a","role":"client"}', '{"v":1,"pid":"a","role":"client","sub":""}', '{"v":1,"pid":"a","role":"client","sub":"a","x":1}'])
    assert.equal(decodeIdentity(utf8(text)), null, text);
});

test('page and worker say only what they may', () => {
  assert.ok(readToWorker({ kind: 'admit', id: 1, participant: 'a', knock: 2 }));
  assert.ok(readToPage({ kind: 'request', id: 1, body: { request: 'e2ee', data: 'x' } }));
  for (const bad of [null, 1, 'start', [], {}, { kind: 'constructor' }, { kind: '__proto__' }, { kind: 'admit', id: -1, participant: 'a', knock: 1 },
    { kind: 'admit', id: 1, participant: 'a'.repeat(65), knock: 1 }, { kind: 'chat', id: 1, text: 'x'.repeat(2001) }, { kind: 'lost', more: 1 }])
    assert.equal(readToWorker(bad), null, JSON.stringify(bad));
  for (const bad of [{ kind: 'members', gi: 1, epoch: 1, members: [{ pid: 1 }] }, { kind: 'keys', base: 'x' }, { kind: 'request', id: 1, body: { data: 'x'.repeat(200_000) } }])
    assert.equal(readToPage(bad), null);
});

test('case 20: the watch: more sent than encrypted is found', () => {
  const report = [['a', { type: 'outbound-rtp', kind: 'video', framesSent: 100 }], ['b', { type: 'codec' }],
    ['c', { type: 'outbound-rtp', kind: 'audio', packetsSent: 60, retransmittedPacketsSent: 10 }]];
  assert.equal(framesSent(/** @type {any} */ (report)), 150);
  assert.equal(leaking([{ name: 'video', sent: 100 }], { video: 99 }), false);
  assert.equal(leaking([{ name: 'video', sent: 100 }], { video: 0 }), true);
  assert.equal(leaking([{ name: 'audio', sent: 100 }], {}), true);
  /* three sizes of a camera: what is on its way of each */
  assert.equal(leaking([{ name: 'video', sent: 125, streams: 3 }], { video: 100 }), false);
  assert.equal(leaking([{ name: 'video', sent: 131, streams: 3 }], { video: 100 }), true);
});
