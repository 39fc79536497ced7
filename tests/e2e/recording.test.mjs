// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * A recording on the real pages: everybody agrees, it is on; somebody comes, it is paused; somebody takes it back,
 * it is over. What lies on the server opens with the organisation's key, plays, and is nothing without it.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { temporaryFolder } from '../lab/processes.mjs';
import { whyNoBrowser } from './browser.mjs';
import { answers, GOES_MS, pause, prepare, RECORD_MS, see, size, tool, whyNoRecording } from './recordings.mjs';
import { comeIn, reaches, Scene, seesReady, shows, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const LOOK_MS = 1500;
const SETTLE_MS = 1000;

/** The loudest moment of a file, and how long it is, as the browser decodes it. @param {Page} page @param {string} file */
function sound(page, file) {
  return page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const decoded = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes.buffer);
    const samples = decoded.getChannelData(0);
    let [loud, quiet] = [0, 0];
    for (let at = 0; at + 480 <= samples.length; at += 480) {
      const level = Math.hypot(...samples.subarray(at, at + 480)) / Math.sqrt(480);
      if (level > 0.02) loud += 1;
      if (level < 0.001) quiet += 1;
    }
    return { seconds: decoded.duration, loud, quiet, windows: Math.floor(samples.length / 480) };
  }, readFileSync(file).toString('base64'));
}

/** How many pictures of an IVF file decode, and how bright the last is. @param {Page} page @param {string} file */
function pictures(page, file) {
  return page.evaluate(async (text) => {
    const scope = /** @type {any} */ (window);
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    let [shown, light] = [0, 0];
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true }));
    const decoder = new scope.VideoDecoder({
      output: (/** @type {any} */ frame) => {
        if (shown % 50 === 0) {
          context.drawImage(frame, 0, 0, 8, 8);
          light = context.getImageData(0, 0, 8, 8).data.reduce((sum, part) => sum + part, 0);
        }
        shown += 1;
        frame.close();
      },
      error() {},
    });
    decoder.configure({ codec: 'vp8' });
    let frames = 0;
    for (let at = 32; at < bytes.length; frames += 1) {
      const length = view.getUint32(at, true);
      const data = bytes.subarray(at + 12, at + 12 + length);
      decoder.decode(new scope.EncodedVideoChunk({ type: data[0] & 1 ? 'delta' : 'key', timestamp: frames * 1000, data }));
      at += 12 + length;
    }
    await Promise.race([decoder.flush().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 15_000))]);
    return { frames, shown, light };
  }, readFileSync(file).toString('base64'));
}

describe('a recording', { skip: whyNoRecording() ?? whyNoLab() ?? whyNoBrowser('chromium') ?? whyNoBrowser('firefox') ?? false, timeout: 175_000 }, () => {
  const { folder, remove } = temporaryFolder('e2e-recording');
  /** @type {Scene} */ let scene;
  /** @type {ReturnType<typeof prepare>} */ let clinic;
  /** @type {Page} */ let therapist;
  /** @type {Page} */ let client;
  /** @type {Page} */ let guest;
  let tape = '';

  before(async () => {
    clinic = prepare(folder);
    scene = await Scene.open({ settings: clinic.settings, web: clinic.web });
    const [desk, home, away] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'chromium'), scene.browser('guest', 'firefox')]);
    const links = scene.appointment({ seats: 3 });
    const other = scene.link(scene.booking.invite({ area: links.area, room: links.room, lang: 'en', role: 'guest', name: 'Sara', seats: 3 }));
    [therapist, client, guest] = await Promise.all([desk.open(links.therapist), home.open(links.client), away.open(other)]);
    await Promise.all([sitDown(therapist), comeIn(client)]);
  });
  after(async () => {
    await scene?.close();
    remove();
  });

  it('is on when everybody has agreed and the therapist wants it, and everybody sees that', async () => {
    await answers(client, 'yes');
    await seesReady(therapist);
    await therapist.click('[data-action="admit"]');
    await Promise.all([reaches(therapist, 'session'), reaches(client, 'session')]);
    await therapist.waitForText(/Only the 2 of you/, GOES_MS);
    assert.deepEqual(readdirSync(clinic.recordings), []);
    await therapist.click('.bar [data-action="record"]');
    await shows(therapist, 'dialog [data-dialog="record"]');
    assert.deepEqual(await therapist.audit(), []);
    await therapist.click('[data-action="record-both"]');
    await see([therapist, client], 'on');
    await client.waitForText(/Recording: sound and picture/);
    assert.deepEqual(await client.audit(), []);
    assert.deepEqual(await therapist.audit(), []);
    await pause(RECORD_MS);
    [tape] = readdirSync(clinic.recordings).map((name) => join(clinic.recordings, name));
    assert.ok(size(tape) > 50_000);
    assert.equal(statSync(tape).mode & 0o777, 0o700);
    for (const name of readdirSync(tape)) assert.equal(statSync(join(tape, name)).mode & 0o777, 0o600, name);
  });

  it('is paused while somebody is there who has not agreed', async () => {
    await comeIn(guest).catch(() => {});
    await therapist.waitFor(() => document.querySelector('details.side [data-action="admit"]') !== null, GOES_MS);
    await therapist.click('details.side summary');
    await pause(700);
    await therapist.click('details.side [data-action="admit"]');
    await reaches(guest, 'session', GOES_MS);
    await see([therapist, client, guest], 'paused');
    /* what came before is on its way to the disk */
    await pause(SETTLE_MS);
    const before_ = size(tape);
    await pause(LOOK_MS);
    assert.equal(size(tape), before_, 'nothing is written');
    await guest.click('.recording [data-action="ask"]');
    for (const kind of ['recording-audio', 'recording-video']) {
      await shows(guest, `dialog [data-asks="${kind}"] .consent-text`, GOES_MS);
      await guest.click(`dialog [data-asks="${kind}"] [data-action="consent-yes"]:not([disabled])`, GOES_MS);
    }
    await see([therapist, client, guest], 'on');
    await pause(RECORD_MS);
    assert.ok(size(tape) > before_ + 50_000);
  });

  it('is over as soon as one of them takes their agreement back, and the session goes on', async () => {
    await client.click('.bar [data-action="answers"]');
    await client.click('[data-kind="recording-audio"] [data-action="consent-withdraw"]');
    await see([therapist, client, guest], 'stopped');
    await pause(SETTLE_MS);
    const at = size(tape);
    await pause(LOOK_MS);
    assert.equal(size(tape), at, 'nothing is written');
    await therapist.waitForText(/not everybody agrees/);
    assert.equal(await client.evaluate(() => document.querySelector('main')?.getAttribute('data-view')), 'session');
    await therapist.click('[data-action="recording-seen"]');
    await therapist.click('.bar [data-action="record"]');
    await therapist.click('[data-action="record-sound"]');
    await therapist.waitForText(/Not everybody here agrees to be recorded/, GOES_MS);
  });

  it('opens with the key of the organisation, and plays', async (t) => {
    const out = join(folder, 'opened');
    const opened = tool('therapy-recording', ['open', tape, '--key', clinic.secret, '--out', out]);
    t.diagnostic(opened.stdout + opened.stderr);
    // A slow page goes on for a moment with keys from before the recording, which nobody sealed.
    assert.ok(opened.status === 0 || opened.status === 1, opened.stdout + opened.stderr);
    assert.doesNotMatch(opened.stdout, /[1-9]\d* damaged/);
    // A pause or the end may fall into a picture of several packets.
    for (const [, n] of opened.stdout.matchAll(/(\d+) incomplete/g)) assert.ok(Number(n) <= 2, opened.stdout);
    /* what decodes has the machine to itself */
    const desk = await scene.browser('therapist', 'chromium');
    await Promise.all([therapist, client, guest].map((page) => page.close()));
    const player = await desk.open(`${scene.server.origin}/verify.html`);
    const names = readdirSync(out).sort();
    const manifest = JSON.parse(readFileSync(join(tape, 'manifest.json'), 'utf8'));
    assert.equal(manifest.end, 'refused');
    for (const role of ['therapist', 'client', 'guest']) {
      const voice = names.find((name) => name.includes(`${role}-audio`));
      const heard = await sound(player, join(out, String(voice)));
      t.diagnostic(`${voice} ${JSON.stringify(heard)}`);
      assert.ok(heard.loud >= 5, 'a beep is heard');
      assert.ok(heard.quiet > 50, 'and silence between');
      const film = names.find((name) => name.includes(`${role}-video`));
      const seen = await pictures(player, join(out, String(film)));
      t.diagnostic(`${film} ${JSON.stringify(seen)}`);
      assert.ok(seen.shown > 20 && seen.shown >= seen.frames - 2, 'pictures decode');
      assert.ok(seen.light > 8 * 8 * 255, 'and are not black');
    }
  });

  it('is nothing without that key', () => {
    assert.equal(tool('therapy-recording', ['keygen', join(folder, 'other')]).status, 0);
    const out = join(folder, 'closed');
    const { status, stdout } = tool('therapy-recording', ['open', tape, '--key', join(folder, 'other/recording.secret'), '--out', out]);
    assert.equal(status, 2, stdout);
    for (const line of stdout.trim().split('\n')) assert.match(line, / 0 frames opened/);
    const everything = readdirSync(tape).map((name) => readFileSync(join(tape, name), 'latin1')).join('\n');
    for (const secret of ['Amina', 'Sara', 'Khan', 'room-', 'area-', 'p-', readFileSync(clinic.secret, 'utf8').trim()])
      assert.ok(!readFileSync(join(tape, 'manifest.json'), 'utf8').includes(secret) && !(secret.length > 8 && everything.includes(secret)), secret);
  });
});
