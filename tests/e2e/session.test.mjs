// SPDX-License-Identifier: GPL-3.0-or-later
/** The main job, from the first page to the last, in each browser: wait, be admitted, see and hear, part. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, media, reaches, receivedDuring, Scene, seesAndHears, seesReady, shows, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const QUIET_MS = 1500;
/** Packets that were on their way when the server stopped passing them on. */
const GRACE_MS = 300;
/** The page takes no click on a list that has just moved. */
const LIST_SETTLES_MS = 600;

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

for (const kind of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`a session in ${kind}`, { skip: whyNoLab() ?? whyNoBrowser(kind) ?? false }, () => {
    /** @type {Scene} */ let scene;
    /** @type {Page} */ let therapist;
    /** @type {Page} */ let client;
    /** @type {ReturnType<Scene['appointment']>} */ let appointment;

    before(async () => {
      scene = await Scene.open();
      const [desk, home] = await Promise.all([scene.browser('therapist', kind), scene.browser('client', kind)]);
      appointment = scene.appointment();
      [therapist, client] = await Promise.all([desk.open(appointment.therapist), home.open(appointment.client)]);
    });
    after(async () => scene?.close());

    /** @type {string[]} what the audits of all screens found */
    const barriers = [];

    /** @param {string} screen @param {Page} page */
    const audit = async (screen, page) => {
      // It would say the same in every browser, and is slow.
      if (kind === 'chromium') barriers.push(...(await page.audit()).map((barrier) => `${screen}: ${barrier}`));
    };

    it('greets the client by name and says who will let them in', async () => {
      await client.waitForText(/Hello, Amina/);
      await client.waitForText(/Dr Khan/);
      assert.equal(await client.evaluate(() => location.hash), '', 'the invitation stays in no address');
      await audit('greeting', client);
    });

    it('lets the client check camera and microphone, then wait', async () => {
      await client.click('[data-action="start-devices"]');
      await reaches(client, 'check');
      await client.waitFor(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
      await client.waitFor(() => document.querySelectorAll('select[data-change] option').length >= 2);
      await audit('check', client);
      await client.click('[data-action="join"]');
      await reaches(client, 'waiting');
      await client.waitForText(/Dr Khan/);
      await audit('waiting', client);
    });

    it('shows the therapist who waits and for how long', async () => {
      await therapist.waitForText(/1 person is waiting/);
      await therapist.waitForText(/Amina/);
      await therapist.waitFor(() => /\d/.test(/** @type {HTMLElement} */ (document.querySelector('app-clock')).innerText));
      await sitDown(therapist);
      await seesReady(therapist);
      await audit('desk', therapist);
    });

    it('lets nobody hear or see anything before the admission', async () => {
      await client.waitFor(async () => {
        const { sent } = await /** @type {any} */ (window).probe.media();
        return sent.audio.packets > 50 && sent.video.packets > 50;
      });
      await pause(QUIET_MS);
      for (const page of [client, therapist]) {
        const { received } = await media(page);
        /* padding tries the link: packets with nothing in them */
        assert.deepEqual([received.audio.packets, received.video.bytes, received.video.frames], [0, 0, 0]);
        assert.equal(await page.evaluate(() => /** @type {any} */ (window).probe.audible()), false);
      }
      assert.equal((await scene.status()).relayed_packets, 0);
    });

    it('brings both together when the therapist admits', async () => {
      await therapist.click('[data-action="admit"]');
      await Promise.all([reaches(therapist, 'session'), reaches(client, 'session')]);
      await Promise.all([seesAndHears(therapist), seesAndHears(client)]);
      await audit('session of the therapist', therapist);
      await audit('session of the client', client);
    });

    it('makes the therapist silent on mute, at the server too', async () => {
      await therapist.click('[data-action="mute"]');
      await client.waitForText(/Dr Khan\s+microphone off/i);
      await pause(GRACE_MS);
      assert.equal((await receivedDuring(client, QUIET_MS)).audio, 0);
      await therapist.click('[data-action="mute"]');
      await client.waitFor(async () => (await /** @type {any} */ (window).probe.media()).received.audio.packets > 0);
      const again = await receivedDuring(client, QUIET_MS);
      assert.ok(again.audio > 10 && again.energy > 0, JSON.stringify(again));
    });

    it('hides the client when the camera is off, and puts its light out', async () => {
      await client.click('[data-action="camera"]');
      await therapist.waitFor(() => document.querySelector('.instead') !== null);
      await pause(GRACE_MS);
      const hidden = await receivedDuring(therapist, QUIET_MS);
      assert.equal(hidden.video, 0);
      assert.ok(hidden.audio > 10, `the voice stays: ${JSON.stringify(hidden)}`);
      await client.click('[data-action="camera"]');
      await therapist.waitFor(() => document.querySelector('.instead') === null);
      assert.ok((await receivedDuring(therapist, QUIET_MS)).frames > 5);
    });

    it('sends the client back to wait, deaf and blind, and lets them in again', async () => {
      await therapist.click('[data-action="hold"]');
      await shows(client, 'main[data-view="waiting"][data-place="held"]');
      await pause(GRACE_MS);
      const [atClient, atTherapist] = await Promise.all([receivedDuring(client, QUIET_MS), receivedDuring(therapist, QUIET_MS)]);
      for (const got of [atClient, atTherapist]) assert.equal(got.audio + got.video, 0, JSON.stringify(got));
      await audit('held', client);
      await letInAgain(therapist);
      await reaches(client, 'session');
      await Promise.all([seesAndHears(therapist), seesAndHears(client)]);
    });

    it('ends the session with a goodbye and every device off', async () => {
      await therapist.click('[data-action="end"]');
      await therapist.click('[data-action="confirm"]');
      await shows(client, 'main[data-view="goodbye"] [data-over="ended"]');
      await reaches(therapist, 'waiting');
      await client.waitFor(() => /** @type {any} */ (window).probe.connections
        .every((/** @type {RTCPeerConnection} */ pc) => pc.connectionState === 'closed'));
      await client.waitForText(/Nobody can see or hear you now/);
      await audit('goodbye', client);
    });

    it('takes no invitation twice after the end', async () => {
      await client.open(appointment.client);
      await shows(client, '[data-error="TOKEN_REVOKED"]');
      await audit('refused link', client);
    });

    it('removes one client and turns another away, each with plain words', async () => {
      await client.open(scene.link(scene.booking.invite({ area: appointment.area, room: 'again', lang: 'en' })));
      await comeIn(client);
      await letInAgain(therapist);
      await Promise.all([reaches(therapist, 'session'), reaches(client, 'session')]);
      await therapist.click('details.side summary');
      await therapist.click('[data-action="remove"]');
      await therapist.click('[data-action="confirm"]');
      await shows(client, '[data-over="removed"]');

      await client.open(scene.link(scene.booking.invite({ area: appointment.area, room: 'third', lang: 'en' })));
      await comeIn(client);
      await therapist.click('[data-action="deny"]');
      await therapist.click('[data-action="confirm"]');
      await shows(client, '[data-over="denied"]');
    });

    it('has no barrier that axe can find on any screen', { skip: kind !== 'chromium' }, () => {
      assert.deepEqual(barriers, []);
    });

    it('has loaded nothing from elsewhere and broken no rule of its policy', async () => {
      for (const page of [client, therapist]) {
        assert.deepEqual(await page.strangers(), []);
        assert.deepEqual(page.problems.filter((text) => !/404|favicon/.test(text)), []);
      }
    });
  });
}

/** Admits whoever is ready or was sent back to wait. @param {Page} therapist */
async function letInAgain(therapist) {
  await therapist.waitFor(() => document.querySelector('.person .ready, .person[data-state="held"]') !== null, 20_000);
  await pause(LIST_SETTLES_MS);
  await therapist.click('[data-action="admit"]');
}
