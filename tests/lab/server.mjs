// SPDX-License-Identifier: GPL-3.0-or-later
/** The programs of a lab's server host: the installed Janus and nginx, from the project's own scripts. */
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import '../vendor.mjs';
import { run, temporaryFolder } from './processes.mjs';

export const TOP = join(dirname(fileURLToPath(import.meta.url)), '../..');
const BUILD = process.env.THP_BUILDDIR ?? join(TOP, 'build/default');
export const PLUGIN = process.env.THP_PLUGIN ?? join(BUILD, '.libs/janus_plugin_therapy.so');
const START_MS = 30_000;
const LOOPBACK = '127.0.0.1';
/** nginx drops root for its workers; their folder must be theirs. */
const WEB_USER = 'nobody';

/**
 * @typedef {object} JanusOptions
 * @property {string} keys file of the public keys that invitations are checked with
 * @property {string} [plugin] the plugin to load
 * @property {string[]} [also] installed plugins to load too, as in "videoroom"
 * @property {string[]} [settings] KEY=VALUE lines of the plugin's configuration
 * @property {number} [sessionS] seconds that Janus keeps a session without a sign of life
 * @property {Record<string, string>} [env] what Janus finds in its environment
 */

/** Keys for TLS, made for one run. @param {string} folder @param {string} address */
function makeCertificate(folder, address) {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=lab', '-addext', `subjectAltName=IP:${address}`, '-keyout', key, '-out', cert]);
  chmodSync(key, 0o644);
  return { cert, key };
}

export class Server {
  /** @param {import('./lab.mjs').Host} host */
  constructor(host) {
    this.host = host;
    const { folder, remove } = temporaryFolder('server');
    this.folder = folder;
    this.remove = remove;
    chmodSync(folder, 0o711);
    /** @type {import('./processes.mjs').Running | undefined} */ this.janus = undefined;
    /** @type {import('./processes.mjs').Running | undefined} */ this.nginx = undefined;
    this.origin = '';
    /** @type {Record<string, string>} */ this.env = {};
  }

  /** @param {JanusOptions} options */
  async startJanus(options) {
    const also = (options.also ?? []).flatMap((name) => ['--also', name]);
    this.env = options.env ?? {};
    const settings = (options.settings ?? []).flatMap((line) => ['--set', line]);
    await this.#runJanus(['--folder', this.#janusFolder, '--plugin', options.plugin ?? PLUGIN, '--keys', options.keys,
      '--ip', LOOPBACK, '--admin', '--session', String(options.sessionS ?? 60), ...also, ...settings]);
    this.port = Number(readFileSync(join(this.#janusFolder, 'port'), 'utf8'));
  }

  /** Where the plugin keeps what lasts. */
  get data() {
    return join(this.#janusFolder, 'data');
  }

  get #janusFolder() {
    return join(this.folder, 'janus');
  }

  /** @param {string[]} args */
  async #runJanus(args) {
    this.janus = this.host.start([join(TOP, 'scripts/run-janus'), ...args], { env: this.env });
    await this.janus.says(/WebSockets transport plugin initialized/, START_MS);
  }

  /** Ends Janus, as a crash would or gently, and starts it again as it was. @param {NodeJS.Signals} signal */
  async restartJanus(signal = 'SIGKILL') {
    await this.janus?.stop(signal);
    await this.#runJanus(['--run', this.#janusFolder]);
  }

  /**
   * A request of the Admin API, over its Unix socket: files are the same inside and outside.
   * @param {Record<string, unknown>} message
   * @returns {Promise<Record<string, any>>}
   */
  async admin(message) {
    const [, secret] = readFileSync(join(this.#janusFolder, 'conf/janus.jcfg'), 'utf8').match(/admin_secret = "([^"]+)"/) ?? [];
    const socket = new WebSocket(`ws+unix:${join(this.#janusFolder, 'admin.sock')}:/`, 'janus-admin-protocol');
    try {
      await once(socket, 'open');
      socket.send(JSON.stringify({ ...message, admin_secret: secret, transaction: 'lab' }));
      const [answer] = await once(socket, 'message');
      return JSON.parse(String(answer));
    } finally {
      socket.close();
    }
  }

  /**
   * Serves copies, as nginx's user may not read the checkout.
   * @param {Record<string, string>} [more] folders to serve beside the pages: path to folder
   */
  async startWeb(more = {}) {
    const folder = join(this.folder, 'nginx');
    const html = join(this.folder, 'html');
    mkdirSync(folder);
    cpSync(join(TOP, 'html'), html, { recursive: true });
    for (const [path, from] of Object.entries(more)) cpSync(from, join(html, path), { recursive: true });
    const { cert, key } = makeCertificate(this.folder, this.host.address);
    this.nginx = this.host.start([join(TOP, 'scripts/run-nginx'), '--folder', folder, '--janus', `${LOOPBACK}:${this.port}`,
      '--html', html, '--ip', this.host.address, '--cert', cert, '--cert-key', key,
      '--user', WEB_USER]);
    for (let tries = 0; tries < 100; tries++) {
      try {
        this.origin = `https://${this.host.address}:${readFileSync(join(folder, 'port'), 'utf8').trim()}`;
        this.host.run(['openssl', 's_client', '-brief', '-connect', this.origin.slice('https://'.length)]);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    throw new Error(`nginx did not answer:\n${this.nginx.output()}`);
  }

  async close() {
    await this.nginx?.stop('SIGQUIT');
    await this.janus?.stop('SIGINT');
    this.remove();
  }
}
