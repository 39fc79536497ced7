// SPDX-License-Identifier: GPL-3.0-or-later
/** The scenes in which people are asked to agree to something: the texts are those of conf/consent. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./scenes.mjs').Event} Event */
/** @typedef {import('./scenes.mjs').Scene} Scene */
/** @typedef {(...events: Event[]) => Scene} Make */

const FOLDER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../conf/consent');

/** @param {string} kind @param {string} lang */
const textOf = (kind, lang) => ({ kind, version: '1.0', lang, text: readFileSync(path.join(FOLDER, `${kind}.${lang}.txt`), 'utf8') });

/** @param {string} lang @param {string[]} kinds @returns {Event} */
const texts = (lang, kinds) => ({ type: 'asking', texts: Object.fromEntries(kinds.map((kind) => [`${kind} ${lang}`, textOf(kind, lang)])) });

/** @param {string} lang @param {string} kind @returns {Event} */
const shown = (lang, kind) => ({ type: 'asking', shown: textOf(kind, lang) });

const KINDS = ['telehealth', 'data-processing', 'observer'];

/**
 * How the three of them stand.
 * @param {[string, string, string]} states
 * @returns {Event}
 */
const consent = (states) => ({
  type: 'consent',
  settled: states[0] === 'granted' && states[1] === 'granted',
  kinds: KINDS.map((kind, index) => ({ kind, version: '1.0', required: kind !== 'observer', scope: 'standing', state: states[index] })),
});

/** Who takes back what is required is out of the room. */
const OUT = { type: 'state', state: 'held', reason: 'consent' };
const ASKED = consent(['none', 'none', 'none']);

/**
 * @param {string} lang
 * @param {Make} scene
 * @param {Event[]} waiting
 * @param {Event[]} inside leads into the session
 * @returns {Record<string, Scene>}
 */
export function clientConsents(lang, scene, waiting, inside) {
  const have = texts(lang, KINDS);
  const first = [...waiting, ASKED, have, shown(lang, 'telehealth')];
  const done = consent(['granted', 'granted', 'refused']);
  const answered = [...waiting, ASKED, have, done];
  const receipts = { type: 'asking', receipts: { telehealth: 'YOUR RECEIPT', observer: 'YOUR RECEIPT' } };
  /** @param {string} kind @param {string} [about] */
  const dialog = (kind, about) => ({ type: 'dialog', dialog: { kind, about } });
  return {
    'ask-loading': scene(...waiting, ASKED),
    'ask-failed': scene(...waiting, ASKED, { type: 'asking', trouble: 'BUSY' }),
    'ask-first': scene(...first),
    'ask-unseen': scene(...waiting, ASKED, have),
    'ask-busy': scene(...first, { type: 'asking', busy: 'telehealth' }),
    'ask-present': scene(...first, { type: 'presence', therapist_present: true }),
    'ask-store': scene(...first, { type: 'asking', trouble: 'NOT_STORED' }),
    'ask-optional': scene(...waiting, ASKED, have, consent(['granted', 'granted', 'none']), shown(lang, 'observer')),
    'ask-refused': scene(...waiting, ASKED, have, consent(['refused', 'granted', 'granted'])),
    'ask-withdrawn': scene(...inside, done, have, consent(['withdrawn', 'granted', 'refused']), OUT),
    'ask-not-kept': scene(...inside, done, have, consent(['withdrawn', 'granted', 'refused']), OUT, { type: 'asking', trouble: 'CONSENT_NOT_KEPT' }),
    'ask-agreed-again': scene(...inside, done, have, OUT, done),
    'ask-answered': scene(...answered),
    answers: scene(...answered, dialog('answers')),
    'answers-receipts': scene(...answered, receipts, dialog('answers')),
    'answers-open': { ...scene(...answered, dialog('answers')), open: '[data-kind="telehealth"] details' },
    'answers-none': scene(...inside, have, consent(['withdrawn', 'expired', 'none']), dialog('answers')),
    'answers-again': scene(...answered, shown(lang, 'observer'), dialog('ask', 'observer')),
    'session-consent': scene(...inside, done, have),
    'session-question': scene(...inside, consent(['granted', 'granted', 'none']), have),
    'session-answers': scene(...inside, done, have, receipts, dialog('answers')),
    'session-ask': scene(...inside, consent(['granted', 'granted', 'none']), have, shown(lang, 'observer'), dialog('ask', 'observer')),
  };
}

/**
 * @param {Make} scene
 * @param {Event[]} before
 * @param {Event} waiting the list of who waits, three of them
 * @returns {Record<string, Scene>}
 */
export function therapistConsents(scene, before, waiting) {
  const states = ['given', 'asked', 'refused'];
  const people = /** @type {any[]} */ (waiting.people).map((person, index) => ({ ...person, consent: states[index] }));
  return {
    'desk-consent': scene(...before, { ...waiting, people }),
    'desk-consent-missing': scene(...before, { ...waiting, people }, { type: 'notice', name: 'CONSENT_MISSING' }),
  };
}
