// SPDX-License-Identifier: GPL-3.0-or-later
/** The link of a person, against a real WebSocket server that plays the plugin's part in words. */
import './globals.mjs';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { WebSocketServer } from 'ws';
import { IceWatch } from '../../html/js/app/ice-watch.js';
import { Link } from '../../html/js/app/link.js';

/** @typedef {Record<string, any>} Json */

const NONCE = 'nFnQ0Zk8cXq0pMZJtT0Qm3o0d0Jz1p1fWbZ0o6a7b8c';
/** @type {Record<string, Json>} what the plugin answers */
const ANSWERS = {
  hello: { therapy: 'hello', nonce: NONCE },
  join: { therapy: 'joined', participant: 'c', role: 'client', state: 'waiting', ticket: 'tick' },
  publish: { therapy: 'published' },
  media: { therapy: 'media' },
  leave: { therapy: 'left' },
};

/** @type {WebSocketServer} */
let server;
/** @type {Json[]} the plugin's requests, in order */
let asked = [];
/** @type {Json[]} */
let events = [];
/** @type {Record<string, Json | (() => Json | null)>} */
let answers = {};
/** @type {Link} */
let link;
/** @type {Promise<void>} */
let running;
/** @type {string[]} */
let media = [];
let handles = 0;

/** @param {() => unknown} test */
async function until(test) {
  for (let tries = 0; tries < 400; tries += 1) {
    if (test()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`never: ${test}`);
}

/** @param {string} name */
const count = (name) => asked.filter(({ request }) => request === name).length;

/** @param {Json} data to the newest participant handle */
const tell = (data) => {
  const sender = asked.findLast(({ request }) => request === 'join')?.handle;
  const said = { janus: 'event', sender, plugindata: { data } };
  for (const client of server.clients) client.send(JSON.stringify(said));
};

/** @param {import('ws').WebSocket} socket @param {Json} message */
function serveOne(socket, message) {
  /** @param {Json} said */
  const say = (said) => socket.send(JSON.stringify({ transaction: message.transaction, ...said }));
  if (message.janus === 'create') return say({ janus: 'success', data: { id: 1 } });
  if (message.janus === 'attach') return say({ janus: 'success', data: { id: (handles += 1) } });
  if (message.janus !== 'message') return say({ janus: 'ack' });
  asked.push({ ...message.body, handle: message.handle_id });
  say({ janus: 'ack' });
  const found = answers[message.body.request] ?? ANSWERS[message.body.request];
  const data = typeof found === 'function' ? found() : found;
  if (data) say({ janus: 'event', sender: message.handle_id, plugindata: { data } });
  return undefined;
}

beforeEach(async () => {
  [asked, events, media, answers, handles] = [[], [], [], {}, 0];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) =>
    socket.on('message', (raw) => serveOne(socket, JSON.parse(String(raw)))),
  );
  const key = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  link = new Link({
    url: `ws://127.0.0.1:${port}/janus`,
    token: 'v4.public.a.b',
    key: /** @type {CryptoKeyPair} */ (key),
    rtc: {},
    secret: null,
    /* nor workers: keys have tests of their own */
    keeper: /** @type {any} */ ({
      ready: Promise.resolve(),
      start() {},
      tiles() {},
      server() {},
      lost() {},
    }),
    /* there is no WebRTC in Node; what these do is tested in browsers */
    publisher: /** @type {any} */ ({
      connect: async (/** @type {any} */ handle, /** @type {Json} */ sent) => {
        media.push('publish');
        await handle.request({ request: 'publish', ...sent });
      },
      close() {},
    }),
    receiver: /** @type {any} */ ({
      connect: async (/** @type {any} */ _handle, /** @type {string} */ ticket) => media.push(ticket),
      close() {},
    }),
    emit: (event) => events.push(event),
  });
  running = link.run();
});

afterEach(async () => {
  await link.leave();
  await running;
  for (const client of server.clients) client.terminate();
  server.close();
});

/** @param {string} type */
const of = (type) => events.filter((event) => event.type === type);

describe('joining', () => {
  it('says hello, proves the device, joins, and receives at once', async () => {
    await until(() => media.length);
    assert.deepEqual(
      asked.map(({ request }) => request),
      ['hello', 'join'],
    );
    assert.equal(asked[1].invitation, 'v4.public.a.b');
    assert.match(asked[1].device.key, /^[\w-]{43}$/);
    assert.match(asked[1].device.signature, /^[\w-]{86}$/);
    assert.deepEqual(media, ['tick'], 'and sends nothing yet');
    assert.deepEqual(
      events.map(({ type, status }) => status ?? type),
      ['connecting', 'joined', 'up'],
    );
  });

  it('stops for good at an invitation that is refused', async () => {
    answers.join = { therapy: 'error', error_name: 'TOKEN_EXPIRED' };
    await running;
    assert.deepEqual(of('failed'), [{ type: 'failed', name: 'TOKEN_EXPIRED' }]);
    assert.equal(count('join'), 1);
  });

  it('tries again when the server is only busy', async () => {
    let tries = 0;
    answers.join = () => {
      tries += 1;
      return tries < 3 ? { therapy: 'error', error_name: 'BUSY' } : ANSWERS.join;
    };
    await until(() => of('joined').length);
    assert.equal(count('join'), 3);
    assert.equal(of('link').find(({ status }) => status === 'lost')?.name, 'BUSY');
  });
});

describe('sending', () => {
  it('connects the first time, and says the changes after', async () => {
    await until(() => of('joined').length);
    await link.send({ audio: true, video: true, echo: false });
    await link.send({ audio: false, video: true, echo: false });
    assert.deepEqual(media, ['tick', 'publish']);
    assert.equal(count('media'), 1);
  });

  it('is told one change at a time, the newest last', async () => {
    await until(() => of('joined').length);
    await link.send({ audio: true, video: true, echo: false });
    const all = [];
    for (let n = 0; n < 9; n += 1) all.push(link.send({ audio: n % 2 === 0, video: true, echo: false }));
    await Promise.all(all);
    const told = asked.filter(({ request }) => request === 'media');
    assert.ok(told.length <= 3, `${told.length} requests for 9 changes`);
    assert.equal(told.at(-1)?.audio, true);
  });

  it('is not for an observer', async () => {
    answers.join = { ...ANSWERS.join, role: 'observer' };
    await until(() => of('joined').length);
    await link.send({ audio: true, video: true, echo: false });
    assert.equal(count('publish') + count('media'), 0);
  });
});

describe('a lost link', () => {
  it('is made again by itself, as the same device, sending what was sent', async () => {
    await until(() => of('joined').length);
    await link.send({ audio: true, video: false, echo: false });
    for (const client of server.clients) client.terminate();
    await until(() => of('joined').length === 2 && count('publish') === 2);
    const [first, second] = asked.filter(({ request }) => request === 'join');
    assert.equal(first.device.key, second.device.key);
    assert.notEqual(first.device.signature, undefined);
    assert.deepEqual(
      of('link').map(({ status }) => status),
      ['connecting', 'up', 'lost', 'connecting', 'up'],
    );
    assert.equal(asked.findLast(({ request }) => request === 'publish')?.video, false);
  });

  it('is what a server that is being restarted means, and no end', async () => {
    await until(() => of('joined').length);
    tell({ therapy: 'state', state: 'ended', reason: 'shutdown' });
    await until(() => of('joined').length === 2);
    assert.equal(of('state').length, 0);
  });

  it('is not made again once it is over', async () => {
    await until(() => of('joined').length);
    tell({ therapy: 'state', state: 'removed', reason: 'removed' });
    await running;
    assert.equal(of('state').length, 1);
    assert.equal(of('joined').length, 1);
  });

  it('is not made again from a place that was taken by another window', async () => {
    await until(() => of('joined').length);
    tell({ therapy: 'state', state: 'left', reason: 'replaced' });
    await running;
    assert.equal(of('joined').length, 1);
  });
});

describe('what is heard', () => {
  it('is only what a page knows', async () => {
    await until(() => of('joined').length);
    tell({ therapy: 'presence', therapist_present: true });
    tell({ therapy: 'joined', role: 'therapist' });
    tell({ therapy: 'failed', name: 'X' });
    tell({ therapy: 'message', text: 'soon' });
    await until(() => of('message').length);
    assert.equal(of('joined').length, 1);
    assert.equal(of('failed').length, 0);
    assert.equal(of('presence')[0].therapist_present, true);
  });
});

describe('leaving', () => {
  it('tells the server and ends', async () => {
    await until(() => of('joined').length);
    await link.leave();
    await running;
    assert.equal(count('leave'), 1);
  });
});

describe('a media connection', () => {
  /** @param {import('node:test').TestContext} context @param {Partial<ConstructorParameters<typeof IceWatch>[0]>} [acts] */
  const watch = (context, acts = {}) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    /** @type {string[]} */
    const did = [];
    const restart = async () => did.push('restart');
    const giveUp = () => did.push('give up');
    const it_ = new IceWatch({ restart, giveUp, tell: (status) => did.push(status), ...acts });
    return { it: it_, did };
  };

  it('in doubt is left alone for a moment, then restarted, then made anew', async (context) => {
    const { it: ice, did } = watch(context);
    ice.see('connected');
    ice.see('disconnected');
    context.mock.timers.tick(2_900);
    assert.deepEqual(did, ['up', 'doubt']);
    context.mock.timers.tick(200);
    assert.deepEqual(did, ['up', 'doubt', 'restart']);
    context.mock.timers.tick(12_000);
    assert.deepEqual(did, ['up', 'doubt', 'restart', 'give up']);
  });

  it('that comes back by itself is not touched', (context) => {
    const { it: ice, did } = watch(context);
    ice.see('disconnected');
    ice.see('connected');
    context.mock.timers.tick(60_000);
    assert.deepEqual(did, ['doubt', 'up']);
  });

  it('that stays well through a restart is not given up', (context) => {
    const { it: ice, did } = watch(context);
    ice.see('connected');
    ice.restart();
    context.mock.timers.tick(60_000);
    assert.deepEqual(did, ['up', 'restart']);
  });

  it('that cannot be restarted is made anew at once', async (context) => {
    const { it: ice, did } = watch(context, { restart: () => Promise.reject(new Error('no')) });
    ice.see('failed');
    await Promise.resolve();
    await Promise.resolve();
    assert.deepEqual(did, ['doubt', 'give up']);
  });
});
