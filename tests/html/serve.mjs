// SPDX-License-Identifier: GPL-3.0-or-later
/** Serves html/ to a test, with the headers that matter there, and pages of the test's own. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import '../vendor.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../html');

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/**
 * @param {Record<string, string>} [own] pages of the test by path
 * @returns {Promise<{url: string, server: http.Server, close: () => Promise<void>}>}
 */
export async function serve(own = {}) {
  const server = http.createServer((request, response) => void answer(request, response, own));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    server,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * @param {http.IncomingMessage} request
 * @param {http.ServerResponse} response
 * @param {Record<string, string>} own
 */
async function answer(request, response, own) {
  const name = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
  if (own[name] !== undefined) {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(own[name]);
    return;
  }
  const file = path.join(ROOT, name === '/' ? 'index.html' : path.normalize(name));
  const found = await stat(file).catch(() => null);
  if (!file.startsWith(ROOT) || !found?.isFile()) {
    response.writeHead(404);
    response.end();
    return;
  }
  const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
  });
  createReadStream(file).pipe(response);
}
