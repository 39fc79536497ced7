// SPDX-License-Identifier: GPL-3.0-or-later
// A therapist and a client in one page, each with a worker of their own, and a server of a few lines
// between them. The picture and voice of the one go to the other.
import { NamedError } from '/js/core/errors.js';
import { Keeper } from '/js/e2ee/keeper.js';
import { watch } from '/js/e2ee/watch.js';

const room = 'r-1';
const secret = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
/* what the therapist's link would carry is for a whole area; here the client's is derived from it */
const area = 'desk';

async function derived() {
  const bytes = Uint8Array.from(atob(secret.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`janus.plugin.therapy|1|room|${area}|${room}`)));
  return btoa(String.fromCharCode(...mac)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

const state = { gi: 0, epoch: 0, keypackage: '' };
const told = [];
const people = {};

function tell(pid, data) {
  people[pid]?.server({ therapy: 'e2ee', ...data });
}

function ask(from) {
  return async (body) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (body.type === 'keypackage') tell('t', { type: 'keypackage', participant: from, knock: 1, room, state: 'waiting', gi: state.gi, epoch: 0, data: body.data });
    if (body.request === 'admit') {
      if (body.e2ee.gi !== state.gi + 1) throw new NamedError('E2EE_STALE');
      state.gi += 1;
      state.epoch = 1;
      tell('a', { type: 'welcome', gi: state.gi, epoch: 1, from, data: body.e2ee.welcome });
      for (const pid of ['t', 'a']) {
        people[pid].server({ therapy: 'state', state: 'admitted', room });
        people[pid].server({ therapy: 'roster', peers: [{ participant: pid === 't' ? 'a' : 't' }] });
      }
    }
    if (body.type === 'commit' || body.type === 'app') tell(from === 't' ? 'a' : 't', { type: body.type, gi: state.gi, epoch: state.epoch, from, data: body.data });
    if (body.type === 'commit') state.epoch += 1;
    return { gi: state.gi, epoch: state.epoch };
  };
}

async function come(pid, role) {
  const keeper = new Keeper();
  people[pid] = keeper;
  keeper.ontell = (message) => told.push({ ...message, at: pid });
  await keeper.ready;
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
  /* an invitation that only has to say who it is for */
  const token = `v4.public.${btoa(`{"sub":"${pid}"}${'.'.repeat(64)}`).replace(/=+$/, '')}.AA`;
  keeper.start({ pid, role, area, room, state: 'waiting', token, secret: role === 'therapist' ? secret : await derived(), pair }, ask(pid));
  return keeper;
}

let sender, receiver, stopped = false;

/** One way of media: from the client to the therapist, line by line as the pages do. */
async function connect() {
  sender = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  receiver = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const voice = sender.addTransceiver('audio', { direction: 'sendonly' });
  people.a.seal(voice.sender, 0, 'audio');
  const picture = sender.addTransceiver('video', { direction: 'sendonly' });
  people.a.seal(picture.sender, 1, 'video');
  const vp8 = RTCRtpSender.getCapabilities('video').codecs.filter(({ mimeType }) => /vp8|rtx/i.test(mimeType));
  picture.setCodecPreferences(vp8);
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
  await voice.sender.replaceTrack(media.getAudioTracks()[0]);
  await picture.sender.replaceTrack(media.getVideoTracks()[0]);
  sender.onicecandidate = ({ candidate }) => void receiver.addIceCandidate(candidate);
  receiver.onicecandidate = ({ candidate }) => void sender.addIceCandidate(candidate);
  receiver.ontrack = ({ track, receiver: line }) => {
    people.t.open(line, track.kind === 'audio' ? 0 : 1, 0);
    const video = document.querySelector('video');
    video.srcObject ??= new MediaStream();
    video.srcObject.addTrack(track);
  };
  await sender.setLocalDescription();
  await receiver.setRemoteDescription(sender.localDescription);
  await receiver.setLocalDescription();
  await sender.setRemoteDescription(receiver.localDescription);
  watch(() => [{ line: 'audio', sender: voice.sender }, { line: 'video', sender: picture.sender }], people.a, () => { stopped = true; });
}

async function stats(pc, type, kind) {
  for (const [, entry] of await pc.getStats()) if (entry.type === type && entry.kind === kind) return entry;
  return {};
}

window.loopback = {
  async begin() {
    await Promise.all([come('t', 'therapist'), come('a', 'client')]);
    people.t.tiles(['a']);
    people.a.tiles(['t']);
    await connect();
  },
  admit: async () => {
    await people.t.admit('a', 1);
    return performance.now();
  },
  async look() {
    const [sent, heard, decoded] = [await stats(sender, 'outbound-rtp', 'video'), await stats(sender, 'outbound-rtp', 'audio'), await stats(receiver, 'inbound-rtp', 'video')];
    const voice = await stats(receiver, 'inbound-rtp', 'audio');
    return {
      framesSent: sent.framesSent ?? 0, packetsSent: heard.packetsSent ?? 0, framesDecoded: decoded.framesDecoded ?? 0,
      keyFrames: sent.keyFramesEncoded, samples: voice.totalSamplesReceived, concealed: voice.concealedSamples, energy: voice.totalAudioEnergy,
      out: (await people.a.counts()).out, in: (await people.t.counts()).in, stopped, told,
      size: document.querySelector('video').videoWidth,
    };
  },
  chat: (from, text) => people[from].chat(text),
  check: (who, act, text) => people[who].check(act, text),
};
