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
    'voice-only': async () => {
      const voice_only = !call.state.bandwidth.voice_only;
      if (await call.request({ request: 'prefer', voice_only }))
        call.dispatch({ type: 'prefer', voice_only });
    },
    'time-shut': () => call.dispatch({ type: 'time-shut' }),
    'cue-seen': () => call.dispatch({ type: 'cue' }),
    'record-stop': () => call.request({ request: 'record_stop' }),
    'recording-seen': () => call.dispatch({ type: 'recording' }),
    'self-view': () => call.dispatch({ type: 'self-view' }),
    retry: () => call.retry(),
    rejoin: () => call.rejoin(),
    ...private_(call),
    play: () => {
      call.dispatch({ type: 'playback', blocked: false });
      for (const video of document.querySelectorAll('app-video')) /** @type {any} */ (video).play();
    },
  };
}

/**
 * What is between these people only: the check, the chat, a key that has changed.
 * @param {Call} call
 * @returns {Actions}
 */
function private_(call) {
  /** @param {HTMLElement} form */
  const typed = (form) => {
    const field = form.querySelector('input');
    const text = field?.value ?? '';
    if (field) field.value = '';
    return text;
  };
  const close = () => {
    call.privacy.check('cancel');
    call.dispatch({ type: 'dialog', dialog: null });
  };
  const check = () => {
    call.dispatch({ type: 'dialog', dialog: { kind: 'check' } });
    call.privacy.check('begin');
  };
  return {
    check,
    'check-type': (_, form) => call.privacy.check('type', typed(form).slice(0, 32)),
    'check-match': () => call.privacy.check('match'),
    'check-differ': () => call.privacy.check('differ'),
    'check-close': close,
    'long-code': () => {
      call.privacy.check('cancel');
      call.dispatch({ type: 'dialog', dialog: { kind: 'long' } });
      void call.privacy.long();
    },
    'long-match': ({ key }) => call.privacy.matched(String(key)),
    'long-differ': () => {
      call.dispatch({ type: 'dialog', dialog: { kind: 'check' } });
      call.privacy.check('fail');
    },
    'accept-key': () => {
      call.privacy.accept();
      check();
    },
    chat: () => call.dispatch({ type: 'keys', about: 'chatting' }),
    'chat-send': (_, form) => call.ask(() => call.privacy.chat(typed(form))),
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
    if (!(event.target instanceof HTMLElement)) return;
    void actions[event.target.dataset.submit ?? 'confirm']?.(event.target.dataset, event.target);
  });
  page.addEventListener('change', (event) => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    if (event.target.dataset.change === 'camera') void call.useCamera(event.target.value);
    if (event.target.dataset.change === 'microphone') void call.useMicrophone(event.target.value);
  });
  page.addEventListener('app-cancel', () => call.dispatch({ type: 'dialog', dialog: null }));
  page.addEventListener('app-blocked', () => call.dispatch({ type: 'playback', blocked: true }));
  page.addEventListener('app-passed', () => call.dispatch({ type: 'cue' }));
  page.addEventListener('app-slept', () => call.request({ request: 'clock' }));
  page.addEventListener('app-heard', () => call.dispatch({ type: 'heard' }));
}
