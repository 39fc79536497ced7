// SPDX-License-Identifier: GPL-3.0-or-later
/** What really went over a host's link: tcpdump inside the host, and its file read afterwards. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './processes.mjs';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const UDP_HEADER_BYTES = 8;
/** pcap's code for packets that begin with their IP header, as on a TUN interface. */
const LINKTYPE_RAW = 101;
const SNAP_BYTES = 96;

/**
 * @typedef {object} Datagram
 * @property {number} at_ms Unix time
 * @property {string} from address
 * @property {'rtp' | 'other'} kind SRTP media; or its control packets, STUN and DTLS
 * @property {number} bytes of the IP packet
 * @property {number} ssrc of SRTP, else 0; it and the next are in clear
 * @property {number} sequence
 */

/** @param {Buffer} ip @returns {Omit<Datagram, 'at_ms'> | undefined} */
function readDatagram(ip) {
  const headerBytes = (ip[0] & 0x0f) * 4;
  if (ip[0] >> 4 !== 4 || ip[9] !== 17 || ip.length < headerBytes + UDP_HEADER_BYTES + 12) return undefined;
  const [first, second] = ip.subarray(headerBytes + UDP_HEADER_BYTES);
  // RFC 7983 and RFC 5761: media are version 2 and no payload type of RTCP.
  const isRtp = first >> 6 === 2 && (second < 192 || second > 223);
  const udp = headerBytes + UDP_HEADER_BYTES;
  return {
    from: ip.subarray(12, 16).join('.'), kind: isRtp ? 'rtp' : 'other', bytes: ip.readUInt16BE(2),
    ssrc: isRtp ? ip.readUInt32BE(udp + 8) : 0, sequence: isRtp ? ip.readUInt16BE(udp + 2) : 0,
  };
}

/** @param {Buffer} file @returns {Datagram[]} */
function readCapture(file) {
  if (file.readUInt32LE(0) !== 0xa1b2c3d4 || file.readUInt32LE(20) !== LINKTYPE_RAW) throw new Error('not such a capture');
  const datagrams = [];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= file.length;) {
    const bytes = file.readUInt32LE(at + 8);
    const packet = file.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + bytes);
    const datagram = readDatagram(packet);
    if (datagram) datagrams.push({ at_ms: file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000, ...datagram });
    at += RECORD_HEADER_BYTES + bytes;
  }
  return datagrams;
}

/** Begins to record a host's link, or another interface. @param {import('./lab.mjs').Host} host @param {string} [ifname] */
export async function capture(host, ifname = 'eth0') {
  const { folder, remove } = temporaryFolder('capture');
  const path = join(folder, 'link.pcap');
  const tcpdump = host.start(['tcpdump', '-n', '-U', '-Z', 'root', '-s', String(SNAP_BYTES), '-B', '8192', '-i', ifname, '-w', path, 'udp']);
  await tcpdump.says(/listening on/);
  return {
    /** Ends the recording. @returns {Promise<Datagram[]>} */
    async stop() {
      await tcpdump.stop('SIGINT');
      const [, dropped] = tcpdump.output().match(/(\d+) packets? dropped by kernel/) ?? [];
      if (dropped !== '0') throw new Error(`the capture is not whole:\n${tcpdump.output()}`);
      const datagrams = readCapture(readFileSync(path));
      remove();
      return datagrams;
    },
  };
}
