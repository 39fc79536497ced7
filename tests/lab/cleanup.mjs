// SPDX-License-Identifier: GPL-3.0-or-later
/** What must be undone when this program ends, however it ends. Steps are synchronous and run last first. */

/** @type {(() => void)[]} */
const steps = [];

function runAll() {
  for (let step = steps.pop(); step; step = steps.pop()) {
    try {
      step();
    } catch (error) {
      console.error(`clean-up: ${/** @type {Error} */ (error).message}`);
    }
  }
}

let installed = false;

function install() {
  if (installed) return;
  installed = true;
  process.on('exit', runAll);
  for (const [signal, number] of /** @type {const} */ ([['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]])) {
    process.on(signal, () => process.exit(128 + number));
  }
  process.on('uncaughtException', (error) => {
    console.error(error);
    process.exit(1);
  });
}

/**
 * Registers a step for the end of the program.
 * @param {() => void} step synchronous; may run once more than needed, so it must bear that
 * @returns {() => void} runs the step now and forgets it
 */
export function atExit(step) {
  install();
  steps.push(step);
  return () => {
    const index = steps.lastIndexOf(step);
    if (index < 0) return;
    steps.splice(index, 1);
    step();
  };
}
