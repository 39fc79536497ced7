// SPDX-License-Identifier: GPL-3.0-or-later
/** A practice for one test: server, hosts, browsers, and the steps that people take on the real pages. */
import { createHmac, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLab } from '../lab/lab.mjs';
import { temporaryFolder } from '../lab/processes.mjs';
import { Server } from '../lab/server.mjs';
import { Booking } from '../live/booking.mjs';
import { openBrowser } from './browser.mjs';

/**
 * @typedef {import('./browser.mjs').Page} Page
 * @typedef {import('./browser.mjs').Browser} Browser
 * @typedef {import('./browser.mjs').Kind} Kind
 */

/** For what several browsers on one machine take. */
export const SLOW_MS = 60_000;
/** A click so soon after the list has moved is not taken. */
const SETTLED_MS = 700;
/** Somebody who is let in is inside by then, or something went wrong. */
const INSIDE_MS = 20_000;
const TRIES = 3;
const CLICK_MS = 10_000;

/** What the page shows now: arrive, check, waiting, session, goodbye or error. @param {Page} page */
export function view(page) {
  return page.evaluate(() => document.querySelector('main')?.getAttribute('data-view') ?? '');
}

/** @param {Page} page @param {string} name @param {number} [timeoutMs] */
export function reaches(page, name, timeoutMs) {
  return page.waitFor((wanted) => document.querySelector('main')?.getAttribute('data-view') === wanted, timeoutMs, name);
}

/** From the greeting through the device check to the waiting room. @param {Page} page */
export async function comeIn(page) {
  await page.click('[data-action="start-devices"]');
  await page.click('[data-action="join"]');
  await reaches(page, 'waiting');
}

/** A therapist's devices on, ready to admit. @param {Page} page */
export async function sitDown(page) {
  await page.click('[data-action="start-devices"]');
  await page.waitFor('[data-action="devices"]');
}

/** The row of the only person waiting says that admission will be instant. @param {Page} page */
export async function seesReady(page) {
  await page.waitFor('.person .ready', 20_000);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
}

/** Presses a button in the list, at the desk or beside the session. @param {Page} therapist @param {'admit' | 'remove'} action @param {string} name */
export async function fromTheList(therapist, action, name) {
  const button = `[data-action="${action}"][data-name="${name}"]`;
  await therapist.waitFor((css) => document.querySelector(css) !== null, SLOW_MS, button);
  /* the desk may become the session meanwhile, whose list is closed */
  for (let tries = 1; ; tries++) {
    if (await therapist.evaluate(() => document.querySelector('details.side:not([open])') !== null)) await therapist.click('details.side summary');
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
    const why = await therapist.click(button, CLICK_MS).then(() => null, (error) => error);
    if (!why) return;
    if (tries === TRIES) throw why;
  }
}

/** Until they are inside: who has lost their link meanwhile has to be let in again. @param {Page} therapist @param {Page} page @param {string} name */
export async function letIn(therapist, page, name) {
  for (let tries = 1; ; tries++) {
    await fromTheList(therapist, 'admit', name);
    const why = await reaches(page, 'session', INSIDE_MS).then(() => null, (error) => error);
    if (!why) return;
    if (tries === TRIES) throw why;
  }
}

/** Something of another person is shown, not black, and it moves. @param {Page} page */
async function seesMotion(page) {
  const first = await page.waitFor(() => {
    const picture = /** @type {any} */ (window).probe.picture();
    return picture && picture.colour.some((/** @type {number} */ part) => part > 24) ? picture : null;
  });
  await page.waitFor((before) => {
    const now = /** @type {any} */ (window).probe.picture();
    const moved = (/** @type {number} */ i) => Math.abs(now.colour[i] - before.colour[i]) > 2;
    return now && (now.print !== before.print || moved(0) || moved(1) || moved(2));
  }, 10_000, first);
}

/** The other person is seen and heard: pictures move, and sound that is not silence is played. @param {Page} page */
export async function seesAndHears(page) {
  await seesMotion(page);
  await page.waitFor(async () => {
    const { received } = await /** @type {any} */ (window).probe.media();
    return received.audio.energy > 0.001 && /** @type {any} */ (window).probe.audible();
  });
}

/**
 * How much came in during a while.
 * @param {Page} page @param {number} ms
 */
export async function receivedDuring(page, ms) {
  const before = (await media(page)).received;
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = (await media(page)).received;
  return {
    audio: after.audio.packets - before.audio.packets,
    video: after.video.packets - before.video.packets,
    frames: after.video.frames - before.video.frames,
    energy: after.audio.energy - before.audio.energy,
  };
}

/** Waits for an attribute somewhere to have a value. @param {Page} page @param {string} selector @param {number} [timeoutMs] */
export function shows(page, selector, timeoutMs) {
  return page.waitFor((css) => document.querySelector(css) !== null, timeoutMs, selector);
}

/** What has come in and gone out so far. @param {Page} page */
export function media(page) {
  return page.evaluate(() => /** @type {any} */ (window).probe.media());
}

export class Scene {
  /** @type {(() => Promise<void>)[]} */ #endings = [];
  /** @type {Map<string, Browser>} */ #browsers = new Map();
  booking = new Booking();
  rooms = 0;

  /** @param {import('../lab/lab.mjs').Lab} lab @param {Server} server */
  constructor(lab, server) {
    this.lab = lab;
    this.server = server;
  }

  /** @param {Partial<import('../lab/server.mjs').JanusOptions> & {web?: Record<string, string>}} [options] */
  static async open({ web, ...options } = {}) {
    const lab = await openLab();
    const scene = new Scene(lab, new Server(lab.server));
    const { folder, remove } = temporaryFolder('keys');
    const keys = join(folder, 'keys');
    writeFileSync(keys, `${scene.booking.publicKey}\n`);
    await scene.server.startJanus({ keys, ...options });
    await scene.server.startWeb(web);
    scene.#endings.push(async () => lab.close(), async () => scene.server.close(), async () => remove());
    return scene;
  }

  /** A browser on a host of its own, kept until the end. @param {string} name @param {Kind} kind @param {Partial<import('./browser.mjs').Options>} [options] */
  async browser(name, kind, options = {}) {
    const known = this.#browsers.get(name);
    if (known) return known;
    const host = await this.lab.host(name);
    const browser = await openBrowser(kind, { host, ...options });
    this.#browsers.set(name, browser);
    this.#endings.push(async () => browser.close());
    return browser;
  }

  /** One for all areas of a test. */
  #secret = randomBytes(32);

  /** With the area's secret for a therapist, with that of the room for anybody else. @param {string} token @param {'client' | 'therapist'} [who] */
  link(token, who = 'client') {
    const page = who === 'client' ? 'index.html' : 'therapist.html';
    const { area, room } = JSON.parse(Buffer.from(token.split('.')[2], 'base64url').subarray(0, -64).toString());
    const secret = who === 'therapist' ? this.#secret
      : createHmac('sha256', this.#secret).update(`janus.plugin.therapy|1|room|${area}|${room}`).digest();
    return `${this.server.origin}/${page}#${token}.${secret.toString('base64url')}`;
  }

  /** A link for somebody in a fresh room and area. @param {Record<string, unknown>} [changes] of the client's claims */
  appointment(changes = {}) {
    const area = `area-${++this.rooms}`;
    const room = `room-${this.rooms}`;
    return {
      area,
      room,
      therapist: this.link(this.booking.therapist({ area, lang: 'en' }), 'therapist'),
      client: this.link(this.booking.invite({ area, room, lang: 'en', ...changes })),
    };
  }

  /** The plugin's own counters. */
  async status() {
    return this.operator({ request: 'status' });
  }

  /** The plugin's answer to an operator. @param {Record<string, unknown>} request @returns {Promise<Record<string, any>>} */
  async operator(request) {
    const { response } = await this.server.admin({ janus: 'message_plugin', plugin: 'janus.plugin.therapy', request });
    return response;
  }

  async close() {
    for (const end of this.#endings.splice(0).reverse()) await end();
  }
}
