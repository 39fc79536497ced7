// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * From what the plugin says to what the group is told. Everything else the plugin says is no business of
 * the group, and never reaches it.
 * @typedef {import("./group.js").GroupEvent} GroupEvent
 */

const E2EE = new Set(['keypackage', 'welcome', 'commit', 'pending', 'reset', 'app', 'state']);

/**
 * @param {Record<string, any>} data
 * @returns {GroupEvent | null}
 */
export function toGroupEvent(data) {
  switch (data.therapy) {
  case 'e2ee':
    return E2EE.has(data.type) ? { ...pick(data), kind: data.type } : null;
  case 'joined':
    return { kind: 'joined', room: text(data.room), state: text(data.state) };
  case 'state':
    return { kind: 'place', room: text(data.room), state: text(data.state) };
  case 'roster':
    return { kind: 'roster', pids: ids(data.peers) };
  case 'waiting':
    return { kind: 'waiting', pids: ids(data.people) };
  default:
    return null;
  }
}

/** @param {Record<string, any>} data */
function pick({ gi, epoch, from, data, participant, room, state, member, remove }) {
  return { gi: number(gi), epoch: number(epoch), from, data, participant, room, state, member: member === true, remove };
}

/** @param {unknown} value */
function number(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : NaN;
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : '';
}

/** @param {unknown} people */
function ids(people) {
  return (Array.isArray(people) ? people : []).map((person) => text(person?.participant));
}
