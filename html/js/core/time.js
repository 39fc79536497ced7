// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How the time of a session stands now, from what the server said last. Pure: the clock is an argument,
 * in milliseconds of the same kind as `at_ms`.
 *
 * @typedef {import("./state.js").Event} Event
 * @typedef {object} Time
 * @property {boolean} paused
 * @property {number} left_s until the planned end, rounded up; below zero once it is over
 * @property {number} end_s until the end that comes by itself
 * @property {number | null} closes_s until it ends for lack of company, if it will
 * @property {boolean} over the planned end is behind
 * @property {boolean} ending it will end by itself, and soon
 * @property {number} part of the whole that is left, 0 to 1
 */

export const CUE_MS = 60_000; /* what was said of the time left goes by itself; the time stays */

const ENDING_S = 60;
const MINUTE_S = 60;

/**
 * @param {Event} clock
 * @param {number} now_ms
 * @returns {Time}
 */
export function timeAt(clock, now_ms) {
  const since = Math.max(0, now_ms - clock.at_ms);
  const passed = clock.paused ? 0 : since;
  const left_s = Math.ceil((clock.left_ms - passed) / 1000);
  const end_s = Math.max(0, Math.ceil((clock.end_ms - passed) / 1000));
  return {
    paused: Boolean(clock.paused),
    left_s,
    end_s,
    closes_s: clock.closes_ms === undefined ? null : Math.max(0, Math.ceil((clock.closes_ms - since) / 1000)),
    over: left_s <= 0,
    ending: (clock.hard || left_s <= 0) && end_s <= ENDING_S,
    part: Math.min(1, Math.max(0, left_s / Math.max(1, clock.length_s))),
  };
}

/**
 * The same in few words, for somebody who glances at it: whole minutes, and seconds only at the very end.
 * @param {import("../lib/i18n.js").Translate} t
 * @param {Time} time
 */
export function timeWords(t, { paused, left_s, end_s, over, ending }) {
  if (ending) return t('time.ends_in', { n: end_s });
  if (paused) return t('time.paused');
  if (over) {
    const n = Math.floor(-left_s / MINUTE_S);
    return n ? t('time.over', { n }) : t('time.over_now');
  }
  if (left_s < MINUTE_S) return t('time.last');
  return t('time.left', { n: Math.ceil(left_s / MINUTE_S) });
}

/**
 * An hour and minute of the day, as the language writes it.
 * @param {string} lang
 * @param {number} wall_ms Unix time
 */
export function hourOf(lang, wall_ms) {
  return new Intl.DateTimeFormat(lang, { hour: 'numeric', minute: '2-digit' }).format(wall_ms);
}
