// SPDX-License-Identifier: GPL-3.0-or-later
/** What a person does about consent: fetches the texts, says what was shown, brings the answers to the server. */
import {
  byGuardian, detailsOf, isShown, missing, pending, question, readText, textOf, withoutTexts, withText,
} from '../core/consent.js';
import { NamedError } from '../core/errors.js';
import { SETTLE_MS } from '../core/timing.js';
import { sleep } from '../lib/events.js';
import { toBase64url } from '../e2ee/bytes.js';
import { keepReceipt, printReceipt } from './receipt.js';

/**
 * @typedef {import("../core/state.js").State} State
 * @typedef {import("../core/consent.js").Text} Text
 * @typedef {{kind: string, answer: "granted" | "refused" | "withdrawn", text: Text | null, id: string,
 *   asked: boolean, detail?: Record<string, string>}} Act `asked`: it was still open
 */

const ID_BYTES = 16;

export class Consent {
  /** @type {import("./call.js").Call} */
  #call;
  /** @type {() => string} */
  #lang;
  /** @type {State['consent']} as it was looked at last */
  #seen = null;
  /** @type {Map<string, string>} the version that was in force when a kind's texts were fetched */
  #versions = new Map();
  /** @type {Set<string>} texts that were asked for */
  #wanted = new Set();
  /** @type {Promise<unknown>} one text after the other */
  #fetching = Promise.resolve();
  /** @type {Act | null} the answer that the server has not confirmed */
  #act = null;
  /** Whether that is to be said again as soon as there is a link. */
  #again = false;
  /** @type {Text | null} what is on the screen, and the link was lost before the server could know */
  #unsaid = null;
  /** @type {Text | null} the text that was put on the screen last */
  #on = null;

  /**
   * @param {import("./call.js").Call} call
   * @param {() => string} lang of the page
   */
  constructor(call, lang) {
    this.#call = call;
    this.#lang = lang;
  }

  /** @type {import("./page-events.js").Actions} */
  actions = {
    'consent-yes': ({ kind }) => this.#answer(String(kind), 'granted'),
    'consent-no': ({ kind }) => this.#answer(String(kind), 'refused'),
    'consent-withdraw': ({ kind }) => this.#say({ kind: String(kind), answer: 'withdrawn', text: null }),
    'consent-again': () => this.#fetchAgain(),
    answers: () => this.#open({ kind: 'answers' }),
    ask: ({ kind }) => this.#open({ kind: 'ask', about: kind }),
    'receipt-keep': ({ kind }) => keepReceipt(this.#receipt(kind), String(kind)),
    'receipt-print': ({ kind }) => printReceipt(this.#receipt(kind)),
  };

  /** After every change of the state or the language. */
  tend() {
    const { state } = this.#call;
    if (state.consent !== this.#seen) this.#told(state);
    for (const kind of wanted(state)) this.#fetch(kind);
  }

  /**
   * A text has come on the screen: until the server knows that, nothing can be answered.
   * @param {Text} text
   */
  async shown(text) {
    const other = this.#on?.kind !== text.kind;
    this.#on = text;
    try {
      /* a second click was meant for the question before */
      await Promise.all([this.#tellShown(text), other && sleep(SETTLE_MS)]);
      if (this.#on === text) this.#note({ shown: text, trouble: '' });
    } catch (why) {
      if (nameOf(why) === 'SERVER_GONE') this.#unsaid = text;
      this.#trouble(text.kind, why);
    }
  }

  /** @param {Text} text */
  async #tellShown(text) {
    const { kind, version, lang } = text;
    await this.#call.tell({ request: 'consent_shown', kind, version, lang });
  }

  /** The server has said how things stand. @param {State} state */
  #told(state) {
    const first = this.#seen === null;
    this.#seen = state.consent;
    this.#wanted.clear();
    for (const { kind, version } of state.consent?.kinds ?? []) {
      if (this.#versions.has(kind) && this.#versions.get(kind) !== version) this.#note(withoutTexts(this.#call.state, kind));
      this.#versions.set(kind, version);
    }
    if (first) return;
    if (this.#again && this.#act) void this.#send(this.#act);
    const [on, text] = [question(state), this.#unsaid];
    this.#unsaid = null;
    if (text && on && text === textOf(state, on.kind, this.#lang())) void this.shown(text);
  }

  /** What was said to be unwritten is written now. @param {Record<string, any>} event */
  written({ kind, receipt }) {
    const { trouble, receipts } = this.#call.state.asking;
    this.#act = null;
    this.#note({
      trouble: trouble === 'CONSENT_NOT_KEPT' ? '' : trouble,
      ...(receipt ? { receipts: { ...receipts, [String(kind)]: String(receipt) } } : {}),
    });
  }

  /** @param {string} kind */
  #fetch(kind) {
    const lang = this.#lang();
    const key = `${kind} ${lang}`;
    if (this.#wanted.has(key) || textOf(this.#call.state, kind, lang)) return;
    this.#wanted.add(key);
    this.#fetching = this.#fetching.then(async () => {
      try {
        const text = readText(await this.#call.tell({ request: 'consent_text', kind, lang }));
        if (text) this.#note(withText(this.#call.state, kind, lang, text));
      } catch (why) {
        this.#trouble(kind, why);
      }
    });
  }

  #fetchAgain() {
    this.#wanted.clear();
    this.#note({ trouble: '' });
  }

  /** @param {string} kind @param {"granted" | "refused"} answer */
  #answer(kind, answer) {
    const { state } = this.#call;
    const text = textOf(state, kind, this.#lang());
    if (!text || !isShown(state, text)) return undefined;
    const asked = answer === 'granted' ? detailsOf(state, kind) : [];
    const detail = written(asked);
    if (asked.length && !detail) {
      this.#note({ empty: kind });
      return focus(`[data-detail="${asked[0]}"]`);
    }
    return this.#say({ kind, answer, text, ...(detail ? { detail } : {}) });
  }

  /** @param {Omit<Act, "id" | "asked">} said */
  #say({ kind, answer, text, detail }) {
    if (this.#call.state.asking.busy) return undefined;
    const former = this.#act;
    const same = former && former.kind === kind && former.answer === answer && former.text === text &&
      JSON.stringify(former.detail) === JSON.stringify(detail);
    /* the server may say what follows before it answers */
    const asked = pending(this.#call.state).some((each) => each.kind === kind);
    this.#act = same ? former : { kind, answer, text, detail, asked, id: newId() };
    return this.#send(this.#act);
  }

  /** @param {Act} act */
  async #send(act) {
    this.#again = false;
    this.#note({ busy: act.kind, trouble: '', empty: '' });
    try {
      const { answer, receipt } = await this.#ask(act);
      this.#act = null;
      this.#done(act, String(answer), String(receipt ?? ''));
    } catch (why) {
      /* whether it was kept is not known: it is said once more, by the same name, when the link is back */
      this.#again = nameOf(why) === 'SERVER_GONE';
      if (!this.#again) this.#trouble(act.kind, why);
    }
  }

  /** @param {Act} act @returns {Promise<Record<string, any>>} */
  async #ask({ kind, answer, text, id, detail }) {
    if (!text) return this.#call.tell({ request: 'consent_withdraw', kind, id });
    const { version, lang } = text;
    const as = byGuardian(this.#call.state, kind) ? { as: 'guardian' } : {};
    const body = { request: 'consent_decide', kind, version, lang, answer, id, ...as, ...(detail ? { detail } : {}) };
    try {
      return await this.#call.tell(body);
    } catch (why) {
      if (nameOf(why) !== 'CONSENT_NOT_SHOWN') throw why;
      await this.#tellShown(text);
      return this.#call.tell(body);
    }
  }

  /** @param {Act} act @param {string} answer @param {string} receipt */
  #done({ kind, asked }, answer, receipt) {
    const { state } = this.#call;
    const { consent, asking } = state;
    this.#note({ busy: '', ...(receipt ? { receipts: { ...asking.receipts, [kind]: receipt } } : {}) });
    const kinds = consent?.kinds.map((each) => (each.kind === kind ? { ...each, state: answer } : each));
    /* what follows from it the server says by itself */
    this.#call.dispatch({ type: 'consent', kinds, settled: consent?.settled });
    this.#goOn(kind, asked);
  }

  /** To the next question, or back to where the person came from. @param {string} kind @param {boolean} asked it was open */
  #goOn(kind, asked) {
    const { state } = this.#call;
    if (state.dialog?.kind === 'ask') {
      const next = pending(state)[0];
      this.#open(!asked ? { kind: 'answers' } : next ? { kind: 'ask', about: next.kind } : null);
    }
    if (this.#call.state.dialog?.kind === 'answers') focus(`[data-answer="${CSS.escape(kind)}"]`);
    else if (state.view === 'waiting' && !question(this.#call.state)) focus('main h1');
  }

  /** @param {string} kind @param {unknown} why */
  #trouble(kind, why) {
    const name = nameOf(why);
    if (name === 'CONSENT_STALE') {
      this.#wanted.clear();
      this.#act = null;
      this.#note({ busy: '', trouble: name, ...withoutTexts(this.#call.state, kind) });
    } else if (name !== 'SERVER_GONE') {
      this.#note({ busy: '', trouble: name });
    }
  }

  /** @param {string | undefined} kind */
  #receipt(kind) {
    return this.#call.state.asking.receipts[String(kind)] ?? '';
  }

  /** @param {import("../core/state.js").Dialog | null} dialog */
  #open(dialog) {
    this.#note({ trouble: '' });
    this.#call.dispatch({ type: 'dialog', dialog });
  }

  /** @param {Partial<import("../core/consent.js").Asking>} more */
  #note(more) {
    this.#call.dispatch({ type: 'asking', ...more });
  }
}

/** Whose texts are needed now, the most urgent first. @param {State} state */
function wanted(state) {
  const on = question(state);
  const all = state.dialog?.kind === 'answers' ? (state.consent?.kinds ?? []) : missing(state);
  return [...new Set([...(on ? [on] : []), ...pending(state), ...all].map(({ kind }) => kind))];
}

/** @param {unknown} why */
function nameOf(why) {
  return why instanceof NamedError ? why.name : 'UNKNOWN';
}

function newId() {
  return toBase64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

/** What stands in the fields beside the question; undefined if nothing. @param {string[]} names */
function written(names) {
  /** @type {Record<string, string>} */
  const detail = {};
  for (const name of names) {
    const field = /** @type {HTMLInputElement | null} */ (document.querySelector(`[data-detail="${CSS.escape(name)}"]`));
    const words = (field?.value ?? '').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ').trim();
    if (words) detail[name] = words;
  }
  return Object.keys(detail).length ? detail : undefined;
}

/** @param {string} selector */
function focus(selector) {
  /** @type {HTMLElement | null} */ (document.querySelector(selector))?.focus();
}
