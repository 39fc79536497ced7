// SPDX-License-Identifier: GPL-3.0-or-later
/** How the recording of the room stands, as the server tells it: pure, like all of the state. */

/** @typedef {{state: string, video: boolean, agreed: boolean, reason: string}} Recording */

/**
 * @param {import("./state.js").State} _
 * @param {import("./state.js").Event} event one without a state: what was said last has been read
 */
export function recordingChange(_, { state, video, agreed, reason }) {
  const known = typeof state === 'string' && state !== 'idle';
  return { recording: known ? { state, video: video === true, agreed: agreed === true, reason: String(reason ?? '') } : null };
}
