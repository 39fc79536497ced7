// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { arriveView, checkView } from './arrive-views.js';
import { dialog } from './dialogs.js';
import { errorView, goodbyeView } from './last-views.js';
import { Page } from './page.js';
import { banner, button, control, languages } from './parts.js';
import { waitingView } from './waiting-view.js';

/** @typedef {import('./parts.js').Scene} Scene */

/** Not needed before somebody is let in, so not in the way of the first view. @type {typeof import('./session-view.js').session | null} */
let session = null;

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
    session?.(scene, control('leave', scene.t('control.leave'), 'leave', { class: 'danger' })),
  goodbye: goodbyeView,
  error: errorView,
};

export function define() {
  void import('./session-view.js').then((loaded) => (session = loaded.session));
  if (!customElements.get('app-client')) customElements.define('app-client', ClientPage);
}
