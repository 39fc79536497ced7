// SPDX-License-Identifier: GPL-3.0-or-later
/** Wiring of the therapist's page: events of the page to the call, the state of the call to the page. */
import { Call } from './app/call.js';
import { announce } from './app/announce.js';
import { Emergency } from './app/emergency.js';
import { common, listen } from './app/page-events.js';
import { loadSite, Words } from './app/words.js';
import { deviceOf } from './core/keys.js';
import { SETTLE_MS } from './core/timing.js';
import { define as defineElements, warm } from './ui/elements.js';
import { waitingCount } from './ui/people.js';
import { define as definePage } from './ui/therapist-page.js';

defineElements();
definePage();

const [words, site] = [new Words(), loadSite()];
const page = /** @type {import("./ui/page.js").Page} */ (document.createElement('app-therapist'));

const call = new Call('therapist', (state, media, event) => {
  if (event.type === 'joined' && event.role !== 'therapist') return location.replace('index.html');
  if (event.type === 'pairs' || event.type === 'started') warm(media.pairs);
  if (event.type === 'joined') void words.suggest(event.lang).then(show);
  if (event.type === 'waiting') announce(state);
  emergency.tend();
  show();
  return undefined;
});

/** Only where sessions may be recorded. @type {import("./app/recording.js").Recording | null} */
let recording = null;

/** @param {string} key of the organisation */
async function loadRecording(key) {
  const { Recording } = await import('./app/recording.js');
  recording = new Recording(call, key);
  Object.assign(actions, recording.actions);
  recording.tend();
}
const emergency = new Emergency(call);

function show() {
  const { state } = call;
  recording?.tend();
  const waiting = waitingCount(state);
  document.title =
    state.view === 'waiting' && waiting ? `(${waiting}) ${words.t('title')}` : words.t('title');
  page.scene = { state, media: call.media, t: words.t, lang: words.lang };
}

/** @param {string} kind @param {DOMStringMap} data */
function open(kind, { id, knock, name }) {
  call.dispatch({ type: 'dialog', dialog: { kind, participant: id, knock: Number(knock), name } });
}

/** @param {string} text */
function say(text) {
  const to = call.state.dialog?.participant;
  call.dispatch({ type: 'dialog', dialog: null });
  if (text.trim()) void call.request({ request: 'message', to, text: text.trim() });
}

/** @param {HTMLElement} form with the minutes that were typed */
function extend(form) {
  const field = form.querySelector('input');
  const minutes = Number(field?.value);
  if (!field?.value || !Number.isInteger(minutes) || minutes < 1) return undefined;
  field.value = '';
  return call.request({ request: 'extend', minutes });
}

function confirm() {
  const asked = call.state.dialog;
  const field = document.querySelector('app-dialog input');
  const text = field instanceof HTMLInputElement ? field.value.trim() : '';
  if (asked?.kind === 'message') return say(text);
  call.dispatch({ type: 'dialog', dialog: null });
  if (asked?.kind === 'stranger')
    return void call.admit(String(asked.participant), Number(asked.knock));
  if (asked?.kind === 'leave') return void call.leave();
  if (asked?.kind === 'end') return void call.request({ request: 'end' });
  if (asked?.kind === 'remove')
    return void call.request({ request: 'remove', participant: asked.participant });
  if (asked?.kind === 'deny')
    return void call.request({
      request: 'deny',
      participant: asked.participant,
      knock: asked.knock,
      ...(text ? { text } : {}),
    });
  return undefined;
}

/** @type {import("./app/page-events.js").Actions} */
const actions = {
  ...common(call, words, show),
  'start-devices': () => call.start('both'),
  'start-voice': () => call.start('voice'),
  admit: (data) => {
    const { id, knock } = data;
    /* the list has just moved: the click may have been meant for somebody else */
    if (Date.now() - call.state.desk.moved_ms < SETTLE_MS) return undefined;
    /* not the device that was checked: never without a second thought */
    if (deviceOf(call.state, String(id)) === 'changed') return open('stranger', data);
    return call.admit(String(id), Number(knock));
  },
  hold: ({ id }) => call.request({ request: 'hold', participant: id }),
  lock: () => call.request({ request: 'lock', room: call.state.room }),
  unlock: () => call.request({ request: 'unlock', room: call.state.room }),
  message: (data) => open('message', data),
  deny: (data) => open('deny', data),
  remove: (data) => open('remove', data),
  end: () => open('end', {}),
  extend: ({ minutes }) => call.request({ request: 'extend', minutes: Number(minutes) }),
  'extend-typed': (_, form) => extend(form),
  'pause-clock': () => call.request({ request: 'pause' }),
  'resume-clock': () => call.request({ request: 'resume' }),
  leave: () => open('leave', {}),
  emergency: () => call.dispatch({ type: 'dialog', dialog: { kind: 'emergency' } }),
  chime: () => call.dispatch({ type: 'chime' }),
  say: ({ text }) => say(text ?? ''),
  confirm,
};

listen(page, actions, call);
await words.begin();
await words.whole;
document.querySelector('#app')?.replaceWith(page);
show();
const { recording_key: key } = await site;
if (key) await loadRecording(key);
await call.open(await site);
