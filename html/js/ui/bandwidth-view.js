// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { toggle } from './parts.js';

/** @typedef {import('./parts.js').Scene} Scene */

/** Reasons that lie in a link; the others are steps up, choices and operators. */
const WEAK = new Set(['loss', 'delay', 'estimate', 'concealed', 'silence', 'trial']);

/**
 * What is done about bandwidth and why, as the key of a text; '' while there is nothing to say.
 * What concerns this person's own link comes first: that they can do something about.
 * @param {import('../core/state.js').State} state
 */
export function weakness(state) {
  const { why, video, paused, send, voice_only, unheard } = state.bandwidth;
  const { peers } = state;
  if (voice_only) return 'weak.choice';
  if (unheard) return 'weak.own_off';
  /* the test while waiting has found so */
  if (why === 'start' && !video) return 'weak.own_off';
  if (WEAK.has(why) && video && paused.length > 0) return 'weak.own_some';
  if (WEAK.has(why)) return video ? 'weak.own_small' : 'weak.own_off';
  if (send.why === 'uplink') return send.paused ? 'weak.own_off' : 'weak.own_small';
  if (why === 'ops' || send.why === 'ops') return 'weak.ops';
  if (send.why === 'encoder') return 'weak.encoder';
  if (send.paused && peers.length > 0) return 'weak.other_off';
  return WEAK.has(send.why) && peers.length > 0 ? 'weak.other_small' : '';
}

/** The same in words. @param {Scene} scene */
export function bandwidth({ state, t }) {
  const words = weakness(state);
  return h(
    'div',
    { key: 'weak', class: 'weak', role: 'status', hidden: !words, 'data-weak': words, 'data-tier': state.bandwidth.tier },
    words && icon(words === 'weak.choice' ? 'ear' : 'alert'),
    words && h('span', null, t(words)),
  );
}

/** Voice only, chosen by oneself. @param {Scene} scene */
export function voiceOnly(scene) {
  const { voice_only } = scene.state.bandwidth;
  return toggle(scene, 'voice-only', scene.t('control.voice_only'), ['ear', 'ear'], voice_only);
}

/** Over the softened last picture of somebody. @param {Scene} scene @param {string} name */
export function pausedPicture({ t }, name) {
  return h('p', { key: 'paused', class: 'paused', role: 'status' }, icon('pause'), h('span', null, t('peer.paused', { name })));
}
