// SPDX-License-Identifier: GPL-3.0-or-later
/** Consent on the real pages: asked, refused, agreed to, taken back in the session; and a receipt that proves itself. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { whyNoLab } from '../lab/lab.mjs';
import { temporaryFolder } from '../lab/processes.mjs';
import { Stall } from '../lab/stall.mjs';
import { TOP } from '../lab/server.mjs';
import { prepare } from './asking.mjs';
import { openBrowser, whyNoBrowser } from './browser.mjs';
import { comeIn, reaches, receivedDuring, Scene, seesAndHears, shows, sitDown } from './scene.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const GOES_MS = 15_000;

/** Runs in the page: what is kept as a file can be read by the test. */
function catchFiles() {
  const scope = /** @type {any} */ (window);
  scope.files = [];
  const make = URL.createObjectURL;
  URL.createObjectURL = (what) => {
    if (what instanceof Blob && what.type.startsWith('text/plain')) void what.text().then((text) => scope.files.push(text));
    return make.call(URL, what);
  };
}

describe('consent', { skip: whyNoLab() ?? whyNoBrowser('chromium') ?? false }, () => {
  const { folder, remove } = temporaryFolder('e2e-consent');
  /** @type {Scene} */ let scene;
  /** @type {Page} */ let therapist;
  /** @type {Page} */ let client;
  /** @type {string[]} */ let receipts;
  let root = '';
  const stall = new Stall(folder);

  before(async () => {
    /* one that is required, one that is not, and one that asks for words */
    const clinic = prepare(folder, ['telehealth', 'observer', 'emergency-contact']);
    root = clinic.root;
    scene = await Scene.open({ settings: clinic.settings, env: stall.env });
    const [desk, home] = await Promise.all([scene.browser('therapist', 'chromium'), scene.browser('client', 'chromium')]);
    const appointment = scene.appointment();
    [therapist, client] = await Promise.all([desk.open(appointment.therapist), home.open(appointment.client, { before: catchFiles })]);
    await Promise.all([sitDown(therapist), comeIn(client)]);
  });
  after(async () => {
    stall.end();
    await scene?.close();
    remove();
  });

  /** @param {string} how */
  const listed = (how) => shows(therapist, `.person [data-consent="${how}"]`, GOES_MS);
  const canAdmit = () => therapist.usable('[data-action="admit"]');

  it('is asked while the person waits, in their language, and the therapist sees that', async () => {
    await shows(client, '[data-asks="telehealth"] .consent-text h1');
    assert.match(await client.text('main'), /Question 1 of 3/);
    assert.equal(await client.evaluate(() => document.activeElement?.textContent), 'Meeting over the internet');
    assert.deepEqual(await client.audit(), []);
    await listed('asked');
    assert.equal(await canAdmit(), false);
    await therapist.waitForText(/You can admit .+ as soon as the questions are answered/);
    await client.click('[data-action="lang-ur"]');
    await shows(client, '.consent-text[lang="ur"] h1');
    await client.click('[data-action="lang-en"]');
    await shows(client, '.consent-text[lang="en"] h1');
  });

  it('can be refused: told plainly, and nobody is admitted', async () => {
    await client.click('.even [data-action="consent-no"]:not([disabled])');
    await shows(client, '[data-asks="emergency-contact"] [data-detail="place"]');
    await client.click('.even [data-action="consent-yes"]:not([disabled])');
    await client.waitForText(/Please write at least one line/);
    assert.equal(await client.evaluate(() => document.activeElement?.getAttribute('data-detail')), 'place');
    await client.fill('[data-detail="place"]', '12 Mall Road');
    await client.fill('[data-detail="contact"]', 'Sara 0300 1234567');
    assert.deepEqual(await client.audit(), []);
    await client.click('.even [data-action="consent-yes"]:not([disabled])');
    await shows(client, '[data-asks="observer"] .consent-text');
    await client.click('.even [data-action="consent-no"]:not([disabled])');
    await client.waitForText(/A session is not possible like this/);
    await client.waitForText(/You have not agreed to “Meeting over the internet”/);
    assert.deepEqual(await client.audit(), []);
    await listed('refused');
    assert.equal(await canAdmit(), false);
  });

  it('can be given after all, and then the person is admitted', async () => {
    await client.click('[data-action="answers"]');
    await client.click('[data-kind="telehealth"] [data-action="ask"]');
    await shows(client, 'dialog [data-asks="telehealth"] .consent-text h2');
    await client.click('dialog [data-action="consent-yes"]:not([disabled])');
    await shows(client, 'dialog [data-kind="telehealth"][data-state="granted"]');
    assert.deepEqual(await client.audit(), []);
    await client.click('[data-kind="telehealth"] [data-action="receipt-keep"]');
    await client.click('dialog [data-action="cancel"]');
    await client.waitForText(/You have answered what you were asked/);
    await listed('given');
    await therapist.waitFor('.person .ready', GOES_MS);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await therapist.click('[data-action="admit"]');
    await Promise.all([reaches(therapist, 'session'), reaches(client, 'session')]);
    await Promise.all([therapist, client].map(seesAndHears));
  });

  it('tells the therapist in the room what an emergency would need, when they look', async () => {
    assert.ok(!(await therapist.text('body')).includes('12 Mall Road'));
    await therapist.click('.bar [data-action="emergency"]');
    await shows(therapist, '[data-dialog="emergency"]');
    assert.match(await therapist.text('[data-dialog="emergency"]'), /12 Mall Road[^]*Sara 0300 1234567/);
    assert.deepEqual(await therapist.audit(), []);
    await therapist.click('dialog [data-action="cancel"]');
  });

  it('can be taken back in the session by one press, on a disk that does not answer: nothing flows any more, and the person waits', async (test) => {
    await client.click('.bar [data-action="answers"]');
    await shows(client, '[data-action="consent-withdraw"]');
    /* the area waits for the disk about something else, and the ledger will have to */
    stall.begin(scene.server.data, join(folder, 'ledger'));
    await therapist.click('.bar [data-action="lock"]');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const pressed = await client.evaluate(() => {
      /** @type {HTMLElement} */ (document.querySelector('[data-kind="telehealth"] [data-action="consent-withdraw"]')).click();
      return performance.timeOrigin + performance.now();
    });
    const { audio: late } = await receivedDuring(therapist, 1500);
    const last = await therapist.evaluate(() => /** @type {any} */ (window).probe.last());
    test.diagnostic(`the last packet came ${Math.round(last - pressed)} ms after the press, ${late} packets of sound since`);
    assert.ok(last - pressed < 100, `${last - pressed} ms`);
    stall.end();
    await reaches(client, 'waiting');
    await client.waitForText(/You have taken back your agreement to “Meeting over the internet”/);
    await listed('refused');
    assert.equal(await canAdmit(), false);
    const { audio, frames } = await receivedDuring(therapist, 1000);
    assert.deepEqual([audio, frames], [0, 0]);
    await client.click('[data-action="answers"]');
    await client.click('[data-kind="telehealth"] [data-action="receipt-keep"]');
    receipts = await client.waitFor(() => {
      const { files } = /** @type {any} */ (window);
      return files.length === 2 && files;
    });
    assert.match(receipts[0], /YES/);
    assert.match(receipts[1], /took back/);
    assert.deepEqual(client.problems, []);
  });

  for (const kind of /** @type {const} */ (['chromium', 'firefox'])) {
    it(`leaves receipts that prove themselves in ${kind}, from a disk and without any network; a changed letter is refused`,
      { skip: whyNoBrowser(kind) ?? false }, async () => {
        const host = await scene.lab.host(`home-${kind}`);
        const browser = await openBrowser(kind, { host });
        try {
          host.ip('link set eth0 down');
          const page = await browser.open(pathToFileURL(join(TOP, 'html/verify.html')).href);
          for (const receipt of receipts) {
            assert.equal(await verdict(page, receipt), 'good');
            for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) {
              const at = Math.floor(receipt.length * part);
              const changed = receipt.slice(0, at) + (receipt[at] === 'x' ? 'y' : 'x') + receipt.slice(at + 1);
              assert.equal(await verdict(page, changed), 'bad', `a letter at ${at}`);
            }
          }
        } finally {
          await browser.close();
        }
      });
  }

  /** What the page says of a receipt. @param {Page} page @param {string} receipt */
  async function verdict(page, receipt) {
    await page.reload();
    await shows(page, '[data-key]');
    await page.evaluate((text, key) => {
      const field = /** @type {HTMLTextAreaElement} */ (document.querySelector('[data-key]'));
      field.value = key;
      const files = new DataTransfer();
      files.items.add(new File([text], 'receipt.txt'));
      const input = /** @type {HTMLInputElement} */ (document.querySelector('input[type="file"]'));
      input.files = files.files;
      input.dispatchEvent(new Event('change'));
    }, receipt, root);
    return page.waitFor(() => document.querySelector('[data-verdict]')?.getAttribute('data-verdict'));
  }
});
