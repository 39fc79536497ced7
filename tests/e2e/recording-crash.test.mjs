// SPDX-License-Identifier: GPL-3.0-or-later
/** The server is killed while it records: what there is by then can be opened. The keys are sealed in Firefox. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { temporaryFolder } from '../lab/processes.mjs';
import { whyNoBrowser } from './browser.mjs';
import { answers, GOES_MS, pause, prepare, RECORD_MS, see, tool, whyNoRecording } from './recordings.mjs';
import { comeIn, Scene, seesReady, sitDown } from './scene.mjs';

test('a recording can be opened as far as it came when the server is killed', {
  skip: whyNoRecording() ?? whyNoLab() ?? whyNoBrowser('chromium') ?? whyNoBrowser('firefox') ?? false, timeout: 120_000,
}, async (t) => {
  const { folder, remove } = temporaryFolder('e2e-recording');
  t.after(remove);
  const clinic = prepare(folder);
  const scene = await Scene.open({ settings: clinic.settings, web: clinic.web });
  t.after(() => scene.close());
  const links = scene.appointment();
  const [desk, home] = await Promise.all([scene.browser('therapist', 'firefox'), scene.browser('client', 'chromium')]);
  const [host, person] = await Promise.all([desk.open(links.therapist), home.open(links.client)]);
  await Promise.all([sitDown(host), comeIn(person)]);
  await answers(person, 'yes');
  await seesReady(host);
  await host.click('[data-action="admit"]');
  await host.waitForText(/Only the 2 of you/, GOES_MS);
  await host.click('.bar [data-action="record"]');
  await host.click('[data-action="record-sound"]');
  await see([host, person], 'on');
  await pause(RECORD_MS);
  await scene.server.restartJanus('SIGKILL');
  const [cut] = readdirSync(clinic.recordings).map((name) => join(clinic.recordings, name));
  const opened = tool('therapy-recording', ['open', cut, '--key', clinic.secret, '--out', join(folder, 'cut')]);
  t.diagnostic(opened.stdout + opened.stderr);
  // A slow page goes on for a moment with keys from before the recording, which nobody sealed.
  assert.ok(opened.status === 0 || opened.status === 1, opened.stdout + opened.stderr);
  assert.match(opened.stdout, /cut off/);
  assert.doesNotMatch(opened.stdout, /[1-9]\d* (damaged|incomplete)/);
  const tracks = opened.stdout.trim().split('\n').filter((line) => /audio/.test(line));
  assert.equal(tracks.length, 2);
  for (const line of tracks) assert.ok(Number(/ (\d+) frames opened/.exec(line)?.[1]) > 100, line);
});
