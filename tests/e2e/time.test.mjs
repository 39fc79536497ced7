// SPDX-License-Identifier: GPL-3.0-or-later
/** The time of a session on the real pages: a therapist in Chromium, a client in Firefox; cue, extension, hard end. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, reaches, Scene, seesAndHears, seesReady, shows, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const LENGTH_S = 20;
const SHARED_S = 11;
const GRACE_S = 3;
/** tests/live holds the server to the second; two browsers on a busy machine need longer to show it. */
const LATE_MS = 4000;

describe('the time of a session', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? whyNoBrowser('firefox') ?? false }, () => {
  /** @type {Scene} */ let scene;
  /** @type {Page} */ let therapist;
  /** @type {Page} */ let client;
  /** @type {ReturnType<Scene['appointment']>} */ let appointment;
  let began = 0;

  before(async () => {
    scene = await Scene.open({
      settings: [`length_s=${LENGTH_S}`, 'hard_end=true', `hard_grace_s=${GRACE_S}`, 'max_s=600', 'cues_therapist_s=15',
        `cues_shared_s=${SHARED_S}`].map((line) => `session.${line}`),
    });
    const [desk, home] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'firefox')]);
    appointment = scene.appointment();
    [therapist, client] = await Promise.all([desk.open(appointment.therapist), home.open(appointment.client)]);
    await comeIn(client);
    await sitDown(therapist);
    await seesReady(therapist);
  });
  after(async () => scene?.close());

  /** What is said of time on a page; empty while nothing is. @param {Page} page */
  const said = (page) => page.evaluate(() => document.querySelector('.cue [role="status"]')?.textContent ?? '');

  it('is shown to both as soon as they meet', async () => {
    await therapist.click('[data-action="admit"]');
    began = performance.now();
    await Promise.all([reaches(therapist, 'session'), reaches(client, 'session')]);
    await Promise.all([therapist, client].map((page) => shows(page, 'app-time[data-time] .ring')));
    await Promise.all([therapist, client].map(seesAndHears));
  });

  it('is said to the therapist first, and to nobody else', async () => {
    await shows(therapist, '.cue[data-cue="time"]');
    assert.match(await said(therapist), /15 seconds are left\.Only you have been told\./);
    assert.equal(await said(client), '');
  });

  it('then to both, in words', async () => {
    await client.waitForText(new RegExp(`${SHARED_S} seconds are left`));
    assert.ok(performance.now() - began > (LENGTH_S - SHARED_S) * 1000 - 500, 'not early');
    await therapist.waitForText(/Everybody in the room has been told/);
  });

  it('is over after it was said once more, and ends for both by itself', async () => {
    const due = (LENGTH_S + GRACE_S) * 1000;
    await shows(client, '.cue[data-cue="over"]', 20_000);
    assert.match(await said(client), /ends in a moment, by itself/);
    assert.match(await client.evaluate(() => document.querySelector('app-time')?.textContent ?? ''), /Ends in \d seconds?/);
    await reaches(client, 'goodbye', 20_000);
    const ms = performance.now() - began;
    assert.ok(ms > due - 500 && ms < due + LATE_MS, `after ${ms} ms, due at ${due} ms`);
    await client.waitForText(/The time is over/);
    await reaches(therapist, 'waiting');
    await therapist.waitForText(/The session has ended, because its time was over/);
  });

  it('is extended by the therapist; both see it, and what was said goes', async () => {
    client = await (await scene.browser('client', 'firefox')).open(scene.link(scene.booking.invite({ area: appointment.area, room: 'room-after', lang: 'en' })));
    await comeIn(client);
    await seesReady(therapist);
    await therapist.click('[data-action="admit"]');
    began = performance.now();
    await client.waitForText(new RegExp(`${SHARED_S} seconds are left`), 20_000);
    await therapist.click('details.time > summary');
    await therapist.fill('.time input', '1');
    await therapist.click('.time form button');
    await client.waitFor(() => /^(1 minute|2 minutes) left$/.test(document.querySelector('app-time')?.textContent ?? ''));
    assert.deepEqual(await Promise.all([said(therapist), said(client)]), ['', '']);
    const overdue_ms = (LENGTH_S + GRACE_S) * 1000 + LATE_MS - (performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, overdue_ms));
    await Promise.all([therapist, client].map(seesAndHears));
  });
});
