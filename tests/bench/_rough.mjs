// SPDX-License-Identifier: GPL-3.0-or-later
/** Parts that the cases of the rough bench share: a session on a client's link, and what is said of a while of it. */
import * as recorder from './_recorder.mjs';
import { openTherapy } from './_therapy.mjs';

/** Fast, and with the round trip of a good one. */
export const WIDE = { rateKbps: 10_000, queueBytes: 150_000, delayMs: 20, jitterMs: 0, loss: 0 };
const FIRST_PICTURE_MS = 30_000;

/** @typedef {import('./admit.mjs').Stage} Stage @typedef {import('../e2e/browser.mjs').Page} Page */

/** @param {Stage} stage */
export function clientHost({ scene }) {
  const host = scene.lab.hosts.find(({ name }) => name === 'client');
  if (!host) throw new Error('no client');
  return host;
}

/**
 * A session of two, from the first picture on, on a wide link, or one with other faults from the admission on.
 * @template T
 * @param {Stage} stage @param {(host: Page, client: Page) => Promise<T>} work
 * @param {import('../lab/link.mjs').Faults} [faults]
 */
export async function inSession(stage, work, faults = {}) {
  const { link } = clientHost(stage);
  await link.set(WIDE);
  const { host, client } = await openTherapy(stage);
  try {
    await link.set(faults);
    await host.click('[data-action="admit"]');
    for (const page of [client, host]) await page.waitFor(() => /** @type {any} */ (window).probe.frameCount() > 0, FIRST_PICTURE_MS);
    await Promise.all([recorder.startRecord(host), recorder.startRecord(client)]);
    return await work(host, client);
  } finally {
    await Promise.all([host.device.close(), client.device.close()]);
    await link.set(WIDE);
  }
}

/** @param {number} value @param {number} digits */
export function round(value, digits) {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** Speech and pictures of a while. @param {recorder.Sample[]} part */
export function figures(part) {
  return {
    audio_concealed: round(recorder.concealedPercent(part), 2),
    longest_gap_ms: recorder.longestGapMs(part),
    fps: round(recorder.fpsIn(part), 1),
    video_kbit: Math.round(recorder.videoKbps(part)),
    switches: recorder.switchesIn(part),
  };
}
