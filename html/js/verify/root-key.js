// SPDX-License-Identifier: GPL-3.0-or-later
/** The organisation's root key: the line of the file root.key that `therapy-ledger init` made. Empty: it has to be pasted. */
/** @type {any} */ (globalThis).consentRootKey = '';
