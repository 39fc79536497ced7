// SPDX-License-Identifier: GPL-3.0-or-later
/** How long answers take: what is usual, and whether one came about as soon as ever. */

const SLACK_MS = 200;
/** While there is another reason to fear for the link. */
const SHORT_MS = 30;
const LEARN = 1 / 8;
/** While it is not as ever: a link that stays slow is one day's usual. */
const RELENT = 1 / 32;

/**
 * @param {number} usual_ms 0: nothing is known yet
 * @param {number} took_ms
 * @param {boolean} troubled
 */
export function learnAnswer(usual_ms, took_ms, troubled) {
  return usual_ms ? usual_ms + (took_ms - usual_ms) * (troubled ? RELENT : LEARN) : took_ms;
}

/** After how long an answer is late. @param {number} usual_ms @param {boolean} [feared] */
export function latestMs(usual_ms, feared = false) {
  return 2 * usual_ms + (feared ? SHORT_MS : SLACK_MS);
}

/** @param {number} usual_ms @param {number} took_ms @param {boolean} [feared] */
export function isPrompt(usual_ms, took_ms, feared = false) {
  return took_ms <= latestMs(usual_ms, feared);
}
