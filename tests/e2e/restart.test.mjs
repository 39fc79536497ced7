// SPDX-License-Identifier: GPL-3.0-or-later
/** Janus dies in the middle of a session: both are back by themselves, encrypted, with the clock where it was. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, reaches, Scene, seesAndHears, seesReady, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const BACK_MS = 5000;
const PATIENCE_MS = 20_000;
const LATE_MS = 500; /* what is underway may still come so long, and news take so long to be noticed */

describe('a restart of Janus', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false }, () => {
  /** @type {Scene} */ let scene;
  /** @type {Page[]} */ let pages;

  before(async () => {
    scene = await Scene.open();
    const browsers = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'chromium')]);
    const appointment = scene.appointment();
    pages = await Promise.all([browsers[0].open(appointment.therapist), browsers[1].open(appointment.client)]);
    await Promise.all([sitDown(pages[0]), comeIn(pages[1])]);
    await seesReady(pages[0]);
    await pages[0].click('[data-action="admit"]');
    await Promise.all(pages.map((page) => reaches(page, 'session')));
    await Promise.all(pages.map(seesAndHears));
  });
  after(async () => scene?.close());

  /** @param {Page} page @param {number} at */
  const frameAfter = (page, at) => page.waitFor((time) => /** @type {any} */ (window).probe.firstFrameAfter(time), PATIENCE_MS, at);
  /** @param {Page} page */
  const clicks = (page) => page.evaluate(() => /** @type {any} */ (window).probe.clicks.length);
  /** What the server said last of the clock. @param {Page} page */
  const words = (page) => page.evaluate(() => /** @type {any} */ (window).probe.clocks.at(-1));

  const cases = /** @type {const} */ ([
    ['SIGKILL', 'a crash', 0], ['SIGTERM', 'a planned restart', 0], ['SIGKILL', 'a crash, and twenty seconds without a server', 20_000],
  ]);
  for (const [signal, what, outageMs] of cases) {
    it(`is survived: ${what}`, async (test) => {
      const clicked = await Promise.all(pages.map(clicks));
      const was = await Promise.all(pages.map(words));
      await scene.server.janus?.stop(signal);
      const gone = Date.now();
      await Promise.all(pages.map((page) => page.evaluate(() => /** @type {any} */ (window).probe.forgetFrames())));
      await new Promise((resolve) => setTimeout(resolve, outageMs));
      await scene.server.restartJanus();
      const up = Date.now();
      const frames = await Promise.all(pages.map((page) => frameAfter(page, Math.max(gone + LATE_MS, up - LATE_MS))));
      test.diagnostic(`Janus was gone for ${up - gone} ms; pictures ${frames.map((at) => at - up)} ms after it answered`);
      for (const at of frames) assert.ok(at - up <= BACK_MS, `${at - up} ms`);
      await Promise.all(pages.map((page) => reaches(page, 'session')));
      await Promise.all(pages.map(seesAndHears));
      const is = await Promise.all(pages.map(words));
      // On a busy machine a page may hear of it late, but hardly both.
      const errors = is.map((now, i) => Math.abs(now.ran_ms - was[i].ran_ms - (now.at - was[i].at)));
      test.diagnostic(`the clock is off by ${errors} ms`);
      assert.ok(Math.min(...errors) < 1000, `${errors}`);
      assert.deepEqual(await Promise.all(pages.map(clicks)), clicked);
    });
  }

  it('is prepared by draining, and the therapist is told in words', async () => {
    const operate = (/** @type {string} */ request) => scene.server.admin({
      janus: 'message_plugin', plugin: 'janus.plugin.therapy', request: { request },
    });
    await operate('drain');
    await pages[0].waitForText(/will be restarted soon\. This session goes on\./);
    await Promise.all(pages.map(seesAndHears));
    await operate('undrain');
    await pages[0].waitFor(() => !document.body.innerText.includes('restarted'));
  });
});
