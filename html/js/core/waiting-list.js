// SPDX-License-Identifier: GPL-3.0-or-later
/** The therapist's list of people: in which order, and whether a finger on its way may miss. */

/** @typedef {import('./state.js').Person} Person */

/**
 * Who waits comes first, then who is inside; among these, people keep their places, and new ones come
 * last, the longest waiting first. So nobody moves without need while a finger is on the way.
 * @param {Person[]} people
 * @param {Person[]} before
 */
export function sortPeople(people, before) {
  /** @param {Person} person */
  const place = (person) => {
    const index = before.findIndex((other) => other.participant === person.participant);
    return index < 0 ? before.length : index;
  };
  /** @param {Person} person */
  const inside = (person) => Number(person.state === 'admitted');
  return [...people].sort(
    (a, b) => inside(a) - inside(b) || place(a) - place(b) || b.waited_s - a.waited_s,
  );
}

/**
 * Whether somebody who stays in the list is at another place now: a click may have been meant for another.
 * @param {Person[]} before
 * @param {Person[]} after
 */
export function hasMoved(before, after) {
  return before.some((person, index) => {
    const now = after.findIndex((other) => other.participant === person.participant);
    return now >= 0 && now !== index;
  });
}
