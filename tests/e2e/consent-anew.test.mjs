// SPDX-License-Identifier: GPL-3.0-or-later
/** A minor's guardian is asked, in Urdu; and when the organisation has changed its text, they are asked again. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { temporaryFolder } from '../lab/processes.mjs';
import { prepare } from './asking.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, reaches, receivedDuring, Scene, seesAndHears, seesReady, shows, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const GOES_MS = 20_000;

describe('consent anew', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false }, () => {
  const { folder, remove } = temporaryFolder('e2e-consent-anew');
  /** @type {Scene} */ let scene;
  /** @type {ReturnType<typeof prepare>} */ let clinic;
  /** @type {Page} */ let therapist;
  /** @type {Page} */ let child;

  before(async () => {
    clinic = prepare(folder, ['telehealth']);
    scene = await Scene.open({ settings: clinic.settings });
    const [desk, home] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'chromium')]);
    const appointment = scene.appointment({ lang: 'ur', sub: 'p-child', guardian: 'p-mother' });
    [therapist, child] = await Promise.all([desk.open(appointment.therapist), home.open(appointment.client)]);
    await Promise.all([sitDown(therapist), comeIn(child)]);
  });
  after(async () => {
    await scene?.close();
    remove();
  });

  /** The guardian says yes to what is on the screen, and the therapist lets both in. */
  async function agreeAndAdmit() {
    await child.click('.even [data-action="consent-yes"]:not([disabled])', GOES_MS);
    await shows(therapist, '.person [data-consent="given"]', GOES_MS);
    await therapist.waitFor(() => document.querySelector('[data-action="admit"]:not([disabled])') !== null, GOES_MS);
    await therapist.click('[data-action="admit"]');
    await Promise.all([therapist, child].map((page) => reaches(page, 'session')));
    await Promise.all([therapist, child].map(seesAndHears));
  }

  it('is asked of the guardian of a minor, in their language', async () => {
    await shows(child, '[data-asks="telehealth"] .consent-text[lang="ur"] h1', GOES_MS);
    assert.equal(await child.evaluate(() => document.documentElement.dir), 'rtl');
    await shows(child, '#consent-guardian');
    await child.waitForText(/سرپرست/);
    assert.deepEqual(await child.audit(), []);
    await seesReady(therapist);
    await agreeAndAdmit();
    await child.click('.bar [data-action="answers"]');
    await shows(child, 'dialog [data-kind="telehealth"][data-state="granted"]');
    await child.click('dialog [data-action="cancel"]');
  });

  it('is asked again when the text has a new version, and until then nothing flows', async () => {
    await scene.server.janus?.stop('SIGTERM');
    const file = join(clinic.texts, 'telehealth.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": "1.0"', '"version": "2.0"'));
    await scene.server.restartJanus();
    await shows(child, '[data-asks="telehealth"] .consent-text[lang="ur"] h1', GOES_MS);
    await shows(therapist, '.person [data-consent="asked"]', GOES_MS);
    assert.equal(await therapist.usable('[data-action="admit"]'), false);
    for (const page of [therapist, child]) {
      const { audio, frames } = await receivedDuring(page, 700);
      assert.deepEqual([audio, frames], [0, 0]);
    }
    await agreeAndAdmit();
  });
});
