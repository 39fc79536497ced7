// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { arriveView, checkView } from './arrive-views.js';
import { dialog } from './dialogs.js';
import { errorView, goodbyeView } from './last-views.js';
import { Page } from './page.js';
import { banner, button, control, languages } from './parts.js';
import { session } from './session-view.js';
import { waitingView } from './waiting-view.js';

/** @typedef {import('./parts.js').Scene} Scene */

/** The page of a client, guest or observer. */
class ClientPage extends Page {
  /** @param {Scene} scene */
  draw(scene) {
    const { state, t } = scene;
    const title = t('quick_exit.hint');
    return [
      h(
        'header',
        { class: 'top' },
        button('quick-exit', t('quick_exit'), { kind: 'exit', title }),
        languages(scene),
      ),
      banner(scene),
      h(
        'main',
        { 'data-view': state.view, 'data-place': state.place ?? '' },
        h('div', { key: state.view, class: `view ${state.view}` }, VIEWS[state.view](scene)),
      ),
      h('app-dialog', { '.content': dialog(scene) }),
    ];
  }
}

/** @type {Record<import('../core/state.js').View, (scene: Scene) => import('../lib/html.js').Anything>} */
const VIEWS = {
  arrive: arriveView,
  check: checkView,
  waiting: waitingView,
  session: (scene) =>
    session(scene, control('leave', scene.t('control.leave'), 'leave', { class: 'danger' })),
  goodbye: goodbyeView,
  error: errorView,
};

export function define() {
  if (!customElements.get('app-client')) customElements.define('app-client', ClientPage);
}
