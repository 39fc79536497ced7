// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  describe as about,
  deviceErrorName,
  GROUPS,
  LOCAL_ERRORS,
  NamedError,
} from '../../html/js/core/errors.js';
import { browserFamily } from '../../html/js/core/support.js';
import {
  chooseLanguage,
  directionOf,
  duration,
  LANGUAGES,
  translator,
} from '../../html/js/lib/i18n.js';

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** @typedef {Record<string, string | Record<string, string>>} Texts */
const FOLDERS = /** @type {const} */ (['', 'later/']);
/** @param {string} folder @param {string} lang */
const read = (folder, lang) =>
  readFileSync(path.join(top, `html/locales/${folder}${lang}.json`), 'utf8');
/** @type {Record<string, Texts>} both files of each language */
const locales = Object.fromEntries(
  Object.keys(LANGUAGES).map((lang) => [
    lang,
    Object.assign({}, ...FOLDERS.map((folder) => JSON.parse(read(folder, lang)))),
  ]),
);
const { en } = locales;

/** @param {string | Record<string, string>} text @returns {string[]} */
const params = (text) =>
  typeof text === 'string'
    ? [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort()
    : params(text.other);

describe('the texts', () => {
  for (const [lang, texts] of Object.entries(locales)) {
    it(`are complete in ${lang}, with the same parameters`, () => {
      assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort());
      for (const key of Object.keys(en)) assert.deepEqual(params(texts[key]), params(en[key]), key);
    });

    it(`are each there once in ${lang}, and in the same file as in the others`, () => {
      const keys = FOLDERS.map((folder) =>
        [...read(folder, lang).matchAll(/^\s*"([^"]+)":/gm)].map((found) => found[1]),
      );
      assert.equal(new Set(keys.flat()).size, keys.flat().length);
      assert.equal(keys.flat().length, Object.keys(texts).length);
      assert.deepEqual(keys[0].sort(), Object.keys(JSON.parse(read('', 'en'))).sort());
    });

    it(`have every plural form ${lang} needs`, () => {
      const forms = new Intl.PluralRules(lang).resolvedOptions().pluralCategories;
      for (const [key, text] of Object.entries(texts))
        if (typeof text !== 'string')
          assert.deepEqual(Object.keys(text).sort(), [...forms].sort(), key);
    });

    it(`say nothing empty in ${lang}, and nothing a parser would take for code`, () => {
      for (const [key, text] of Object.entries(texts)) {
        const flat = typeof text === 'string' ? text : Object.values(text).join(' ');
        assert.ok(flat.trim(), key);
        assert.doesNotMatch(flat, /[<>&]/, key);
      }
    });
  }

  it('are other words in each language', () => {
    for (const key of Object.keys(en))
      if (key !== 'title') assert.notDeepEqual(locales.ur[key], en[key], key);
  });

  it('have words for every error of the plugin and of the pages, and advice for each', () => {
    // What is found at the start never reaches a page.
    const [header] = readFileSync(path.join(top, 'include/therapy/error.h'), 'utf8').split('start-up)');
    const names = [...header.matchAll(/^\s*X\(([A-Z_]+),/gm)].map((found) => found[1]);
    assert.ok(names.length > 40);
    for (const name of [...names, ...LOCAL_ERRORS]) {
      assert.ok(`error.${name}` in en, name);
      const { group } = about(name);
      assert.ok(group === 'permission' || `advice.${group}` in en, group);
    }
    for (const group of GROUPS) assert.ok(group === 'permission' || `advice.${group}` in en, group);
  });

  it('are all used, and all that is used is there', () => {
    /** @param {string} folder @returns {string[]} */
    const files = (folder) =>
      // The page that checks receipts works from a disk, and so has its words in it.
      readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== 'verify').flatMap((entry) =>
        entry.isDirectory() ? files(path.join(folder, entry.name)) : path.join(folder, entry.name),
      );
    const code = files(path.join(top, 'html/js'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const built = /^(error|advice|permission|role|goodbye|dialog|choose)\./;
    for (const key of Object.keys(en))
      assert.ok(built.test(key) || code.includes(`'${key}'`), `unused: ${key}`);
    for (const [, key] of code.matchAll(/\bt\('([\w.-]+)'/g))
      assert.ok(key in en, `missing: ${key}`);
  });
});

describe('translating', () => {
  it('fills in names apart from the direction around them', () => {
    const t = translator('en', { hello: 'Hello, {name}' });
    assert.equal(t('hello', { name: 'آمنہ' }), 'Hello, \u2068آمنہ\u2069');
    assert.equal(t('hello'), 'Hello, {name}');
  });

  it('does not take a name for a pattern', () => {
    assert.equal(
      translator('en', { a: '{name}' })('a', { name: '{n} $& $1' }),
      '\u2068{n} $& $1\u2069',
    );
  });

  it('chooses plural forms, and shows the key of what is missing', () => {
    const t = translator('en', { n: { one: '{n} person', other: '{n} people' } });
    assert.equal(t('n', { n: 1 }), '1 person');
    assert.equal(t('n', { n: 1200 }), '1,200 people');
    assert.equal(t('nowhere'), 'nowhere');
  });

  it('says how long something took', () => {
    assert.equal(duration('en', 59.9), '59 seconds');
    assert.equal(duration('en', 60), '1 minute');
    assert.equal(duration('en', 3900), '1 hour 5 minutes');
    assert.equal(duration('en', -5), '0 seconds');
    assert.match(duration('ur', 300), /منٹ/);
  });

  it('finds a language for whatever a browser asks', () => {
    assert.equal(chooseLanguage([null, 'ur-PK', 'en']), 'ur');
    assert.equal(chooseLanguage(['de-DE', 'EN-gb']), 'en');
    assert.equal(chooseLanguage(['constructor', 'fr']), 'en');
    assert.equal(directionOf('ur'), 'rtl');
    assert.equal(directionOf('en'), 'ltr');
  });
});

describe('errors', () => {
  it('of devices get the name of what is to blame', () => {
    /** @param {string} name */
    const thrown = (name) => Object.assign(new Error('x'), { name });
    const cases = /** @type {const} */ ([
      ['NotAllowedError', 'both', 'PERMISSION_REFUSED'],
      ['NotAllowedError', 'camera', 'CAMERA_REFUSED'],
      ['NotAllowedError', 'microphone', 'MICROPHONE_REFUSED'],
      ['NotFoundError', 'camera', 'NO_CAMERA'],
      ['NotFoundError', 'microphone', 'NO_MICROPHONE'],
      ['NotReadableError', 'camera', 'CAMERA_BUSY'],
      ['NotReadableError', 'microphone', 'MICROPHONE_BUSY'],
      ['NotReadableError', 'both', 'DEVICE_FAILED'],
      ['OverconstrainedError', 'camera', 'NO_CAMERA'],
      ['TypeError', 'camera', 'DEVICE_FAILED'],
    ]);
    for (const [name, wanted, expected] of cases)
      assert.equal(deviceErrorName(thrown(name), wanted), expected);
    assert.equal(deviceErrorName(undefined, 'both'), 'DEVICE_FAILED');
  });

  it('that can pass by themselves are tried again; a bad invitation is not', () => {
    for (const name of ['SERVER_GONE', 'BUSY', 'INTERNAL', 'BAD_TICKET', 'JSEP_BAD'])
      assert.equal(about(name).retry, 'auto', name);
    for (const name of [
      'TOKEN_SIGNATURE',
      'TOKEN_EXPIRED',
      'TOKEN_REVOKED',
      'DEVICE_KEY',
      'BROWSER_OLD',
    ])
      assert.equal(about(name).retry, 'never', name);
    assert.equal(about('TOKEN_EARLY').retry, 'ask');
  });

  it('carry their name and field', () => {
    const why = new NamedError('BAD_FIELD', 'audio');
    assert.deepEqual([why.name, why.field], ['BAD_FIELD', 'audio']);
  });

  it('of permissions have words for every browser', () => {
    const agents = {
      ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
      android:
        'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36',
      firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      chrome:
        'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0',
      safari: 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15',
      other: 'Lynx/2.9',
    };
    for (const [family, agent] of Object.entries(agents)) {
      assert.equal(browserFamily(agent), family);
      assert.ok(`permission.${family}` in en);
    }
  });
});
