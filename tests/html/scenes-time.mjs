// SPDX-License-Identifier: GPL-3.0-or-later
/** The scenes in which the session's time is shown: every cue, on both pages. */

/** @typedef {import('./scenes.mjs').Event} Event */
/** @typedef {import('./scenes.mjs').Scene} Scene */
/** @typedef {(...events: Event[]) => Scene} Make */

/**
 * How the session's time stands: seconds left, of fifty minutes.
 * @param {number} left_s
 * @param {Record<string, unknown>} [more]
 * @returns {Event}
 */
const clock = (left_s, more = {}) => ({
  type: 'clock',
  room: 'r1',
  paused: false,
  hard: false,
  ran_ms: (3000 - left_s) * 1000,
  left_ms: left_s * 1000 - 1,
  length_s: 3000,
  end_ms: (10_800 - 3000 + left_s) * 1000,
  /* later than any page will be: it stands as it is */
  at_ms: 1e12,
  ...more,
});

/** What only a therapist is told. */
const MINE = { extend_s: 1200, pause_left_s: 900, next_waits: false };

/** @param {string} name @param {number} left_s @param {boolean} [shared] @returns {Event} */
const cue = (name, left_s, shared = false) => ({ type: 'cue', cue: name, left_s, shared });

/**
 * @param {Make} scene
 * @param {Event[]} inside leads into the session
 * @param {Event[]} waiting
 * @returns {Record<string, Scene>}
 */
export function clientTimes(scene, inside, waiting) {
  return {
    time: scene(...inside, clock(2280)),
    'time-shut': scene(...inside, clock(2280), { type: 'time-shut' }),
    'time-paused': scene(...inside, clock(1500, { paused: true })),
    'cue-five': scene(...inside, clock(300), cue('time', 300, true)),
    'cue-over': scene(...inside, clock(0), cue('over', 0, true)),
    'time-over': scene(...inside, clock(-200)),
    'cue-over-hard': scene(
      ...inside,
      clock(0, { hard: true, end_ms: 60_000 }),
      cue('over', 0, true),
    ),
    'waiting-no-show': scene(...waiting, cue('no_show', 0)),
  };
}

/**
 * @param {Make} scene
 * @param {Event[]} inside leads into the session
 * @param {Event[]} alone into a session that the others have left
 * @returns {Record<string, Scene>}
 */
export function therapistTimes(scene, inside, alone) {
  return {
    't-time': scene(...inside, clock(2280, MINE)),
    't-time-open': { ...scene(...inside, clock(1260, MINE)), open: '.time' },
    't-time-next': {
      ...scene(
        ...inside,
        clock(700, { ...MINE, extend_s: 420, next_waits: true, next_start: 1769853600 }),
      ),
      open: '.time',
    },
    't-time-full': {
      ...scene(...inside, clock(700, { ...MINE, extend_s: 0, pause_left_s: 0, next_waits: true })),
      open: '.time',
    },
    't-time-paused': { ...scene(...inside, clock(1500, { ...MINE, paused: true })), open: '.time' },
    't-cue-ten': scene(...inside, clock(600, MINE), cue('time', 600)),
    't-cue-five': scene(
      ...inside,
      clock(300, { ...MINE, extend_s: 420, next_waits: true, next_start: 1769853600 }),
      cue('time', 300, true),
    ),
    't-cue-over': scene(...inside, clock(0, MINE), cue('over', 0, true)),
    't-cue-over-hard': scene(
      ...inside,
      clock(0, { ...MINE, hard: true, end_ms: 60_000 }),
      cue('over', 0, true),
    ),
    't-time-over': scene(...inside, clock(-200, MINE)),
    't-cue-resumed': scene(...inside, clock(1500, { ...MINE, pause_left_s: 0 }), cue('resumed', 0)),
    'desk-closes': scene(
      ...alone,
      clock(1500, { ...MINE, closes_ms: 598_000 }),
    ),
    'desk-time-up': scene(...inside, { type: 'state', state: 'waiting', reason: 'time_up' }),
  };
}
