// SPDX-License-Identifier: GPL-3.0-or-later
/** A tier says whether lost pictures are asked for again: the page of the receiver does so, on a link that loses some. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from '../e2e/browser.mjs';
import { openSession } from './_session.mjs';

/** @typedef {import('../e2e/browser.mjs').Page} Page */

const WIDE = { rateKbps: 4000, queueMs: 300, delayMs: 20, loss: 0 };
const LOSSY = { ...WIDE, loss: 0.08 };
const SETTLED_MS = 2000; /* html/js/app/nack.js */
const LOOK_MS = 8000;
const SOON_MS = 6000;
const FEW = 3;

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts how often the page agrees on what it receives. Runs in the page. */
function countAnswers() {
  Object.assign(window, { answers: 0 });
  const set = RTCPeerConnection.prototype.setLocalDescription;
  RTCPeerConnection.prototype.setLocalDescription = function setLocalDescription(/** @type {any} */ description) {
    if (description?.type === 'answer') /** @type {any} */ (window).answers += 1;
    return Reflect.apply(set, this, [description]);
  };
}

/** Whether NACK is agreed on, how often it was used, and how speech and picture are. @param {Page} page */
function received(page) {
  return page.evaluate(async () => {
    const { probe, answers } = /** @type {any} */ (window);
    /** @type {RTCPeerConnection} */
    const pc = probe.connections.findLast((/** @type {RTCPeerConnection} */ each) => each.localDescription?.type === 'answer');
    const stats = [...(await pc.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
    const of = (/** @type {string} */ kind, /** @type {string} */ key) => stats.find((each) => each.kind === kind)?.[key] ?? 0;
    const sdp = pc.localDescription?.sdp ?? '';
    return {
      answers,
      agreed: /^a=rtcp-fb:\d+ nack\r$/m.test(sdp),
      keyframes: /^a=rtcp-fb:\d+ nack pli\r$/m.test(sdp),
      nacks: of('video', 'nackCount'),
      packets: of('video', 'packetsReceived'),
      lost: of('video', 'packetsLost'),
      frames: of('video', 'framesDecoded'),
      frozen_ms: Math.round(1000 * of('video', 'totalFreezesDuration')),
      samples: of('audio', 'totalSamplesReceived'),
      concealed: of('audio', 'concealedSamples') - of('audio', 'silentConcealedSamples'),
    };
  });
}

/** By how much counts grew meanwhile, and what is agreed. @param {Page} page @param {number} ms @returns {Promise<Record<string, any>>} */
async function during(page, ms) {
  const first = await received(page);
  await pause(ms);
  const now = await received(page);
  const grown = Object.fromEntries(Object.entries(now).map(([key, value]) => [key, Number(value) - Number(/** @type {any} */ (first)[key])]));
  return { ...grown, agreed: now.agreed, keyframes: now.keyframes };
}

/** @param {Page} page @param {boolean} nack @param {number} ms */
async function agrees(page, nack, ms) {
  const end = Date.now() + ms;
  while ((await received(page)).agreed !== nack) {
    assert.ok(Date.now() < end, `NACK is not ${nack ? 'on' : 'off'}`);
    await pause(100);
  }
}

/** @type {import('../e2e/browser.mjs').Kind[]} */
const KINDS = ['chromium', 'firefox'];

for (const kind of KINDS) describe(`lost pictures in ${kind}`, { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? whyNoBrowser(kind) ?? false }, () => {
  /** @type {Awaited<ReturnType<typeof openSession>>} */ let session;
  /** @type {Page} */ let client;

  const put = (/** @type {Record<string, unknown>} */ values) => session.scene.operator({ request: 'tiers_set', values });
  const pin = (/** @type {string} */ tier) => session.scene.operator({ request: 'pin', mode: 'pin', tier });

  before(async () => {
    session = await openSession({ faults: WIDE, kind, before: countAnswers });
    client = session.client;
    await pin('medium');
    await agrees(client, true, SOON_MS);
    await session.link.set(LOSSY, 'down');
  });
  after(async () => session?.scene.close());

  it('are asked for again on a tier that says so', async (t) => {
    const grown = await during(client, LOOK_MS);
    t.diagnostic(JSON.stringify(grown));
    assert.ok(grown.nacks >= FEW, `${grown.nacks} asked for again`);
    assert.equal(grown.answers, 0);
  });

  it('are not on one that does not, and key frames are', async (t) => {
    await put({ 'tier_medium.nack': false });
    const change = await during(client, SETTLED_MS + 2000);
    t.diagnostic(JSON.stringify(change));
    assert.equal(change.answers, 1);
    assert.equal(change.agreed, false);
    assert.equal(change.keyframes, true);
    const grown = await during(client, LOOK_MS);
    t.diagnostic(JSON.stringify(grown));
    assert.ok(grown.lost >= FEW, `${grown.lost} lost`);
    assert.equal(grown.nacks, 0);
    assert.equal(grown.answers, 0);
    assert.ok(grown.frames > 0, 'no picture at all'); /* each loss stops them until a key frame */
  });

  it('are asked for again when the tier changes to one that says so', async (t) => {
    await pin('low');
    const change = await during(client, SETTLED_MS + 2000);
    t.diagnostic(JSON.stringify(change));
    assert.equal(change.answers, 1);
    assert.equal(change.agreed, true);
    await pin('medium');
    await agrees(client, false, SETTLED_MS + 2000);
    await put({});
    await agrees(client, true, SETTLED_MS + 2000);
    const grown = await during(client, LOOK_MS);
    t.diagnostic(JSON.stringify(grown));
    assert.ok(grown.nacks >= FEW, `${grown.nacks} asked for again`);
  });

  it('are asked for as before while tiers come and go, and on one without pictures', async () => {
    await put({ 'tier_medium.nack': false, 'tier_low.nack': true });
    const { answers } = await received(client);
    for (const tier of ['low', 'medium', 'low', 'medium', 'audio', 'medium', 'audio']) {
      await pin(tier);
      await pause(600);
    }
    await pause(SETTLED_MS + 1000);
    assert.equal((await received(client)).answers, answers);
  });
});
