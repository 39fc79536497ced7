// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What a test sees of a page that the page does not tell: installed before any of the page's own code.
 * Everything inside installProbe() runs in the browser and may use nothing from here.
 */

/** Adds window.probe. */
export function installProbe() {
  /** @type {RTCPeerConnection[]} */
  const connections = [];
  /** @type {WeakSet<MediaStreamTrack>} */
  const remoteTracks = new WeakSet();
  /** @type {{action: string, at: number}[]} */
  const clicks = [];
  /** @type {number[]} Date.now() of each frame of somebody else that was handed to the compositor */
  let frames = [];
  const FRAMES_KEPT = 500;

  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct(target, args, newTarget) {
      const connection = Reflect.construct(target, args, newTarget);
      connections.push(connection);
      connection.addEventListener('track', (/** @type {RTCTrackEvent} */ event) => remoteTracks.add(event.track));
      return connection;
    },
  });

  /** @type {{ran_ms: number, at: number}[]} what the server has said of the session's clock */
  const clocks = [];
  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, args, newTarget) {
      const socket = Reflect.construct(target, args, newTarget);
      socket.addEventListener('message', (/** @type {MessageEvent} */ event) => {
        const { plugindata } = JSON.parse(event.data);
        if (plugindata?.data?.therapy === 'clock') clocks.push({ ran_ms: plugindata.data.ran_ms, at: Date.now() });
      });
      return socket;
    },
  });

  document.addEventListener('click', (event) => {
    const at = Date.now();
    const target = /** @type {Element} */ (event.target).closest('[data-action]');
    if (target) clicks.push({ action: target.getAttribute('data-action') ?? '', at });
  }, true);

  /** @param {HTMLVideoElement} video */
  const isRemote = (video) => video.srcObject instanceof MediaStream
    && video.srcObject.getVideoTracks().some((track) => remoteTracks.has(track));

  /** @param {HTMLVideoElement} video */
  const isShown = (video) => video.isConnected && video.checkVisibility() && video.clientWidth > 0;

  /** @type {Set<HTMLVideoElement>} everything that was ever given a stream, on the page or not */
  const videos = new Set();
  /** @type {WeakSet<HTMLVideoElement>} */
  const watched = new WeakSet();

  // Only pictures of others are watched, and from before their first frame: watching costs time.
  const watch = () => {
    for (const video of videos) {
      if (watched.has(video) || !isRemote(video)) continue;
      watched.add(video);
      const tick = () => {
        if (frames.length < FRAMES_KEPT && isRemote(video) && isShown(video)) frames.push(Date.now());
        video.requestVideoFrameCallback(tick);
      };
      video.requestVideoFrameCallback(tick);
    }
  };
  const srcObject = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject'));
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...srcObject,
    set(stream) {
      srcObject.set?.call(this, stream);
      if (this instanceof HTMLVideoElement) videos.add(this);
      watch();
    },
  });
  // A stream may get its tracks after it was put on the page.
  const addTrack = MediaStream.prototype.addTrack;
  MediaStream.prototype.addTrack = function add(/** @type {MediaStreamTrack} */ track) {
    addTrack.call(this, track);
    watch();
  };

  async function media() {
    const sum = () => ({ packets: 0, bytes: 0, frames: 0, energy: 0, seconds: 0 });
    const total = { received: { audio: sum(), video: sum() }, sent: { audio: sum(), video: sum() } };
    for (const connection of connections) {
      if (connection.connectionState === 'closed') continue;
      for (const stat of (await connection.getStats()).values()) {
        const way = stat.type === 'inbound-rtp' ? 'received' : stat.type === 'outbound-rtp' ? 'sent' : undefined;
        if (!way) continue;
        const into = total[way][/** @type {'audio' | 'video'} */ (stat.kind)];
        into.packets += (way === 'sent' ? stat.packetsSent : stat.packetsReceived) ?? 0;
        into.bytes += (way === 'sent' ? stat.bytesSent : stat.bytesReceived) ?? 0;
        into.frames += (way === 'sent' ? stat.framesSent : stat.framesDecoded) ?? 0;
        into.energy += stat.totalAudioEnergy ?? 0;
        into.seconds += stat.totalSamplesDuration ?? 0;
      }
    }
    return total;
  }

  /** When the last packet of sound came, in milliseconds of the epoch. */
  async function last() {
    let at = 0;
    for (const connection of connections) {
      if (connection.connectionState === 'closed') continue;
      for (const stat of (await connection.getStats()).values())
        if (stat.type === 'inbound-rtp' && stat.kind === 'audio') at = Math.max(at, stat.lastPacketReceivedTimestamp ?? 0);
    }
    return at;
  }

  /** The largest picture of somebody else, coarsely: mean red, green and blue, and a print of it; or null. */
  function picture() {
    const seen = [...videos].filter((one) => isRemote(one) && one.videoWidth > 0 && isShown(one));
    const video = seen.sort((a, b) => b.clientWidth - a.clientWidth)[0];
    if (!video) return null;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 48];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
    context.drawImage(video, 0, 0, 64, 48);
    const { data } = context.getImageData(0, 0, 64, 48);
    const colour = [0, 0, 0];
    let print = '';
    for (let i = 0; i < data.length; i += 4) {
      for (let c = 0; c < 3; c++) colour[c] += data[i + c] / (data.length / 4);
      print += (data[i + 1] >> 4).toString(16);
    }
    return { colour, print };
  }

  /** Whether somebody else's sound comes out of this page: an element, seen or not, plays it, neither muted nor paused. */
  function audible() {
    return [...videos, ...document.querySelectorAll('audio')].some((element) => {
      return element.srcObject instanceof MediaStream && !element.muted && !element.paused && element.volume > 0
        && element.srcObject.getAudioTracks().some((track) => remoteTracks.has(track) && track.enabled && !track.muted);
    });
  }

  Object.assign(window, {
    probe: {
      connections,
      clicks,
      clocks,
      media,
      last,
      picture,
      audible,
      firstFrameAfter: (/** @type {number} */ at) => frames.find((frame) => frame >= at) ?? null,
      frameCount: () => frames.length,
      forgetFrames: () => { frames = []; },
      lastClick: (/** @type {string} */ action) => clicks.filter((click) => click.action === action).at(-1)?.at ?? null,
    },
  });
}
