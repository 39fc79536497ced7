// SPDX-License-Identifier: GPL-3.0-or-later
/** Wiring of the client's page: events of the page to the call, the state of the call to the page. */
import { Call } from './app/call.js';
import { common, listen } from './app/page-events.js';
import { armQuickExit } from './app/quick-exit.js';
import { loadSite, Words } from './app/words.js';
import { CHECK_IDLE_MS, HEARD_MS } from './core/timing.js';
import { define as defineElements, warm } from './ui/elements.js';
import { define as definePage } from './ui/client-page.js';

const [words, site] = [new Words(), loadSite()];
const begun = words.begin();
defineElements();
definePage(begun.then(() => words.whole));

const page = /** @type {import("./ui/page.js").Page} */ (document.createElement('app-client'));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let advance;
/** Only where somebody is asked to agree to something. @type {Promise<import("./app/consent.js").Consent> | null} */
let consent = null;

const call = new Call('client', (state, media, event) => {
  if (event.type === 'joined' && event.role === 'therapist')
    return location.replace('therapist.html');
  if (event.type === 'pairs' || event.type === 'started') warm(media.pairs);
  if (event.type === 'joined') void words.suggest(event.lang).then(show);
  if (event.type === 'consent_decided') void consent?.then((asked) => asked.written(event));
  if (event.type === 'heard') goOnIn(HEARD_MS);
  if (event.type === 'started' && state.view === 'check') goOnIn(CHECK_IDLE_MS);
  show();
  return undefined;
});

function show() {
  if (call.state.consent) consent ??= loadConsent();
  void consent?.then((asked) => asked.tend());
  document.title = words.t('title');
  page.scene = { state: call.state, media: call.media, t: words.t, lang: words.lang };
}

async function loadConsent() {
  const { Consent } = await import('./app/consent.js');
  const asked = new Consent(call, () => words.lang);
  Object.assign(actions, asked.actions);
  page.addEventListener('app-shown', (event) => asked.shown(/** @type {CustomEvent} */ (event).detail));
  return asked;
}

/**
 * From the check to the waiting screen by itself, unless the person is busy with something there.
 * @param {number} ms
 */
function goOnIn(ms) {
  clearTimeout(advance);
  advance = setTimeout(() => {
    if (call.state.view !== 'check') return;
    const busy =
      call.state.sends.echo ||
      call.state.dialog ||
      document.activeElement instanceof HTMLSelectElement;
    if (busy) goOnIn(HEARD_MS);
    else void call.checked();
  }, ms);
}

/** @type {import("./app/page-events.js").Actions} */
const actions = {
  ...common(call, words, show),
  'start-devices': () => call.start('both'),
  'start-voice': () => call.start('voice'),
  'start-listen': () => call.start('listen'),
  join: () => call.checked(),
  echo: () => call.send({ echo: !call.state.sends.echo }),
  leave: () =>
    call.dispatch({ type: 'dialog', dialog: { kind: 'leave', name: call.state.self?.with } }),
  'not-me': () =>
    call.dispatch({ type: 'dialog', dialog: { kind: 'not-me', name: call.state.self?.name } }),
  confirm: () => call.leave(),
  clear: () => call.clear(),
};

actions['quick-exit'] = armQuickExit(call, site);
listen(page, actions, call);
await begun;
document.querySelector('#app')?.replaceWith(page);
show();
await call.open(await site);
