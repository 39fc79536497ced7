// SPDX-License-Identifier: GPL-3.0-or-later
import { listen, nobodyYet } from '../core/loudest.js';

/**
 * Whose picture this person wants before the others', where not all can be large: that of who is speaking, which
 * only the pages can hear. The therapist's comes first anyhow; so among three only the therapist's page says anything.
 *
 * @typedef {{participant: string, role: string, slot: number, video: boolean}} Peer
 * @typedef {(body: Record<string, unknown>) => Promise<unknown>} Tell
 */

export class View {
  #tell;
  #own = '';
  /** @type {Peer[]} */
  #peers = [];
  #loudest = nobodyYet();
  #told = '';

  /** @param {Tell} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {{type: string} & Record<string, any>} event */
  hear({ type, participant, peers }) {
    if (type === 'joined') {
      [this.#own, this.#told] = [String(participant), ''];
      this.#peers = [];
    }
    if (type === 'roster') this.#peers = Array.isArray(peers) ? peers : [];
  }

  /**
   * @param {MediaStream[]} pairs by slot
   * @param {Record<string, number>} energies of what is heard, by track
   */
  async look(pairs, energies) {
    const among = this.#peers.filter(({ participant, role, slot, video }) =>
      participant !== this.#own && role !== 'therapist' && slot >= 0 && video);
    const voices = among.length < 2 ? [] : among.flatMap(({ participant, slot }) => {
      const energy = energies[pairs[slot]?.getAudioTracks()[0]?.id ?? ''];
      return energy === undefined ? [] : [[participant, energy]];
    });
    this.#loudest = listen(this.#loudest, Object.fromEntries(voices), performance.now());
    const { who } = this.#loudest;
    const former = this.#told;
    if (who === former) return;
    this.#told = who;
    /* refused, or the link is lost: said again at the next look */
    await this.#tell({ request: 'prefer', view: who }).catch(() => { this.#told = former; });
  }
}
