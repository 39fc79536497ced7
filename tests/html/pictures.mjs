// SPDX-License-Identifier: GPL-3.0-or-later
/** Draws the pictures of docs/session-time.md, docs/consent.md and docs/recording.md anew, in both languages: node tests/html/pictures.mjs [time | consent | recording] */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { scenes } from './scenes.mjs';
import { ROOT, serve } from './serve.mjs';
import { BLANK, show } from './show.mjs';

const MOST_BYTES = 60_000;
const FOLDER = path.join(ROOT, '../docs/pictures');

/** A client is on a telephone, a therapist at a desk. */
const PICTURES = {
  'time-client': {
    options: { viewport: { width: 390, height: 660 } },
    scenes: {
      left: 'time', five: 'cue-five', over: 'cue-over', 'over-hard': 'cue-over-hard', 'no-show': 'waiting-no-show', goodbye: 'goodbye-time-up',
    },
  },
  'time-therapist': {
    options: { viewport: { width: 960, height: 600 }, deviceScaleFactor: 0.7 },
    scenes: {
      ten: 't-cue-ten', five: 't-cue-five', over: 't-cue-over', 'over-hard': 't-cue-over-hard', resumed: 't-cue-resumed', more: 't-time-next',
      closes: 'desk-closes',
    },
  },
  'consent-client': {
    options: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 0.8 },
    scenes: { asked: 'ask-optional', without: 'ask-refused', answers: 'answers-receipts', emergency: 'ask-emergency' },
  },
  'recording-client': {
    options: { viewport: { width: 390, height: 660 }, deviceScaleFactor: 0.8 },
    scenes: { wished: 'recording-wished', on: 'recording-on' },
  },
  'recording-therapist': {
    options: { viewport: { width: 960, height: 600 }, deviceScaleFactor: 0.7 },
    scenes: { ask: 't-recording-ask' },
  },
};

/** Runs in the page: people before plain walls make small pictures. */
function plain() {
  /** @type {any} */ (CanvasRenderingContext2D.prototype).createLinearGradient = () => {
    let first = '';
    return {
      addColorStop: (/** @type {number} */ _, /** @type {string} */ colour) => { first ||= colour; },
      toString: () => first,
    };
  };
}

const site = await serve({ '/scene.html': BLANK });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
for (const lang of ['en', 'ur'])
  for (const [who, { options, scenes: shown }] of Object.entries(PICTURES)) {
    if (!who.startsWith(process.argv[2] ?? '')) continue;
    const page = await browser.newPage({ ...options, reducedMotion: 'reduce', timezoneId: 'Asia/Karachi' });
    await page.goto(`${site.url}/scene.html`);
    await page.evaluate(plain);
    for (const [name, scene] of Object.entries(shown)) {
      await show(page, lang, scenes(lang)[scene]);
      await page.evaluate(() => {
        scrollTo(0, 0);
        document.querySelector('[data-cue=no_show], .decide')?.scrollIntoView({ block: 'center' });
      });
      const picture = await page.screenshot();
      if (picture.length > MOST_BYTES) throw new Error(`${scene} has ${picture.length} bytes`);
      writeFileSync(path.join(FOLDER, `${who}-${name}-${lang}.png`), picture);
    }
  }
await browser.close();
await site.close();
