// SPDX-License-Identifier: GPL-3.0-or-later
/** A clinic that may record, and the steps that lead to a recording. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOP } from '../lab/server.mjs';
import { shows } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const BUILD = process.env.THP_BUILDDIR ?? join(TOP, 'build/default');
/** Three browsers that also encode for a recording want more than two cores always have: asked for by THP_RECORDING=1. */
export const whyNoRecording = () => (process.env.THP_RECORDING ? null : 'asked for by THP_RECORDING=1');

export const GOES_MS = 20_000;
export const RECORD_MS = 4000;

export const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {string} name @param {string[]} words */
export function tool(name, words) {
  const { status, stdout, stderr } = spawnSync(join(BUILD, 'tools', name), words, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A clinic that may record, and asks about nothing else. @param {string} folder */
export function prepare(folder) {
  const texts = join(folder, 'texts');
  mkdirSync(texts);
  for (const name of ['organisation.json', 'words.en.json', 'words.ur.json']) cpSync(join(TOP, 'conf/consent', name), join(texts, name));
  cpSync(join(TOP, 'conf/consent-recording'), texts, { recursive: true });
  const data = join(folder, 'ledger');
  assert.equal(tool('therapy-ledger', ['init', '--data', data, '--origin', 'clinic.example/e2e', '--keys', join(folder, 'ledger-keys')]).status, 0);
  const key = tool('therapy-recording', ['keygen', join(folder, 'keys')]).stdout.trim();
  const site = join(folder, 'site.json');
  writeFileSync(site, JSON.stringify({ ...JSON.parse(readFileSync(join(TOP, 'html/site.json'), 'utf8')), recording_key: key }));
  const recordings = join(folder, 'recordings');
  return {
    recordings,
    secret: join(folder, 'keys/recording.secret'),
    web: { 'site.json': site },
    settings: ['consent.enabled=true', `consent.texts=${texts}`, `consent.ledger=${data}`,
      'recording.enabled=true', `recording.folder=${recordings}`, `recording.key=${key}`],
  };
}

/** Answers both questions while waiting. @param {Page} page @param {'yes' | 'no'} answer */
export async function answers(page, answer) {
  for (const kind of ['recording-audio', 'recording-video']) {
    await shows(page, `[data-asks="${kind}"] .consent-text`, GOES_MS);
    await page.click(`.even [data-action="consent-${answer}"]:not([disabled])`);
  }
  await page.waitForText(/You have answered what you were asked/, GOES_MS);
}

/** @param {Page[]} pages @param {string} state */
export const see = (pages, state) => Promise.all(pages.map((page) => shows(page, `.recording[data-recording="${state}"]`, GOES_MS)));

/** All bytes of the tracks. @param {string} folder */
export const size = (folder) => readdirSync(folder).filter((name) => name.includes('.mjr')).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
