// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Looks every second whether everything that was sent was encrypted: what the browser counts as sent may
 * not be more than what went through the worker. If it is, all sending stops.
 *
 * @typedef {{line: string, sender: RTCRtpSender}} Line
 */

const PERIOD_MS = 1000;
/** Some browsers count a frame as sent a moment before it goes through the worker; of every size of a camera. */
const SLACK = 10;

/**
 * How many frames (voice: packets, one frame each) the browser has sent on a line.
 * @param {Iterable<[string, any]>} report
 */
export function framesSent(report) {
  let frames = 0;
  for (const [, entry] of report) {
    if (entry.type !== 'outbound-rtp') continue;
    frames += entry.kind === 'video' ? entry.framesSent ?? 0 : (entry.packetsSent ?? 0) - (entry.retransmittedPacketsSent ?? 0);
  }
  return frames;
}

/** In how many streams that is. @param {Iterable<[string, any]>} report */
function streamsOf(report) {
  return [...report].filter(([, entry]) => entry.type === 'outbound-rtp').length;
}

/**
 * @param {{name: string, sent: number, streams?: number}[]} sent counted before `out` was
 * @param {Record<string, number>} out
 */
export function leaking(sent, out) {
  return sent.some(({ name, sent: frames, streams = 1 }) => frames > (out[name] ?? 0) + SLACK * streams);
}

/**
 * @param {() => Line[]} lines
 * @param {import("./keeper.js").Keeper} keeper
 * @param {() => void} stop
 * @returns {() => void} ends it
 */
export function watch(lines, keeper, stop) {
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    try {
      const now = lines();
      if (now.some(({ sender }) => !sender.transform)) return stop();
      const sent = await Promise.all(now.map(async ({ line, sender }) => {
        const report = /** @type {any} */ (await sender.getStats());
        return { name: line, sent: framesSent(report), streams: streamsOf(report) };
      }));
      if (sent.some((each) => each.sent > 0) && leaking(sent, (await keeper.counts()).out)) stop();
    } catch {
      /* the worker does not answer: nothing passes it then either; a closed line has no statistics */
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(look, PERIOD_MS);
  return () => clearInterval(timer);
}
