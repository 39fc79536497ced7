// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of somebody do not open: who cannot read asks, and is added again with new keys; soon, and not for ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Server, admit, gather } from './_room.mjs';

/** A therapist and two clients with keys. */
async function three() {
  const server = new Server();
  const [t, a, b] = await gather(server, 'a', 'b');
  for (const pid of ['a', 'b']) {
    await admit(t, pid);
    await server.quiet();
  }
  return { server, t, a, b };
}

/** @param {import('./_room.mjs').Person[]} people */
function sameKeys(...people) {
  assert.ok(people[0].keys);
  assert.equal(new Set(people.map(({ keys }) => keys?.base)).size, 1);
}

test('case 17: what does not open mends itself within two seconds, also if the server says that nothing is missing', async () => {
  const { server, t, a, b } = await three();
  const before = t.keys?.base;
  await b.feed({ kind: 'failing', pid: 'a' });
  await server.quiet();
  assert.equal(t.keys?.base, before, 'first it asks for what it missed');
  await server.wait(1000);
  sameKeys(t, a, b);
  assert.notEqual(t.keys?.base, before, 'then it is added again, with new keys');
  const mended = t.keys?.base;
  await server.wait(8000);
  assert.equal(t.keys?.base, mended, 'and has patience');
  await server.wait(3000);
  assert.notEqual(t.keys?.base, mended, 'it still does not open');
  sameKeys(t, a, b);
  await b.feed({ kind: 'opened', pid: 'a' });
  const opened = t.keys?.base;
  await server.wait(60_000);
  assert.equal(t.keys?.base, opened, 'all is well');
  for (const effect of [t, a, b].flatMap(({ troubles }) => troubles)) assert.equal(effect.name, 'MISSED');
});

test('case 17: it does not begin again for ever, nor for somebody who has gone', async () => {
  const { server, t, a, b } = await three();
  await b.feed({ kind: 'failing', pid: 'a' });
  const seen = new Set();
  for (let i = 0; i < 50; i += 1) {
    await server.wait(10_000);
    seen.add(t.keys?.base);
  }
  assert.ok(seen.size <= 6, `${seen.size} groups`);
  await a.feed({ kind: 'failing', pid: 'b' });
  const before = a.troubles.length;
  server.takeOut('b', 'removed');
  await server.quiet();
  await server.wait(5000);
  assert.deepEqual(a.troubles.slice(before), []);
});

test('case 17: the therapist cannot read anybody: after a while all come into a new group', async () => {
  const server = new Server();
  const [t, a] = await gather(server, 'a');
  await admit(t, 'a');
  await server.quiet();
  const before = t.keys?.base;
  await t.feed({ kind: 'failing', pid: 'a' });
  await server.wait(2000);
  assert.equal(t.keys?.base, before);
  await server.wait(3000);
  sameKeys(t, a);
  assert.notEqual(t.keys?.base, before);
});
