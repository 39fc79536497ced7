// SPDX-License-Identifier: GPL-3.0-or-later
/** What a newcomer does first: ./dev start, two links, two browsers of the same machine, Ctrl-C. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openLab, whyNoLab } from '../lab/lab.mjs';
import { start } from '../lab/processes.mjs';
import { TOP } from '../lab/server.mjs';
import { openBrowser, whyNoBrowser } from './browser.mjs';
import { comeIn, reaches, seesAndHears, seesReady, sitDown } from './scene.mjs';

const START_MS = 120_000;
const NOT_A_LAB = whyNoLab() ?? whyNoBrowser('chromium') ?? false;

describe('./dev start', { skip: NOT_A_LAB }, () => {
  /** @type {Awaited<ReturnType<typeof openLab>>} */ let lab;
  /** @type {ReturnType<typeof start>} */ let dev;
  /** @type {import('./browser.mjs').Browser} */ let browser;

  before(async () => {
    lab = await openLab();
    dev = lab.server.start([join(TOP, 'dev'), 'start']);
  });
  after(async () => {
    await browser?.close();
    await dev?.stop();
    await lab?.close();
  });

  /** @param {string} who */
  const link = async (who) => (await dev.says(new RegExp(`${who}\\s+(http://127\\.0\\.0\\.1:\\d+/\\S+)`), START_MS))[1];

  it('prints two links that work', async () => {
    const [atDesk, atHome] = [await link('Therapist'), await link('Client')];
    browser = await openBrowser('chromium', { host: lab.server });
    const therapist = await browser.open(atDesk);
    const client = await browser.open(atHome);
    await comeIn(client);
    await sitDown(therapist);
    await seesReady(therapist);
    await therapist.click('[data-action="admit"]');
    await Promise.all([reaches(therapist, 'session'), reaches(client, 'session')]);
    await Promise.all([seesAndHears(therapist), seesAndHears(client)]);
    assert.deepEqual([...therapist.problems, ...client.problems], []);
  });

  it('leaves nothing behind on Ctrl-C', async () => {
    const folders = lab.server.run(['sh', '-c', 'ls -d /tmp/janus-therapy.*/ || true']).split('\n').filter(Boolean);
    const mine = folders.filter((folder) => existsSync(join(folder, 'janus/port')));
    assert.ok(mine.length >= 1, 'the run has a folder');
    const listening = () => lab.server.run(['ss', '-Hltn']).split('\n').filter(Boolean).length;
    assert.ok(listening() >= 2, 'Janus and nginx listen');
    await dev.stop('SIGINT');
    assert.match(dev.output(), /Stopped\./);
    assert.equal(listening(), 0);
    assert.deepEqual(mine.filter((folder) => !existsSync(folder)).length >= 1, true, 'its folder is gone');
  });
});

describe('./dev', () => {
  it('says what it can do, and refuses what it cannot', async () => {
    const helped = start([join(TOP, 'dev')]);
    await helped.says(/dev start.*[\s\S]*dev test/);
    const refused = start([join(TOP, 'dev'), 'start', '--wan']);
    await refused.says(/start does not know --wan/);
  });
});
