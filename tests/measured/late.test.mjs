// SPDX-License-Identifier: GPL-3.0-or-later
/** A page knows by the clock of the speech itself that it comes late, in each browser. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from '../e2e/browser.mjs';
import { openSession } from './_session.mjs';

/** @typedef {import('../e2e/browser.mjs').Page} Page */

const WIDE = { rateKbps: 4000, queueMs: 300, delayMs: 20 };
const LATE = { ...WIDE, delayMs: 320 };
const CALM_MS = 4000;
const SOON_MS = 3000;
const [LEAST_MS, MOST_MS] = [200, 450];

/** @type {import('../e2e/browser.mjs').Kind[]} */
const KINDS = ['chromium', 'firefox'];

/** In the page: what its worker says of late speech. */
function hearLate() {
  const Plain = Worker;
  const page = /** @type {any} */ (window);
  page.late = [];
  page.Worker = class extends Plain {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      this.addEventListener('message', ({ data }) => data.kind === 'late' && page.late.push(data.ms));
    }
  };
}

for (const kind of KINDS) describe(`speech that comes late to ${kind}`, { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? whyNoBrowser(kind) ?? false }, () => {
  /** @type {Awaited<ReturnType<typeof openSession>>} */ let session;
  /** @type {Page} */ let client;
  const most = () => client.evaluate(() => Math.max(0, .../** @type {any} */ (window).late));

  before(async () => {
    session = await openSession({ faults: WIDE, kind, before: hearLate });
    client = session.client;
  });
  after(async () => session?.scene.close());

  it('is not while nothing is wrong with the link', async () => {
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    await client.evaluate(() => { /** @type {any} */ (window).late = []; });
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    assert.ok(await most() < LEAST_MS, `${await most()} ms`);
  });

  it('is known at once, and by how much', async (t) => {
    const from = Date.now();
    await session.link.set(LATE, 'down');
    await client.waitFor((/** @type {number} */ least) => /** @type {any} */ (window).late.some((/** @type {number} */ ms) => ms >= least), SOON_MS, LEAST_MS);
    t.diagnostic(`${await most()} ms, after ${Date.now() - from}`);
    assert.ok(await most() <= MOST_MS, `${await most()} ms`);
  });

  it('is over as soon as the way is as short as before', async () => {
    await session.link.set(WIDE, 'down');
    await client.waitFor(() => /** @type {any} */ (window).late.at(-1) === 0, SOON_MS);
  });
});
