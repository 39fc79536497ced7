// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Nothing passes for 3 s, both ways, several times. When pictures stop is seen in front of the link, where the
 * server's packets come to it; when they and speech are back, in the page.
 */
import { capture } from '../lab/capture.mjs';
import { progress, sleep } from './_measure.mjs';
import * as recorder from './_recorder.mjs';
import { clientHost, figures, inSession } from './_rough.mjs';

/** @typedef {import('../lab/capture.mjs').Datagram} Datagram */

const OUTAGE_MS = 3000;
const GOOD_MS = 12_000;
const ROUNDS = { quick: 2, full: 6 };
/** Three packets and three pictures: more than what was still under way. */
const BACK = 3;

/** What is most of all that was sent: the pictures. Speech that is sent twice can be as large as a part of one. @param {Datagram[]} sent */
function onlyPictures(sent) {
  /** @type {Map<number, number>} */
  const bytesOf = new Map();
  for (const { ssrc, bytes } of sent) bytesOf.set(ssrc, (bytesOf.get(ssrc) ?? 0) + bytes);
  const [[most]] = [...bytesOf].sort(([, a], [, b]) => b - a);
  return sent.filter(({ ssrc }) => ssrc === most);
}

/** Seconds after @begun in which the last part of a picture was sent towards the client. @param {Datagram[]} pictures @param {number} begun */
function lastPictureS(pictures, begun) {
  const last = pictures.findLast(({ at_ms: at }) => at < begun + OUTAGE_MS);
  return last ? Math.max(0, Math.round((last.at_ms - begun) / 100) / 10) : null;
}

/** @param {(number | null)[]} values */
function worst(values) {
  return values.includes(null) ? null : Math.max(...values.map(Number));
}

/** @param {import('./admit.mjs').Stage} stage @param {import('./rough.mjs').Options} options */
export function measureOutage(stage, { quick }) {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  progress(`outage: ${rounds} of ${OUTAGE_MS} ms`);
  return inSession(stage, async (host, client) => {
    const home = clientHost(stage);
    const wire = await capture(stage.scene.lab.router, home.farEnd);
    /** @type {{begun: number, ended: number}[]} */
    const outages = [];
    for (let i = 0; i < rounds; i++) {
      await sleep(GOOD_MS);
      await home.link.set({ loss: 1 });
      const begun = Date.now();
      await sleep(OUTAGE_MS);
      await home.link.set({ loss: 0 });
      outages.push({ begun, ended: Date.now() });
      progress(`outage from ${begun % 1_000_000} to ${Date.now() % 1_000_000}`);
    }
    await sleep(GOOD_MS);
    const [seen, back] = [await recorder.endRecord(client), await recorder.endRecord(host)];
    const sent = (await wire.stop()).filter(({ kind, from }) => kind === 'rtp' && from === stage.scene.lab.server.address);
    const pictures = onlyPictures(sent);
    const gated = outages.map(({ begun }) => lastPictureS(pictures, begun));
    const voice = outages.map(({ ended }) => recorder.secondsUntilGrown(seen, ended, 'heard', BACK));
    const picture = outages.map(({ ended }) => recorder.secondsUntilGrown(seen, ended, 'frames', BACK));
    return {
      outage_ms: OUTAGE_MS, rounds,
      gated_s: worst(gated), voice_back_s: worst(voice), picture_back_s: worst(picture),
      voice_back_other_way_s: worst(outages.map(({ ended }) => recorder.secondsUntilGrown(back, ended, 'heard', BACK))),
      picture_back_other_way_s: worst(outages.map(({ ended }) => recorder.secondsUntilGrown(back, ended, 'frames', BACK))),
      each: outages.map((_, i) => [gated[i], voice[i], picture[i]]),
      ...figures(seen),
    };
  });
}
