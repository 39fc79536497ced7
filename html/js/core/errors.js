// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What can go wrong, and what a person can do about it. The texts are in the locales: "error.NAME"
 * says what happened, "advice.GROUP" what to do.
 */

/** An error with a name that the locales have words for. */
export class NamedError extends Error {
  /**
   * @param {string} name as in the protocol, or one of LOCAL_ERRORS
   * @param {string} [field] the field that is to blame
   */
  constructor(name, field) {
    super(name);
    this.name = name;
    this.field = field;
  }
}

/**
 * groups: `link` (the invitation), `device`, `browser`, `network`, `server`, `moment` (not now)
 * retry: "auto" the page tries again by itself, "ask" a button offers it, "never"
 * @type {Record<string, {group: string, retry: "auto" | "ask" | "never"}>}
 */
const KNOWN = {
  LINK_MISSING: { group: 'link', retry: 'never' },
  TOKEN_EARLY: { group: 'early', retry: 'ask' },
  TOKEN_EXPIRED: { group: 'expired', retry: 'never' },
  TOKEN_USED: { group: 'used', retry: 'ask' },
  TOKEN_REVOKED: { group: 'revoked', retry: 'never' },
  BROWSER_OLD: { group: 'browser', retry: 'never' },
  INSECURE: { group: 'insecure', retry: 'never' },
  NO_NETWORK: { group: 'network', retry: 'auto' },
  SERVER_GONE: { group: 'server', retry: 'auto' },
  INTERNAL: { group: 'server', retry: 'auto' },
  BUSY: { group: 'busy', retry: 'auto' },
  NOT_STORED: { group: 'server', retry: 'auto' },
  DRAINING: { group: 'busy', retry: 'auto' },
  TOO_FAST: { group: 'busy', retry: 'auto' },
  NO_NONCE: { group: 'server', retry: 'auto' },
  BAD_TICKET: { group: 'server', retry: 'auto' },
  AREA_FULL: { group: 'busy', retry: 'auto' },
  ROOM_FULL: { group: 'full', retry: 'ask' },
  NO_CAMERA: { group: 'no_camera', retry: 'ask' },
  CAMERA_BUSY: { group: 'busy_device', retry: 'ask' },
  CAMERA_REFUSED: { group: 'permission', retry: 'ask' },
  CAMERA_LOST: { group: 'lost_device', retry: 'ask' },
  NO_MICROPHONE: { group: 'no_microphone', retry: 'ask' },
  MICROPHONE_BUSY: { group: 'busy_device', retry: 'ask' },
  MICROPHONE_REFUSED: { group: 'permission', retry: 'ask' },
  MICROPHONE_LOST: { group: 'lost_device', retry: 'ask' },
  PERMISSION_REFUSED: { group: 'permission', retry: 'ask' },
  DEVICE_FAILED: { group: 'busy_device', retry: 'ask' },
  E2EE_FAILED: { group: 'browser', retry: 'ask' },
  E2EE_LEAK: { group: 'browser', retry: 'ask' },
  E2EE_NOT_READY: { group: 'moment', retry: 'ask' },
  E2EE_NOT_SENT: { group: 'moment', retry: 'ask' },
  SESSION_MAXIMUM: { group: 'time', retry: 'never' },
  NEXT_APPOINTMENT: { group: 'time', retry: 'never' },
  PAUSE_LIMIT: { group: 'time', retry: 'never' },
  CONSENT_MISSING: { group: 'consent', retry: 'never' },
  CONSENT_OF_OTHERS: { group: 'others', retry: 'never' },
  CONSENT_NOT_KEPT: { group: 'kept', retry: 'never' },
  UNKNOWN: { group: 'server', retry: 'auto' },
};

/** The names that only the pages know; the others come from the server. */
export const LOCAL_ERRORS = Object.freeze([
  'LINK_MISSING',
  'BROWSER_OLD',
  'INSECURE',
  'NO_NETWORK',
  'SERVER_GONE',
  'NO_CAMERA',
  'CAMERA_BUSY',
  'CAMERA_REFUSED',
  'CAMERA_LOST',
  'NO_MICROPHONE',
  'MICROPHONE_BUSY',
  'MICROPHONE_REFUSED',
  'MICROPHONE_LOST',
  'PERMISSION_REFUSED',
  'DEVICE_FAILED',
  'UNKNOWN',
  'E2EE_FAILED',
  'E2EE_LEAK',
  'E2EE_NOT_READY',
  'E2EE_NOT_SENT',
]);

/**
 * @param {string} name
 * @returns {{group: string, retry: "auto" | "ask" | "never"}}
 */
export function describe(name) {
  const known = KNOWN[name];
  if (known) return known;
  if (/^(TOKEN|DEVICE)_/.test(name)) return { group: 'link', retry: 'never' };
  return { group: 'moment', retry: 'auto' };
}

/** Every group of advice. */
export const GROUPS = Object.freeze([
  ...new Set([...Object.values(KNOWN).map((known) => known.group), 'link', 'moment']),
]);

/**
 * The name for what `getUserMedia` threw. `wanted` says what was asked for.
 * @param {unknown} thrown
 * @param {"camera" | "microphone" | "both"} wanted
 */
export function deviceErrorName(thrown, wanted) {
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
  const camera = wanted === 'camera';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return wanted === 'both'
        ? 'PERMISSION_REFUSED'
        : camera
          ? 'CAMERA_REFUSED'
          : 'MICROPHONE_REFUSED';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return camera ? 'NO_CAMERA' : 'NO_MICROPHONE';
    case 'NotReadableError':
    case 'AbortError':
      return camera ? 'CAMERA_BUSY' : wanted === 'microphone' ? 'MICROPHONE_BUSY' : 'DEVICE_FAILED';
    default:
      return 'DEVICE_FAILED';
  }
}
