// SPDX-License-Identifier: GPL-3.0-or-later
/** The programs of a lab's server host: the installed Janus and nginx, from the project's own scripts. */
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, temporaryFolder } from './processes.mjs';

export const TOP = join(dirname(fileURLToPath(import.meta.url)), '../..');
const BUILD = process.env.THP_BUILDDIR ?? join(TOP, 'build/default');
export const PLUGIN = process.env.THP_PLUGIN ?? join(BUILD, '.libs/janus_plugin_therapy.so');
const LOOPBACK = '127.0.0.1';
/** nginx drops root for its workers; their folder must be theirs. */
const WEB_USER = 'nobody';

/**
 * @typedef {object} JanusOptions
 * @property {string} keys file of the public keys that invitations are checked with
 * @property {string} [plugin] the plugin to load
 * @property {string[]} [also] installed plugins to load too, as in "videoroom"
 * @property {Record<string, string>} [files] more files for the configuration folder
 * @property {string[]} [settings] KEY=VALUE lines of the plugin's general section
 */

/** Adds an Admin API that only this machine's root can reach: a Unix socket in the run's folder. @param {string} folder */
function openAdmin(folder) {
  const path = join(folder, 'conf/janus.transport.websockets.jcfg');
  const socket = join(folder, 'admin.sock');
  const text = readFileSync(path, 'utf8')
    .replace('admin_ws = false', `admin_ws = true\n\tadmin_ws_unix = "${socket}"`);
  writeFileSync(path, text);
  const [, secret] = readFileSync(join(folder, 'conf/janus.jcfg'), 'utf8').match(/admin_secret = "([^"]+)"/) ?? [];
  if (!text.includes(socket) || !secret) throw new Error('run-janus wrote no place for the Admin API');
  return { socket, secret };
}

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
    /** @type {string[]} */ this.preparation = [];
    this.origin = '';
  }

  /** @param {JanusOptions} options */
  async startJanus(options) {
    const folder = join(this.folder, 'janus');
    const also = (options.also ?? []).flatMap((name) => ['--also', name]);
    const settings = (options.settings ?? []).flatMap((line) => ['--set', line]);
    this.host.run([join(TOP, 'scripts/run-janus'), '--prepare', '--folder', folder, '--plugin', options.plugin ?? PLUGIN,
      '--keys', options.keys, '--ip', LOOPBACK, ...also, ...settings]);
    this.port = Number(readFileSync(join(folder, 'port'), 'utf8'));
    this.admin = openAdmin(folder);
    for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, 'conf', name), text);
    await this.#runJanus();
  }

  async #runJanus() {
    this.janus = this.host.start(['janus', '-F', join(this.folder, 'janus/conf'), '--log-stdout']);
    await this.janus.says(/WebSockets transport plugin initialized/);
  }

  /** Ends Janus as a crash would, or gently, and starts it again in the same folder. @param {NodeJS.Signals} signal */
  async restartJanus(signal = 'SIGKILL') {
    await this.janus?.stop(signal);
    await this.#runJanus();
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
