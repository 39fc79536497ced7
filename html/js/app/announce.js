// SPDX-License-Identifier: GPL-3.0-or-later
/** A soft sound when somebody new waits: only if wished, and never during a session. */

/** @type {Set<string>} */
let known = new Set();

/** @param {import("../core/state.js").State} state */
export function announce(state) {
  const waiting = state.desk.people.filter((person) => person.state === 'waiting' && !person.away);
  const now = new Set(waiting.map((person) => `${person.participant} ${person.knock}`));
  const somebodyNew = [...now].some((id) => !known.has(id));
  known = now;
  if (somebodyNew && state.desk.chime && state.view === 'waiting') chime();
}

/** Two quiet notes, one after the other. */
export function chime() {
  const context = new AudioContext();
  for (const [index, frequency] of [523.25, 659.25].entries()) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = context.currentTime + index * 0.22;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.12, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.9);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 1);
  }
  setTimeout(() => void context.close().catch(() => {}), 2000);
}
