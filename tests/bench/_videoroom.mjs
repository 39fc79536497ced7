// SPDX-License-Identifier: GPL-3.0-or-later
/** The peer: admission into a Janus VideoRoom, with the page in videoroom/, up to the moment before the click. */
import { smallCamera } from './_measure.mjs';

let run = 0;

const isReady = () => document.getElementById('state')?.textContent === 'ready';

/** @param {import('./admit.mjs').Stage} stage */
export async function openVideoRoom({ scene, hostBrowser, clientBrowser }) {
  run++;
  const page = `${scene.server.origin}/videoroom/index.html`;
  const [host, client] = await Promise.all([hostBrowser.open(`${page}#host-${run}`, { before: smallCamera }),
    clientBrowser.open(`${page}#client-${run}`, { before: smallCamera })]);
  await Promise.all([host.waitFor(isReady), client.waitFor(isReady)]);
  await host.waitFor('[data-action="admit"]');
  return { host, client };
}
