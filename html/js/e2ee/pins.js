// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Whose device keys were checked by voice on this browser, and when. Kept in IndexedDB: a name and a
 * public key, nothing of what was said.
 *
 * @typedef {import("../core/keys.js").Pin} Pin
 */

const DATABASE = 'checked';
const STORE = 'keys';

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'key' });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
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
      const asked = work(database.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<Pin[]>} none where nothing may be stored */
export function readPins() {
  return inStore('readonly', (store) => store.getAll()).catch(() => []);
}

/**
 * Remembers that a key was checked. A former key of the same name is no longer trusted.
 * @param {Pin} pin
 */
export async function pin({ key, name, checked_ms }) {
  for (const old of await readPins())
    if (old.name === name && old.key !== key) await inStore('readwrite', (store) => store.delete(old.key)).catch(() => {});
  await inStore('readwrite', (store) => store.put({ key, name, checked_ms })).catch(() => {});
}

/** Forgets all of them. */
export function forgetPins() {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve(undefined);
  });
}
