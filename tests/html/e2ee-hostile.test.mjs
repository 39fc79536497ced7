// SPDX-License-Identifier: GPL-3.0-or-later
// A server that does what it should not: it never gets a key, nobody is let in by it, and whoever is
// concerned is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random, secret } from './_people.mjs';
import { Person, Server, admit, gather } from './_room.mjs';

/** @param {Server} server @param {...string} names */
async function session(server, ...names) {
  const people = await gather(server, ...names);
  for (const pid of names) {
    await admit(people[0], pid);
    await server.quiet();
  }
  return people;
}

/** @param {Person} person */
const told = (person) => person.troubles.map(({ name, rule }) => (rule ? `${name} ${rule}` : name));

/** A page of the server's own: it has no link, so it does not know the secret. @param {Server} server @param {string} pid @param {'client' | 'therapist'} [role] */
const impostor = (server, pid, role = 'client') => Person.come(server, pid, role, random(32));

test('case 8, 9: another key package under a client\'s name: the server\'s does not open, the client\'s page says so', async () => {
  const server = new Server();
  const evil = await impostor(new Server(), 'a');
  await /** @type {any} */ (evil.group).handle({ kind: 'joined', room: 'r-17', state: 'waiting' }, 0).then((/** @type {any[]} */ effects) => effects.forEach((effect) => evil.obey(effect)));
  const swapped = evil.outbox[0].body.data;
  server.keypackage = function keypackage(from) {
    return Server.prototype.keypackage.call(this, from, swapped);
  };
  const [t, a] = await gather(server, 'a');
  const shown = t.devices.get('a');
  await admit(t, 'a');
  let welcome = '';
  server.takeIn = function takeIn(pid, from, data) {
    welcome = data;
    Server.prototype.takeIn.call(this, pid, from, data);
  };
  await server.quiet();
  assert.notEqual(shown, Buffer.from(await crypto.subtle.exportKey('raw', /** @type {any} */ (a.pair).publicKey)).toString('hex'), 'the device shown is another one');
  await evil.feed({ kind: 'welcome', gi: 1, epoch: 1, from: 't', data: welcome });
  assert.ok(evil.deaf, 'whoever does not know the link\'s secret gets no keys');
  assert.ok(a.deaf);
  assert.ok(told(a).includes('WELCOME'), `${told(a)}`);
});

test('case 8: a ghost in the middle: no commit of the server\'s making is taken', async () => {
  const server = new Server();
  const [t, a, b] = await session(server, 'a', 'b');
  const other = new Server();
  const [evil] = await session(other, 'x');
  const before = a.keys?.base;
  const commits = [...other.log.values()].map(({ data }) => data);
  for (const data of [...commits, 'AAAA', 'AAEAAg', '']) {
    a.inbox.push({ kind: 'commit', gi: server.gi, epoch: server.epoch, from: 't', data });
    await a.step();
    assert.ok(a.deaf, 'nothing goes on with what came');
    assert.ok(told(a).some((name) => name.startsWith('REFUSED')));
    await server.quiet();
    await server.wait(3000);
    assert.equal(a.keys?.base, t.keys?.base, 'and the way back is found');
    assert.equal(b.keys?.base, t.keys?.base);
  }
  assert.notEqual(a.keys?.base, before);
  assert.deepEqual(a.members.map(({ pid }) => pid).sort(), ['a', 'b', 't']);
  assert.ok(evil);
});

test('case 3, 4: replayed, repeated and reordered messages change nothing', async () => {
  const server = new Server();
  const [t, a, b] = await session(server, 'a', 'b');
  const { base } = /** @type {any} */ (b.keys);
  for (const [epoch, { from, data }] of server.log) b.inbox.push({ kind: 'commit', gi: 1, epoch, from, data });
  while (await b.step());
  assert.equal(b.keys?.base, base);
  await a.feed({ kind: 'say', message: { t: 'chat', text: 'once' } });
  server.step(a);
  const [again] = b.inbox;
  b.inbox.push({ ...again }, { ...again, from: 't' });
  while (await b.step());
  assert.equal(b.heard.length, 1, 'a message is heard once');
  assert.deepEqual(told(b), ['MESSAGE', 'MESSAGE']);
  assert.ok(t);
});

test('case 24: a commit is kept back from one: they are told, or come back by themselves', async () => {
  const server = new Server();
  const [t, a, b, c] = await session(server, 'a', 'b', 'c');
  const tell = server.tell.bind(server);
  server.tell = (pid, data) => {
    if (pid === 'b' && data.type === 'commit') return;
    tell(pid, data);
  };
  server.takeOut('c', 'removed');
  await server.quiet();
  assert.equal(a.keys?.base, t.keys?.base);
  assert.notEqual(b.keys?.base, t.keys?.base, 'it has not heard');
  /* frames with keys it does not have arrive; it asks, is still told nothing, and begins again */
  await b.feed({ kind: 'failing', pid: 't' });
  await server.quiet();
  server.tell = tell;
  await server.wait(12_000);
  await b.feed({ kind: 'failing', pid: 't' });
  await server.quiet();
  await server.wait(5000);
  assert.equal(b.keys?.base, t.keys?.base);
  assert.ok(!c.had.has(t.keys?.base));
});

test('case 24: the therapist is heard no more: after half a minute that is said', async () => {
  const server = new Server();
  const [t, a] = await session(server, 'a');
  await server.wait(15_000);
  assert.deepEqual(told(a), []);
  const tell = server.tell.bind(server);
  server.tell = (pid, data) => {
    if (data.type !== 'app') tell(pid, data);
  };
  await server.wait(31_000);
  assert.deepEqual(told(a), ['SILENT']);
  assert.ok(t);
});

test('case 8: a fork: the server plays the therapist to a client, and cannot', async () => {
  const server = new Server();
  const [, a] = await gather(server, 'a');
  const other = new Server();
  const evil = await impostor(other, 't', 'therapist');
  other.join(evil);
  await evil.feed({ kind: 'keypackage', participant: 'a', knock: 1, room: 'r-17', state: 'waiting', gi: 0, data: server.seats.get('a')?.keypackage });
  await admit(evil, 'a');
  const { e2ee } = evil.outbox.at(-1)?.body ?? {};
  await a.feed({ kind: 'welcome', gi: 1, epoch: 1, from: 't', data: e2ee.welcome });
  assert.ok(a.deaf);
  assert.deepEqual(told(a), ['WELCOME']);
});

test('case 13: the server forgets everything in mid-call; keys of before are of no use to it after', async () => {
  const server = new Server();
  const [t, a] = await session(server, 'a');
  const before = t.keys?.base;
  for (const person of [t, a]) await person.lose();
  Object.assign(server, { gi: 0, epoch: 0, members: [], log: new Map(), seats: new Map() });
  for (const person of [t, a]) server.join(person);
  await server.quiet();
  assert.ok(t.deaf);
  assert.ok(a.deaf);
  await admit(t, 'a');
  await server.quiet();
  assert.ok(t.keys);
  assert.equal(t.keys?.base, a.keys?.base);
  assert.notEqual(t.keys?.base, before);
});

test('case 27: nothing that leaves a page holds a secret', async () => {
  const server = new Server();
  /** @type {string[]} */
  const seen = [];
  server.handle = function handle(from, body) {
    seen.push(JSON.stringify(body));
    return Server.prototype.handle.call(this, from, body);
  };
  const [t, a] = await session(server, 'a');
  await a.feed({ kind: 'say', message: { t: 'chat', text: 'between us' } });
  await server.quiet();
  const all = seen.join('\n');
  const raw = Buffer.concat(seen.flatMap((body) => [...body.matchAll(/"([A-Za-z0-9_-]{40,})"/g)].map(([, text]) => Buffer.from(text, 'base64url'))));
  for (const value of [Buffer.from(secret), Buffer.from(String(t.keys?.base), 'hex'), Buffer.from('between us')]) {
    assert.ok(!raw.includes(value));
    assert.ok(!all.includes(value.toString('base64url')));
  }
});
