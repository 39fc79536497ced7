// SPDX-License-Identifier: GPL-3.0-or-later
/** The peer: admission into a Janus VideoRoom, with the page in videoroom/, up to the moment before the click. */

let run = 0;

const isReady = () => document.getElementById('state')?.textContent === 'ready';

/** @param {import('./admit.mjs').Stage} stage */
export async function openVideoRoom({ scene, hostBrowser, clientBrowser }) {
  run++;
  const page = `${scene.server.origin}/videoroom/index.html`;
  const host = await hostBrowser.open(`${page}#host-${run}`);
  await host.waitFor(isReady);
  const client = await clientBrowser.open(`${page}#client-${run}`);
  await client.waitFor(isReady);
  await host.waitFor('[data-action="admit"]');
  return { host, client };
}
