// SPDX-License-Identifier: GPL-3.0-or-later
/** How a person has answered what they were asked: to look at, to change, to take home. */
import { read, textOf } from '../core/consent.js';
import { h } from '../lib/html.js';
import { blocks, trouble } from './consent-text.js';
import { icon } from './icons.js';
import { button } from './parts.js';

/**
 * @typedef {import("./parts.js").Scene} Scene
 * @typedef {import("../core/consent.js").Kind} Kind
 */

/** Each kind with its answer, and how to change it. @param {Scene} scene */
export function answersDialog(scene) {
  const { state, t } = scene;
  const kinds = state.consent?.kinds ?? [];
  return h(
    'div',
    { key: 'answers', class: 'dialog', 'data-dialog': 'answers' },
    h('h2', { id: 'dialog-title' }, t('consent.answers')),
    h('p', null, t('consent.answers_words')),
    trouble(scene, false),
    h('ul', { class: 'answers' }, kinds.map((kind) => answer(scene, kind))),
    h('p', { class: 'small' }, t('consent.receipts')),
    h('div', { class: 'buttons' }, button('cancel', t('done'), { kind: 'primary' })),
  );
}

const STATES = {
  none: 'consent.state.none',
  granted: 'consent.state.granted',
  refused: 'consent.state.refused',
  withdrawn: 'consent.state.withdrawn',
  expired: 'consent.state.expired',
};

/** @param {Scene} scene @param {Kind} kind */
function answer(scene, kind) {
  const { state, t, lang } = scene;
  const text = textOf(state, kind.kind, lang);
  const parts = text && read(text.text);
  const name = parts?.title ?? kind.kind;
  const own = { lang: text?.lang, dir: 'auto' };
  return h(
    'li',
    { key: kind.kind, 'data-kind': kind.kind, 'data-state': kind.state },
    h('h3', own, name),
    h(
      'p',
      { class: 'state', tabindex: '-1', 'data-answer': kind.kind },
      icon(kind.state === 'granted' ? 'check' : kind.state === 'none' ? 'clock' : 'close'),
      h('span', { role: 'status' }, t(STATES[kind.state] ?? STATES.none)),
    ),
    parts && h(
      'details',
      null,
      h('summary', null, t('consent.text')),
      h('div', { class: 'consent-text', ...own }, blocks(parts.blocks, 'h4'), h('h4', null, parts.no.title), blocks(parts.no.blocks, 'h4')),
    ),
    kind.required && kind.state === 'granted' && h('p', { class: 'small', id: `stops-${kind.kind}` }, t('consent.stops')),
    h('div', { class: 'buttons' }, change(scene, kind, name), receipt(scene, kind, name)),
  );
}

/** @param {Scene} scene @param {Kind} kind @param {string} name */
function change({ state, t }, { kind, state: given, required }, name) {
  const disabled = Boolean(state.asking.busy);
  if (given === 'granted')
    return button('consent-withdraw', t('consent.withdraw'), {
      key: 'withdraw', 'data-kind': kind, disabled, 'aria-label': t('consent.withdraw_name', { name }),
      'aria-describedby': required ? `stops-${kind}` : null,
    });
  const words = given === 'none' ? 'consent.read' : 'consent.after_all';
  const named = given === 'none' ? 'consent.read_name' : 'consent.after_all_name';
  return button('ask', t(words), { key: 'ask', 'data-kind': kind, disabled, 'aria-label': t(named, { name }) });
}

/** @param {Scene} scene @param {Kind} kind @param {string} name */
function receipt({ state, t }, { kind }, name) {
  if (!state.asking.receipts[kind]) return null;
  return [
    button('receipt-keep', t('consent.keep'), { key: 'keep', 'data-kind': kind, 'aria-label': t('consent.keep_name', { name }) }),
    button('receipt-print', t('consent.print'), { key: 'print', kind: 'quiet', 'data-kind': kind, 'aria-label': t('consent.print_name', { name }) }),
  ];
}
