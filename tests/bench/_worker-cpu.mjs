// SPDX-License-Identifier: GPL-3.0-or-later
/** What the kernel says the pages' workers have used: Chromium names their threads. */
import { readdirSync } from 'node:fs';
import { family, readProc, statFields } from '../lab/family.mjs';

const THREAD = 'DedicatedWorker'; // the kernel keeps fifteen letters
const TICK_MS = 10;

/** Milliseconds of processor used so far by each worker of the browsers this process has started, by thread. */
export function workerCpu() {
  /** @type {Map<number, number>} */
  const used = new Map();
  for (const pid of family(process.pid)) {
    if (!/--type=renderer/.test(readProc(`/proc/${pid}/cmdline`))) continue;
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      if (readProc(`/proc/${pid}/task/${tid}/comm`).trim() !== THREAD) continue;
      const stat = statFields(`/proc/${pid}/task/${tid}/stat`);
      used.set(Number(tid), (Number(stat[11]) + Number(stat[12])) * TICK_MS);
    }
  }
  return used;
}
