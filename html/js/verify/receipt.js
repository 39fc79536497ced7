// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Checks a consent receipt with WebCrypto and nothing else. A plain script, so that the page works from a disk;
 * the form is described in include/therapy/receipt.h, and this follows the same steps.
 */
(() => {
  /**
   * @typedef {{name: string, id: string, bytes: Uint8Array<ArrayBuffer>}} Key
   * @typedef {{number: number, from_s: number, until_s: number, origin: string, key: Key}} Epoch
   * @typedef {{ok: true, explains: string, text: string, record: string, origin: string, seq: number, size: number, kept_ms: number, root: string}} Good
   * @typedef {{ok: false, at: string}} Bad
   */

  const HEADS = ['=== therapy consent receipt 1 ===\n', '=== text ===\n', '=== record ===\n', '=== proof ===\n', '=== key ===\n', '=== end ===\n'];
  const RECEIPT_MAX = 65536;
  const LABEL = 'therapy-consent/commit/v1\0';
  const LEAF = /^\{"commit":"([A-Za-z0-9+/=]{44})","epoch":(\d{1,16}),"pch":"([A-Za-z0-9+/=]{44})","seq":(\d{1,16}),"ts":(\d{1,16}),"type":"consent","v":1\}$/;
  const CERT = /^therapy-consent\/epoch-key\/v1\n([^\n]{1,123})\nepoch (\d{1,16})\nnot-before (\d{1,16})\nnot-after (\d{1,16})\nkey ([^\n]+)\n$/;

  /** The step that failed. */
  class Refused extends Error {
    /** @param {string} at */
    constructor(at) {
      super(at);
      this.at = at;
    }
  }

  /** @param {unknown} good @param {string} at @returns {asserts good} */
  function insist(good, at) {
    if (!good) throw new Refused(at);
  }

  const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);

  /** @param {...Uint8Array} parts */
  function join(...parts) {
    const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  /** Base64 in its one form; null for anything else. @param {string} text */
  function base64(text) {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) return null;
    const raw = atob(text);
    return btoa(raw) === text ? Uint8Array.from(raw, (c) => c.charCodeAt(0)) : null;
  }

  /** A number written in its one form. @param {string} text */
  function number(text) {
    const value = Number(text);
    return String(value) === text && Number.isSafeInteger(value) ? value : NaN;
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  /** @param {Uint8Array} a @param {Uint8Array} b */
  const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
  /** @param {Uint8Array} bytes */
  const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

  /** A verifier key: name+id+key. @param {string} vkey @returns {Promise<Key | null>} */
  async function readKey(vkey) {
    const [name, id, key, ...more] = vkey.split('+').length > 3 ? splitThree(vkey) : vkey.split('+');
    const typed = key === undefined ? null : base64(key);
    if (more.length || !typed || typed.length !== 33 || typed[0] !== 1 || !/^[A-Za-z0-9._~:/-]{1,128}$/.test(name)) return null;
    const own = hex((await sha256(join(encode(`${name}\n`), typed))).slice(0, 4));
    return own === id ? { name, id, bytes: typed.slice(1) } : null;
  }

  /** The key itself may hold a plus. @param {string} vkey */
  function splitThree(vkey) {
    const [name, id, ...rest] = vkey.split('+');
    return [name, id, rest.join('+')];
  }

  /** The text of a note that `key` signed. @param {string} note @param {Key} key @param {string} at */
  async function openNote(note, key, at) {
    const blank = note.lastIndexOf('\n\n');
    insist(note.endsWith('\n') && blank > 0 && blank + 2 < note.length, at);
    const text = note.slice(0, blank + 1);
    const lines = note.slice(blank + 2, -1).split('\n');
    insist(lines.length <= 32, at);
    let good = false;
    for (const line of lines) {
      const found = /^\u2014 ([^ +]+) (\S+)$/.exec(line);
      const bytes = found && base64(found[2]);
      insist(found && bytes && bytes.length > 4, at);
      if (found[1] !== key.name || hex(bytes.slice(0, 4)) !== key.id) continue;
      const public_key = await crypto.subtle.importKey('raw', key.bytes, 'Ed25519', false, ['verify']);
      insist(bytes.length === 68 && (await crypto.subtle.verify('Ed25519', public_key, bytes.slice(4), encode(text))), at);
      good = true;
    }
    insist(good, at);
    return text;
  }

  /** Cuts a receipt at its heads. @param {string} receipt */
  function cut(receipt) {
    insist(receipt.startsWith(HEADS[0]), 'file');
    let at = HEADS[0].length;
    const parts = HEADS.slice(1).map((head) => {
      const next = receipt.indexOf(`\n${head}`, at);
      insist(next >= 0, 'file');
      const part = receipt.slice(at, next + 1);
      at = next + 1 + head.length;
      return part;
    });
    insist(at === receipt.length, 'file');
    return parts;
  }

  /** "label rest\n" and what follows. @param {string} part @param {string} label */
  function labelled(part, label) {
    const end = part.indexOf('\n');
    insist(part.startsWith(label) && end >= 0, 'file');
    return [part.slice(label.length, end), part.slice(end + 1)];
  }

  /** From the root key to the epoch's. @param {string} part @param {Key | null} wanted */
  async function checkKey(part, wanted) {
    const [vkey, cert] = labelled(part, 'root ');
    const root = await readKey(vkey);
    insist(root && (!wanted || (wanted.name === root.name && same(wanted.bytes, root.bytes))), 'root');
    const found = CERT.exec(await openNote(cert, root, 'key'));
    insist(found, 'key');
    const key = await readKey(found[5]);
    const epoch = { origin: found[1], number: number(found[2]), from_s: number(found[3]), until_s: number(found[4]) };
    insist(key && key.name === epoch.origin && root.name === `${epoch.origin}/root` && epoch.until_s > epoch.from_s, 'key');
    return { root: vkey, epoch: { ...epoch, key } };
  }

  /** RFC 9162 §2.1.3.2. @param {number} index @param {number} size @param {Uint8Array<ArrayBuffer>} leaf @param {Uint8Array[]} path */
  async function rootOf(index, size, leaf, path) {
    const inner = (/** @type {Uint8Array} */ left, /** @type {Uint8Array} */ right) => sha256(join(Uint8Array.of(1), left, right));
    let [node, last, hash] = [BigInt(index), BigInt(size - 1), await sha256(join(Uint8Array.of(0), leaf))];
    for (const other of path) {
      insist(last > 0n, 'proof');
      if (node & 1n || node === last) {
        hash = await inner(other, hash);
        for (; !(node & 1n) && node > 0n; node >>= 1n) last >>= 1n;
      } else {
        hash = await inner(hash, other);
      }
      node >>= 1n;
      last >>= 1n;
    }
    insist(last === 0n, 'proof');
    return hash;
  }

  /** From the leaf to the signed root. @param {string} proof @param {string} leaf @param {Epoch} epoch */
  async function checkInclusion(proof, leaf, epoch) {
    const found = LEAF.exec(leaf);
    const [, commit, n, , seq, ts] = found ?? [];
    insist(found && base64(commit) && base64(found[3]) && number(n) === epoch.number, 'leaf');
    const form = /^c2sp\.org\/tlog-proof@v1\nindex (\d{1,16})\n((?:[A-Za-z0-9+/=]{44}\n){0,63})\n/.exec(proof);
    insist(form, 'proof');
    const path = form[2].split('\n').filter(Boolean).map((line) => base64(line));
    insist(path.every((hash) => hash?.length === 32), 'proof');
    const note = await openNote(proof.slice(form[0].length), epoch.key, 'checkpoint');
    const [origin, size, root, ...more] = note.split('\n');
    const signed = base64(root ?? '');
    insist(origin === epoch.origin && more.join() === '' && more.length === 1 && signed?.length === 32, 'checkpoint');
    insist(number(form[1]) < number(size), 'proof');
    const hash = await rootOf(number(form[1]), number(size), encode(leaf), /** @type {Uint8Array[]} */ (path));
    insist(same(hash, signed), 'proof');
    const kept_ms = number(ts);
    insist(number(seq) === number(form[1]) && kept_ms >= epoch.from_s * 1000 && kept_ms < epoch.until_s * 1000, 'leaf');
    return { commit: /** @type {Uint8Array} */ (base64(commit)), seq: number(seq), size: number(size), kept_ms };
  }

  /**
   * @param {Uint8Array} bytes the file
   * @param {Key | null} wanted
   * @returns {Promise<Good>}
   */
  async function checkAll(bytes, wanted) {
    insist(bytes.length <= RECEIPT_MAX, 'file');
    let receipt = '';
    try {
      receipt = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Refused('file');
    }
    const [explains, text, line, proof, keys] = cut(receipt);
    const [salt, rest] = labelled(proof, 'salt ');
    const [leaf, tlog] = labelled(rest, 'leaf ');
    const { root, epoch } = await checkKey(keys, wanted);
    const { commit, ...kept } = await checkInclusion(tlog, leaf, epoch);
    const record = line.slice(0, -1);
    const random = base64(salt);
    insist(random?.length === 32, 'file');
    const body = join(encode(LABEL), random, await sha256(encode(text)), await sha256(encode(explains)), encode(record));
    insist(same(await sha256(body), commit), 'record');
    return { ok: true, explains, text, record, origin: epoch.origin, root, ...kept };
  }

  /**
   * Checks a receipt. Without the organisation's key all that is shown is that it is whole.
   * @param {Uint8Array} bytes
   * @param {string} [rootKey]
   * @returns {Promise<Good | Bad>}
   */
  async function check(bytes, rootKey) {
    try {
      const wanted = rootKey ? await readKey(rootKey) : null;
      insist(!rootKey || wanted, 'typed');
      return await checkAll(bytes, wanted);
    } catch (why) {
      return { ok: false, at: why instanceof Refused ? why.at : 'browser' };
    }
  }

  /** @type {any} */ (globalThis).consentReceipt = { check };
})();
