// SPDX-License-Identifier: GPL-3.0-or-later
/** What a person takes home: a receipt as a file, or on paper. Nothing of it is kept by the page. */

const REVOKE_MS = 60_000;

/**
 * Hands the receipt, byte for byte, to the browser as a file.
 * @param {string} receipt
 * @param {string} kind
 */
export function keepReceipt(receipt, kind) {
  const url = URL.createObjectURL(new Blob([receipt], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `receipt-${kind.replace(/[^\w-]/g, '')}-${today()}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
}

/**
 * The receipt alone on paper.
 * @param {string} receipt
 */
export function printReceipt(receipt) {
  const paper = document.createElement('pre');
  paper.className = 'on-paper';
  paper.dir = 'auto';
  paper.textContent = receipt;
  document.body.append(paper);
  window.print();
  paper.remove();
}

/** By the calendar of this device: 2026-11-22. */
function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
