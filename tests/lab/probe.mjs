// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Real sockets that measure a link from inside its two hosts; one JSON line as the result.
 *   probe.mjs udp-receive                        prints {"port":N}, then after a silence the arrivals
 *   probe.mjs udp-send ADDRESS PORT COUNT BYTES EVERY_MS
 *   probe.mjs tcp-receive                        prints {"port":N}, then bytes and time of one connection
 *   probe.mjs tcp-send ADDRESS PORT SECONDS
 * Datagrams carry a number and the monotonic time of sending, which all processes of a machine share.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const SILENCE_MS = 600;
const now = () => Number(process.hrtime.bigint() / 1000n);
const say = (/** @type {unknown} */ value) => console.log(JSON.stringify(value));

function udpReceive() {
  const socket = createSocket('udp4');
  /** @type {{number: number, delay_us: number, at_us: number}[]} */
  const arrivals = [];
  const finish = () => { say({ arrivals }); socket.close(); };
  /** @type {NodeJS.Timeout | undefined} */
  let silence;
  socket.on('message', (bytes) => {
    const at = now();
    arrivals.push({ number: bytes.readUInt32BE(0), delay_us: at - Number(bytes.readBigUInt64BE(4)), at_us: at });
    clearTimeout(silence);
    silence = setTimeout(finish, SILENCE_MS);
  });
  socket.bind(0, () => {
    socket.setRecvBufferSize(4 * 1024 * 1024);
    say({ port: socket.address().port });
  });
}

/** @param {string} address @param {number} port @param {number} count @param {number} bytes @param {number} everyMs */
async function udpSend(address, port, count, bytes, everyMs) {
  const socket = createSocket('udp4');
  const begin = now();
  for (let number = 0; number < count; number++) {
    const wait = begin + number * everyMs * 1000 - now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait / 1000));
    const packet = Buffer.alloc(bytes);
    packet.writeUInt32BE(number, 0);
    packet.writeBigUInt64BE(BigInt(now()), 4);
    socket.send(packet, port, address);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.close();
}

function tcpReceive() {
  const server = createServer((socket) => {
    let bytes = 0;
    let first = 0;
    socket.on('data', (chunk) => { first ||= now(); bytes += chunk.length; });
    socket.on('end', () => { say({ bytes, us: now() - first }); socket.end(); server.close(); });
  });
  server.listen(0, () => say({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }));
}

/** @param {string} address @param {number} port @param {number} seconds */
function tcpSend(address, port, seconds) {
  const socket = connect(port, address);
  const end = now() + seconds * 1e6;
  const chunk = Buffer.alloc(16 * 1024);
  const push = () => {
    while (now() < end) if (!socket.write(chunk)) return;
    socket.end();
  };
  socket.on('connect', push).on('drain', push);
}

const [mode, address, ...numbers] = process.argv.slice(2);
const [port, a, b, c] = numbers.map(Number);
if (mode === 'udp-receive') udpReceive();
else if (mode === 'udp-send') await udpSend(address, port, a, b, c);
else if (mode === 'tcp-receive') tcpReceive();
else if (mode === 'tcp-send') tcpSend(address, port, a);
else process.exitCode = 2;
