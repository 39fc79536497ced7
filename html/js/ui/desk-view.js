// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { emergencyButton } from './emergency-view.js';
import { icon } from './icons.js';
import { ownNetwork } from './network-view.js';
import { button, notice, phone, selfView } from './parts.js';
import { people, waitingCount } from './people.js';
import { deskTime } from './time-view.js';

/** @typedef {import('./parts.js').Scene} Scene */

/** The therapist's desk: who waits, and oneself. @param {Scene} scene */
export function deskView(scene) {
  const { state, t } = scene;
  const n = waitingCount(state);
  const network = ownNetwork(scene);
  const poor = state.bandwidth.network?.warn;
  return h(
    'div',
    { class: 'desk' },
    h(
      'section',
      { class: 'card list-card', 'aria-labelledby': 'desk-title' },
      h('h1', { id: 'desk-title', tabindex: '-1' }, t('desk.title')),
      h('p', { class: 'lead', role: 'status' }, t(n ? 'desk.count' : 'desk.count_none', { n })),
      deskTime(scene),
      notice(scene),
      people(scene),
      !state.desk.people.length && h('p', { key: 'empty', class: 'empty' }, t('desk.empty')),
    ),
    h(
      'aside',
      { class: 'card', 'aria-label': t('desk.you') },
      h('h2', null, state.self?.name || t('desk.you')),
      state.wanted === 'none' ? start(scene) : own(scene),
      h('p', { class: 'small assure' }, icon('hidden'), h('span', null, t('desk.unseen'))),
      network && h('p', { key: 'network', class: `small assure ${poor ? 'poor' : ''}`.trim() }, network),
      h(
        'div',
        { class: 'buttons stacked' },
        emergencyButton(scene),
        chime(scene),
        button('leave', t('desk.leave'), { kind: 'quiet', icon: 'leave' }),
      ),
      phone(scene),
    ),
  );
}

/** @param {Scene} scene */
function start({ state, t }) {
  const disabled = state.starting;
  return h(
    'div',
    { key: 'start', class: 'stack' },
    h('p', null, t('desk.start_words')),
    h(
      'div',
      { class: 'buttons stacked' },
      button('start-devices', t('arrive.start'), { kind: 'primary', icon: 'camera', disabled }),
      button('start-voice', t('arrive.voice'), { icon: 'microphone', disabled }),
    ),
  );
}

/** @param {Scene} scene */
function own(scene) {
  return h(
    'div',
    { key: 'own', class: 'stack' },
    selfView(scene),
    button('devices', scene.t('devices.open'), { icon: 'settings' }),
  );
}

/** @param {Scene} scene */
function chime({ state, t }) {
  const on = state.desk.chime;
  return h(
    'button',
    {
      type: 'button',
      class: 'button',
      role: 'switch',
      'aria-checked': String(on),
      'data-action': 'chime',
    },
    icon('bell'),
    h('span', null, t('desk.chime')),
    h('small', { 'aria-hidden': 'true' }, t(on ? 'on' : 'off')),
  );
}
