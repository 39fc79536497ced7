// SPDX-License-Identifier: GPL-3.0-or-later
/** therapy-recording: what the pages have encrypted and sealed, it opens; what was changed or is not for it, it does not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { seal, readRecipient } from '../../html/js/e2ee/sealing.js';
import { temporaryFolder } from '../lab/processes.mjs';
import { mjr, picture, put, readIvf, readOgg, sender } from './recordings.mjs';

const TOP = join(dirname(fileURLToPath(import.meta.url)), '../..');
const TOOL = join(process.env.THP_BUILDDIR ?? join(TOP, 'build/default'), 'tools/therapy-recording');
const OPUS_20_MS = 0xf8;

/** @param {string[]} words */
function run(...words) {
  const { status, stdout, stderr } = spawnSync(TOOL, words, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** @param {number} n */
const epoch = (n, gi = 1) => ({ gi, epoch: n, base: new Uint8Array(32).fill(n + 40 * gi) });

describe('therapy-recording', () => {
  const { folder, remove } = temporaryFolder('recording');
  after(remove);
  const key = run('keygen', join(folder, 'keys')).stdout.trim();
  const secret = join(folder, 'keys/recording.secret');
  let made = 0;

  /**
   * Makes a recording and opens it.
   * @param {Record<string, Buffer>} tracks
   * @param {{gi: number, epoch: number, base: Uint8Array}[]} epochs
   * @param {{ended?: boolean, with?: string}} [more]
   */
  async function opened(tracks, epochs, more = {}) {
    const tape = join(folder, `tape-${++made}`);
    const out = join(folder, `out-${made}`);
    mkdirSync(tape);
    await put(tape, { tracks, epochs, recipient: key, ended: more.ended });
    const { status, stdout, stderr } = run('open', tape, '--key', more.with ?? secret, '--out', out);
    /** @param {string} ending */
    const file = (ending) => readFileSync(join(out, String(readdirSync(out).find((name) => name.endsWith(ending)))));
    return { status, stdout, stderr, out, tape, file };
  }

  /** Frames of sound, each with its number in it. @param {Awaited<ReturnType<typeof sender>>} from @param {number} n @param {number} [first] */
  const sounds = (from, n, first = 0) => Promise.all(Array.from({ length: n }, async (_, i) => ({
    seq: first + i, ts: (first + i) * 960, payload: await from.sound(Uint8Array.of(OPUS_20_MS, first + i & 255, 1, 2)),
  })));

  it('makes a key pair: the secret half for nobody else, and neither over another one', () => {
    assert.match(key, /^therapy-recording\.public\.[\w-]{43}$/);
    assert.equal(statSync(secret).mode & 0o777, 0o600);
    assert.match(readFileSync(secret, 'utf8'), /^therapy-recording\.secret\.[\w-]{43}\n$/);
    assert.equal(run('keygen', join(folder, 'keys')).status, 3);
    assert.equal(run().status, 3);
    assert.equal(run('nonsense').status, 3);
    assert.equal(run('--help').status, 0);
  });

  it('is sealed to by the published way (RFC 9180), as another implementation opens it', async () => {
    const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
    const pair = await suite.kem.generateKeyPair();
    const recipient = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
    const sealed = await seal(recipient, Uint8Array.of(1, 2, 3));
    const open = await suite.createRecipientContext({
      recipientKey: pair.privateKey, enc: sealed.slice(0, 32).buffer, info: new TextEncoder().encode('janus.plugin.therapy|1|recording').buffer,
    });
    assert.deepEqual(new Uint8Array(await open.open(sealed.slice(32).buffer)), Uint8Array.of(1, 2, 3));
    assert.equal(readRecipient('therapy-recording.secret.AAAA'), null);
    assert.equal(readRecipient(`${key}A`), null);
    assert.equal(readRecipient(null), null);
    await assert.rejects(seal(new Uint8Array(32), Uint8Array.of(1)), 'a key that is no key');
  });

  it('opens sound: in order, whole, with silence where nothing was recorded', async () => {
    const e = epoch(3);
    const from = await sender(e, 1);
    const packets = await sounds(from, 30, 65_520);
    const [a, b] = [packets.splice(4, 1)[0], packets.splice(10, 1)[0]];
    packets.splice(8, 0, a, a);
    const later = (await sounds(from, 5, 65_650)).map((packet) => ({ ...packet, seq: packet.seq - 100 }));
    const { status, stdout, file } = await opened({ '1-audio.mjr': mjr('a', [...packets, ...later]) }, [e]);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^1-client-audio-1\.opus: until 2\.700 s, 34 frames opened, 0 without a key, 0 damaged, 0 incomplete/);
    const ogg = readOgg(file('.opus'));
    assert.equal(ogg.packets[0].toString('latin1', 0, 8), 'OpusHead');
    const frames = ogg.packets.slice(2);
    assert.equal(frames.length, 135);
    assert.equal(ogg.granule, 135 * 960);
    const silent = frames.filter((frame) => frame.equals(Buffer.from([0xf8, 0xff, 0xfe]))).length;
    assert.equal(silent, 135 - 34, 'what was lost, and the pause');
    assert.deepEqual([...frames[4]], [OPUS_20_MS, 65_524 & 255, 1, 2]);
    assert.ok(!frames.some((frame) => frame[1] === (b.seq & 255) && frame.length === 4));
  });

  it('opens pictures: put together again, none that is not whole', async () => {
    const e = epoch(4);
    const from = await sender(e, 2);
    const keyFrame = Uint8Array.of(0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01, ...new Uint8Array(200).fill(9));
    const delta = (/** @type {number} */ n) => Uint8Array.of(0x11, n, ...new Uint8Array(100).fill(n));
    const frames = await Promise.all([delta(1), keyFrame, delta(2), delta(3), delta(4)].map((frame) => from.picture(frame)));
    let seq = 10;
    const packets = frames.map((frame, i) => {
      const parts = picture(frame, seq, i * 3000);
      seq += parts.length;
      return parts;
    });
    packets[3].splice(1, 1);
    const { status, stdout, file } = await opened({ '1-video.mjr': mjr('v', packets.flat().reverse()) }, [e]);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /4 frames opened, 0 without a key, 0 damaged, 1 incomplete/);
    const film = readIvf(file('.ivf'));
    assert.deepEqual([film.width, film.height], [640, 480]);
    assert.deepEqual(film.frames.map(({ data }) => data[1]), [0, 2, 4], 'from the first whole picture on');
    assert.deepEqual(new Uint8Array(film.frames[0].data), keyFrame);
    assert.deepEqual(film.frames.map(({ at_ms }) => at_ms), [33, 66, 133]);
  });

  it('begins all tracks at the same moment', async () => {
    const e = epoch(5);
    const from = await sender(e, 1);
    const packets = await sounds(from, 10);
    const tracks = { '1-audio.mjr': mjr('a', packets, 5_000_000), '2-audio.mjr': mjr('a', packets, 6_000_000) };
    const { out } = await opened(tracks, [e]);
    const lengths = readdirSync(out).sort().map((name) => readOgg(readFileSync(join(out, name))).granule);
    assert.deepEqual(lengths, [10 * 960, 60 * 960]);
  });

  it('finds the key of each epoch, also where their numbers are alike, and tells what has none', async () => {
    const [a, b, c] = [epoch(2), epoch(18), epoch(2, 2)];
    const parts = await Promise.all([a, b, c].map(async (each, i) => sounds(await sender(each, 0), 10, i * 10)));
    const tracks = { '1-audio.mjr': mjr('a', parts.flat()) };
    assert.match((await opened(tracks, [a, b, c])).stdout, /30 frames opened, 0 without a key/);
    const partly = await opened(tracks, [c, b]);
    assert.equal(partly.status, 1);
    assert.match(partly.stdout, /20 frames opened, 0 without a key, 10 damaged/);
    const none = await opened({ '1-audio.mjr': mjr('a', parts[0]) }, []);
    assert.equal(none.status, 2);
    assert.match(none.stdout, /0 frames opened, 10 without a key/);
    const nobody = await sounds({ sound: async () => Uint8Array.from([0x99, 3, 0x81, 9, ...new Uint8Array(150)]), picture: async () => new Uint8Array() }, 4, 50);
    const mixed = await opened({ '1-audio.mjr': mjr('a', [...parts[0], ...nobody]) }, [a]);
    assert.equal(mixed.status, 0, mixed.stdout);
    assert.match(mixed.stdout, /10 frames opened.* 4 that nobody could hear/);
  });

  it('opens nothing that was changed, and nothing with another key', async () => {
    const e = epoch(6);
    const packets = await sounds(await sender(e, 1), 8);
    packets[3].payload[20] ^= 1;
    packets[5].payload[1] ^= 0x80;
    const changed = await opened({ '1-audio.mjr': mjr('a', packets) }, [e]);
    assert.equal(changed.status, 1);
    assert.match(changed.stdout, /6 frames opened/);
    run('keygen', join(folder, 'others'));
    const other = await opened({ '1-audio.mjr': mjr('a', packets) }, [e], { with: join(folder, 'others/recording.secret') });
    assert.equal(other.status, 2);
    assert.match(other.stderr, /1 sealed keys are not for this secret key/);
    assert.match(other.stdout, / 0 frames opened/);
    for (const wrong of [join(folder, 'keys/recording.key'), join(folder, 'nowhere')])
      assert.equal((await opened({}, [], { with: wrong })).status, 3);
  });

  it('opens what was cut off, wherever that was', async () => {
    const e = epoch(7);
    const whole = mjr('a', await sounds(await sender(e, 1), 20));
    const cut = await opened({ '1-audio.mjr': whole.subarray(0, whole.length - 77) }, [e], { ended: false });
    assert.equal(cut.status, 0, cut.stdout);
    assert.match(cut.stdout, /19 frames opened[^]*cut off/);
    assert.equal((await opened({ '1-audio.mjr': whole.subarray(0, 30) }, [e])).status, 3);
    assert.equal((await opened({ '1-audio.mjr': Buffer.alloc(0) }, [e])).status, 3);
  });

  it('writes nowhere but into a new folder, whatever the manifest says', async () => {
    const e = epoch(8);
    const good = await opened({ '1-audio.mjr': mjr('a', await sounds(await sender(e, 1), 3)) }, [e]);
    assert.equal(statSync(good.out).mode & 0o777, 0o700);
    for (const name of readdirSync(good.out)) assert.equal(statSync(join(good.out, name)).mode & 0o777, 0o600);
    assert.equal(run('open', good.tape, '--key', secret, '--out', good.out).status, 3, 'it is there already');
    const manifest = join(good.tape, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    for (const [from, to] of [['1-audio.mjr', '../1-audio.mjr'], ['"client"', '"../x"'], ['"tracks"', '"parts"'], ['recording/1', 'recording/2'], ['{', '']]) {
      writeFileSync(manifest, text.replace(from, to));
      assert.equal(run('open', good.tape, '--key', secret, '--out', join(folder, 'never')).status, 3, to);
    }
    rmSync(manifest);
    assert.equal(run('open', good.tape, '--key', secret, '--out', join(folder, 'never')).status, 3);
  });
});
