// SPDX-License-Identifier: GPL-3.0-or-later
/** What browsers have and older Nodes do not. Imported first. */
import { webcrypto } from 'node:crypto';
import { WebSocket } from 'ws';

const scope = /** @type {any} */ (globalThis);
scope.crypto ??= webcrypto;
/* Node's own, where there is one, cannot be closed abruptly by a server in every version */
scope.WebSocket = WebSocket;
