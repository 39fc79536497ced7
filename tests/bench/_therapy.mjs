// SPDX-License-Identifier: GPL-3.0-or-later
/** Ours: the real pages, up to the moment before the therapist admits. */
import { comeIn, seesReady, sitDown } from '../e2e/scene.mjs';
import { smallCamera } from './_measure.mjs';

/** @param {import('./admit.mjs').Stage} stage */
export async function openTherapy({ scene, hostBrowser, clientBrowser }) {
  const { therapist, client } = scene.appointment();
  const pages = await Promise.all([hostBrowser.open(therapist, { before: smallCamera }),
    clientBrowser.open(client, { before: smallCamera })]);
  await Promise.all([sitDown(pages[0]), comeIn(pages[1])]);
  await seesReady(pages[0]);
  return { host: pages[0], client: pages[1] };
}
