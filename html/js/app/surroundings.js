// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What happens around a page: networks come and go, a phone sleeps, a headset is plugged in.
 * @param {{moved: () => void, doubt: () => void, devices: () => void}} acts `moved`: another network;
 *   `doubt`: the link may be dead without saying so
 */
export function watchSurroundings({ moved, doubt, devices }) {
  addEventListener('online', moved);
  addEventListener('offline', doubt);
  const connection = /** @type {any} */ (navigator).connection;
  let way = connection?.type;
  connection?.addEventListener?.('change', () => {
    /* it also changes with every new estimate of the speed, which is no move */
    if (connection.type !== way) moved();
    way = connection.type;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') doubt();
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) doubt();
  });
  navigator.mediaDevices.addEventListener('devicechange', devices);
}
