// SPDX-License-Identifier: GPL-3.0-or-later
/** What the pages say of the test of a waiting person's link. */

/** @typedef {import('./scenes.mjs').Event} Event */
/** @typedef {import('./scenes.mjs').Scene} Scene */

/** @param {string} level @param {boolean} [warn] @param {boolean} [voice_only] @returns {Event} */
function network(level, warn = true, voice_only = false) {
  return { type: 'network', level, warn, voice_only, down_kbps: 0, up_kbps: 0, testing: [] };
}

/** @param {(...events: Event[]) => Scene} scene @param {Event[]} waiting @returns {Record<string, Scene>} */
export function clientNetworks(scene, waiting) {
  return {
    'waiting-testing': scene(...waiting, network('testing', false)),
    'waiting-good': scene(...waiting, { type: 'presence', therapist_present: true }, network('good', false)),
    'waiting-fair': scene(...waiting, network('fair')),
    'waiting-weak': scene(...waiting, { type: 'presence', therapist_present: true }, network('weak')),
    'waiting-weak-informed': scene(...waiting, network('weak', false)),
    'waiting-voice': scene(...waiting, network('weak', true, true)),
  };
}

/** @param {(...events: Event[]) => Scene} scene @param {Event[]} started @param {Event} list @returns {Record<string, Scene>} */
export function therapistNetworks(scene, started, list) {
  const levels = [network('good', false), network('weak', true, true), network('fair')];
  const people = /** @type {object[]} */ (list.people).map((person, i) => ({ ...person, away: false, network: levels[i] }));
  return { 'desk-tested': scene(...started, { ...list, people }, network('fair')) };
}
