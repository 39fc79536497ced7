// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What the people in the therapist's room have said for an emergency. It is fetched when they are let in, so that it
 * is there also when a link is lost; and forgotten when the session was ended, or the next one begins.
 */

export class Emergency {
  /** @type {import("./call.js").Call} */
  #call;
  /** @type {Map<string, number>} how often each person had said something when they were asked about */
  #known = new Map();
  #inside = false;

  /** @param {import("./call.js").Call} call */
  constructor(call) {
    this.#call = call;
  }

  /** After every change of the state. */
  tend() {
    const { place, place_reason, desk, room, over } = this.#call.state;
    const inside = place === 'admitted';
    if ((inside && !this.#inside) || place_reason === 'ended' || over !== null) this.#forget();
    this.#inside = inside;
    if (!inside || over !== null) return;
    for (const person of desk.people)
      if (person.state === 'admitted' && person.room === room) this.#look(person);
  }

  /** @param {import("../core/state.js").Person} person */
  #look({ participant, name, details }) {
    if (details === undefined || this.#known.get(participant) === details) return;
    this.#known.set(participant, details);
    if (details === 0) this.#note(participant, { name, place: '', contact: '' });
    else void this.#fetch(participant, name, details);
  }

  /** @param {string} participant @param {string} name @param {number} details */
  async #fetch(participant, name, details) {
    try {
      const said = await this.#call.tell({ request: 'consent_detail', participant });
      if (this.#known.get(participant) !== details) return;
      this.#note(participant, { name, place: words(said.place), contact: words(said.contact) });
    } catch {
      /* the next list asks again */
      this.#known.delete(participant);
    }
  }

  /** @param {string} participant @param {import("../core/state.js").Details} said */
  #note(participant, said) {
    this.#call.dispatch({ type: 'details', details: { ...this.#call.state.desk.details, [participant]: said } });
  }

  #forget() {
    if (!this.#known.size) return;
    this.#known.clear();
    this.#call.dispatch({ type: 'details', details: {} });
  }
}

/** @param {unknown} said */
function words(said) {
  return typeof said === 'string' ? said : '';
}
