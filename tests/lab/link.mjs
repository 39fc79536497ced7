// SPDX-License-Identifier: GPL-3.0-or-later
/** A link between two network namespaces whose faults can be set while it runs: the other half of link.c. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { run, start, temporaryFolder } from './processes.mjs';

/** The largest there is on these links. */
const PACKET_BYTES = 1500;

/**
 * @typedef {object} Faults
 * @property {number} [delayMs] one way
 * @property {number} [jitterMs] 0 up to this much is added to the delay, without changing the order
 * @property {number} [rateKbps] of IP packets, 0 = no limit
 * @property {number} [queueBytes] that may wait for the line before packets are dropped
 * @property {number} [queueMs] the same as time at rateKbps, which must be given too; two whole packets wait on any line
 * @property {number} [loss] 0 to 1
 * @property {number} [burst] mean number of packets lost in a row
 * @typedef {'up' | 'down' | 'both'} Way up is from the host to the server
 * @typedef {{taken: number, overflowed: number, lost: number, delivered: number, delivered_bytes: number,
 *   refused: number, waiting_bytes: number}} Counters
 */

/** @type {Record<string, (value: number) => [string, number]>} */
const COMMANDS = {
  delayMs: (value) => ['delay', value * 1000],
  jitterMs: (value) => ['jitter', value * 1000],
  rateKbps: (value) => ['rate', value * 1000],
  queueBytes: (value) => ['queue', value],
  loss: (value) => ['loss', value * 1e6],
  burst: (value) => ['burst', value],
};

/** @type {string | undefined} */
let program;

/** The program as the build left it, or compiled for this run. */
function linkProgram() {
  const here = dirname(fileURLToPath(import.meta.url));
  const built = join(process.env.THP_BUILDDIR ?? join(here, '../../build/default'), 'tests/lab/link');
  if (program === undefined && existsSync(built)) program = built;
  if (program === undefined) {
    program = join(temporaryFolder('link').folder, 'link');
    run([process.env.CC ?? 'cc', '-std=gnu11', '-D_GNU_SOURCE', '-O2', '-o', program, join(here, 'link.c')]);
  }
  return program;
}

/** @param {Faults} faults */
function toCommand(faults) {
  const { queueMs, ...rest } = faults;
  if (queueMs !== undefined) {
    if (!rest.rateKbps) throw new Error('queueMs needs rateKbps');
    rest.queueBytes = Math.max(2 * PACKET_BYTES, (queueMs * rest.rateKbps) / 8);
  }
  return Object.entries(rest).map(([name, value]) => {
    const [key, number] = COMMANDS[name](value);
    return `${key}=${Math.round(number)}`;
  }).join(' ');
}

export class Link {
  /** @type {import('./processes.mjs').Running} */ #process;
  /** @type {AsyncIterator<string>} */ #answers;
  /** @type {Promise<unknown>} */ #last = Promise.resolve();

  /** @param {import('./processes.mjs').Running} process @param {AsyncIterator<string>} answers */
  constructor(process, answers) {
    this.#process = process;
    this.#answers = answers;
  }

  /** @param {{netns: string, ifname: string}} host @param {{netns: string, ifname: string}} server */
  static async open(host, server) {
    const process = start([linkProgram(), host.netns, host.ifname, server.netns, server.ifname], { stdin: 'pipe' });
    const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (process.child.stdout) });
    const link = new Link(process, lines[Symbol.asyncIterator]());
    await process.says(/"ready":true/);
    await link.#answers.next();
    return link;
  }

  /** @param {string} command */
  #ask(command) {
    const answer = this.#last.then(async () => {
      this.#process.child.stdin?.write(`${command}\n`);
      const { value, done } = await this.#answers.next();
      const reply = done ? { ok: false } : JSON.parse(value);
      if (!reply.ok) throw new Error(`link: refused: ${command}`);
      return reply;
    });
    this.#last = answer.catch(() => {});
    return answer;
  }

  /**
   * Changes the faults named, from the next packet on; a new rate also applies to what already waits.
   * @param {Faults} faults
   * @param {Way} [way]
   */
  async set(faults, way = 'both') {
    await this.#ask(`set ${way} ${toCommand(faults)}`);
  }

  /** Starts the random numbers again, so that a run can be repeated. @param {number} seed not 0 */
  async seed(seed) {
    await this.#ask(`seed ${seed}`);
  }

  /** @returns {Promise<{up: Counters, down: Counters}>} */
  async stats() {
    const { up, down } = await this.#ask('stats');
    return { up, down };
  }

  async close() {
    if (this.#process.child.exitCode === null) {
      const gone = once(this.#process.child, 'exit');
      this.#process.child.stdin?.end();
      await gone;
    }
    await this.#process.stop();
  }
}
