// SPDX-License-Identifier: GPL-3.0-or-later
/** Somebody who is asked, without a page: the real state, and a server that does as it is told. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Consent } from '../../html/js/app/consent.js';
import { textOf } from '../../html/js/core/consent.js';
import { NamedError } from '../../html/js/core/errors.js';
import { initialState, reduce } from '../../html/js/core/state.js';

/** @typedef {import('../../html/js/core/state.js').State} State */
/** @typedef {import('../../html/js/core/state.js').Event} Event */

/** @param {Event[]} events @returns {State} */
export const after = (...events) => events.reduce(reduce, initialState('client'));

export const WAITING = [
  { type: 'joined', participant: 'c', role: 'client', name: 'Amina', with: 'Dr Khan', room: 'r', area: 'a', state: 'waiting' },
  { type: 'started', wanted: 'both', name: null, audio: true, video: true },
  { type: 'checked' },
];
export const ADMITTED = { type: 'state', state: 'admitted', reason: 'admitted', room: 'r' };

/** @param {Record<string, string>} states @param {Record<string, unknown>} [more] @returns {Event} */
export const consent = (states, more = {}) => ({
  type: 'consent',
  settled: false,
  kinds: Object.entries(states).map(([kind, state]) => ({ kind, version: '1.0', required: kind === 'telehealth', scope: 'standing', state })),
  ...more,
});
export const TWO = consent({ telehealth: 'none', observer: 'none' });

/** A page without a page: the real state, and a server that does as it is told. */
export class Desk {
  /** @type {State} */ state = after(...WAITING);
  lang = 'en';
  /** @type {Record<string, any>[]} what was asked of the server */ asked = [];
  /** @type {[string, (body: Record<string, any>) => unknown][]} instead of the next answers, by request */ instead = [];
  version = '1.0';
  consent = new Consent(/** @type {any} */ (this), () => this.lang);

  /** @param {Event} event */
  dispatch(event) {
    this.state = reduce(this.state, event);
    void Promise.resolve().then(() => this.consent.tend());
  }

  /** @param {Record<string, any>} body */
  async tell(body) {
    this.asked.push(body);
    await sleep(1);
    const other = this.instead.findIndex(([request]) => request === body.request);
    if (other >= 0) return /** @type {Record<string, any>} */ (this.instead.splice(other, 1)[0][1](body));
    const { kind, lang, answer } = body;
    if (body.request === 'consent_text') return { kind, lang, version: this.version, text: `# ${kind} in ${lang}\n\n## No\n\nNothing.\n` };
    if (body.request === 'consent_shown') return { kind };
    return { kind, answer: answer ?? 'withdrawn', receipt: `receipt of ${kind}` };
  }

  /** The next request of that name fails. @param {string} request @param {string} name */
  fail(request, name) {
    this.instead.push([request, () => { throw new NamedError(name); }]);
  }

  /** @param {string} request */
  said(request) {
    return this.asked.filter((body) => body.request === request);
  }

  /** The view would draw the text, and its element would say so. @param {string} kind */
  async read(kind) {
    for (let tries = 0; tries < 100 && !textOf(this.state, kind, this.lang); tries += 1) await sleep(10);
    const text = textOf(this.state, kind, this.lang);
    assert.ok(text, `${kind} in ${this.lang}`);
    await this.consent.shown(text);
    return text;
  }

  /** @param {string} action @param {string} kind */
  async press(action, kind) {
    void this.consent.actions[action](/** @type {any} */ ({ kind }), /** @type {any} */ (null));
    await sleep(20);
  }
}
