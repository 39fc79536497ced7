// SPDX-License-Identifier: GPL-3.0-or-later
/** For the therapist, if something happens: where people are today, and whom to call. */
import { h } from '../lib/html.js';
import { OWN } from './dialogs.js';
import { button, control } from './parts.js';

/** @typedef {import("./parts.js").Scene} Scene */

OWN.emergency = emergencyDialog;

/** @param {Scene} scene */
const anybody = ({ state }) => Object.keys(state.desk.details).length > 0;

/** In the bar of a session. @param {Scene} scene */
export function emergencyControl(scene) {
  return anybody(scene) && control('emergency', scene.t('emergency.control'), 'phone');
}

/** At the desk, when the room has become empty without anybody ending the session. @param {Scene} scene */
export function emergencyButton(scene) {
  return anybody(scene) && button('emergency', scene.t('emergency.open'), { icon: 'phone' });
}

/** @param {Scene} scene */
function emergencyDialog({ state, t }) {
  return h(
    'div',
    { key: 'emergency', class: 'dialog', 'data-dialog': 'emergency' },
    h('h2', { id: 'dialog-title' }, t('emergency.title')),
    h('p', null, t('emergency.words')),
    Object.entries(state.desk.details).map(([id, { name, place, contact }]) =>
      h(
        'section',
        { key: id, class: 'emergency', 'data-about': id },
        h('h3', null, h('bdi', null, name || t('role.client'))),
        place || contact
          ? h('dl', null, line(t('emergency.place'), place, t), line(t('emergency.contact'), contact, t))
          : h('p', null, t('emergency.none')),
      ),
    ),
    h('div', { class: 'buttons' }, button('cancel', t('done'), { kind: 'primary' })),
  );
}

/** @param {string} what @param {string} said @param {import("../lib/i18n.js").Translate} t */
function line(what, said, t) {
  return [h('dt', null, what), h('dd', null, said ? h('bdi', null, said) : t('emergency.unsaid'))];
}
