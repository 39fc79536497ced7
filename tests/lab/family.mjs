// SPDX-License-Identifier: GPL-3.0-or-later
/** Who has started whom, as the kernel says. */
import { readdirSync, readFileSync } from 'node:fs';

/** A file of /proc, empty if it is gone by now. @param {string} path */
export function readProc(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The fields of a stat file after the name, which may hold anything. @param {string} path */
export function statFields(path) {
  return readProc(path).replace(/^.*\) /s, '').split(' ');
}

/** This process and all it has started, and those have. @param {number} of */
export function family(of) {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    .map((pid) => [Number(pid), Number(statFields(`/proc/${pid}/stat`)[1])]));
  return [...parents.keys()].filter((pid) => {
    for (let at = /** @type {number | undefined} */ (pid); at; at = parents.get(at)) if (at === of) return true;
    return false;
  });
}
