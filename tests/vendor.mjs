// SPDX-License-Identifier: GPL-3.0-or-later
/** To be imported by whatever serves or loads html/vendor/: makes it if it is older than what it is made from. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} path */
function changed(path) {
  return statSync(join(top, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

const sources = ['package-lock.json', 'tools/vendor.mjs', ...readdirSync(join(top, 'html/js/e2ee')).map((name) => `html/js/e2ee/${name}`)];
if (Math.max(...sources.map(changed)) > changed('html/vendor/MANIFEST')) await import('../tools/vendor.mjs');
