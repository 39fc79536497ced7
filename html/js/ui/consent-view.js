// SPDX-License-Identifier: GPL-3.0-or-later
/** What people are asked to agree to: one text at a time, and two equal answers. */
import { byGuardian, isShown, missing, pending, question, read, step, textOf, titleOf } from '../core/consent.js';
import { h } from '../lib/html.js';
import { answersDialog } from './answers-view.js';
import { define } from './consent-element.js';
import { blocks, trouble } from './consent-text.js';
import { detailFields } from './details-view.js';
import { OWN } from './dialogs.js';
import { icon } from './icons.js';
import { button, control, phone } from './parts.js';
import { unanswered } from './recording-view.js';
import { waitingFacts } from './waiting-view.js';

/**
 * @typedef {import("./parts.js").Scene} Scene
 * @typedef {import("../core/consent.js").Kind} Kind
 */

define();
Object.assign(OWN, { ask: askDialog, answers: answersDialog });

/** In place of the waiting view: a question, or that there can be no session. @param {Scene} scene */
export function consentView(scene) {
  const kind = question(scene.state);
  if (kind && scene.state.dialog?.kind !== 'ask') return askView(scene, kind);
  return missing(scene.state).length ? withoutView(scene) : null;
}

/** @param {Scene} scene @param {Kind} kind */
function askView(scene, kind) {
  const { state, t } = scene;
  const { n, of } = step(state, kind.kind);
  return h(
    'div',
    { key: 'ask', class: 'card asking', 'data-asks': kind.kind },
    of > 1 && h('p', { key: 'step', class: 'small step' }, t('consent.step', { n, of })),
    asked(scene, kind, 'h1'),
    h('div', { key: 'meanwhile', class: 'meanwhile stack' }, meanwhile(scene)),
    h('div', { key: 'way-out', class: 'buttons' }, button('leave', t('leave'), { kind: 'quiet', icon: 'leave' })),
    phone(scene),
  );
}

/** The waiting goes on behind the question. @param {Scene} scene */
function meanwhile(scene) {
  return waitingFacts(scene, scene.state.place === 'held', scene.state.self?.with || scene.t('role.therapist'));
}

/** One question by itself, over the session or out of the list. @param {Scene} scene */
function askDialog(scene) {
  const kind = question(scene.state);
  return h(
    'div',
    { key: `ask ${kind?.kind}`, class: 'dialog', 'data-dialog': 'ask', 'data-asks': kind?.kind },
    kind ? asked(scene, kind, 'h2') : h('h2', { id: 'dialog-title' }, scene.t('consent.nothing')),
    h('div', { key: 'way-out', class: 'buttons' }, button('cancel', scene.t('consent.later'), { kind: 'quiet' })),
  );
}

/**
 * @param {Scene} scene
 * @param {Kind} kind
 * @param {"h1" | "h2"} heading
 */
function asked(scene, kind, heading) {
  const { state, t, lang } = scene;
  const text = textOf(state, kind.kind, lang);
  const title = { tabindex: '-1', id: heading === 'h2' ? 'dialog-title' : null };
  if (!text) return [h(heading, { key: 'title', ...title }, t('arrive.opening')), trouble(scene, true)];
  const parts = read(text.text);
  const below = heading === 'h1' ? 'h2' : 'h3';
  const own = { lang: text.lang, dir: 'auto' };
  return [
    h('app-asked', { key: 'asked', '.text': text }),
    byGuardian(state, kind.kind) && h('p', { key: 'guardian', id: 'consent-guardian' }, h('strong', null, t('consent.guardian'))),
    h(
      'div',
      { key: `text ${text.kind} ${text.lang}`, class: 'consent-text', ...own },
      h(heading, title, parts.title),
      blocks(parts.blocks, below),
    ),
    detailFields(scene, kind),
    h(
      'div',
      { key: 'decide', class: 'decide' },
      h('section', { key: text.lang, class: 'if-no', ...own }, h(below, null, parts.no.title), blocks(parts.no.blocks, below)),
      choice(scene, kind, text),
    ),
    trouble(scene, false),
  ];
}

/** Two answers of the same size and weight. @param {Scene} scene @param {Kind} kind @param {import("../core/consent.js").Text} text */
function choice({ state, t }, { kind, required }, text) {
  const busy = state.asking.busy === kind;
  const guardian = byGuardian(state, kind);
  const props = {
    'data-kind': kind, disabled: Boolean(state.asking.busy) || !isShown(state, text),
    'aria-describedby': guardian ? 'consent-guardian consent-need' : 'consent-need',
  };
  return h(
    'div',
    { key: 'choice', class: 'choose' },
    h('p', { id: 'consent-need' }, t(required ? 'consent.required' : 'consent.optional')),
    h(
      'div',
      { class: 'buttons even' },
      button('consent-yes', t('consent.yes'), { key: `yes ${kind}`, ...props }),
      button('consent-no', t('consent.no'), { key: `no ${kind}`, ...props }),
    ),
    h('p', { class: 'small', role: 'status' }, busy && t('consent.keeping')),
  );
}

/** Nothing is wrong with a no. What it means, and what can be done. @param {Scene} scene */
function withoutView(scene) {
  const { state, t, lang } = scene;
  return h(
    'div',
    { key: 'without', class: 'card without' },
    h('h1', { tabindex: '-1' }, t('consent.without.title')),
    missing(state).map(({ kind, state: given }) =>
      h('p', { key: kind, class: 'lead' }, t(given === 'withdrawn' ? 'consent.without.withdrawn' : 'consent.without.refused', { name: titleOf(state, kind, lang) || kind }))),
    trouble(scene, false),
    h('p', null, t('consent.without.todo')),
    h('p', null, t('consent.without.mind')),
    h(
      'div',
      { class: 'buttons' },
      button('answers', t('consent.answers'), { icon: 'paper' }),
      button('leave', t('leave'), { kind: 'quiet', icon: 'leave' }),
    ),
    h('div', { key: 'meanwhile', class: 'meanwhile stack' }, meanwhile(scene)),
    phone(scene),
  );
}

/** While waiting, after the last question. @param {Scene} scene */
export function answered({ state, t }) {
  if (!state.consent?.kinds.length) return null;
  return h(
    'div',
    { key: 'answered', class: 'answered' },
    h('p', { class: 'small' }, t('consent.answered')),
    button('answers', t('consent.answers'), { kind: 'quiet', icon: 'paper' }),
  );
}

/** In the bar of a session. @param {Scene} scene */
export function answersControl({ state, t }) {
  return state.consent?.kinds.length ? control('answers', t('consent.control'), 'paper', { 'aria-label': t('consent.answers') }) : null;
}

/** In the session: something is still to be answered, or has become so. @param {Scene} scene */
export function openQuestion({ state, t }) {
  const next = pending(state)[0];
  /* what a recording waits for is asked where the recording is shown */
  if (!next || state.dialog || unanswered(state)) return null;
  return h(
    'div',
    { key: 'question', class: 'notice', role: 'status', 'data-pending': next.kind },
    icon('paper'),
    h('div', null, h('p', null, t('consent.open')), h('div', { class: 'buttons' }, button('ask', t('consent.read'), { 'data-kind': next.kind }))),
  );
}
