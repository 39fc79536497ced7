// SPDX-License-Identifier: GPL-3.0-or-later
/** Draws a scene in a browser: the real elements, the real reducer, people painted on canvases. */

/** The page the scenes are drawn on: the real one's styles, none of its wiring. */
export const BLANK = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Scene</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
${['tokens', 'base', 'layout', 'session', 'time'].map((name) => `<link rel="stylesheet" href="css/${name}.css">`).join('')}
</head><body></body></html>`;

/**
 * @param {import('playwright-core').Page} page at BLANK
 * @param {string} lang
 * @param {import('./scenes.mjs').Scene} scene
 */
export async function show(page, lang, scene) {
  await page.evaluate(draw, { lang, scene });
  if (scene.open) await page.locator(`${scene.open} > summary`).click();
  await page.waitForTimeout(150);
}

/**
 * Runs in the page.
 * @param {{lang: string, scene: import('./scenes.mjs').Scene}} what
 */
async function draw({ lang, scene }) {
  /** @param {string} path @returns {Promise<any>} */
  const module = (path) => import(new URL(path, location.href).href);
  const [{ initialState, reduce }, { translator, directionOf }, elements, pages] =
    await Promise.all([
      module('js/core/state.js'),
      module('js/lib/i18n.js'),
      module('js/ui/elements.js'),
      module(`js/ui/${scene.page}-page.js`),
    ]);
  elements.define();
  pages.define();

  /** @param {number} hue */
  const person = (hue) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 480];
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const back = pen.createLinearGradient(0, 0, 640, 480);
    back.addColorStop(0, `hsl(${hue} 25% 78%)`);
    back.addColorStop(1, `hsl(${hue + 30} 22% 58%)`);
    /** @param {string | CanvasGradient} colour @param {[number, number, number, number, number, number, number]} oval */
    const fill = (colour, oval) => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.ellipse(...oval);
      pen.fill();
    };
    const paint = () => {
      pen.fillStyle = back;
      pen.fillRect(0, 0, 640, 480);
      fill(`hsl(${hue + 180} 30% 32%)`, [320, 520, 210, 190, 0, 0, 7]);
      fill('hsl(26 38% 52%)', [320, 330, 38, 60, 0, 0, 7]);
      fill('hsl(26 38% 58%)', [320, 230, 88, 112, 0, 0, 7]);
      fill('hsl(20 25% 20%)', [320, 165, 98, 74, 0, Math.PI, 0]);
    };
    paint();
    setInterval(paint, 500);
    return canvas.captureStream(2);
  };
  const scope = /** @type {any} */ (globalThis);
  const cast = (scope.cast ??= [30, 150, 205, 260, 315, 10, 65, 120].map(person));

  const [first, later] = await Promise.all(
    ['', 'later/'].map(async (folder) => (await fetch(`locales/${folder}${lang}.json`)).json()),
  );
  const texts = { ...first, ...later };
  document.documentElement.lang = lang;
  document.documentElement.dir = directionOf(lang);
  document.title = texts.title;
  const state = scene.events.reduce(reduce, initialState(scene.page));
  const media = { preview: cast[0], pairs: cast.slice(1), audio: null };
  const element = /** @type {any} */ (document.createElement(`app-${scene.page}`));
  document.body.replaceChildren(element);
  element.scene = { state, media, t: translator(lang, texts), lang };
  if (document.activeElement instanceof HTMLElement && !document.querySelector('dialog[open]'))
    document.activeElement.blur();
}
