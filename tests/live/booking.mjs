// SPDX-License-Identifier: GPL-3.0-or-later
/** A booking system of its own: keys and invitations from Node's crypto alone, right ones and wrong ones. */
import { createHash, sign } from 'node:crypto';
import { blake2b } from './blake2b.mjs';
import { keyPair, rawPublic } from './ed25519.mjs';

const PID_BYTES = 33;
const HEADER = 'v4.public.';

/** PASETO's pre-authentication encoding. @param {Buffer[]} pieces */
function encode(pieces) {
  const count = (/** @type {number} */ n) => {
    const out = Buffer.alloc(8);
    out.writeBigUInt64LE(BigInt(n));
    return out;
  };
  return Buffer.concat([count(pieces.length), ...pieces.flatMap((piece) => [count(piece.length), piece])]);
}

/** A date as invitations carry it. @param {number} fromNowS */
export function date(fromNowS) {
  return new Date(Date.now() + fromNowS * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

let invitations = 0;

export class Booking {
  constructor(realm = 'demo') {
    this.realm = realm;
    this.keys = keyPair();
    /** A line of the plugin's key file. */
    this.publicKey = `k4.public.${rawPublic(this.keys.publicKey).toString('base64url')}`;
    this.kid = `k4.pid.${blake2b(Buffer.from(`k4.pid.${this.publicKey}`), PID_BYTES).toString('base64url')}`;
  }

  /**
   * The claims of an invitation that is good for an hour.
   * @param {Record<string, unknown>} [changes] undefined takes a claim away
   */
  claims(changes = {}) {
    invitations++;
    return {
      iss: 'booking.example', sub: `p-${invitations}`, aud: this.realm, jti: `i-${process.pid}-${invitations}`,
      nbf: date(-60), exp: date(3600), area: 'khan', room: 'r-17', role: 'client', name: 'Amina', with: 'Dr Khan', lang: 'ur',
      ...changes,
    };
  }

  /**
   * Signs anything as an invitation.
   * @param {string} payload
   * @param {{footer?: string, realm?: string}} [options]
   */
  sign(payload, options = {}) {
    const footer = Buffer.from(options.footer ?? JSON.stringify({ kid: this.kid }));
    const assertion = Buffer.from(`janus.plugin.therapy|1|${options.realm ?? this.realm}`);
    const body = Buffer.from(payload);
    const signature = sign(null, encode([Buffer.from(HEADER), body, footer, assertion]), this.keys.privateKey);
    const parts = [Buffer.concat([body, signature]).toString('base64url')];
    if (footer.length > 0) parts.push(footer.toString('base64url'));
    return HEADER + parts.join('.');
  }

  /** @param {Record<string, unknown>} [changes] */
  invite(changes) {
    return this.sign(JSON.stringify(this.claims(changes)));
  }

  /** @param {Record<string, unknown>} [changes] */
  therapist(changes) {
    return this.invite({ role: 'therapist', room: undefined, name: 'Dr Khan', with: undefined, ...changes });
  }
}

/** One browser's key. */
export class Device {
  #keys = keyPair();

  get key() {
    return rawPublic(this.#keys.publicKey).toString('base64url');
  }

  /**
   * What `join` carries beside the invitation.
   * @param {string} nonce as the plugin gave it
   * @param {string} invitation
   */
  prove(nonce, invitation) {
    const message = Buffer.concat([
      Buffer.from('janus.plugin.therapy|1|join\0'), Buffer.from(nonce, 'base64url'),
      createHash('sha256').update(invitation).digest(),
    ]);
    return { key: this.key, signature: sign(null, message, this.#keys.privateKey).toString('base64url') };
  }
}
