// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Admission with Janus's own VideoRoom, as well as it can be done: the client joins, publishes and
 * subscribes the moment it is let in. All that can be ready beforehand is: WebSocket, session, all
 * handles, camera and microphone, and the host is already in the room and publishing.
 *
 * A lobby room stands in for the signal: the host sees who joins it, and removes them to let them in.
 * The address says who is who, and which run this is: #host-1 or #client-1.
 */
const [role, run] = location.hash.slice(1).split('-');
const ROOM = 2 * Number(run);
const LOBBY = ROOM + 1;
const SECRET = 'bench';
const CLIENT_ID = 1;

const socket = new WebSocket(`wss://${location.host}/janus`, 'janus-protocol');
/** @type {Map<string, (message: any) => void>} */
const waiting = new Map();
/** @type {Map<number, Handle>} */
const handles = new Map();
let session = 0;
let counter = 0;

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const tell = (/** @type {string} */ text) => { byId('state').textContent = text; };

/** Resolves with the first answer that is not a mere acknowledgement. @param {object} message */
function request(message) {
  const transaction = String(++counter);
  socket.send(JSON.stringify({ ...message, transaction, ...(session ? { session_id: session } : {}) }));
  return new Promise((resolve) => waiting.set(transaction, resolve));
}

socket.addEventListener('message', ({ data }) => {
  const message = JSON.parse(data);
  if (message.janus === 'ack') return;
  const resolve = waiting.get(message.transaction);
  if (resolve) {
    waiting.delete(message.transaction);
    resolve(message);
  } else {
    handles.get(message.sender)?.hear(message);
  }
});

class Handle {
  /** @type {RTCPeerConnection | undefined} */ connection;
  /** @type {(data: any) => void} */ onevent = () => {};
  /** @type {any[]} */ #early = [];

  /** @param {number} id */
  constructor(id) {
    this.id = id;
    handles.set(id, this);
  }

  static async attach() {
    const { data } = await request({ janus: 'attach', plugin: 'janus.plugin.videoroom' });
    return new Handle(data.id);
  }

  /** @param {object} body @param {RTCSessionDescriptionInit} [jsep] */
  async message(body, jsep) {
    const answer = await request({ janus: 'message', handle_id: this.id, body, ...(jsep ? { jsep } : {}) });
    const { data } = answer.plugindata;
    if (data.error) throw new Error(data.error);
    return { data, jsep: answer.jsep };
  }

  /** @param {any} message */
  hear(message) {
    if (message.janus === 'trickle') this.#remoteCandidate(message.candidate);
    else if (message.janus === 'event') this.onevent(message.plugindata.data);
  }

  /** @param {any} candidate */
  #remoteCandidate(candidate) {
    if (!this.connection?.remoteDescription) this.#early.push(candidate);
    else if (!candidate.completed) void this.connection.addIceCandidate(candidate);
  }

  open() {
    this.connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.connection.addEventListener('icecandidate', ({ candidate }) => {
      void request({ janus: 'trickle', handle_id: this.id, candidate: candidate ?? { completed: true } });
    });
    return this.connection;
  }

  /** @param {RTCSessionDescriptionInit} jsep */
  async remote(jsep) {
    await this.connection?.setRemoteDescription(jsep);
    this.#early.splice(0).forEach((candidate) => this.#remoteCandidate(candidate));
  }
}

/** @param {Handle} handle @param {MediaStream} stream */
async function publish(handle, stream) {
  const connection = handle.open();
  for (const track of stream.getTracks()) connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
  await connection.setLocalDescription();
  const { jsep } = await handle.message({ request: 'publish' },
    /** @type {RTCSessionDescription} */ (connection.localDescription).toJSON());
  await handle.remote(jsep);
}

/** @param {Handle} handle @param {number} feed */
async function subscribe(handle, feed) {
  const connection = handle.open();
  connection.addEventListener('track', ({ streams }) => { byId('other').srcObject = streams[0]; });
  const { jsep } = await handle.message({ request: 'join', ptype: 'subscriber', room: ROOM, streams: [{ feed }] });
  await handle.remote(jsep);
  await connection.setLocalDescription();
  await handle.message({ request: 'start' }, /** @type {RTCSessionDescription} */ (connection.localDescription).toJSON());
}

/** @param {Handle} handle @param {number} room @param {number} [id] */
async function join(handle, room, id) {
  return (await handle.message({ request: 'join', ptype: 'publisher', room, ...(id ? { id } : {}) })).data;
}

/** One room for the session, one that people wait in until they are removed from it. @param {Handle} handle */
async function createRooms(handle) {
  const room = { request: 'create', secret: SECRET, publishers: 2, bitrate: 1_500_000, audiocodec: 'opus', videocodec: 'vp8' };
  await handle.message({ ...room, room: ROOM });
  await handle.message({ ...room, room: LOBBY, notify_joining: true });
}

/** @param {Handle} lobby @param {Handle} own @param {Handle} other @param {MediaStream} stream */
async function beHost(lobby, own, other, stream) {
  own.onevent = (data) => {
    for (const publisher of data.publishers ?? []) void subscribe(other, publisher.id);
  };
  await createRooms(own);
  await join(own, ROOM);
  await publish(own, stream);
  lobby.onevent = (data) => {
    if (data.joining?.id === CLIENT_ID) byId('admit').disabled = false;
  };
  byId('admit').addEventListener('click', () => {
    void lobby.message({ request: 'kick', room: LOBBY, secret: SECRET, id: CLIENT_ID });
  });
  const { attendees = [] } = await join(lobby, LOBBY);
  if (attendees.some((/** @type {any} */ { id }) => id === CLIENT_ID)) byId('admit').disabled = false;
}

/** @param {Handle} lobby @param {Handle} own @param {Handle} other @param {MediaStream} stream */
async function beClient(lobby, own, other, stream) {
  lobby.onevent = async (data) => {
    if (data.leaving !== 'ok' && data.kicked === undefined) return;
    lobby.onevent = () => {};
    const { publishers } = await join(own, ROOM);
    void publish(own, stream);
    for (const publisher of publishers) void subscribe(other, publisher.id);
  };
  while (!await join(lobby, LOBBY, CLIENT_ID).catch(() => null)) {
    // The host has not made the rooms yet.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function main() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  byId('own').srcObject = stream;
  if (socket.readyState !== WebSocket.OPEN) await new Promise((resolve) => socket.addEventListener('open', resolve));
  session = (await request({ janus: 'create' })).data.id;
  const [lobby, own, other] = await Promise.all([Handle.attach(), Handle.attach(), Handle.attach()]);
  await (role === 'host' ? beHost : beClient)(lobby, own, other, stream);
  tell('ready');
}

main().catch((error) => tell(`failed: ${error.message}`));
