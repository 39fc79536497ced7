// SPDX-License-Identifier: GPL-3.0-or-later
/** That something is recorded, seen and heard by everybody for as long as it is so, with the way to stop it. */
import { h } from '../lib/html.js';
import { OWN } from './dialogs.js';
import { icon } from './icons.js';
import { button, control } from './parts.js';

/** @typedef {import('./parts.js').Scene} Scene */

/** @type {Record<string, import('./icons.js').IconName>} */
const SIGNS = { on: 'record', paused: 'pause', waiting: 'clock' };

Object.assign(OWN, { record: recordDialog });

/** @param {Scene} scene */
function isActive({ state }) {
  return ['waiting', 'on', 'paused'].includes(state.recording?.state ?? '');
}

/** Over the people, always there: what comes into it is read aloud. @param {Scene} scene */
export function recordingSign(scene) {
  const { state, t } = scene;
  const { recording } = state;
  return h(
    'div',
    { key: 'recording', class: 'recording', role: 'status', 'data-recording': recording?.state ?? '' },
    recording && [
      icon(recording.reason === 'failed' ? 'alert' : SIGNS[recording.state] ?? 'check'),
      h('span', { class: 'words' }, words(scene)),
      asksTherapist(scene) && button('record-agree', t('recording.agree')),
      unanswered(state) && button('ask', t('consent.read'), { 'data-kind': unanswered(state) }),
      button(...way(scene)),
    ],
  );
}

/** @param {Scene} scene */
function words({ state, t }) {
  const { recording } = state;
  if (recording?.state === 'on') return t(recording.video ? 'recording.on_video' : 'recording.on');
  if (recording?.state === 'paused') return t('recording.paused');
  if (recording?.state === 'waiting') return t(recording.agreed ? 'recording.waiting' : 'recording.wished');
  return t(OVER[recording?.reason ?? ''] ?? 'recording.over.stopped');
}

/** @type {Record<string, string>} */
const OVER = {
  refused: 'recording.over.refused',
  silence: 'recording.over.silence',
  time: 'recording.over.time',
  ended: 'recording.over.ended',
  failed: 'recording.over.failed',
};

/**
 * The question that this person has not answered, and that a recording waits for; empty if there is none.
 * @param {import('../core/state.js').State} state
 */
export function unanswered({ recording, consent }) {
  if (!recording || recording.agreed || !['waiting', 'paused'].includes(recording.state)) return '';
  const open = consent?.kinds.find(({ kind, state }) => kind.startsWith('recording-') && (state === 'none' || state === 'expired'));
  return open?.kind ?? '';
}

/** Another therapist wants to record: this one agrees here, everybody else by their answers. @param {Scene} scene */
function asksTherapist({ state }) {
  const { recording, self, recordable } = state;
  return recordable && self?.role === 'therapist' && !recording?.agreed && ['waiting', 'paused'].includes(recording?.state ?? '');
}

/** What can be done about it. @param {Scene} scene @returns {Parameters<typeof button>} */
function way(scene) {
  const { state, t } = scene;
  if (!isActive(scene)) return ['recording-seen', t('done'), { kind: 'quiet' }];
  if (state.recording?.state === 'waiting') return ['record-stop', t('recording.no')];
  return ['record-stop', t('recording.stop'), { 'aria-label': t('recording.stop_name') }];
}

/** In a therapist's bar. @param {Scene} scene */
export function recordControl(scene) {
  const { state, t } = scene;
  if (!state.recordable || isActive(scene)) return null;
  return control('record', t('recording.control'), 'record');
}

/** @param {Scene} scene */
function recordDialog({ t }) {
  return h(
    'div',
    { key: 'record', class: 'dialog', 'data-dialog': 'record' },
    h('h2', { id: 'dialog-title' }, t('recording.ask.title')),
    h('p', null, t('recording.ask.text')),
    h('p', null, t('recording.ask.who')),
    h(
      'div',
      { class: 'buttons' },
      button('record-sound', t('recording.ask.sound'), { icon: 'microphone' }),
      button('record-both', t('recording.ask.both'), { icon: 'camera' }),
      button('cancel', t('cancel'), { kind: 'quiet', autofocus: true }),
    ),
  );
}
