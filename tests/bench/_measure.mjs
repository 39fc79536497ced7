// SPDX-License-Identifier: GPL-3.0-or-later
/** Small things every bench needs. */

/** As a real one's. */
export const CAMERA = { fps: 30 };

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Progress goes to standard error, the one JSON object to standard output. @param {string} text */
export function progress(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {number} ms */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * A camera that has nothing larger than 640 by 480, for whatever system asks: both people's browsers share this machine,
 * which real ones do not. Runs in the page.
 */
export function smallCamera() {
  if (!navigator.mediaDevices) return;
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted = {}) => ask(wanted.video
    ? { ...wanted, video: { width: 640, height: 480, frameRate: 30 } } : wanted);
}
