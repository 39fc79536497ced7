// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { icon } from './icons.js';

/**
 * @typedef {import('./parts.js').Scene} Scene
 * @typedef {import('../core/bandwidth.js').Network} Network
 */

/** @type {Record<string, string>} */
const OWN = { testing: 'network.testing', good: 'network.good', fair: 'network.fair', weak: 'network.weak' };

/** @type {Record<string, string>} */
const THEIRS = {
  testing: 'desk.network_testing',
  good: 'desk.network_good',
  fair: 'desk.network_fair',
  weak: 'desk.network_weak',
};

/** @type {Record<string, import('./icons.js').IconName>} */
const PICTURES = { testing: 'clock', good: 'check' };

/** @param {Network} network */
function picture({ level, warn }) {
  return icon(PICTURES[level] ?? (warn ? 'alert' : 'ear'));
}

/** How one's own connection is, and what helps; nothing while nothing is known. @param {Scene} scene */
export function ownNetwork({ state, t }) {
  const { network } = state.bandwidth;
  const words = network && (network.voice_only ? 'network.voice' : OWN[network.level]);
  if (!network || !words) return null;
  return [
    picture(network),
    h(
      'span',
      { role: 'status', 'data-network': network.level },
      t(words),
      network.warn && h('span', { class: 'advice' }, t('network.advice')),
    ),
  ];
}

/** The same of somebody who waits, in a few words. @param {Scene} scene @param {Network | undefined} network */
export function theirNetwork({ t }, network) {
  const words = network && (network.voice_only ? 'desk.network_voice' : THEIRS[network.level]);
  if (!network || !words) return null;
  return h(
    'p',
    { key: 'network', class: `state ${network.warn ? 'poor' : ''}`.trim(), 'data-network': network.level },
    picture(network),
    h('span', null, t(words)),
  );
}
