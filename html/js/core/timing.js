// SPDX-License-Identifier: GPL-3.0-or-later
/** When to do what: all the waiting times of the pages, in one place. */

export const KEEPALIVE_MS = 25_000;
export const ANSWER_MS = 15_000; /* a request unanswered for so long means the link is dead */
export const PROBE_MS = 4_000; /* the same, when there is a reason to doubt the link */
export const OPEN_MS = 10_000;
export const ICE_DOUBT_MS = 3_000; /* "disconnected" for so long: restart ICE */
export const ICE_GIVE_UP_MS = 12_000; /* a restart that has not helped: connect from the beginning */
export const SETTLE_MS = 500; /* after the list moved under the pointer, "admit" is not taken */
export const HEARD_MS = 3_000; /* from "we can hear you" to going on by itself */
export const CHECK_IDLE_MS = 60_000; /* going on by itself even if nothing was heard */
export const REPORT_MS = 1_000; /* how often a page tells what it sees of its link, */
export const REPORT_SOON_MS = 250; /* and while pictures arrive, or something is wrong with it */
export const REPORT_NOW_MS = 150; /* and at once when speech begins to come late, but no sooner than that */
export const LATE_WORD_MS = 100; /* how often the server is told how late speech comes, while it does, */
export const LATE_WORDS = 8; /* and for how many times, until it is over */
export const SHIFT_MS = 5_000; /* three presses of Shift within this leave the page */

const FIRST_MS = 400;
const MOST_MS = 2_000;

/**
 * How long to wait before the next attempt to connect: doubling, with jitter of half either way, so
 * that a room full of people does not come back in the same instant.
 * @param {number} attempt from 0
 * @param {number} random in [0, 1)
 */
export function backoff(attempt, random) {
  const base = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(base * (0.5 + random));
}
