// SPDX-License-Identifier: GPL-3.0-or-later
/** How long the steps of a group take in a browser: the pages' own modules, nobody else on the machine. */
import { median } from './_measure.mjs';

export const SIZES = [2, 3, 8];
/** @typedef {{create_ms: number, add_ms: number, join_ms: number, remove_ms: number, rekey_ms: number, remove_bytes: number}} Steps */

/** One group grown to this size, then a removal and a renewal. Runs in the page. @param {number} size @returns {Promise<Steps>} */
async function grow(size) {
  const from = (/** @type {string} */ path) => import(new URL(path, location.href).href);
  const { Mls } = await from('js/e2ee/mls.js');
  const secret = crypto.getRandomValues(new Uint8Array(32));
  /** @param {string} pid @param {string} role */
  const person = async (pid, role) => Mls.make({ pid, role, sub: pid }, await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']));
  /** @template T @param {() => Promise<T>} step @returns {Promise<[number, T]>} */
  const timed = async (step) => {
    const begun = performance.now();
    const done = await step();
    return [performance.now() - begun, done];
  };
  const host = await person('p0', 'therapist');
  const [create_ms, alone] = await timed(() => host.create('bench.1'));
  let epoch = alone;
  let add_ms = 0;
  let join_ms = 0;
  for (let i = 1; i < size; i++) {
    const guest = await person(`p${i}`, 'client');
    const own = await guest.keyPackage();
    const [adding, made] = await timed(() => host.commit(epoch, { add: [own.data], secret }));
    const [joining] = await timed(() => guest.join(made.welcome, own, secret, { groupId: 'bench.1', epoch: i, from: 'p0' }));
    [add_ms, join_ms, epoch] = [adding, joining, made.next];
  }
  const [remove_ms, removed] = await timed(() => host.commit(epoch, { remove: ['p1'] }));
  const [rekey_ms] = await timed(() => host.commit(epoch, {}));
  return { create_ms, add_ms, join_ms, remove_ms, rekey_ms, remove_bytes: removed.commit.length };
}

/**
 * The median of each step, by size.
 * @param {import('../e2e/browser.mjs').Page} page of the pages' own origin
 * @param {number} rounds
 */
export async function timeSteps(page, rounds) {
  /** @type {Record<string, number[]>} */
  const steps = {};
  for (const size of SIZES) {
    await page.evaluate(grow, size);
    /** @type {Steps[]} */
    const runs = [];
    for (let i = 0; i < rounds; i++) runs.push(await page.evaluate(grow, size));
    for (const name of /** @type {(keyof Steps)[]} */ (Object.keys(runs[0])))
      (steps[name] ??= []).push(Math.round(median(runs.map((run) => run[name])) * 10) / 10);
  }
  return steps;
}
