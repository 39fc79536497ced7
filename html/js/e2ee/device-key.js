// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * The key by which this browser is known again: Ed25519, made here, never readable by any script, kept
 * in IndexedDB so that a reload or a lost link does not make a stranger of the person.
 */

const DATABASE = 'device';
const STORE = 'keys';
const NAME = 'join';
const LABEL = 'janus.plugin.therapy|1|join';

/** @typedef {{key: string, signature: string}} DeviceProof */

/** @param {Uint8Array} bytes */
export function toBase64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

/** @param {string} text */
export function fromBase64url(text) {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) =>
    letter.charCodeAt(0),
  );
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error('blocked'));
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
async function inStore(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/**
 * The key of this browser, made on first use. Where nothing may be stored (some private windows) the
 * key lives as long as the page: better a call that cannot survive a reload than none.
 * @param {string} [name] a therapist's and a client's page on one browser are two devices
 * @returns {Promise<CryptoKeyPair>}
 */
export async function deviceKey(name = NAME) {
  try {
    const kept = await inStore('readonly', (store) => store.get(name));
    if (kept?.privateKey instanceof CryptoKey) return kept;
  } catch {
    return makeKey();
  }
  const made = await makeKey();
  await inStore('readwrite', (store) => store.put(made, name)).catch(() => {});
  return made;
}

/** @returns {Promise<CryptoKeyPair>} */
async function makeKey() {
  const made = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
  return /** @type {CryptoKeyPair} */ (made);
}

/** Forgets the key: invitations opened with it cannot be used from this browser again. */
export function forgetDeviceKey() {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve(undefined);
  });
}

/**
 * Proves to the server that this browser holds the key: signs the nonce and the invitation.
 * @param {CryptoKeyPair} pair
 * @param {string} nonce base64url, from `hello`
 * @param {string} token the invitation
 * @returns {Promise<DeviceProof>}
 */
export async function proveDevice(pair, nonce, token) {
  const encoder = new TextEncoder();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(token)));
  const message = new Uint8Array([...encoder.encode(LABEL), 0, ...fromBase64url(nonce), ...hash]);
  const signature = await crypto.subtle.sign({ name: 'Ed25519' }, pair.privateKey, message);
  const key = await crypto.subtle.exportKey('raw', pair.publicKey);
  return {
    key: toBase64url(new Uint8Array(key)),
    signature: toBase64url(new Uint8Array(signature)),
  };
}
