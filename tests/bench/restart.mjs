// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * kill -9 of Janus in the middle of a session, and a start: how long from Janus answering to the first picture on both
 * sides, with no click; by how much the session's clock is off; and how many acknowledged changes of practices that
 * were at work meanwhile are lost.
 *
 *   restart.mjs [--quick]
 */
import { join } from 'node:path';
import { Scene, comeIn, reaches, seesReady, sitDown } from '../e2e/scene.mjs';
import { TOP } from '../lab/server.mjs';
import { Practice } from '../live/walkers.mjs';
import { CAMERA, progress, sleep, smallCamera } from './_measure.mjs';

const PRACTICES = 5;
const LIFE_MS = 2000; /* between two kills, and up to as much again */
const PATIENCE_MS = 20_000;

/** @typedef {import('../e2e/browser.mjs').Page} Page */

/** The practices, in a process on the server's host. @param {Scene} scene */
function startWalkers(scene) {
  const practices = Array.from({ length: PRACTICES }, (_, i) => {
    const area = `acks-${i}`;
    return [area, Practice.tokens(scene.booking, area)];
  });
  const running = scene.lab.server.start(['node', join(TOP, 'tests/bench/_acks.mjs'),
    `ws://127.0.0.1:${scene.server.port}`, JSON.stringify(practices)], { stdin: 'pipe' });
  let answers = 0;
  return {
    stop: () => running.stop(),
    /** @param {'live' | 'look'} word @returns {Promise<{lost: number, acks: number}>} once all are there again */
    async do(word) {
      running.child.stdin?.write(`${word}\n`);
      answers += 1;
      const [, line] = await running.says(new RegExp(`(?:\\{.*\\}\\n){${answers - 1}}(\\{.*\\})\\n`), PATIENCE_MS);
      return JSON.parse(line);
    },
  };
}

/** @param {Scene} scene */
async function openSession(scene) {
  const [desk, house] = await Promise.all([scene.browser('therapist', 'chromium', CAMERA), scene.browser('client', 'chromium', CAMERA)]);
  const { therapist, client } = scene.appointment();
  const pages = await Promise.all([desk.open(therapist, { before: smallCamera }), house.open(client, { before: smallCamera })]);
  await Promise.all([sitDown(pages[0]), comeIn(pages[1])]);
  await seesReady(pages[0]);
  await pages[0].click('[data-action="admit"]');
  await Promise.all(pages.map((page) => reaches(page, 'session')));
  return pages;
}

/** @param {Page} page @param {number} at */
function firstFrame(page, at) {
  return page.waitFor((time) => /** @type {any} */ (window).probe.firstFrameAfter(time), PATIENCE_MS, at);
}

/** The newest word of the server about the clock. @param {Page} page */
function clock(page) {
  return page.evaluate(() => /** @type {any} */ (window).probe.clocks.at(-1));
}

/** @param {Scene} scene @param {Page[]} pages */
async function killOnce(scene, pages) {
  const before = await Promise.all(pages.map(clock));
  await scene.server.janus?.stop('SIGKILL');
  const gone = Date.now();
  await Promise.all(pages.map((page) => page.evaluate(() => /** @type {any} */ (window).probe.forgetFrames())));
  await scene.server.restartJanus();
  const up = Date.now();
  const frames = await Promise.all(pages.map((page) => firstFrame(page, Math.max(gone, up - 1))));
  const after = await Promise.all(pages.map(clock));
  if (after.some((now, i) => now.at === before[i].at)) throw new Error('the clock was not told again');
  // Both hear of the same clock; the one that hears of it later says less about the clock than about itself.
  const errors = after.map((now, i) => Math.abs(now.ran_ms - before[i].ran_ms - (now.at - before[i].at)));
  return { back: Math.max(...frames) - up, error: Math.min(...errors) };
}

async function main() {
  const runs = process.argv.includes('--quick') ? 5 : 15;
  const scene = await Scene.open({ settings: ['limits.requests_per_10s=1000', 'limits.requests_burst=1000'] });
  const pages = await openSession(scene);
  const walkers = startWalkers(scene);
  const report = { bench: 'restart', runs, back_ms: /** @type {number[]} */ ([]), clock_error_ms: /** @type {number[]} */ ([]), lost_acks: 0, acks: 0 };
  for (let run = 1; run <= runs; run++) {
    report.lost_acks += (await walkers.do('live')).lost;
    await sleep(LIFE_MS * (1 + Math.random()));
    const { back, error } = await killOnce(scene, pages);
    report.back_ms.push(back);
    report.clock_error_ms.push(error);
    progress(`run ${run} of ${runs}: back after ${back} ms, clock off by ${error} ms`);
  }
  const last = await walkers.do('look');
  report.lost_acks += last.lost;
  report.acks = last.acks;
  await walkers.stop();
  await scene.close();
  console.log(JSON.stringify(report));
}

await main();
