// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Eight people in one room over slow links; the therapist removes one. How long until everybody who
 * stays sends with new keys, counted where their packets reach Janus, and how much those who stay do not
 * hear meanwhile, counted where the frames are opened. Eight pages share this machine, which eight people do
 * not: so without pictures, with sound in frames of 60 ms, and with five of them muted.
 */
import { decodeHeader } from '../../html/js/e2ee/sframe.js';
import { recordMedia } from '../lab/pcap.mjs';
import { reaches } from '../e2e/scene.mjs';
import { progress, sleep } from './_measure.mjs';

const PEOPLE = 8;
const SPEAKERS = 3;
const OPUS = 111;
const FRAME_MS = 60;
const QUIET_MS = 3000;
const AFTER_MS = 4000;
const SETTLE_MS = 600;
const SLOW_MS = 60_000;

/** @typedef {import('../e2e/browser.mjs').Page} Page */

/** Keeps hold of the page's worker, to ask it what it has opened, and notes commits. Runs in the page. */
export function watchKeys() {
  /** @type {{commits: number[], worker: Worker | null}} */
  const bench = { commits: [], worker: null };
  Object.assign(window, { bench });
  window.Worker = class extends Worker {
    /** @param {ConstructorParameters<typeof Worker>} args */
    constructor(...args) {
      super(...args);
      bench.worker = this;
    }
  };
  const { prototype } = RTCPeerConnection;
  const { setRemoteDescription } = /** @type {any} */ (prototype);
  /** @type {any} */ (prototype).setRemoteDescription = function longFrames(/** @type {any} */ { type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: sdp.replace(/(a=rtpmap:\d+ opus[^\r\n]*\r\n)/g, '$1a=ptime:60\r\n') });
  };
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function counted(/** @type {string} */ data) {
    if (String(data).includes('"type":"commit"')) bench.commits.push(String(data).length);
    send.call(this, data);
  };
}

/** Frames not opened so far, by pair. @param {Page} page @returns {Promise<Record<string, number>>} */
function unopened(page) {
  return page.evaluate(() => new Promise((resolve) => {
    const { worker } = /** @type {any} */ (window).bench;
    const id = 1e9 + Math.floor(Math.random() * 1e9);
    const hear = (/** @type {MessageEvent} */ { data }) => {
      if (data.kind !== 'counts' || data.id !== id) return;
      worker.removeEventListener('message', hear);
      resolve(data.in);
    };
    worker.addEventListener('message', hear);
    worker.postMessage({ kind: 'counts', id });
  }));
}

/** @param {import('../e2e/scene.mjs').Scene} scene @param {import('../e2e/browser.mjs').Browser[]} browsers */
async function gather(scene, browsers) {
  const { area, room, therapist: link, client } = scene.appointment({ seats: PEOPLE, name: 'P1' });
  const links = [link, client];
  for (let i = 2; i < PEOPLE; i++) links.push(scene.link(scene.booking.invite({ area, room, seats: PEOPLE, name: `P${i}`, lang: 'en' })));
  /** @type {Page[]} */
  const pages = [];
  for (const [i, url] of links.entries()) pages.push(await browsers[i % browsers.length].open(url, { before: watchKeys }));
  progress("pages open");
  const [therapist, ...clients] = pages;
  await therapist.click('[data-action="start-voice"]', SLOW_MS);
  for (const page of clients) {
    await page.click('[data-action="start-voice"]', SLOW_MS);
    await page.click('[data-action="join"]', SLOW_MS);
    await reaches(page, 'waiting', SLOW_MS);
  }
  return { therapist, clients };
}

/** Presses what may be in a closed list. @param {Page} page @param {string} action @param {string} name */
async function press(page, action, name) {
  const find = (/** @type {string[]} */ [wanted, who]) => /** @type {HTMLElement | null} */ (document.querySelector(`[data-action="${wanted}"][data-name="${who}"]`)) !== null;
  await page.waitFor(find, SLOW_MS, [action, name]);
  await sleep(SETTLE_MS);
  await page.evaluate(([wanted, who]) => /** @type {HTMLElement} */ (document.querySelector(`[data-action="${wanted}"][data-name="${who}"]`)).click(), [action, name]);
}

/** @param {import('../lab/pcap.mjs').RtpPacket[]} packets @param {number} from_ms @param {number} senders */
function whenRekeyed(packets, from_ms, senders) {
  /** @type {Map<string, {before: number, first_ms: number}>} by sender */
  const seen = new Map();
  for (const { handle, way, type, at_ms, payload } of packets) {
    const header = way === 'in' && type === OPUS ? decodeHeader(payload) : null;
    if (!header) continue;
    const epoch = header.kid & 15;
    const known = seen.get(handle);
    if (at_ms <= from_ms || !known) seen.set(handle, { before: epoch, first_ms: 0 });
    else if (!known.first_ms && epoch !== known.before) known.first_ms = at_ms;
  }
  const changed = [...seen.values()].filter(({ first_ms }) => first_ms > 0);
  /* all but the one who was removed */
  if (changed.length !== senders) throw new Error(`${changed.length} of ${senders} have changed keys`);
  return Math.max(...changed.map(({ first_ms }) => first_ms)) - from_ms;
}

/** @param {import('../e2e/scene.mjs').Scene} scene @param {import('../e2e/browser.mjs').Browser[]} browsers */
export async function measureRemoval(scene, browsers) {
  const { therapist, clients } = await gather(scene, browsers);
  for (const [i, page] of clients.entries()) {
    await press(therapist, 'admit', `P${i + 1}`);
    await reaches(page, 'session', SLOW_MS);
    /* three speak; what the others send reaches Janus all the same, and goes no further */
    if (i + 2 > SPEAKERS) await page.click('[data-action="mute"]', SLOW_MS);
    progress(`${i + 2} people in the room`);
  }
  const staying = [therapist, ...clients.slice(0, -1)];
  for (const page of staying) await page.waitForText(new RegExp(`Only the ${PEOPLE} of you`), SLOW_MS);
  await sleep(QUIET_MS);
  const recording = await recordMedia(scene.server);
  await sleep(1000);
  await press(therapist, 'remove', `P${PEOPLE - 1}`);
  const before = await Promise.all(staying.map(unopened));
  await therapist.evaluate(() => { /** @type {any} */ (window).bench.commits.length = 0; });
  await therapist.click('[data-action="confirm"]');
  const clicked_ms = await therapist.waitFor(() => /** @type {any} */ (window).probe.lastClick('confirm'));
  await sleep(AFTER_MS);
  const after = await Promise.all(staying.map(unopened));
  const rekeyed_ms = whenRekeyed(await recording.stop(), clicked_ms, PEOPLE - 1);
  const lost = staying.flatMap((_, i) => Object.keys(after[i]).filter((name) => name.startsWith('pair '))
    .map((name) => after[i][name] - (before[i][name] ?? 0)));
  const bytes = await therapist.evaluate(() => /** @type {any} */ (window).bench.commits[0]);
  await Promise.all([therapist, ...clients].map((page) => page.device.close()));
  return { rekeyed_ms: Math.round(rekeyed_ms), media_lost_ms: Math.max(0, ...lost) * FRAME_MS, bytes };
}
