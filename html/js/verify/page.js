// SPDX-License-Identifier: GPL-3.0-or-later
/** The page that checks receipts: a file goes in, a verdict and the receipt's words come out. */
(() => {
  const { consentReceipt, receiptWords, consentRootKey } = /** @type {any} */ (globalThis);
  /** @type {(selector: string) => any} */
  const one = (selector) => document.querySelector(selector);
  const [file, key, result, language] = ['[data-file]', '[data-key]', '[data-result]', '[data-lang]'].map(one);
  let lang = navigator.languages.some((tag) => /^ur\b/i.test(tag)) ? 'ur' : 'en';
  /** @type {Uint8Array | null} */
  let bytes = null;
  const t = (/** @type {string} */ name) => receiptWords[lang][name] ?? name;

  /**
   * @param {string} tag
   * @param {Record<string, string>} attributes
   * @param {...(Node | string)} children
   */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  /** @param {'good' | 'whole' | 'bad'} kind @param {...string} sentences */
  function verdict(kind, ...sentences) {
    const mark = make('span', { class: 'mark', 'aria-hidden': 'true' }, { good: '✓', whole: '?', bad: '✗' }[kind]);
    const words = make('div', {}, make('h2', {}, t(kind)), ...sentences.map((text) => make('p', {}, text)));
    return make('div', { class: `verdict ${kind}`, 'data-verdict': kind }, mark, words);
  }

  /** @param {any} found */
  function proven(found) {
    const time = new Intl.DateTimeFormat(lang, { dateStyle: 'full', timeStyle: 'long' }).format(found.kept_ms);
    const entry = t('entry_of').replace('{n}', found.seq).replace('{size}', found.size);
    const rows = [['kept', time], ['ledger', found.origin], ['entry', entry], ['key', found.root]];
    const cells = rows.flatMap(([name, value]) =>
      [make('dt', {}, t(name)), make('dd', {}, make('bdi', { dir: 'auto' }, value))]);
    return make('dl', { class: 'proven paper' }, ...cells);
  }

  /** Titles, points and paragraphs, as whoever agreed has seen them. @param {string} text */
  function typeset(text) {
    /** @type {HTMLElement[]} */
    const out = [];
    for (const line of text.split('\n').filter(Boolean)) {
      const [, mark, words] = /** @type {string[]} */ (/^(# |## |- )?(.*)$/.exec(line));
      const list = out.at(-1)?.localName === 'ul' ? out.at(-1) : null;
      if (mark === '- ' && list) list.append(make('li', {}, words));
      else if (mark === '- ') out.push(make('ul', {}, make('li', {}, words)));
      else out.push(make({ '# ': 'h3', '## ': 'h4' }[mark] ?? 'p', {}, words));
    }
    return out;
  }

  /** @param {any} found */
  function paper(found) {
    const print = make('button', { type: 'button', class: 'button' }, t('print'));
    print.addEventListener('click', () => window.print());
    return [
      make('div', { class: 'paper lines', dir: 'auto', 'data-explains': '' }, found.explains.trimEnd()),
      make('h2', {}, t('text_title')),
      make('div', { class: 'paper', dir: 'auto', 'data-text': '' }, ...typeset(found.text)),
      proven(found),
      print,
    ];
  }

  async function check() {
    if (!bytes) return;
    const wanted = key.value.trim();
    const found = await consentReceipt.check(bytes, wanted);
    if (!found.ok) result.replaceChildren(verdict('bad', t(`bad_${found.at}`), t('bad_help')));
    else if (wanted) result.replaceChildren(verdict('good', t('good_help')), ...paper(found));
    else result.replaceChildren(verdict('whole', t('whole_help')), ...paper(found));
  }

  function speak() {
    document.documentElement.lang = lang;
    document.documentElement.dir = lang === 'ur' ? 'rtl' : 'ltr';
    document.title = t('title');
    for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.getAttribute('data-t') ?? '');
    language.textContent = t('language');
    language.lang = lang === 'ur' ? 'en' : 'ur';
    void check();
  }

  key.value = consentRootKey;
  file.addEventListener('change', async () => {
    const [chosen] = file.files;
    /* more than a receipt can be is not read */
    bytes = chosen && new Uint8Array(await chosen.slice(0, 65537).arrayBuffer());
    await check();
  });
  key.addEventListener('input', check);
  language.addEventListener('click', () => {
    lang = lang === 'ur' ? 'en' : 'ur';
    speak();
  });
  speak();
})();
