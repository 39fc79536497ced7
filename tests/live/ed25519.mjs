// SPDX-License-Identifier: GPL-3.0-or-later
/** Keys that sign: RFC 8032, in the wrapping of RFC 8410. */
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';

/** PrivateKeyInfo of an Ed25519 key, up to the 32 bytes of its seed. */
const WRAPPING = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * A new key. Not by generateKeyPairSync(): when what made the key is collected as garbage just while the key is exported
 * as a JWK, Node 20 waits for itself, for ever.
 */
export function keyPair() {
  const privateKey = createPrivateKey({ key: Buffer.concat([WRAPPING, randomBytes(32)]), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The 32 bytes of a public key. @param {import('node:crypto').KeyObject} key */
export function rawPublic(key) {
  return Buffer.from(/** @type {string} */ (key.export({ format: 'jwk' }).x), 'base64url');
}
