// SPDX-License-Identifier: GPL-3.0-or-later
/** The pages in a browser, without a server behind them: what they are like, and how they fail. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { scenes } from './scenes.mjs';
import { serve } from './serve.mjs';
import { BLANK, show } from './show.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TOKEN = '#v4.public.eyJhIjoxfQ.eyJraWQiOiJrNC5waWQueCJ9';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;

before(async () => {
  site = await serve({
    '/scene.html': BLANK,
    '/other.html': '<!doctype html><title>Other</title>',
  });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP plain.test 127.0.0.1',
    ],
  });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/**
 * @param {string} path
 * @param {import('playwright-core').BrowserContextOptions & {init?: () => void}} [options]
 */
async function open(path, { init, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  /** @type {string[]} */
  const said = [];
  page.on('pageerror', (error) => said.push(error.message));
  page.on('console', (message) => {
    /* a server that is not there is what some tests are about */
    if (!/WebSocket|ERR_INTERNET_DISCONNECTED/.test(message.text())) said.push(message.text());
  });
  await page.goto(path.startsWith('http') ? path : site.url + path);
  return { page, said, context };
}

/** @param {import('playwright-core').Page} page @param {string} name */
const failsWith = (page, name) =>
  page.waitForSelector(`main[data-view=error] [data-error=${name}]`, { timeout: 15_000 });

describe('every state of both pages', () => {
  for (const [lang, scheme, size] of /** @type {const} */ ([
    ['en', 'light', { width: 1280, height: 800 }],
    ['ur', 'dark', { width: 320, height: 640 }],
  ])) {
    it(
      `can be read and used by everybody (${lang}, ${scheme}, ${size.width} wide)`,
      { timeout: 240_000 },
      async (context) => {
        const page = await browser.newPage({
          viewport: size,
          colorScheme: scheme,
          reducedMotion: 'reduce',
        });
        await page.goto(`${site.url}/scene.html`);
        await page.evaluate(AXE);
        for (const [name, scene] of Object.entries(scenes(lang))) {
          await context.test(name, async () => {
            await show(page, lang, scene);
            const faults = await page.evaluate(async () => {
              const { violations } = await /** @type {any} */ (globalThis).axe.run(document, {
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
              });
              return violations.map(
                (/** @type {any} */ fault) =>
                  `${fault.id}: ${fault.nodes[0].html} ${fault.nodes[0].failureSummary}`,
              );
            });
            assert.deepEqual(faults, []);
            /* WCAG 1.4.10: nothing has to be scrolled sideways at 320 px */
            for (const width of new Set([320, size.width])) {
              await page.setViewportSize({ ...size, width });
              const wide = await page.evaluate(
                () => document.documentElement.scrollWidth - innerWidth,
              );
              assert.ok(wide <= 0, `${wide} px too wide at ${width} px`);
            }
            const small = await page.evaluate(() =>
              [...document.querySelectorAll('button, summary, select, input')]
                .filter((element) => element.checkVisibility() && !element.closest('.small'))
                .filter(
                  (element) =>
                    element.getBoundingClientRect().height < 44 ||
                    element.getBoundingClientRect().width < 44,
                )
                .map((element) => element.outerHTML.slice(0, 80)),
            );
            assert.deepEqual(small, [], 'large enough for a thumb');
            /* above the page or left of it nobody can scroll */
            const unreachable = await page.evaluate(() =>
              [...document.querySelectorAll('button, summary, select, input')]
                .filter((element) => element.checkVisibility())
                .filter((element) => {
                  const { bottom, right } = element.getBoundingClientRect();
                  return bottom + scrollY <= 0 || right + scrollX <= 0;
                })
                .map((element) => element.outerHTML.slice(0, 80)),
            );
            assert.deepEqual(unreachable, [], 'within reach');
          });
        }
        await page.close();
      },
    );
  }
});

describe('a link', () => {
  it('that is missing is said so', async () => {
    const { page, context } = await open('/');
    await failsWith(page, 'LINK_MISSING');
    await context.close();
  });

  it('that is damaged is said so, and sent nowhere', async () => {
    const { page, context } = await open('/#v4.public.abc');
    let sockets = 0;
    page.on('websocket', () => (sockets += 1));
    await failsWith(page, 'TOKEN_MALFORMED');
    assert.equal(sockets, 0);
    await context.close();
  });

  it('is taken out of the address at once, and comes back after a reload', async () => {
    const { page, context } = await open(`/${TOKEN}`);
    await failsWith(page, 'SERVER_GONE');
    assert.equal(await page.evaluate(() => location.href), `${site.url}/`);
    assert.equal(await page.evaluate(() => localStorage.length), 0);
    await page.reload();
    await failsWith(page, 'SERVER_GONE');
    await context.close();
  });
});

describe('a browser', () => {
  it('that is too old is told so before anything else', async () => {
    const { page, context } = await open(`/${TOKEN}`, {
      init: () => delete (/** @type {any} */ (globalThis).RTCRtpScriptTransform),
    });
    await failsWith(page, 'BROWSER_OLD');
    await context.close();
  });

  it('that came over an insecure address is told so', async () => {
    const { page, context } = await open(`${site.url.replace('127.0.0.1', 'plain.test')}/${TOKEN}`);
    await failsWith(page, 'INSECURE');
    await context.close();
  });

  it('without scripts says what to do', async () => {
    const { page, context } = await open('/', { javaScriptEnabled: false });
    assert.match(await page.innerText('main'), /scripts are switched off/);
    await context.close();
  });
});

describe('the network', () => {
  it('is named when it is the device that has none', async () => {
    const { page, context } = await open('/other.html');
    await page.goto(`${site.url}/${TOKEN}`);
    await failsWith(page, 'SERVER_GONE');
    await context.setOffline(true);
    await page.click('[data-action=retry]');
    await failsWith(page, 'NO_NETWORK');
    await context.close();
  });
});

describe('the pages', () => {
  for (const path of ['/', '/therapist.html']) {
    it(`at ${path} ask only their own server, and break no rule of their own`, async () => {
      const { page, said, context } = await open('/other.html');
      /** @type {Set<string>} */
      const asked = new Set();
      page.on('request', (request) => asked.add(new URL(request.url()).origin));
      await page.goto(`${site.url}${path}${TOKEN}`);
      await failsWith(page, 'SERVER_GONE');
      assert.deepEqual([...asked], [site.url]);
      assert.deepEqual(said, []);
      assert.equal(await page.title(), 'Online meeting');
      await context.close();
    });
  }

  it('begin in the language of the browser, and keep the one that was chosen', async () => {
    const { page, context } = await open(`/${TOKEN}`, { locale: 'ur-PK' });
    await failsWith(page, 'SERVER_GONE');
    assert.deepEqual(
      await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]),
      ['ur', 'rtl'],
    );
    await page.click('[data-action=lang-en]');
    await page.waitForSelector('html[lang=en][dir=ltr]');
    await page.reload();
    await page.waitForSelector('html[lang=en] main[data-view=error]');
    await context.close();
  });

  it('can be left at once by the button, leaving nothing', async () => {
    const { page, context } = await open('/other.html');
    await page.goto(`${site.url}/${TOKEN}`);
    await failsWith(page, 'SERVER_GONE');
    await page.click('[data-action=quick-exit]');
    await page.waitForURL('about:blank');
    await page.goBack();
    assert.equal(await page.title(), 'Other', 'the page is not in the history');
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await context.close();
  });

  it('can be left by pressing Shift three times, and not by two', async () => {
    const { page, context } = await open(`/${TOKEN}`);
    await failsWith(page, 'SERVER_GONE');
    await page.keyboard.press('Shift');
    await page.keyboard.press('Shift');
    await page.keyboard.press('a');
    await page.keyboard.press('Shift');
    assert.equal(await page.title(), 'Online meeting');
    await page.keyboard.press('Shift');
    await page.keyboard.press('Shift');
    await page.waitForURL('about:blank');
    await context.close();
  });
});
