// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Everything a page knows, as one plain object, and the one function that changes it. Pure: the same
 * state and event always give the same new state. The pages show what is here and nothing else.
 */

import { bandwidthChange, initialBandwidth } from './bandwidth.js';
import { initialKeys, keysChange } from './keys.js';
import { recordingChange } from './recording.js';
import { hasMoved, sortPeople } from './waiting-list.js';

/**
 * @typedef {"arrive" | "check" | "waiting" | "session" | "goodbye" | "error"} View
 * @typedef {{participant: string, role: string, name: string, audio: boolean, video: boolean,
 *   slot: number, away: boolean}} Peer
 * @typedef {{participant: string, knock: number, name: string, role: string, room: string,
 *   state: string, away: boolean, waited_s: number, ready: boolean, locked: boolean, consent?: string, others?: string, details?: number,
 *   network?: import("./bandwidth.js").Network}} Person
 * @typedef {{participant: string, role: string, name: string, with: string, room: string, area: string}} Self
 * @typedef {"none" | "both" | "voice" | "listen"} Wanted
 * @typedef {{kind: string, participant?: string, name?: string, knock?: number, about?: string}} Dialog
 * @typedef {{id: string, label: string}} Device
 * @typedef {{name: string, place: string, contact: string}} Details what somebody has said for an emergency
 *
 * @typedef {object} State
 * @property {"client" | "therapist"} page
 * @property {View} view what is shown; follows from all the rest
 * @property {string} phone to call when nothing works; may be empty
 * @property {{status: "connecting" | "up" | "lost", name: string, once: boolean}} link `once`: it was up already
 * @property {{up: boolean, down: boolean}} media_doubt the way out, the way in: in doubt
 * @property {Self | null} self who this is, once joined
 * @property {"waiting" | "held" | "admitted" | null} place where the server has put this person
 * @property {string} place_reason why
 * @property {string | null} over why it is over
 * @property {string | null} error what makes it impossible to go on
 * @property {string | null} notice what went wrong and can be put right; shown beside the rest
 * @property {boolean} therapist_present
 * @property {string | null} message the newest line from the therapist
 * @property {Wanted} wanted what this person chose to take part with
 * @property {boolean} starting devices are being asked for
 * @property {boolean} checked the device check is behind
 * @property {{audio: boolean, video: boolean, echo: boolean}} sends what is sent now
 * @property {{audio: boolean, video: boolean}} has which tracks there are
 * @property {boolean} heard the microphone has picked something up
 * @property {{cameras: Device[], microphones: Device[], camera: string, microphone: string}} devices
 * @property {Peer[]} peers
 * @property {string} room the room this person is in; empty at the desk
 * @property {boolean} locked
 * @property {boolean} draining no new session may begin: the server will be restarted
 * @property {boolean} playback_blocked the browser wants a touch before it plays sound
 * @property {boolean} self_hidden
 * @property {boolean} cleared traces were removed
 * @property {Dialog | null} dialog
 * @property {import("./keys.js").Keys} keys
 * @property {import("./bandwidth.js").Bandwidth} bandwidth what the server does about a weak link, and why
 * @property {Event | null} time how the clock of the session stood, at `at_ms` (of performance.now())
 * @property {Event | null} cue what was said last about time, while it is shown
 * @property {boolean} time_shut only the shape of the time is shown, no words
 * @property {boolean} recordable a therapist may record here, if everybody agrees
 * @property {import("./recording.js").Recording | null} recording how the recording of the room stands; null: there is none
 * @property {import("./consent.js").Consent | null} consent what this person is asked to agree to; null: nothing
 * @property {import("./consent.js").Asking} asking
 * @property {{people: Person[], at_ms: number, moved_ms: number, chime: boolean,
 *   details: Record<string, Details>}} desk a therapist's list; for an emergency
 *
 * @typedef {{type: string} & Record<string, any>} Event
 */

const OVER = new Set(['left', 'denied', 'removed', 'ended']);
const MESSAGE_MAX = 500;

/**
 * @param {"client" | "therapist"} page
 * @returns {State}
 */
export function initialState(page) {
  return {
    page,
    view: 'arrive',
    phone: '',
    link: { status: 'connecting', name: '', once: false },
    media_doubt: { up: false, down: false },
    self: null,
    place: null,
    place_reason: '',
    over: null,
    error: null,
    notice: null,
    therapist_present: false,
    message: null,
    wanted: 'none',
    starting: false,
    checked: false,
    sends: { audio: false, video: false, echo: false },
    has: { audio: false, video: false },
    heard: false,
    devices: { cameras: [], microphones: [], camera: '', microphone: '' },
    peers: [],
    room: '',
    locked: false,
    draining: false,
    playback_blocked: false,
    self_hidden: false,
    cleared: false,
    dialog: null,
    keys: initialKeys(),
    bandwidth: initialBandwidth(),
    time: null,
    cue: null,
    time_shut: false,
    recordable: false,
    recording: null,
    consent: null,
    asking: { texts: {}, shown: null, busy: '', trouble: '', empty: '', receipts: {} },
    desk: { people: [], at_ms: 0, moved_ms: 0, chime: false, details: {} },
  };
}

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function reduce(state, event) {
  const change = CHANGES[event.type];
  if (!change) return state;
  const next = { ...state, ...change(state, event) };
  return { ...next, view: viewOf(next) };
}

/**
 * @param {State} state
 * @returns {View}
 */
function viewOf(state) {
  if (state.over !== null) return 'goodbye';
  if (state.error !== null) return 'error';
  if (state.self === null) return state.link.status === 'lost' ? 'error' : 'arrive';
  /* a therapist whose room is empty is at the desk, whatever the server calls it */
  const inside = state.place === 'admitted' && (state.page === 'client' || state.peers.length > 0);
  if (inside) return 'session';
  if (state.page === 'therapist' || state.self.role === 'observer') return 'waiting';
  if (state.wanted === 'none') return 'arrive';
  return state.checked ? 'waiting' : 'check';
}

/**
 * The error that the error view is about.
 * @param {State} state
 */
export function shownError(state) {
  return state.error ?? (state.link.name || 'SERVER_GONE');
}

/** @type {Record<string, (state: State, event: Event) => Partial<State>>} */
const CHANGES = {
  /* --- the link ------------------------------------------------------------------------------ */
  link: (state, { status, name }) => ({
    link: {
      /* while trying again the words stay those of the loss */
      status: status === 'connecting' && state.link.status === 'lost' ? 'lost' : status,
      name: status === 'lost' ? String(name) : status === 'up' ? '' : state.link.name,
      once: state.link.once || status === 'up',
    },
    ...(status === 'lost' ? { media_doubt: { up: false, down: false } } : {}),
  }),
  ice: (state, { way, status }) => ({
    media_doubt: { ...state.media_doubt, [way]: status === 'doubt' },
  }),
  failed: (_, { name }) => ({ error: String(name), dialog: null }),

  /* --- what the server says ------------------------------------------------------------------ */
  joined: (
    state,
    { participant, role, name, with: other, room, area, resumed, state: place, therapist_present },
  ) => ({
    self: {
      participant: text(participant),
      role: text(role),
      name: text(name),
      with: text(other),
      room: text(room),
      area: text(area),
    },
    therapist_present: Boolean(therapist_present),
    ...moveTo(state, place, resumed ? 'resumed' : 'arrived'),
    checked: state.checked || Boolean(resumed) || place === 'admitted',
    draining: false,
    error: null,
  }),
  state: (state, { state: place, reason, room, text: line }) =>
    OVER.has(place)
      ? {
          over: text(reason) || text(place),
          place: null,
          peers: [],
          dialog: null,
          notice: null,
          message: clip(line),
          time: null,
          cue: null,
        }
      : {
          ...moveTo(state, place, text(reason)),
          room: place === 'admitted' ? text(room) || state.room : '',
        },
  presence: (_, { therapist_present }) => ({ therapist_present: Boolean(therapist_present) }),
  roster: (state, { peers, locked, room }) => ({
    room: text(room) || state.room,
    peers: (Array.isArray(peers) ? peers : []).filter(
      (peer) => peer.participant !== state.self?.participant,
    ),
    locked: Boolean(locked),
  }),
  message: (_, { text: line }) => ({ message: clip(line) }),
  draining: (_, { draining }) => ({ draining: draining === true }),
  waiting: (state, { people, at_ms }) => {
    const sorted = sortPeople(Array.isArray(people) ? people : [], state.desk.people);
    const moved = hasMoved(state.desk.people, sorted);
    const dialog =
      state.dialog?.participant &&
      !sorted.some((person) => person.participant === state.dialog?.participant)
        ? null
        : state.dialog;
    return {
      desk: { ...state.desk, people: sorted, at_ms, moved_ms: moved ? at_ms : state.desk.moved_ms },
      dialog,
    };
  },

  /* --- this person's devices ----------------------------------------------------------------- */
  starting: () => ({ starting: true, notice: null }),
  started: (state, { wanted, name, audio, video }) => ({
    starting: false,
    /* without speech nothing starts, except for who only wants to listen */
    wanted:
      audio || wanted === 'listen' ? (video || wanted !== 'both' ? wanted : 'voice') : state.wanted,
    notice: name ?? null,
    has: { audio, video },
    sends: { ...state.sends, audio, video },
  }),
  devices: (_, { cameras, microphones, camera, microphone }) => ({
    devices: { cameras, microphones, camera, microphone },
  }),
  sends: (state, { audio, video, echo }) => ({
    sends: {
      audio: audio ?? state.sends.audio,
      video: video ?? state.sends.video,
      echo: echo ?? state.sends.echo,
    },
  }),
  has: (state, { audio, video }) => ({
    has: { audio: audio ?? state.has.audio, video: video ?? state.has.video },
  }),
  heard: () => ({ heard: true }),
  checked: (state) => ({ checked: true, sends: { ...state.sends, echo: false } }),
  'check-again': () => ({ checked: false }),

  keys: keysChange,

  tier: bandwidthChange,
  send: bandwidthChange,
  prefer: bandwidthChange,
  network: bandwidthChange,
  unheard: bandwidthChange,

  /* --- the session's time -------------------------------------------------------------------- */
  clock: (state, event) => ({
    time: event,
    /* what was said of another limit is not true any more */
    cue: state.time && state.time.length_s !== event.length_s ? null : state.cue,
  }),
  cue: (_, event) => ({ cue: event.cue ? event : null }),
  'time-shut': (state) => ({ time_shut: !state.time_shut }),

  recording: recordingChange,
  /* --- what is agreed to ---------------------------------------------------------------------- */
  consent: (state, { kinds, settled }) => {
    const list = (Array.isArray(kinds) ? kinds : []).filter((each) => text(each?.kind));
    /** @param {any} each */
    const open = (each) => each.state === 'none' || each.state === 'expired';
    const before = state.consent?.kinds.some(open) ? state.consent.round : [];
    const round = new Set([...before, ...list.filter(open).map((each) => each.kind)]);
    return { consent: { kinds: list, settled: settled === true, round: [...round] } };
  },
  asking: (state, { type: _, ...more }) => ({ asking: { ...state.asking, ...more } }),

  /* --- the page itself ----------------------------------------------------------------------- */
  site: (_, { phone, recordable }) => ({ phone: text(phone), recordable: recordable === true }),
  notice: (_, { name }) => ({ notice: name ?? null }),
  dialog: (_, { dialog }) => ({ dialog: dialog ?? null }),
  playback: (_, { blocked }) => ({ playback_blocked: Boolean(blocked) }),
  'self-view': (state) => ({ self_hidden: !state.self_hidden }),
  details: (state, { details }) => ({ desk: { ...state.desk, details } }),
  chime: (state) => ({ desk: { ...state.desk, chime: !state.desk.chime } }),
  left: () => ({ over: 'left', place: null, peers: [], dialog: null, notice: null }),
  cleared: () => ({ cleared: true }),
};

/**
 * @param {State} state
 * @param {unknown} place
 * @param {string} reason
 * @returns {Partial<State>}
 */
function moveTo(state, place, reason) {
  if (place !== 'waiting' && place !== 'held' && place !== 'admitted') return {};
  const inside = place === 'admitted';
  return {
    place,
    place_reason: reason,
    peers: inside ? state.peers : [],
    locked: inside && state.locked,
    /* admission ends the echo at the server; the page follows */
    sends: inside ? { ...state.sends, echo: false } : state.sends,
    message: inside ? null : state.message,
    time: inside ? state.time : null,
    recording: inside ? state.recording : null,
    cue: state.place === place ? state.cue : null,
    checked: state.checked || inside,
    dialog: state.dialog?.kind === 'devices' || state.place === place ? state.dialog : null,
  };
}

/** @param {unknown} line what the therapist wrote */
function clip(line) {
  return text(line).slice(0, MESSAGE_MAX) || null;
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : '';
}
