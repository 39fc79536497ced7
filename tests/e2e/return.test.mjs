// SPDX-License-Identifier: GPL-3.0-or-later
/** Links break, pages are reloaded, people walk out of the Wi-Fi: the session goes on by itself. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, reaches, receivedDuring, Scene, seesAndHears, seesReady, shows, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const BACK_MS = 40_000;
/** How long Janus keeps a session without a sign of life, and a sleep that is longer. */
const SESSION_S = 20;
const SLEEP_MS = 28_000;

describe('a session that is disturbed', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false }, () => {
  /** @type {Scene} */ let scene;
  /** @type {Page} */ let therapist;
  /** @type {Page} */ let client;
  /** @type {ReturnType<Scene['appointment']>} */ let appointment;
  /** @type {import('../lab/lab.mjs').LinkedHost} */ let home;

  before(async () => {
    scene = await Scene.open({ sessionS: SESSION_S });
    const [desk, house] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'chromium')]);
    home = scene.lab.hosts.find((host) => host.name === 'client') ?? assert.fail();
    appointment = scene.appointment();
    [therapist, client] = await Promise.all([desk.open(appointment.therapist), house.open(appointment.client)]);
    await Promise.all([sitDown(therapist), comeIn(client)]);
    await seesReady(therapist);
    await therapist.click('[data-action="admit"]');
    await Promise.all([reaches(therapist, 'session'), reaches(client, 'session')]);
    await bothSeeAndHear();
  });
  after(async () => scene?.close());

  /** Media comes in on both sides again, after something that had stopped it. */
  async function bothSeeAndHear() {
    for (const page of [therapist, client]) {
      const deadline = Date.now() + BACK_MS;
      let got;
      do {
        got = await receivedDuring(page, 500);
        assert.ok(Date.now() < deadline, `nothing comes in: ${JSON.stringify(got)}`);
      } while (got.frames < 3 || got.audio < 5);
      await seesAndHears(page);
    }
  }

  it('survives a reload by the client, who need not do anything', async () => {
    await client.reload();
    await reaches(client, 'session', BACK_MS);
    await bothSeeAndHear();
  });

  it('survives a reload by the therapist', async () => {
    await therapist.reload();
    await reaches(therapist, 'session', BACK_MS);
    if (await therapist.usable('[data-action="start-devices"]')) await therapist.click('[data-action="start-devices"]');
    await bothSeeAndHear();
  });

  it('refuses the link on another device and leaves the session alone', async () => {
    const house = await scene.browser('client', 'chromium');
    const stranger = await house.open(appointment.client);
    await shows(stranger, 'main[data-view="error"] [data-error="TOKEN_USED"]');
    await stranger.waitForText(/opened on another device/);
    await stranger.close();
    await bothSeeAndHear();
  });

  it('comes back when the client changes to another network', async () => {
    await home.changeNetwork();
    await bothSeeAndHear();
    await reaches(client, 'session');
  });

  it('comes back after eight seconds without any network', async () => {
    await home.link.set({ loss: 1 });
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await home.link.set({ loss: 0 });
    await bothSeeAndHear();
    await reaches(client, 'session');
  });

  it('case 14: wakes when the client opens the lid again, after the keys were changed without them', async () => {
    const asleep = (await scene.browser('client', 'chromium')).sleep(SLEEP_MS);
    await therapist.waitForText(/lost the connection/, SLEEP_MS);
    await asleep;
    await bothSeeAndHear();
    await reaches(client, 'session');
    for (const page of [therapist, client]) await page.waitForText(/Only the 2 of you/);
  });

  it('moves to the newest window of the same browser, and says so in the old one', async () => {
    const house = await scene.browser('client', 'chromium');
    const second = await house.open(appointment.client, { device: client.device });
    await shows(client, '[data-over="replaced"]');
    await second.click('[data-action="start-devices"]');
    await reaches(second, 'session', BACK_MS);
    client = second;
    await bothSeeAndHear();
  });
});
