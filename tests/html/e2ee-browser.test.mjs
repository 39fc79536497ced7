// SPDX-License-Identifier: GPL-3.0-or-later
// The worker in real browsers, under the headers the server sends: frames of a client to a therapist and
// nobody else, the spoken check, chat. Everything but Janus is the real thing; see tests/e2e for all of it.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openBrowser, whyNoBrowser } from '../e2e/browser.mjs';
import { openLab, whyNoLab } from '../lab/lab.mjs';
import './_people.mjs';

const server = join(dirname(fileURLToPath(import.meta.url)), 'loopback/server.mjs');

/** @typedef {{framesSent: number, packetsSent: number, framesDecoded: number, energy: number, stopped: boolean, out: Record<string, number>, in: Record<string, number>, told: any[]}} Seen */

/** @param {import('../e2e/browser.mjs').Page} page @returns {Promise<Seen>} */
const look = (page) => page.evaluate(() => /** @type {any} */ (window).loopback.look());

/** @param {import('../e2e/browser.mjs').Page} page */
async function checkByVoice(page) {
  const step = (/** @type {string} */ at, /** @type {string} */ wanted) => page.waitFor(async (who, what) => {
    const { told } = await /** @type {any} */ (window).loopback.look();
    return told.filter((/** @type {any} */ each) => each.kind === 'sas' && each.at === who).at(-1)?.step === what;
  }, 20_000, at, wanted);
  const act = (/** @type {string[]} */ ...args) => page.evaluate((...all) => { /** @type {any} */ (window).loopback.check(...all); }, ...args);
  await act('t', 'begin');
  await step('a', 'asked');
  await act('a', 'begin');
  await step('a', 'code');
  await step('t', 'code');
  const { told } = await look(page);
  const sas = told.filter(({ kind }) => kind === 'sas');
  const code = sas.filter(({ at }) => at === 't').at(-1).code;
  assert.match(code, /^\d{6}$/);
  assert.ok(sas.filter(({ at }) => at === 'a').every((each) => each.code === ''), 'who types the digits never sees them');
  await act('a', 'type', code === '000000' ? '111111' : '000000');
  await act('a', 'type', `${code.slice(0, 3)} ${code.slice(3)}`);
  await act('t', 'match');
  await step('a', 'done');
  await step('t', 'done');
}

/**
 * In the page: what was sent is what was encrypted, and it arrives. The two are counted one after the other, by two
 * threads, which on a busy machine may be apart; what is sent in clear would be so from then on.
 * @returns {Promise<Seen | false>}
 */
async function arrivedEncrypted() {
  const seen = await /** @type {any} */ (window).loopback.look();
  const apart = Math.max(Math.abs(seen.framesSent - seen.out.video) / 5, Math.abs(seen.packetsSent - seen.out.audio) / 10);
  return seen.in.nobody > 20 && apart <= 1 && seen;
}

for (const kind of /** @type {const} */ (['chromium', 'firefox'])) {
  test(`case 17, 20, 21: ${kind}`, { skip: whyNoLab() ?? whyNoBrowser(kind), timeout: 240_000 }, async (t) => {
    const lab = await openLab();
    t.after(() => lab.close());
    const host = await lab.host('page');
    const served = host.start([process.execPath, server]);
    const [, port] = await served.says(/port (\d+)/);
    const browser = await openBrowser(kind, { host });
    t.after(() => browser.close());
    const page = await browser.open(`http://127.0.0.1:${port}/loopback/index.html`);
    await page.evaluate(() => /** @type {any} */ (window).loopback.begin());
    await page.waitFor(async () => (await /** @type {any} */ (window).loopback.look()).packetsSent > 60, 20_000);
    const before = /** @type {Seen} */ (await page.waitFor(arrivedEncrypted, 20_000));
    assert.equal(before.in.opened, 0, 'nothing opens before there are keys');
    assert.equal(before.framesDecoded, 0);

    // Whoever is slow to offer a key package cannot be admitted yet: as a person would, it is tried again.
    await page.waitFor(() => /** @type {any} */ (window).loopback.admit().then(() => true, (/** @type {Error} */ why) => {
      if (why.name !== 'E2EE_NOT_READY') throw why;
      return false;
    }), 20_000);
    await page.waitFor(async () => (await /** @type {any} */ (window).loopback.look()).framesDecoded > 10, 20_000);
    const inside = await look(page);
    assert.ok(inside.in.opened > 10);
    assert.equal(inside.stopped, false, 'the watch found nothing');
    assert.equal(inside.in.changed ?? 0, 0);
    assert.equal(inside.told.filter(({ kind: what }) => what === 'trouble' || what === 'failed').length, 0);

    await page.evaluate(() => /** @type {any} */ (window).loopback.chat('a', 'hello'));
    await page.waitFor(async () => (await /** @type {any} */ (window).loopback.look()).told.some((/** @type {any} */ each) => each.kind === 'chat' && each.text === 'hello' && each.at === 't'), 20_000);
    await checkByVoice(page);
    assert.deepEqual(page.problems.filter((text) => !/404/.test(text)), []);
  });
}
