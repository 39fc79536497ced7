// SPDX-License-Identifier: GPL-3.0-or-later
/** A clinic that asks, for real browsers: a ledger, and the sample texts of some kinds. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOP } from '../lab/server.mjs';

const TOOL = join(process.env.THP_BUILDDIR ?? join(TOP, 'build/default'), 'tools/therapy-ledger');

/** @param {string} folder @param {string[]} kinds */
export function prepare(folder, kinds) {
  const texts = join(folder, 'texts');
  mkdirSync(texts);
  for (const name of ['organisation.json', 'words.en.json', 'words.ur.json', ...kinds.flatMap((kind) => [`${kind}.json`, `${kind}.en.txt`, `${kind}.ur.txt`])])
    cpSync(join(TOP, 'conf/consent', name), join(texts, name));
  const data = join(folder, 'ledger');
  const { status, stdout, stderr } = spawnSync(TOOL, ['init', '--data', data, '--origin', 'clinic.example/e2e', '--keys', join(folder, 'keys')], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return { root: stdout.trim(), texts, settings: ['consent.enabled=true', `consent.texts=${texts}`, `consent.ledger=${data}`] };
}
