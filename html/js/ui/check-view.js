// SPDX-License-Identifier: GPL-3.0-or-later
import { nameOf, others, trust } from '../core/keys.js';
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { button } from './parts.js';

/**
 * Whether nobody sits in between: the six digits, and the long code for when these cannot be used.
 * @typedef {import('./parts.js').Scene} Scene
 * @typedef {import('../lib/html.js').Anything} Anything
 */

/** @param {Scene} scene @param {string} key @param {string} title @param {Anything} content @param {string} [step] */
function frame({ t }, key, title, content, step) {
  return h(
    'div',
    { key, class: 'dialog', 'data-dialog': key.split('-')[0], 'data-step': step ?? '' },
    h('h2', { id: 'dialog-title' }, t(title)),
    content,
  );
}

/** @param {Scene} scene @param {string[]} pids */
function namesOf({ state, t }, pids) {
  return pids.map((pid) => nameOf(state, pid)).filter(Boolean).join(', ') || t('role.client');
}

/** The spoken check. @param {Scene} scene */
export function checkDialog(scene) {
  const { state } = scene;
  const { step, missing } = state.keys.check;
  const reads = state.page === 'therapist';
  const name = namesOf(scene, missing.length ? missing : others(state).map(({ pid }) => pid));
  return frame(scene, `check-${step}`, 'code.title', (STEPS[step] ?? STEPS.waiting)(scene, name, reads), step);
}

/** @type {Record<string, (scene: Scene, name: string, reads: boolean) => Anything>} */
const STEPS = {
  idle: ({ t }, name) => [h('p', null, t('code.explain', { name })), closing(t, 'check', t('code.begin'))],
  asked: ({ t }, name, reads) => [
    h('p', null, t(reads ? 'code.asked_reader' : 'code.asked', { name })),
    closing(t, 'check', t('code.begin')),
  ],
  waiting: ({ t }, name) => [h('p', { role: 'status' }, t('code.waiting', { name })), closing(t)],
  stopped: ({ t }, name) => [
    h('p', { role: 'status' }, t('code.stopped', { name })),
    closing(t, 'check', t('code.begin')),
  ],
  code: (scene, name, reads) => (reads ? reading(scene, name) : typing(scene, name)),
  done: ({ t }, name) => [
    h('p', { role: 'status' }, icon('check'), t('code.done', { name })),
    h('div', { class: 'buttons' }, button('check-close', t('done'), { kind: 'primary' })),
  ],
  failed,
};

/** @param {Scene} scene @param {string} name */
function failed({ t }, name) {
  return [
    h('p', { role: 'alert' }, icon('alert'), t('code.failed', { name })),
    h('div', { class: 'buttons' }, button('leave', t('control.leave'), { kind: 'danger' }), button('check-close', t('code.close'))),
  ];
}

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
    other(t),
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
    other(t),
  );
}

/** @param {import('../lib/i18n.js').Translate} t @param {string} [action] @param {string} [words] */
function closing(t, action, words = '') {
  return [
    h(
      'div',
      { class: 'buttons' },
      action && button(action, words, { kind: 'primary' }),
      button('check-close', t('cancel'), { kind: 'quiet' }),
    ),
    other(t),
  ];
}

/** The way out for who cannot use the six digits. @param {import('../lib/i18n.js').Translate} t */
function other(t) {
  return h('p', { class: 'another-way' }, button('long-code', t('long.open'), { kind: 'quiet' }));
}

/** Sixty digits with each of the others, to be compared group by group. @param {Scene} scene */
export function longDialog(scene) {
  const { state, t } = scene;
  const people = others(state);
  return frame(scene, 'long', 'long.title', [
    h('p', null, t('long.explain')),
    people.map((member) => pair(scene, member)),
    h('div', { class: 'buttons' }, button('check-close', t('code.close'))),
  ]);
}

/** @param {Scene} scene @param {import('../core/keys.js').Member} member */
function pair({ state, t }, member) {
  const code = state.keys.long.find(({ key }) => key === member.key)?.code;
  const name = nameOf(state, member.pid) || t(`role.${member.role}`);
  if (!code) return null;
  return h(
    'section',
    { key: member.key, class: 'long', 'data-long': member.pid },
    h('h3', null, t('long.with', { name })),
    h('p', { class: 'groups', dir: 'ltr' }, code.split(' ').map((digits, at) => h('span', { key: at }, digits))),
    trust(state, member) === 'verified'
      ? h('p', { role: 'status' }, icon('check'), t('long.done', { name }))
      : h(
        'div',
        { class: 'buttons' },
        button('long-match', t('long.match'), { kind: 'primary', 'data-key': member.key }),
        button('long-differ', t('long.differ'), { kind: 'danger' }),
      ),
  );
}
