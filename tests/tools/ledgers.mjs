// SPDX-License-Identifier: GPL-3.0-or-later
/** therapy-ledger as the tests run it, and a ledger to begin with. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
export const TOOL = join(process.env.THP_BUILDDIR ?? join(TOP, 'build/default'), 'tools/therapy-ledger');
export const TEXTS = join(TOP, 'conf/consent');
export const START = 1_795_305_600_000;

/** @param {string[]} words @param {string} [input] */
export function run(words, input) {
  const { status, stdout, stderr } = spawnSync(TOOL, words, { encoding: 'utf8', input, maxBuffer: 1 << 26 });
  return { status, stdout, stderr };
}

/** @param {string[]} words @param {string} [input] */
export function good(words, input) {
  const result = run(words, input);
  assert.equal(result.status, 0, `${words.join(' ')}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** A ledger of its own. @param {string} folder @param {string} name @param {string} [data] */
export function clinicIn(folder, name, data = join(folder, name, 'data')) {
  const keys = join(folder, name, 'keys');
  const organisation = join(keys, 'organisation.secret');
  const root = good(['init', '--data', data, '--origin', `clinic.example/${name}`, '--keys', keys, '--at', String(START), '--epochs', '40']).trim();
  const kind = (/** @type {string} */ sub, /** @type {string} */ about, /** @type {string} */ said, at = START, /** @type {string[]} */ ...more) =>
    ['answer', '--data', data, '--texts', TEXTS, '--sub', sub, '--kind', about, '--answer', said, '--at', String(at), ...more];
  const answer = (/** @type {string} */ sub, /** @type {string} */ said, at = START, /** @type {string[]} */ ...more) =>
    kind(sub, 'telehealth', said, at, ...more);
  const verify = (/** @type {string[]} */ ...more) =>
    run(['verify', '--data', data, '--root', root, '--organisation', organisation, '--at', String(START), ...more]);
  const exported = (/** @type {string} */ format, /** @type {string[]} */ ...more) =>
    good(['export', '--data', data, '--organisation', organisation, '--format', format, '--at', String(START + 60_000), ...more]);
  return { data, keys, root, kind, answer, verify, exported };
}
