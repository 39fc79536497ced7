// SPDX-License-Identifier: GPL-3.0-or-later
import { chooseLanguage, directionOf, translator } from '../lib/i18n.js';
import { recall, remember } from './tab-store.js';

/** The language of the page: which one, and its texts. Those behind the first view come in a file of their own. */
export class Words {
  lang = 'en';
  /** Stays the same function, whatever the language. @type {import("../lib/i18n.js").Translate} */
  t = (key, params) => this.#texts(key, params);
  /** Settles when all texts of the present language are there. @type {Promise<unknown>} */
  whole = Promise.resolve();
  /** @type {import("../lib/i18n.js").Translate} */
  #texts = (key) => key;
  #chosen = recall('lang') !== null;

  /** The language to begin with: chosen before in this tab, or one the browser asks for. */
  begin() {
    return this.#use(chooseLanguage([recall('lang'), ...navigator.languages]));
  }

  /** @param {string} lang by the person themselves: this stays */
  async choose(lang) {
    this.#chosen = true;
    remember('lang', lang);
    await this.#use(chooseLanguage([lang]));
    await this.whole;
  }

  /** @param {string} lang by the invitation: only if the person has not chosen */
  async suggest(lang) {
    if (!this.#chosen && lang) await this.#use(chooseLanguage([lang, this.lang]));
    await this.whole;
  }

  /** @param {string} lang */
  async #use(lang) {
    if (lang === document.documentElement.lang && this.t('title') !== 'title') return;
    const later = load(`later/${lang}`);
    const first = await load(lang);
    this.lang = lang;
    this.#texts = translator(lang, first);
    document.documentElement.lang = lang;
    document.documentElement.dir = directionOf(lang);
    this.whole = later.then((rest) => {
      if (this.lang === lang) this.#texts = translator(lang, { ...first, ...rest });
    });
  }
}

/**
 * @param {string} name
 * @returns {Promise<import("../lib/i18n.js").Texts>}
 */
async function load(name) {
  const answer = await fetch(`locales/${name}.json`);
  return answer.json();
}

/**
 * What the organisation says about itself; none of it is needed.
 * @returns {Promise<import("./call.js").Site>}
 */
export async function loadSite() {
  try {
    const answer = await fetch('site.json');
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}
