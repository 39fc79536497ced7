// SPDX-License-Identifier: GPL-3.0-or-later
/** The link of somebody who waits is tested on its way: what is said of it, how long that takes, and what it costs. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { capture } from '../lab/capture.mjs';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from '../e2e/browser.mjs';
import { comeIn, Scene, sitDown } from '../e2e/scene.mjs';

/** @typedef {import('../e2e/browser.mjs').Page} Page */

const OPEN = { rateKbps: 20_000, queueMs: 300, delayMs: 20, loss: 0 };
const MOST_MS = 20_000; /* 10 s, and the way of the answer, which on a full link is slow */
const BOTH_MS = 30_000; /* the way up begins when its connection stands, which on a full link takes its time */
const MOST_BYTES = 500_000;
const CASES = [
  { kbps: 2000, level: 'good', voice: false, down: [1300, 1600], up: [250, 5000] },
  { kbps: 200, level: 'fair', voice: false, down: [130, 230], up: [120, 5000] },
  /* where the page's other traffic fills the way as well, less may be left than there is */
  { kbps: 60, level: 'weak', voice: true, down: [1, 75], up: [1, 5000] },
];

/** Keeps what the server says of the link. Runs in the page. */
function keepNetwork() {
  /** @type {unknown[]} */
  const network = [];
  Object.assign(window, { network });
  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, args, newTarget) {
      const socket = Reflect.construct(target, args, newTarget);
      socket.addEventListener('message', (/** @type {MessageEvent} */ { data }) => {
        const said = JSON.parse(String(data)).plugindata?.data;
        if (said?.therapy === 'network') network.push({ ...said, at_ms: performance.now() });
      });
      return socket;
    },
  });
}

describe('the network test', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false }, () => {
  /** @type {Scene} */ let scene;
  /** @type {import('../e2e/browser.mjs').Browser} */ let home;
  /** @type {Page} */ let therapist;
  const area = 'tested';

  before(async () => {
    scene = await Scene.open({ settings: ['network_test.policy=voice'] });
    const [desk, other] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'chromium')]);
    home = other;
    therapist = await desk.open(scene.link(scene.booking.therapist({ area, lang: 'en' }), 'therapist'));
    await sitDown(therapist);
  });
  after(async () => scene?.close());

  for (const { kbps, level, voice, down, up } of CASES) {
    it(`finds a link of ${kbps} kbit/s ${level}`, async (t) => {
      const host = scene.lab.hosts.find(({ name }) => name === 'client') ?? assert.fail();
      await host.link.set(OPEN);
      const page = await home.open(scene.link(scene.booking.invite({ area, room: `at-${kbps}`, lang: 'en', name: 'Amina' })), { before: keepNetwork });
      await page.waitFor('[data-action="start-devices"]');
      const wire = await capture(host);
      await host.link.set({ ...OPEN, rateKbps: kbps });
      await comeIn(page);
      const last = await page.waitFor(() => {
        const said = /** @type {any[]} */ (/** @type {any} */ (window).network);
        const end = said.at(-1);
        const known_ms = said.find(({ down_kbps }) => down_kbps > 0)?.at_ms;
        return end?.down_kbps > 0 && end.up_kbps > 0 ? { ...end, down_ms: Math.round(known_ms - said[0].at_ms) } : null;
      }, BOTH_MS);
      const packets = (await wire.stop()).filter(({ from, kind }) => kind === 'rtp' && from === scene.lab.server.address);
      const bytes = packets.reduce((sum, { bytes: size }) => sum + size, 0);
      t.diagnostic(JSON.stringify({ ...last, bytes }));
      assert.equal(last.level, level);
      assert.equal(last.voice_only, voice);
      assert.ok(last.down_kbps >= down[0] && last.down_kbps <= down[1], `down ${last.down_kbps}`);
      assert.ok(last.up_kbps >= up[0] && last.up_kbps <= up[1], `up ${last.up_kbps}`);
      assert.ok(last.down_ms < MOST_MS, `${last.down_ms} ms`);
      assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
      await host.link.set(OPEN);
      await page.waitFor(`[data-network="${level}"]`);
      await therapist.waitFor(`.person [data-network="${level}"]`);
      await page.device.close();
    });
  }
});
