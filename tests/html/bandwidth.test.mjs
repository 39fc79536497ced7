// SPDX-License-Identifier: GPL-3.0-or-later
/** A page on a link that is too full for its reports to be answered. */
import './globals.mjs';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bandwidth } from '../../html/js/app/bandwidth.js';
import { Nack } from '../../html/js/app/nack.js';
import { isPrompt, learnAnswer } from '../../html/js/core/answers.js';
import { initialState, reduce } from '../../html/js/core/state.js';
import { weakness } from '../../html/js/ui/bandwidth-view.js';
import { Stats } from '../../html/js/media/stats.js';
import { offered, spread, withAllLayers } from '../../html/js/media/layers.js';
import { withSpeech } from '../../html/js/media/speech.js';

const ENCODINGS = [{ active: true, height: 720, fps: 30, kbps: 1100 }];

/** A page's two connections, of which only what is asked of them is looked at; answers are given by hand. */
function page() {
  /** @type {import('../../html/js/media/layers.js').Limit[][]} */
  const limits = [];
  /** @type {(() => void)[]} */
  const open = [];
  const connection = { getStats: async () => new Map(), getReceivers: () => [], getTransceivers: () => [] };
  const publisher = { connection, limit: async (/** @type {typeof limits[0]} */ limit) => limits.push(limit), redress: async () => {} };
  /** @type {any[]} */
  const asked = [];
  const tell = (/** @type {any} */ body) => new Promise((resolve) => {
    asked.push(body);
    open.push(() => resolve(undefined));
  });
  /** @type {boolean[]} what the person is told */
  const said = [];
  /** @type {any[]} what the server is told between reports */
  const words = [];
  const say = (/** @type {any} */ { request, ms }) => void words.push([request, ms]);
  const call = { tell, say, dispatch: (/** @type {{unheard: boolean}} */ { unheard }) => void said.push(unheard) };
  const bandwidth = new Bandwidth(/** @type {any} */ (publisher), /** @type {any} */ ({ connection }), call);
  return { bandwidth, publisher, limits, open, said, asked, words, sends: () => limits.at(-1)?.[0].active };
}

/** @param {() => boolean} true_ @param {number} [most_ms] */
async function until(true_, most_ms = 8000) {
  const end = Date.now() + most_ms;
  while (!true_()) {
    assert.ok(Date.now() < end, 'not in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('reports that are not answered', () => {
  it('make the page send the least, until answers come as soon as ever, and then what the server said last', async () => {
    globalThis.document ??= /** @type {any} */ ({ hidden: false });
    const { bandwidth, limits, open, said, sends } = page();
    await bandwidth.hear({ type: 'joined' });
    await bandwidth.hear({ type: 'send', encodings: ENCODINGS });
    assert.equal(sends(), true);
    await until(() => open.length === 1);
    open[0]();
    await until(() => open.length === 2);
    await until(() => sends() === false);
    assert.deepEqual(said, [true]);
    await bandwidth.hear({ type: 'send', encodings: [{ ...ENCODINGS[0], kbps: 90 }] });
    assert.equal(sends(), false, 'what is said meanwhile waits');
    open[1]();
    await until(() => open.length === 3);
    assert.equal(sends(), false, 'an answer that was late proves nothing');
    open[2]();
    await until(() => sends() === true);
    assert.deepEqual(said, [true, false]);
    assert.equal(limits.at(-1)?.[0].maxBitrate, 90_000);
    bandwidth.stop();
  });

  it('make the camera send little soon, which nobody is told, and as before once it is answered', async () => {
    const { bandwidth, limits, open, said } = page();
    const rate = () => limits.at(-1)?.[0].maxBitrate;
    await bandwidth.hear({ type: 'joined' });
    await bandwidth.hear({ type: 'send', encodings: ENCODINGS });
    await until(() => open.length === 1);
    await until(() => rate() === 50_000);
    assert.equal(limits.at(-1)?.[0].active, true);
    open[0]();
    await until(() => open.length === 2);
    assert.equal(rate(), 50_000, 'an answer that was late proves nothing');
    open[1]();
    await until(() => rate() === 1_100_000);
    assert.deepEqual(said, []);
    bandwidth.stop();
  });

  it('come at once when speech begins to come late, and then the camera waits for an answer for a moment only', async () => {
    const { bandwidth, limits, open, asked } = page();
    const rate = () => limits.at(-1)?.[0].maxBitrate;
    await bandwidth.hear({ type: 'joined' });
    await bandwidth.hear({ type: 'send', encodings: ENCODINGS });
    await until(() => open.length === 1);
    open[0]();
    await new Promise((resolve) => setTimeout(resolve, 200));
    bandwidth.late(180);
    await until(() => open.length === 2, 300);
    assert.equal(asked[1].down.late_ms, 180);
    const from = Date.now();
    await until(() => rate() === 50_000);
    assert.ok(Date.now() - from < 400, 'much sooner than when nothing else is wrong');
    open[1]();
    await until(() => open.length === 3);
    assert.equal(asked[2].down.late_ms, 180, 'it is still so');
    bandwidth.late(0);
    await new Promise((resolve) => setTimeout(resolve, 160));
    open[2]();
    await until(() => open.length === 4, 50);
    assert.equal(asked[3].down.late_ms, 0, 'that it is over is wanted at once as well');
    open[3]();
    await until(() => rate() === 1_100_000);
    bandwidth.stop();
  });

  it('are not waited for to say how late speech comes, and that it is over', async () => {
    const { bandwidth, open, words } = page();
    await bandwidth.hear({ type: 'joined' });
    bandwidth.late(0);
    assert.deepEqual(words, [], 'nobody has asked');
    await until(() => open.length === 1);
    bandwidth.late(80);
    bandwidth.late(120);
    assert.deepEqual(words, [['late', 80]], 'not every word');
    await new Promise((resolve) => setTimeout(resolve, 110));
    bandwidth.late(150);
    bandwidth.late(0);
    assert.deepEqual(words, [['late', 80], ['late', 150], ['late', 0]]);
    bandwidth.stop();
  });

  it('are told to the person in the words of a weak link, until the server is heard again', () => {
    const begun = initialState('client');
    const unheard = reduce(begun, { type: 'unheard', unheard: true });
    assert.equal(weakness(begun), '');
    assert.equal(weakness(unheard), 'weak.own_off');
    assert.equal(weakness(reduce(unheard, { type: 'prefer', voice_only: true })), 'weak.choice');
    assert.equal(weakness(reduce(unheard, { type: 'unheard', unheard: false })), '');
  });

  it('are measured by what is usual on this link, and a link that stays slow is usual one day', () => {
    let usual = 0;
    for (let i = 0; i < 50; i++) usual = learnAnswer(usual, 60, false);
    assert.ok(isPrompt(usual, 300));
    assert.ok(!isPrompt(usual, 900));
    let answers = 0;
    for (; !isPrompt(usual, 900); answers++) usual = learnAnswer(usual, 900, true);
    assert.ok(answers > 10 && answers < 60, `${answers} answers`);
  });
});

describe('pictures that are lost', () => {
  const TESTED = { type: 'network', testing: ['up'] };
  const admitted = { type: 'state', state: 'admitted' };
  const tier = (/** @type {boolean} */ video, /** @type {boolean} */ nack) => ({ type: 'tier', video, nack });

  /** What is agreed, one after the other. @param {import('node:test').TestContext} context @param {boolean} [agrees] */
  function person(context, agrees = true) {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    /** @type {boolean[]} */
    const agreed = [];
    const receiver = { nack: true, setNack: async (/** @type {boolean} */ nack) => {
      if (nack !== receiver.nack) agreed.push(nack);
      receiver.nack = nack;
    } };
    const nack = new Nack(receiver, agrees);
    /** As html/js/app/link.js does. @param {string} state */
    const join = (state) => {
      receiver.nack = state === 'admitted' || !agrees;
      return nack.hear({ type: 'joined', state });
    };
    return { agreed, hear: nack.hear.bind(nack), join, pass: (/** @type {number} */ ms) => context.mock.timers.tick(ms) };
  }

  it('are asked for again when the link is tested, or soon after the admission', async (context) => {
    const { agreed, hear, join, pass } = person(context);
    await join('waiting');
    await hear({ ...TESTED, testing: ['down'] });
    assert.deepEqual(agreed, []);
    await hear(TESTED);
    assert.deepEqual(agreed, [true]);
    await join('waiting');
    await hear(admitted);
    await hear(tier(true, true));
    pass(2500);
    assert.deepEqual(agreed, [true]);
    pass(1000);
    assert.deepEqual(agreed, [true, true]);
  });

  it('are not while the tier says otherwise, admitted in the midst of a test or back after a lost link', async (context) => {
    const { agreed, hear, join, pass } = person(context);
    await join('waiting');
    await hear(admitted);
    await hear(tier(true, false));
    pass(10_000);
    assert.deepEqual(agreed, []);
    await join('admitted');
    await hear(admitted);
    await hear(tier(true, false));
    pass(10_000);
    assert.deepEqual(agreed, [false]);
  });

  it('are never decided on anew for a moment, nor where the browser cannot', async (context) => {
    const { agreed, hear, join, pass } = person(context);
    await join('admitted');
    for (const said of [tier(true, false), tier(true, true), tier(true, false), tier(false, false)]) {
      await hear(said);
      pass(1500);
    }
    pass(10_000);
    assert.deepEqual(agreed, []);
    await hear(tier(true, false));
    pass(2100);
    assert.deepEqual(agreed, [false]);
    context.mock.timers.reset();
    const other = person(context, false);
    await other.join('waiting');
    await other.hear(tier(true, false));
    other.pass(10_000);
    assert.deepEqual(other.agreed, []);
  });
});

describe('a report', () => {
  it('knows nothing of pictures that are counted from nothing, and all the same of speech', async () => {
    const stats = new Stats();
    /** @param {number} audio @param {number} video @returns {any} */
    const connection = (audio, video) => ({ getStats: async () => new Map(Object.entries({
      a: { type: 'inbound-rtp', kind: 'audio', packetsReceived: audio, packetsLost: 0 },
      v: { type: 'inbound-rtp', kind: 'video', packetsReceived: video, packetsLost: 5, bytesReceived: 100 * video },
    })) });
    for (const [audio, video, wanted] of [[10, 200, undefined], [20, 220, 20], [30, 4, undefined], [40, 10, 6]]) {
      const { down } = await stats.look(connection(Number(audio), Number(video)), null);
      stats.told();
      if (audio !== 10) assert.equal(down?.audio_packets, 10);
      assert.equal(down?.video_packets, wanted, `${video}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});

describe('the answer that the browser is shown', () => {
  const lines = (/** @type {string[]} */ ...text) => text.map((line) => `${line}\r\n`).join('');
  const head = lines('v=0', 'a=rtpmap:63 red/48000/2');
  const audio = lines('m=audio 9 UDP/TLS/RTP/SAVPF 111 63', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=0', 'a=rtpmap:63 red/48000/2');
  const video = lines('m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=rtpmap:96 VP8/90000');
  const speech = { kbps: 20, ptime: 40, fec: true, dtx: false };

  it('has RED first where packets are lost, and nothing else', () => {
    const first = (/** @type {string} */ sdp, /** @type {boolean} */ red) =>
      withSpeech({ type: 'answer', sdp }, { ...speech, red }).sdp?.match(/^m=.*$/gm);
    assert.deepEqual(first(head + audio + video, true), ['m=audio 9 UDP/TLS/RTP/SAVPF 63 111', 'm=video 9 UDP/TLS/RTP/SAVPF 96']);
    assert.deepEqual(first(head + audio + video, false), ['m=audio 9 UDP/TLS/RTP/SAVPF 111 63', 'm=video 9 UDP/TLS/RTP/SAVPF 96']);
    const without = lines('m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=rtpmap:111 opus/48000/2');
    assert.deepEqual(first(without, true), ['m=audio 9 UDP/TLS/RTP/SAVPF 111']);
  });
});

describe('a camera that is paused', () => {
  const sdp = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-fb:96 ccm fir\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n';
  const audio = { kbps: 20, ptime: 40, fec: true, dtx: false };
  const off = ENCODINGS.map((each) => ({ ...each, active: false }));

  it('sends nothing again of its last pictures; the next ones begin with that agreed', async () => {
    const { bandwidth, publisher, sends } = page();
    const shown = () => /** @type {any} */ (publisher).dress({ type: 'answer', sdp }).sdp.match(/nack.*$/gm);
    await bandwidth.hear({ type: 'send', encodings: ENCODINGS, audio });
    assert.deepEqual(shown(), ['nack', 'nack pli']);
    await bandwidth.hear({ type: 'send', encodings: off, audio });
    assert.equal(sends(), false);
    assert.deepEqual(shown(), ['nack pli']);
    const { limit } = publisher;
    /** @type {string[][]} */
    const before = [];
    publisher.limit = async (limits) => { before.push(shown()); return limit(limits); };
    await bandwidth.hear({ type: 'send', encodings: ENCODINGS, audio });
    assert.equal(sends(), true);
    assert.deepEqual(before, [['nack', 'nack pli']]);
  });
});

describe('the sizes of a camera', () => {
  const HD = 1280 * 720;
  const limits = (/** @type {number[]} */ ...on) => [180, 360, 720].map((height, i) =>
    ({ active: on.includes(i), height, fps: 20, maxBitrate: 1000 * height }));
  const heights = (/** @type {ReturnType<typeof spread>} */ out) => out.map((limit) => limit?.height ?? 0);

  it('are offered where more than two may be, three at a time, of which one is on', () => {
    assert.deepEqual(offered(1, true).map(({ rid, active }) => [rid, active]), [['l', true], ['m', false], ['h', false]]);
    assert.deepEqual(offered(1, false), [{ maxBitrate: 1 }]);
  });

  it('are those that the server names', () => {
    assert.deepEqual(heights(spread(limits(0, 2), 3, HD, true)), [180, 0, 720]);
    assert.deepEqual(heights(spread(limits(), 3, HD, true)), [0, 0, 0]);
    assert.deepEqual(heights(spread(limits(0).slice(0, 1), 3, HD, true)), [180, 0, 0]);
  });

  it('are one while nobody sees it, and in a browser that makes but one', () => {
    assert.deepEqual(heights(spread(limits(1, 2), 3, HD, false)), [180, 0, 0]);
    assert.deepEqual(heights(spread(limits(), 3, HD, false)), [0, 0, 0]);
    assert.deepEqual(heights(spread(limits(0), 1, HD, true)), [180]);
  });

  it('of a small camera are two at most', () => {
    assert.deepEqual(heights(spread(limits(0, 2), 3, 640 * 480, true)), [180, 720, 0]);
    assert.deepEqual(heights(spread(limits(2), 3, 640 * 480, true)), [0, 0, 720]);
    assert.deepEqual(heights(spread(limits(0, 1), 3, 640 * 480, true)), [180, 360, 0]);
  });

  it('that are off for now are not given up by the answer', () => {
    const sdp = 'a=rid:l recv\r\na=simulcast:recv l;~m;~h\r\n';
    assert.equal(withAllLayers({ type: 'answer', sdp }).sdp, 'a=rid:l recv\r\na=simulcast:recv l;m;h\r\n');
  });
});
