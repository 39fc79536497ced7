// SPDX-License-Identifier: GPL-3.0-or-later
/** A clinic that asks: a ledger and texts of its own, and what a page does to answer. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHORT_MS, temporaryFolder } from '../lab/processes.mjs';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';

const TOP = join(dirname(fileURLToPath(import.meta.url)), '../..');
const TOOL = join(process.env.THP_BUILDDIR ?? join(TOP, process.env.THP_LIVE_ASAN ? 'build/asan' : 'build/default'), 'tools/therapy-ledger');

/** @typedef {Record<string, any>} Json */

export const newId = () => randomBytes(16).toString('base64url');

/** @param {string[]} words */
export function ledger(words) {
  const { status, stdout, stderr } = spawnSync(TOOL, words, { encoding: 'utf8', timeout: SHORT_MS });
  return { status, stdout, stderr };
}

/** A gateway that asks, with the sample texts. */
export class Clinic {
  /**
   * @param {{after: (end: () => unknown) => void}} test
   * @param {{data?: string, logLevel?: number, settings?: string[], env?: Record<string, string>, recording?: boolean}} [options]
   *   data: where the ledger is made; recording: with its texts
   */
  static async open(test, options = {}) {
    const { folder, remove } = temporaryFolder('consent');
    test.after(remove);
    const clinic = new Clinic(folder, options.data ?? join(folder, 'ledger'));
    if (options.recording) cpSync(join(TOP, 'conf/consent-recording'), clinic.texts, { recursive: true });
    clinic.gateway = await Gateway.start({
      logLevel: options.logLevel,
      env: options.env,
      settings: ['consent.enabled=true', `consent.texts=${clinic.texts}`, `consent.ledger=${clinic.data}`,
        'limits.requests_per_10s=1000', 'limits.requests_burst=1000', ...(options.settings ?? [])],
    }, test);
    return clinic;
  }

  /** @param {string} folder @param {string} data */
  constructor(folder, data) {
    this.folder = folder;
    this.data = data;
    this.texts = join(folder, 'texts');
    cpSync(join(TOP, 'conf/consent'), this.texts, { recursive: true });
    const made = ledger(['init', '--data', data, '--origin', 'clinic.example/live', '--keys', join(folder, 'keys')]);
    assert.equal(made.status, 0, made.stderr);
    this.root = made.stdout.trim();
    /** @type {Gateway} */ this.gateway = /** @type {any} */ (undefined);
  }

  /** @param {Json} [claims] */
  async therapist(claims) {
    return Person.join(await this.gateway.connect(), this.gateway.booking.therapist(claims));
  }

  /** @param {Json} [claims] */
  async client(claims) {
    return Person.join(await this.gateway.connect(), this.gateway.booking.invite(claims));
  }

  /** The same person, on the same device. @param {Person} person */
  async again(person) {
    return Person.join(await this.gateway.connect(), person.invitation, person.device);
  }

  /** What the tool says of a receipt. @param {string} receipt */
  #verify(receipt) {
    mkdirSync(join(this.folder, 'receipts'), { recursive: true });
    const file = join(this.folder, 'receipts', `${newId()}.txt`);
    writeFileSync(file, receipt);
    return ledger(['verify-receipt', file, '--root', this.root]);
  }

  /** @param {string} receipt */
  isGenuine(receipt) {
    return this.#verify(receipt).status === 0;
  }

  /** The receipt is genuine, by the tool, and with one letter changed it is not. @param {string} receipt */
  assertGenuine(receipt) {
    const { status, stdout, stderr } = this.#verify(receipt);
    assert.equal(status, 0, stdout + stderr);
    const at = receipt.length >> 1;
    assert.ok(!this.isGenuine(receipt.slice(0, at) + (receipt[at] === 'x' ? 'y' : 'x') + receipt.slice(at + 1)));
  }

  /** All of the ledger is as it was signed. */
  assertSound() {
    const { status, stdout, stderr } = ledger(['verify', '--data', this.data, '--root', this.root,
      '--organisation', join(this.folder, 'keys/organisation.secret'), '--at', String(Date.now())]);
    assert.equal(status, 0, stdout + stderr);
  }

  /** Changes one letter of the newest entry behind the ledger's back, while nobody has it. */
  change() {
    const file = join(this.data, 'ledger.db');
    const bytes = readFileSync(file);
    const at = bytes.lastIndexOf('"type":"consent"');
    assert.ok(at > 0);
    bytes.write('"type":"consens"', at);
    writeFileSync(file, bytes);
  }

  /** @param {string} sub @param {string} [room] */
  status(sub, room = 'r-17') {
    return ledger(['status', '--data', this.data, '--sub', sub, '--scope', room]).stdout;
  }
}

/** What is asked of @person, once it fits. @param {Person} person @param {(d: Json) => boolean} [fits] */
export const asked = async (person, fits) => (await person.handle.hears('consent', fits)).data;

/** Reads the text, has it shown. @param {Person} person @param {string} kind @param {string} [lang] */
export async function read(person, kind, lang = 'en') {
  const { data } = await person.ask('consent_text', { kind, lang });
  await person.ask('consent_shown', { kind, version: data.version, lang: data.lang });
  return data;
}

/** Reads and answers. @param {Person} person @param {string} kind @param {string} said @param {string} [lang] */
export async function answer(person, kind, said, lang = 'en', id = newId()) {
  const text = await read(person, kind, lang);
  const { data } = await person.ask('consent_decide', { kind, version: text.version, lang: text.lang, answer: said, id });
  return data;
}
