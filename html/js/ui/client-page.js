// SPDX-License-Identifier: GPL-3.0-or-later
import { h } from '../lib/html.js';
import { arriveView, checkView } from './arrive-views.js';
import { errorView, goodbyeView } from './last-views.js';
import { Page } from './page.js';
import { banner, button, control, languages } from './parts.js';

/** @typedef {import('./parts.js').Scene} Scene */

/** @type {typeof import('./client-later.js') | null} */
let later = null;

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
      h('app-dialog', { '.content': later?.dialog(scene) ?? null }),
    ];
  }
}

/** @type {Record<import('../core/state.js').View, (scene: Scene) => import('../lib/html.js').Anything>} */
const VIEWS = {
  arrive: arriveView,
  check: checkView,
  waiting: (scene) => later?.waitingView(scene) ?? null,
  session: (scene) =>
    later?.session(
      scene,
      control('leave', scene.t('control.leave'), 'leave', { class: 'danger' }),
    ) ?? null,
  goodbye: goodbyeView,
  error: errorView,
};

/** The views behind the first one, how they look, and their texts. @param {Promise<unknown>} texts */
async function loadLater(texts) {
  for (const name of ['session', 'time']) {
    const look = document.createElement('link');
    look.rel = 'stylesheet';
    look.href = `css/${name}.css`;
    document.head.append(look);
  }
  const views = import('./client-later.js');
  await texts;
  later = await views;
  /** @type {ClientPage | null} */ (document.querySelector('app-client'))?.redraw();
}

/** @param {Promise<unknown>} [texts] of the views behind the first one */
export function define(texts = Promise.resolve()) {
  void loadLater(texts);
  if (!customElements.get('app-client')) customElements.define('app-client', ClientPage);
}
