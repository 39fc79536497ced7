// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Who of several people is speaking: whoever has been the loudest for a while. A cough changes nothing, and two who
 * take turns quickly are not chased.
 *
 * @typedef {{energy: number, power: number}} Voice `energy`: the browser's running total, full scale squared times seconds
 * @typedef {{voices: Record<string, Voice>, who: string, since_ms: number, at_ms: number}} Loudest
 */

/** Quieter than that nobody speaks: about 40 dB below full scale. */
const SPEECH = 1e-4;
const LOUDER = 2;
const SMOOTH_MS = 2000;
export const HOLD_MS = 8000;

/** @returns {Loudest} */
export function nobodyYet() {
  return { voices: {}, who: '', since_ms: -HOLD_MS, at_ms: 0 };
}

/**
 * @param {Voice | undefined} voice
 * @param {number} energy
 * @param {number} span_ms
 * @returns {Voice}
 */
function heard(voice, energy, span_ms) {
  /* a new connection counts from nothing */
  if (!voice || energy < voice.energy) return { energy, power: 0 };
  const now = (1000 * (energy - voice.energy)) / span_ms;
  return { energy, power: voice.power + (now - voice.power) * Math.min(1, span_ms / SMOOTH_MS) };
}

/**
 * @param {Loudest} before
 * @param {Record<string, number>} energies of everybody who may be chosen
 * @param {number} at_ms
 * @returns {Loudest}
 */
export function listen(before, energies, at_ms) {
  const span_ms = at_ms - before.at_ms;
  if (span_ms <= 0) return before;
  const voices = Object.fromEntries(Object.entries(energies)
    .map(([who, energy]) => [who, heard(before.voices[who], energy, span_ms)]));
  const who = before.who in voices ? before.who : '';
  const [first] = Object.keys(voices).sort((a, b) => voices[b].power - voices[a].power);
  const next = { ...before, voices, who, at_ms };
  if (!first || first === who || voices[first].power < SPEECH) return next;
  if (who && (at_ms - before.since_ms < HOLD_MS || voices[first].power < LOUDER * voices[who].power)) return next;
  return { ...next, who: first, since_ms: at_ms };
}
