// SPDX-License-Identifier: GPL-3.0-or-later
/** Nobody unadmitted is heard or seen, hears or sees, or learns who else is there. Counted, not believed. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { capture } from '../lab/capture.mjs';
import { whyNoLab } from '../lab/lab.mjs';
import { recordMedia } from '../lab/pcap.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, media, reaches, Scene, seesReady, shows, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const FORGER = join(dirname(fileURLToPath(import.meta.url)), 'forger.mjs');
/** The full count is asked for by THP_ADMISSIONS=100. */
const ADMISSIONS = Number(process.env.THP_ADMISSIONS ?? 10);
const OF_ONE_CLIENT = 5; // then another one comes, to another appointment
/** How long each wait between two admissions is watched. */
const WATCH_MS = 150;
const TESTED_MS = 20_000;
/** For as long as what comes up is looked at: then the last word about the link is said. */
const TEST_UP_MS = 6000;
/** From the page's news of an end to the last packet that was on its way. */
const GRACE_MS = 150;

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps all that the server says to the page. Runs in the page. */
function keepWhatIsHeard() {
  /** @type {string[]} */
  const heard = [];
  Object.assign(window, { heard });
  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, args, newTarget) {
      const socket = Reflect.construct(target, args, newTarget);
      socket.addEventListener('message', (/** @type {MessageEvent} */ { data }) => heard.push(String(data)));
      return socket;
    },
  });
}

/** A page that goes on sending when it should not: nothing can be closed or stopped. Runs in the page. */
function neverStop() {
  RTCPeerConnection.prototype.close = () => {};
  MediaStreamTrack.prototype.stop = () => {};
  RTCRtpSender.prototype.replaceTrack = new Proxy(RTCRtpSender.prototype.replaceTrack, {
    apply: (target, sender, [track]) => (track ? Reflect.apply(target, sender, [track]) : Promise.resolve()),
  });
}

describe('before and after an admission', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false }, () => {
  /** @type {Scene} */ let scene;
  /** @type {import('./browser.mjs').Browser} */ let desk;
  /** @type {import('./browser.mjs').Browser} */ let house;

  before(async () => {
    scene = await Scene.open();
    [desk, house] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'chromium')]);
  });
  after(async () => scene?.close());

  const relayed = async () => (await scene.status()).relayed_packets;
  /** Until the ways down to so many people have been tested: after that not even padding goes there. @param {number} n */
  async function tested(n) {
    const end_ms = Date.now() + TESTED_MS;
    for (let done = 0; done < n; await pause(100)) {
      const metrics = await scene.operator({ request: 'metrics' });
      done = Object.values(/** @type {Record<string, number>} */ (metrics.network_tests.down)).reduce((sum, count) => sum + count, 0);
      assert.ok(Date.now() < end_ms, `${done} of ${n} tested`);
    }
  }
  /** UDP ports that Janus has open now. */
  const ports = () => scene.lab.server.run(['ss', '-Huln']).split('\n').filter(Boolean)
    .map((line) => line.trim().split(/\s+/)[3].split(':').pop() ?? '');

  /** One admission and the way back to waiting. @param {Page} therapist @param {Page} client */
  async function admitAndHold(therapist, client) {
    await therapist.click('[data-action="admit"]');
    const admitted_ms = await therapist.waitFor(() => /** @type {any} */ (window).probe.lastClick('admit'));
    for (const page of [therapist, client]) {
      await page.waitFor((at) => /** @type {any} */ (window).probe.firstFrameAfter(at), undefined, admitted_ms);
    }
    await therapist.click('[data-action="hold"]');
    await shows(client, 'main[data-place="held"]');
    await therapist.waitFor('.person[data-state="held"] [data-action="admit"]');
    for (const page of [therapist, client]) await page.evaluate(() => /** @type {any} */ (window).probe.forgetFrames());
    return { admitted_ms, held_ms: Date.now() };
  }

  it(`passes on no packet outside of ${ADMISSIONS} admissions, with early, late and forged media`, async () => {
    const captures = await Promise.all(scene.lab.hosts.map((host) => capture(host)));
    /** @type {{from_ms: number, to_ms: number}[]} times in which nothing may pass */
    const waits = [];
    let last = await relayed();
    assert.equal(last, 0, 'nothing before the first admission');
    for (let done = 0; done < ADMISSIONS; done += OF_ONE_CLIENT) {
      const { therapist: therapistLink, client: clientLink } = scene.appointment();
      const [therapist, client] = await Promise.all([desk.open(therapistLink), house.open(clientLink)]);
      await Promise.all([sitDown(therapist), comeIn(client)]);
      await seesReady(therapist);
      await tested(2 * (1 + done / OF_ONE_CLIENT));
      await pause(GRACE_MS);
      const forgers = scene.lab.hosts.map((host) => host.start([process.execPath, FORGER, scene.lab.server.address, ...ports()]));
      await Promise.all(forgers.map((forger) => forger.says(/forging/)));
      let from_ms = Date.now();
      /* what the client sends while nobody may have it */
      const unheard = { audio: 0, video: 0 };
      for (let i = 1; i <= OF_ONE_CLIENT; i++) {
        const earlier = (await media(client)).sent;
        await pause(WATCH_MS);
        const { audio, video } = (await media(client)).sent;
        unheard.audio += audio.packets - earlier.audio.packets;
        unheard.video += video.packets - earlier.video.packets;
        assert.equal(await relayed(), last, `admission ${done + i}: the plugin passed something on to or from a waiting person`);
        const { admitted_ms, held_ms } = await admitAndHold(therapist, client);
        waits.push({ from_ms, to_ms: admitted_ms });
        from_ms = held_ms + GRACE_MS;
        const now = await relayed();
        assert.ok(now > last, `admission ${done + i}: media passed while admitted`);
        last = now;
        await pause(GRACE_MS);
      }
      for (const forger of forgers) await forger.stop();
      assert.ok(unheard.audio > OF_ONE_CLIENT && unheard.video > OF_ONE_CLIENT,
        `the client sent while waiting: ${unheard.audio} packets of sound and ${unheard.video} of pictures`);
      await Promise.all([therapist, client].map((page) => page.device.close()));
    }
    for (const recording of captures) {
      const rtp = (await recording.stop()).filter(({ from, kind }) => kind === 'rtp' && from === scene.lab.server.address);
      assert.ok(rtp.length > ADMISSIONS, 'media did reach this link while admitted');
      const early = rtp.filter(({ at_ms }) => waits.some((wait) => at_ms >= wait.from_ms && at_ms < wait.to_ms));
      assert.equal(early.length, 0, `${early.length} packets on the link outside of an admission`);
    }
  });

  it('sends who waits padding to test the link, and nothing else', async () => {
    const link = await capture(scene.lab.hosts.find(({ name }) => name === 'client') ?? assert.fail());
    const earlier = await relayed();
    const former = await scene.operator({ request: 'metrics' });
    const count = (/** @type {any} */ { network_tests: { down } }) => Object.values(down).reduce((sum, n) => sum + Number(n), 0);
    const { client: clientLink } = scene.appointment();
    const client = await house.open(clientLink);
    /* the page has joined: padding follows its first report, a second later */
    await client.waitFor('[data-action="start-devices"]');
    const recording = await recordMedia(scene.server);
    await comeIn(client);
    await tested(count(former) + 1);
    await pause(GRACE_MS);
    const given = new Map((await recording.stop()).filter(({ way }) => way === 'out').map((packet) => [`${packet.ssrc} ${packet.sequence}`, packet]));
    const seen = (await link.stop()).filter(({ from, kind }) => kind === 'rtp' && from === scene.lab.server.address);
    assert.ok(seen.length > 30, `${seen.length} packets reached the link`);
    for (const { ssrc, sequence } of seen) {
      const packet = given.get(`${ssrc} ${sequence}`) ?? assert.fail(`packet ${sequence} is not one that the plugin gave`);
      assert.equal(packet.payload.length, 0, 'no payload');
      assert.ok(packet.padding.subarray(0, -1).every((byte) => byte === 0), 'nothing in the padding');
    }
    assert.equal(await relayed(), earlier, 'padding is not counted as passed on');
    await client.device.close();
  });

  it('passes on nothing of a removed page that goes on sending', async () => {
    const { therapist: therapistLink, client: clientLink } = scene.appointment();
    const [therapist, client] = await Promise.all([desk.open(therapistLink), house.open(clientLink, { before: neverStop })]);
    await Promise.all([sitDown(therapist), comeIn(client)]);
    await seesReady(therapist);
    await therapist.click('[data-action="admit"]');
    await therapist.waitFor(() => /** @type {any} */ (window).probe.frameCount() > 0);
    await therapist.click('details.side summary');
    await therapist.click('[data-action="remove"]');
    await therapist.click('[data-action="confirm"]');
    await shows(client, '[data-over="removed"]');
    await pause(GRACE_MS);
    const earlier = await relayed();
    const link = await capture(scene.lab.hosts.find(({ name }) => name === 'therapist') ?? assert.fail());
    await pause(2000);
    assert.ok(await client.evaluate(() => /** @type {any} */ (window).probe.connections
      .some((/** @type {RTCPeerConnection} */ pc) => pc.signalingState !== 'closed')), 'the page did not give up by itself');
    assert.equal(await relayed(), earlier);
    assert.equal((await link.stop()).filter(({ from, kind }) => kind === 'rtp' && from === scene.lab.server.address).length, 0);
    await Promise.all([therapist, client].map((page) => page.device.close()));
  });

  it('tells a waiting client nothing of another who comes, is admitted and goes', async () => {
    const area = 'two-at-once';
    const therapist = await desk.open(scene.link(scene.booking.therapist({ area, lang: 'en' }), 'therapist'));
    const client = await house.open(scene.link(scene.booking.invite({ area, room: 'one', lang: 'en', name: 'Amina' })), { before: keepWhatIsHeard });
    await Promise.all([sitDown(therapist), comeIn(client)]);
    await seesReady(therapist);
    await client.waitFor('[data-network]:not([data-network="testing"])', TESTED_MS);
    await pause(TEST_UP_MS);
    const heard = () => client.evaluate(() => /** @type {any} */ (window).heard.filter((/** @type {string} */ text) => /"janus":\s*"event"/.test(text)));
    const [words, earlier] = [await client.text('main'), (await heard()).length];

    const other = await house.open(scene.link(scene.booking.invite({ area, room: 'two', lang: 'en', name: 'Zarina' })));
    await comeIn(other);
    await therapist.waitFor(() => document.querySelectorAll('.person .ready').length === 2, 20_000);
    await pause(600);
    const second = '.person:nth-child(2)';
    assert.match(await therapist.text(second), /Zarina/);
    await therapist.click(`${second} [data-action="admit"]`);
    await reaches(other, 'session');
    await therapist.click('[data-action="end"]');
    await therapist.click('[data-action="confirm"]');
    await shows(other, '[data-over="ended"]');
    await pause(1500);

    const told = (await heard()).slice(earlier).filter((/** @type {string} */ text) => !/"therapy":\s*"(reported|media)"/.test(text));
    assert.deepEqual(told, [], 'not one event');
    assert.equal(await client.text('main'), words, 'not one word on the page');
    for (const secret of ['Zarina', '"two"']) {
      assert.ok(!(await client.evaluate(() => /** @type {any} */ (window).heard.join('\n'))).includes(secret), secret);
    }
  });
});
