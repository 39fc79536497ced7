// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What one page hears, sees and sends, ten times a second, by the browser's own count: the same for every
 * system that is measured. start() runs in the page.
 */
const EVERY_MS = 100;

/**
 * @typedef {object} Sample all but `at` are totals since the connection began, or null
 * @property {number} at Date.now()
 * @property {number} samples of speech played
 * @property {number} concealed of these, made up where packets were missing, silence left out
 * @property {number} silent of these, silence where so much was missing that nothing was made up any more
 * @property {number} heard packets of speech that came
 * @property {number} frames decoded
 * @property {number} video_bytes of pictures that came
 * @property {string} tier what our page is told of its link; elsewhere ''
 * @property {number | null} target_bps what the encoder of the camera aims at now
 */

/** @param {number} everyMs */
function start(everyMs) {
  /** @type {Sample[]} */
  const record = [];
  const probe = /** @type {any} */ (window).probe;
  const take = async () => {
    const { tier = '' } = /** @type {HTMLElement | null} */ (document.querySelector('.weak'))?.dataset ?? {};
    const sample = { at: Date.now(), samples: 0, concealed: 0, silent: 0, heard: 0, frames: 0, video_bytes: 0, tier, target_bps: /** @type {number | null} */ (null) };
    for (const connection of probe.connections) {
      if (connection.connectionState === 'closed') continue;
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type === 'inbound-rtp' && stat.kind === 'audio') {
          sample.samples += stat.totalSamplesReceived ?? 0;
          sample.concealed += (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0);
          sample.silent += stat.silentConcealedSamples ?? 0;
          sample.heard += stat.packetsReceived ?? 0;
        }
        if (stat.type === 'inbound-rtp' && stat.kind === 'video') {
          sample.frames += stat.framesDecoded ?? 0;
          sample.video_bytes += stat.bytesReceived ?? 0;
        }
        /* of every size that the camera is sent in */
        if (stat.type === 'outbound-rtp' && stat.kind === 'video')
          sample.target_bps = (sample.target_bps ?? 0) + (stat.active === false ? 0 : (stat.targetBitrate ?? 0));
      }
    }
    record.push(sample);
  };
  const timer = setInterval(() => void take(), everyMs);
  Object.assign(window, { record, endRecord: () => clearInterval(timer) });
}

/** @param {import('../e2e/browser.mjs').Page} page */
export function startRecord(page) {
  return page.evaluate(start, EVERY_MS);
}

/** @param {import('../e2e/browser.mjs').Page} page @returns {Promise<Sample[]>} */
export function endRecord(page) {
  return page.evaluate(() => {
    /** @type {any} */ (window).endRecord();
    return /** @type {any} */ (window).record;
  });
}

/** @param {Sample[]} record @param {number} from Date.now() @param {number} [to] */
export function between(record, from, to = Infinity) {
  return record.filter(({ at }) => at >= from && at < to);
}

/** @param {Sample[]} part @param {(sample: Sample) => number} count */
function percentOf(part, count) {
  const [first, last] = [part[0], part[part.length - 1]];
  const samples = last.samples - first.samples;
  return samples > 0 ? (100 * (count(last) - count(first))) / samples : 100;
}

/** The share of speech that was made up, in percent. @param {Sample[]} part */
export function concealedPercent(part) {
  return percentOf(part, ({ concealed }) => concealed);
}

/**
 * The same with the silence of long gaps. How soon a browser falls silent in a gap depends on what was just said, so
 * this says more about radio, where most of it is outages. @param {Sample[]} part
 */
export function missingPercent(part) {
  return percentOf(part, ({ concealed, silent }) => concealed + silent);
}

/** The longest stretch without speech of its own, within the grain of the record. @param {Sample[]} part */
export function longestGapMs(part) {
  let [gap, longest] = [0, 0];
  for (let i = 1; i < part.length; i++) {
    const samples = part[i].samples - part[i - 1].samples;
    const made = part[i].concealed - part[i - 1].concealed;
    const span = part[i].at - part[i - 1].at;
    const share = samples > 0 ? Math.min(1, made / samples) : 0;
    gap += share * span;
    longest = Math.max(longest, gap);
    // Speech was heard again within this step: what was missing of it may go on into the next.
    if (share < 0.95) gap = share > 0.3 ? share * span : 0;
  }
  return Math.round(longest);
}

/** @param {Sample[]} part */
export function framesIn(part) {
  return part.length ? part[part.length - 1].frames - part[0].frames : 0;
}

/** Pictures a second. @param {Sample[]} part */
export function fpsIn(part) {
  return part.length > 1 ? (1000 * framesIn(part)) / (part[part.length - 1].at - part[0].at) : 0;
}

/** kbit/s of pictures. @param {Sample[]} part */
export function videoKbps(part) {
  const [first, last] = [part[0], part[part.length - 1]];
  return part.length > 1 ? (8 * (last.video_bytes - first.video_bytes)) / (last.at - first.at) : 0;
}

/** How often our page was told of another tier. @param {Sample[]} part */
export function switchesIn(part) {
  return part.filter(({ tier }, i) => i > 0 && tier !== part[i - 1].tier).length;
}

/**
 * Seconds from @from until a count has grown by @by beyond what it was then; null if it never does.
 * @param {Sample[]} record @param {number} from @param {'heard' | 'frames'} count @param {number} by
 */
export function secondsUntilGrown(record, from, count, by) {
  const before = record.findLast(({ at }) => at <= from) ?? record[0];
  const then = record.find((sample) => sample.at > from && sample[count] >= before[count] + by);
  return then ? Math.max(0, Math.round((then.at - from) / 100) / 10) : null;
}

/** What the encoder aimed at in the middle of all samples. @param {Sample[]} part */
export function usualTarget(part) {
  const sorted = part.map(({ target_bps: target }) => target ?? 0).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/**
 * Seconds from @from until the encoder's aim passes a test, and goes on passing it for @lastsMs; null if never.
 * @param {Sample[]} record @param {number} from @param {(bps: number) => boolean} test @param {number} [lastsMs]
 */
export function secondsUntil(record, from, test, lastsMs = 0) {
  const part = between(record, from);
  for (const { at } of part) {
    const span = part.filter((sample) => sample.at >= at && sample.at <= at + lastsMs);
    if (span.every(({ target_bps: target }) => test(target ?? 0))) return Math.round((at - from) / 100) / 10;
  }
  return null;
}
