// SPDX-License-Identifier: GPL-3.0-or-later
/** The scenes in which something is recorded, is to be, or is not any more, on both pages. */

/** @typedef {import('./scenes.mjs').Event} Event */
/** @typedef {import('./scenes.mjs').Scene} Scene */
/** @typedef {(...events: Event[]) => Scene} Make */

/** @param {string} state @param {boolean} [video] @param {string} [reason] @returns {Event} */
const recording = (state, video = false, reason = '') => ({ type: 'recording', state, video, agreed: true, reason });

/**
 * @param {Make} scene
 * @param {Event[]} inside leads into the session
 * @returns {Record<string, Scene>}
 */
export function clientRecordings(scene, inside) {
  const kinds = ['recording-audio', 'recording-video'].map((kind) => ({ kind, version: '1.0', required: false, scope: 'session', state: 'none' }));
  const asked = { type: 'consent', kinds, settled: false };
  return {
    'recording-wished': scene(...inside, asked, { ...recording('waiting'), agreed: false }),
    'recording-on': scene(...inside, recording('on')),
    'recording-on-video': scene(...inside, { type: 'chat' }, recording('on', true)),
    'recording-paused': scene(...inside, recording('paused', true)),
    'recording-stopped': scene(...inside, recording('stopped', false, 'stopped')),
  };
}

/**
 * @param {Make} scene
 * @param {Event[]} session leads into the session
 * @returns {Record<string, Scene>}
 */
export function therapistRecordings(scene, session) {
  const here = [...session, { type: 'site', recordable: true }];
  return {
    't-recording-none': scene(...here),
    't-recording-ask': scene(...here, { type: 'dialog', dialog: { kind: 'record' } }),
    't-recording-waiting': scene(...here, recording('waiting', true)),
    't-recording-second': scene(...here, { ...recording('waiting'), agreed: false }),
    't-recording-on': scene(...here, recording('on')),
    't-recording-paused': scene(...here, recording('paused')),
    't-recording-refused': scene(...here, recording('stopped', false, 'refused')),
    't-recording-failed': scene(...here, recording('stopped', false, 'failed')),
  };
}
