// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How long from the therapist's click to the first picture of the other person, on each side:
 * janus-therapy beside Janus's VideoRoom, the same Janus, browsers and links, runs taking turns.
 *
 *   admit.mjs [--quick]
 *
 * Both pages run on this machine and so share its clock. A picture counts when the browser hands the
 * frame to its compositor (requestVideoFrameCallback). Both links have the round trip in question, and
 * both systems see the same 640 by 480 camera at 30 frames a second.
 */
import { join } from 'node:path';
import { Scene } from '../e2e/scene.mjs';
import { TOP } from '../lab/server.mjs';
import { CAMERA, median, progress, sleep } from './_measure.mjs';
import { openTherapy } from './_therapy.mjs';
import { openVideoRoom } from './_videoroom.mjs';

const RTT_MS = [0, 150];
const SETTLE_MS = 1200;
const FRAME_TIMEOUT_MS = 20_000;

/**
 * @typedef {object} Stage
 * @property {Scene} scene
 * @property {import('../e2e/browser.mjs').Browser} hostBrowser
 * @property {import('../e2e/browser.mjs').Browser} clientBrowser
 * @typedef {{host: import('../e2e/browser.mjs').Page, client: import('../e2e/browser.mjs').Page}} Pair
 * @typedef {{host_ms: number, client_ms: number}} Sample
 */

/** @type {Record<'ours' | 'videoroom', (stage: Stage) => Promise<Pair>>} */
const SYSTEMS = { ours: openTherapy, videoroom: openVideoRoom };
const NAMES = /** @type {('ours' | 'videoroom')[]} */ (Object.keys(SYSTEMS));

/** @param {import('../e2e/browser.mjs').Page} page @param {number} clickedAt */
function firstFrame(page, clickedAt) {
  return page.waitFor((at) => /** @type {any} */ (window).probe.firstFrameAfter(at), FRAME_TIMEOUT_MS, clickedAt);
}

/** Both sides ready and waiting, one click, and what was seen when. @param {Stage} stage @param {'ours' | 'videoroom'} name */
async function admitOnce(stage, name) {
  const { host, client } = await SYSTEMS[name](stage);
  try {
    await sleep(SETTLE_MS);
    for (const page of [host, client]) {
      if (await page.evaluate(() => /** @type {any} */ (window).probe.frameCount()) > 0) {
        throw new Error(`${name}: a picture before the admission`);
      }
    }
    await host.click('[data-action="admit"]');
    const at = await host.waitFor(() => /** @type {any} */ (window).probe.lastClick('admit'));
    const [seenByHost, seenByClient] = await Promise.all([firstFrame(host, at), firstFrame(client, at)]);
    return { host_ms: seenByHost - at, client_ms: seenByClient - at };
  } finally {
    await Promise.all([host.device.close(), client.device.close()]);
  }
}

/** @param {Stage} stage @param {number} runs */
async function measureAll(stage, runs) {
  /** @type {Record<string, Sample[][]>} */
  const samples = { ours: [], videoroom: [] };
  for (const rtt of RTT_MS) {
    for (const host of stage.scene.lab.hosts) await host.link.set({ delayMs: rtt / 2 });
    for (const name of NAMES) samples[name].push([]);
    for (let run = 1; run <= runs; run++) {
      for (const name of NAMES) {
        const sample = await admitOnce(stage, name);
        samples[name][samples[name].length - 1].push(sample);
        progress(`${rtt} ms, run ${run} of ${runs}, ${name}: host ${sample.host_ms} ms, client ${sample.client_ms} ms`);
      }
    }
  }
  return samples;
}

/** @param {Sample[][]} bySetting */
function medians(bySetting) {
  return {
    host_ms: bySetting.map((samples) => median(samples.map((sample) => sample.host_ms))),
    client_ms: bySetting.map((samples) => median(samples.map((sample) => sample.client_ms))),
  };
}

/** @param {Record<string, Sample[][]>} samples @param {number} runs */
function report(samples, runs) {
  const [ours, videoroom] = [medians(samples.ours), medians(samples.videoroom)];
  // The worse of the two sides.
  const ratio = RTT_MS.map((_, i) => Math.max(ours.host_ms[i] / videoroom.host_ms[i], ours.client_ms[i] / videoroom.client_ms[i]))
    .map((value) => Math.round(value * 1000) / 1000);
  return { bench: 'admit', rtt_ms: RTT_MS, runs, ours, videoroom, ratio };
}

async function main() {
  const runs = process.argv.includes('--quick') ? 3 : 7;
  const scene = await Scene.open({ also: ['videoroom'], web: { videoroom: join(TOP, 'tests/bench/videoroom') } });
  const [hostBrowser, clientBrowser] = await Promise.all([scene.browser('host', 'chromium', CAMERA), scene.browser('client', 'chromium', CAMERA)]);
  const samples = await measureAll({ scene, hostBrowser, clientBrowser }, runs);
  await scene.close();
  console.log(JSON.stringify(report(samples, runs)));
}

await main();
