// SPDX-License-Identifier: GPL-3.0-or-later
/** The first load of each page: everything it asks for, as nginx would send it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT } from './serve.mjs';


/** What keeps the keys, loaded while waiting: library and all. */
const KEYS = 60_000;
const LIMITS = { index: 60_000, therapist: 90_000 };

/**
 * @param {string} page
 * @returns {Set<string>} paths below html/
 */
function firstLoad(page) {
  const found = new Set([`${page}.html`, 'site.json', 'locales/ur.json']);
  if (page === 'therapist') found.add('locales/later/ur.json');
  const html = readFileSync(path.join(ROOT, `${page}.html`), 'utf8');
  for (const [, file] of html.matchAll(/(?:href|src)="([^"]+)"/g)) found.add(file);
  for (const file of found) {
    if (!file.endsWith('.js')) continue;
    for (const [, wanted] of readFileSync(path.join(ROOT, file), 'utf8').matchAll(
      /^(?:import|export|\}) [^'(]*'(\.[^']+)'/gm,
    ))
      found.add(path.join(path.dirname(file), wanted));
  }
  return found;
}

describe('the first load', () => {
  it('of index.html has all the texts its views use', () => {
    const early = JSON.parse(readFileSync(path.join(ROOT, 'locales/en.json'), 'utf8'));
    for (const file of firstLoad('index'))
      if (file.endsWith('.js'))
        for (const [, key] of readFileSync(path.join(ROOT, file), 'utf8').matchAll(/\bt\('([\w.-]+)'/g))
          assert.ok(key in early, `${file}: ${key}`);
  });

  it(`and after it the keys' worker, one file under ${KEYS / 1000} kB`, (context) => {
    const size = gzipSync(readFileSync(path.join(ROOT, 'vendor/keys-worker.js')), { level: 6 }).length;
    context.diagnostic(`${size} bytes with gzip`);
    assert.ok(size <= KEYS, `${size} bytes`);
  });

  for (const [page, limit] of Object.entries(LIMITS)) {
    it(`of ${page}.html stays under ${limit / 1000} kB`, (context) => {
      const files = firstLoad(page);
      const size = [...files].reduce(
        (sum, file) => sum + gzipSync(readFileSync(path.join(ROOT, file)), { level: 6 }).length,
        0,
      );
      context.diagnostic(`${files.size} files, ${size} bytes with gzip`);
      assert.ok(size <= limit, `${size} bytes`);
      assert.ok(files.size > 20, 'the imports were followed');
    });

    it(`of ${page}.html asks nobody else, and runs nothing inline`, () => {
      const html = readFileSync(path.join(ROOT, `${page}.html`), 'utf8');
      assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
      assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/);
      assert.doesNotMatch(html, /\sstyle=|<style|\son\w+=/);
      for (const file of firstLoad(page))
        if (/\.(js|css)$/.test(file))
          assert.doesNotMatch(
            readFileSync(path.join(ROOT, file), 'utf8'),
            /https?:\/\/(?!www\.w3\.org\/2000\/svg)[\w.]/,
            file,
          );
    });

    it(`of ${page}.html is announced whole, so that no module waits for another`, () => {
      const html = readFileSync(path.join(ROOT, `${page}.html`), 'utf8');
      const announced = new Set(
        [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, file]) => file),
      );
      const imported = [...firstLoad(page)].filter(
        (file) => file.endsWith('.js') && !file.startsWith('js/main-'),
      );
      assert.deepEqual([...announced].sort(), imported.sort());
    });
  }
});
