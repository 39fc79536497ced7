// SPDX-License-Identifier: GPL-3.0-or-later
/** One way to use two browsers, Debian's Chromium and Firefox ESR, each inside a host of the lab. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { WebSocket } from 'ws';
import { atExit } from '../lab/cleanup.mjs';
import { family } from '../lab/family.mjs';
import { temporaryFolder } from '../lab/processes.mjs';
import { installProbe } from './probe.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const START_TIMEOUT_MS = 30_000;
const WAIT_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
const VIEWPORT = { width: 1100, height: 760 };

/** @type {string | undefined} */
let axe;

/**
 * @typedef {'chromium' | 'firefox'} Kind
 * @typedef {object} Options
 * @property {import('../lab/lab.mjs').Host} host where the browser runs
 * @property {'works' | 'none' | 'refused'} [camera] and microphone
 * @property {number} [fps] of the camera, in Chromium: fewer than a real one's, for two browsers share the machine
 * @property {string} [lang] language tag of the browser
 * @property {boolean} [phone] a small screen
 */

const FPS = 15;

/** @param {number} fps */
const chromiumCamera = (fps) => ({
  works: [`--use-fake-device-for-media-stream=fps=${fps}`, '--use-fake-ui-for-media-stream'],
  none: ['--use-fake-ui-for-media-stream'],
  refused: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny'],
});

/** @param {Options} options */
async function launchChromium(options) {
  const { folder, remove } = temporaryFolder('chromium');
  const executablePath = join(folder, 'chromium');
  const command = options.host.command('setpriv', '--pdeathsig', 'KILL', '--', '/usr/bin/chromium');
  writeFileSync(executablePath, `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`);
  chmodSync(executablePath, 0o755);
  const driver = await puppeteer.launch({
    executablePath,
    pipe: true,
    headless: true,
    acceptInsecureCerts: true,
    defaultViewport: null,
    userDataDir: join(folder, 'profile'),
    timeout: START_TIMEOUT_MS,
    protocolTimeout: 60_000,
    env: { ...process.env, HOME: folder },
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio',
      '--autoplay-policy=no-user-gesture-required', `--lang=${options.lang ?? 'en-GB'}`,
      `--window-size=${VIEWPORT.width},${VIEWPORT.height}`, ...chromiumCamera(options.fps ?? FPS)[options.camera ?? 'works']],
  });
  const forget = atExit(() => driver.process()?.kill('SIGKILL'));
  return { driver, stop: async () => { await driver.close(); forget(); remove(); } };
}

/** @param {Options} options */
function firefoxPreferences(options) {
  const camera = options.camera ?? 'works';
  return {
    'media.navigator.streams.fake': camera !== 'none',
    'media.navigator.permission.disabled': camera !== 'refused',
    'permissions.default.camera': camera === 'refused' ? 2 : 0,
    'permissions.default.microphone': camera === 'refused' ? 2 : 0,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'media.autoplay.default': 0,
    'media.autoplay.blocking_policy': 0,
    'media.gmp-manager.updateEnabled': false,
    'intl.accept_languages': options.lang ?? 'en-GB',
    'app.update.disabledForTesting': true,
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'toolkit.telemetry.reportingpolicy.firstRun': false,
  };
}

/** Speaks WebDriver BiDi over a socket. @param {WebSocket} socket @returns {import('puppeteer-core').ConnectionTransport} */
function transportOver(socket) {
  /** @type {import('puppeteer-core').ConnectionTransport} */
  const transport = { send: (message) => socket.send(message), close: () => socket.close() };
  socket.on('message', (data) => transport.onmessage?.(data.toString()));
  socket.on('close', () => transport.onclose?.());
  return transport;
}

/** @param {Options} options */
async function launchFirefox(options) {
  const { folder, remove } = temporaryFolder('firefox');
  const lines = Object.entries(firefoxPreferences(options))
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(folder, 'user.js'), lines.join(''));
  const firefox = options.host.start(['/usr/bin/firefox-esr', '--headless', '--no-remote', '--profile', folder,
    '--remote-debugging-port', '0'], { env: { HOME: folder, MOZ_HEADLESS_WIDTH: '1100', MOZ_HEADLESS_HEIGHT: '760' } });
  const [, port] = await firefox.says(/WebDriver BiDi listening on ws:\/\/127\.0\.0\.1:(\d+)/, START_TIMEOUT_MS);
  // The browser listens inside its namespace; files are the same on both sides.
  const path = join(folder, 'bidi.sock');
  const door = options.host.start([process.execPath, join(HERE, '../lab/door.mjs'), path, port]);
  await door.says(/open/);
  const socket = new WebSocket(`ws+unix:${path}:/session`, { headers: { Host: `127.0.0.1:${port}` } });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const driver = await puppeteer.connect({
    transport: transportOver(socket), protocol: 'webDriverBiDi', acceptInsecureCerts: true, defaultViewport: null,
  });
  const stop = async () => {
    await driver.close().catch(() => {});
    await firefox.stop();
    await door.stop();
    remove();
  };
  return { driver, stop };
}

/** @typedef {{driver: import('puppeteer-core').Browser, stop: () => Promise<void>}} Launched */

/** A page. Selectors are CSS. */
export class Page {
  /** @type {string[]} console errors and exceptions */
  problems = [];
  #page;

  /** @param {import('puppeteer-core').Page} page @param {import('puppeteer-core').BrowserContext} device */
  constructor(page, device) {
    this.#page = page;
    this.device = device;
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  /** @param {string} url */
  async open(url) {
    // The address may differ in its fragment alone, which would not load anything.
    await this.#page.goto('about:blank');
    await this.#page.goto(url, { waitUntil: 'load' });
  }

  async reload() {
    await this.#page.reload({ waitUntil: 'load' });
  }

  url() {
    return this.#page.url();
  }

  /** @template T @template {unknown[]} A @param {(...args: A) => T | Promise<T>} fn runs in the page @param {A} args */
  async evaluate(fn, ...args) {
    return /** @type {T} */ (await this.#page.evaluate(/** @type {any} */ (fn), ...args));
  }

  /** The visible text. @param {string} [selector] */
  text(selector = 'body') {
    return this.evaluate((css) => /** @type {HTMLElement | null} */ (document.querySelector(css))?.innerText ?? '', selector);
  }

  /** Whether it is there, visible and not disabled. @param {string} selector */
  usable(selector) {
    return this.evaluate((css) => {
      const node = document.querySelector(css);
      return node !== null && node.checkVisibility() && !node.matches(':disabled, [aria-disabled="true"]');
    }, selector);
  }

  /** What is moving or being drawn anew is tried again. @param {string} selector @param {number} [timeoutMs] */
  async click(selector, timeoutMs = WAIT_TIMEOUT_MS) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      await this.waitFor(selector, timeoutMs);
      try {
        return await this.#page.click(selector);
      } catch (why) {
        if (!/not clickable|No element found|detached/.test(String(why)) || Date.now() > deadline) throw why;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  /** @param {string} selector @param {string} value */
  async fill(selector, value) {
    await this.waitFor(selector);
    await this.#page.$eval(selector, (node) => { /** @type {HTMLInputElement} */ (node).value = ''; });
    await this.#page.type(selector, value);
  }

  /**
   * Waits until a selector is usable, or a function of the page returns something true, which is returned.
   * @template T @template {unknown[]} A
   * @param {string | ((...args: A) => T | Promise<T>)} what @param {number} [timeoutMs] @param {A} args
   * @returns {Promise<T>}
   */
  async waitFor(what, timeoutMs = WAIT_TIMEOUT_MS, ...args) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const value = typeof what === 'string' ? await this.usable(what) : await this.evaluate(what, ...args);
      if (value) return /** @type {T} */ (value);
      if (Date.now() > deadline) {
        const seen = (await this.text()).replace(/\s+/g, ' ').slice(0, 400);
        throw new Error(`waited ${timeoutMs} ms for ${what}; the page says: ${seen}; problems: ${this.problems.join(' | ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Waits for a text anywhere on the page. @param {RegExp} pattern @param {number} [timeoutMs] */
  async waitForText(pattern, timeoutMs) {
    // Names stand between invisible marks that keep their direction from spreading.
    await this.waitFor((source, flags) => new RegExp(source, flags)
      .test(document.body.innerText.replace(/[\u2066-\u2069]/g, '')), timeoutMs, pattern.source, pattern.flags);
  }

  /** What axe-core finds wrong with the page as it is now: rule and element. @returns {Promise<string[]>} */
  async audit() {
    axe ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await this.#page.evaluate(`${axe}; 0`);
    return this.evaluate(async () => {
      // What is still fading in has no contrast yet.
      const passing = document.getAnimations().filter((motion) => motion.effect?.getComputedTiming().iterations !== Infinity);
      await Promise.allSettled(passing.map((motion) => motion.finished));
      const { violations } = await /** @type {any} */ (window).axe.run(document, { resultTypes: ['violations'] });
      return violations.flatMap((/** @type {any} */ { id, nodes }) => nodes.map((/** @type {any} */ node) => `${id}: ${node.html}`));
    });
  }

  /** Where the page has loaded things from, other than its own origin. */
  strangers() {
    return this.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name)
      .filter((url) => new URL(url).origin !== location.origin));
  }

  /** @param {string} path of a PNG file */
  async screenshot(path) {
    await this.#page.screenshot({ path: /** @type {`${string}.png`} */ (path) });
  }

  async close() {
    await this.#page.close();
  }
}

export class Browser {
  #launched;

  /** @param {Launched} launched @param {Kind} kind */
  constructor(launched, kind) {
    this.#launched = launched;
    this.kind = kind;
  }

  /**
   * A page with storage of its own, as on a device of its own; pages of the same `device` share theirs.
   * @param {string} url
   * @param {{device?: Page['device'], before?: () => void}} [options] before: runs in the page before its own code
   */
  async open(url, options = {}) {
    const device = options.device ?? await this.#launched.driver.createBrowserContext();
    const raw = await device.newPage();
    await raw.evaluateOnNewDocument(installProbe);
    if (options.before) await raw.evaluateOnNewDocument(options.before);
    const page = new Page(raw, device);
    await page.open(url);
    return page;
  }

  /**
   * What a closed lid does: for so long nothing of the browser runs.
   * @param {number} ms
   */
  async sleep(ms) {
    const pid = this.#launched.driver.process()?.pid;
    if (!pid) throw new Error('only a browser started here can be put to sleep');
    const all = family(pid);
    for (const each of all) process.kill(each, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, ms));
    for (const each of all.reverse()) process.kill(each, 'SIGCONT');
  }

  async close() {
    await this.#launched.stop();
  }
}

/** @param {Kind} kind @param {Options} options */
export async function openBrowser(kind, options) {
  const launched = kind === 'firefox' ? await launchFirefox(options) : await launchChromium(options);
  return new Browser(launched, kind);
}

/** Why this browser cannot be used here, or undefined. @param {Kind} kind */
export function whyNoBrowser(kind) {
  const path = kind === 'firefox' ? '/usr/bin/firefox-esr' : '/usr/bin/chromium';
  try {
    readFileSync(path, { flag: 'r' });
    return undefined;
  } catch {
    return `no ${path}`;
  }
}
