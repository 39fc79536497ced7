// SPDX-License-Identifier: GPL-3.0-or-later
// Both sides' handling of keys against a model of the plugin's ordering: the ordinary ways, each way of
// losing something, and many random ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Server, admit, gather } from './_room.mjs';

/** @param {import('./_room.mjs').Person[]} people */
function sameKeys(...people) {
  const [first] = people;
  assert.ok(first.keys, `${first.pid} has keys`);
  for (const person of people) {
    assert.equal(person.keys?.base, first.keys.base, `${person.pid} has the keys of ${first.pid}`);
    assert.deepEqual(person.members.map(({ pid }) => pid).sort(), people.map(({ pid }) => pid).sort());
  }
}

test('letting somebody in takes one message, and both have the keys', async () => {
  const server = new Server();
  const [t, a] = await gather(server, 'a');
  assert.ok(a.deaf);
  await admit(t, 'a');
  assert.deepEqual(t.outbox.map(({ body }) => body.request), ['admit'], 'nothing else is asked');
  assert.ok(t.keys, 'the therapist sends with the new keys already');
  await server.quiet();
  sameKeys(t, a);
  assert.deepEqual(t.answers, [{ do: 'admitted', id: 1 }]);
  assert.deepEqual([t.troubles, a.troubles], [[], []]);
});

test('a third person comes in, one is sent back to wait, and comes again', async () => {
  const server = new Server();
  const [t, a, b] = await gather(server, 'a', 'b');
  await admit(t, 'a');
  await server.quiet();
  await admit(t, 'b');
  await server.quiet();
  sameKeys(t, a, b);
  const before = t.keys?.base;
  server.takeOut('a', 'held');
  await server.quiet();
  sameKeys(t, b);
  assert.ok(a.deaf);
  assert.notEqual(t.keys?.base, before);
  assert.ok(!a.had.has(t.keys?.base), 'who is held has never had the new keys');
  await admit(t, 'a');
  await server.quiet();
  sameKeys(t, a, b);
  assert.deepEqual([t, a, b].flatMap(({ troubles }) => troubles), []);
});

test('who is sent out is removed in the same breath, unless the server refuses', async () => {
  const server = new Server();
  const [t, a, b] = await gather(server, 'a', 'b');
  for (const pid of ['a', 'b']) {
    await admit(t, pid);
    await server.quiet();
  }
  const before = b.keys;
  await t.feed({ kind: 'leaving', participant: 'a', leaving: true });
  assert.deepEqual(t.outbox.map(({ body }) => body.drop), [['a']], 'without being asked');
  await server.quiet();
  await t.feed({ kind: 'leaving', participant: 'a', leaving: false });
  await server.quiet();
  assert.deepEqual(server.members, ['t', 'a', 'b'], 'the server had not agreed');
  assert.deepEqual(b.keys, before);

  server.takeOut('a', 'removed');
  await t.feed({ kind: 'leaving', participant: 'a', leaving: true });
  await server.quiet();
  assert.deepEqual(server.members, ['t', 'b']);
  assert.equal(t.keys?.base, b.keys?.base);
  assert.notEqual(b.keys?.base, a.keys?.base);

  await t.feed({ kind: 'leaving', participant: 'b', leaving: true });
  assert.deepEqual(t.outbox, [], 'of two, one stays: that group is over');
});

test('case 1: alone again, the therapist drops the keys; the next person meets a new group', async () => {
  const server = new Server();
  const [t, a, b] = await gather(server, 'a', 'b');
  await admit(t, 'a');
  await server.quiet();
  server.takeOut('a', 'held');
  await server.quiet();
  assert.ok(t.deaf);
  await admit(t, 'b');
  await server.quiet();
  sameKeys(t, b);
  assert.equal(server.gi, 2);
  assert.ok(!a.had.has(t.keys?.base));
});

test('case 15: the number of the group was unknown: the admission is repeated by itself', async () => {
  for (const gi of [1, 7]) {
    const server = new Server();
    server.tellPackage = function tellPackage(to, pid, data) {
      this.tellKeys(to, { type: 'keypackage', participant: pid, knock: 1, room: 'r-17', state: this.state(pid), data });
    };
    server.gi = gi;
    const [t, a] = await gather(server, 'a');
    /* an answer that says where the group stands, as the plugin may */
    const step = server.step.bind(server);
    if (gi === 7) server.step = (person) => {
      const done = step(person);
      const answer = person.inbox.at(-1);
      if (answer?.error === 'E2EE_STALE') Object.assign(answer, { gi: server.gi, epoch: server.epoch });
      return done;
    };
    await admit(t, 'a');
    await server.quiet();
    sameKeys(t, a);
    assert.deepEqual(t.answers, [{ do: 'admitted', id: 1 }]);
  }
});

test('an admission that is refused leaves no keys behind', async () => {
  const server = new Server();
  const [t, a] = await gather(server, 'a');
  server.admit = () => 'ROOM_LOCKED';
  await admit(t, 'a');
  await server.quiet();
  assert.deepEqual(t.answers, [{ do: 'admitted', id: 1, error: 'ROOM_LOCKED' }]);
  assert.ok(t.deaf);
  assert.deepEqual(t.members, []);
  assert.ok(a.deaf);
});

test('nobody is let in who has sent no keys', async () => {
  const server = new Server();
  const [t] = await gather(server);
  server.seats.set('x', { state: 'waiting', keypackage: null });
  await admit(t, 'x');
  await server.wait(4000);
  assert.deepEqual(t.answers, [{ do: 'admitted', id: 1, error: 'E2EE_NOT_READY' }]);
  assert.deepEqual(t.outbox, []);
});

test('case 14: a client reloads, before and after the admission', async () => {
  const server = new Server();
  const [t, a] = await gather(server, 'a');
  await a.lose();
  await a.load();
  server.join(a);
  await admit(t, 'a');
  await server.quiet();
  await server.wait(3000);
  sameKeys(t, a);
  const before = t.keys?.base;
  await a.lose();
  await a.load();
  server.join(a);
  await server.quiet();
  sameKeys(t, a);
  assert.notEqual(t.keys?.base, before);
});

test('case 14: the therapist reloads: a new group, everybody is added again', async () => {
  const server = new Server();
  const [t, a, b] = await gather(server, 'a', 'b');
  for (const pid of ['a', 'b']) {
    await admit(t, pid);
    await server.quiet();
  }
  await t.lose();
  await t.load();
  server.join(t);
  await server.quiet();
  sameKeys(t, a, b);
  assert.equal(server.gi, 2);
});

test('case 14: the link is lost with a change on its way, taken or not', async () => {
  for (const taken of [true, false]) {
    const server = new Server();
    const [t, a, b, c] = await gather(server, 'a', 'b', 'c');
    for (const pid of ['a', 'b']) {
      await admit(t, pid);
      await server.quiet();
    }
    await admit(t, 'c');
    if (taken) server.step(t);
    await t.lose();
    await server.quiet();
    server.join(t);
    await server.quiet();
    await server.wait(4000);
    if (taken) sameKeys(t, a, b, c);
    else sameKeys(t, a, b);
    assert.equal(server.gi, 1, 'without a new group');
  }
});

test('a person who missed commits gets them again', async () => {
  const server = new Server();
  const [t, a, b, c] = await gather(server, 'a', 'b', 'c');
  for (const pid of ['a', 'b']) {
    await admit(t, pid);
    await server.quiet();
  }
  await a.lose();
  await admit(t, 'c');
  await server.quiet();
  server.takeOut('c', 'held');
  await server.quiet();
  server.join(a);
  await server.quiet();
  sameKeys(t, a, b);
  assert.equal(server.gi, 1);
  assert.deepEqual(a.troubles, []);
  assert.ok(c);
});

test('case 6, 7: the therapist is gone: a deputy removes, and cannot add', async () => {
  const server = new Server();
  const [t, a, b, c] = await gather(server, 'a', 'b', 'c');
  for (const pid of ['a', 'b', 'c']) {
    await admit(t, pid);
    await server.quiet();
  }
  await t.lose();
  server.takeOut('c', 'left');
  await server.quiet();
  sameKeys.call(null, ...[a, b].map((person) => Object.assign(person, { members: person.members.filter(({ pid }) => pid !== 't') })));
  assert.ok(!c.had.has(a.keys?.base));
  server.join(t);
  await server.quiet();
  await server.wait(3000);
  assert.equal(t.keys?.base, a.keys?.base);
  assert.equal(t.keys?.base, b.keys?.base);
});

test('case 16: eight people in a hurry', async () => {
  const server = new Server();
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const people = await gather(server, ...names);
  for (const pid of names) await admit(people[0], pid);
  await server.quiet();
  sameKeys(...people);
  server.takeOut('c', 'held');
  server.takeOut('f', 'removed');
  await admit(people[0], 'c');
  await server.quiet();
  sameKeys(...people.filter(({ pid }) => pid !== 'f'));
  const leaves = people[0].keys?.places.map(({ leaf }) => leaf) ?? [];
  assert.ok(leaves.every((leaf) => leaf < 8));
});

test('the keys are renewed after ten minutes; signs of life come before', async () => {
  const server = new Server();
  const [t, a] = await gather(server, 'a');
  await admit(t, 'a');
  await server.quiet();
  const before = t.keys?.base;
  server.now += 599_000;
  await server.wait(3000);
  sameKeys(t, a);
  assert.notEqual(t.keys?.base, before);
});

test('chat arrives, in order, with its sender', async () => {
  const server = new Server();
  const [t, a, b] = await gather(server, 'a', 'b');
  for (const pid of ['a', 'b']) {
    await admit(t, pid);
    await server.quiet();
  }
  for (let i = 0; i < 5; i += 1) await a.feed({ kind: 'say', id: i, message: { t: 'chat', text: `${i}` } });
  await server.quiet();
  for (const person of [t, b]) assert.deepEqual(person.heard.map(({ from, message }) => [from, message.text]), ['0', '1', '2', '3', '4'].map((text) => ['a', text]));
  assert.ok(a.answers.every(({ ok }) => ok));
  server.takeOut('a', 'held');
  await server.quiet();
  await a.feed({ kind: 'say', id: 9, message: { t: 'chat', text: 'alone' } });
  assert.deepEqual(a.answers.at(-1), { do: 'said', id: 9, ok: false });
});

/** Small, the same every time. @param {number} seed */
function dice(seed) {
  let at = seed;
  return (/** @type {number} */ sides) => {
    at = (Math.imul(at, 1664525) + 1013904223) >>> 0;
    return Math.floor((at / 2 ** 32) * sides);
  };
}

/** @param {Server} server @param {import('./_room.mjs').Person[]} people @param {(sides: number) => number} roll */
async function stumble(server, people, roll) {
  const one = people[roll(people.length)];
  switch (roll(12)) {
  case 0: case 1: if (one.role === 'client') await admit(people[0], one.pid, server.now); break;
  case 2: if (one.role === 'client') server.takeOut(one.pid, 'held'); break;
  case 3: if (one.linked) await one.lose(); break;
  case 4: if (one.linked) { await one.lose(); await one.load(); } break;
  case 5: if (!one.linked) server.join(one); break;
  case 6: if (one.linked) await one.feed({ kind: 'tick' }); break;
  default: await (roll(2) ? one.step() : server.step(one));
  }
  server.now += roll(400);
}

test('many random ways: in the end everybody inside has the same keys, and nobody else ever had them', async () => {
  for (let seed = Number(process.env.SEED ?? 1); seed <= Number(process.env.SEEDS ?? 5); seed += 1) {
    const roll = dice(seed);
    const server = new Server();
    const people = await gather(server, 'a', 'b', 'c');
    for (let i = 0; i < 60; i += 1) await stumble(server, people, roll);
    for (const person of people) if (!person.linked) server.join(person);
    await server.quiet();
    await server.wait(6000);
    const inside = people.filter(({ pid }) => server.state(pid) === 'admitted');
    const outside = people.filter((person) => !inside.includes(person));
    for (const person of outside) assert.ok(person.deaf, `seed ${seed}: ${person.pid} is out and has no keys`);
    if (inside.length < 2) continue;
    const base = inside[0].keys?.base;
    assert.ok(base, `seed ${seed}: there are keys`);
    for (const person of inside) assert.equal(person.keys?.base, base, `seed ${seed}: ${person.pid}`);
    for (const person of outside) assert.ok(!person.had.has(base), `seed ${seed}: ${person.pid} had them`);
  }
});
