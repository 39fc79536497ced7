// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { pausedPicture } from './bandwidth-view.js';
import { icon } from './icons.js';
import { selfView } from './parts.js';

/** @typedef {import("./parts.js").Scene} Scene */

/**
 * The people of the room, large, and oneself, small.
 * @param {Scene} scene
 */
export function stage(scene) {
  const { state, t } = scene;
  const peers = state.peers;
  return h(
    'div',
    { key: 'stage', class: 'stage', 'data-count': Math.max(1, peers.length) },
    peers.length
      ? peers.map((peer) => tile(scene, peer))
      : h('p', { class: 'alone', role: 'status' }, alone(scene)),
    state.self?.role !== 'observer' &&
      (state.self_hidden
        ? h(
            'button',
            { key: 'show-self', type: 'button', class: 'show-self', 'data-action': 'self-view' },
            t('self.show'),
          )
        : h(
            'div',
            { key: 'own', class: 'own' },
            selfView(scene, 'little'),
            h(
              'button',
              {
                type: 'button',
                class: 'plain',
                'data-action': 'self-view',
                'aria-label': t('self.hide'),
              },
              icon('close'),
            ),
          )),
  );
}

/** @param {Scene} scene */
function alone({ state, t }) {
  return state.self?.with ? t('session.alone_with', { name: state.self.with }) : t('session.alone');
}

/**
 * @param {Scene} scene
 * @param {import("../core/state.js").Peer} peer
 */
function tile(scene, peer) {
  const { state, media, t } = scene;
  const stream = peer.slot >= 0 ? media.pairs[peer.slot] : null;
  const name = peer.name || t(`role.${peer.role}`);
  const words = peer.away
    ? t('peer.away', { name })
    : !peer.video
      ? t('peer.no_video', { name })
      : '';
  const paused = !words && state.bandwidth.paused.includes(peer.participant);
  return h(
    'figure',
    { key: peer.participant, class: 'tile', 'data-peer-id': peer.participant },
    h('app-video', {
      '.side': 'peer',
      '.stream': stream ?? null,
      '.label': name,
      class: words ? 'dim' : paused ? 'soft' : '',
    }),
    paused && pausedPicture(scene, name),
    words &&
      h(
        'div',
        { key: 'instead', class: 'instead' },
        h('span', { class: 'initial', 'aria-hidden': 'true' }, [...name][0]),
        h('p', { role: 'status' }, words),
      ),
    h(
      'figcaption',
      null,
      !peer.audio && icon('microphone-off'),
      h('bdi', null, name),
      !peer.audio && h('small', null, t('peer.muted')),
    ),
  );
}
