// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What a client hears and sees on rough links, in real browsers with everything encrypted, both ways through the
 * same faults:
 *
 *   rough.mjs [--quick] [--case loss|outage|radio] [--tune] [--row NAME] [--seed N] [--log]
 *
 * loss: one packet in twenty, at random, on a link that is fast otherwise. outage: nothing for 3 s, several times.
 * radio: the simulator's radio traces (sim/trace.c), each played twice, with the tier found by the server and with
 * "low" for good. As in the simulator the even seeds are reported; --tune takes the odd ones. --log shows each decision
 * of the server, with its time in milliseconds.
 */
import { Scene } from '../e2e/scene.mjs';
import { CAMERA, progress } from './_measure.mjs';
import { measureLoss } from './_rough-loss.mjs';
import { measureOutage } from './_rough-outage.mjs';
import { measureRadio } from './_rough-radio.mjs';

/**
 * @typedef {object} Options
 * @property {boolean} quick
 * @property {boolean} tune
 * @property {string} row of the simulator; '': the usual ones
 * @property {number} seed 0: the usual ones
 * @typedef {import('./admit.mjs').Stage} Stage
 */

/** @type {Record<string, (stage: Stage, options: Options) => Promise<unknown>>} */
const CASES = { loss: measureLoss, outage: measureOutage, radio: measureRadio };

/** @param {string} name @param {string} usual */
function option(name, usual) {
  const at = process.argv.indexOf(name);
  return at < 0 ? usual : process.argv[at + 1];
}

/** @param {Scene} scene */
async function showDecisions({ server }) {
  await server.admin({ janus: 'set_log_level', level: 5 });
  server.janus?.child.stdout?.on('data', (text) => {
    for (const [line] of String(text).matchAll(/\[therapy\] link .*/g)) progress(`${Date.now() % 1_000_000} ${line}`);
  });
}

async function main() {
  const only = option('--case', '');
  if (only && !CASES[only]) throw new Error(`there is: ${Object.keys(CASES).join(' ')}`);
  const options = {
    quick: process.argv.includes('--quick'), tune: process.argv.includes('--tune'), row: option('--row', ''), seed: Number(option('--seed', '0')),
  };
  const scene = await Scene.open();
  if (process.argv.includes('--log')) await showDecisions(scene);
  const [hostBrowser, clientBrowser] = await Promise.all([scene.browser('host', 'chromium', CAMERA), scene.browser('client', 'chromium', CAMERA)]);
  /** @type {Record<string, unknown>} */
  const results = {};
  for (const name of Object.keys(CASES).filter((one) => !only || one === only)) {
    results[name] = await CASES[name]({ scene, hostBrowser, clientBrowser }, options);
    progress(`${name}: ${JSON.stringify(results[name])}`);
  }
  await scene.close();
  console.log(JSON.stringify({ bench: 'rough', ...results }));
}

await main();
