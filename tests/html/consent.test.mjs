// SPDX-License-Identifier: GPL-3.0-or-later
/** What people are asked: the state of it, and how their answers reach the server whatever happens on the way. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { detailsOf, missing, pending, question, read, step, textOf } from '../../html/js/core/consent.js';
import { reduce } from '../../html/js/core/state.js';
import { SETTLE_MS } from '../../html/js/core/timing.js';
import { ADMITTED, after, consent, Desk, TWO, WAITING } from './_asked.mjs';

describe('what is asked', () => {
  it('is nothing where the organisation asks nothing', () => {
    const state = after(...WAITING);
    assert.equal(state.consent, null);
    assert.deepEqual([pending(state), question(state), missing(state)], [[], null, []]);
  });

  it('is put one at a time, in order, and only while waiting', () => {
    assert.equal(question(after(WAITING[0], TWO)), null, 'not over the greeting');
    assert.equal(question(after(...WAITING, TWO))?.kind, 'telehealth');
    assert.equal(question(after(...WAITING, TWO, consent({ telehealth: 'granted', observer: 'none' })))?.kind, 'observer');
    assert.equal(question(after(...WAITING, TWO, consent({ telehealth: 'granted', observer: 'refused' }))), null);
    assert.equal(question(after(...WAITING, TWO, ADMITTED)), null, 'never over a session');
  });

  it('comes again when an agreement has run out, and not when it was refused', () => {
    const state = after(...WAITING, consent({ telehealth: 'expired', observer: 'withdrawn' }));
    assert.deepEqual(pending(state).map(({ kind }) => kind), ['telehealth']);
  });

  it('may ask for more than a yes, and says so', () => {
    const kinds = [{ kind: 'emergency-contact', version: '1.1', required: false, scope: 'session', state: 'none', detail: ['place', 'contact'] }, { kind: 'observer', state: 'none' }];
    const state = after(...WAITING, { type: 'consent', kinds, settled: false });
    assert.deepEqual(['emergency-contact', 'observer', 'nonsense'].map((kind) => detailsOf(state, kind)), [['place', 'contact'], [], []]);
  });

  it('is counted by what was asked in one go', () => {
    let state = after(...WAITING, consent({ telehealth: 'none', observer: 'none', interpreter: 'granted' }));
    assert.deepEqual(step(state, 'telehealth'), { n: 1, of: 2 });
    state = reduce(state, consent({ telehealth: 'granted', observer: 'none', interpreter: 'granted' }));
    assert.deepEqual(step(state, 'observer'), { n: 2, of: 2 });
    state = reduce(state, consent({ telehealth: 'granted', observer: 'granted', interpreter: 'granted' }));
    state = reduce(state, consent({ telehealth: 'granted', observer: 'granted', interpreter: 'expired' }));
    assert.deepEqual(step(state, 'interpreter'), { n: 1, of: 1 }, 'what was answered before is behind');
  });

  it('stays open through an admission', () => {
    const state = after(...WAITING, TWO, ADMITTED);
    assert.deepEqual(pending(state).map(({ kind }) => kind), ['telehealth', 'observer']);
    const opened = reduce(state, { type: 'dialog', dialog: { kind: 'ask', about: 'observer' } });
    assert.equal(question(opened)?.kind, 'observer');
  });

  it('keeps a session from being only if it was required', () => {
    assert.deepEqual(missing(after(...WAITING, consent({ telehealth: 'granted', observer: 'refused' }))), []);
    for (const answer of ['refused', 'withdrawn'])
      assert.deepEqual(missing(after(...WAITING, consent({ telehealth: answer, observer: 'none' }))).map(({ kind }) => kind), ['telehealth']);
    assert.deepEqual(missing(after(...WAITING, consent({ telehealth: 'refused' }, { settled: true }))), [], 'the server knows better');
    assert.deepEqual(missing(after(...WAITING, TWO)), [], 'not answered is not refused');
  });

  it('cannot break the page, whatever is sent', () => {
    for (const kinds of [undefined, null, 'x', [null], [{}], [{ kind: 7 }]])
      assert.deepEqual(after(...WAITING, { type: 'consent', kinds, settled: 'yes' }).consent, { kinds: [], settled: false, round: [] });
  });
});

describe('a consent text', () => {
  it('is read in parts: title, what stands below, and what happens after a no', () => {
    const parts = read('# Title\n\nFirst.\n\n- one\n- two\n\n## More\n\nSecond.\n\n## If you say no\n\nNothing.\n');
    assert.equal(parts.title, 'Title');
    assert.deepEqual(parts.blocks.map(({ tag, text }) => `${tag} ${text}`), ['p First.', 'li one', 'li two', 'title More', 'p Second.']);
    assert.deepEqual(parts.no, { title: 'If you say no', blocks: [{ tag: 'p', text: 'Nothing.' }] });
  });

  it('keeps every word of the samples', () => {
    for (const kind of ['telehealth', 'data-processing', 'observer', 'interpreter', 'emergency-contact'])
      for (const lang of ['en', 'ur']) {
        const text = readFileSync(new URL(`../../conf/consent/${kind}.${lang}.txt`, import.meta.url), 'utf8');
        const { title, blocks, no } = read(text);
        assert.ok(title && no.title && no.blocks.length, `${kind}.${lang}`);
        const words = [title, ...blocks.map((line) => line.text), no.title, ...no.blocks.map((line) => line.text)];
        assert.deepEqual(words, text.split('\n').filter(Boolean).map((line) => line.replace(/^(##? |- )/, '')));
      }
  });
});

describe('an answer', () => {
  /** @type {Desk} */ let desk;
  beforeEach(() => {
    Object.assign(globalThis, { document: { querySelector: () => null }, CSS: { escape: String } });
    desk = new Desk();
  });

  it('leads to the next question, also when the server tells what follows before it answers', async () => {
    desk.dispatch(TWO);
    await sleep(20);
    const [first, second] = pending(desk.state);
    desk.dispatch({ type: 'dialog', dialog: { kind: 'ask', about: first.kind } });
    await desk.read(first.kind);
    desk.instead.push(['consent_decide', ({ kind, answer }) => {
      desk.dispatch({ ...TWO, kinds: desk.state.consent?.kinds.map((each) => (each.kind === kind ? { ...each, state: answer } : each)) });
      return { kind, answer, receipt: 'receipt' };
    }]);
    await desk.press('consent-yes', first.kind);
    assert.deepEqual(desk.state.dialog, { kind: 'ask', about: second.kind });
  });

  it('is taken after its text was shown, with its version and language, and brings a receipt', async () => {
    desk.dispatch(TWO);
    await sleep(20);
    await desk.press('consent-yes', 'telehealth');
    assert.deepEqual(desk.said('consent_decide'), [], 'not before');
    await desk.read('telehealth');
    await desk.press('consent-yes', 'telehealth');
    const [{ id, ...body }] = desk.said('consent_decide');
    assert.deepEqual(body, { request: 'consent_decide', kind: 'telehealth', version: '1.0', lang: 'en', answer: 'granted' });
    assert.match(id, /^[\w-]{22}$/);
    assert.equal(desk.state.asking.receipts.telehealth, 'receipt of telehealth');
    assert.equal(question(desk.state)?.kind, 'observer');
    assert.equal(desk.state.asking.busy, '');
  });

  it('is not taken from a click that was meant for the question before', async () => {
    desk.dispatch(TWO);
    await desk.read('telehealth');
    await desk.press('consent-no', 'telehealth');
    const text = textOf(desk.state, 'observer', 'en');
    assert.ok(text, 'the next text is there already');
    const works = desk.consent.shown(text);
    await desk.press('consent-no', 'observer');
    assert.equal(desk.said('consent_decide').length, 1);
    await works;
    await desk.press('consent-no', 'observer');
    assert.equal(desk.said('consent_decide').length, 2);
  });

  it('in another language is to another text, shown anew', async () => {
    desk.dispatch(TWO);
    await desk.read('telehealth');
    desk.lang = 'ur';
    desk.consent.tend();
    await desk.read('telehealth');
    await desk.press('consent-no', 'telehealth');
    assert.deepEqual(desk.said('consent_shown').map(({ lang }) => lang), ['en', 'ur']);
    assert.equal(desk.said('consent_decide')[0].lang, 'ur');
  });

  it('that could not be kept is nothing agreed, and is the same when it is tried again', async () => {
    desk.dispatch(TWO);
    await desk.read('telehealth');
    desk.fail('consent_decide', 'NOT_STORED');
    await desk.press('consent-yes', 'telehealth');
    assert.equal(desk.state.asking.trouble, 'NOT_STORED');
    assert.equal(question(desk.state)?.kind, 'telehealth');
    await desk.press('consent-yes', 'telehealth');
    const [first, second] = desk.said('consent_decide');
    assert.equal(first.id, second.id);
    assert.equal(desk.state.asking.trouble, '');
    desk.fail('consent_withdraw', 'NOT_STORED');
    await desk.press('consent-withdraw', 'telehealth');
    await desk.press('consent-withdraw', 'telehealth');
    assert.equal(new Set(desk.said('consent_withdraw').map(({ id }) => id)).size, 1);
    assert.notEqual(desk.said('consent_withdraw')[0].id, first.id);
  });

  it('that was the other one after a failure is another answer', async () => {
    desk.dispatch(TWO);
    await desk.read('telehealth');
    desk.fail('consent_decide', 'NOT_STORED');
    await desk.press('consent-yes', 'telehealth');
    await desk.press('consent-no', 'telehealth');
    const [first, second] = desk.said('consent_decide');
    assert.notEqual(first.id, second.id);
  });

  it('on its way when the link is lost is said again by itself, and nothing is asked twice', async () => {
    desk.dispatch(TWO);
    await desk.read('telehealth');
    desk.fail('consent_decide', 'SERVER_GONE');
    await desk.press('consent-yes', 'telehealth');
    assert.equal(desk.state.asking.busy, 'telehealth', 'no button works meanwhile');
    desk.fail('consent_decide', 'CONSENT_NOT_SHOWN');
    desk.dispatch(TWO);
    await sleep(40);
    const said = desk.said('consent_decide');
    assert.equal(said.length, 3, 'lost; not shown on the new connection; taken');
    assert.equal(new Set(said.map(({ id }) => id)).size, 1);
    assert.equal(question(desk.state)?.kind, 'observer');
    assert.equal(desk.state.asking.busy, '');
  });

  it('can be given after the link was lost while its text was shown', async () => {
    desk.dispatch(TWO);
    desk.fail('consent_shown', 'SERVER_GONE');
    await desk.read('telehealth');
    await desk.press('consent-yes', 'telehealth');
    assert.deepEqual(desk.said('consent_decide'), []);
    desk.dispatch(TWO);
    await sleep(SETTLE_MS + 40);
    assert.equal(desk.said('consent_shown').length, 2);
    await desk.press('consent-yes', 'telehealth');
    assert.equal(desk.said('consent_decide').length, 1);
  });

  it('is kept when the person is admitted in the middle of it', async () => {
    desk.dispatch(TWO);
    await desk.read('telehealth');
    desk.instead.push(['consent_decide', ({ kind, answer }) => {
      desk.dispatch(ADMITTED);
      return { kind, answer, receipt: 'late' };
    }]);
    await desk.press('consent-yes', 'telehealth');
    assert.equal(desk.state.view, 'session');
    assert.equal(desk.state.asking.receipts.telehealth, 'late');
    assert.deepEqual(pending(desk.state).map(({ kind }) => kind), ['observer']);
  });

  it('that could not be written down yet is said to be, when it is, with its receipt', async () => {
    desk.dispatch(consent({ telehealth: 'granted' }, { settled: true }));
    desk.fail('consent_withdraw', 'CONSENT_NOT_KEPT');
    await desk.press('consent-withdraw', 'telehealth');
    assert.equal(desk.state.asking.trouble, 'CONSENT_NOT_KEPT');
    desk.consent.written({ kind: 'telehealth', answer: 'withdrawn', receipt: 'late' });
    assert.deepEqual([desk.state.asking.trouble, desk.state.asking.receipts.telehealth], ['', 'late']);
  });

  it('takes along what was written, with a yes and never empty', async () => {
    /** @type {Record<string, string>} */ const fields = { place: '', contact: ' ' };
    /** @type {string[]} */ const focused = [];
    document.querySelector = /** @type {any} */ ((/** @type {string} */ selector) => {
      const name = /data-detail="(\w+)"/.exec(selector)?.[1];
      return name ? { value: fields[name], focus: () => focused.push(name) } : null;
    });
    const kinds = [{ kind: 'emergency', version: '1.0', required: false, scope: 'session', state: 'none', detail: ['place', 'contact'] }];
    desk.dispatch({ type: 'consent', kinds, settled: false });
    await desk.read('emergency');
    await desk.press('consent-yes', 'emergency');
    assert.deepEqual(desk.said('consent_decide'), []);
    assert.deepEqual([desk.state.asking.empty, focused], ['emergency', ['place']]);
    fields.contact = ' Sara,\u202e 0300\t1 ';
    desk.fail('consent_decide', 'NOT_STORED');
    await desk.press('consent-yes', 'emergency');
    fields.place = '12 Mall Road';
    await desk.press('consent-yes', 'emergency');
    const [first, second] = desk.said('consent_decide');
    assert.deepEqual(first.detail, { contact: 'Sara,  0300 1' });
    assert.deepEqual(second.detail, { place: '12 Mall Road', contact: 'Sara,  0300 1' });
    assert.notEqual(first.id, second.id, 'other words are another answer');
    assert.equal(desk.state.asking.empty, '');
    assert.ok(!JSON.stringify(desk.state).includes('Mall'), 'the page does not keep them');
    desk.dispatch({ type: 'consent', kinds, settled: false });
    await desk.read('emergency');
    await desk.press('consent-no', 'emergency');
    assert.ok(!('detail' in desk.said('consent_decide')[2]));
  });

  it('to a text that has changed is not taken: the new one is fetched and shown', async () => {
    desk.dispatch(TWO);
    await desk.read('telehealth');
    desk.version = '2.0';
    desk.fail('consent_decide', 'CONSENT_STALE');
    await desk.press('consent-yes', 'telehealth');
    assert.equal(desk.state.asking.trouble, 'CONSENT_STALE');
    await desk.read('telehealth');
    await desk.press('consent-yes', 'telehealth');
    const [first, second] = desk.said('consent_decide');
    assert.deepEqual([first.version, second.version], ['1.0', '2.0']);
    assert.notEqual(first.id, second.id);
  });

  it('is taken back by one press, and can be given again after reading', async () => {
    desk.dispatch(consent({ telehealth: 'granted' }, { settled: true }));
    desk.consent.actions.answers(/** @type {any} */ ({}), /** @type {any} */ (null));
    await sleep(20);
    await desk.press('consent-withdraw', 'telehealth');
    assert.equal(desk.said('consent_withdraw').length, 1);
    assert.equal(desk.state.consent?.kinds[0].state, 'withdrawn');
    await desk.press('ask', 'telehealth');
    assert.equal(question(desk.state)?.kind, 'telehealth');
    await desk.read('telehealth');
    await desk.press('consent-yes', 'telehealth');
    assert.equal(desk.state.consent?.kinds[0].state, 'granted');
    assert.equal(desk.state.dialog?.kind, 'answers', 'back where they came from');
  });
});
