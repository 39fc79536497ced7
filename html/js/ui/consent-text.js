// SPDX-License-Identifier: GPL-3.0-or-later
/** What the views about consent share: a text as it is laid out, and what went wrong. */
import { h } from '../lib/html.js';
import { icon } from './icons.js';
import { button, whatToDo } from './parts.js';

/**
 * @typedef {import("./parts.js").Scene} Scene
 * @typedef {import("../core/consent.js").Line} Line
 */

/** @param {Line[]} lines @param {string} heading */
export function blocks(lines, heading) {
  /** @type {import("../lib/html.js").VNode[]} */
  const out = [];
  for (const { tag, text } of lines) {
    const last = out.at(-1);
    if (tag === 'title') out.push(h(heading, null, text));
    else if (tag === 'p') out.push(h('p', null, text));
    else if (last?.tag === 'ul') last.children.push(h('li', null, text));
    else out.push(h('ul', null, h('li', null, text)));
  }
  return out;
}

/** @param {Scene} scene @param {boolean} again the text itself did not come */
export function trouble(scene, again) {
  const name = scene.state.asking.trouble;
  if (!name) return null;
  return h(
    'section',
    { key: 'trouble', class: 'notice', role: 'alert', 'data-error': name },
    icon('alert'),
    h('div', null, whatToDo(scene, name), again && button('consent-again', scene.t('again'))),
  );
}
