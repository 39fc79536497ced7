// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What happens to speech and picture when a client's link narrows and recovers: janus-therapy beside
 * Janus's VideoRoom, the same Janus, browsers, camera and link, one after the other.
 *
 *   adapt.mjs [--quick] [--only ours|videoroom] [--kbit N]
 *
 * Both directions of the client's link go from 2 Mbit/s to 200 kbit/s and back, with a queue of 300 ms and
 * a round trip of 40 ms. Speech and pictures are counted where the narrow link ends, at the client; the
 * aim of the encoder where they begin, at the host.
 */
import { join } from 'node:path';
import { Scene } from '../e2e/scene.mjs';
import { TOP } from '../lab/server.mjs';
import { CAMERA, progress, sleep } from './_measure.mjs';
import * as recorder from './_recorder.mjs';
import { openTherapy } from './_therapy.mjs';
import { openVideoRoom } from './_videoroom.mjs';

const WIDE_KBIT = 2000;
const QUEUE_MS = 300;
const DELAY_MS = 20;
const SECONDS = { full: { settle: 45, narrow: 60, after: 100 }, quick: { settle: 8, narrow: 12, after: 5 } };

/** @typedef {import('./admit.mjs').Stage} Stage @typedef {{settle: number, narrow: number, after: number}} Plan */

/** @type {Record<string, (stage: Stage) => Promise<{host: any, client: any}>>} */
const SYSTEMS = { ours: openTherapy, videoroom: openVideoRoom };

/** @param {string} name @param {string} usual */
function option(name, usual) {
  const at = process.argv.indexOf(name);
  return at < 0 ? usual : process.argv[at + 1];
}

/** @param {number} value @param {number} digits */
function round(value, digits) {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** @param {Stage} stage @param {number} rateKbps */
async function setRate(stage, rateKbps) {
  const client = stage.scene.lab.hosts.find(({ name }) => name === 'client');
  await client?.link.set({ rateKbps, queueMs: QUEUE_MS, delayMs: DELAY_MS });
  return Date.now();
}

/** @param {Stage} stage @param {string} name @param {Plan} plan @param {number} kbit */
async function run(stage, name, plan, kbit) {
  await setRate(stage, WIDE_KBIT);
  const { host, client } = await SYSTEMS[name](stage);
  try {
    await host.click('[data-action="admit"]');
    await client.waitFor(() => /** @type {any} */ (window).probe.frameCount() > 0, 20_000);
    await Promise.all([recorder.startRecord(host), recorder.startRecord(client)]);
    const begun = Date.now();
    await sleep(plan.settle * 1000);
    const narrowed = await setRate(stage, kbit);
    await sleep(plan.narrow * 1000);
    const restored = await setRate(stage, WIDE_KBIT);
    await sleep(plan.after * 1000);
    return { begun, narrowed, restored, host: await recorder.endRecord(host), client: await recorder.endRecord(client) };
  } finally {
    await Promise.all([host.device.close(), client.device.close()]);
  }
}

/** @param {Awaited<ReturnType<typeof run>>} seen */
function judge({ begun, narrowed, restored, host, client }) {
  const narrow = recorder.between(client, narrowed, restored);
  const before = recorder.usualTarget(recorder.between(host, Math.max(begun, narrowed - 5000), narrowed));
  const low = recorder.usualTarget(recorder.between(host, restored - 5000, restored));
  const late = recorder.between(client, narrowed + 8000, restored);
  return {
    audio_concealed: round(recorder.concealedPercent(narrow), 2),
    audio_concealed_other_way: round(recorder.concealedPercent(recorder.between(host, narrowed, restored)), 2),
    longest_gap_ms: recorder.longestGapMs(narrow),
    frames_narrow: recorder.framesIn(narrow),
    fps_after_8_s: late.length > 1 ? round((1000 * recorder.framesIn(late)) / (late[late.length - 1].at - late[0].at), 1) : null,
    full_kbit: Math.round(before / 1000),
    narrow_kbit: Math.round(low / 1000),
    first_down_s: recorder.secondsUntil(host, narrowed, (bps) => bps < 0.8 * before),
    first_up_s: recorder.secondsUntil(host, restored, (bps) => bps > 1.5 * low && bps > 20_000, 1000),
    switches: client.some(({ tier }) => tier) ? recorder.switchesIn(client) : null,
    back_to_full_s: recorder.secondsUntil(host, restored, (bps) => bps > 0.85 * before, 2000),
  };
}

async function main() {
  const plan = process.argv.includes('--quick') ? SECONDS.quick : SECONDS.full;
  const kbit = Number(option('--kbit', '200'));
  const only = option('--only', '');
  const scene = await Scene.open({ also: ['videoroom'], web: { videoroom: join(TOP, 'tests/bench/videoroom') } });
  const [hostBrowser, clientBrowser] = await Promise.all([scene.browser('host', 'chromium', CAMERA), scene.browser('client', 'chromium', CAMERA)]);
  const stage = { scene, hostBrowser, clientBrowser };
  /** @type {Record<string, ReturnType<typeof judge>>} */
  const results = {};
  for (const name of Object.keys(SYSTEMS).filter((one) => !only || one === only)) {
    progress(`${name}: ${plan.settle} s at ${WIDE_KBIT} kbit/s, ${plan.narrow} s at ${kbit}, ${plan.after} s at ${WIDE_KBIT}`);
    results[name] = judge(await run(stage, name, plan, kbit));
    progress(JSON.stringify(results[name]));
  }
  await scene.close();
  const { ours, videoroom } = results;
  const ratio = ours && videoroom ? round(ours.audio_concealed / Math.max(0.01, videoroom.audio_concealed), 3) : null;
  console.log(JSON.stringify({ bench: 'adapt', kbit, ours, videoroom, ratio_concealed: ratio }));
}

await main();
