// SPDX-License-Identifier: GPL-3.0-or-later
import { describe } from '../core/errors.js';
import { shownError } from '../core/state.js';
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { button, phone, whatToDo } from './parts.js';

/** @typedef {import("./parts.js").Scene} Scene */

/** The views after which nothing comes by itself. */

/** @param {Scene} scene */
export function goodbyeView(scene) {
  const { state, t } = scene;
  const reason = state.over ?? 'left';
  const name = state.self?.with || t('role.therapist');
  return h(
    'div',
    { class: 'card', 'data-over': reason },
    h(
      'span',
      { class: 'badge' },
      icon(reason === 'ended' || reason === 'left' ? 'check' : 'leave'),
    ),
    h('h1', { tabindex: '-1' }, t(`goodbye.${reason}.title`)),
    h('p', { class: 'lead' }, t(`goodbye.${reason}`, { name })),
    state.message &&
      reason === 'denied' &&
      h('blockquote', null, icon('message'), h('p', { dir: 'auto' }, state.message)),
    h('p', null, t('goodbye.close')),
    h(
      'div',
      { class: 'buttons stacked' },
      reason === 'left' &&
        !state.cleared &&
        button('rejoin', t('goodbye.back'), { kind: 'primary' }),
      !state.cleared &&
        state.page === 'client' &&
        button('clear', t('goodbye.clear'), { kind: 'quiet' }),
    ),
    h(
      'p',
      { class: 'small', role: 'status' },
      t(
        state.cleared
          ? 'goodbye.cleared'
          : state.page === 'client'
            ? 'goodbye.clear_words'
            : 'goodbye.therapist',
      ),
    ),
    phone(scene),
  );
}

/** @param {Scene} scene */
export function errorView(scene) {
  const { t } = scene;
  const name = shownError(scene.state);
  const { retry } = describe(name);
  return h(
    'div',
    { class: 'card', 'data-error': name },
    h('span', { class: 'badge warn' }, icon('alert')),
    h('h1', { tabindex: '-1' }, t('error.title')),
    h('div', { role: 'alert' }, whatToDo(scene, name)),
    retry === 'auto' && h('p', { class: 'small', role: 'status' }, t('error.trying')),
    retry !== 'never' &&
      h('div', { class: 'buttons stacked' }, button('retry', t('again'), { kind: 'primary' })),
    phone(scene),
  );
}
