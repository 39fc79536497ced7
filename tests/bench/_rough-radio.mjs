// SPDX-License-Identifier: GPL-3.0-or-later
/** A radio link of the simulator, played into a real one: the tier that the server finds beside "low" for good. */
import { join } from 'node:path';
import { run } from '../lab/processes.mjs';
import { progress, sleep } from './_measure.mjs';
import * as recorder from './_recorder.mjs';
import { clientHost, figures, round, WIDE } from './_rough.mjs';
import { openTherapy } from './_therapy.mjs';

const BUILD = process.env.THP_BUILDDIR ?? 'build/default';
const ROWS = ['lte-good', 'lte-busy', 'lte-moving'];
/** The traces, of each row, and how much of each is played. */
const PLANS = { quick: { rows: ['lte-moving'], seeds: 1, seconds: 26 }, full: { rows: ROWS, seeds: 3, seconds: 60 } };
/** By then everybody is there, and the link is tested; and admitted, and seen. */
const [ADMIT_S, FROM_S] = [24, 28];
/** Nothing for a link that knows no standstill: one packet in hours. */
const STANDSTILL_KBPS = 0.001;

/** @typedef {{row: string, delay_ms: number, jitter_ms: number, queue_bytes: number, slice_ms: number, kbps: number[]}} Trace */
/** @typedef {import('./admit.mjs').Stage} Stage @typedef {import('../e2e/browser.mjs').Page} Page */

/** @param {string} row @param {number} seed @returns {Trace} */
function traceOf(row, seed) {
  return JSON.parse(run([join(BUILD, 'tests/bench/sim/table'), 'trace', row, String(seed)]));
}

/**
 * Plays a trace into the client's link, both ways, until it is ended.
 * @param {Stage} stage @param {Trace} trace
 */
function play(stage, trace) {
  const { link } = clientHost(stage);
  const begun = Date.now();
  let playing = true;
  const played = async () => {
    await link.set({ delayMs: trace.delay_ms, jitterMs: trace.jitter_ms, queueBytes: trace.queue_bytes });
    while (playing) {
      const slice = Math.floor((Date.now() - begun) / trace.slice_ms);
      await link.set({ rateKbps: Math.max(STANDSTILL_KBPS, trace.kbps[slice % trace.kbps.length]) });
      await sleep(Math.max(1, begun + (slice + 1) * trace.slice_ms - Date.now()));
    }
    await link.set(WIDE);
  };
  const done = played();
  return { begun, end: () => { playing = false; return done; } };
}

/** @param {Stage} stage @param {'pin' | 'auto'} mode */
async function order({ scene }, mode) {
  const answer = await scene.operator({ request: 'pin', mode, ...(mode === 'pin' && { tier: 'low' }) });
  if (answer.therapy !== 'pinned') throw new Error(JSON.stringify(answer));
}

/**
 * A session of its own on a link that is the trace from before the page is opened: it comes, its link is tested while
 * it waits, it is admitted, all on radio. What is measured is the same piece of the trace each time.
 * @param {Stage} stage @param {Trace} trace @param {{seconds: number}} plan @param {boolean} low for good
 */
async function onTrace(stage, trace, { seconds }, low) {
  if (low) await order(stage, 'pin');
  const radio = play(stage, trace);
  const until = (/** @type {number} */ second) => sleep(Math.max(0, radio.begun + 1000 * second - Date.now()));
  const { host, client } = await openTherapy(stage);
  try {
    await until(ADMIT_S);
    await host.click('[data-action="admit"]');
    await Promise.all([recorder.startRecord(host), recorder.startRecord(client)]);
    await until(FROM_S + seconds);
    const part = async (/** @type {Page} */ page) =>
      recorder.between(await recorder.endRecord(page), radio.begun + 1000 * FROM_S, radio.begun + 1000 * (FROM_S + seconds));
    const [down, up] = [await part(client), await part(host)];
    return {
      ...figures(down), audio_missing: round(recorder.missingPercent(down), 2),
      audio_concealed_other_way: round(recorder.concealedPercent(up), 2), audio_missing_other_way: round(recorder.missingPercent(up), 2),
    };
  } finally {
    await Promise.all([host.device.close(), client.device.close()]);
    await radio.end();
    if (low) await order(stage, 'auto');
  }
}

/** @param {Stage} stage @param {Trace} trace @param {{seconds: number}} plan */
async function compare(stage, trace, plan) {
  return { ours: await onTrace(stage, trace, plan, false), low: await onTrace(stage, trace, plan, true) };
}

/** @param {number[]} values */
function mean(values) {
  return round(values.reduce((a, b) => a + b, 0) / values.length, 2);
}

/** @param {Stage} stage @param {import('./rough.mjs').Options} options */
export async function measureRadio(stage, { quick, tune, row: onlyRow, seed: onlySeed }) {
  const plan = quick ? PLANS.quick : PLANS.full;
  const rows = onlyRow ? [onlyRow] : plan.rows;
  const seeds = onlySeed ? [onlySeed] : Array.from({ length: plan.seeds }, (_, i) => 2 * i + (tune ? 1 : 2));
  /** @type {({row: string, seed: number} & Awaited<ReturnType<typeof compare>>)[]} */
  const traces = [];
  for (const row of rows) {
    for (const seed of seeds) {
      progress(`radio: ${row} ${seed}, ${plan.seconds} s, twice`);
      traces.push({ row, seed, ...await compare(stage, traceOf(row, seed), plan) });
      progress(JSON.stringify(traces.at(-1)));
    }
  }
  const of = (/** @type {'ours' | 'low'} */ who) => ({
    audio_concealed: mean(traces.map((one) => one[who].audio_concealed)),
    audio_missing: mean(traces.map((one) => one[who].audio_missing)),
    video_kbit: mean(traces.map((one) => one[who].video_kbit)),
    fps: mean(traces.map((one) => one[who].fps)),
  });
  return { ours: of('ours'), low: of('low'), traces };
}
