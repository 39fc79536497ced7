// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Texts in the person's language. A text is a string, or an object of plural forms ("one", "other", …)
 * chosen by the parameter `n`. `{name}` is filled in, isolated from the direction of the text around it.
 */

/**
 * @typedef {string | Record<string, string>} Text
 * @typedef {Record<string, Text>} Texts
 * @typedef {(key: string, params?: Record<string, string | number>) => string} Translate
 */

/** The languages there are, in the order they are offered, each by its own name. */
export const LANGUAGES = Object.freeze({ en: 'English', ur: 'اردو' });

const RIGHT_TO_LEFT = new Set(['ur']);
const ISOLATE = '\u2068';
const END_ISOLATE = '\u2069';

/**
 * The first of the wanted languages that there is; English if none.
 * @param {readonly (string | null | undefined)[]} wanted BCP 47 tags
 */
export function chooseLanguage(wanted) {
  for (const tag of wanted) {
    const base = tag?.toLowerCase().split('-')[0];
    if (base && Object.hasOwn(LANGUAGES, base)) return base;
  }
  return 'en';
}

/** @param {string} lang */
export function directionOf(lang) {
  return RIGHT_TO_LEFT.has(lang) ? 'rtl' : 'ltr';
}

/**
 * @param {string} lang
 * @param {Texts} texts
 * @param {Texts} [fallback] used for what is missing
 * @returns {Translate}
 */
export function translator(lang, texts, fallback = {}) {
  const plural = new Intl.PluralRules(lang);
  const number = new Intl.NumberFormat(lang);
  return (key, params = {}) => {
    const found = texts[key] ?? fallback[key] ?? key;
    const form =
      typeof found === 'string'
        ? found
        : (found[plural.select(Number(params.n))] ?? found.other ?? key);
    return form.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = params[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? number.format(value) : ISOLATE + value + END_ISOLATE;
    });
  };
}

/**
 * A length of time in words: "40 seconds", "5 minutes", "1 hour 5 minutes".
 * @param {string} lang
 * @param {number} seconds
 */
export function duration(lang, seconds) {
  const s = Math.max(0, Math.floor(seconds));
  /** @param {number} value @param {string} unit */
  const part = (value, unit) =>
    new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  if (s < 60) return part(s, 'second');
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return part(minutes, 'minute');
  const rest = minutes % 60;
  const hours = part(Math.floor(minutes / 60), 'hour');
  return rest ? `${hours} ${part(rest, 'minute')}` : hours;
}
