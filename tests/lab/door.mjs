// SPDX-License-Identifier: GPL-3.0-or-later
/** door.mjs SOCKET PORT: passes connections to a Unix socket on to a loopback port of the host it runs in. */
import { connect, createServer } from 'node:net';

const [path, port] = process.argv.slice(2);
createServer((outside) => {
  const inside = connect(Number(port), '127.0.0.1');
  for (const [from, to] of [[outside, inside], [inside, outside]]) from.on('error', () => to.destroy()).pipe(to);
}).listen(path, () => console.log('open'));
