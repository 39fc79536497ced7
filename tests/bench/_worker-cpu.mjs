// SPDX-License-Identifier: GPL-3.0-or-later
/** What the kernel says the pages' workers have used: Chromium names their threads. */
import { readdirSync, readFileSync } from 'node:fs';

const THREAD = 'DedicatedWorker'; // the kernel keeps fifteen letters
const TICK_MS = 10;

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The fields of a stat file after the name, which may hold anything. @param {string} path */
function fields(path) {
  return read(path).replace(/^.*\) /s, '').split(' ');
}

/** This process's descendants. */
function family() {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => [Number(pid), Number(fields(`/proc/${pid}/stat`)[1])]));
  const ours = (/** @type {number | undefined} */ pid) => {
    for (let at = pid; at; at = parents.get(at)) if (at === process.pid) return true;
    return false;
  };
  return [...parents.keys()].filter(ours);
}

/** Milliseconds of processor used so far by each worker of the browsers this process has started, by thread. */
export function workerCpu() {
  /** @type {Map<number, number>} */
  const used = new Map();
  for (const pid of family()) {
    if (!/--type=renderer/.test(read(`/proc/${pid}/cmdline`))) continue;
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      if (read(`/proc/${pid}/task/${tid}/comm`).trim() !== THREAD) continue;
      const stat = fields(`/proc/${pid}/task/${tid}/stat`);
      used.set(Number(tid), (Number(stat[11]) + Number(stat[12])) * TICK_MS);
    }
  }
  return used;
}
