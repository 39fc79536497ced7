// SPDX-License-Identifier: GPL-3.0-or-later
/** Three people in one room, in two different browsers: each opens what the others send, until one is removed. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { baseKey, decodeHeader, frameKey, open } from '../../html/js/e2ee/sframe.js';
import { whyNoLab } from '../lab/lab.mjs';
import { recordMedia } from '../lab/pcap.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, fromTheList, letIn, Scene, seesReady, shows, sitDown, SLOW_MS } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const LOOK_MS = 1500;
const LEAK = 'leak';
const OPUS = 111;

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps what the page's worker gives away. Runs in the page. */
function keepLeaks() {
  /** @type {number[][]} */
  const leaked = [];
  Object.assign(window, { leaked });
  new BroadcastChannel('leak').onmessage = ({ data }) => leaked.push(data);
}

/** A worker that gives every key it gets away, as somebody in the room may do on their own device. @param {Scene} scene */
function leakKeys(scene) {
  const change = (/** @type {string} */ name, /** @type {string} */ from, /** @type {string} */ to) => {
    const path = join(scene.server.folder, 'html/js/e2ee', name);
    const text = readFileSync(path, 'utf8');
    assert.ok(text.includes(from));
    writeFileSync(path, text.replace(from, to));
  };
  change('worker.js', "case 'keys':", `case 'keys':\n    new BroadcastChannel('${LEAK}').postMessage([...effect.base]);`);
  change('trusted.js', '../../vendor/keys-worker.js', './worker.js');
}

/** What came out of the decoders by now, by whose tile it is. @param {Page} page */
function decoded(page) {
  return page.evaluate(async () => {
    const { connections } = /** @type {any} */ (window).probe;
    /** @type {Map<string, any>} */
    const inbound = new Map();
    for (const connection of connections)
      if (connection.connectionState !== 'closed')
        for (const stat of (await connection.getStats()).values()) if (stat.type === 'inbound-rtp') inbound.set(stat.trackIdentifier, stat);
    return [...document.querySelectorAll('.tile[data-peer-id]')].map((tile) => {
      const stream = /** @type {MediaStream | null} */ (tile.querySelector('video')?.srcObject);
      const stats = (stream?.getTracks() ?? []).map(({ id }) => inbound.get(id) ?? {});
      return {
        name: /** @type {HTMLElement} */ (tile.querySelector('bdi')).innerText,
        frames: stats.reduce((sum, { framesDecoded = 0 }) => sum + framesDecoded, 0),
        energy: stats.reduce((sum, { totalAudioEnergy = 0 }) => sum + totalAudioEnergy, 0),
      };
    }).sort((a, b) => a.name.localeCompare(b.name));
  });
}

/** Waits until everybody named is seen moving and heard here. @param {Page} page @param {string[]} names */
async function opens(page, ...names) {
  const deadline = Date.now() + SLOW_MS;
  for (;;) {
    const first = await decoded(page);
    await pause(LOOK_MS);
    const now = await decoded(page);
    const good = now.filter((tile, i) => tile.name === first[i]?.name && tile.frames > first[i].frames + 3 && tile.energy > first[i].energy);
    if (good.length === names.length && good.every(({ name }, i) => name === [...names].sort()[i])) return;
    assert.ok(Date.now() < deadline, `${names}: ${JSON.stringify({ first, now })}`);
  }
}

/**
 * How many of these packets of sound open with one of these keys.
 * @param {import('../lab/pcap.mjs').RtpPacket[]} packets @param {Uint8Array[]} bases
 */
async function opened(packets, bases) {
  let count = 0;
  for (const { payload } of packets) {
    const header = decodeHeader(payload);
    if (!header) continue;
    for (const base of bases) {
      const key = await frameKey(await baseKey(base.slice()), header.kid);
      if (await open(key, header, payload, new Uint8Array()).then(() => true, () => false)) count += 1;
    }
  }
  return count;
}

describe('three people', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? whyNoBrowser('firefox') ?? false }, () => {
  /** @type {Scene} */ let scene;
  /** @type {Page} */ let therapist;
  /** @type {Page} */ let client;
  /** @type {Page} */ let guest;

  before(async () => {
    scene = await Scene.open();
    leakKeys(scene);
    const [desk, home, house] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'firefox'),
      scene.browser('guest', 'chromium')]);
    const { area, room, ...links } = scene.appointment({ seats: 3 });
    const invited = scene.link(scene.booking.invite({ area, room, role: 'guest', name: 'Sara', lang: 'en', seats: 3 }));
    [therapist, client, guest] = await Promise.all([desk.open(links.therapist), home.open(links.client), house.open(invited, { before: keepLeaks })]);
    await Promise.all([sitDown(therapist), comeIn(client), comeIn(guest)]);
    await seesReady(therapist);
  });
  after(async () => scene?.close());

  it('each open what both others send', async () => {
    await letIn(therapist, client, 'Amina');
    await letIn(therapist, guest, 'Sara');
    await opens(therapist, 'Amina', 'Sara');
    await opens(client, 'Dr Khan', 'Sara');
    await opens(guest, 'Dr Khan', 'Amina');
    for (const page of [therapist, client, guest]) await page.waitForText(/Only the 3 of you/, SLOW_MS);
  });

  it('case 1: who is removed opens nothing of what the others send after it, with all the keys they ever had', async () => {
    const recording = await recordMedia(scene.server);
    await pause(LOOK_MS);
    await fromTheList(therapist, 'remove', 'Sara');
    await therapist.click('[data-action="confirm"]');
    await shows(guest, '[data-over="removed"]', SLOW_MS);
    for (const page of [therapist, client]) await page.waitForText(/Only the 2 of you/, SLOW_MS);
    const removed_ms = Date.now();
    await opens(therapist, 'Amina');
    await opens(client, 'Dr Khan');
    await pause(LOOK_MS);
    const packets = (await recording.stop()).filter(({ way, type }) => way === 'in' && type === OPUS);
    const bases = (await guest.evaluate(() => /** @type {any} */ (window).leaked)).map((/** @type {number[]} */ base) => Uint8Array.from(base));
    assert.ok(bases.length >= 1, 'the guest has kept keys');
    const earlier = packets.filter(({ at_ms }) => at_ms < removed_ms).slice(0, 60);
    const later = packets.filter(({ at_ms }) => at_ms > removed_ms);
    assert.ok(await opened(earlier, bases) > 20, 'what was sent before opens with them');
    assert.ok(later.length > 100, `${later.length} packets after`);
    assert.equal(await opened(later, bases), 0);
  });
});
