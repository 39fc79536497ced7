// SPDX-License-Identifier: GPL-3.0-or-later
/** The states that are about keys: the spoken check, the long code, a changed device, what does not open. */

/** @typedef {import('./scenes.mjs').Event} Event */
/** @typedef {import('./scenes.mjs').Scene} Scene */
/** @typedef {(...events: Event[]) => Scene} Make */

const LONG = '04182 77310 95526 10043 61895 23377 80214 55501 39087 46620 71938 02365';

/** @param {string} about @param {Record<string, unknown>} more @returns {Event} */
const keys = (about, more) => ({ type: 'keys', about, ...more });

/** @param {string[]} pids the therapist first @returns {Event} */
const members = (...pids) =>
  keys('members', {
    gi: 1,
    epoch: 1,
    members: pids.map((pid, at) => ({
      pid,
      role: at ? 'client' : 'therapist',
      sub: `s-${pid}`,
      key: `k-${pid}`,
    })),
  });

/** @param {string} pid @param {string} [key] @returns {Event} somebody was checked before */
const pinned = (pid, key = `k-${pid}`) =>
  keys('pins', { pins: [{ key, sub: `s-${pid}`, checked_ms: 1 }] });

/** @param {string} step @param {Record<string, unknown>} [more] @returns {Event[]} the spoken check */
const check = (step, more) => [
  { type: 'dialog', dialog: { kind: 'check' } },
  keys('sas', { step, code: '', tries: 0, missing: [], ...more }),
];

/** @param {string} pid @returns {Event[]} the long code with this person */
const long = (pid) => [
  { type: 'dialog', dialog: { kind: 'long' } },
  keys('long', { long: [{ key: `k-${pid}`, code: LONG }] }),
];

/**
 * @param {Make} make
 * @param {Event[]} session a client, "c", with the therapist, "p0"
 * @returns {Record<string, Scene>}
 */
export function clientKeyScenes(make, session) {
  /** @param {Event[]} events */
  const scene = (...events) => make(...session, members('p0', 'c'), ...events);
  return {
    'keys-new': scene(),
    'keys-asked': scene(...check('asked')),
    'keys-typing': scene(...check('code', { tries: 1 })),
    'keys-failed': scene(...check('failed')),
    'keys-distrust': scene(check('failed')[1]),
    'keys-long': scene(...long('p0')),
    'keys-changed': scene(pinned('p0', 'another')),
    'keys-unopened': scene(keys('readable', { pid: 'p0', readable: false })),
  };
}

/**
 * @param {Make} make
 * @param {Event[]} session a therapist, "t", with a client, "p1"
 * @param {Event[]} desk the same client waiting
 * @returns {Record<string, Scene>}
 */
export function therapistKeyScenes(make, session, desk) {
  /** @param {Event[]} events */
  const scene = (...events) => make(...session, members('t', 'p1'), ...events);
  return {
    't-keys-waiting': scene(...check('waiting', { missing: ['p1'] })),
    't-keys-stopped': scene(...check('stopped', { missing: ['p1'] })),
    't-keys-code': scene(...check('code', { code: '271828' })),
    't-keys-done': scene(...check('done')),
    't-keys-checked': scene(pinned('p1')),
    't-keys-long-done': scene(...long('p1'), pinned('p1')),
    't-device-changed': make(
      ...desk,
      keys('device', { participant: 'p1', sub: 's-p1', key: 'k-p1' }),
      keys('device', { participant: 'p2', sub: 's-p2', key: 'k-p2' }),
      pinned('p1', 'another'),
    ),
  };
}
