// SPDX-License-Identifier: GPL-3.0-or-later
/** What people are asked, in a browser: when a text counts as shown, what is read first, and what can be taken home. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { scenes } from './scenes.mjs';
import { serve } from './serve.mjs';
import { BLANK, show } from './show.mjs';

const HEADERS = readFileSync(new URL('../../conf/nginx/headers.conf', import.meta.url), 'utf8');
const POLICY = /** @type {RegExpExecArray} */ (/Content-Security-Policy "([^"]+)"/.exec(HEADERS))[1];
/* a page may say of itself all of the policy but who may frame it */
const STRICT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Strict</title>
<meta http-equiv="Content-Security-Policy" content="${POLICY.replace(/frame-ancestors[^;]*;/, '')}">
<link rel="stylesheet" href="css/tokens.css"><link rel="stylesheet" href="css/consent.css">
<script type="module" src="js/app/receipt.js"></script></head><body><main><p>The page</p></main></body></html>`;
const RECEIPT = 'YOUR RECEIPT\n\nرسید: آپ نے ہاں کہا۔\n\n----- proof -----\nAAECAwQ=\n';

describe('what people are asked to agree to', () => {
  /** @type {import('playwright-core').Browser} */ let browser;
  /** @type {Awaited<ReturnType<typeof serve>>} */ let site;
  /** @type {import('playwright-core').Page} */ let page;

  before(async () => {
    site = await serve({ '/scene.html': BLANK, '/strict.html': STRICT });
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
    page = await browser.newPage({ viewport: { width: 1000, height: 700 }, reducedMotion: 'reduce' });
    await page.goto(`${site.url}/scene.html`);
    await page.evaluate(() => {
      const scope = /** @type {any} */ (globalThis);
      scope.shown = [];
      document.addEventListener('app-shown', (event) => scope.shown.push(/** @type {CustomEvent} */ (event).detail));
    });
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /** What was shown since the last look. */
  const shown = () => page.evaluate(() => /** @type {any} */ (globalThis).shown.splice(0).map((/** @type {any} */ text) => `${text.kind} ${text.lang}`));

  /** The same page goes on to another scene. @param {string} name @param {string} lang */
  const goOn = (name, lang) => page.evaluate(async ({ scene, language }) => {
    /** @param {string} path @returns {Promise<any>} */
    const module = (path) => import(new URL(path, location.href).href);
    const [{ initialState, reduce }, { translator }] = await Promise.all([module('js/core/state.js'), module('js/lib/i18n.js')]);
    const texts = await (await fetch(`locales/later/${language}.json`)).json();
    const media = { preview: null, pairs: [], audio: null };
    /** @type {any} */ (document.querySelector('app-client')).scene = {
      state: scene.events.reduce(reduce, initialState('client')), media, t: translator(language, texts), lang: language,
    };
    await new Promise((resolve) => setTimeout(resolve, 50));
    return [document.activeElement?.localName, document.activeElement?.textContent];
  }, { scene: scenes(lang)[name], language: lang });

  it('is said to be shown once it stands there, in each language anew, and read from its title on', async () => {
    await show(page, 'en', scenes('en')['ask-loading']);
    assert.deepEqual(await shown(), [], 'no text, nothing shown');
    assert.deepEqual(await goOn('ask-unseen', 'en'), ['h1', 'Meeting over the internet']);
    assert.deepEqual(await shown(), ['telehealth en']);
    await goOn('ask-first', 'en');
    assert.deepEqual(await shown(), [], 'it stands there still');
    assert.deepEqual(await goOn('ask-first', 'ur'), ['h1', 'انٹرنیٹ پر ملاقات']);
    assert.deepEqual(await shown(), ['telehealth ur']);
    assert.deepEqual(await goOn('ask-optional', 'en'), ['h1', 'Somebody who listens']);
    assert.deepEqual(await shown(), ['observer en']);
  });

  it('cannot be answered before the server knows that it was shown, nor twice', async () => {
    for (const [name, disabled] of /** @type {[string, boolean][]} */ ([['ask-unseen', true], ['ask-busy', true], ['ask-first', false], ['ask-store', false]])) {
      await show(page, 'en', scenes('en')[name]);
      assert.deepEqual(await page.$$eval('.even button', (buttons) => buttons.map((button) => /** @type {HTMLButtonElement} */ (button).disabled)),
        [disabled, disabled], name);
    }
  });

  it('is made of real headings and lists, with nothing ticked and both answers alike', async () => {
    for (const [lang, width] of /** @type {[string, number][]} */ ([['en', 1000], ['ur', 1000], ['en', 320], ['ur', 320]])) {
      await page.setViewportSize({ width, height: 640 });
      await show(page, lang, scenes(lang)['ask-first']);
      const seen = await page.evaluate(() => ({
        headings: [...document.querySelectorAll('main :is(h1, h2)')].map((each) => each.localName).join(),
        items: document.querySelectorAll('.consent-text ul > li').length,
        fields: document.querySelectorAll('input').length,
        looks: [...document.querySelectorAll('.even button')].map((each) => {
          const { width: across, height } = each.getBoundingClientRect();
          const { color, backgroundColor, fontWeight } = getComputedStyle(each);
          return [Math.round(across), Math.round(height), color, backgroundColor, fontWeight].join();
        }),
        no: document.querySelector('.if-no')?.checkVisibility(),
      }));
      assert.deepEqual({ ...seen, looks: new Set(seen.looks).size }, { headings: 'h1,h2', items: 5, fields: 0, looks: 1, no: true }, `${lang} ${width}`);
    }
    await page.setViewportSize({ width: 1000, height: 700 });
  });

  it('can be read at twice the size', async () => {
    await page.setViewportSize({ width: 640, height: 400 });
    for (const lang of ['en', 'ur'])
      for (const [name, what] of [['ask-first', 'html'], ['ask-refused', 'html'], ['answers-receipts', 'dialog'], ['answers-again', 'dialog']]) {
        await show(page, lang, scenes(lang)[name]);
        const over = await page.evaluate((selector) => {
          const whole = /** @type {HTMLElement} */ (document.querySelector(selector));
          document.documentElement.style.fontSize = '225%'; /* of what the browser says; the pages begin with 112.5 % */
          const more = whole.scrollWidth - whole.clientWidth;
          document.documentElement.style.fontSize = '';
          return more;
        }, what);
        assert.ok(over <= 0, `${lang} ${name}: ${over} px too wide`);
      }
    await page.setViewportSize({ width: 1000, height: 700 });
  });

  it('leaves who is busy in a window over it in peace', async () => {
    await show(page, 'en', scenes('en').answers);
    await show(page, 'en', scenes('en')['answers-again']);
    assert.deepEqual(await goOn('answers-again', 'en'), ['h2', 'Somebody who listens'], 'in a window of its own it is read there');
  });

  it('gives a receipt to keep, byte for byte, under the policy of the pages', async () => {
    const strict = await browser.newPage();
    /** @type {string[]} */ const said = [];
    strict.on('console', (message) => said.push(message.text()));
    await strict.goto(`${site.url}/strict.html`);
    const [download] = await Promise.all([
      strict.waitForEvent('download'),
      strict.evaluate(async (receipt) => {
        const { keepReceipt } = await import(/** @type {any} */ (new URL('js/app/receipt.js', location.href).href));
        keepReceipt(receipt, 'tele/../health');
      }, RECEIPT),
    ]);
    assert.match(download.suggestedFilename(), /^receipt-telehealth-\d{4}-\d\d-\d\d\.txt$/);
    assert.equal(readFileSync(await download.path(), 'utf8'), RECEIPT);
    assert.deepEqual(said, []);
    await strict.close();
  });

  it('prints the receipt, and nothing else', async () => {
    const strict = await browser.newPage();
    await strict.goto(`${site.url}/strict.html`);
    await strict.emulateMedia({ media: 'print' });
    const printed = await strict.evaluate(async (receipt) => {
      const { printReceipt } = await import(/** @type {any} */ (new URL('js/app/receipt.js', location.href).href));
      let on = '';
      window.print = () => { on = document.body.innerText; };
      printReceipt(receipt);
      return [on.trim(), document.body.innerText.trim()];
    }, RECEIPT);
    assert.deepEqual(printed, [RECEIPT.trim(), 'The page']);
    await strict.close();
  });
});
