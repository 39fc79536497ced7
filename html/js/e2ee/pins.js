// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Whose device keys were checked by voice on this browser, and when. Kept in IndexedDB: the pseudonym of
 * the invitations and a public key; no name, nothing of what was said.
 *
 * @typedef {import("../core/keys.js").Pin} Pin
 */

const DATABASE = 'checked';
const STORE = 'keys';
const VERSION = 2;
/** Of one person; the oldest go first. */
const DEVICES = 4;

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, VERSION);
    asked.onupgradeneeded = () => {
      if (asked.result.objectStoreNames.contains(STORE)) asked.result.deleteObjectStore(STORE);
      asked.result.createObjectStore(STORE, { keyPath: ['sub', 'key'] });
    };
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
 * Remembers that a key was checked; a person may have a telephone and a computer.
 * @param {Pin} pin
 */
export async function pin({ sub, key, checked_ms }) {
  const old = (await readPins()).filter((each) => each.sub === sub && each.key !== key)
    .sort((a, b) => b.checked_ms - a.checked_ms).slice(DEVICES - 1);
  for (const each of old) await inStore('readwrite', (store) => store.delete([each.sub, each.key])).catch(() => {});
  await inStore('readwrite', (store) => store.put({ sub, key, checked_ms })).catch(() => {});
}

/** Forgets all of them. */
export function forgetPins() {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve(undefined);
  });
}
