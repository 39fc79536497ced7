// SPDX-License-Identifier: GPL-3.0-or-later
/** A radio link of the simulator, played into a real one: the tier that the server finds beside "low" for good. */
import { join } from 'node:path';
import { run } from '../lab/processes.mjs';
import { progress, sleep } from './_measure.mjs';
import * as recorder from './_recorder.mjs';
import { clientHost, figures, inSession, round, WIDE } from './_rough.mjs';

const BUILD = process.env.THP_BUILDDIR ?? 'build/default';
const ROWS = ['lte-good', 'lte-busy', 'lte-moving'];
/** The traces, of each row, and how much of each is played. */
const PLANS = { quick: { rows: ['lte-moving'], seeds: 1, seconds: 26, settle: 5 }, full: { rows: ROWS, seeds: 3, seconds: 60, settle: 10 } };
/** Nothing for a link that knows no standstill: one packet in hours. */
const STANDSTILL_KBPS = 0.001;
const FULL_MS = 60_000;

/** @typedef {{row: string, delay_ms: number, jitter_ms: number, queue_bytes: number, slice_ms: number, kbps: number[]}} Trace */
/** @typedef {import('./admit.mjs').Stage} Stage */

/** @param {string} row @param {number} seed @returns {Trace} */
function traceOf(row, seed) {
  return JSON.parse(run([join(BUILD, 'tests/bench/sim/table'), 'trace', row, String(seed)]));
}

/** Plays a trace into the client's link, both ways. @param {Stage} stage @param {Trace} trace @param {number} seconds */
async function play(stage, trace, seconds) {
  const { link } = clientHost(stage);
  const begun = Date.now();
  await link.set({ delayMs: trace.delay_ms, jitterMs: trace.jitter_ms, queueBytes: trace.queue_bytes });
  for (;;) {
    const slice = Math.floor((Date.now() - begun) / trace.slice_ms);
    if (slice * trace.slice_ms >= seconds * 1000) break;
    await link.set({ rateKbps: Math.max(STANDSTILL_KBPS, trace.kbps[slice]) });
    await sleep(Math.max(1, begun + (slice + 1) * trace.slice_ms - Date.now()));
  }
  await link.set(WIDE);
  return { from: begun, to: Date.now() };
}

/** @param {Stage} stage @param {'pin' | 'auto'} mode */
async function order({ scene }, mode) {
  const answer = await scene.operator({ request: 'pin', mode, ...(mode === 'pin' && { tier: 'low' }) });
  if (answer.therapy !== 'pinned') throw new Error(JSON.stringify(answer));
}

/**
 * The trace in a session of its own: what the pages and the server learn in one is not known in the other.
 * @param {Stage} stage @param {Trace} trace @param {{seconds: number, settle: number}} plan @param {boolean} low for good
 */
function onTrace(stage, trace, { seconds, settle }, low) {
  return inSession(stage, async (host, client) => {
    await client.waitFor(() => document.querySelector('.weak[data-tier="high"]'), FULL_MS);
    if (low) await order(stage, 'pin');
    if (low) await client.waitFor(() => document.querySelector('.weak[data-tier="low"]'), FULL_MS);
    await sleep(settle * 1000);
    const { from, to } = await play(stage, trace, seconds);
    if (low) await order(stage, 'auto');
    const [seen, back] = [await recorder.endRecord(client), await recorder.endRecord(host)];
    return {
      ...figures(recorder.between(seen, from, to)),
      audio_concealed_other_way: round(recorder.concealedPercent(recorder.between(back, from, to)), 2),
    };
  });
}

/** @param {Stage} stage @param {Trace} trace @param {{seconds: number, settle: number}} plan */
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
    video_kbit: mean(traces.map((one) => one[who].video_kbit)),
    fps: mean(traces.map((one) => one[who].fps)),
  });
  return { ours: of('ours'), low: of('low'), traces };
}
