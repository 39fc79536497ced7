// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { theirNetwork } from './network-view.js';
import { button } from './parts.js';
import { device } from './privacy-view.js';

/**
 * @typedef {import("./parts.js").Scene} Scene
 * @typedef {import("../core/state.js").Person} Person
 */

/** How many are not let in. @param {import('../core/state.js').State} state */
export function waitingCount(state) {
  return state.desk.people.filter((person) => person.state !== 'admitted').length;
}

/**
 * The therapist's list: who waits and who is inside, each with what can be done.
 * @param {Scene} scene
 */
export function people(scene) {
  const { desk } = scene.state;
  return h(
    'ul',
    { key: 'people', class: 'people' },
    desk.people.map((person) => row(scene, person)),
  );
}

/**
 * @param {Scene} scene
 * @param {Person} person
 */
function row(scene, person) {
  const { state, t, lang } = scene;
  const name = person.name || t(`role.${person.role}`);
  const inside = person.state === 'admitted';
  return h(
    'li',
    {
      key: person.participant,
      class: `person ${inside ? 'inside' : ''}`.trim(),
      'data-participant': person.participant,
      'data-state': person.state,
    },
    h(
      'div',
      { class: 'who' },
      h('span', { class: 'initial', 'aria-hidden': 'true' }, [...name][0]),
      h(
        'div',
        null,
        h(
          'p',
          { class: 'name' },
          h('bdi', null, name),
          person.role !== 'client' && h('small', { class: 'chip' }, t(`role.${person.role}`)),
        ),
        h('p', { class: 'state' }, stateWords(scene, person)),
        !inside && device(scene, person.participant),
        !inside && consent(scene, 'consent', CONSENT, person.consent),
        !inside && consent(scene, 'others', OTHERS, person.others),
        !inside && !person.away && theirNetwork(scene, person.network),
        !inside &&
          h(
            'p',
            { class: 'since' },
            icon('clock'),
            h(
              'span',
              null,
              t('desk.waits'),
              ' ',
              h('app-clock', { '.language': lang, '.since': state.desk.at_ms - person.waited_s * 1000 }),
            ),
          ),
      ),
    ),
    h(
      'div',
      { class: 'buttons' },
      inside ? insideButtons(scene, person, name) : waitingButtons(scene, person, name),
    ),
    !inside && whyNot(scene, person, name),
  );
}

/** @type {Record<string, string>} */
const CONSENT = { asked: 'desk.consent_asked', given: 'desk.consent_given', refused: 'desk.consent_refused' };

/** Whether those in the room agree to an observer or interpreter. @type {Record<string, string>} */
const OTHERS = { asked: 'desk.others_asked', given: 'desk.others_given', refused: 'desk.others_refused' };

/**
 * Whether what has to be agreed to was; never what was answered.
 * @param {Scene} scene
 * @param {"consent" | "others"} whose
 * @param {Record<string, string>} table
 * @param {string | undefined} said
 */
function consent({ t }, whose, table, said) {
  const words = table[said ?? ''];
  if (!words) return null;
  return h(
    'p',
    { key: whose, class: 'state', [`data-${whose}`]: said },
    icon('paper'),
    h('span', null, t(words)),
  );
}

/** Why somebody cannot be admitted now. @param {Scene} scene @param {Person} person @param {string} name */
function whyNot({ t }, person, name) {
  if (!closed(person)) return null;
  return h('p', { key: 'why', class: 'why', id: `why-${person.participant}` }, t(reason(person), { name }));
}

/** @param {Person} person */
function reason({ consent: given, others }) {
  if (given === 'asked') return 'desk.consent_wait';
  if (given === 'refused') return 'desk.consent_without';
  return others === 'asked' ? 'desk.others_wait' : 'desk.others_without';
}

/** @param {Person} person */
function closed({ consent: given, others }) {
  return [given, others].some((said) => said === 'asked' || said === 'refused');
}

/**
 * @param {Scene} scene
 * @param {Person} person
 */
function stateWords({ t }, person) {
  if (person.away) return [icon('alert'), h('span', null, t('desk.away'))];
  if (person.state === 'admitted') return [icon('people'), h('span', null, t('desk.inside'))];
  if (person.state === 'held') return [icon('pause'), h('span', null, t('desk.held'))];
  return person.ready
    ? [icon('check'), h('span', { class: 'ready' }, t('desk.ready'))]
    : [icon('clock'), h('span', null, t('desk.not_ready'))];
}

/**
 * @param {Scene} scene
 * @param {Person} person
 * @param {string} name
 */
function waitingButtons({ state, t }, person, name) {
  const about = { 'data-id': person.participant, 'data-knock': person.knock, 'data-name': name };
  /* inside one room, only who belongs there can be let in */
  const elsewhere =
    state.place === 'admitted' &&
    state.peers.length > 0 &&
    !state.desk.people.some((other) => other.state === 'admitted' && other.room === person.room);
  return [
    !elsewhere &&
      button('admit', t('desk.admit'), {
        kind: 'primary',
        ...about,
        disabled: closed(person),
        'aria-label': t('desk.admit_name', { name }),
        'aria-describedby': closed(person) ? `why-${person.participant}` : null,
      }),
    button('message', t('desk.not_now'), {
      icon: 'message',
      ...about,
      'aria-label': t('desk.not_now_name', { name }),
    }),
    button('deny', t('desk.deny'), {
      kind: 'quiet',
      ...about,
      'aria-label': t('desk.deny_name', { name }),
    }),
  ];
}

/**
 * @param {Scene} scene
 * @param {Person} person
 * @param {string} name
 */
function insideButtons({ t }, person, name) {
  const about = { 'data-id': person.participant, 'data-name': name };
  return [
    button('hold', t('desk.hold'), {
      icon: 'pause',
      ...about,
      'aria-label': t('desk.hold_name', { name }),
    }),
    button('remove', t('desk.remove'), {
      kind: 'quiet',
      ...about,
      'aria-label': t('desk.remove_name', { name }),
    }),
  ];
}
