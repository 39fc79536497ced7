// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Pictures of every state of both pages, in both languages, wide and on a phone:
 *   node tests/html/pictures.mjs FOLDER [PART-OF-NAME] [--dark]
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { scenes } from './scenes.mjs';
import { serve } from './serve.mjs';
import { BLANK, show } from './show.mjs';

const dark = process.argv.includes('--dark');
const [folder, part = ''] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (!folder) {
  process.stderr.write('usage: pictures.mjs FOLDER [PART-OF-NAME] [--dark]\n');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const site = await serve({ '/scene.html': BLANK });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

for (const lang of ['en', 'ur']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const page = await browser.newPage({
      viewport,
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    await page.goto(`${site.url}/scene.html`);
    for (const [name, scene] of Object.entries(scenes(lang))) {
      if (!name.includes(part)) continue;
      await show(page, lang, scene);
      const file = `${name}.${lang}.${size}${dark ? '.dark' : ''}.png`;
      await page.screenshot({ path: path.join(folder, file), fullPage: size === 'phone' });
    }
    await page.close();
  }
}
await browser.close();
await site.close();
