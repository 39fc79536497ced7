// SPDX-License-Identifier: GPL-3.0-or-later
import {
  bytesToBase64, createApplicationMessage, createCommit, createGroup, decodeMlsMessage, defaultLifetime, encodeMlsMessage,
  generateKeyPackageWithKey, getCiphersuiteFromName, getCiphersuiteImpl, joinGroup, makePskIndex, mlsExporter,
  processPrivateMessage, zeroOutUint8Array,
} from '../../vendor/ts-mls.js';
import { equal, fromUtf8, random, utf8 } from './bytes.js';
import { encodeIdentity } from './identity.js';
import { Broken, checkMembers, checkOutcome, checkProposals, memberOf, membersOf, roomSecretId } from './rules.js';

/**
 * Messaging Layer Security (RFC 9420), as much of it as is used here, and the only file that knows the
 * library. An `Epoch` is never changed: every step gives the next one, used once the server has taken it.
 *
 * @typedef {import("../../vendor/ts-mls.js").ClientState} Epoch
 * @typedef {import("../../vendor/ts-mls.js").CiphersuiteImpl} Suite
 * @typedef {import("../../vendor/ts-mls.js").Proposal} Proposal
 * @typedef {import("./identity.js").Identity} Identity
 * @typedef {import("./rules.js").Member} Member
 * @typedef {{data: Uint8Array, inner: Awaited<ReturnType<typeof generateKeyPackageWithKey>>}} OwnKeyPackage
 * @typedef {{commit: Uint8Array, welcome: Uint8Array | null, next: Epoch, consumed: Uint8Array[]}} Change
 * @typedef {{kind: "commit", next: Epoch} | {kind: "removed"}
 *   | {kind: "message", next: Epoch, from: Member, data: Uint8Array}} Processed
 */

const SUITE = 'MLS_256_XWING_AES256GCM_SHA512_Ed25519';
const MAX = 64 * 1024;
/* the library wants bytes for a private key; the real one cannot be read, and signs in `sign` below */
const NO_KEY = new Uint8Array(32);

/** @type {import("../../vendor/ts-mls.js").ClientConfig} */
const CONFIG = {
  /* chat that was on its way when the keys changed can still be read; media has its own keys */
  keyRetentionConfig: { retainKeysForGenerations: 10, retainKeysForEpochs: 1, maximumForwardRatchetSteps: 200 },
  lifetimeConfig: { validateLifetimeOnReceive: false, maximumTotalLifetime: 0n },
  keyPackageEqualityConfig: {
    compareKeyPackages: (a, b) => equal(a.leafNode.signaturePublicKey, b.leafNode.signaturePublicKey),
    compareKeyPackageToLeafNode: (a, b) => equal(a.leafNode.signaturePublicKey, b.signaturePublicKey),
  },
  paddingConfig: { kind: 'padUntilLength', padUntilLength: 256 },
  authService: {
    async validateCredential(credential, key) {
      memberOf(/** @type {any} */ ({ credential, signaturePublicKey: key }));
      return true;
    },
  },
};

/** @type {Promise<Suite> | undefined} */
let loaded;

/** One person's side of the groups they are in. */
export class Mls {
  /** @type {Suite} */
  #suite;
  /** @type {Identity} */
  who;
  /** @type {Uint8Array} the public half of what signs */
  key;

  /**
   * @param {Suite} suite
   * @param {Identity} who
   * @param {Uint8Array} key
   */
  constructor(suite, who, key) {
    this.#suite = suite;
    this.who = who;
    this.key = key;
  }

  /**
   * @param {Identity} who
   * @param {CryptoKeyPair} pair Ed25519; the private key need not be extractable
   */
  static async make(who, pair) {
    loaded ??= getCiphersuiteImpl(getCiphersuiteFromName(SUITE));
    const suite = await loaded;
    const key = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    const signature = {
      ...suite.signature,
      /** @param {Uint8Array} _ @param {Uint8Array} message */
      async sign(_, message) {
        return new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, new Uint8Array(message)));
      },
    };
    return new Mls({ ...suite, signature }, who, key);
  }

  /** Goes the way into a group once, with people that are nobody: what has run before runs quickly. */
  static async rehearse() {
    const [secret, groupId] = [random(32), 'rehearsal'];
    const pair = () => crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    const host = await Mls.make({ pid: 'host', role: 'therapist', sub: 'host' }, /** @type {CryptoKeyPair} */ (await pair()));
    const guest = await Mls.make({ pid: 'guest', role: 'client', sub: 'guest' }, /** @type {CryptoKeyPair} */ (await pair()));
    const own = await guest.keyPackage();
    const { welcome } = await host.commit(await host.create(groupId), { add: [own.data], secret });
    await guest.join(/** @type {Uint8Array} */ (welcome), own, secret, { groupId, epoch: 1, from: 'host' });
  }

  /** @returns {Promise<OwnKeyPackage>} to be used once */
  async keyPackage() {
    const inner = await generateKeyPackageWithKey(
      { credentialType: 'basic', identity: encodeIdentity(this.who) },
      { versions: ['mls10'], ciphersuites: [SUITE], extensions: [], proposals: [], credentials: ['basic'] },
      defaultLifetime, [], { signKey: new Uint8Array(NO_KEY), publicKey: this.key }, this.#suite,
    );
    const keyPackage = inner.publicPackage;
    return { data: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage }), inner };
  }

  /**
   * Makes one's own key package useless, here and for whoever gets hold of this memory.
   * @param {OwnKeyPackage} own
   */
  forget(own) {
    zeroOutUint8Array(own.inner.privatePackage.initPrivateKey);
  }

  /**
   * A group of one.
   * @param {string} groupId
   * @returns {Promise<Epoch>}
   */
  async create(groupId) {
    const { inner } = await this.keyPackage();
    return createGroup(utf8(groupId), inner.publicPackage, inner.privatePackage, [], this.#suite, CONFIG);
  }

  /**
   * Takes the people with these ids out, and the holders of these key packages in, in one step.
   * @param {Epoch} epoch
   * @param {{add?: Uint8Array[], remove?: string[], secret?: Uint8Array}} change `secret`: of the room; needed to add
   * @returns {Promise<Change>}
   */
  async commit(epoch, { add = [], remove = [], secret }) {
    const leaves = roster(epoch).filter(({ pid }) => remove.includes(pid)).map(({ leaf }) => leaf);
    /** @type {Proposal[]} */
    const extraProposals = leaves.map((removed) => ({ proposalType: 'remove', remove: { removed } }));
    for (const data of add) extraProposals.push({ proposalType: 'add', add: { keyPackage: decodeKeyPackage(data) } });
    if (add.length)
      extraProposals.push({ proposalType: 'psk', psk: {
        preSharedKeyId: { psktype: 'external', pskId: roomSecretId(), pskNonce: random(this.#suite.kdf.size) },
      } });
    const pskIndex = secretIndex(epoch, secret);
    const made = await createCommit({ state: epoch, cipherSuite: this.#suite, pskIndex },
      { ratchetTreeExtension: true, extraProposals });
    checkProposals(roster(epoch), epoch.privatePath.leafIndex, extraProposals, () => false);
    checkOutcome(roster(epoch), roster(made.newState), epoch.privatePath.leafIndex, extraProposals);
    const { welcome } = made;
    return {
      commit: encodeMlsMessage(made.commit),
      welcome: welcome ? encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome }) : null,
      next: made.newState,
      consumed: made.consumed,
    };
  }

  /**
   * Enters a group by its Welcome. The key package is spent, whatever comes out.
   * @param {Uint8Array} data
   * @param {OwnKeyPackage} own
   * @param {Uint8Array} secret of the room
   * @param {{groupId: string, epoch: number, from: string}} expected
   * @returns {Promise<Epoch>}
   */
  async join(data, own, secret, { groupId, epoch, from }) {
    const message = decode(data);
    if (message.wireformat !== 'mls_welcome') throw new Broken('WELCOME');
    let proven = false;
    const index = secretIndex(undefined, secret);
    const state = await joinGroup(message.welcome, own.inner.publicPackage, own.inner.privatePackage, {
      findPsk: (id) => {
        const found = index.findPsk(id);
        proven ||= found !== undefined;
        return found;
      },
    }, this.#suite, undefined, undefined, CONFIG);
    /* a group made by somebody who does not know the room's secret */
    if (!proven) throw new Broken('NO_SECRET');
    if (groupIdOf(state) !== groupId) throw new Broken('GROUP_ID');
    if (epochOf(state) !== epoch) throw new Broken('EPOCH');
    const members = roster(state);
    checkMembers(members);
    const mine = members.find(({ pid }) => pid === this.who.pid);
    if (mine?.leaf !== state.privatePath.leafIndex) throw new Broken('DUPLICATE');
    if (members.find(({ role }) => role === 'therapist')?.pid !== from) throw new Broken('NO_THERAPIST');
    return state;
  }

  /**
   * Works out what another member sent. Throws, and changes nothing, if it is not right.
   * @param {Epoch} epoch
   * @param {Uint8Array} data
   * @param {{secret?: Uint8Array, from: string, present?: (pid: string) => boolean}} about `from`: who the server says it is from
   * @returns {Promise<Processed>}
   */
  async process(epoch, data, { secret, from, present = () => true }) {
    const message = decode(data);
    if (message.wireformat !== 'mls_private_message') throw new Broken('WIRE_FORMAT');
    if (!equal(message.privateMessage.groupId, epoch.groupContext.groupId)) throw new Broken('GROUP_ID');
    /** @type {Uint8Array | undefined} */
    let signer;
    /** @type {{leaf: number, proposals: Proposal[]} | undefined} */
    let change;
    const before = roster(epoch);
    /* the library does not say who sent a message, but it does ask whether their signature is right */
    const suite = { ...this.#suite, signature: {
      ...this.#suite.signature,
      verify: (/** @type {Uint8Array} */ key, /** @type {Uint8Array} */ text, /** @type {Uint8Array} */ mark) => {
        signer ??= key;
        return this.#suite.signature.verify(key, text, mark);
      },
    } };
    const result = await processPrivateMessage(epoch, message.privateMessage, secretIndex(epoch, secret), suite, (incoming) => {
      if (incoming.kind !== 'commit') return 'reject';
      const proposals = incoming.proposals.map(({ proposal }) => proposal);
      checkProposals(before, incoming.senderLeafIndex, proposals, present);
      change = { leaf: Number(incoming.senderLeafIndex), proposals };
      return 'accept';
    });
    const sender = before.find(({ key }) => signer !== undefined && equal(key, signer));
    if (sender?.pid !== from) throw new Broken('SENDER');
    if (result.kind === 'applicationMessage')
      return { kind: 'message', next: result.newState, from: sender, data: result.message };
    if (!change || result.actionTaken !== 'accept') throw new Broken('PROPOSAL');
    if (result.newState.groupActiveState.kind === 'removedFromGroup') return { kind: 'removed' };
    checkOutcome(before, roster(result.newState), change.leaf, change.proposals);
    return { kind: 'commit', next: result.newState };
  }

  /**
   * @param {Epoch} epoch
   * @param {Uint8Array} data
   * @returns {Promise<{data: Uint8Array, next: Epoch}>}
   */
  async message(epoch, data) {
    const made = await createApplicationMessage(epoch, data, this.#suite);
    const { privateMessage } = made;
    return {
      data: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage }),
      next: made.newState,
    };
  }

  /**
   * A secret that exactly the members of this epoch have.
   * @param {Epoch} epoch
   * @param {string} label
   * @param {number} size bytes
   */
  export(epoch, label, size) {
    return mlsExporter(epoch.keySchedule.exporterSecret, label, new Uint8Array(), size, this.#suite);
  }
}

/**
 * @param {Epoch} epoch
 * @returns {Member[]} in the order of their leaves
 */
export function roster(epoch) {
  return membersOf(epoch.ratchetTree);
}

/** @param {Epoch} epoch */
export function epochOf(epoch) {
  return Number(epoch.groupContext.epoch);
}

/** @param {Epoch} epoch */
export function groupIdOf(epoch) {
  return fromUtf8(epoch.groupContext.groupId);
}

/** What is the same for all members of an epoch, and for nobody else. @param {Epoch} epoch */
export function authenticatorOf(epoch) {
  return epoch.keySchedule.epochAuthenticator;
}

/** @param {Epoch} epoch */
export function leafOf(epoch) {
  return Number(epoch.privatePath.leafIndex);
}

/**
 * Who a key package is from; throws if it does not say so properly. Its signature is checked when it is used.
 * @param {Uint8Array} data
 */
export function inspectKeyPackage(data) {
  const { pid, role, sub, key } = memberOf(decodeKeyPackage(data).leafNode);
  return { pid, role, sub, key };
}

/** @param {Uint8Array[]} consumed what a step that was taken leaves behind */
export function wipe(consumed) {
  consumed.forEach(zeroOutUint8Array);
}

/** @param {Uint8Array} data */
function decode(data) {
  if (data.length > MAX) throw new Broken('TOO_BIG');
  const found = decodeMlsMessage(data, 0);
  if (!found || found[1] !== data.length) throw new Broken('DECODE');
  return found[0];
}

/** @param {Uint8Array} data */
function decodeKeyPackage(data) {
  const message = decode(data);
  if (message.wireformat !== 'mls_key_package') throw new Broken('KEY_PACKAGE');
  if (message.keyPackage.cipherSuite !== SUITE) throw new Broken('SUITE');
  return message.keyPackage;
}

/**
 * @param {Epoch | undefined} epoch
 * @param {Uint8Array | undefined} secret
 */
function secretIndex(epoch, secret) {
  return makePskIndex(epoch, secret ? { [bytesToBase64(roomSecretId())]: secret } : {});
}
