// SPDX-License-Identifier: GPL-3.0-or-later
// Keys among several people, and what a hostile server or member may try. Numbers are those of the
// list of failure cases in docs/security.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceKey, exported, group, groupId, person, secret } from './_people.mjs';

const { inspectKeyPackage, roster } = await import('../../html/js/e2ee/mls.js');
const { checkOutcome } = await import('../../html/js/e2ee/rules.js');
const { random, utf8 } = await import('../../html/js/e2ee/bytes.js');
const { createCommit, decodeMlsMessage, encodeMlsMessage } = await import('../../html/vendor/ts-mls.js');

/** @param {string} rule */
const broken = (rule) => ({ name: 'Broken', rule });

/** Flips one bit. @param {Uint8Array} data @param {number} at */
function flipped(data, at) {
  const copy = data.slice();
  copy[at] ^= 1;
  return copy;
}

test('three people come to one secret, and see each other', async () => {
  const people = await group('a', 'b');
  const secrets = await Promise.all(people.map(exported));
  assert.equal(new Set(secrets).size, 1);
  for (const { at } of people)
    assert.deepEqual(roster(at).map(({ pid, role, leaf }) => [pid, role, leaf]),
      [['t', 'therapist', 0], ['a', 'client', 1], ['b', 'client', 2]]);
});

test('the signature key is the device key, and cannot be read', async () => {
  const pair = await deviceKey();
  const mls = await person('a', 'client', pair);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  assert.deepEqual(inspectKeyPackage((await mls.keyPackage()).data).key, raw);
  await assert.rejects(crypto.subtle.exportKey('pkcs8', pair.privateKey));
});

test('case 1: a removed member cannot derive the next secret', async () => {
  const [therapist, a, b] = await group('a', 'b');
  const made = await therapist.mls.commit(therapist.at, { remove: ['b'] });
  const stayed = await a.mls.process(a.at, made.commit, { secret, from: 't' });
  assert.equal(stayed.kind, 'commit');
  const next = await exported({ mls: therapist.mls, at: made.next });
  if (stayed.kind === 'commit') assert.equal(await exported({ mls: a.mls, at: stayed.next }), next);
  const left = await b.mls.process(b.at, made.commit, { secret, from: 't' });
  assert.equal(left.kind, 'removed');
  assert.notEqual(await exported(b), next);
  /* nor by force: with the rules and the library's own check out of the way */
  const { processPrivateMessage, makePskIndex, getCiphersuiteImpl, getCiphersuiteFromName } = await import('../../html/vendor/ts-mls.js');
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName('MLS_256_XWING_AES256GCM_SHA512_Ed25519'));
  const message = decodeMlsMessage(made.commit, 0)?.[0];
  assert.ok(message?.wireformat === 'mls_private_message');
  const forced = await processPrivateMessage(b.at, message.privateMessage, makePskIndex(b.at, {}), suite).catch(() => null);
  if (forced) assert.notEqual(await exported({ mls: b.mls, at: forced.newState }), next);
});

test('case 2: a commit with Remove but no path is refused', async () => {
  const [therapist, , b] = await group('a', 'b');
  const before = roster(therapist.at);
  const leaf = before.find(({ pid }) => pid === 'b')?.leaf ?? -1;
  const after = before.filter(({ pid }) => pid !== 'b');
  const proposals = [{ proposalType: /** @type {const} */ ('remove'), remove: { removed: leaf } }];
  assert.throws(() => checkOutcome(before, after, 0, proposals), broken('NO_PATH'));
  const made = await therapist.mls.commit(therapist.at, { remove: ['b'] });
  assert.doesNotThrow(() => checkOutcome(before, roster(made.next), 0, proposals));
  assert.ok(b);
});

test('case 4: stale, replayed and altered commits are refused, and change nothing', async () => {
  const [therapist, a] = await group('a', 'b');
  const first = await therapist.mls.commit(therapist.at, {});
  const second = await therapist.mls.commit(first.next, {});
  const about = { secret, from: 't' };
  const before = await exported(a);
  await assert.rejects(a.mls.process(a.at, second.commit, about), 'from the future');
  for (let i = 0; i < 40; i += 1) {
    const at = Math.floor((i * first.commit.length) / 40);
    await assert.rejects(a.mls.process(a.at, flipped(first.commit, at), about), `bit ${at}`);
  }
  assert.equal(await exported(a), before);
  const done = await a.mls.process(a.at, first.commit, about);
  assert.ok(done.kind === 'commit');
  await assert.rejects(a.mls.process(done.next, first.commit, about), 'replayed');
});

test('case 8: a ghost is not let in, by whomever', async () => {
  const [therapist, a, b] = await group('a', 'b');
  const ghost = await (await person('ghost')).keyPackage();
  /* by another client, who knows the room's secret: refused before it is even made, and by the others */
  await assert.rejects(a.mls.commit(a.at, { add: [ghost.data], secret }), broken('ADD_NOT_THERAPIST'));
  const { getCiphersuiteImpl, getCiphersuiteFromName, bytesToBase64, makePskIndex } = await import('../../html/vendor/ts-mls.js');
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName('MLS_256_XWING_AES256GCM_SHA512_Ed25519'));
  const pair = await deviceKey();
  const rogue = await person('r', 'client', pair);
  const own = await rogue.keyPackage();
  const entered = await therapist.mls.commit(therapist.at, { add: [own.data], secret });
  const joined = await rogue.join(/** @type {Uint8Array} */ (entered.welcome), own, secret, { groupId, epoch: 3, from: 't' });
  const saw = await b.mls.process(b.at, entered.commit, { secret, from: 't' });
  assert.ok(saw.kind === 'commit');
  const signing = { ...suite, signature: { ...suite.signature, sign: async (/** @type {Uint8Array} */ _, /** @type {Uint8Array} */ text) =>
    new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, new Uint8Array(text))) } };
  const packageOf = decodeMlsMessage(ghost.data, 0)?.[0];
  assert.ok(packageOf?.wireformat === 'mls_key_package');
  const psk = { preSharedKeyId: { psktype: /** @type {const} */ ('external'), pskId: utf8('therapy-room'), pskNonce: random(64) } };
  const made = await createCommit({ state: joined, cipherSuite: signing, pskIndex: makePskIndex(joined, { [bytesToBase64(utf8('therapy-room'))]: secret }) },
    { ratchetTreeExtension: true, extraProposals: [{ proposalType: 'add', add: { keyPackage: packageOf.keyPackage } }, { proposalType: 'psk', psk }] });
  await assert.rejects(b.mls.process(saw.next, encodeMlsMessage(made.commit), { secret, from: 'r' }), broken('ADD_NOT_THERAPIST'));
});

test('case 8: nobody is added under an id that is there, nor a second therapist', async () => {
  const [therapist] = await group('a');
  const again = await (await person('a')).keyPackage();
  await assert.rejects(therapist.mls.commit(therapist.at, { add: [again.data], secret }), broken('DUPLICATE'));
  const other = await (await person('t2', 'therapist')).keyPackage();
  await assert.rejects(therapist.mls.commit(therapist.at, { add: [other.data], secret }), broken('TWO_THERAPISTS'));
});

test('case 9: no Welcome opens with another room secret, or with none', async () => {
  const therapist = await person('t', 'therapist');
  const a = await person('a');
  const own = await a.keyPackage();
  const made = await therapist.commit(await therapist.create(groupId), { add: [own.data], secret });
  const welcome = /** @type {Uint8Array} */ (made.welcome);
  const expected = { groupId, epoch: 1, from: 't' };
  await assert.rejects(a.join(welcome, own, random(32), expected));
  await a.join(welcome, own, secret, expected);
});

test('case 9: a group the server makes without the room secret is refused', async () => {
  const { getCiphersuiteImpl, getCiphersuiteFromName, generateKeyPackageWithKey, createGroup, defaultLifetime } = await import('../../html/vendor/ts-mls.js');
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName('MLS_256_XWING_AES256GCM_SHA512_Ed25519'));
  const keys = await suite.signature.keygen();
  const identity = utf8('{"v":1,"pid":"t","role":"therapist","sub":"s-t"}');
  const capabilities = { versions: [/** @type {const} */ ('mls10')], ciphersuites: [suite.name], extensions: [], proposals: [], credentials: [/** @type {const} */ ('basic')] };
  const host = await generateKeyPackageWithKey({ credentialType: 'basic', identity }, capabilities, defaultLifetime, [], keys, suite);
  const state = await createGroup(utf8(groupId), host.publicPackage, host.privatePackage, [], suite);
  const a = await person('a');
  const own = await a.keyPackage();
  const packageOf = decodeMlsMessage(own.data, 0)?.[0];
  assert.ok(packageOf?.wireformat === 'mls_key_package');
  const made = await createCommit({ state, cipherSuite: suite }, { ratchetTreeExtension: true,
    extraProposals: [{ proposalType: 'add', add: { keyPackage: packageOf.keyPackage } }] });
  assert.ok(made.welcome);
  const welcome = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome: made.welcome });
  await assert.rejects(a.join(welcome, own, secret, { groupId, epoch: 1, from: 't' }), broken('NO_SECRET'));
});

test('case 10: a Welcome to another group, or from somebody else, is refused', async () => {
  const therapist = await person('t', 'therapist');
  const a = await person('a');
  const own = await a.keyPackage();
  const made = await therapist.commit(await therapist.create(groupId), { add: [own.data], secret });
  const welcome = /** @type {Uint8Array} */ (made.welcome);
  await assert.rejects(a.join(welcome, own, secret, { groupId: 'r-17.2', epoch: 1, from: 't' }), broken('GROUP_ID'));
  await assert.rejects(a.join(welcome, own, secret, { groupId, epoch: 2, from: 't' }), broken('EPOCH'));
  await assert.rejects(a.join(welcome, own, secret, { groupId, epoch: 1, from: 'x' }), broken('NO_THERAPIST'));
});

test('case 11: a key package altered on its way is of no use, a forgotten one opens nothing', async () => {
  const therapist = await person('t', 'therapist');
  const a = await person('a');
  const own = await a.keyPackage();
  const alone = await therapist.create(groupId);
  for (let i = 1; i < 20; i += 1) {
    const bad = flipped(own.data, Math.floor((i * own.data.length) / 20));
    await assert.rejects(therapist.commit(alone, { add: [bad], secret }), `byte ${i}`);
  }
  const made = await therapist.commit(alone, { add: [own.data], secret });
  const welcome = /** @type {Uint8Array} */ (made.welcome);
  a.forget(own);
  await assert.rejects(a.join(welcome, own, secret, { groupId, epoch: 1, from: 't' }));
  const other = await person('a');
  await assert.rejects(other.join(welcome, await other.keyPackage(), secret, { groupId, epoch: 1, from: 't' }), 'swapped');
});

test('case 12: who somebody is cannot change inside a commit', async () => {
  const [, a] = await group('a');
  const before = roster(a.at);
  for (const change of [{ pid: 'x' }, { role: /** @type {const} */ ('guest') }, { key: random(32) }]) {
    const after = before.map((member) => (member.pid === 'a' ? { ...member, ...change } : member));
    assert.throws(() => checkOutcome(before, after, 0, []), broken('IDENTITY_CHANGED'));
  }
  const extra = { ...before[1], leaf: 5, pid: 'ghost', key: random(32) };
  assert.throws(() => checkOutcome(before, [...before, extra], 0, []), broken('MEMBERS'));
});

test('a member removes only who has left, the therapist anybody', async () => {
  const [therapist, a, b] = await group('a', 'b');
  const made = await a.mls.commit(a.at, { remove: ['b'] });
  await assert.rejects(therapist.mls.process(therapist.at, made.commit, { secret, from: 'a', present: () => true }), broken('REMOVE_PRESENT'));
  const done = await therapist.mls.process(therapist.at, made.commit, { secret, from: 'a', present: (pid) => pid !== 'b' });
  assert.ok(done.kind === 'commit');
  assert.deepEqual(roster(done.next).map(({ pid }) => pid), ['t', 'a']);
  await assert.rejects(therapist.mls.process(therapist.at, made.commit, { secret, from: 'b', present: () => false }), broken('SENDER'));
  assert.ok(b);
});

test('a message shows who sent it, also when the keys changed meanwhile; the server cannot put another name on it', async () => {
  const [therapist, a, b] = await group('a', 'b');
  const said = await a.mls.message(a.at, utf8('hello'));
  const rekey = await therapist.mls.commit(therapist.at, {});
  const next = await b.mls.process(b.at, rekey.commit, { secret, from: 't' });
  assert.ok(next.kind === 'commit');
  const heard = await b.mls.process(next.next, said.data, { from: 'a' });
  assert.ok(heard.kind === 'message');
  assert.equal(heard.from.pid, 'a');
  assert.equal(Buffer.from(heard.data).toString(), 'hello');
  await assert.rejects(b.mls.process(heard.next, said.data, { from: 'a' }), 'replayed');
  await assert.rejects(therapist.mls.process(therapist.at, said.data, { from: 'b' }), broken('SENDER'));
});

test('somebody comes back: out with the old leaf and in with the new in one step', async () => {
  const [therapist, a, b] = await group('a', 'b');
  const own = await b.mls.keyPackage();
  const made = await therapist.mls.commit(therapist.at, { remove: ['b'], add: [own.data], secret });
  const back = await b.mls.join(/** @type {Uint8Array} */ (made.welcome), own, secret, { groupId, epoch: 3, from: 't' });
  const saw = await a.mls.process(a.at, made.commit, { secret, from: 't' });
  assert.ok(saw.kind === 'commit');
  const all = await Promise.all([{ mls: a.mls, at: saw.next }, { mls: b.mls, at: back }, { mls: therapist.mls, at: made.next }].map(exported));
  assert.equal(new Set(all).size, 1);
  assert.deepEqual(roster(back).map(({ pid, leaf }) => [pid, leaf]), [['t', 0], ['a', 1], ['b', 2]]);
});

test('case 15: a second group of the same people shares nothing with the first', async () => {
  const [therapist] = await group('a');
  const again = await therapist.mls.create('r-17.2');
  assert.notEqual(await exported(therapist), await exported({ mls: therapist.mls, at: again }));
});
