// SPDX-License-Identifier: GPL-3.0-or-later
/** Whether this browser can do what is needed, and how its owner gives permissions. */

/**
 * The name of the error that makes a call impossible here, or null.
 * @param {any} scope `globalThis`, or something like it in a test
 * @returns {Promise<"INSECURE" | "BROWSER_OLD" | null>}
 */
export async function missing(scope) {
  if (scope.isSecureContext === false) return 'INSECURE';
  const needed = [
    scope.RTCPeerConnection?.prototype?.addTransceiver,
    scope.RTCRtpTransceiver?.prototype?.setCodecPreferences,
    scope.RTCRtpScriptTransform,
    scope.navigator?.mediaDevices?.getUserMedia,
    scope.WebSocket,
    scope.crypto?.subtle,
    scope.HTMLDialogElement,
  ];
  if (needed.some((part) => !part)) return 'BROWSER_OLD';
  try {
    await scope.crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
  } catch {
    return 'BROWSER_OLD';
  }
  return null;
}

/**
 * Whether a connection may be agreed on a second time, unknown to the server. Elsewhere that can end what is sent,
 * and makes a new decoder of what is received.
 * @param {string} userAgent
 */
export function agreesAnew(userAgent) {
  return /^(chrome|android)$/.test(browserFamily(userAgent));
}

/**
 * Whether the connection that only receives may: there it costs a key frame at most.
 * @param {string} userAgent
 */
export function agreesAnewToReceive(userAgent) {
  return agreesAnew(userAgent) || browserFamily(userAgent) === 'firefox';
}

/**
 * Which words tell this person how to allow the camera ("permission.…" in the locales).
 * @param {string} userAgent
 */
export function browserFamily(userAgent) {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  if (/Android/.test(userAgent)) return /Firefox/.test(userAgent) ? 'firefox' : 'android';
  if (/Firefox/.test(userAgent)) return 'firefox';
  if (/Chrome|Chromium|Edg/.test(userAgent)) return 'chrome';
  if (/Safari/.test(userAgent)) return 'safari';
  return 'other';
}
