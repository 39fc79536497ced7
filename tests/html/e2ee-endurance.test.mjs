// SPDX-License-Identifier: GPL-3.0-or-later
// What lasts long, and what is not as it should be around it: hours of new keys, clocks that are wrong, old browsers.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { exported, group, groupId, person, random, secret } from './_people.mjs';

const { missing } = await import('../../html/js/core/support.js');
const { KeyRing } = await import('../../html/js/e2ee/keyring.js');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

test('case 28: a browser without what is needed is refused, and not asked for its camera', async () => {
  let asked = 0;
  const able = {
    isSecureContext: true,
    RTCPeerConnection: class { addTransceiver() {} },
    RTCRtpTransceiver: class { setCodecPreferences() {} },
    RTCRtpScriptTransform: class {},
    navigator: { mediaDevices: { getUserMedia: () => (asked += 1) } },
    WebSocket: class {}, HTMLDialogElement: class {}, crypto,
  };
  assert.equal(await missing(able), null);
  assert.equal(await missing({ ...able, RTCRtpScriptTransform: undefined }), 'BROWSER_OLD');
  const subtle = { generateKey: () => Promise.reject(new DOMException('Ed25519', 'NotSupportedError')) };
  assert.equal(await missing({ ...able, crypto: { subtle } }), 'BROWSER_OLD');
  assert.equal(await missing({ ...able, isSecureContext: false }), 'INSECURE');
  assert.equal(asked, 0);
});

test('case 29: a clock that is years off keeps nobody out of a group', async (t) => {
  t.after(() => mock.timers.reset());
  for (const year of [2001, 2060]) {
    mock.timers.enable({ apis: ['Date'], now: Date.UTC(year, 1, 1) });
    const a = await person('a');
    const own = await a.keyPackage();
    mock.timers.reset();
    const therapist = await person('t', 'therapist');
    const made = await therapist.commit(await therapist.create(groupId), { add: [own.data], secret });
    mock.timers.enable({ apis: ['Date'], now: Date.UTC(year, 1, 1) });
    const at = await a.join(/** @type {Uint8Array} */ (made.welcome), own, secret, { groupId, epoch: 1, from: 't' });
    mock.timers.reset();
    assert.equal(await exported({ mls: a, at }), await exported({ mls: therapist, at: made.next }), String(year));
  }
});

/** Bytes in use when all that is not needed is gone. */
function heap() {
  collect();
  collect();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

test('case 30: new keys every ten seconds for half an hour leave nothing behind', { timeout: 120_000 }, async () => {
  const [t, a] = await group('a');
  const ring = new KeyRing();
  ring.be('a');
  const renew = async (/** @type {number} */ round) => {
    const made = await t.mls.commit(t.at, {});
    const done = await a.mls.process(a.at, made.commit, { secret, from: 't' });
    assert.ok(done.kind === 'commit');
    [t.at, a.at] = [made.next, done.next];
    const places = [{ pid: 't', leaf: 0 }, { pid: 'a', leaf: 1 }];
    await ring.enter({ gi: 1, epoch: round, leaf: 1, places, base: await a.mls.export(a.at, 'SFrame 1.0 Base Key', 32) }, round * 10_000);
    await ring.seal(0, random(80), new Uint8Array());
  };
  for (let round = 0; round < 40; round += 1) await renew(round);
  const first = heap();
  for (let round = 40; round < 200; round += 1) await renew(round);
  const grown = heap() - first;
  assert.ok(grown < 1_500_000, `${grown} bytes more after 160 changes of keys`);
});
