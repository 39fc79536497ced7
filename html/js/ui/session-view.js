// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { bandwidth, voiceOnly } from './bandwidth-view.js';
import { button, control, notice, toggle } from './parts.js';
import { OWN } from './dialogs.js';
import { checkDialog, longDialog } from './check-view.js';
import { chat, shield, stranger, unopened } from './privacy-view.js';
import { recordingSign } from './recording-view.js';
import { stage } from './stage.js';
import { cueNote, timeShape } from './time-view.js';

/** @typedef {import('./parts.js').Scene} Scene */

Object.assign(OWN, { check: checkDialog, long: longDialog });

/**
 * The session, on either page: the people, what has to be said over them, and the controls.
 * @param {Scene} scene
 * @param {import('../lib/html.js').Anything} more controls of this page, the last of them the way out
 * @param {import('../lib/html.js').Anything} [side]
 * @param {import('../lib/html.js').Anything} [said] more to be said over the people
 */
export function session(scene, more, side = null, said = null) {
  const { state, t } = scene;
  const sends = state.self?.role !== 'observer';
  return [
    h('h1', { key: 'title', class: 'unseen', tabindex: '-1' }, t('session.title')),
    stranger(scene) ?? stage(scene),
    h(
      'div',
      { key: 'over', class: 'over-stage' },
      h('div', { key: 'signs', class: 'signs' }, timeShape(scene), shield(scene)),
      bandwidth(scene),
      recordingSign(scene),
      unopened(scene),
      notice(scene),
      silence(scene),
      sends && start(scene),
      said,
    ),
    chat(scene),
    cueNote(scene),
    h(
      'div',
      { key: 'bar', class: 'bar', role: 'group', 'aria-label': t('controls') },
      sends && devices(scene),
      control('chat', state.keys.unread ? t('chat.unread', { n: state.keys.unread }) : t('chat.title'), 'message', {
        'aria-expanded': String(state.keys.chatting),
      }),
      more,
    ),
    side,
  ];
}

/** The browser plays no sound until it is touched. @param {Scene} scene */
function silence({ state, t }) {
  if (!state.playback_blocked) return null;
  return h(
    'div',
    { key: 'play', class: 'notice', role: 'alert' },
    h(
      'div',
      null,
      h('p', null, t('play.words')),
      button('play', t('play.button'), { kind: 'primary' }),
    ),
  );
}

/** Let in before any device was on. @param {Scene} scene */
function start({ state, t }) {
  if (state.wanted !== 'none') return null;
  const disabled = state.starting;
  return h(
    'div',
    { key: 'start', class: 'notice', role: 'alert' },
    h(
      'div',
      null,
      h('p', null, t('session.silent')),
      h(
        'div',
        { class: 'buttons' },
        button('start-devices', t('arrive.start'), { kind: 'primary', disabled }),
        button('start-voice', t('arrive.voice'), { disabled }),
      ),
    ),
  );
}

/** @param {Scene} scene */
function devices(scene) {
  const { state, t } = scene;
  return [
    toggle(
      scene,
      'mute',
      t('control.microphone'),
      ['microphone', 'microphone-off'],
      state.sends.audio,
    ),
    toggle(scene, 'camera', t('control.camera'), ['camera', 'camera-off'], state.has.video),
    voiceOnly(scene),
    control('devices', t('control.devices'), 'settings'),
  ];
}
