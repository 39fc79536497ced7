// SPDX-License-Identifier: GPL-3.0-or-later
// Serves html/ and this folder with the headers that conf/nginx sends. Prints its port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const html = join(here, '../../../html');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const headers = [...readFileSync(join(here, '../../../conf/nginx/headers.conf'), 'utf8').matchAll(/^add_header (\S+) "(.*)" always;$/gm)]
  .map(([, name, value]) => [name, value]);

const server = createServer((request, response) => {
  const path = normalize(new URL(String(request.url), 'http://x').pathname);
  const file = path.startsWith('/loopback/') ? join(here, path.slice(10)) : join(html, path);
  try {
    const body = readFileSync(file);
    for (const [name, value] of headers) response.setHeader(name, value);
    response.setHeader('Content-Type', types[/** @type {keyof typeof types} */ (extname(file))] ?? 'text/plain');
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${/** @type {any} */ (server.address()).port}`));
