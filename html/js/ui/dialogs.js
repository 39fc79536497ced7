// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { button, deviceChoice, level, notice, selfView } from './parts.js';

/** @typedef {import("./parts.js").Scene} Scene */

const TEXT_MAX = 200;
const READY_MADE = ['message.five', 'message.ten', 'message.soon'];

/** @type {Record<string, (scene: Scene) => import("../lib/html.js").VNode>} dialogs that other views bring along */
export const OWN = {};

/**
 * What the open dialog shows; null if none is open.
 * @param {Scene} scene
 */
export function dialog(scene) {
  const { state, t } = scene;
  const open = state.dialog;
  if (!open) return null;
  if (open.kind === 'devices') return devices(scene);
  const own = OWN[open.kind];
  if (own) return own(scene);
  const params = { name: open.name || t('role.client') };
  const danger = open.kind !== 'message';
  return h(
    'form',
    { key: open.kind, method: 'dialog', class: 'dialog', 'data-dialog': open.kind },
    h('h2', { id: 'dialog-title' }, t(`dialog.${open.kind}.title`, params)),
    h('p', null, t(`dialog.${open.kind}.text`, params)),
    open.kind === 'message' &&
      h(
        'div',
        { class: 'ready-made' },
        READY_MADE.map((key) =>
          h(
            'button',
            { type: 'button', class: 'button', 'data-action': 'say', 'data-text': t(key) },
            t(key),
          ),
        ),
      ),
    (open.kind === 'deny' || open.kind === 'message') &&
      h(
        'label',
        { class: 'choice' },
        h('span', null, t(`dialog.${open.kind}.field`)),
        h('input', { name: 'text', maxlength: TEXT_MAX, autocomplete: 'off', dir: 'auto' }),
      ),
    h(
      'div',
      { class: 'buttons' },
      button('confirm', t(`dialog.${open.kind}.yes`, params), {
        kind: danger ? 'danger' : 'primary',
      }),
      /* the harmless one has the focus first */
      button('cancel', t(danger ? `dialog.${open.kind}.no` : 'cancel', params), {
        autofocus: danger,
      }),
    ),
  );
}

/** @param {Scene} scene */
function devices(scene) {
  const { state, t } = scene;
  return h(
    'div',
    { key: 'devices', class: 'dialog', 'data-dialog': 'devices' },
    h('h2', { id: 'dialog-title' }, t('devices.title')),
    notice(scene),
    selfView(scene),
    state.has.audio && level(scene),
    deviceChoice(scene),
    h('div', { class: 'buttons' }, button('cancel', t('done'), { kind: 'primary' })),
  );
}
