// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What a page knows about keys, and what follows from it for the people: pure, like all of the state.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {{key: string, sub: string, checked_ms: number}} Pin `sub`: the pseudonym in that person's invitations
 * @typedef {"new" | "verified" | "changed"} Trust
 * @typedef {{pid: string, role: string, sub: string, key: string}} Member
 * @typedef {{sub: string, key: string | null}} Device
 * @typedef {{key: string, code: string}} Long the long code with the holder of that key
 * @typedef {{step: string, code: string, tries: number, missing: string[]}} Check
 * @typedef {{mine: boolean, from: string, text: string}} Line
 * @typedef {object} Keys
 * @property {Member[]} members everybody who can hear, oneself too; empty while there are no keys
 * @property {Record<string, Device>} devices keys of those who wait; null: not in order
 * @property {Pin[]} pins whose keys were checked on this browser
 * @property {string[]} accepted changed keys that this person goes on with for now
 * @property {Check} check the spoken check
 * @property {Long[]} long codes to compare when the spoken check cannot be used
 * @property {Line[]} chat gone with the session
 * @property {boolean} chatting the chat is open
 * @property {number} unread
 * @property {string} trouble what is not in order; empty if all is well
 * @property {string[]} unreadable whose media does not open just now
 */

const LINES = 500;
/** Troubles that mend themselves at once are not worth a word. */
const SILENT = new Set(['MESSAGE', 'MISSED', 'WELCOME', 'REMOVED', '']);

/**
 * By the pseudonym, never by the name: two people may share a name, and a browser.
 * @param {readonly Pin[]} pins
 * @param {{sub: string, key: string | null}} who `key`: base64url
 * @returns {Trust} `changed`: this person was checked, with another key
 */
export function judge(pins, { sub, key }) {
  const known = pins.filter((each) => each.sub === sub);
  if (known.some((each) => each.key === key)) return 'verified';
  return known.length ? 'changed' : 'new';
}

/** @returns {Keys} */
export function initialKeys() {
  return {
    members: [],
    devices: {},
    pins: [],
    accepted: [],
    check: { step: 'idle', code: '', tries: 0, missing: [] },
    long: [],
    chat: [],
    chatting: false,
    unread: 0,
    trouble: '',
    unreadable: [],
  };
}

/** @type {Record<string, (keys: Keys, event: any, state: State) => Partial<Keys>>} */
const CHANGES = {
  members: (keys, { members }) => ({
    members,
    /* who is back with new keys may still not be understood */
    unreadable: keys.unreadable.filter((pid) => !members.length || members.some((/** @type {Member} */ member) => member.pid === pid)),
    trouble: members.length > 1 ? '' : keys.trouble,
  }),
  device: ({ devices }, { participant, sub, key }) => ({ devices: { ...devices, [participant]: { sub, key } } }),
  sas: (_, { step, code, tries, missing }) => ({ check: { step, code, tries, missing } }),
  chat: (keys, { from, text, mine }, state) => ({
    chat: [...keys.chat, { mine: mine === true, from: nameOf(state, from), text }].slice(-LINES),
    unread: keys.chatting || mine ? 0 : keys.unread + 1,
  }),
  chatting: (keys) => ({ chatting: !keys.chatting, unread: 0 }),
  trouble: (keys, { name }) => (SILENT.has(name) ? {} : { trouble: name }),
  calm: (keys, { name }) => (keys.trouble === name ? { trouble: '' } : {}),
  readable: ({ unreadable }, { pid, readable }) => ({
    unreadable: [...unreadable.filter((other) => other !== pid), ...(readable ? [] : [pid])],
  }),
  pins: (_, { pins }) => ({ pins }),
  long: (_, { long }) => ({ long }),
  accept: (keys, { key }) => ({ accepted: [...keys.accepted, key] }),
  over: () => ({ members: [], long: [], chat: [], chatting: false, unread: 0, trouble: '', unreadable: [] }),
};

/**
 * @param {State} state
 * @param {Record<string, any>} event
 * @returns {Partial<State>}
 */
export function keysChange(state, event) {
  const change = CHANGES[event.about];
  if (!change) return {};
  return { keys: { ...state.keys, ...change(state.keys, event, state) }, ...opened(state, event) };
}

/**
 * Somebody asks for the check: that is shown. It is over: that, too.
 * @param {State} state
 * @param {Record<string, any>} event
 * @returns {Partial<State>}
 */
function opened(state, { about, step }) {
  if (about !== 'sas') return {};
  if (step === 'asked' && !state.dialog) return { dialog: { kind: 'check' } };
  return step === 'idle' && state.dialog?.kind === 'check' ? { dialog: null } : {};
}

/**
 * @param {State} state
 * @param {string} pid
 * @returns {string} empty if there is none
 */
export function nameOf(state, pid) {
  const peer = state.peers.find((other) => other.participant === pid);
  const person = state.desk.people.find((other) => other.participant === pid);
  return peer?.name || person?.name || '';
}

/** Everybody in the group but oneself. @param {State} state */
export function others(state) {
  return state.keys.members.filter(({ pid }) => pid !== state.self?.participant);
}

/**
 * @param {State} state
 * @param {{sub: string, key: string | null}} who
 */
export function trust(state, who) {
  return judge(state.keys.pins, who);
}

/**
 * How it stands with a person who waits; null while their keys are not there.
 * @param {State} state
 * @param {string} pid
 * @returns {Trust | null}
 */
export function deviceOf(state, pid) {
  const device = state.keys.devices[pid];
  return device?.key ? trust(state, device) : null;
}

/**
 * Somebody whose key is not the one that was checked, and nobody has said yet to go on.
 * @param {State} state
 * @returns {Member | null}
 */
export function changed(state) {
  const not = others(state).find(
    (who) => trust(state, who) === 'changed' && !state.keys.accepted.includes(who.key),
  );
  return not ?? null;
}

/**
 * In one word. `none`: nobody can hear anybody yet.
 * @param {State} state
 * @returns {"none" | "changed" | "new" | "checked"}
 */
export function privacy(state) {
  const all = others(state);
  if (all.length === 0) return 'none';
  if (changed(state)) return 'changed';
  return all.every((who) => trust(state, who) === 'verified') ? 'checked' : 'new';
}
