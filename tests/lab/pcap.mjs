// SPDX-License-Identifier: GPL-3.0-or-later
/** What the plugin itself is given and gives: Janus writes every packet of a handle to a file, after DTLS-SRTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './processes.mjs';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const UDP_BYTES = 8;

/**
 * @typedef {object} RtpPacket
 * @property {string} handle whose
 * @property {'in' | 'out'} way from the browser, or to it
 * @property {number} at_ms Unix time
 * @property {number} type payload type
 * @property {boolean} marker
 * @property {number} sequence
 * @property {number} timestamp
 * @property {number} ssrc
 * @property {Buffer} payload
 * @property {Buffer} padding with the byte that counts it
 */

/** @param {Buffer} data @returns {Omit<RtpPacket, 'handle' | 'way' | 'at_ms'> | undefined} */
export function readRtp(data) {
  if (data.length < 12 || data[0] >> 6 !== 2) return undefined;
  let at = 12 + 4 * (data[0] & 15);
  if (data[0] & 0x10) at += 4 + 4 * data.readUInt16BE(at + 2);
  const padding = data[0] & 0x20 ? data[data.length - 1] : 0;
  return {
    type: data[1] & 127, marker: (data[1] & 128) !== 0, sequence: data.readUInt16BE(2), timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8), payload: data.subarray(at, data.length - padding), padding: data.subarray(data.length - padding),
  };
}

/** @param {string} handle @param {Buffer} file @returns {RtpPacket[]} */
function readPackets(handle, file) {
  if (file.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('not such a file');
  const packets = [];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= file.length;) {
    const bytes = file.readUInt32LE(at + 8);
    const ip = file.subarray(at + RECORD_HEADER_BYTES + ETHERNET_BYTES, at + RECORD_HEADER_BYTES + bytes);
    const ipBytes = (ip[0] & 15) * 4;
    /* Janus invents the addresses: the browser's is the lower one */
    const way = ip.subarray(12, 16).compare(ip.subarray(16, 20)) < 0 ? /** @type {const} */ ('in') : /** @type {const} */ ('out');
    const rtp = readRtp(ip.subarray(ipBytes + UDP_BYTES));
    /* control packets are in the file too: they have no payload type of media */
    if (rtp && (rtp.type < 64 || rtp.type > 95))
      packets.push({ handle, way, at_ms: file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000, ...rtp });
    at += RECORD_HEADER_BYTES + bytes;
  }
  return packets;
}

/** Begins to record all handles there are now. @param {import('./server.mjs').Server} server */
export async function recordMedia(server) {
  const { folder, remove } = temporaryFolder('pcap');
  /** @type {{session_id: number, handle_id: number}[]} */
  const handles = [];
  for (const session_id of (await server.admin({ janus: 'list_sessions' })).sessions)
    for (const handle_id of (await server.admin({ janus: 'list_handles', session_id })).handles) handles.push({ session_id, handle_id });
  for (const handle of handles) {
    const answer = await server.admin({ janus: 'start_pcap', ...handle, folder, filename: `${handle.handle_id}.pcap`, truncate: 0 });
    if (answer.janus !== 'success') throw new Error(JSON.stringify(answer));
  }
  return {
    /** @returns {Promise<RtpPacket[]>} in the order of time */
    async stop() {
      for (const handle of handles) await server.admin({ janus: 'stop_pcap', ...handle });
      const packets = handles.flatMap(({ handle_id }) => readPackets(String(handle_id), readFileSync(join(folder, `${handle_id}.pcap`))));
      remove();
      return packets.sort((a, b) => a.at_ms - b.at_ms);
    },
  };
}
