// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What keys cost: the steps of a group in a browser, the first decrypted picture after an admission, the
 * worker's processor time in a call, a removal among eight people, and what is downloaded for all this.
 *
 *   keys.mjs [--quick]
 *
 * `create_ms`, `add_ms`, `join_ms` are for the largest group; `steps` has them all, in the order of `people`.
 * `remove_8` is the median of its `runs`, and the most media lost in any of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { reaches, Scene } from '../e2e/scene.mjs';
import { TOP } from '../lab/server.mjs';
import { SIZES, timeSteps } from './_crypto.mjs';
import { CAMERA, median, progress, sleep } from './_measure.mjs';
import { measureRemovals } from './_removal.mjs';
import { openTherapy } from './_therapy.mjs';
import { workerCpu } from './_worker-cpu.mjs';

const RTT_MS = 150;
const FRAME_TIMEOUT_MS = 20_000;

/** @param {Scene} scene @param {number} rtt_ms */
async function slow(scene, rtt_ms) {
  for (const host of scene.lab.hosts) await host.link.set({ delayMs: rtt_ms / 2 });
}

/**
 * Two people with pictures: from the click to the first picture that was opened, and the worker's time in the call.
 * @param {import('./admit.mjs').Stage} stage @param {number} seconds of the call
 */
async function measureCall(stage, seconds) {
  const { host, client } = await openTherapy(stage);
  await sleep(1000);
  await host.click('[data-action="admit"]');
  const at = await host.waitFor(() => /** @type {any} */ (window).probe.lastClick('admit'));
  const seen = await Promise.all([host, client].map((page) =>
    page.waitFor((from) => /** @type {any} */ (window).probe.firstFrameAfter(from), FRAME_TIMEOUT_MS, at)));
  await reaches(client, 'session');
  await sleep(2000);
  const before = workerCpu();
  await sleep(seconds * 1000);
  const used = [...workerCpu()].filter(([tid]) => before.has(tid)).map(([tid, ms]) => ms - Number(before.get(tid)));
  await Promise.all([host, client].map((page) => page.device.close()));
  progress(`first decrypted picture after ${seen.map((ms) => ms - at)} ms; workers ${used} ms in ${seconds} s`);
  return { first_frame_ms: Math.max(...seen) - at, cpu_ms_per_min: Math.round((Math.max(...used) * 60) / seconds) };
}

async function main() {
  const quick = process.argv.includes('--quick');
  const scene = await Scene.open();
  const [hostBrowser, clientBrowser] = await Promise.all([scene.browser('host', 'chromium', CAMERA), scene.browser('client', 'chromium', CAMERA)]);
  const blank = await hostBrowser.open(`${scene.server.origin}/site.json`);
  const steps = await timeSteps(blank, quick ? 3 : 9);
  await blank.device.close();
  progress(`steps for ${SIZES} people: ${JSON.stringify(steps)}`);

  /** @type {Awaited<ReturnType<typeof measureCall>>[]} */
  const calls = [];
  for (let i = 0; i < (quick ? 1 : 3); i++) calls.push(await measureCall({ scene, hostBrowser, clientBrowser }, quick ? 8 : 20));
  await slow(scene, RTT_MS);
  const removal = await measureRemovals(scene, [hostBrowser, clientBrowser], quick ? 3 : 7);
  await scene.close();

  const largest = SIZES.length - 1;
  const worker = gzipSync(readFileSync(join(TOP, 'html/vendor/keys-worker.js')), { level: 6 }).length;
  console.log(JSON.stringify({
    bench: 'keys', people: SIZES, rtt_ms: RTT_MS,
    create_ms: steps.create_ms[largest], add_ms: steps.add_ms[largest], join_ms: steps.join_ms[largest], steps,
    join_to_first_frame_ms: median(calls.map(({ first_frame_ms }) => first_frame_ms)),
    remove_8: removal,
    cpu_ms_per_min: median(calls.map(({ cpu_ms_per_min }) => cpu_ms_per_min)),
    bytes: { crypto_gz: worker },
  }));
}

await main();
