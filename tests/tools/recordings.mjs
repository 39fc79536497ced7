// SPDX-License-Identifier: GPL-3.0-or-later
/** Recordings made up for tests: encrypted by the pages' own code, in the files that the server writes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { protect } from '../../html/js/e2ee/frames.js';
import { KeyRing } from '../../html/js/e2ee/keyring.js';
import { sealEpoch } from '../../html/js/e2ee/sealing.js';

/**
 * @typedef {{seq: number, ts: number, payload: Uint8Array, marker?: boolean, ssrc?: number}} Packet
 * @typedef {{gi: number, epoch: number, base: Uint8Array}} Epoch
 */

const HEAD = 12;

/** @param {Packet} packet */
function rtp({ seq, ts, payload, marker = false, ssrc = 7 }) {
  const head = Buffer.alloc(HEAD);
  head[0] = 0x80;
  head[1] = (marker ? 0x80 : 0) | 96;
  head.writeUInt16BE(seq & 0xffff, 2);
  head.writeUInt32BE(ts >>> 0, 4);
  head.writeUInt32BE(ssrc, 8);
  return Buffer.concat([head, payload]);
}

/** A file of Janus's recorder. @param {'a' | 'v'} medium @param {Packet[]} packets @param {number} [started_us] */
export function mjr(medium, packets, started_us = 1_700_000_000_000_000) {
  const info = Buffer.from(JSON.stringify({ t: medium, c: medium === 'a' ? 'opus' : 'vp8', s: started_us, u: started_us, e: true }));
  const size = Buffer.alloc(2);
  size.writeUInt16BE(info.length);
  return Buffer.concat([Buffer.from('MJR00002'), size, info, ...packets.flatMap((packet) => {
    const bytes = rtp(packet);
    const front = Buffer.alloc(10);
    front.write('MEET');
    front.writeUInt16BE(bytes.length, 8);
    return [front, bytes];
  })]);
}

/** What somebody at @leaf sends in an epoch. @param {Epoch} epoch @param {number} leaf */
export async function sender({ gi, epoch, base }, leaf) {
  const ring = new KeyRing();
  await ring.enter({ gi, epoch, leaf, places: [], base: base.slice() }, 0);
  return {
    /** @param {Uint8Array} frame */
    sound: (frame) => protect(ring, 0, 'opus', frame),
    /** @param {Uint8Array} frame */
    picture: (frame) => protect(ring, 1, 'vp8', frame),
  };
}

/** A picture as packets, the descriptor in front of each. @param {Uint8Array} frame @param {number} seq @param {number} ts @param {number} [size] @returns {Packet[]} */
export function picture(frame, seq, ts, size = 40) {
  const count = Math.ceil(frame.length / size);
  return Array.from({ length: count }, (_, i) => ({
    seq: seq + i, ts, marker: i === count - 1,
    payload: Uint8Array.from([i === 0 ? 0x10 : 0, ...frame.subarray(i * size, (i + 1) * size)]),
  }));
}

/**
 * Puts a recording into a folder.
 * @param {string} folder
 * @param {{tracks: Record<string, Buffer>, epochs?: Epoch[], recipient: string, ended?: boolean}} what
 */
export async function put(folder, { tracks, epochs = [], recipient, ended = true }) {
  const manifest = {
    format: 'therapy-recording/1', id: 'AAAAAAAAAAAAAAAAAAAAAA', recipient: '', video: true, begun_ms: 1, ended_ms: ended ? 2 : 0,
    end: ended ? 'stopped' : '', keys: epochs.length,
    tracks: Object.keys(tracks).map((file, i) => ({
      file, person: i + 1, role: 'client', medium: file.includes('video') ? 'video' : 'audio', packets: 1, lost: 0,
    })),
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  for (const [file, bytes] of Object.entries(tracks)) writeFileSync(join(folder, file), bytes);
  for (const [i, { gi, epoch, base }] of epochs.entries())
    writeFileSync(join(folder, `${gi}-${epoch}-${i}.key`), Buffer.from(await sealEpoch(recipient, gi, epoch, base.slice()), 'base64url'));
}

/** The packets of an Ogg file, with the position of each page's end. @param {Buffer} bytes */
export function readOgg(bytes) {
  /** @type {Buffer[]} */ const packets = [];
  let [granule, pages] = [0n, 0];
  for (let at = 0; at < bytes.length; pages += 1) {
    if (bytes.toString('latin1', at, at + 4) !== 'OggS') throw new Error(`no page at ${at}`);
    granule = bytes.readBigUInt64LE(at + 6);
    const count = bytes[at + 26];
    const table = bytes.subarray(at + 27, at + 27 + count);
    let from = at + 27 + count;
    let size = 0;
    for (const part of table) {
      size += part;
      if (part === 255) continue;
      packets.push(bytes.subarray(from, from + size));
      from += size;
      size = 0;
    }
    at = from;
  }
  return { packets, granule: Number(granule), pages };
}

/** The frames of an IVF file. @param {Buffer} bytes */
export function readIvf(bytes) {
  const frames = [];
  for (let at = 32; at < bytes.length;) {
    const size = bytes.readUInt32LE(at);
    frames.push({ at_ms: Number(bytes.readBigUInt64LE(at + 4)), data: bytes.subarray(at + 12, at + 12 + size) });
    at += 12 + size;
  }
  return { width: bytes.readUInt16LE(12), height: bytes.readUInt16LE(14), frames };
}
