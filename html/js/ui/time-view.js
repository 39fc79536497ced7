// SPDX-License-Identifier: GPL-3.0-or-later
/** The session's time: its shape, what is said on the way, and what a therapist can do about it. */
import { hourOf, timeAt } from '../core/time.js';
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { button } from './parts.js';
import { define } from './time-element.js';

/** @typedef {import('./parts.js').Scene} Scene */

const STEPS = [5, 10];
const MINUTE_S = 60;
const EXTEND_MAX = 240;

define();

/** @param {Scene} scene */
function isTherapist({ state }) {
  return state.self?.role === 'therapist';
}

/**
 * The time left, as small as one wants it. For a therapist it opens; for everybody else a touch hides the words.
 * @param {Scene} scene
 */
export function timeShape(scene) {
  const { state, t, lang } = scene;
  if (!state.time) return null;
  const shut = state.time_shut;
  const time = h('app-time', { '.words': t, '.clock': state.time, '.language': lang, class: shut ? 'shut' : '' });
  if (isTherapist(scene))
    return h('details', { key: 'time', class: 'time' }, h('summary', null, time), panel(scene, state.time));
  return h(
    'button',
    { key: 'time', type: 'button', class: 'time', 'data-action': 'time-shut', 'aria-expanded': String(!shut) },
    shut ? h('span', { class: 'unseen' }, t('time.show')) : null,
    time,
    shut ? null : h('span', { class: 'unseen' }, t('time.hide')),
  );
}

/** @param {Scene} scene @param {import('../core/state.js').Event} clock */
function panel(scene, clock) {
  const { state, t, lang } = scene;
  const { left_s, over } = timeAt(clock, performance.now());
  const pause = Math.ceil(clock.pause_left_s / MINUTE_S);
  return h(
    'div',
    { class: 'panel' },
    !over && !clock.paused && h('p', null, t('time.until', { time: hourOf(lang, Date.now() + left_s * 1000) })),
    next(scene, clock),
    h('div', { class: 'give', role: 'group', 'aria-label': t('time.extend') }, h('h2', null, t('time.extend')), give(scene, clock)),
    h(
      'div',
      { class: 'buttons' },
      clock.paused
        ? button('resume-clock', t('time.resume'), { icon: 'clock' })
        : pause > 0 && button('pause-clock', t('time.pause'), { icon: 'pause' }),
      button('time-shut', t(state.time_shut ? 'time.show' : 'time.hide'), { kind: 'quiet' }),
    ),
    pause > 0 && h('p', { class: 'small' }, t('time.pause_left', { n: pause })),
  );
}

/** Who is waiting for the next appointment. @param {Scene} scene @param {import('../core/state.js').Event} clock */
function next({ t, lang }, clock) {
  if (!clock.next_waits) return null;
  const words = clock.next_start
    ? t('time.next', { time: hourOf(lang, clock.next_start * 1000) })
    : t('time.next_unknown');
  return h('p', { class: 'next' }, icon('people'), h('span', null, words));
}

/** @param {Scene} scene @param {import('../core/state.js').Event} clock */
function steps({ t }, clock) {
  return STEPS.filter((n) => clock.extend_s >= n * MINUTE_S).map((n) =>
    button('extend', t('time.plus', { n }), { 'data-minutes': n }),
  );
}

/** @param {Scene} scene @param {import('../core/state.js').Event} clock */
function give(scene, clock) {
  const { t } = scene;
  const most = Math.min(EXTEND_MAX, Math.floor(clock.extend_s / MINUTE_S));
  if (most < 1) return h('p', null, t('time.no_more'));
  return [
    h('div', { class: 'buttons' }, steps(scene, clock)),
    h(
      'form',
      { class: 'typed', 'data-submit': 'extend-typed' },
      h(
        'label',
        null,
        h('span', null, t('time.minutes')),
        h('input', { type: 'number', min: 1, max: most, step: 1, inputmode: 'numeric', autocomplete: 'off', required: true }),
      ),
      h('button', { type: 'submit', class: 'button' }, h('span', null, t('time.give'))),
    ),
  ];
}

/** @param {Scene} scene */
function cueWords(scene) {
  const { state, t } = scene;
  const cue = state.cue;
  if (!cue || cue.cue === 'no_show') return '';
  if (cue.cue === 'resumed') return t('cue.resumed');
  if (cue.cue === 'time')
    return cue.left_s < MINUTE_S
      ? t('cue.seconds', { n: cue.left_s })
      : t('cue.time', { n: Math.round(cue.left_s / MINUTE_S) });
  if (state.time?.hard) return t('cue.over_hard');
  return t(isTherapist(scene) ? 'cue.over' : 'cue.over_client');
}

/**
 * What was said of time last. The place is always there, so that screen readers hear what comes into it,
 * after whatever they are saying; nothing here takes the focus, and it goes by itself.
 * @param {Scene} scene
 */
export function cueNote(scene) {
  const { state, t } = scene;
  const words = cueWords(scene);
  const mine = Boolean(words) && isTherapist(scene);
  const clock = state.time;
  return h(
    'div',
    { key: 'cue', class: words ? 'cue said' : 'cue', 'data-cue': words ? state.cue?.cue : null },
    words && icon('clock'),
    words && h('app-passing', { '.about': state.cue }),
    h(
      'div',
      null,
      h(
        'div',
        { role: 'status' },
        words && h('p', { class: 'what' }, words),
        mine && state.cue?.cue !== 'resumed' && h('p', { class: 'small' }, t(state.cue?.shared ? 'cue.both' : 'cue.private')),
        mine && clock && next(scene, clock),
      ),
      mine && clock && state.cue?.cue !== 'resumed' && h('div', { class: 'buttons' }, steps(scene, clock)),
    ),
    words &&
      h(
        'button',
        { type: 'button', class: 'plain', 'data-action': 'cue-seen', 'aria-label': t('dismiss') },
        icon('close'),
      ),
  );
}

/** To a client who has waited long enough. @param {Scene} scene @param {string} name of the therapist */
export function noShow(scene, name) {
  const late = scene.state.cue?.cue === 'no_show' && !scene.state.therapist_present;
  return h(
    'div',
    { key: 'no-show', role: 'status' },
    late && h('div', { class: 'notice', 'data-cue': 'no_show' }, icon('clock'), h('p', null, scene.t('waiting.no_show', { name }))),
  );
}

/** @type {Record<string, string>} what a therapist is told who was not the one to end the session */
const ENDED = { time_up: 'desk.time_up', left_alone: 'desk.left_alone' };

/** At the desk: a session that is still open, or how the last one ended. @param {Scene} scene */
export function deskTime(scene) {
  const { state, t, lang } = scene;
  const closes_s = state.time && timeAt(state.time, performance.now()).closes_s;
  const ended = state.place === 'waiting' && ENDED[state.place_reason];
  const words =
    closes_s !== null
      ? t('desk.closes', { time: hourOf(lang, Date.now() + closes_s * 1000) })
      : ended
        ? t(ended)
        : state.cue?.cue === 'no_show'
          ? t('desk.no_show')
          : '';
  return h(
    'div',
    { key: 'time', class: words ? 'notice desk-time' : '' },
    words && icon('clock'),
    h(
      'div',
      null,
      h('p', { role: 'status' }, words),
      closes_s !== null && h('div', { class: 'buttons' }, button('end', t('desk.end_now'))),
    ),
  );
}
