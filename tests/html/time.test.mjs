// SPDX-License-Identifier: GPL-3.0-or-later
/** The session's time in the pages: what is known, in which words, and how it is shown. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { initialState, reduce } from '../../html/js/core/state.js';
import { hourOf, timeAt, timeWords } from '../../html/js/core/time.js';
import { translator } from '../../html/js/lib/i18n.js';
import { ROOT, serve } from './serve.mjs';
import { scenes } from './scenes.mjs';
import { BLANK, show } from './show.mjs';

/** @param {number} left_s @param {Record<string, unknown>} [more] @returns {any} */
const clock = (left_s, more = {}) => ({
  type: 'clock', room: 'r', paused: false, hard: false, ran_ms: 0, left_ms: left_s * 1000, length_s: 3000,
  end_ms: 10_000_000, at_ms: 5000, ...more,
});
const CUE = { type: 'cue', cue: 'time', left_s: 300, shared: true };
const ADMITTED = { type: 'state', state: 'admitted', reason: 'admitted', room: 'r' };
const JOINED = { type: 'joined', participant: 'c', role: 'client', name: '', with: '', room: 'r', area: 'a', state: 'waiting' };

/** @param {Array<{type: string} & Record<string, any>>} events */
const state = (...events) => [JOINED, ADMITTED, ...events].reduce(reduce, initialState('client'));
const t = translator('en', JSON.parse(readFileSync(`${ROOT}/locales/later/en.json`, 'utf8')));

describe('the time that is left', () => {
  it('is counted from when the server said it', () => {
    assert.equal(timeAt(clock(600), 5000).left_s, 600);
    assert.equal(timeAt(clock(600), 65_000).left_s, 540);
    assert.equal(timeAt(clock(600), 4000).left_s, 600, 'not from before');
    assert.equal(timeAt(clock(600, { paused: true }), 65_000).left_s, 600);
  });

  it('is a part of the whole', () => {
    assert.equal(timeAt(clock(1500), 5000).part, 0.5);
    assert.equal(timeAt(clock(-30), 5000).part, 0);
    assert.equal(timeAt(clock(9000), 5000).part, 1);
  });

  it('knows when it is over, and when it ends by itself', () => {
    const soft = timeAt(clock(10), 25_000);
    assert.deepEqual([soft.over, soft.ending], [true, false]);
    const hard = timeAt(clock(10, { hard: true, end_ms: 70_000 }), 25_000);
    assert.deepEqual([hard.over, hard.ending, hard.end_s], [true, true, 50]);
    assert.equal(timeAt(clock(600, { hard: true, end_ms: 660_000 }), 5000).ending, false);
    assert.equal(timeAt(clock(600, { closes_ms: 30_000 }), 15_000).closes_s, 20);
    assert.equal(timeAt(clock(600), 15_000).closes_s, null);
  });

  for (const [left_s, more, words] of /** @type {[number, Record<string, unknown>, string][]} */ ([
    [3000, {}, '50 minutes left'],
    [2941, {}, '50 minutes left'],
    [2940, {}, '49 minutes left'],
    [60, {}, '1 minute left'],
    [59, {}, 'Less than a minute left'],
    [0, {}, 'The time is over'],
    [-59, {}, 'The time is over'],
    [-60, {}, '1 minute over'],
    [-600, {}, '10 minutes over'],
    [1500, { paused: true }, 'The clock is paused'],
    [30, { hard: true, end_ms: 60_000 }, 'Ends in 60 seconds'],
    [30, { hard: true, end_ms: 60_001 }, 'Less than a minute left'],
    [-60, { hard: true, end_ms: 1 }, 'Ends in 1 second'],
    [-7000, { end_ms: 20_000 }, 'Ends in 20 seconds'],
  ])) {
    it(`is "${words}" with ${left_s} s to go`, () => {
      assert.equal(timeWords(t, timeAt(clock(left_s, more), 5000)), words);
    });
  }

  it('is told by the hour of the day', () => {
    assert.match(hourOf('en-GB', new Date(2026, 0, 31, 15, 0).getTime()), /^15:00$/);
  });
});

describe('what a page knows of time', () => {
  it('is what the server said last, while in the session', () => {
    const inside = state(clock(600), CUE);
    assert.equal(inside.time?.left_ms, 600_000);
    assert.equal(inside.cue?.left_s, 300);
    const held = reduce(inside, { type: 'state', state: 'held', reason: 'held' });
    assert.deepEqual([held.time, held.cue], [null, null]);
    const over = reduce(inside, { type: 'state', state: 'ended', reason: 'time_up' });
    assert.deepEqual([over.time, over.cue, over.over], [null, null, 'time_up']);
  });

  it('keeps what was said until it is seen, has passed, or is not true any more', () => {
    assert.equal(state(clock(600), CUE, { type: 'cue' }).cue, null);
    assert.equal(state(clock(300), CUE, clock(290)).cue?.left_s, 300);
    assert.equal(state(clock(300), CUE, clock(900, { length_s: 3600 })).cue, null);
  });

  it('can be hidden, and shown again', () => {
    assert.equal(state({ type: 'time-shut' }).time_shut, true);
    assert.equal(state({ type: 'time-shut' }, { type: 'time-shut' }).time_shut, false);
  });
});

describe('how time is shown', () => {
  /** @type {import('playwright-core').Browser} */ let browser;
  /** @type {import('playwright-core').Page} */ let page;
  /** @type {Awaited<ReturnType<typeof serve>>} */ let site;
  before(async () => {
    site = await serve({ '/scene.html': BLANK });
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
    page = await browser.newPage();
    await page.goto(`${site.url}/scene.html`);
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /** The events of a scene, with more after them. @param {string} name @param {any[]} more */
  const scene = (name, ...more) => {
    const found = scenes('en')[name];
    return { ...found, events: [...found.events, ...more] };
  };

  it('goes on by itself, in words and as a shape, and is not announced', async () => {
    const now = await page.evaluate(() => performance.now());
    await show(page, 'en', scene('session', clock(127, { at_ms: now, length_s: 130 })));
    const time = page.locator('app-time');
    assert.equal(await time.innerText(), '3 minutes left');
    const part = () => page.locator('.ring .part').getAttribute('stroke-dasharray');
    const before_ = await part();
    await page.waitForFunction(() => document.querySelector('app-time')?.textContent === '2 minutes left');
    assert.notEqual(await part(), before_);
    assert.equal(await page.locator('[aria-live], [role=status], [role=alert], [role=timer]').filter({ has: time }).count(), 0);
  });

  it('speaks into a place that was there before, takes no focus, and is seen in words, not by colour', async () => {
    await show(page, 'en', scene('time'));
    const [spoken, focus] = await page.evaluate(async (events) => {
      /** @param {string} path */
      const module = (path) => import(new URL(path, location.href).href);
      const [{ initialState: begin, reduce: next }, { translator: make }] = await Promise.all([module('js/core/state.js'), module('js/lib/i18n.js')]);
      const element = /** @type {any} */ (document.querySelector('app-client'));
      const place = document.querySelector('.cue [role=status]');
      const focused = document.activeElement;
      element.scene = {
        media: { preview: null, pairs: [], audio: null },
        state: events.reduce(next, begin('client')),
        t: make('en', await (await fetch('locales/later/en.json')).json()),
        lang: 'en',
      };
      return [place?.isConnected ? place.textContent : null, focused === document.activeElement];
    }, [...scenes('en').time.events, CUE]);
    assert.equal(spoken, '5 minutes are left.');
    assert.equal(focus, true);
  });

  it('hides its words at a touch of a client, and opens for a therapist', async () => {
    await show(page, 'en', scenes('en')['time-shut']);
    assert.equal(await page.locator('button.time').getAttribute('aria-expanded'), 'false');
    assert.equal((await page.locator('button.time').innerText()).trim(), 'Show the time');
    await show(page, 'en', scenes('en')['t-time-next']);
    const panel = page.locator('.time .panel');
    assert.match(await panel.innerText(), /Your next client is already waiting, for \S*\d/);
    assert.deepEqual(await panel.locator('[data-action=extend]').evaluateAll((all) => all.map((b) => /** @type {HTMLElement} */ (b).dataset.minutes)), ['5']);
    assert.equal(await panel.locator('input').getAttribute('max'), '7');
    await show(page, 'en', scenes('en')['t-time-full']);
    assert.equal(await panel.locator('[data-action=extend], input').count(), 0);
  });

  it('tells a therapist who else was told, and offers no more than is possible', async () => {
    await show(page, 'en', scenes('en')['t-cue-ten']);
    const said = page.locator('.cue');
    assert.match(await said.innerText(), /10 minutes are left\.\s+Only you have been told\./);
    await show(page, 'en', scenes('en')['t-cue-five']);
    assert.match(await said.innerText(), /Everybody in the room has been told/);
    assert.equal(await said.locator('[data-action=extend]').count(), 1);
    await show(page, 'en', scenes('en')['cue-five']);
    assert.equal(await said.locator('[data-action=extend]').count(), 0);
  });
});
