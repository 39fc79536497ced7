// SPDX-License-Identifier: GPL-3.0-or-later
/** Everything that can go wrong for a person, made to go wrong: each is told in words, with what to do. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { Booking, date } from '../live/booking.mjs';
import { whyNoBrowser } from './browser.mjs';
import { comeIn, reaches, Scene, seesReady, shows, sitDown, view } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const RECOVERY_MS = 40_000;

/** A camera that another program holds, for a page that asks for it. Runs in the page. */
function takeCamera() {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted?.video) throw new DOMException('held by another program', 'NotReadableError');
    return ask(wanted);
  };
}

/** As takeCamera, with the microphone. */
function takeMicrophone() {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted?.audio) throw new DOMException('held by another program', 'NotReadableError');
    return ask(wanted);
  };
}

/** A computer without a camera, but with a microphone. */
function hideCamera() {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted?.video) throw new DOMException('there is none', 'NotFoundError');
    return ask(wanted);
  };
}

/** What was given can be pulled out by window.unplug(). */
function looseCable() {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  /** @type {MediaStreamTrack[]} */
  const given = [];
  let gone = false;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (gone) throw new DOMException('there is none', 'NotFoundError');
    const stream = await ask(wanted);
    given.push(...stream.getTracks());
    return stream;
  };
  Object.assign(window, {
    unplug: (/** @type {string} */ kind) => {
      gone = true;
      for (const track of given.filter((one) => one.kind === kind)) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    },
  });
}

describe('what a person is told', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false }, () => {
  /** @type {Scene} */ let scene;
  /** @type {import('./browser.mjs').Browser} */ let house;

  before(async () => {
    scene = await Scene.open();
    house = await scene.browser('client', 'chromium');
  });
  after(async () => scene?.close());

  /**
   * Opens a page, sees that it says this and nothing technical, and closes it.
   * @param {string} url @param {string} name of the error @param {(page: Page) => Promise<void>} [act] what leads to it
   * @param {() => void} [prepare] in the page, before its own code
   */
  async function says(url, name, act, prepare) {
    const page = await house.open(url, { before: prepare });
    await act?.(page);
    await shows(page, `[data-error="${name}"]`, 25_000);
    const text = await page.text(`[data-error="${name}"]`);
    assert.ok(text.length > 40, 'what happened and what to do');
    assert.doesNotMatch(text, /undefined|null|error\.|advice\.|[A-Z]+_[A-Z]+/, 'words, not names');
    await page.device.close();
  }

  const invite = (/** @type {Record<string, unknown>} */ changes = {}) => scene.booking.invite({ area: 'errors', lang: 'en', ...changes });
  const start = async (/** @type {Page} */ page) => page.click('[data-action="start-devices"]');

  describe('about the link', () => {
    it('none at all', () => says(`${scene.server.origin}/index.html`, 'LINK_MISSING'));
    it('half of one', () => says(scene.link(invite()).split('.').slice(0, -2).join('.'), 'TOKEN_MALFORMED'));
    it('a changed letter', () => {
      const token = invite();
      const at = token.indexOf('.', 10) - 10;
      return says(scene.link(token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)), 'TOKEN_SIGNATURE');
    });
    it('of another service', () => says(scene.link(new Booking().invite({ lang: 'en' })), 'TOKEN_UNKNOWN_KEY'));
    it('too early', () => says(scene.link(invite({ nbf: date(1800) })), 'TOKEN_EARLY'));
    it('too late', () => says(scene.link(invite({ nbf: date(-7200), exp: date(-3600) })), 'TOKEN_EXPIRED'));
  });

  describe('about the browser', () => {
    it('too old', () => says(scene.link(invite()), 'BROWSER_OLD', undefined, () => {
      Reflect.deleteProperty(window, 'RTCRtpScriptTransform');
    }));
    it('no secure connection', () => says(scene.link(invite()), 'INSECURE', undefined, () => {
      Object.defineProperty(window, 'isSecureContext', { value: false });
    }));
  });

  describe('about camera and microphone', () => {
    it('camera taken by another program', () => says(scene.link(invite()), 'CAMERA_BUSY', start, takeCamera));
    it('microphone taken by another program', () => says(scene.link(invite()), 'MICROPHONE_BUSY', start, takeMicrophone));
    it('no camera', () => says(scene.link(invite()), 'NO_CAMERA', start, hideCamera));
    it('camera pulled out', () => says(scene.link(invite()), 'CAMERA_LOST', async (page) => {
      await comeIn(page);
      await page.evaluate(() => /** @type {any} */ (window).unplug('video'));
    }, looseCable));
    it('microphone pulled out', () => says(scene.link(invite()), 'MICROPHONE_LOST', async (page) => {
      await comeIn(page);
      await page.evaluate(() => /** @type {any} */ (window).unplug('audio'));
    }, looseCable));

    for (const [camera, name] of /** @type {const} */ ([['refused', 'PERMISSION_REFUSED'], ['none', 'NO_MICROPHONE']])) {
      it(`${camera === 'none' ? 'no device at all' : 'permission refused'}`, async () => {
        const other = await scene.browser(`client-${camera}`, 'chromium', { camera });
        const former = house;
        house = other;
        try {
          await says(scene.link(invite()), name, start);
        } finally {
          house = former;
        }
      });
    }
  });

  describe('about the room', () => {
    it('full', async () => {
      const desk = await (await scene.browser('therapist', 'chromium'))
        .open(scene.link(scene.booking.therapist({ area: 'full', lang: 'en' }), 'therapist'));
      const clients = [];
      await sitDown(desk);
      for (const name of ['First', 'Second']) {
        const client = await house.open(scene.link(invite({ area: 'full', room: 'small', seats: 2, name })));
        await comeIn(client);
        clients.push(client);
      }
      await desk.waitFor(() => document.querySelectorAll('.person .ready').length === 2, 20_000);
      await seesReady(desk);
      await desk.click('[data-action="admit"]');
      await reaches(desk, 'session');
      await desk.click('details.side summary');
      await seesReady(desk); // the admission has moved the list
      await desk.click('.person[data-state="waiting"] [data-action="admit"]');
      await shows(desk, '[data-error="ROOM_FULL"]');
      await Promise.all([desk, ...clients].map((page) => page.device.close()));
    });
  });

  describe('about the network', () => {
    it('gone, and back', async () => {
      const host = scene.lab.hosts.find(({ name }) => name === 'client') ?? assert.fail();
      const page = await house.open(scene.link(invite({ area: 'network' })));
      await comeIn(page);
      host.ip('link set eth0 down');
      await page.waitForText(/no internet|lost|reconnect|trying/i, RECOVERY_MS);
      assert.equal(await view(page), 'waiting', 'what was there stays there');
      host.ip('link set eth0 up', 'route add default dev eth0');
      await page.waitFor(() => document.querySelector('.banner:not([hidden])') === null, RECOVERY_MS);
      await page.device.close();
    });

    it('server gone, before and during, and back', async () => {
      const during = await house.open(scene.link(invite({ area: 'server' })));
      await comeIn(during);
      await scene.server.janus?.stop('SIGKILL');
      await during.waitForText(/lost|reconnect|trying|server/i, RECOVERY_MS);
      const at = await house.open(scene.link(invite({ area: 'server' })));
      await shows(at, 'main[data-view="error"] [data-error="SERVER_GONE"]', RECOVERY_MS);
      await scene.server.restartJanus();
      await reaches(at, 'arrive', RECOVERY_MS);
      await during.waitFor(() => document.querySelector('.banner:not([hidden])') === null, RECOVERY_MS);
      await Promise.all([during, at].map((page) => page.device.close()));
    });
  });
});
