// SPDX-License-Identifier: GPL-3.0-or-later
import './globals.mjs';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFragment } from '../../html/js/core/invitation.js';
import { missing } from '../../html/js/core/support.js';
import { backoff } from '../../html/js/core/timing.js';
import { fromBase64url, proveDevice, toBase64url } from '../../html/js/e2ee/device-key.js';
import { h } from '../../html/js/lib/html.js';

describe('the link', () => {
  const token = 'v4.public.eyJhIjoxfQ.eyJraWQiOiJrNC5waWQueCJ9';
  const secret = 'A'.repeat(43);

  it('is an invitation of four parts, and perhaps a secret', () => {
    assert.deepEqual(parseFragment(`#${token}`), { token, secret: null });
    assert.deepEqual(parseFragment(`#${token}.${secret}`), { token, secret });
    assert.deepEqual(parseFragment(` ${token} `), { token, secret: null });
  });

  it('is refused in any other form, without being sent anywhere', () => {
    for (const bad of [
      '',
      '#',
      '#v4.public.abc',
      '#v3.public.a.b',
      `#${token}.short`,
      `#${token}.${secret}.x`,
      '#v4.public.a b.c',
      `#v4.public.${'a'.repeat(5000)}.b`,
      '#v4.local.a.b',
      `#${token}%20`,
    ])
      assert.equal(parseFragment(bad), null, bad.slice(0, 40));
  });
});

describe('the waiting time before a new attempt', () => {
  it('grows, has an end, and is different for everybody', () => {
    assert.ok(backoff(0, 0.5) < backoff(3, 0.5));
    for (const attempt of [0, 1, 5, 50, 5000]) {
      assert.ok(backoff(attempt, 0) >= 200);
      /* a server that answers again is found within seconds */
      assert.ok(backoff(attempt, 0.999) <= 3_000);
    }
    assert.notEqual(backoff(4, 0.1), backoff(4, 0.9));
  });
});

describe('the device key', () => {
  it('signs label, nonce and the hash of the invitation, as the protocol says', async () => {
    const pair = /** @type {CryptoKeyPair} */ (
      await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])
    );
    const nonce = crypto.getRandomValues(new Uint8Array(32));
    const proof = await proveDevice(pair, toBase64url(nonce), 'v4.public.x.y');
    const hash = new Uint8Array(
      await crypto.subtle.digest('SHA-256', Buffer.from('v4.public.x.y')),
    );
    const message = Buffer.concat([Buffer.from('janus.plugin.therapy|1|join\0'), nonce, hash]);
    const key = await crypto.subtle.importKey(
      'raw',
      fromBase64url(proof.key),
      { name: 'Ed25519' },
      true,
      ['verify'],
    );
    assert.equal(fromBase64url(proof.key).length, 32);
    assert.ok(
      await crypto.subtle.verify({ name: 'Ed25519' }, key, fromBase64url(proof.signature), message),
    );
    assert.equal(message.length, 27 + 1 + 32 + 32);
  });

  it('is written without padding, in the alphabet for addresses', () => {
    assert.equal(toBase64url(new Uint8Array([251, 255, 254])), '-__-');
    assert.deepEqual([...fromBase64url('-__-')], [251, 255, 254]);
    assert.equal(toBase64url(new Uint8Array(32)).length, 43);
  });
});

describe('what a browser must have', () => {
  /** @param {Record<string, unknown>} [less] */
  const browser = (less = {}) => ({
    isSecureContext: true,
    RTCPeerConnection: class {
      addTransceiver() {}
    },
    RTCRtpTransceiver: class {
      setCodecPreferences() {}
    },
    RTCRtpScriptTransform: class {},
    WebSocket: class {},
    HTMLDialogElement: class {},
    navigator: { mediaDevices: { getUserMedia() {} } },
    crypto,
    ...less,
  });

  it('is enough here', async () => assert.equal(await missing(browser()), null));

  for (const part of [
    'RTCPeerConnection',
    'RTCRtpTransceiver',
    'RTCRtpScriptTransform',
    'WebSocket',
    'HTMLDialogElement',
    'navigator',
    'crypto',
  ]) {
    it(`is not enough without ${part}`, async () =>
      assert.equal(await missing(browser({ [part]: undefined })), 'BROWSER_OLD'));
  }

  it('is not enough without Ed25519', async () => {
    const subtle = {
      generateKey: async () => Promise.reject(new DOMException('no', 'NotSupportedError')),
    };
    assert.equal(await missing(browser({ crypto: { subtle } })), 'BROWSER_OLD');
  });

  it('is told apart from an insecure address', async () =>
    assert.equal(await missing(browser({ isSecureContext: false, navigator: {} })), 'INSECURE'));
});

describe('describing elements', () => {
  it('refuses what could run code', () => {
    for (const name of [
      'onclick',
      'onerror',
      '.onclick',
      'style',
      'srcdoc',
      'innerHTML',
      '.innerHTML',
      '.outerHTML',
    ])
      assert.throws(() => h('p', { [name]: 'x' }), TypeError, name);
  });

  it('keeps texts as texts, and leaves out what is not there', () => {
    const node = h('p', { key: 7, class: 'a' }, 'a', null, [false, ['<b>']], undefined, 3, '');
    assert.deepEqual(node, {
      tag: 'p',
      key: '7',
      props: { class: 'a' },
      children: ['a', '<b>', '3'],
    });
  });
});
