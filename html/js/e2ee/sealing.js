// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Seals the base key of an epoch to the organisation's public key, so that what is recorded in that epoch can
 * be opened by the organisation, and by nobody on the way: HPKE (RFC 9180) in base mode with
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. Loaded by the worker when something is recorded.
 */
import { concat, fromBase64url, toBase64url, utf8 } from './bytes.js';

/** @typedef {import("./bytes.js").Bytes} Bytes */

const INFO = 'janus.plugin.therapy|1|recording';
const VERSION = 1;
const KEY_BYTES = 32;
const NOTHING = new Uint8Array();
/* an empty salt is as many zeroes as the hash has bytes */
const NO_SALT = new Uint8Array(32);
const KEM = Uint8Array.of(0x4b, 0x45, 0x4d, 0, 0x20);
const SUITE = Uint8Array.of(0x48, 0x50, 0x4b, 0x45, 0, 0x20, 0, 1, 0, 2);
const PREFIX = 'therapy-recording.public.';

/** @param {Uint8Array} key @param {Uint8Array} message */
async function hmac(key, message) {
  const imported = await crypto.subtle.importKey('raw', new Uint8Array(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, new Uint8Array(message)));
}

/** @param {Uint8Array} suite @param {Uint8Array} salt @param {string} label @param {Uint8Array} secret */
function extract(suite, salt, label, secret) {
  return hmac(salt, concat(utf8('HPKE-v1'), suite, utf8(label), secret));
}

/** @param {Uint8Array} suite @param {Uint8Array} key @param {string} label @param {Uint8Array} context @param {number} size up to 32 */
async function expand(suite, key, label, context, size) {
  const block = await hmac(key, concat(Uint8Array.of(0, size), utf8('HPKE-v1'), suite, utf8(label), context, Uint8Array.of(1)));
  return block.slice(0, size);
}

/** @param {Uint8Array} recipient @param {CryptoKeyPair} pair */
async function share(recipient, pair) {
  const theirs = await crypto.subtle.importKey('raw', new Uint8Array(recipient), { name: 'X25519' }, false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits(/** @type {any} */ ({ name: 'X25519', public: theirs }), pair.privateKey, 256));
  if (dh.every((byte) => byte === 0)) throw new TypeError('key');
  const own = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const secret = await expand(KEM, await extract(KEM, NO_SALT, 'eae_prk', dh), 'shared_secret', concat(own, recipient), 32);
  return { own, secret };
}

/**
 * @param {Uint8Array} recipient
 * @param {Uint8Array} plain
 * @returns {Promise<Bytes>} the sender's public key of this once, ciphertext, tag
 */
export async function seal(recipient, plain) {
  const pair = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits']));
  const { own, secret } = await share(recipient, pair);
  const context = concat(
    Uint8Array.of(0),
    await extract(SUITE, NO_SALT, 'psk_id_hash', NOTHING),
    await extract(SUITE, NO_SALT, 'info_hash', utf8(INFO)),
  );
  const schedule = await extract(SUITE, secret, 'secret', NOTHING);
  const key = await crypto.subtle.importKey('raw', await expand(SUITE, schedule, 'key', context, 32), 'AES-GCM', false, ['encrypt']);
  const iv = await expand(SUITE, schedule, 'base_nonce', context, 12);
  return concat(own, new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(plain))));
}

/**
 * The organisation's public key out of the text that `therapy-recording keygen` makes; null if it is none.
 * @param {unknown} text
 */
export function readRecipient(text) {
  if (typeof text !== 'string' || !text.startsWith(PREFIX)) return null;
  try {
    const key = fromBase64url(text.slice(PREFIX.length), KEY_BYTES);
    return key.length === KEY_BYTES ? key : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} recipient as the site has it
 * @param {number} gi
 * @param {number} epoch
 * @param {Uint8Array} base is wiped
 * @returns {Promise<string>} base64url
 */
export async function sealEpoch(recipient, gi, epoch, base) {
  const key = readRecipient(recipient);
  if (!key || base.length !== KEY_BYTES) throw new TypeError('recipient');
  const plain = new Uint8Array(13 + KEY_BYTES);
  const view = new DataView(plain.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, gi);
  view.setBigUint64(5, BigInt(epoch));
  plain.set(base, 13);
  base.fill(0);
  const sealed = await seal(key, plain);
  plain.fill(0);
  return toBase64url(sealed);
}
