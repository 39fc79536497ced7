// SPDX-License-Identifier: GPL-3.0-or-later
/** A session of two, who see and hear each other; the client's link can be made worse. */
import { comeIn, Scene, seesAndHears, seesReady, sitDown } from '../e2e/scene.mjs';

/**
 * @typedef {object} Options
 * @property {import('../lab/link.mjs').Faults} faults of the client's link, from before the page is opened
 * @property {import('../e2e/browser.mjs').Kind} [kind] the client's browser
 * @property {{fps: number}} [camera] both people's
 * @property {() => void} [before] runs in the client's page, before anything else does
 */

/** @param {Options} options */
export async function openSession({ faults, kind = 'chromium', camera, before }) {
  const scene = await Scene.open();
  const [desk, home] = await Promise.all([scene.browser('therapist', 'chromium', camera), scene.browser('client', kind, camera)]);
  const link = scene.lab.hosts.find(({ name }) => name === 'client')?.link;
  if (!link) throw new Error('the client has no link');
  await link.set(faults);
  const links = scene.appointment();
  const [therapist, client] = await Promise.all([desk.open(links.therapist), home.open(links.client, { before })]);
  await Promise.all([sitDown(therapist), comeIn(client)]);
  await seesReady(therapist);
  await therapist.click('[data-action="admit"]');
  await seesAndHears(client);
  return { scene, therapist, client, link };
}
