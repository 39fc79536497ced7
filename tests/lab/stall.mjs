// SPDX-License-Identifier: GPL-3.0-or-later
/** A disk that does not answer, for a program that is started with `env`. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), 'stall.c');

export class Stall {
  /** @param {string} folder to build it in */
  constructor(folder) {
    const library = join(folder, 'stall.so');
    this.file = join(folder, 'stalled');
    const { status, stderr } = spawnSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-O1', '-D_GNU_SOURCE', '-o', library, SOURCE], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    this.env = { LD_PRELOAD: library, STALL_FILE: this.file };
  }

  /** From now on nothing below these folders is synced. @param {...string} folders */
  begin(...folders) {
    writeFileSync(this.file, folders.map((folder) => `${folder}\n`).join(''));
  }

  end() {
    rmSync(this.file, { force: true });
  }
}
