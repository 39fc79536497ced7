// SPDX-License-Identifier: GPL-3.0-or-later
/** One packet in twenty is lost, both ways, from the admission on. */
import { progress, sleep } from './_measure.mjs';
import * as recorder from './_recorder.mjs';
import { figures, inSession, round } from './_rough.mjs';

const LOSS = 0.05;
const SETTLED_S = 40;
const SECONDS = { quick: 50, full: 120 };
const TIERS = ['audio_min', 'audio', 'low', 'medium', 'high'];

/** @param {recorder.Sample[]} part */
function lowestTier(part) {
  const seen = part.map(({ tier }) => TIERS.indexOf(tier)).filter((tier) => tier >= 0);
  return seen.length > 0 ? TIERS[Math.min(...seen)] : null;
}

/** @param {import('./admit.mjs').Stage} stage @param {import('./rough.mjs').Options} options */
export function measureLoss(stage, { quick }) {
  const seconds = quick ? SECONDS.quick : SECONDS.full;
  progress(`loss: ${100 * LOSS} % for ${seconds} s`);
  return inSession(stage, async (host, client) => {
    await sleep(seconds * 1000);
    const [heard, back] = [await recorder.endRecord(client), await recorder.endRecord(host)];
    const settled = recorder.between(heard, heard[0].at + SETTLED_S * 1000);
    return {
      loss: LOSS,
      ...figures(heard),
      audio_concealed_other_way: round(recorder.concealedPercent(back), 2),
      tier_at_40_s: settled[0]?.tier ?? null,
      lowest_tier_after_40_s: lowestTier(settled),
    };
  }, { loss: LOSS });
}
