// SPDX-License-Identifier: GPL-3.0-or-later
/** What a client sees only after the first view: loaded behind it, so that it is in nobody's way. */
export { dialog } from './dialogs.js';
export { session } from './session-view.js';
export { waitingView } from './waiting-view.js';
