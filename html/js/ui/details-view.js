// SPDX-License-Identifier: GPL-3.0-or-later
/** What somebody is asked besides a yes: where they are today, and whom to call. */
import { h } from '../lib/html.js';

/**
 * @typedef {import("./parts.js").Scene} Scene
 * @typedef {import("../core/consent.js").Kind} Kind
 */

const CHARS = 200;

/** @type {Record<string, string[]>} */
const WORDS = {
  place: ['detail.place', 'detail.place_hint'],
  contact: ['detail.contact', 'detail.contact_hint'],
};

/** One line each. What is typed stays in the fields and nowhere else. @param {Scene} scene @param {Kind} kind */
export function detailFields({ state, t }, { kind, detail }) {
  if (!detail?.length) return null;
  const empty = state.asking.empty === kind;
  return h(
    'div',
    { key: `details ${kind}`, class: 'details' },
    detail.filter((name) => WORDS[name]).map((name) =>
      h(
        'label',
        { key: name, class: 'choice' },
        h('span', { class: 'asks' }, t(WORDS[name][0])),
        h('span', { id: `detail-${name}` }, t(WORDS[name][1])),
        h('input', {
          'data-detail': name,
          maxlength: CHARS,
          autocomplete: 'off',
          dir: 'auto',
          disabled: state.asking.busy === kind,
          'aria-describedby': empty ? `detail-${name} detail-empty` : `detail-${name}`,
          'aria-invalid': empty ? 'true' : null,
        }),
      ),
    ),
    h('p', { key: 'empty', id: 'detail-empty', class: 'empty-fields', role: 'alert' }, empty && t('detail.empty')),
  );
}
