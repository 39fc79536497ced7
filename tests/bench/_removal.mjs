// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Eight people in one room over slow links; the therapist removes one. How long until everybody who
 * stays sends with new keys, counted where their packets reach Janus, and how much those who stay do not
 * hear meanwhile, counted where the frames are opened. Eight pages share this machine, which eight people do
 * not: so without pictures, with sound as the microphone gives it and in frames of 60 ms, and with five of them muted.
 */
import { decodeHeader } from '../../html/js/e2ee/sframe.js';
import { recordMedia } from '../lab/pcap.mjs';
import { reaches } from '../e2e/scene.mjs';
import { median, progress, sleep } from './_measure.mjs';

const PEOPLE = 8;
const SPEAKERS = 3;
const OPUS = 111;
const NOBODY = 7;
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
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = ({ audio, ...rest } = {}) => ask({ ...rest,
    audio: audio && { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
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

/** Somebody on their way in, with the microphone on, waiting. @param {Page} page */
async function wait(page) {
  await page.click('[data-action="start-voice"]', SLOW_MS);
  await page.click('[data-action="join"]', SLOW_MS);
  await reaches(page, 'waiting', SLOW_MS);
}

/** A therapist, and links for as many clients as are asked for. @param {import('../e2e/scene.mjs').Scene} scene @param {number} count */
function appointments(scene, count) {
  const { area, room, therapist, client } = scene.appointment({ seats: PEOPLE, name: 'P1' });
  const links = [client];
  for (let i = 2; i <= count; i++) links.push(scene.link(scene.booking.invite({ area, room, seats: PEOPLE, name: `P${i}`, lang: 'en' })));
  return { therapist, links };
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
    /* who is out encrypts with a key of nobody's until the line is closed */
    if (!header || header.kid >> 7 === NOBODY) continue;
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

/**
 * One client is removed, and the others go on.
 * @param {import('../e2e/scene.mjs').Scene} scene @param {Page} therapist @param {Page[]} staying @param {string} name
 */
async function removeOnce(scene, therapist, staying, name) {
  for (const page of staying) await page.waitForText(new RegExp(`Only the ${PEOPLE} of you`), SLOW_MS);
  await sleep(QUIET_MS);
  const recording = await recordMedia(scene.server);
  await sleep(1000);
  await press(therapist, 'remove', name);
  const before = await Promise.all(staying.map(unopened));
  await therapist.evaluate(() => { /** @type {any} */ (window).bench.commits.length = 0; });
  await therapist.click('[data-action="confirm"]');
  const clicked_ms = await therapist.waitFor(() => /** @type {any} */ (window).probe.lastClick('confirm'));
  await sleep(AFTER_MS);
  const after = await Promise.all(staying.map(unopened));
  const rekeyed_ms = Math.round(whenRekeyed(await recording.stop(), clicked_ms, PEOPLE - 1));
  const lost = staying.flatMap((_, i) => Object.keys(after[i]).filter((pair) => pair.startsWith('pair '))
    .map((pair) => after[i][pair] - (before[i][pair] ?? 0)));
  const bytes = await therapist.evaluate(() => /** @type {any} */ (window).bench.commits[0]);
  progress(`${name} removed: ${rekeyed_ms} ms`);
  return { rekeyed_ms, media_lost_ms: Math.max(0, ...lost) * FRAME_MS, bytes };
}

/**
 * The eighth is removed, another takes the place and is removed, so many times.
 * @param {import('../e2e/scene.mjs').Scene} scene @param {import('../e2e/browser.mjs').Browser[]} browsers @param {number} runs
 */
export async function measureRemovals(scene, browsers, runs) {
  const { therapist: link, links } = appointments(scene, PEOPLE - 2 + runs);
  const therapist = await browsers[0].open(link, { before: watchKeys });
  await therapist.click('[data-action="start-voice"]', SLOW_MS);
  /** @type {Page[]} */ const inside = [therapist];
  const samples = [];
  for (const [i, url] of links.entries()) {
    const page = await browsers[i % browsers.length].open(url, { before: watchKeys });
    await wait(page);
    await press(therapist, 'admit', `P${i + 1}`);
    await reaches(page, 'session', SLOW_MS);
    /* three speak; what the others send reaches Janus all the same, and goes no further */
    if (inside.length >= SPEAKERS) await page.click('[data-action="mute"]', SLOW_MS);
    progress(`${inside.length + 1} people in the room`);
    if (inside.length < PEOPLE - 1) {
      inside.push(page);
      continue;
    }
    samples.push(await removeOnce(scene, therapist, inside, `P${i + 1}`));
    await page.device.close();
  }
  await Promise.all(inside.map((page) => page.device.close()));
  const rekeyed = samples.map(({ rekeyed_ms }) => rekeyed_ms);
  return {
    rekeyed_ms: median(rekeyed),
    media_lost_ms: Math.max(...samples.map(({ media_lost_ms }) => media_lost_ms)),
    bytes: samples[0].bytes,
    runs: rekeyed,
  };
}
