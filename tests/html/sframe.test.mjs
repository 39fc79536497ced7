// SPDX-License-Identifier: GPL-3.0-or-later
// Frames: RFC 9605 against its published values and against node:crypto, and what must be refused.
import assert from 'node:assert/strict';
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { test } from 'node:test';

const { random } = await import('../../html/js/e2ee/bytes.js');
const { baseKey, decodeHeader, encodeHeader, frameKey, open, seal } = await import('../../html/js/e2ee/sframe.js');
const { KeyRing, Unopened } = await import('../../html/js/e2ee/keyring.js');
const { ReplayWindow } = await import('../../html/js/e2ee/replay.js');
const { clearBytes, codecOf, pad, protect, unpad, unprotect } = await import('../../html/js/e2ee/frames.js');

const hex = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('hex');
const bytes = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, 'hex'));
const why = (/** @type {string} */ reason) => ({ why: reason });
const none = new Uint8Array();

test('case 18: the published vector of suite 5', async () => {
  const base = await baseKey(bytes('000102030405060708090a0b0c0d0e0f'));
  const key = await frameKey(base, 0x123);
  assert.equal(hex(key.salt), '84991c167b8cd23c93708ec7');
  const metadata = bytes('4945544620534672616d65205747');
  const plain = bytes('64726166742d696574662d736672616d652d656e63');
  const frame = await seal(key, 0x4567, plain, metadata);
  assert.equal(hex(frame), '990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279');
  const header = decodeHeader(frame);
  assert.deepEqual(header, { kid: 0x123, ctr: 0x4567, size: 5 });
  assert.deepEqual(await open(key, /** @type {any} */ (header), frame, metadata), plain);
});

test('case 18: frames open with an independent implementation', async () => {
  const raw = random(32);
  const [kid, ctr] = [0x1a5, 70_000];
  const frame = await seal(await frameKey(await baseKey(raw.slice()), kid), ctr, bytes('0102030405'), bytes('aabb'));
  const tail = Buffer.alloc(10);
  tail.writeUInt16BE(kid, 6);
  tail.writeUInt16BE(5, 8);
  const derive = (/** @type {string} */ label, /** @type {number} */ size) =>
    Buffer.from(hkdfSync('sha512', raw, '', Buffer.concat([Buffer.from(`SFrame 1.0 Secret ${label} `), tail]), size));
  const size = 1 + 2 + 3;
  const nonce = Buffer.from(derive('salt', 12).map((byte, i) => byte ^ Number((BigInt(ctr) >> BigInt(8 * (11 - i))) & 255n)));
  const gcm = createDecipheriv('aes-256-gcm', derive('key', 32), nonce);
  gcm.setAAD(Buffer.concat([frame.subarray(0, size), bytes('aabb')]));
  gcm.setAuthTag(frame.subarray(-16));
  assert.equal(hex(Buffer.concat([gcm.update(frame.subarray(size, -16)), gcm.final()])), '0102030405');
});

test('case 18: headers, the shortest form only', () => {
  for (const [kid, ctr, text] of /** @type {[number, number, string][]} */ ([
    [0, 0, '00'], [0, 1, '01'], [7, 7, '77'], [8, 7, '8708'], [7, 8, '7808'], [255, 256, '89ff0100'], [0x1a5, 0xffffff, '9a01a5ffffff'],
  ])) {
    assert.equal(hex(encodeHeader(kid, ctr)), text);
    assert.deepEqual(decodeHeader(bytes(text)), { kid, ctr, size: text.length / 2 });
  }
  for (const text of ['', '80', '8005', '0807', '900010', '8708ff'.slice(0, 2), 'ff00ffffffffffffffff0102030405060708', '8fffffffffffffffff'])
    assert.equal(decodeHeader(bytes(text)), null, text);
});

test('case 18: a window of 384, its edge, and repeats', () => {
  const window = new ReplayWindow();
  for (const ctr of [0, 5, 3, 500]) {
    assert.ok(window.fresh(ctr));
    window.take(ctr);
    assert.ok(!window.fresh(ctr));
  }
  assert.ok(window.fresh(117));
  assert.ok(!window.fresh(116));
  assert.ok(!window.fresh(3));
  for (let ctr = 501; ctr < 5000; ctr += 1) window.take(ctr);
  assert.ok(!window.fresh(4990));
});

test('the prefix in clear: ten bytes of a VP8 key frame, one of the others, nothing else', () => {
  const key = Uint8Array.from([0x10, 2, 0, 0x9d, 1, 0x2a, 1, 1, 1, 1, 9, 9]);
  assert.equal(clearBytes('vp8', key), 10);
  assert.equal(clearBytes('vp8', Uint8Array.from([0x11, 2, 3])), 1);
  assert.equal(clearBytes('vp9', key), 0);
  assert.equal(clearBytes('opus', key), 0);
  assert.deepEqual(['video/VP8', 'audio/opus', 'video/VP9', 'video/H264', 'video/AV1', undefined, 'audio/red'].map(codecOf),
    ['vp8', 'opus', 'vp9', null, null, null, 'opus']);
});

test('voice has a few lengths only', () => {
  const sizes = new Set(Array.from({ length: 127 }, (_, size) => pad(new Uint8Array(size)).length));
  assert.deepEqual([...sizes], [128]);
  for (const size of [1, 126, 127, 254, 255, 1275]) assert.equal(unpad(pad(random(size)))?.length, size);
  assert.equal(unpad(new Uint8Array(100)), null);
  assert.equal(unpad(Uint8Array.from({ length: 128 }, () => 255)), null);
});

/**
 * Two rings with the keys of one epoch: "t" at leaf 0, "a" at leaf 1.
 * @param {number} epoch
 * @param {{t: InstanceType<typeof KeyRing>, a: InstanceType<typeof KeyRing>}} [rings]
 */
async function pair(epoch, rings = { t: new KeyRing(), a: new KeyRing() }, gi = 1) {
  const raw = random(32);
  const places = [{ pid: 't', leaf: 0 }, { pid: 'a', leaf: 1 }];
  await rings.t.enter({ gi, epoch, leaf: 0, places, base: raw.slice() }, 0);
  await rings.a.enter({ gi, epoch, leaf: 1, places, base: raw.slice() }, 0);
  return rings;
}

test('voice and picture arrive, nothing of them is in clear', async () => {
  const { t, a } = await pair(1);
  const voice = random(80);
  const sent = await protect(t, 0, 'opus', voice);
  assert.ok(!hex(sent).includes(hex(voice.subarray(0, 8))));
  assert.deepEqual(await unprotect(a, 0, 'opus', 't', sent, 0), voice);
  const picture = Uint8Array.from([0x10, 2, 0, 0x9d, 1, 0x2a, 1, 1, 1, 1, ...random(500)]);
  const wire = await protect(t, 1, 'vp8', picture);
  assert.equal(hex(wire.subarray(0, 10)), hex(picture.subarray(0, 10)));
  assert.deepEqual(await unprotect(a, 1, 'vp8', 't', wire, 0), picture);
  assert.equal((await protect(t, 0, 'opus', none)).length, 0);
  assert.equal((await unprotect(a, 0, 'opus', 't', none, 0)).length, 0);
});

test('case 19: a flipped bit, also of the clear part, makes a frame worthless', async () => {
  const { t, a } = await pair(1);
  const wire = await protect(t, 1, 'vp8', Uint8Array.from([0x10, 2, 0, 0x9d, 1, 0x2a, 1, 1, 1, 1, ...random(50)]));
  for (let at = 0; at < wire.length; at += 1) {
    const bad = wire.slice();
    bad[at] ^= 1;
    await assert.rejects(unprotect(a, 1, 'vp8', 't', bad, 0), Unopened, `byte ${at}`);
  }
  for (let size = 1; size < wire.length; size += 1) await assert.rejects(unprotect(a, 1, 'vp8', 't', wire.slice(0, size), 0));
  await unprotect(a, 1, 'vp8', 't', wire, 0);
});

test('case 18: the server cannot show one person as another, or voice as picture, or a frame twice', async () => {
  const { t, a } = await pair(1);
  const sent = await protect(t, 0, 'opus', random(20));
  await assert.rejects(unprotect(a, 0, 'opus', 'a', sent, 0), why('person'));
  await assert.rejects(unprotect(a, 0, 'opus', 'x', sent, 0), why('person'));
  await assert.rejects(unprotect(a, 0, 'opus', null, sent, 0), why('person'));
  await assert.rejects(unprotect(a, 1, 'vp9', 't', sent, 0), why('kind'));
  await unprotect(a, 0, 'opus', 't', sent, 0);
  await assert.rejects(unprotect(a, 0, 'opus', 't', sent, 0), why('replay'));
});

test('case 17: keys of the former epoch open what is late for two seconds, then are gone', async () => {
  const rings = await pair(15);
  const late = await Promise.all([1, 2].map(() => protect(rings.t, 0, 'opus', random(20))));
  await pair(16, rings);
  await unprotect(rings.a, 0, 'opus', 't', late[0], 1999);
  await unprotect(rings.a, 0, 'opus', 't', await protect(rings.t, 0, 'opus', random(20)), 1999);
  await assert.rejects(unprotect(rings.a, 0, 'opus', 't', late[1], 2000), why('key'));
  /* and a sender that is ahead: its key is not there yet */
  const places = [{ pid: 't', leaf: 0 }, { pid: 'a', leaf: 1 }];
  await rings.t.enter({ gi: 1, epoch: 17, leaf: 0, places, base: random(32) }, 3000);
  await assert.rejects(unprotect(rings.a, 0, 'opus', 't', await protect(rings.t, 0, 'opus', random(20)), 3000), why('key'));
});

test('a new group forgets the keys of the former at once', async () => {
  const rings = await pair(3);
  const old = await protect(rings.t, 0, 'opus', random(20));
  await pair(1, rings, 2);
  await assert.rejects(unprotect(rings.a, 0, 'opus', 't', old, 0), why('key'));
});

test('case 21: without a group everything is encrypted for nobody; only one\'s own echo opens', async () => {
  const [a, b] = [new KeyRing(), new KeyRing()];
  a.be('a');
  b.be('b');
  assert.equal(a.ready, false);
  const voice = random(40);
  const sent = await protect(a, 0, 'opus', voice);
  assert.ok(!hex(sent).includes(hex(voice.subarray(0, 8))));
  await assert.rejects(unprotect(b, 0, 'opus', 'b', sent, 0), why('changed'));
  await assert.rejects(unprotect(b, 0, 'opus', 'a', sent, 0), why('nobody'));
  assert.deepEqual(await unprotect(a, 0, 'opus', 'a', sent, 0), voice);
  const { t } = await pair(1, { t: b, a });
  await assert.rejects(unprotect(t, 0, 'opus', 'a', sent, 0), why('nobody'));
  const other = await protect(a, 0, 'opus', voice);
  a.leave();
  await assert.rejects(unprotect(a, 0, 'opus', 't', other, 0), why('key'));
  const after = await protect(a, 0, 'opus', voice);
  await assert.rejects(unprotect(t, 0, 'opus', 'a', after, 0), why('nobody'));
});

test('case 18: no counter comes twice with one key, whatever is sent at once', async () => {
  const { t } = await pair(1);
  const frames = await Promise.all(Array.from({ length: 200 }, (_, i) => protect(t, /** @type {0 | 1} */ (i % 2), i % 2 ? 'vp9' : 'opus', random(10))));
  const seen = frames.map((frame) => { const { kid, ctr } = /** @type {any} */ (decodeHeader(frame)); return `${kid}/${ctr}`; });
  assert.equal(new Set(seen).size, 200);
});
