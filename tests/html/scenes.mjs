// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Every state the two pages can be in, each as the events that lead there: what the pictures show and
 * what the accessibility test reads.
 */

import { clientKeyScenes, therapistKeyScenes } from './key-scenes.mjs';
import { clientConsents, therapistConsents } from './scenes-consent.mjs';
import { clientNetworks, therapistNetworks } from './scenes-network.mjs';
import { clientRecordings, therapistRecordings } from './scenes-recording.mjs';
import { clientTimes, therapistTimes } from './scenes-time.mjs';

/** @typedef {{type: string} & Record<string, unknown>} Event */
/** @typedef {{page: 'client' | 'therapist', events: Event[], open?: string}} Scene */

const DEVICES = {
  type: 'devices',
  cameras: [
    { id: 'c1', label: 'Front camera' },
    { id: 'c2', label: 'Rear camera' },
  ],
  microphones: [{ id: 'm1', label: 'Built-in microphone' }],
  camera: 'c1',
  microphone: 'm1',
};

/** @param {string} lang @param {Partial<Event>} [more] @returns {Event[]} */
function client(lang, more = {}) {
  const ur = lang === 'ur';
  return [
    { type: 'site', phone: '042 111 222 333' },
    { type: 'link', status: 'connecting' },
    {
      type: 'joined',
      participant: 'c',
      role: 'client',
      name: ur ? 'آمنہ' : 'Amina',
      with: ur ? 'ڈاکٹر خان' : 'Dr Khan',
      room: 'r',
      area: 'a',
      state: 'waiting',
      therapist_present: false,
      ...more,
    },
    { type: 'link', status: 'up' },
  ];
}

/** @param {boolean} [video] @returns {Event[]} */
function started(video = true) {
  return [
    { type: 'started', wanted: video ? 'both' : 'voice', name: null, audio: true, video },
    DEVICES,
  ];
}

const WAITING = [...started(), { type: 'heard' }, { type: 'checked' }];
const ADMITTED = { type: 'state', state: 'admitted', reason: 'admitted', room: 'r' };

/** @param {string} lang @param {number} n @param {Record<string, unknown>} [first] @returns {Event} */
function roster(lang, n, first = {}) {
  const names =
    lang === 'ur'
      ? ['ڈاکٹر خان', 'بلال', 'سارہ', 'یوسف', 'مریم', 'عمر', 'نور']
      : ['Dr Khan', 'Bilal', 'Sara', 'Yusuf', 'Maryam', 'Umar', 'Noor'];
  return {
    type: 'roster',
    room: 'r',
    locked: false,
    peers: names.slice(0, n).map((name, slot) => ({
      participant: `p${slot}`,
      role: slot ? 'client' : 'therapist',
      name,
      audio: slot !== 2,
      video: slot !== 3,
      slot,
      away: slot === 4,
      ...(slot ? {} : first),
    })),
  };
}

/** @param {string} lang @param {Record<string, unknown>} [more] @returns {Event[]} */
function therapist(lang, more = {}) {
  return [
    { type: 'site', phone: '' },
    {
      type: 'joined',
      participant: 't',
      role: 'therapist',
      name: lang === 'ur' ? 'ڈاکٹر خان' : 'Dr Khan',
      with: '',
      room: '',
      area: 'a',
      state: 'waiting',
      therapist_present: true,
      ...more,
    },
    { type: 'link', status: 'up' },
  ];
}

/** @param {string} lang @param {number} [inside] @returns {Event} */
function waiting(lang, inside = 0) {
  const ur = lang === 'ur';
  /** @param {number} id @param {string} name @param {Record<string, unknown>} more */
  const person = (id, name, more) => ({
    participant: `p${id}`,
    knock: 1,
    name,
    role: 'client',
    room: `r${id}`,
    state: 'waiting',
    away: false,
    waited_s: 75,
    ready: true,
    locked: false,
    ...more,
  });
  const people = [
    person(1, ur ? 'آمنہ' : 'Amina', inside ? { state: 'admitted' } : { waited_s: 340 }),
    person(2, ur ? 'محمد عبدالرحمٰن قریشی' : 'Muhammad Abdurrahman Qureshi', {
      waited_s: 75,
      ready: false,
    }),
    person(3, ur ? 'سارہ' : 'Sara', { role: 'guest', waited_s: 20, away: true }),
  ];
  return { type: 'waiting', people, at_ms: Date.now() };
}

/** @param {string} lang @returns {Event} */
const inRoom = (lang) => ({
  type: 'roster',
  room: 'r1',
  locked: false,
  peers: [
    {
      participant: 'p1',
      role: 'client',
      name: lang === 'ur' ? 'آمنہ' : 'Amina',
      audio: true,
      video: true,
      slot: 0,
      away: false,
    },
  ],
});

/** @param {string} lang @returns {string} */
const line = (lang) =>
  lang === 'ur' ? 'میں پانچ منٹ میں آپ کے ساتھ ہوں۔' : 'I will be with you in five minutes.';

/**
 * @param {string} lang
 * @returns {Record<string, Scene>}
 */
function clientScenes(lang) {
  const base = client(lang);
  /** @param {Event[]} events @returns {Scene} */
  const scene = (...events) => ({ page: 'client', events: [...base, ...events] });
  /** @param {string} name @returns {Scene} */
  const failed = (name) => ({
    page: 'client',
    events: [
      { type: 'site', phone: '042 111 222 333' },
      { type: 'failed', name },
    ],
  });
  /** @param {string} name @param {boolean} audio */
  const device = (name, audio) =>
    scene({ type: 'started', wanted: 'both', name, audio, video: false });
  /** @param {string} state @param {string} [reason] */
  const over = (state, reason = state) =>
    scene(...WAITING, ADMITTED, { type: 'state', state, reason });
  /** @param {string} why @param {boolean} video */
  const weak = (why, video) =>
    scene(...WAITING, ADMITTED, roster(lang, 1), {
      type: 'tier',
      ...{ why, tier: video ? 'low' : 'audio', video, paused: video ? [] : ['p0'] },
    });
  return {
    opening: { page: 'client', events: [] },
    arrive: scene(),
    'arrive-asking': scene({ type: 'starting' }),
    'arrive-refused': device('PERMISSION_REFUSED', false),
    'arrive-no-microphone': device('NO_MICROPHONE', false),
    'arrive-not-me': scene({
      type: 'dialog',
      dialog: { kind: 'not-me', name: lang === 'ur' ? 'آمنہ' : 'Amina' },
    }),
    check: scene(...started()),
    'check-heard': scene(...started(), { type: 'heard' }),
    'check-echo': scene(...started(), { type: 'sends', echo: true }),
    'check-voice': scene(...started(false)),
    'check-camera-busy': device('CAMERA_BUSY', true),
    waiting: scene(...WAITING),
    ...clientNetworks(scene, WAITING),
    'waiting-present': scene(...WAITING, { type: 'presence', therapist_present: true }),
    'waiting-message': scene(
      ...WAITING,
      { type: 'presence', therapist_present: true },
      { type: 'message', text: line(lang) },
    ),
    'waiting-devices': scene(...WAITING, { type: 'dialog', dialog: { kind: 'devices' } }),
    'waiting-leave': scene(...WAITING, { type: 'dialog', dialog: { kind: 'leave' } }),
    'waiting-lost': scene(...WAITING, { type: 'link', status: 'lost', name: 'SERVER_GONE' }),
    held: scene(...WAITING, ADMITTED, { type: 'state', state: 'held', reason: 'held' }),
    'therapist-left': scene(...WAITING, ADMITTED, {
      type: 'state',
      state: 'waiting',
      reason: 'therapist_left',
    }),
    'session-alone': scene(...WAITING, ADMITTED),
    session: scene(...WAITING, ADMITTED, roster(lang, 1)),
    'session-weak-off': weak('delay', false),
    'session-weak-small': weak('loss', true),
    'session-weak-some': scene(...WAITING, ADMITTED, roster(lang, 2), {
      type: 'tier',
      ...{ why: 'estimate', tier: 'medium', video: true, paused: ['p1'] },
    }),
    'session-weak-other': scene(...WAITING, ADMITTED, roster(lang, 1), {
      type: 'send',
      ...{ why: 'nobody', tier: 'audio', paused: true },
    }),
    'session-voice-only': scene(
      ...[...WAITING, ADMITTED, roster(lang, 1), { type: 'prefer', voice_only: true }],
      { type: 'tier', why: 'choice', tier: 'audio', video: false, paused: ['p0'] },
    ),
    'session-muted': scene(
      ...WAITING,
      ADMITTED,
      roster(lang, 1),
      { type: 'sends', audio: false },
      { type: 'has', video: false },
    ),
    'session-no-video': scene(
      ...WAITING,
      ADMITTED,
      roster(lang, 1, { video: false, audio: false }),
    ),
    'session-away': scene(...WAITING, ADMITTED, roster(lang, 1, { away: true })),
    'session-lost': scene(...WAITING, ADMITTED, roster(lang, 1), {
      type: 'link',
      status: 'lost',
      name: 'NO_NETWORK',
    }),
    'session-silent': scene(ADMITTED, roster(lang, 1)),
    'session-blocked': scene(...WAITING, ADMITTED, roster(lang, 1), {
      type: 'playback',
      blocked: true,
    }),
    'session-hidden': scene(...WAITING, ADMITTED, roster(lang, 1), { type: 'self-view' }),
    'session-three': scene(...WAITING, ADMITTED, roster(lang, 3)),
    'session-eight': scene(...WAITING, ADMITTED, roster(lang, 7)),
    ...clientKeyScenes(scene, [...WAITING, ADMITTED, roster(lang, 1)]),
    ...clientTimes(scene, [...WAITING, ADMITTED, roster(lang, 1)], WAITING),
    ...clientConsents(lang, scene, WAITING, [...WAITING, ADMITTED, roster(lang, 1)]),
    ...clientRecordings(scene, [...WAITING, ADMITTED, roster(lang, 1)]),
    'goodbye-time-up': over('ended', 'time_up'),
    'goodbye-left-alone': over('ended', 'left_alone'),
    observer: { page: 'client', events: client(lang, { role: 'observer' }) },
    'observer-sent-back': {
      page: 'client',
      events: [...client(lang, { role: 'observer' }), { type: 'state', state: 'held', reason: 'others' }],
    },
    'goodbye-left': scene({ type: 'left' }),
    'goodbye-cleared': scene({ type: 'left' }, { type: 'cleared' }),
    'goodbye-ended': over('ended'),
    'goodbye-denied': scene(...WAITING, {
      type: 'state',
      state: 'denied',
      reason: 'denied',
      text: line(lang),
    }),
    'goodbye-removed': over('removed'),
    'goodbye-replaced': over('left', 'replaced'),
    'error-expired': failed('TOKEN_EXPIRED'),
    'error-used': failed('TOKEN_USED'),
    'error-early': failed('TOKEN_EARLY'),
    'error-damaged': failed('TOKEN_MALFORMED'),
    'error-browser': failed('BROWSER_OLD'),
    'error-network': {
      page: 'client',
      events: [{ type: 'link', status: 'lost', name: 'NO_NETWORK' }],
    },
    'error-server': {
      page: 'client',
      events: [{ type: 'link', status: 'lost', name: 'SERVER_GONE' }],
    },
  };
}

/**
 * @param {string} lang
 * @returns {Record<string, Scene>}
 */
function therapistScenes(lang) {
  const base = therapist(lang);
  /** @param {Event[]} events @returns {Scene} */
  const scene = (...events) => ({ page: 'therapist', events: [...base, ...events] });
  const session = [...started(), waiting(lang, 1), { ...ADMITTED, room: 'r1' }, inRoom(lang)];
  /** @param {string} kind */
  const dialog = (kind) => ({
    type: 'dialog',
    dialog: { kind, participant: 'p1', knock: 1, name: lang === 'ur' ? 'آمنہ' : 'Amina' },
  });
  return {
    'desk-empty': scene(),
    desk: scene(...started(), waiting(lang)),
    ...therapistNetworks(scene, started(), waiting(lang)),
    'desk-message': scene(...started(), waiting(lang), dialog('message')),
    'desk-deny': scene(...started(), waiting(lang), dialog('deny')),
    'desk-notice': scene(...started(), waiting(lang), { type: 'notice', name: 'STALE_KNOCK' }),
    'desk-draining': scene(...started(), waiting(lang), { type: 'draining', draining: true }),
    'desk-lost': scene(...started(), waiting(lang), {
      type: 'link',
      status: 'lost',
      name: 'SERVER_GONE',
    }),
    't-session': scene(...session),
    't-session-draining': scene(...session, { type: 'draining', draining: true }),
    't-session-list': { ...scene(...session), open: 'details' },
    't-session-end': scene(...session, dialog('end')),
    't-session-remove': scene(...session, dialog('remove')),
    ...therapistKeyScenes(scene, session, [...started(), waiting(lang)]),
    ...therapistTimes(scene, session, [...started(), ADMITTED]),
    ...therapistConsents(scene, started(), waiting(lang), session, lang),
    ...therapistRecordings(scene, session),
    't-goodbye': scene({ type: 'left' }),
    't-error': { page: 'therapist', events: [{ type: 'failed', name: 'TOKEN_EXPIRED' }] },
  };
}

/**
 * @param {string} lang
 * @returns {Record<string, Scene>}
 */
export function scenes(lang) {
  return { ...clientScenes(lang), ...therapistScenes(lang) };
}
