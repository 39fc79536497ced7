// SPDX-License-Identifier: GPL-3.0-or-later
import { equal, utf8 } from './bytes.js';
import { decodeIdentity } from './identity.js';

/**
 * What a change of the group may be. The server only orders changes; whether one is right is decided
 * here, by every member for itself, before and after it is worked out. A broken rule has a name.
 *
 * @typedef {import("./identity.js").Role} Role
 * @typedef {{leaf: number, pid: string, role: Role, sub: string, key: Uint8Array, path: Uint8Array, committed: boolean}} Member
 *   `key` signs; `path` is the leaf's encryption key, which every commit of that member replaces
 * @typedef {import("ts-mls").RatchetTree} RatchetTree
 * @typedef {import("ts-mls").Proposal} Proposal
 */

export const MOST_MEMBERS = 8;
const ROOM_SECRET_ID = utf8('therapy-room');

/** A rule that a message of another person, or the server, has broken. */
export class Broken extends Error {
  /** @param {string} rule */
  constructor(rule) {
    super(rule);
    this.name = 'Broken';
    this.rule = rule;
  }
}

/** The name of the room's secret inside the group. */
export function roomSecretId() {
  return new Uint8Array(ROOM_SECRET_ID);
}

/**
 * @param {RatchetTree} tree
 * @returns {Member[]} in the order of the leaves; throws if one does not say properly who it is
 */
export function membersOf(tree) {
  return tree.flatMap((node, index) => {
    if (node?.nodeType !== 'leaf') return [];
    return [{ leaf: index / 2, ...memberOf(node.leaf) }];
  });
}

/** @param {import("ts-mls").LeafNode} leaf */
export function memberOf(leaf) {
  const { credential } = leaf;
  const who = credential.credentialType === 'basic' ? decodeIdentity(credential.identity) : null;
  if (!who) throw new Broken('IDENTITY');
  return { ...who, key: leaf.signaturePublicKey, path: leaf.hpkePublicKey, committed: leaf.leafNodeSource === 'commit' };
}

/**
 * A whole group, as it is now.
 * @param {Member[]} members
 */
export function checkMembers(members) {
  if (members.length > MOST_MEMBERS || members.some(({ leaf }) => leaf >= MOST_MEMBERS)) throw new Broken('TOO_MANY');
  if (new Set(members.map(({ pid }) => pid)).size !== members.length) throw new Broken('DUPLICATE');
  if (members.filter(({ role }) => role === 'therapist').length > 1) throw new Broken('TWO_THERAPISTS');
}

/**
 * What a commit wants, before it is worked out.
 * @param {Member[]} before
 * @param {number | undefined} senderLeaf
 * @param {Proposal[]} proposals
 * @param {(pid: string) => boolean} present whether the server says that the person is in the room
 */
export function checkProposals(before, senderLeaf, proposals, present) {
  const sender = before.find(({ leaf }) => leaf === senderLeaf);
  if (!sender) throw new Broken('SENDER');
  const adds = proposals.filter(({ proposalType }) => proposalType === 'add');
  const secrets = proposals.filter((proposal) => proposal.proposalType === 'psk' && isRoomSecret(proposal));
  const removes = proposals.flatMap((proposal) => proposal.proposalType === 'remove' ? [proposal.remove.removed] : []);
  if (adds.length + secrets.length + removes.length !== proposals.length) throw new Broken('PROPOSAL');
  if (adds.length && sender.role !== 'therapist') throw new Broken('ADD_NOT_THERAPIST');
  if (adds.length && secrets.length !== 1) throw new Broken('ADD_WITHOUT_SECRET');
  for (const proposal of adds)
    if (proposal.proposalType === 'add' && memberOf(proposal.add.keyPackage.leafNode).role === 'therapist')
      throw new Broken('TWO_THERAPISTS');
  for (const leaf of removes) {
    const gone = before.find((member) => member.leaf === leaf);
    if (!gone) throw new Broken('REMOVE_NOBODY');
    /* who is not the therapist only clears away who has left */
    if (sender.role !== 'therapist' && present(gone.pid)) throw new Broken('REMOVE_PRESENT');
  }
}

/** @param {Proposal} proposal */
function isRoomSecret(proposal) {
  if (proposal.proposalType !== 'psk') return false;
  const { preSharedKeyId } = proposal.psk;
  return preSharedKeyId.psktype === 'external' && equal(preSharedKeyId.pskId, ROOM_SECRET_ID);
}

/**
 * What has become of the group.
 * @param {Member[]} before
 * @param {Member[]} after
 * @param {number} senderLeaf
 * @param {Proposal[]} proposals
 */
export function checkOutcome(before, after, senderLeaf, proposals) {
  checkMembers(after);
  const removed = new Set(proposals.flatMap((proposal) => proposal.proposalType === 'remove' ? [proposal.remove.removed] : []));
  const added = proposals.flatMap((proposal) => proposal.proposalType === 'add' ? [memberOf(proposal.add.keyPackage.leafNode)] : []);
  const stayed = before.filter(({ leaf }) => !removed.has(leaf));
  for (const member of stayed) {
    const now = after.find(({ leaf }) => leaf === member.leaf);
    if (!now || now.pid !== member.pid || now.role !== member.role || now.sub !== member.sub || !equal(now.key, member.key))
      throw new Broken('IDENTITY_CHANGED');
  }
  const known = (/** @type {Member} */ now) => stayed.some(({ leaf }) => leaf === now.leaf) || added.some(({ pid }) => pid === now.pid);
  if (after.length !== stayed.length + added.length || !after.every(known)) throw new Broken('MEMBERS');
  if (removed.size) checkFreshPath(before, after, senderLeaf);
}

/**
 * A removal is only one if the committer has put a secret into the group that the removed do not have.
 * Checked here because a library has got this wrong before.
 * @param {Member[]} before
 * @param {Member[]} after
 * @param {number} senderLeaf
 */
function checkFreshPath(before, after, senderLeaf) {
  const old = before.find(({ leaf }) => leaf === senderLeaf);
  const now = after.find(({ leaf }) => leaf === senderLeaf);
  if (!old || !now?.committed || equal(old.path, now.path)) throw new Broken('NO_PATH');
}
