// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * From what a person does on the page to what is to be done. Everything that can be pressed carries
 * `data-action`; one listener serves them all.
 */

/**
 * @typedef {Record<string, (data: DOMStringMap, element: HTMLElement) => unknown>} Actions
 * @typedef {import("./call.js").Call} Call
 */

/**
 * What both pages can do.
 * @param {Call} call
 * @param {import("./words.js").Words} words
 * @param {() => void} show
 * @returns {Actions}
 */
export function common(call, words, show) {
  /** @param {string} lang */
  const speak = (lang) => () => void words.choose(lang).then(show);
  return {
    'lang-en': speak('en'),
    'lang-ur': speak('ur'),
    mute: () => call.toggleMicrophone(),
    camera: () => call.toggleCamera(),
    devices: () => call.dispatch({ type: 'dialog', dialog: { kind: 'devices' } }),
    cancel: () => call.dispatch({ type: 'dialog', dialog: null }),
    dismiss: () => call.dispatch({ type: 'notice', name: null }),
    'self-view': () => call.dispatch({ type: 'self-view' }),
    retry: () => call.retry(),
    rejoin: () => call.rejoin(),
    play: () => {
      call.dispatch({ type: 'playback', blocked: false });
      for (const video of document.querySelectorAll('app-video')) /** @type {any} */ (video).play();
    },
  };
}

/**
 * @param {HTMLElement} page
 * @param {Actions} actions
 * @param {Call} call
 */
export function listen(page, actions, call) {
  page.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-action]') : null;
    if (!(target instanceof HTMLElement)) return;
    void actions[target.dataset.action ?? '']?.(target.dataset, target);
  });
  page.addEventListener('submit', (event) => {
    event.preventDefault();
    if (event.target instanceof HTMLElement)
      void actions.confirm?.(event.target.dataset, event.target);
  });
  page.addEventListener('change', (event) => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    if (event.target.dataset.change === 'camera') void call.useCamera(event.target.value);
    if (event.target.dataset.change === 'microphone') void call.useMicrophone(event.target.value);
  });
  page.addEventListener('app-cancel', () => call.dispatch({ type: 'dialog', dialog: null }));
  page.addEventListener('app-blocked', () => call.dispatch({ type: 'playback', blocked: true }));
  page.addEventListener('app-heard', () => call.dispatch({ type: 'heard' }));
}
