// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What the plugin holds in its hands: what the pages send is no Opus and no VP8. The same detectors, on the same
 * recording, find all of what a page sends that was made to leave the encryption out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { recordMedia } from '../lab/pcap.mjs';
import { whyNoBrowser } from './browser.mjs';
import { countOpus, isKeyFrame, pictures } from './frames.mjs';
import { comeIn, Scene, seesReady, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

/** Before the therapist's page gives up on a client whose frames it cannot open, and makes new keys. */
const RECORD_MS = 2000;
const ALIKE = 0.6;
const OPUS = 111;
const SETTLE_MS = 500;

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A page that encrypts nothing, and hides that from itself. Runs in the page. */
function sendInClear() {
  /** @type {WeakMap<RTCRtpSender, unknown>} */
  const set = new WeakMap();
  Object.defineProperty(RTCRtpSender.prototype, 'transform', {
    get() { return set.get(this); },
    set(transform) { set.set(this, transform); },
  });
  RTCRtpSender.prototype.getStats = async () => new Map();
}

/** Only takes the transform away: the watch must find that. Runs in the page. */
function dropTransform() {
  Object.defineProperty(RTCRtpSender.prototype, 'transform', { get: () => ({}), set() {} });
}

/** @param {Page} page @returns {Promise<number[]>} */
function ssrcs(page) {
  return page.evaluate(async () => {
    /** @type {number[]} */
    const found = [];
    for (const connection of /** @type {any} */ (window).probe.connections)
      for (const stat of (await connection.getStats()).values()) if (stat.type === 'outbound-rtp') found.push(stat.ssrc);
    return found;
  });
}

/**
 * How much the decoded pictures are like those of the camera: the best correlation of brightness, 0 if none decodes.
 * The camera of every test browser shows the same scene.
 * @param {Page} page @param {Buffer[]} frames
 */
function likeness(page, frames) {
  return page.evaluate(async (texts) => {
    const scope = /** @type {any} */ (window);
    const canvas = new OffscreenCanvas(32, 24);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
    /** @param {CanvasImageSource} image */
    const brightness = (image) => {
      context.drawImage(image, 0, 0, 32, 24);
      const { data } = context.getImageData(0, 0, 32, 24);
      return Array.from({ length: 32 * 24 }, (_, i) => data[4 * i] + data[4 * i + 1] + data[4 * i + 2]);
    };
    /** @param {number[]} a @param {number[]} b */
    const correlation = (a, b) => {
      const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const [ma, mb] = [mean(a), mean(b)];
      const sum = (/** @type {(i: number) => number} */ term) => a.reduce((total, _, i) => total + term(i), 0);
      return sum((i) => (a[i] - ma) * (b[i] - mb)) / Math.sqrt(sum((i) => (a[i] - ma) ** 2) * sum((i) => (b[i] - mb) ** 2) || 1);
    };
    const camera = brightness(/** @type {HTMLVideoElement} */ (document.querySelector('.own video')));
    let best = 0;
    for (const text of texts) {
      const data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      /** @type {number[][]} */
      const seen = [];
      const decoder = new scope.VideoDecoder({ output: (/** @type {any} */ frame) => { seen.push(brightness(frame)); frame.close(); }, error() {} });
      decoder.configure({ codec: 'vp8' });
      try {
        decoder.decode(new scope.EncodedVideoChunk({ type: 'key', timestamp: 0, data }));
        await decoder.flush();
      } catch {
        /* not a picture */
      }
      for (const picture of seen) best = Math.max(best, correlation(picture, camera));
    }
    return best;
  }, frames.map((frame) => frame.toString('base64')));
}

test('case 21: payloads at the plugin are no Opus and no VP8', {
  skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false, timeout: 170_000,
}, async (t) => {
  const scene = await Scene.open({ settings: ['require_e2ee=false'] });
  t.after(() => scene.close());
  const [desk, home] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'chromium')]);
  const links = scene.appointment();
  const [therapist, client] = await Promise.all([desk.open(links.therapist), home.open(links.client, { before: sendInClear })]);
  await Promise.all([sitDown(therapist), comeIn(client)]);
  await seesReady(therapist);
  const recording = await recordMedia(scene.server);
  await therapist.click('[data-action="admit"]');
  await therapist.waitForText(/Only the 2 of you/, 20_000);
  await pause(SETTLE_MS);
  /* before there are keys, the number of the throw-away one may read as a packet of 20 ms: compared is what follows */
  const settled_ms = Date.now();
  await pause(RECORD_MS);
  const [encrypted, clear] = await Promise.all([ssrcs(therapist), ssrcs(client)]);
  const packets = (await recording.stop()).filter(({ way, payload }) => way === 'in' && payload.length > 0);

  /** @param {number[]} wanted */
  const judge = async (wanted) => {
    const own = packets.filter(({ ssrc }) => wanted.includes(ssrc));
    const keyFrames = pictures(own.filter(({ type }) => type !== OPUS)).filter(isKeyFrame);
    const sound = countOpus(own.filter(({ type, at_ms }) => type === OPUS && at_ms > settled_ms));
    return { sound, keyFrames: keyFrames.length, alike: await likeness(therapist, keyFrames.slice(0, 4)) };
  };
  const [good, bad] = [await judge(encrypted), await judge(clear)];
  t.diagnostic(JSON.stringify({ encrypted: good, clear: bad }));
  assert.ok(bad.sound.all > 40 && bad.sound.valid > 0.9 * bad.sound.all, 'sound in clear is found');
  assert.ok(bad.keyFrames > 0 && bad.alike > ALIKE, 'a picture in clear is found');
  assert.ok(good.sound.all > 40 && good.keyFrames > 0, 'there was something to find');
  assert.equal(good.sound.valid, 0);
  assert.ok(good.alike < ALIKE / 2, `alike ${good.alike}`);

  const other = scene.appointment();
  const careless = await home.open(other.client, { before: dropTransform });
  await careless.click('[data-action="start-devices"]');
  await careless.waitFor(() => document.querySelector('[data-error="E2EE_LEAK"]') !== null, 20_000);
});
