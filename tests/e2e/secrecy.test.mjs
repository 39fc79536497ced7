// SPDX-License-Identifier: GPL-3.0-or-later
/** End-to-end encryption through the real server: between two different browsers, checked by voice, with chat. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, reaches, Scene, seesAndHears, seesReady, sitDown } from './scene.mjs';

const SLOW_MS = 30_000;
/** A folder for the pictures of docs/security.md; none are made without it. */
const { THP_PICTURES } = process.env;

/** @param {import('./browser.mjs').Page} page @param {string} name */
async function picture(page, name) {
  if (THP_PICTURES) await page.screenshot(join(THP_PICTURES, `${name}.png`));
}

test('Chromium and Firefox: only these two hear, the digits match, a line arrives', {
  skip: whyNoLab() ?? whyNoBrowser('chromium') ?? whyNoBrowser('firefox') ?? false, timeout: 240_000,
}, async (t) => {
  const scene = await Scene.open();
  t.after(() => scene.close());
  const [desk, home] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'firefox')]);
  const appointment = scene.appointment();
  const [therapist, client] = await Promise.all([desk.open(appointment.therapist), home.open(appointment.client)]);
  await sitDown(therapist);
  await comeIn(client);
  await seesReady(therapist);
  await therapist.waitFor('.person [data-device="new"]', SLOW_MS);
  await picture(therapist, 'verify-1-desk');
  await picture(client, 'verify-2-waiting');
  await therapist.click('.person [data-action="admit"]');
  await reaches(client, 'session', SLOW_MS);
  for (const page of [therapist, client]) await page.waitFor('.shield[data-privacy="new"]', SLOW_MS);
  await Promise.all([seesAndHears(therapist), seesAndHears(client)]);

  await picture(client, 'verify-3-private');
  await therapist.click('.shield [data-action="check"]');
  await client.waitFor('[data-dialog="check"] [data-action="check"]', SLOW_MS);
  await picture(client, 'verify-4-asked');
  await client.click('[data-dialog="check"] [data-action="check"]', SLOW_MS);
  await therapist.waitFor('[data-step="code"] p.digits', SLOW_MS);
  await picture(therapist, 'verify-5-read');
  const code = await therapist.text('p.digits');
  assert.match(code, /^\d{3} \d{3}$/);
  assert.ok(!(await client.text()).includes(code), 'who types the digits does not see them');
  await client.fill('input[name="digits"]', code);
  await picture(client, 'verify-6-type');
  await client.click('[data-dialog="check"] button[type="submit"]');
  await client.waitFor('[data-step="done"]', SLOW_MS);
  await therapist.click('[data-action="check-match"]');
  for (const page of [therapist, client]) {
    await page.click('[data-step="done"] [data-action="check-close"]', SLOW_MS);
    await page.waitFor('.shield[data-privacy="checked"]', SLOW_MS);
  }
  await picture(therapist, 'verify-7-checked');

  await client.click('[data-action="chat"]');
  await client.fill('.chat input', 'Good morning');
  await client.click('.chat button[type="submit"]');
  await therapist.waitForText(/1 new line/, SLOW_MS);
  await therapist.click('[data-action="chat"]');
  await therapist.waitForText(/Good morning/, SLOW_MS);
  assert.deepEqual([...therapist.problems, ...client.problems], []);
});
