// SPDX-License-Identifier: GPL-3.0-or-later
import { changed, deviceOf, nameOf, privacy } from '../core/keys.js';
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { button } from './parts.js';

/** @typedef {import('./parts.js').Scene} Scene */

const CHAT_MAX = 2000;

/** Who can hear this, and whether that was checked. @param {Scene} scene */
export function shield({ state, t }) {
  const how = privacy(state);
  if (how === 'changed') return null;
  const n = state.keys.members.length;
  const trouble = state.keys.check.step === 'failed' ? 'CHECK' : state.keys.trouble;
  return h(
    'div',
    { key: 'shield', class: `shield ${trouble ? 'troubled' : how}`, role: 'status', 'data-privacy': how },
    icon(how === 'none' || trouble ? 'unlock' : 'lock'),
    h('span', null, t(how === 'none' ? 'privacy.none' : 'privacy.members', { n })),
    how === 'checked' && h('span', { class: 'checked' }, icon('check'), t('privacy.checked')),
    trouble && h('span', { class: 'words' }, t(WORDS[trouble] ?? 'privacy.trouble.OTHER')),
    /* whoever must agree can also begin: nobody waits for somebody who has no button */
    how === 'new' && button('check', t('privacy.check'), { kind: 'quiet' }),
  );
}

/** What arrives of somebody cannot be decrypted: what happens now, and what to do. @param {Scene} scene */
export function unopened({ state, t }) {
  const names = state.peers
    .filter(({ participant, audio, video }) => (audio || video) && state.keys.unreadable.includes(participant))
    .map(({ name, role }) => name || t(`role.${role}`));
  if (names.length === 0 || privacy(state) === 'none') return null;
  return h(
    'div',
    { key: 'unopened', class: 'notice', role: 'status', 'data-unopened': names.length },
    h(
      'div',
      null,
      h('p', { class: 'what' }, t('privacy.unopened', { name: names.join(', ') })),
      h('p', null, t('privacy.unopened.advice')),
    ),
  );
}

/** @type {Record<string, string>} */
const WORDS = {
  SILENT: 'privacy.trouble.SILENT',
  REFUSED: 'privacy.trouble.REFUSED',
  FORK: 'privacy.trouble.FORK',
  CHECK: 'privacy.trouble.CHECK',
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

/** What is written to each other; kept nowhere. @param {Scene} scene */
export function chat({ state, t }) {
  const { chatting, chat: lines, members } = state.keys;
  if (!chatting || changed(state)) return null;
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
