// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { button, deviceChoice, level, notice, phone, selfView } from './parts.js';

/** @typedef {import("./parts.js").Scene} Scene */

/** @param {Scene} scene */
export function arriveView(scene) {
  const { state, t } = scene;
  if (!state.self)
    return h(
      'div',
      { class: 'card' },
      h('h1', null, t('arrive.opening')),
      h('p', { role: 'status' }, t('arrive.moment')),
    );
  const name = state.self.name;
  const other = state.self.with;
  return h(
    'div',
    { class: 'card' },
    h('h1', { tabindex: '-1' }, name ? t('arrive.hello_name', { name }) : t('arrive.hello')),
    h('p', { class: 'lead' }, other ? t('arrive.with', { name: other }) : t('arrive.with_nobody')),
    notice(scene, deviceWays(scene)),
    !state.notice &&
      h(
        'div',
        { class: 'buttons stacked' },
        button('start-devices', t('arrive.start'), {
          kind: 'primary',
          icon: 'camera',
          disabled: state.starting,
        }),
        button('start-voice', t('arrive.voice'), { icon: 'microphone', disabled: state.starting }),
      ),
    h(
      'p',
      { class: 'small', role: 'status' },
      t(state.starting ? 'arrive.allow_now' : 'arrive.allow'),
    ),
    h('p', { class: 'small assure' }, icon('hidden'), h('span', null, t('nobody_yet'))),
    name &&
      h('p', { class: 'small' }, button('not-me', t('arrive.not_me', { name }), { kind: 'quiet' })),
    phone(scene),
  );
}

/** Ways on when a device did not work. @param {Scene} scene */
function deviceWays({ state, t }) {
  const silent = !state.has.audio;
  return [
    button('start-devices', t('again'), { kind: 'primary', disabled: state.starting }),
    silent &&
      state.notice === 'DEVICE_FAILED' &&
      button('start-voice', t('arrive.voice'), { disabled: state.starting }),
    silent && button('start-listen', t('arrive.listen'), { disabled: state.starting }),
  ];
}

/** @param {Scene} scene */
export function checkView(scene) {
  const { state, t } = scene;
  return h(
    'div',
    { class: 'card wide check-card' },
    h('h1', { tabindex: '-1' }, t('check.title')),
    h(
      'div',
      { class: 'halves' },
      selfView(scene),
      h(
        'div',
        { class: 'stack' },
        notice(scene),
        state.has.audio ? level(scene) : h('p', null, t('self.listen')),
        deviceChoice(scene),
        h(
          'div',
          { class: 'buttons' },
          state.wanted !== 'listen' &&
            button('camera', t(state.has.video ? 'check.camera_off' : 'check.camera_on'), {
              icon: state.has.video ? 'camera-off' : 'camera',
            }),
          state.has.audio &&
            button('echo', t(state.sends.echo ? 'check.echo_off' : 'check.echo_on'), {
              icon: 'ear',
            }),
        ),
        state.sends.echo && h('p', { class: 'small', role: 'status' }, t('check.echo_words')),
      ),
    ),
    state.sends.echo &&
      h('app-video', {
        key: 'echo',
        class: 'only-sound',
        '.side': 'echo',
        '.stream': scene.media.pairs[0] ?? null,
      }),
    h('div', { class: 'buttons stacked' }, button('join', t('check.done'), { kind: 'primary' })),
    h('p', { class: 'small assure' }, icon('hidden'), h('span', null, t('nobody_yet'))),
    phone(scene),
  );
}
