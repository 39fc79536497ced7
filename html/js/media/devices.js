// SPDX-License-Identifier: GPL-3.0-or-later
import { deviceErrorName, NamedError } from '../core/errors.js';

/**
 * Camera and microphone of this person: asked for, chosen, stopped. Nothing here goes anywhere; what is
 * sent is the publisher's business.
 */

/**
 * @typedef {{id: string, label: string}} Device
 * @typedef {{cameras: Device[], microphones: Device[]}} DeviceList
 * @typedef {"both" | "voice" | "listen"} Wanted
 */

const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export class Devices {
  /** @type {MediaStreamTrack | null} */
  audio = null;
  /** @type {MediaStreamTrack | null} */
  video = null;
  /** the picture this person sees of themselves */
  preview = new MediaStream();

  /** @type {(kind: "audio" | "video") => void} a device went away by itself */
  onlost = () => {};

  /**
   * Turns on what is wanted, as far as it goes.
   * @param {Wanted} wanted
   * @returns {Promise<string | null>} null: all of it; or the name of the error that made it less
   *   (then `audio` says whether speech works)
   */
  async start(wanted) {
    if (wanted === 'listen') return null;
    if (wanted === 'voice') return this.#one('microphone');
    try {
      this.#take(await ask({ audio: AUDIO, video: VIDEO }));
      return null;
    } catch (why) {
      return this.#less(why);
    }
  }

  /**
   * Both together did not work: find out which one is to blame, and take the other. Speech comes
   * first: without a microphone the camera stays off too, until the person has chosen.
   * @param {unknown} why
   * @returns {Promise<string | null>}
   */
  async #less(why) {
    if (deviceErrorName(why, 'both') === 'PERMISSION_REFUSED') {
      /* asking again for what was just refused would only annoy */
      const camera = await permission('camera');
      const microphone = await permission('microphone');
      if (camera !== 'denied' || microphone === 'denied')
        return camera !== 'denied' && microphone === 'denied'
          ? 'MICROPHONE_REFUSED'
          : 'PERMISSION_REFUSED';
    }
    return (await this.#one('microphone')) ?? this.#one('camera');
  }

  /**
   * @param {"camera" | "microphone"} which
   * @param {string} [id]
   * @returns {Promise<string | null>} the name of an error
   */
  async #one(which, id) {
    const exact = id ? { deviceId: { exact: id } } : {};
    try {
      this.#take(
        await ask(
          which === 'camera'
            ? { video: { ...VIDEO, ...exact } }
            : { audio: { ...AUDIO, ...exact } },
        ),
      );
      return null;
    } catch (why) {
      return deviceErrorName(why, which);
    }
  }

  /**
   * Another camera, or the same again after it was off.
   * @param {string} [id]
   */
  async useCamera(id) {
    /* phones cannot open a second camera while the first one runs */
    if (this.video) this.stopCamera();
    return this.#one('camera', id);
  }

  /** @param {string} [id] */
  useMicrophone(id) {
    return this.#one('microphone', id);
  }

  /** Turns the camera off, and with it its light. */
  stopCamera() {
    drop(this.preview, this.video);
    this.video = null;
  }

  stop() {
    this.stopCamera();
    drop(this.preview, this.audio);
    this.audio = null;
  }

  /** @returns {Promise<DeviceList>} */
  async list() {
    const all = await navigator.mediaDevices.enumerateDevices();
    /** @param {string} kind */
    const of = (kind) =>
      all
        .filter((device) => device.kind === kind && device.deviceId)
        .map((device) => ({ id: device.deviceId, label: device.label }));
    return { cameras: of('videoinput'), microphones: of('audioinput') };
  }

  /** What is in use. */
  get chosen() {
    return {
      camera: this.video?.getSettings().deviceId ?? '',
      microphone: this.audio?.getSettings().deviceId ?? '',
    };
  }

  /** @param {MediaStream} stream */
  #take(stream) {
    for (const track of stream.getTracks()) {
      const kind = /** @type {"audio" | "video"} */ (track.kind);
      const former = this[kind];
      if (kind === 'audio' && former) track.enabled = former.enabled;
      drop(this.preview, former);
      this[kind] = track;
      this.preview.addTrack(track);
      track.addEventListener('ended', () => {
        if (this[kind] === track) this.onlost(kind);
      });
    }
  }
}

/**
 * @param {MediaStreamConstraints} constraints
 * @returns {Promise<MediaStream>}
 */
async function ask(constraints) {
  if (!navigator.mediaDevices) throw new NamedError('DEVICE_FAILED');
  return navigator.mediaDevices.getUserMedia(constraints);
}

/**
 * @param {MediaStream} stream
 * @param {MediaStreamTrack | null} track
 */
function drop(stream, track) {
  if (!track) return;
  stream.removeTrack(track);
  track.stop();
}

/**
 * @param {"camera" | "microphone"} name
 * @returns {Promise<PermissionState | "unknown">}
 */
async function permission(name) {
  try {
    return (await navigator.permissions.query(/** @type {any} */ ({ name }))).state;
  } catch {
    return 'unknown';
  }
}
