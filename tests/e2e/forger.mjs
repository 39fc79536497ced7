// SPDX-License-Identifier: GPL-3.0-or-later
/** forger.mjs ADDRESS PORT...: sends made-up media to all these ports, as whoever found them open might, until ended. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';

const EVERY_MS = 10;
const PAYLOAD_TYPES = [111, 96];

const [address, ...ports] = process.argv.slice(2);
const socket = createSocket('udp4');
let number = 0;

setInterval(() => {
  for (const port of ports) {
    const packet = randomBytes(160);
    packet[0] = 0x80;
    packet[1] = PAYLOAD_TYPES[number % PAYLOAD_TYPES.length];
    packet.writeUInt16BE(number & 0xffff, 2);
    socket.send(packet, Number(port), address);
  }
  number++;
  if (number === 1) console.log('forging');
}, EVERY_MS);
