// SPDX-License-Identifier: GPL-3.0-or-later
/** A client's link narrows and recovers: speech goes on, the picture gives way, both pages say why, and it comes back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CAMERA } from '../bench/_measure.mjs';
import * as recorder from '../bench/_recorder.mjs';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from '../e2e/browser.mjs';
import { media, receivedDuring, shows } from '../e2e/scene.mjs';
import { openSession } from './_session.mjs';

/** @typedef {import('../e2e/browser.mjs').Page} Page */

const WIDE = { rateKbps: 4000, queueMs: 300, delayMs: 20, loss: 0 };
const NARROW = { rateKbps: 200, queueMs: 300, delayMs: 20 };
const KEPT_MS = 8000; /* on a good link nothing may change */
const OUTAGE_MS = 3000;
const HEARD_MS = 2000; /* after it, within the grain of a poll */
const AGAIN_MS = 8000;
const DOWN_MS = 6000;
const NARROW_MS = 12_000;
const SEEN_MS = 45_000;
const BACK_MS = 45_000; /* after that */
/** What a page says of its tier, and what is wrong with the link. */
const GOOD = '.weak[data-tier="high"][data-weak=""]';
const WEAK = '.weak:not([data-weak=""])';

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a weak link', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false }, () => {
  /** @type {Awaited<ReturnType<typeof openSession>>} */ let session;
  /** @type {Page} */ let therapist;
  /** @type {Page} */ let client;

  /** @param {import('../lab/link.mjs').Faults} faults */
  const setLink = (faults) => session.link.set(faults);

  before(async () => {
    session = await openSession({ faults: WIDE, camera: CAMERA });
    ({ therapist, client } = session);
  });
  after(async () => session?.scene.close());

  it('leaves a good link as it is', async () => {
    await pause(KEPT_MS);
    for (const page of [therapist, client]) await shows(page, GOOD);
  });

  it('is back soon after an outage', async () => {
    await setLink({ ...WIDE, loss: 1 });
    await pause(OUTAGE_MS);
    const { audio, video } = (await media(client)).received;
    await setLink(WIDE);
    const passes = (/** @type {[string, string, number]} */ [kind, count, than]) =>
      /** @type {any} */ (window).probe.media().then((/** @type {any} */ now) => now.received[kind][count] > than);
    await client.waitFor(passes, HEARD_MS, ['audio', 'packets', audio.packets + 10]);
    await client.waitFor(passes, AGAIN_MS, ['video', 'frames', video.frames + 10]);
  });

  it('keeps speech at 200 kbit/s, and says so', async () => {
    await recorder.startRecord(client);
    await setLink(NARROW);
    await shows(client, WEAK, DOWN_MS);
    await client.waitForText(/Your connection is weak/);
    await pause(NARROW_MS);
    const record = await recorder.endRecord(client);
    const { audio } = await receivedDuring(client, 2000);
    assert.ok(recorder.concealedPercent(record) < 6, `${recorder.concealedPercent(record)} % of speech made up`);
    assert.ok(audio > 15, `${audio} packets of speech in 2 s`);
  });

  it('brings the picture back when the link is good again', async () => {
    await setLink(WIDE);
    await shows(client, '.weak[data-tier="low"], .weak[data-tier="medium"], .weak[data-tier="high"]', SEEN_MS);
    await shows(client, '.weak[data-tier="medium"], .weak[data-tier="high"]', BACK_MS);
    const { frames } = await receivedDuring(client, 2000);
    assert.ok(frames > 16, `${frames} pictures in 2 s`);
  });

  it('shows no picture to who wants voice only', async () => {
    await client.click('[data-action="voice-only"]');
    await client.waitForText(/Voice only, as you chose/);
    await pause(1500);
    const without = await receivedDuring(client, 1500);
    assert.equal(without.video, 0);
    assert.ok(without.audio > 15, `${without.audio} packets of speech`);
    await client.click('[data-action="voice-only"]');
    await client.waitFor(() => !/Voice only, as you chose/.test(document.body.innerText));
  });
});
