// SPDX-License-Identifier: GPL-3.0-or-later
/** The scenes in which people are asked to agree to something: the texts are those of conf/consent. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./scenes.mjs').Event} Event */
/** @typedef {import('./scenes.mjs').Scene} Scene */
/** @typedef {(...events: Event[]) => Scene} Make */

const FOLDER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../conf/consent');

/** @type {Record<string, string>} of those that are not the first any more */
const VERSIONS = { 'emergency-contact': '1.1' };

/** @param {string} kind @param {string} lang */
const textOf = (kind, lang) => ({ kind, version: VERSIONS[kind] ?? '1.0', lang, text: readFileSync(path.join(FOLDER, `${kind}.${lang}.txt`), 'utf8') });

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
  settled: states[0] === 'granted' && !states.includes('none') && !states.includes('expired'),
  kinds: KINDS.map((kind, index) => ({ kind, version: '1.0', required: kind === 'telehealth', scope: 'standing', state: states[index] })),
});

/** What is asked besides, today. @type {Event} */
const EMERGENCY = {
  type: 'consent',
  settled: false,
  kinds: [{ kind: 'emergency-contact', version: '1.1', required: false, scope: 'session', state: 'none', detail: ['place', 'contact'] }],
};

/** The person is a minor: somebody else answers for them. @param {Event} asked @returns {Event} */
const forMinor = (asked) => ({ ...asked, kinds: /** @type {any[]} */ (asked.kinds).map((kind) => ({ ...kind, by: 'guardian' })) });

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
    'ask-guardian': scene(...waiting, forMinor(ASKED), have, shown(lang, 'telehealth')),
    'ask-unseen': scene(...waiting, ASKED, have),
    'ask-busy': scene(...first, { type: 'asking', busy: 'telehealth' }),
    'ask-present': scene(...first, { type: 'presence', therapist_present: true }),
    'ask-store': scene(...first, { type: 'asking', trouble: 'NOT_STORED' }),
    'ask-optional': scene(...waiting, ASKED, have, consent(['granted', 'granted', 'none']), shown(lang, 'observer')),
    'ask-emergency': scene(...waiting, EMERGENCY, texts(lang, ['emergency-contact']), shown(lang, 'emergency-contact')),
    'ask-emergency-empty': scene(...waiting, EMERGENCY, texts(lang, ['emergency-contact']), shown(lang, 'emergency-contact'),
      { type: 'asking', empty: 'emergency-contact' }),
    'session-emergency': scene(...inside, EMERGENCY, texts(lang, ['emergency-contact']), shown(lang, 'emergency-contact'), dialog('ask', 'emergency-contact')),
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
 * @param {Event[]} session
 * @param {string} lang
 * @returns {Record<string, Scene>}
 */
export function therapistConsents(scene, before, waiting, session, lang) {
  const states = ['given', 'asked', 'refused'];
  const people = /** @type {any[]} */ (waiting.people).map((person, index) => ({ ...person, consent: states[index] }));
  const ur = lang === 'ur';
  const roles = ['observer', 'interpreter', 'interpreter'];
  const guests = /** @type {any[]} */ (waiting.people).map((person, index) => ({ ...person, role: roles[index], others: states[index] }));
  const said = {
    type: 'details',
    details: {
      p1: {
        name: ur ? 'آمنہ' : 'Amina',
        place: ur ? 'لاہور، مال روڈ، مکان ۱۲' : '12 Mall Road, Lahore, second floor',
        contact: ur ? 'بہن سارہ، 0300 1234567' : 'My sister Sara, 0300 1234567',
      },
      p2: { name: ur ? 'بلال' : 'Bilal', place: '', contact: '' },
    },
  };
  const open = { type: 'dialog', dialog: { kind: 'emergency' } };
  return {
    't-session-can-call': scene(...session, said),
    't-session-emergency': scene(...session, said, open),
    'desk-emergency': scene(...before, waiting, said),
    'desk-consent': scene(...before, { ...waiting, people }),
    'desk-others': scene(...before, { ...waiting, people: guests }),
    'desk-consent-missing': scene(...before, { ...waiting, people }, { type: 'notice', name: 'CONSENT_MISSING' }),
  };
}
