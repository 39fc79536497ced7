// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { icon, room } from './icons.js';
import { ownNetwork } from './network-view.js';
import { button, notice, phone, selfView } from './parts.js';
import { noShow } from './time-view.js';

/** @typedef {import("./parts.js").Scene} Scene */

/** @param {Scene} scene @param {import("../lib/html.js").Anything} [more] to be said last, quietly */
export function waitingView(scene, more = null) {
  const { state, t } = scene;
  const name = state.self?.name ?? '';
  const other = state.self?.with || t('role.therapist');
  const held = sentBack(state);
  const title = held
    ? t('waiting.held_title')
    : name
      ? t('waiting.title_name', { name })
      : t('waiting.title');
  return h(
    'div',
    { class: 'card wide waiting-card' },
    room(),
    h(
      'div',
      { class: 'stack' },
      h('h1', { tabindex: '-1' }, title),
      h('p', { class: 'lead', role: 'status' }, t(waitingWords(state), { name: other })),
      waitingFacts(scene, held, other),
      more,
    ),
    state.self?.role === 'observer'
      ? button('leave', t('leave'), { kind: 'quiet', icon: 'leave' })
      : h(
          'div',
          { class: 'below' },
          selfView(scene, 'little'),
          h(
            'div',
            { class: 'buttons' },
            button('devices', t('devices.open'), { icon: 'settings' }),
            button('leave', t('leave'), { kind: 'quiet', icon: 'leave' }),
          ),
        ),
    phone(scene),
  );
}

/**
 * What a person who waits wants to know, whatever else they are shown.
 * @param {Scene} scene
 * @param {boolean} held
 * @param {string} other
 */
export function waitingFacts(scene, held, other) {
  const { state, t } = scene;
  const present = state.therapist_present;
  const network = ownNetwork(scene);
  const poor = state.bandwidth.network?.warn;
  return [
    h(
      'ul',
      { class: 'facts' },
      h(
        'li',
        { key: 'present', class: present ? 'yes' : '' },
        icon(present ? 'check' : 'clock'),
        h(
          'span',
          { role: 'status' },
          t(present ? 'waiting.present' : 'waiting.absent', { name: other }),
        ),
      ),
      h(
        'li',
        { key: 'nobody' },
        icon('hidden'),
        h('span', null, t(held ? 'nobody_now' : 'nobody_yet')),
      ),
      network && h('li', { key: 'network', class: poor ? 'poor' : '' }, network),
    ),
    h(
      'div',
      { key: 'said', role: 'status' },
      state.message &&
        h(
          'blockquote',
          null,
          icon('message'),
          h(
            'div',
            null,
            h('p', { class: 'small' }, t('waiting.message', { name: other })),
            h('p', { dir: 'auto' }, state.message),
          ),
        ),
    ),
    noShow(scene, other),
    notice(scene),
  ];
}

/** @param {import("../core/state.js").State} state */
function waitingWords(state) {
  if (state.place_reason === 'therapist_left') return 'waiting.therapist_left';
  if (state.place_reason === 'others') return 'waiting.others';
  return sentBack(state) ? 'waiting.held' : 'waiting.lead';
}

/** By the therapist, not by having taken back what a session needs. @param {import("../core/state.js").State} state */
function sentBack({ place, place_reason }) {
  return place === 'held' && place_reason !== 'consent';
}
