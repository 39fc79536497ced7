// SPDX-License-Identifier: GPL-3.0-or-later
import { changed, deviceOf, nameOf, others, privacy } from '../core/keys.js';
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { button } from './parts.js';

/** @typedef {import('./parts.js').Scene} Scene */

const CHAT_MAX = 2000;

/** Who can hear this, and whether that was checked; in words. @param {Scene} scene */
export function shield({ state, t }) {
  const how = privacy(state);
  const n = state.keys.members.length;
  const trouble = state.keys.trouble;
  return h(
    'div',
    { key: 'shield', class: `shield ${trouble ? 'troubled' : how}`, role: 'status', 'data-privacy': how },
    icon(how === 'none' || trouble ? 'unlock' : 'lock'),
    h('span', null, t(how === 'none' ? 'privacy.none' : 'privacy.members', { n })),
    how === 'checked' && h('span', { class: 'checked' }, icon('check'), t('privacy.checked')),
    trouble && h('span', { class: 'words' }, t(WORDS[trouble] ?? 'privacy.trouble.OTHER')),
    how === 'new' && state.self?.role !== 'observer' && button('check', t('privacy.check'), { kind: 'quiet' }),
  );
}

/** @type {Record<string, string>} */
const WORDS = {
  SILENT: 'privacy.trouble.SILENT',
  REFUSED: 'privacy.trouble.REFUSED',
  FORK: 'privacy.trouble.FORK',
};
const DEVICES = { new: 'device.new', verified: 'device.verified', changed: 'device.changed' };

/** In place of the stage: somebody's key is not the one that was checked. @param {Scene} scene */
export function stranger(scene) {
  const { state, t } = scene;
  const member = changed(state);
  if (!member) return null;
  const name = nameOf(state, member.pid) || t('role.client');
  return h(
    'section',
    { key: 'stranger', class: 'stranger', role: 'alert' },
    icon('alert'),
    h('h2', null, t('privacy.changed.title', { name })),
    h('p', null, t('privacy.changed.text', { name })),
    h(
      'div',
      { class: 'buttons' },
      button('accept-key', t('privacy.changed.go_on'), { kind: 'danger' }),
      button('leave', t('control.leave'), { kind: 'primary' }),
    ),
  );
}

/** Beside a person who waits: is it the device that was checked? @param {Scene} scene @param {string} pid */
export function device({ state, t }, pid) {
  const how = deviceOf(state, pid);
  if (!how) return null;
  return h(
    'p',
    { class: `device ${how}`, 'data-device': how },
    icon(how === 'changed' ? 'alert' : how === 'verified' ? 'check' : 'lock'),
    h('span', null, t(DEVICES[how])),
  );
}

/** The spoken check. @param {Scene} scene */
export function checkDialog(scene) {
  const { state, t } = scene;
  const { step } = state.keys.check;
  const reads = state.page === 'therapist';
  const name = others(state).map(({ pid }) => nameOf(state, pid)).filter(Boolean).join(', ') || t('role.client');
  return h(
    'div',
    { key: `check-${step}`, class: 'dialog', 'data-dialog': 'check', 'data-step': step },
    h('h2', { id: 'dialog-title' }, t('code.title')),
    (STEPS[step] ?? STEPS.waiting)(scene, name, reads),
  );
}

/** @type {Record<string, (scene: Scene, name: string, reads: boolean) => import('../lib/html.js').Anything>} */
const STEPS = {
  idle: ({ t }, name) => [h('p', null, t('code.explain', { name })), closing(t, 'check', t('code.begin'))],
  asked: ({ t }, name) => [h('p', null, t('code.asked', { name })), closing(t, 'check', t('code.begin'))],
  waiting: ({ t }, name) => [h('p', { role: 'status' }, t('code.waiting', { name })), closing(t)],
  code: (scene, name, reads) => (reads ? reading(scene, name) : typing(scene, name)),
  done: ({ t }, name) => [
    h('p', { role: 'status' }, icon('check'), t('code.done', { name })),
    h('div', { class: 'buttons' }, button('check-close', t('done'), { kind: 'primary' })),
  ],
  failed: ({ t }, name) => [
    h('p', { role: 'alert' }, icon('alert'), t('code.failed', { name })),
    h('div', { class: 'buttons' }, button('leave', t('control.leave'), { kind: 'danger' }), button('check-close', t('code.close'))),
  ],
};

/** @param {Scene} scene @param {string} name */
function reading({ state, t }, name) {
  const { code } = state.keys.check;
  return [
    h('p', null, t('code.read', { name })),
    h('p', { class: 'digits', dir: 'ltr' }, `${code.slice(0, 3)} ${code.slice(3)}`),
    h(
      'div',
      { class: 'buttons' },
      button('check-match', t('code.match', { name }), { kind: 'primary' }),
      button('check-differ', t('code.differ'), { kind: 'danger' }),
      button('check-close', t('cancel'), { kind: 'quiet' }),
    ),
  ];
}

/** @param {Scene} scene @param {string} name */
function typing({ state, t }, name) {
  return h(
    'form',
    { key: 'typing', 'data-submit': 'check-type' },
    h(
      'label',
      { class: 'choice' },
      h('span', null, t('code.type', { name })),
      h('input', {
        name: 'digits', class: 'digits', inputmode: 'numeric', maxlength: 7, autocomplete: 'off', dir: 'ltr', autofocus: true,
      }),
    ),
    state.keys.check.tries > 0 && h('p', { role: 'alert' }, t('code.wrong')),
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'submit', class: 'button primary' }, h('span', null, t('code.compare'))),
      button('check-close', t('cancel'), { kind: 'quiet' }),
    ),
  );
}

/** @param {import('../lib/i18n.js').Translate} t @param {string} [action] @param {string} [words] */
function closing(t, action, words = '') {
  return h(
    'div',
    { class: 'buttons' },
    action && button(action, words, { kind: 'primary' }),
    button('check-close', t('cancel'), { kind: 'quiet' }),
  );
}

/** What is written to each other; kept nowhere. @param {Scene} scene */
export function chat({ state, t }) {
  const { chatting, chat: lines, members } = state.keys;
  if (!chatting) return null;
  return h(
    'section',
    { key: 'chat', class: 'chat', 'aria-label': t('chat.title') },
    h('p', { class: 'hint' }, t('chat.hint')),
    h(
      'ol',
      { class: 'lines', role: 'log' },
      lines.map(({ mine, from, text }, index) =>
        h(
          'li',
          { key: index, class: mine ? 'mine' : '' },
          h('small', null, mine ? t('chat.me') : h('bdi', null, from)),
          h('p', { dir: 'auto' }, text),
        )),
    ),
    h(
      'form',
      { key: 'write', 'data-submit': 'chat-send' },
      h(
        'label',
        { class: 'choice' },
        h('span', { class: 'unseen' }, t('chat.write')),
        h('input', { name: 'line', maxlength: CHAT_MAX, autocomplete: 'off', dir: 'auto', placeholder: t('chat.write'), disabled: members.length < 2 }),
      ),
      h('button', { type: 'submit', class: 'button primary', disabled: members.length < 2 }, h('span', null, t('chat.send'))),
    ),
  );
}
