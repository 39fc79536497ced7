// SPDX-License-Identifier: GPL-3.0-or-later
/** The real nginx with the configuration that is shipped: what it says to browsers, and whom it lets in. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { run, start, temporaryFolder } from '../lab/processes.mjs';
import { TOP } from '../lab/server.mjs';

const NGINX = '/usr/sbin/nginx';

/** @param {string} path @param {() => boolean} ready */
async function appears(path, ready) {
  for (let tries = 0; tries < 200; tries++) {
    if (ready()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} did not appear`);
}

describe('nginx', () => {
  const { folder, remove } = temporaryFolder('web');
  /** @type {ReturnType<typeof start>} */ let nginx;
  /** @type {WebSocketServer} */ let janus;
  let origin = '';

  before(async () => {
    janus = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'janus-protocol' });
    janus.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${data}`)));
    await new Promise((resolve) => janus.on('listening', resolve));
    const { port } = /** @type {import('node:net').AddressInfo} */ (janus.address());
    /* as root, nginx reads as another user, who may not reach a private checkout */
    chmodSync(folder, 0o755);
    cpSync(join(TOP, 'html'), join(folder, 'html'), { recursive: true });
    nginx = start([join(TOP, 'scripts/run-nginx'), '--folder', join(folder, 'run'), '--html', join(folder, 'html'),
      '--janus', `127.0.0.1:${port}`]);
    const pid = join(folder, 'run/nginx.pid');
    await appears(pid, () => { try { return readFileSync(pid, 'utf8') !== ''; } catch { return false; } });
    origin = `http://127.0.0.1:${readFileSync(join(folder, 'run/port'), 'utf8').trim()}`;
  });
  after(async () => {
    await nginx?.stop('SIGQUIT');
    for (const client of janus.clients) client.terminate();
    janus.close();
    remove();
  });

  /** @param {string} path @param {Record<string, string>} [headers] @param {string} [method] */
  const ask = (path, headers = {}, method = 'GET') => new Promise((resolve, reject) => {
    request(`${origin}${path}`, { headers, method }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer));
    }).on('upgrade', (answer, socket) => { socket.destroy(); resolve(answer); }).on('error', reject).end();
  });

  /** The status of a WebSocket's opening. @param {Record<string, string>} changes of what our pages send */
  const knock = async (changes = {}) => (await ask('/janus', {
    Connection: 'Upgrade', Upgrade: 'websocket', Origin: origin, 'Sec-WebSocket-Protocol': 'janus-protocol',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13', ...changes,
  })).statusCode;

  for (const page of ['/', '/index.html', '/therapist.html']) {
    it(`serves ${page} under a strict policy, to be kept nowhere`, async () => {
      const { statusCode, headers } = await ask(page);
      assert.equal(statusCode, 200);
      assert.match(headers['content-type'], /^text\/html; charset=utf-8$/);
      assert.equal(headers['cache-control'], 'no-store');
      const policy = headers['content-security-policy'];
      for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) {
        assert.ok(policy.split('; ').includes(part), part);
      }
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
      assert.match(headers['permissions-policy'], /camera=\(self\), microphone=\(self\)/);
    });
  }

  it('sends scripts compressed, to be asked about each time', async () => {
    const { statusCode, headers } = await ask('/js/main-client.js', { 'Accept-Encoding': 'gzip' });
    assert.equal(statusCode, 200);
    assert.match(headers['content-type'], /javascript; charset=utf-8$/);
    assert.equal(headers['content-encoding'], 'gzip');
    assert.equal(headers['cache-control'], 'no-cache');
    assert.ok(headers.etag);
  });

  it('keeps the policy on what it refuses, and tells no version', async () => {
    for (const path of ['/nothing', '/js/', '/.git/config', '/js/../../configure.ac', '/local.mk/']) {
      const { statusCode, headers } = await ask(path);
      assert.ok([400, 403, 404].includes(statusCode), `${path}: ${statusCode}`);
      if (statusCode === 404) assert.match(headers['content-security-policy'], /default-src 'none'/, path);
      assert.equal(headers.server, 'nginx');
    }
    assert.equal((await ask('/', {}, 'POST')).statusCode, 403);
  });

  it('opens a WebSocket to its own pages only', async () => {
    assert.equal(await knock(), 101);
    assert.equal(await knock({ Origin: `${origin}.evil.example` }), 403);
    assert.equal(await knock({ Origin: origin.replace('http:', 'https:') }), 403);
    assert.equal(await knock({ Origin: 'null' }), 403);
    assert.equal(await knock({ Origin: '' }), 403);
    assert.equal(await knock({ Origin: `x|${origin}` }), 403);
    assert.equal(await knock({ 'Sec-WebSocket-Protocol': 'janus-admin-protocol' }), 400);
    assert.equal(await knock({ Upgrade: 'h2c' }), 426);
  });

  it('passes messages both ways', async () => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/janus`, 'janus-protocol', { origin });
    const answer = await new Promise((resolve, reject) => {
      socket.on('open', () => socket.send('hello')).on('message', (data) => resolve(String(data))).on('error', reject);
    });
    socket.close();
    assert.equal(answer, 'echo hello');
  });

  it('writes no query, referrer or agent down', async () => {
    await ask('/?canary-query=1', { Referer: 'http://canary-referrer/', 'User-Agent': 'canary-agent' });
    await ask('/canary-path');
    const log = () => readFileSync(join(folder, 'run/access.log'), 'utf8');
    await appears('the log line', () => log().includes('/canary-path'));
    assert.doesNotMatch(log(), /canary-(query|referrer|agent)/);
  });

  it('is content with the example for production', () => {
    const snippets = join(folder, 'etc');
    mkdirSync(snippets);
    for (const name of ['http.conf', 'headers.conf', 'therapy.conf']) {
      cpSync(join(TOP, 'conf/nginx', name), join(snippets, name));
    }
    writeFileSync(join(snippets, 'therapy.conf'), readFileSync(join(snippets, 'therapy.conf'), 'utf8').replaceAll('@CONF@', snippets));
    run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
      '-subj', '/CN=therapy.example.org', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]);
    const example = readFileSync(join(TOP, 'conf/nginx.conf.example'), 'utf8')
      .replaceAll('/etc/nginx/janus-therapy', snippets)
      .replace(/\/etc\/letsencrypt\S*fullchain\.pem/, join(folder, 'cert.pem'))
      .replace(/\/etc\/letsencrypt\S*privkey\.pem/, join(folder, 'key.pem'))
      .replaceAll('/var/log/nginx/', `${folder}/`);
    writeFileSync(join(folder, 'whole.conf'), `pid ${folder}/pid; events {} http { ${example} }`);
    execFileSync(NGINX, ['-t', '-q', '-e', join(folder, 'errors.log'), '-c', join(folder, 'whole.conf')], { stdio: 'pipe' });
  });
});
