// SPDX-License-Identifier: GPL-3.0-or-later
/** Receipts that the ledger made, checked by the page's script; receipts made here, checked by the ledger's tool. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { temporaryFolder } from '../lab/processes.mjs';
import { keyPair, rawPublic } from '../live/ed25519.mjs';
import '../../html/js/verify/receipt.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const TOOL = join(process.env.THP_BUILDDIR ?? join(TOP, 'build/default'), 'tools/therapy-ledger');
const TEXTS = join(TOP, 'conf/consent');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** @type {{check: (bytes: Uint8Array, root?: string) => Promise<any>}} */
const { check } = /** @type {any} */ (globalThis).consentReceipt;

const { folder, remove } = temporaryFolder('receipts');
const data = join(folder, 'data');
const keys = join(folder, 'keys');
/** @param {...string} words */
const tool = (...words) => execFileSync(TOOL, words, { encoding: 'utf8' });
/** @param {string} kind @param {string} said @param {string} lang */
const answer = (kind, said, lang, sub = 'p-17') =>
  tool('answer', '--data', data, '--texts', TEXTS, '--sub', sub, '--kind', kind, '--answer', said, '--lang', lang);
/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);

let root = '';
/** @type {{en: string, ur: string}} */
const receipts = { en: '', ur: '' };

before(() => {
  tool('init', '--data', data, '--origin', 'clinic.example/consent/gw-1', '--keys', keys);
  root = readFileSync(join(keys, 'root.key'), 'utf8').trim();
  for (let n = 0; n < 4; n++) answer('data-processing', 'shown', 'en', `p-${n}`);
  receipts.en = answer('telehealth', 'granted', 'en');
  receipts.ur = answer('telehealth', 'withdrawn', 'ur');
});
after(remove);

/** A ledger of one's own, as small as can be: eight leaves, of which one is told. @param {number} at */
function writeReceipt(at) {
  const origin = 'other.example/ledger';
  const pairs = ['root', 'epoch'].map(() => keyPair());
  const sha = (/** @type {Buffer[]} */ ...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
  /** @param {string} name @param {number} i */
  const key = (name, i) => {
    const raw = Buffer.concat([Buffer.of(1), rawPublic(pairs[i].publicKey)]);
    const id = sha(Buffer.from(`${name}\n`), raw).subarray(0, 4);
    return { name, id, vkey: `${name}+${id.toString('hex')}+${raw.toString('base64')}` };
  };
  /** @param {string} text @param {{name: string, id: Buffer}} by @param {number} i */
  const note = (text, by, i) =>
    `${text}\n\u2014 ${by.name} ${Buffer.concat([by.id, sign(null, Buffer.from(text), pairs[i].privateKey)]).toString('base64')}\n`;
  const [rootKey, epochKey] = [key(`${origin}/root`, 0), key(origin, 1)];
  const cert = note(`therapy-consent/epoch-key/v1\n${origin}\nepoch 3\nnot-before 1000\nnot-after 2000\nkey ${epochKey.vkey}\n`, rootKey, 0);
  const [explains, text, record, salt] = ['Said yes.\n', '# Title\n', '{"a":1}', randomBytes(32)];
  const commit = sha(Buffer.from('therapy-consent/commit/v1\0'), salt, sha(Buffer.from(text)), sha(Buffer.from(explains)), Buffer.from(record));
  const leaf = `{"commit":"${commit.toString('base64')}","epoch":3,"pch":"${randomBytes(32).toString('base64')}","seq":${at},"ts":1500000,"type":"consent","v":1}`;
  let level = Array.from({ length: 8 }, (_, i) => sha(Buffer.of(0), Buffer.from(i === at ? leaf : `leaf ${i}`)));
  const path = [];
  for (let i = at; level.length > 1; i >>= 1) {
    path.push(level[i ^ 1].toString('base64'));
    level = Array.from({ length: level.length / 2 }, (_, n) => sha(Buffer.of(1), level[2 * n], level[2 * n + 1]));
  }
  const head = note(`${origin}\n8\n${level[0].toString('base64')}\n`, epochKey, 1);
  return { root: rootKey.vkey,
    receipt: `=== therapy consent receipt 1 ===\n${explains}=== text ===\n${text}=== record ===\n${record}\n=== proof ===\n`
      + `salt ${salt.toString('base64')}\nleaf ${leaf}\nc2sp.org/tlog-proof@v1\nindex ${at}\n${path.join('\n')}\n\n${head}`
      + `=== key ===\nroot ${rootKey.vkey}\n${cert}=== end ===\n` };
}

describe('a receipt', () => {
  it('made by the ledger is good here, in both languages', async () => {
    for (const lang of /** @type {const} */ (['en', 'ur'])) {
      const found = await check(bytes(receipts[lang]), root);
      assert.equal(found.ok, true, JSON.stringify(found));
      assert.equal(found.text, readFileSync(join(TEXTS, `telehealth.${lang}.txt`), 'utf8'));
      assert.equal(found.origin, 'clinic.example/consent/gw-1');
      assert.equal(JSON.parse(found.record).therapy.answer, lang === 'en' ? 'granted' : 'withdrawn');
    }
  });

  it('made here is good for the ledger’s tool, at every place of the tree', () => {
    for (let at = 0; at < 8; at++) {
      const made = writeReceipt(at);
      const run = spawnSync(TOOL, ['verify-receipt', '--root', made.root, '-'], { input: made.receipt, encoding: 'utf8' });
      assert.equal(run.status, 0, run.stdout + run.stderr);
    }
  });

  it('with any byte changed is refused, by both', { timeout: 120_000 }, async () => {
    for (const lang of /** @type {const} */ (['en', 'ur'])) {
      const good = bytes(receipts[lang]);
      for (let i = 0; i < good.length; i++) {
        const changed = good.slice();
        changed[i] ^= 1 << i % 8;
        assert.equal((await check(changed, root)).ok, false, `byte ${i}`);
        assert.equal((await check(changed)).ok, false, `byte ${i}, no key`);
        if (i % 97 === 0)
          assert.equal(spawnSync(TOOL, ['verify-receipt', '--root', root, '-'], { input: changed }).status, changed.includes(0) ? 3 : 1);
      }
    }
  });

  it('cut, doubled, with other line ends or a mark in front is refused', async () => {
    const good = receipts.en;
    for (const bad of ['', 'x', good.slice(0, -1), `${good}\n`, good + good, good.replaceAll('\n', '\r\n'), `\ufeff${good}`, 'x'.repeat(70_000)])
      assert.deepEqual(await check(bytes(bad), root), { ok: false, at: 'file' });
  });

  it('is not good under another’s key, nor under what is no key', async () => {
    assert.deepEqual(await check(bytes(receipts.en), writeReceipt(1).root), { ok: false, at: 'root' });
    assert.deepEqual(await check(bytes(receipts.en), `${root}x`), { ok: false, at: 'typed' });
    assert.equal((await check(bytes(receipts.en))).ok, true);
  });
});

describe('the page that checks receipts', () => {
  /** @type {import('playwright-core').Browser} */ let browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  });
  after(() => browser?.close());

  for (const [lang, size] of /** @type {const} */ ([['en', { width: 1280, height: 900 }], ['ur', { width: 320, height: 640 }]])) {
    it(`works from a disk, with no network (${lang}, ${size.width} wide)`, { timeout: 60_000 }, async () => {
      const page = await browser.newPage({ viewport: size, locale: lang, reducedMotion: 'reduce', bypassCSP: false });
      /** @type {string[]} */ const said = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      await page.context().setOffline(true);
      await page.goto(pathToFileURL(join(TOP, 'html/verify.html')).href);
      /** @param {string} text */
      const choose = (text) => page.locator('[data-file]').setInputFiles({ name: 'r.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });

      await choose(receipts[lang]);
      await page.waitForSelector('[data-verdict=whole]');
      await page.locator('summary').click();
      await page.locator('[data-key]').fill(root);
      await page.waitForSelector('[data-verdict=good]');
      assert.equal(await page.locator('html').getAttribute('lang'), lang);
      assert.equal(await page.locator('[data-text] li').count(), 5);
      await page.evaluate(AXE);
      const faults = await page.evaluate(async () => (await /** @type {any} */ (window).axe.run(document, { preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })).violations
        .map((/** @type {any} */ v) => `${v.id}: ${v.nodes[0].html}`));
      assert.deepEqual(faults, []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
      if (process.env.THP_PICTURES) await page.screenshot({ path: join(process.env.THP_PICTURES, `verify-${lang}.png`), fullPage: true });

      await choose(receipts[lang].replace('p-17', 'p-18'));
      await page.waitForSelector('[data-verdict=bad]');
      assert.equal(await page.locator('[data-text]').count(), 0);
      if (process.env.THP_PICTURES) await page.screenshot({ path: join(process.env.THP_PICTURES, `verify-bad-${lang}.png`), fullPage: true });
      await page.locator('[data-lang]').click();
      assert.equal(await page.locator('html').getAttribute('lang'), lang === 'en' ? 'ur' : 'en');
      assert.deepEqual(said, []);
      await page.close();
    });
  }
});
