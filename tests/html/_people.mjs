// SPDX-License-Identifier: GPL-3.0-or-later
// People with device keys, as browsers make them, and the shortest ways into a group.
import '../vendor.mjs';

const { Mls } = await import('../../html/js/e2ee/mls.js');
const { random } = await import('../../html/js/e2ee/bytes.js');

export { Mls };

/** The room's secret that the links of these tests carry. */
export { random };
export const secret = random(32);
export const room = 'r-17';
export const groupId = `${room}.1`;

export async function deviceKey() {
  return /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']));
}

/**
 * @param {string} pid
 * @param {import('../../html/js/e2ee/identity.js').Role} role
 * @param {CryptoKeyPair} [pair]
 */
export async function person(pid, role = 'client', pair) {
  return Mls.make({ pid, role, sub: `s-${pid}` }, pair ?? await deviceKey());
}

/**
 * A therapist "t" and clients in one group, everybody in the same epoch.
 * @param {...string} names
 */
export async function group(...names) {
  const therapist = await person('t', 'therapist');
  const people = [{ mls: therapist, at: await therapist.create(groupId) }];
  for (const name of names) {
    const mls = await person(name);
    const own = await mls.keyPackage();
    const made = await therapist.commit(people[0].at, { add: [own.data], secret });
    for (const other of people.slice(1)) {
      const done = await other.mls.process(other.at, made.commit, { secret, from: 't' });
      if (done.kind !== 'commit') throw new Error('not a commit');
      other.at = done.next;
    }
    people[0].at = made.next;
    const epoch = Number(made.next.groupContext.epoch);
    people.push({ mls, at: await mls.join(/** @type {Uint8Array} */ (made.welcome), own, secret, { groupId, epoch, from: 't' }) });
  }
  return people;
}

/** @param {{mls: InstanceType<typeof Mls>, at: import('../../html/js/e2ee/mls.js').Epoch}} one */
export async function exported({ mls, at }) {
  return Buffer.from(await mls.export(at, 'SFrame 1.0 Base Key', 32)).toString('hex');
}
