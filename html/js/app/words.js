// SPDX-License-Identifier: GPL-3.0-or-later
import { chooseLanguage, directionOf, translator } from '../lib/i18n.js';
import { recall, remember } from './tab-store.js';

/** The language of the page: which one, and its texts. */
export class Words {
  lang = 'en';
  /** @type {import("../lib/i18n.js").Translate} */
  t = (key) => key;
  #chosen = recall('lang') !== null;

  /** The language to begin with: chosen before in this tab, or one the browser asks for. */
  async begin() {
    await this.#use(chooseLanguage([recall('lang'), ...navigator.languages]));
  }

  /** @param {string} lang by the person themselves: this stays */
  async choose(lang) {
    this.#chosen = true;
    remember('lang', lang);
    await this.#use(chooseLanguage([lang]));
  }

  /** @param {string} lang by the invitation: only if the person has not chosen */
  async suggest(lang) {
    if (!this.#chosen && lang) await this.#use(chooseLanguage([lang, this.lang]));
  }

  /** @param {string} lang */
  async #use(lang) {
    if (lang === document.documentElement.lang && this.t('title') !== 'title') return;
    const wanted = await load(lang);
    this.lang = lang;
    this.t = translator(lang, wanted);
    document.documentElement.lang = lang;
    document.documentElement.dir = directionOf(lang);
  }
}

/**
 * @param {string} lang
 * @returns {Promise<import("../lib/i18n.js").Texts>}
 */
async function load(lang) {
  const answer = await fetch(`locales/${lang}.json`);
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
