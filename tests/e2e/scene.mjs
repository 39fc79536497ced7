// SPDX-License-Identifier: GPL-3.0-or-later
/** A practice for one test: server, hosts, browsers, and the steps that people take on the real pages. */
import { randomBytes } from 'node:crypto';
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
  // A click soon after the list has moved would not be taken.
  await new Promise((resolve) => setTimeout(resolve, 600));
}

/** Both can see and hear the other: frames are decoded and shown, and sound is not silence. @param {Page} page */
export async function seesAndHears(page) {
  await page.waitFor(() => /** @type {any} */ (window).probe.frameCount() > 5);
  await page.waitFor(() => (/** @type {any} */ (window).probe.picture()?.spread ?? 0) > 10);
  await page.waitFor(async () => {
    const { received } = await /** @type {any} */ (window).probe.media();
    return received.audio.energy > 0.001 && /** @type {any} */ (window).probe.audible();
  });
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

  /** @param {{also?: string[], settings?: string[], web?: Record<string, string>}} [options] */
  static async open(options = {}) {
    const lab = await openLab();
    const scene = new Scene(lab, new Server(lab.server));
    const { folder, remove } = temporaryFolder('keys');
    const keys = join(folder, 'keys');
    writeFileSync(keys, `${scene.booking.publicKey}\n`);
    await scene.server.startJanus({ keys, also: options.also, settings: options.settings });
    await scene.server.startWeb(options.web);
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

  /** @param {string} token @param {'client' | 'therapist'} [who] */
  link(token, who = 'client') {
    const page = who === 'client' ? 'index.html' : 'therapist.html';
    return `${this.server.origin}/${page}#${token}.${randomBytes(32).toString('base64url')}`;
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
    const { response } = await this.server.admin({
      janus: 'message_plugin', plugin: 'janus.plugin.therapy', request: { request: 'status' },
    });
    return response;
  }

  async close() {
    for (const end of this.#endings.splice(0).reverse()) await end();
  }
}
