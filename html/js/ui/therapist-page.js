// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { deskView } from './desk-view.js';
import { dialog } from './dialogs.js';
import { emergencyControl } from './emergency-view.js';
import { icon } from './icons.js';
import { errorView, goodbyeView } from './last-views.js';
import { Page } from './page.js';
import { banner, control, languages, toggle } from './parts.js';
import { people, waitingCount } from './people.js';
import { recordControl } from './recording-view.js';
import { session } from './session-view.js';

/** @typedef {import('./parts.js').Scene} Scene */

/** The page of a therapist: the desk, and the session. */
class TherapistPage extends Page {
  /** @param {Scene} scene */
  draw(scene) {
    const { view, place, draining } = scene.state;
    return [
      h('header', { class: 'top' }, languages(scene)),
      banner(scene, draining ? scene.t(view === 'session' ? 'draining.session' : 'draining.desk') : ''),
      h(
        'main',
        { 'data-view': view, 'data-place': place ?? '' },
        h('div', { key: view, class: `view ${view} for-therapist` }, VIEWS[view](scene)),
      ),
      h('app-dialog', { '.content': dialog(scene) }),
    ];
  }
}

/** @type {Record<import('../core/state.js').View, (scene: Scene) => import('../lib/html.js').Anything>} */
const VIEWS = {
  arrive: openingView,
  check: openingView,
  waiting: deskView,
  session: (scene) => session(scene, controls(scene), others(scene)),
  goodbye: goodbyeView,
  error: errorView,
};

/** @param {Scene} scene */
function openingView({ t }) {
  return h(
    'div',
    { class: 'card' },
    h('h1', null, t('arrive.opening')),
    h('p', { role: 'status' }, t('arrive.moment')),
  );
}

/** @param {Scene} scene */
function controls(scene) {
  const { state, t } = scene;
  const one = state.peers.length === 1 ? state.peers[0] : null;
  const lock = state.locked ? 'unlock' : 'lock';
  return [
    toggle(scene, lock, t('control.lock'), ['lock', 'unlock'], state.locked),
    one &&
      control('hold', t('control.hold'), 'pause', {
        'data-id': one.participant,
        'data-name': one.name,
      }),
    recordControl(scene),
    emergencyControl(scene),
    control('end', t('control.end'), 'leave', { class: 'danger' }),
  ];
}

/** Who else waits: there to be looked at, silent. @param {Scene} scene */
function others(scene) {
  const n = waitingCount(scene.state);
  return h(
    'details',
    { key: 'side', class: 'side' },
    h(
      'summary',
      null,
      icon('people'),
      h('span', null, scene.t(n ? 'desk.others' : 'desk.others_none', { n })),
    ),
    people(scene),
  );
}

export function define() {
  if (!customElements.get('app-therapist')) customElements.define('app-therapist', TherapistPage);
}
