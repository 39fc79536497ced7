// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What a person is asked to agree to, and what follows from their answers: pure, like all of the state.
 * Loaded only where somebody is asked.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {"none" | "granted" | "refused" | "withdrawn" | "expired"} Answer
 * @typedef {{kind: string, version: string, required: boolean, scope: string, state: Answer, by?: string, detail?: string[]}} Kind
 * @typedef {{kind: string, version: string, lang: string, text: string}} Text as the server has sent it
 * @typedef {{kinds: Kind[], settled: boolean, round: string[]}} Consent
 *   `round`: what was asked since this page joined, in order
 * @typedef {object} Asking what this page has of the questions
 * @property {Record<string, Text>} texts by kind and the language of the page
 * @property {Text | null} shown the text that the server knows was shown last
 * @property {string} busy the kind whose answer is on its way
 * @property {string} trouble what went wrong with it
 * @property {string} empty the kind that was agreed to without what is asked besides
 * @property {Record<string, string>} receipts of this visit, by kind
 * @typedef {{tag: "p" | "li" | "title", text: string}} Line
 * @typedef {{title: string, blocks: Line[]}} Part
 */

/** @param {string} kind @param {string} lang */
const place = (kind, lang) => `${kind} ${lang}`;

/** Whether the parent or guardian of a minor answers. @param {State} state @param {string} kind */
export function byGuardian(state, kind) {
  return state.consent?.kinds.some((each) => each.kind === kind && each.by === 'guardian') ?? false;
}

/** What still has to be answered. @param {State} state @returns {Kind[]} */
export function pending(state) {
  return state.consent?.kinds.filter(open) ?? [];
}

/** @param {Kind} kind */
function open({ state }) {
  return state === 'none' || state === 'expired';
}

/**
 * The question that is put to the person now: the one they opened themselves, else the next while they wait.
 * @param {State} state
 * @returns {Kind | null}
 */
export function question(state) {
  const { dialog, view } = state;
  if (dialog?.kind === 'ask') return state.consent?.kinds.find(({ kind }) => kind === dialog.about) ?? null;
  return view === 'waiting' ? (pending(state)[0] ?? null) : null;
}

/** What a session cannot do without, and was not agreed to. @param {State} state @returns {Kind[]} */
export function missing(state) {
  if (!state.consent || state.consent.settled) return [];
  return state.consent.kinds.filter((kind) => kind.required && !open(kind) && kind.state !== 'granted');
}

/**
 * How far this person is, counted from one.
 * @param {State} state
 * @param {string} kind
 * @returns {{n: number, of: number}}
 */
export function step(state, kind) {
  const round = state.consent?.round ?? [];
  return { n: round.indexOf(kind) + 1, of: round.length };
}

/** @param {State} state @param {string} kind @param {string} lang of the page @returns {Text | null} */
export function textOf(state, kind, lang) {
  return state.asking.texts[place(kind, lang)] ?? null;
}

/** What to say of a kind before its text is here, or in a list. @param {State} state @param {string} kind @param {string} lang */
export function titleOf(state, kind, lang) {
  const text = textOf(state, kind, lang);
  return text ? read(text.text).title : '';
}

/** @param {State} state @param {string} kind @param {string} lang of the page @param {Text} text */
export function withText(state, kind, lang, text) {
  return { texts: { ...state.asking.texts, [place(kind, lang)]: text } };
}

/** The texts of other versions than those in force are not shown any more. @param {State} state @param {string} kind */
export function withoutTexts(state, kind) {
  const kept = Object.entries(state.asking.texts).filter(([, text]) => text.kind !== kind);
  return { texts: Object.fromEntries(kept), shown: state.asking.shown?.kind === kind ? null : state.asking.shown };
}

/** Whether something is asked besides. @param {State} state @param {string} kind */
export function detailsOf(state, kind) {
  return state.consent?.kinds.find((each) => each.kind === kind)?.detail ?? [];
}

/** Whether the server knows that just this text was shown. @param {State} state @param {Text | null} text */
export function isShown({ asking }, text) {
  const { shown } = asking;
  return Boolean(text && shown && shown.kind === text.kind && shown.version === text.version && shown.lang === text.lang);
}

/**
 * The server's words for a text, or null if they are not.
 * @param {Record<string, unknown>} data
 * @returns {Text | null}
 */
export function readText({ kind, version, lang, text }) {
  return typeof kind === 'string' && typeof version === 'string' && typeof lang === 'string' && typeof text === 'string'
    ? { kind, version, lang, text }
    : null;
}

/**
 * A consent text in its parts: a title, what stands below it, and what happens after a no.
 * @param {string} text
 * @returns {Part & {no: Part}}
 */
export function read(text) {
  /** @type {Part} */
  let part = { title: '', blocks: [] };
  /** @type {Part[]} */
  const parts = [part];
  for (const line of text.split('\n').filter((words) => words.trim())) {
    const [, mark, words] = /** @type {string[]} */ (/^(# |## |- )?(.*)$/.exec(line));
    if (mark === '# ' && !part.title) part.title = words;
    else if (mark === '## ') parts.push((part = { title: words, blocks: [] }));
    else part.blocks.push({ tag: mark === '- ' ? 'li' : 'p', text: words });
  }
  const no = parts.length > 1 ? /** @type {Part} */ (parts.pop()) : { title: '', blocks: [] };
  const [first, ...between] = parts;
  /** @type {Line[]} */
  const more = between.flatMap(({ title, blocks }) => [{ tag: /** @type {const} */ ('title'), text: title }, ...blocks]);
  return { title: first.title, blocks: [...first.blocks, ...more], no };
}
