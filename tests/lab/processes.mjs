// SPDX-License-Identifier: GPL-3.0-or-later
/** Child processes that are surely gone afterwards: ended by their own handle, at the latest with this program. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './cleanup.mjs';

/** The kernel ends the child if this program dies without a chance to do so itself. */
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--'];
const OUTPUT_KEPT = 256 * 1024;
const STOP_TIMEOUT_MS = 5000;
/** Enough for anything short, so that nothing waits for ever. */
export const SHORT_MS = 60_000;

/**
 * @typedef {object} Running
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => string} output the end of what it wrote so far, both streams
 * @property {(pattern: RegExp, timeoutMs?: number) => Promise<RegExpMatchArray>} says waits for an output
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop ends it, by force if it must be
 */

/**
 * @param {string[]} command
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string, stdin?: 'pipe' | 'ignore'}} [options]
 * @returns {Running}
 */
export function start(command, options = {}) {
  const [file, ...args] = [...DIE_WITH_PARENT, ...command];
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let exited = false;
  const keep = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk.toString()).slice(-OUTPUT_KEPT);
    child.emit('said');
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('error', (error) => { exited = true; keep(Buffer.from(String(error))); });
  child.on('exit', () => { exited = true; child.emit('said'); });
  const forget = atExit(() => { if (!exited) child.kill('SIGKILL'); });

  return {
    child,
    output: () => output,
    async says(pattern, timeoutMs = 10_000) {
      const timeout = AbortSignal.timeout(timeoutMs);
      for (;;) {
        const match = output.match(pattern);
        if (match) return match;
        if (exited) throw new Error(`${command[0]} ended without ${pattern}:\n${output.slice(-2000)}`);
        try {
          await once(child, 'said', { signal: timeout });
        } catch {
          throw new Error(`${command[0]} did not say ${pattern} in ${timeoutMs} ms:\n${output.slice(-2000)}`);
        }
      }
    },
    async stop(signal = 'SIGTERM') {
      if (!exited) {
        const gone = once(child, 'exit');
        const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
        child.kill(signal);
        await gone;
        clearTimeout(force);
      }
      forget();
    },
  };
}

/**
 * Runs a short command to its end.
 * @param {string[]} command
 * @param {{input?: string}} [options]
 */
export function run(command, options = {}) {
  const [file, ...args] = command;
  return execFileSync(file, args, { input: options.input ?? '', encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], timeout: SHORT_MS });
}

/**
 * A fresh folder, removed at the end.
 * @param {string} name
 */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `therapy-${name}-`));
  const remove = atExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  return { folder, remove };
}
