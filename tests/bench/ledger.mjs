// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What it costs to keep a consent so that it stays, at a thousand entries and at a million (--quick: at a hundred
 * thousand), beside one sync of the same disk: each answer is followed by one, so both saw the same disk.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../lab/processes.mjs';
import { progress } from './_measure.mjs';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(process.env.THP_BUILDDIR ?? join(TOP, 'build/default'), 'tests/bench/ledger');
const quick = process.argv.includes('--quick');
const { folder, remove } = temporaryFolder('bench-ledger');

/** @param {number} entries @returns {Record<string, number>} */
function run(entries) {
  progress(`a ledger of ${entries} entries`);
  const dir = join(folder, String(entries));
  mkdirSync(dir);
  return JSON.parse(execFileSync(PROGRAM, [dir, String(entries), quick ? '400' : '2000'], { encoding: 'utf8' }));
}

try {
  const small = run(1000);
  const large = run(quick ? 100_000 : 1_000_000);
  const { entries, ...first } = small;
  process.stdout.write(`${JSON.stringify({ bench: 'ledger', ...first, entries, large })}\n`);
} finally {
  remove();
}
