// SPDX-License-Identifier: GPL-3.0-or-later
/** The one place where secrets are: keys of groups, of frames, and what is said before it is encrypted. */
import { toBase64url } from './bytes.js';
import { LABEL } from './group.js';
import { GuestGroup } from './guest-group.js';
import { HostGroup } from './host-group.js';
import { KeyRing } from './keyring.js';
import { readToWorker } from './messages.js';
import { Mls, epochOf } from './mls.js';
import { roomSecret } from './room-secret.js';
import { Sas } from './sas.js';
import { BASE_KEY_BYTES } from './sframe.js';
import { toGroupEvent } from './server-events.js';
import { Transforms } from './transforms.js';

/**
 * @typedef {import("./messages.js").ToWorker} ToWorker
 * @typedef {import("./messages.js").ToPage} ToPage
 * @typedef {import("./group.js").GroupEvent} GroupEvent
 * @typedef {import("./group.js").Effect} Effect
 */

const TICK_MS = 500;
const CHAT_MAX = 2000;

const scope = /** @type {any} */ (globalThis);
const clock = () => performance.now();
const ring = new KeyRing();
const transforms = new Transforms(ring, clock);
/** @type {import("./group.js").Group | null} */
let group = null;
/** @type {Sas | null} */
let sas = null;
/** Whom the keys are sealed to while this person records; empty: nobody. */
let recipient = '';
/** @type {Promise<unknown>} one thing after the other */
let busy = Promise.resolve();

/** @param {ToPage} message */
function tell(message) {
  scope.postMessage(message);
}

/** @param {GroupEvent} event */
async function feed(event) {
  if (!group) return;
  for (const effect of await group.handle(event, clock())) await obey(effect);
  next(rest);
}

/** Piece by piece, so that whatever happens meanwhile comes first. */
async function rest() {
  const effects = await group?.rest(clock());
  if (!effects) return;
  for (const effect of effects) await obey(effect);
  next(rest);
}

/** @param {Effect} effect */
async function obey(effect) {
  switch (effect.do) {
  case 'keys':
    await ring.enter(/** @type {any} */ (effect), clock());
    transforms.wake();
    return sealKeys();
  case 'drop':
    ring.leave();
    return transforms.wake();
  case 'keyframe':
    if (!transforms.takeKept()) tell({ kind: 'keyframe' });
    return undefined;
  case 'members': {
    const { gi, epoch, members } = effect;
    sas?.enter({ group: effect.group, authenticator: effect.authenticator, members });
    return tell({ kind: 'members', gi, epoch, members: members.map((/** @type {any} */ { pid, role, sub, key }) => ({ pid, role, sub, key: toBase64url(key) })) });
  }
  case 'heard':
    return hear(effect);
  case 'device':
    return tell({ kind: 'device', participant: effect.participant, sub: effect.sub, key: effect.key && toBase64url(effect.key) });
  default: {
    const { do: kind, ...more } = effect;
    return tell(/** @type {ToPage} */ ({ kind, ...more }));
  }
  }
}

/** @param {Effect} effect */
async function hear({ from, message }) {
  if (message.t === 'sas') await sas?.hear(from, message);
  if (message.t === 'chat' && typeof message.text === 'string' && message.text.length <= CHAT_MAX)
    tell({ kind: 'chat', from, text: message.text });
}

/** @param {ToWorker & {kind: "start"}} start */
async function start({ pid, role, sub, area, room, state, secret, pair }) {
  if (group && group.self === pid) return feed({ kind: 'joined', room, state });
  ring.leave();
  ring.be(pid);
  const mls = await Mls.make({ pid, role: /** @type {any} */ (role), sub }, pair);
  const secretOf = async (/** @type {string} */ name) => {
    const found = await roomSecret(secret, { role, area, room: name });
    if (!found) throw new TypeError('secret');
    return found;
  };
  await secretOf(room);
  group = role === 'therapist' ? new HostGroup(mls, secretOf) : new GuestGroup(mls, secretOf);
  sas = new Sas({
    self: pid,
    reads: role === 'therapist',
    say: (message) => feed({ kind: 'say', message }),
    show: (view) => tell({ kind: 'sas', ...view }),
  });
  return feed({ kind: 'joined', room, state });
}

/** @param {ToWorker & {kind: "sas"}} message */
function check({ act: wanted, text }) {
  if (wanted === 'begin') return sas?.begin();
  if (wanted === 'cancel') return sas?.cancel();
  if (wanted === 'type') return sas?.type(text ?? '');
  if (wanted === 'fail') return sas?.fail();
  return sas?.confirm(wanted === 'match');
}

/** What is sealed opens what is sent now: not what is sent after the recording. @param {ToWorker & {kind: "record"}} message */
function record({ key }) {
  const over = recipient && !key;
  recipient = key;
  return over ? feed({ kind: 'rekey' }) : sealKeys();
}

/** Seals the keys of this epoch for whom the recording is for; a recording that could not be opened ends. */
async function sealKeys() {
  if (!recipient || !group?.at || !group.together) return;
  const { gi, at, mls } = group;
  const epoch = epochOf(at);
  const body = await import('./sealing.js')
    .then(async ({ sealEpoch }) => sealEpoch(recipient, gi, epoch, await mls.export(at, LABEL, BASE_KEY_BYTES)))
    .then((data) => ({ request: 'record_key', gi, epoch, data }), () => ({ request: 'record_stop' }));
  tell({ kind: 'request', id: 0, body });
}

/** @param {ToWorker} message */
async function act(message) {
  switch (message.kind) {
  case 'start': return start(message);
  case 'server': {
    const event = toGroupEvent(message.data);
    return event && event.kind !== 'joined' ? feed(event) : undefined;
  }
  case 'chat': return feed({ kind: 'say', id: message.id, message: { t: 'chat', text: message.text } });
  case 'sas': return check(message);
  case 'record': return record(message);
  case 'end':
    group = sas = null;
    recipient = '';
    return ring.leave();
  case 'answer': case 'admit': case 'leaving': case 'lost': case 'rekey': return feed({ ...message });
  default: return undefined;
  }
}

/** @param {() => unknown} work */
function next(work) {
  busy = busy.then(work).catch(() => tell({ kind: 'failed' }));
}

scope.onmessage = (/** @type {MessageEvent} */ { data }) => {
  const message = readToWorker(data);
  if (!message) return;
  /* these two do not wait for keys to be worked out */
  if (message.kind === 'tiles') transforms.tiles = message.pids;
  else if (message.kind === 'counts') tell({ kind: 'counts', id: message.id, out: { ...transforms.out }, in: { ...transforms.in } });
  else {
    if (message.kind === 'server' && message.data.therapy === 'e2ee' && message.data.type === 'welcome') transforms.expect();
    next(() => act(message));
  }
};

scope.onrtctransform = (/** @type {any} */ event) => transforms.accept(event.transformer);

transforms.onreadable = (/** @type {string} */ pid, /** @type {boolean} */ readable) => {
  tell({ kind: 'readable', pid, readable });
  next(() => feed({ kind: readable ? 'opened' : 'failing', pid }));
};

transforms.onlate = (/** @type {number} */ ms) => tell({ kind: 'late', ms });

setInterval(() => {
  ring.tick(clock());
  next(() => feed({ kind: 'tick' }));
}, TICK_MS);

tell({ kind: 'ready' });
