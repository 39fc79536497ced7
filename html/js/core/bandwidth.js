// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What the server does about a weak link, and why; part of the state.
 * @typedef {{level: string, warn: boolean, voice_only: boolean}} Network what a test of somebody's link has found
 * @typedef {{why: string, tier: string, video: boolean, paused: string[], voice_only: boolean,
 *   unheard: boolean, send: {why: string, tier: string, paused: boolean}, network: Network | null}} Bandwidth
 * `unheard`: the server does not answer, and the page sends the least by itself
 */

/** @returns {Bandwidth} */
export function initialBandwidth() {
  const send = { why: 'start', tier: '', paused: false };
  return { why: 'start', tier: '', video: true, paused: [], voice_only: false, unheard: false, send, network: null };
}

/**
 * @param {Bandwidth} now
 * @param {{type: string} & Record<string, any>} event `tier`, `send`, `prefer`, `network` or `unheard`
 * @returns {Bandwidth}
 */
function after(now, { type, why, tier, video, paused, voice_only, level, warn, unheard }) {
  if (type === 'network')
    return { ...now, network: { level: String(level), warn: warn === true, voice_only: voice_only === true } };
  if (type === 'unheard') return { ...now, unheard: unheard === true };
  if (type === 'prefer') return { ...now, voice_only: Boolean(voice_only) };
  if (type === 'send') return { ...now, send: { why: String(why), tier: String(tier), paused: Boolean(paused) } };
  const held = Array.isArray(paused) ? paused.map(String) : [];
  return { ...now, why: String(why), tier: String(tier), video: Boolean(video), paused: held };
}

/** @param {{bandwidth: Bandwidth}} state @param {{type: string}} event */
export function bandwidthChange({ bandwidth }, event) {
  return { bandwidth: after(bandwidth, event) };
}
