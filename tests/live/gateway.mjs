// SPDX-License-Identifier: GPL-3.0-or-later
/** The installed Janus with the plugin that was just built, in a folder and on a port of its own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, start, temporaryFolder } from '../lab/processes.mjs';
import { Booking } from './booking.mjs';
import { Connection } from './client.mjs';

const TOP = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** THP_LIVE_ASAN=1 runs the same tests with the plugin built under AddressSanitizer. */
const BUILD = process.env.THP_BUILDDIR ?? join(TOP, process.env.THP_LIVE_ASAN ? 'build/asan' : 'build/default');
const START_MS = 30_000;
/** Janus closes a connection that a plugin gives up by a timer of up to a second; ending before, it loses what that holds. */
const CLOSING_MS = 1100;

/** The plugin under test, in automake's place. */
export const PLUGIN = join(BUILD, '.libs/janus_plugin_therapy.so');
/** The same without a sanitizer, which would be in the way of other preloaded libraries. */
export const PLAIN = join(BUILD, '../default/.libs/janus_plugin_therapy.so');
export const INVITE = join(BUILD, 'tools/therapy-invite');
/** Found by name, for nothing but a sanitizer of that name would be in there. */
export const SANITIZED = existsSync(PLUGIN) && readFileSync(PLUGIN).includes('libasan.so');

/**
 * @typedef {object} GatewayOptions
 * @property {Booking} [booking] whose invitations are honoured
 * @property {string[]} [settings] KEY=VALUE lines of the plugin's configuration, SECTION.KEY outside of general
 * @property {string} [plugin] other than the one under test
 * @property {number} [logLevel]
 * @property {Record<string, string>} [env] what Janus finds in its environment
 * @property {number} [reclaimS] seconds that Janus waits for a page whose WebSocket is gone
 */

export class Gateway {
  /** @type {import('../lab/processes.mjs').Running} */ #running;
  /** @type {Connection[]} */ #connections = [];
  /** @type {Promise<{code: number | null, signal: string | null, reports: string}> | undefined} */ #end;

  /** @param {string} folder @param {() => void} remove @param {Booking} booking @param {GatewayOptions} options */
  constructor(folder, remove, booking, options) {
    const script = join(TOP, 'scripts/run-janus');
    this.folder = folder;
    this.remove = remove;
    this.booking = booking;
    this.run = join(folder, 'janus');
    mkdirSync(this.run);
    writeFileSync(join(folder, 'keys'), `${booking.publicKey}\n`);
    run([script, '--prepare', '--folder', this.run, '--plugin', options.plugin ?? PLUGIN, '--keys', join(folder, 'keys'), '--admin',
      '--realm', booking.realm, '--log-level', String(options.logLevel ?? 4),
      // What is sent here is not media that a browser has encrypted.
      ...[...((options.settings ?? []).includes('require_e2ee=true') ? [] : ['require_e2ee=false']), ...(options.settings ?? [])].flatMap((line) => ['--set', line])]);
    if (options.reclaimS) this.#change('janus.jcfg', /(reclaim_session_timeout = )\d+/, options.reclaimS);
    this.env = options.env ?? {};
    this.#running = this.#start();
  }

  #start() {
    return start([join(TOP, 'scripts/run-janus'), '--run', this.run], {
      env: {
        ...this.env,
        ASAN_OPTIONS: `detect_leaks=1:fast_unwind_on_malloc=0:malloc_context_size=12:log_path=${join(this.folder, 'asan')}`,
        LSAN_OPTIONS: `suppressions=${join(TOP, 'tests/live/lsan.supp')}:print_suppressions=0`,
        UBSAN_OPTIONS: 'print_stacktrace=1',
      },
    });
  }

  /** Where the plugin keeps what lasts. */
  get data() {
    return join(this.run, 'data');
  }

  /** Ends Janus, as a crash would or gently; resolves with the milliseconds that it took. @param {NodeJS.Signals} signal */
  async end(signal = 'SIGKILL') {
    const before = performance.now();
    await this.#running.stop(signal);
    for (const connection of this.#connections.splice(0)) connection.cut();
    return performance.now() - before;
  }

  /** Starts Janus again, as it was. */
  async again() {
    this.#running = this.#start();
    await this.#running.says(/WebSockets transport plugin initialized/, START_MS);
  }

  /** Starts Janus again, which must fail to load the plugin; resolves with its log. */
  async failsAgain() {
    this.#running = this.#start();
    await this.#running.says(/WebSockets transport plugin initialized|\[FATAL\]/, START_MS);
    return this.log;
  }

  /** @param {string} file @param {RegExp} what @param {number} value */
  #change(file, what, value) {
    const path = join(this.run, 'conf', file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(what, `$1${value}`));
  }

  /**
   * @param {GatewayOptions} [options]
   * @param {{after: (end: () => Promise<unknown>) => void}} [test] it ends with this test, however that ends
   */
  static async start(options = {}, test = undefined) {
    if (!existsSync(PLUGIN)) throw new Error(`there is no ${PLUGIN}: build it, or set THP_BUILDDIR`);
    const { folder, remove } = temporaryFolder('live');
    const gateway = new Gateway(folder, remove, options.booking ?? new Booking(), options);
    test?.after(() => gateway.stop());
    await gateway.#running.says(/WebSockets transport plugin initialized/, START_MS);
    return gateway;
  }

  get url() {
    return `ws://127.0.0.1:${readFileSync(join(this.run, 'port'), 'utf8').trim()}`;
  }

  get pid() {
    return /** @type {number} */ (this.#running.child.pid);
  }

  get log() {
    return this.#running.output();
  }

  /** A new WebSocket, closed with the gateway. */
  async connect() {
    const connection = await Connection.open(this.url);
    this.#connections.push(connection);
    return connection;
  }

  /**
   * A request of the Admin API, over its Unix socket.
   * @param {Record<string, unknown>} message
   * @returns {Promise<Record<string, any>>}
   */
  async admin(message) {
    const conf = readFileSync(join(this.run, 'conf/janus.jcfg'), 'utf8');
    const [, secret] = conf.match(/admin_secret = "([^"]+)"/) ?? [];
    const connection = await Connection.open(`ws+unix:${join(this.run, 'admin.sock')}:/`, 'janus-admin-protocol');
    try {
      return await connection.send({ ...message, admin_secret: secret });
    } finally {
      await connection.close();
    }
  }

  /** What operators ask the plugin for. @param {string} request @returns {Promise<Record<string, any>>} */
  async operate(request) {
    const { response } = await this.admin({ janus: 'message_plugin', plugin: 'janus.plugin.therapy', request: { request } });
    return response;
  }

  /** The plugin's counters. */
  status() {
    return this.operate('status');
  }

  /** Open files of the process, and how many of them are sockets for datagrams. */
  files() {
    const inodes = new Set(['udp', 'udp6'].flatMap((name) => readFileSync(`/proc/${this.pid}/net/${name}`, 'utf8')
      .split('\n').slice(1).map((line) => line.trim().split(/\s+/)[9])));
    const folder = `/proc/${this.pid}/fd`;
    let udp = 0;
    const names = readdirSync(folder);
    for (const name of names) {
      try {
        const [, inode] = readlinkSync(join(folder, name)).match(/^socket:\[(\d+)\]$/) ?? [];
        if (inode && inodes.has(inode)) udp++;
      } catch {
        // closed meanwhile
      }
    }
    return { fds: names.length, udp };
  }

  threads() {
    return readdirSync(`/proc/${this.pid}/task`).length;
  }

  /** Memory of the process that is in use, in KiB. */
  residentKb() {
    const [, kb] = readFileSync(`/proc/${this.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/) ?? [];
    return Number(kb);
  }

  /** What a sanitizer had to say, if the plugin was built with one. */
  reports() {
    return readdirSync(this.folder).filter((name) => name.startsWith('asan.'))
      .map((name) => readFileSync(join(this.folder, name), 'utf8')).join('\n');
  }

  /** Ends it as an operator would, with Ctrl-C; resolves with how it ended. */
  stop() {
    this.#end ??= this.#stop();
    return this.#end;
  }

  async #stop() {
    const { child } = this.#running;
    for (const connection of this.#connections) connection.cut();
    if (SANITIZED) await new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
    await this.#running.stop('SIGINT');
    const end = { code: child.exitCode, signal: child.signalCode, reports: this.reports() };
    this.remove();
    return end;
  }

  /** The same, for a test that is done: the end must be a good one. */
  async close() {
    const log = this.log;
    const { code, signal, reports } = await this.stop();
    if (reports || code !== 0) throw new Error(`Janus ended with ${code ?? signal}\n${reports}${log.slice(-2000)}`);
  }
}
