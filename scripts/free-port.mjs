// SPDX-License-Identifier: GPL-3.0-or-later
// Asks the kernel for free TCP ports: free-port.mjs [count] [address] prints one a line.
import { createServer } from 'node:net';

const count = Number(process.argv[2] ?? 1);
const address = process.argv[3] ?? '127.0.0.1';

const servers = await Promise.all(
  Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address, () => resolve(server));
  })),
);
console.log(servers.map((server) => server.address().port).join('\n'));
servers.forEach((server) => server.close());
