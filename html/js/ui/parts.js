// SPDX-License-Identifier: GPL-3.0-or-later
import { describe } from '../core/errors.js';
import { browserFamily } from '../core/support.js';
import { h } from '../lib/html.js';
import { LANGUAGES } from '../lib/i18n.js';
import { icon } from './icons.js';

/**
 * What every view is given.
 * @typedef {object} Scene
 * @property {import("../core/state.js").State} state
 * @property {{preview: MediaStream | null, pairs: MediaStream[], audio: MediaStreamTrack | null}} media
 * @property {import("../lib/i18n.js").Translate} t
 * @property {string} lang
 */

/**
 * A button; its name is its text.
 * @param {string} action
 * @param {string} text
 * @param {{kind?: "primary" | "quiet" | "danger" | "exit", icon?: import("./icons.js").IconName} & Record<string, unknown>} [options]
 */
export function button(action, text, { kind, icon: picture, ...props } = {}) {
  return h(
    'button',
    { type: 'button', class: `button ${kind ?? ''}`.trim(), 'data-action': action, ...props },
    picture && icon(picture),
    h('span', null, text),
  );
}

/**
 * A switch in the bar of a session: what it is, and whether it is on, in words.
 * @param {Scene} scene
 * @param {string} action
 * @param {string} text
 * @param {[import("./icons.js").IconName, import("./icons.js").IconName]} pictures on, off
 * @param {boolean} on
 */
export function toggle({ t }, action, text, pictures, on) {
  return h(
    'button',
    {
      type: 'button',
      class: 'control',
      role: 'switch',
      'aria-checked': String(on),
      'data-action': action,
    },
    icon(pictures[on ? 0 : 1]),
    h('span', null, text),
    h('small', { 'aria-hidden': 'true' }, t(on ? 'on' : 'off')),
  );
}

/**
 * @param {string} action
 * @param {string} text
 * @param {import("./icons.js").IconName} picture
 * @param {Record<string, unknown>} [props]
 */
export function control(action, text, picture, props = {}) {
  const { class: extra, ...rest } = props;
  return h(
    'button',
    { type: 'button', class: `control ${extra ?? ''}`.trim(), 'data-action': action, ...rest },
    icon(picture),
    h('span', null, text),
  );
}

/** @param {Scene} scene */
export function languages({ t, lang }) {
  return h(
    'div',
    { class: 'languages', role: 'group', 'aria-label': t('languages') },
    Object.entries(LANGUAGES).map(([tag, name]) =>
      h(
        'button',
        {
          type: 'button',
          lang: tag,
          'data-action': `lang-${tag}`,
          'aria-pressed': String(tag === lang),
        },
        name,
      ),
    ),
  );
}

/**
 * What happened, and what to do.
 * @param {Scene} scene
 * @param {string} name of the error
 */
export function whatToDo({ t }, name) {
  const { group } = describe(name);
  const family = browserFamily(navigator.userAgent);
  return [
    h('p', { class: 'what' }, t(`error.${name}`)),
    h(
      'p',
      { class: 'todo' },
      t(group === 'permission' ? `permission.${family}` : `advice.${group}`),
    ),
  ];
}

/**
 * What went wrong beside the rest, with a way to put it right.
 * @param {Scene} scene
 * @param {...import("../lib/html.js").Anything} more
 */
export function notice(scene, ...more) {
  const { state, t } = scene;
  if (!state.notice) return null;
  return h(
    'section',
    { key: 'notice', class: 'notice', role: 'alert', 'data-error': state.notice },
    icon('alert'),
    h(
      'div',
      null,
      whatToDo(scene, state.notice),
      more.length > 0 && h('div', { class: 'buttons' }, more),
    ),
    !more.length &&
      h(
        'button',
        { type: 'button', class: 'plain', 'data-action': 'dismiss', 'aria-label': t('dismiss') },
        icon('close'),
      ),
  );
}

/** How the link is, in words; empty while all is well. @param {Scene} scene */
export function linkWords({ state, t }) {
  if (state.self && state.link.status !== 'up')
    return t(state.link.name === 'NO_NETWORK' ? 'link.offline' : 'link.lost');
  if (state.media_doubt.up || state.media_doubt.down) return t('link.weak');
  return '';
}

/** @param {Scene} scene @param {string} [otherwise] what to say while the link is well */
export function banner(scene, otherwise = '') {
  const words = linkWords(scene) || otherwise;
  return h(
    'div',
    { key: 'banner', class: 'banner', role: 'status', hidden: !words },
    words && icon('alert'),
    words && h('span', null, words),
  );
}

/** Whom to call when nothing works; in the same place everywhere. @param {Scene} scene */
export function phone({ state, t }) {
  if (!state.phone) return null;
  return h(
    'p',
    { key: 'phone', class: 'phone' },
    icon('phone'),
    h(
      'span',
      null,
      t('phone'),
      ' ',
      h(
        'a',
        { href: `tel:${state.phone.replace(/[^0-9+]/g, '')}` },
        h('bdi', { dir: 'ltr' }, state.phone),
      ),
    ),
  );
}

/**
 * The picture of oneself, or words in its place.
 * @param {Scene} scene
 * @param {string} [extra] class; then it is small, and the words are few
 */
export function selfView({ state, media, t }, extra = '') {
  const words = state.wanted === 'listen' ? 'self.listen' : 'self.voice';
  return h(
    'div',
    { key: 'self', class: `self ${extra}`.trim() },
    h('app-video', {
      key: 'self-video',
      '.side': 'self',
      '.stream': media.preview,
      '.label': t('self.label'),
      hidden: !state.has.video,
    }),
    !state.has.video &&
      h(
        'p',
        { class: 'no-picture' },
        icon('camera-off'),
        h('span', null, t(extra ? 'self.off' : words)),
      ),
  );
}

/** Camera and microphone to choose from. @param {Scene} scene */
export function deviceChoice({ state, t }) {
  const { cameras, microphones, camera, microphone } = state.devices;
  /** @param {string} kind @param {import("../core/state.js").Device[]} list @param {string} chosen */
  const choice = (kind, list, chosen) =>
    list.length > 0 &&
    h(
      'label',
      { key: kind, class: 'choice' },
      h('span', null, t(`choose.${kind}`)),
      h(
        'select',
        { 'data-change': kind },
        list.map((device, index) =>
          h(
            'option',
            {
              key: device.id,
              value: device.id,
              selected: device.id === chosen,
              '.selected': device.id === chosen,
            },
            device.label || t(`choose.${kind}_n`, { number: index + 1 }),
          ),
        ),
      ),
    );
  return [
    choice('camera', cameras, state.has.video ? camera : ''),
    choice('microphone', microphones, microphone),
  ];
}

/** @param {Scene} scene */
export function level({ state, media, t }) {
  return h(
    'div',
    { key: 'level', class: 'level' },
    h('app-level', { '.track': media.audio, 'aria-label': t('level.label') }),
    h(
      'p',
      { role: 'status' },
      state.heard && icon('check'),
      t(state.heard ? 'level.heard' : 'level.speak'),
    ),
  );
}
