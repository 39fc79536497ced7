// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Describing and showing parts of a page. `h()` describes, `render()` makes the document match,
 * keeping elements (and with them focus, pictures and scroll places) that are still wanted.
 *
 * Text only ever becomes a text node, and an attribute only ever its value: nothing is parsed, so
 * nothing a person is called can become part of the page's code.
 */

/**
 * @typedef {{tag: string, key: string | undefined, props: Record<string, unknown>, children: Child[]}} VNode
 * @typedef {VNode | string} Child
 * @typedef {VNode | string | number | null | undefined | false | readonly unknown[]} Anything
 */

const SVG = 'http://www.w3.org/2000/svg';
const FORBIDDEN = /^(on|style$|srcdoc$|innerHTML$|outerHTML$)/i;

/** @type {WeakMap<Element, Record<string, unknown>>} what was set on an element the last time */
const shown = new WeakMap();

/**
 * Describes an element. A prop that starts with "." is set as a property, any other as an attribute
 * (true: empty, false/null/undefined: absent).
 * @param {string} tag
 * @param {Record<string, unknown> | null} [props]
 * @param {...Anything} children
 * @returns {VNode}
 */
export function h(tag, props, ...children) {
  const { key, ...rest } = props ?? {};
  for (const name of Object.keys(rest))
    if (FORBIDDEN.test(name.replace(/^\./, ''))) throw new TypeError('refused property');
  return {
    tag,
    key: key === undefined ? undefined : String(key),
    props: rest,
    children: flat(children),
  };
}

/**
 * @param {readonly unknown[]} list
 * @returns {Child[]}
 */
function flat(list) {
  /** @type {Child[]} */
  const out = [];
  for (const item of list) {
    if (item === null || item === undefined || item === false || item === '') continue;
    if (Array.isArray(item)) out.push(...flat(item));
    else if (typeof item === 'object') out.push(/** @type {VNode} */ (item));
    else out.push(String(item));
  }
  return out;
}

/**
 * Makes the children of `parent` match the description.
 * @param {Element} parent
 * @param {...Anything} children
 */
export function render(parent, ...children) {
  const svg = parent.namespaceURI === SVG;
  const old = [...parent.childNodes];
  let at = 0;
  for (const child of flat(children)) {
    const index = old.findIndex((node) => fits(node, child));
    const node = index >= 0 ? old.splice(index, 1)[0] : make(child, svg);
    if (parent.childNodes[at] !== node) parent.insertBefore(node, parent.childNodes[at] ?? null);
    update(node, child);
    at += 1;
  }
  for (const node of old) node.remove();
}

/**
 * @param {Node} node
 * @param {Child} child
 */
function fits(node, child) {
  if (typeof child === 'string') return node.nodeType === Node.TEXT_NODE;
  if (!(node instanceof Element) || node.localName !== child.tag) return false;
  return shown.get(node)?.key === child.key;
}

/**
 * @param {Child} child
 * @param {boolean} svg
 * @returns {Node}
 */
function make(child, svg) {
  if (typeof child === 'string') return document.createTextNode(child);
  return svg || child.tag === 'svg'
    ? document.createElementNS(SVG, child.tag)
    : document.createElement(child.tag);
}

/**
 * @param {Node} node
 * @param {Child} child
 */
function update(node, child) {
  if (typeof child === 'string') {
    if (node.nodeValue !== child) node.nodeValue = child;
    return;
  }
  const element = /** @type {Element} */ (node);
  const before = shown.get(element) ?? {};
  for (const name of Object.keys(before))
    if (name !== 'key' && !(name in child.props)) set(element, name, undefined);
  for (const [name, value] of Object.entries(child.props))
    if (before[name] !== value) set(element, name, value);
  shown.set(element, { ...child.props, key: child.key });
  /* a custom element looks after its own inside */
  if (!child.tag.includes('-')) render(element, child.children);
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
function set(element, name, value) {
  if (name.startsWith('.')) /** @type {any} */ (element)[name.slice(1)] = value;
  else if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}
