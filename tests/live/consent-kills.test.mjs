// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * The server dies while people answer: what was acknowledged is in the ledger as it was answered, and what was not is
 * there once or not at all. THP_KILLS=n kills more often.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { asked, Clinic, newId, read } from './consenting.mjs';

/** @typedef {import('./client.mjs').Person} Person */
/** @typedef {{id: string, said: 'granted'|'refused'|'withdrawn', receipt?: string}} Act */

const KILLS = Number(process.env.THP_KILLS ?? 4);
const PEOPLE = 4;
const LIFE_MS = 250; /* at most, between two kills */
const KIND = 'observer';

/** Somebody who cannot decide: says yes or no, takes a yes back, and begins again, until the server is gone. */
class Wavering {
  /** @type {Person | null} */ #person = null;
  /** @type {Act[]} */ acts = [];
  /** @type {Record<string, any>} */ #text = {};

  /** @param {Clinic} clinic @param {number} number */
  constructor(clinic, number) {
    this.clinic = clinic;
    this.claims = { sub: `p-${number}`, area: `area-${number}`, room: 'r-17' };
  }

  async arrive() {
    this.#person = this.#person ? await this.clinic.again(this.#person) : await this.clinic.client(this.claims);
    const { kinds } = await asked(this.#person);
    const known = kinds.find((/** @type {any} */ one) => one.kind === KIND).state;
    const last = this.acts.at(-1);
    const before = this.acts.findLast((act) => act.receipt);
    const states = last?.receipt ? [last.said] : [before?.said ?? 'none', last?.said ?? 'none'];
    assert.ok(states.includes(known), `${known}, and not ${states.join(' or ')}`);
    this.#text = await read(this.#person, KIND);
  }

  /** @param {Act} act */
  async #ask({ id, said }) {
    const { version, lang } = this.#text;
    const person = /** @type {Person} */ (this.#person);
    const { data } = said === 'withdrawn'
      ? await person.ask('consent_withdraw', { kind: KIND, id })
      : await person.ask('consent_decide', { kind: KIND, version, lang, answer: said, id });
    assert.deepEqual([data.therapy, data.kind, data.answer], ['consent_decided', KIND, said]);
    return data.receipt;
  }

  /** What was asked in vain is asked again, as a page does. */
  async mend() {
    const last = this.acts.at(-1);
    if (last && !last.receipt) last.receipt = await this.#ask(last);
  }

  async live() {
    for (;;) {
      const before = this.acts.at(-1)?.said;
      const said = before === 'granted' ? 'withdrawn' : this.acts.length % 3 ? 'granted' : 'refused';
      /** @type {Act} */ const act = { id: newId(), said };
      this.acts.push(act);
      const receipt = await this.#ask(act).catch(() => null);
      if (!receipt) return;
      act.receipt = receipt;
    }
  }

  /** The receipts that the ledger knows nothing of: each answer, asked again, must be the very same. */
  async wrong() {
    const wrong = [];
    for (const act of this.acts) {
      /* only what is granted can be taken back */
      const same = act.said === 'withdrawn' ? this.clinic.isGenuine(act.receipt ?? '') : await this.#ask(act) === act.receipt;
      if (!same) wrong.push(act.id);
    }
    return wrong;
  }
}

describe('a server that dies while people answer', () => {
  it(`forgets no answer, ${KILLS} times kill -9 at any moment`, async (test) => {
    const clinic = await Clinic.open(test);
    const people = Array.from({ length: PEOPLE }, (_, i) => new Wavering(clinic, i));
    let inDoubt = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await Promise.all(people.map((one) => one.arrive()));
      await Promise.all(people.map((one) => one.mend()));
      const lives = people.map((one) => one.live());
      await sleep(Math.random() * LIFE_MS);
      await clinic.gateway.end('SIGKILL');
      await Promise.all(lives);
      inDoubt += people.filter((one) => !one.acts.at(-1)?.receipt).length;
      await clinic.gateway.again();
    }
    await Promise.all(people.map((one) => one.arrive()));
    await Promise.all(people.map((one) => one.mend()));
    assert.deepEqual((await Promise.all(people.map((one) => one.wrong()))).flat(), []);
    const acts = people.reduce((sum, one) => sum + one.acts.length, 0);
    test.diagnostic(`${KILLS} kills, ${acts} answers, 0 lost; ${inDoubt} were asked in vain and again`);
    assert.ok(acts > KILLS);
    await clinic.gateway.close();
    for (const { acts: [...all], claims } of people) {
      assert.match(clinic.status(claims.sub), new RegExp(`^${KIND} ${all.at(-1)?.said}`, 'm'));
      clinic.assertGenuine(all.at(-1)?.receipt ?? '');
    }
    clinic.assertSound();
  });
});
