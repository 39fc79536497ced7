// SPDX-License-Identifier: GPL-3.0-or-later
/** The small Janus client against a real WebSocket server that says what each test wants said. */
import './globals.mjs';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { WebSocketServer } from 'ws';
import { JanusSession } from '../../html/js/janus/session.js';

/** @typedef {Record<string, any>} Json */

/** @type {WebSocketServer} */
let server;
/** @type {Json[]} */
let heard = [];
/** @type {(message: Json, say: (answer: Json) => void, socket: import('ws').WebSocket) => boolean | void} */
let answer = () => false;
let url = '';

beforeEach(async () => {
  heard = [];
  answer = () => false;
  server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => offered.has('janus-protocol') && 'janus-protocol',
  });
  await new Promise((resolve) => server.once('listening', resolve));
  url = `ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/janus`;
  server.on('connection', (socket) =>
    socket.on('message', (raw) => {
      const message = JSON.parse(String(raw));
      heard.push(message);
      /** @param {Json} said */
      const say = (said) =>
        socket.send(JSON.stringify({ transaction: message.transaction, ...said }));
      if (answer(message, say, socket)) return;
      if (message.janus === 'create') say({ janus: 'success', data: { id: 7 } });
      else if (message.janus === 'attach')
        say({ janus: 'success', data: { id: heard.length * 100 } });
      else if (message.janus === 'message') {
        say({ janus: 'ack' });
        say({
          janus: 'event',
          sender: message.handle_id,
          plugindata: { data: { therapy: `${message.body.request}-done` } },
        });
      } else say({ janus: 'ack' });
    }),
  );
});

afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

/** @param {(name: string) => boolean} test */
const named = (test) => (/** @type {any} */ why) => test(why.name);

describe('a session', () => {
  it('is created, and gives out handles of the plugin', async () => {
    const session = await JanusSession.open(url);
    await session.attach();
    assert.deepEqual(
      heard.map(({ janus, session_id, plugin }) => [janus, session_id, plugin]),
      [
        ['create', undefined, undefined],
        ['attach', 7, 'janus.plugin.therapy'],
      ],
    );
    assert.notEqual(heard[0].transaction, heard[1].transaction);
    session.close();
  });

  it('waits past the "ack" for the event that carries its transaction', async () => {
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    const { data } = await handle.request({ request: 'hello' });
    assert.equal(data.therapy, 'hello-done');
    session.close();
  });

  it('pairs answers that come in another order', async () => {
    /** @type {Array<() => void>} */
    const later = [];
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    answer = (message, say) => {
      later.unshift(() =>
        say({
          janus: 'event',
          sender: message.handle_id,
          plugindata: { data: { n: message.body.n } },
        }),
      );
      if (later.length === 3) for (const act of later) act();
      return true;
    };
    const answers = await Promise.all([1, 2, 3].map((n) => handle.request({ request: 'x', n })));
    assert.deepEqual(
      answers.map(({ data }) => data.n),
      [1, 2, 3],
    );
    session.close();
  });

  it('numbers the requests of a handle upwards', async () => {
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    await handle.request({ request: 'a' });
    await handle.request({ request: 'b' });
    assert.deepEqual(
      heard.filter(({ janus }) => janus === 'message').map(({ body }) => body.seq),
      [1, 2],
    );
    session.close();
  });

  it('asks once more, with a new number, what was overtaken on its way', async () => {
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    answer = (message, say) => {
      if (message.body?.seq !== 1) return false;
      say({
        janus: 'event',
        sender: message.handle_id,
        plugindata: { data: { therapy: 'error', error_name: 'OUT_OF_ORDER' } },
      });
      return true;
    };
    assert.equal((await handle.request({ request: 'admit' })).data.therapy, 'admit-done');
    session.close();
  });

  it('turns what the plugin refuses into an error of that name', async () => {
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    answer = (message, say) => {
      say({
        janus: 'event',
        sender: message.handle_id,
        plugindata: { data: { therapy: 'error', error_name: 'TOKEN_USED', field: 'invitation' } },
      });
      return true;
    };
    await assert.rejects(
      handle.request({ request: 'join' }),
      (/** @type {any} */ why) => why.name === 'TOKEN_USED' && why.field === 'invitation',
    );
    session.close();
  });

  it('turns what Janus itself refuses into a lost server', async () => {
    const session = await JanusSession.open(url);
    answer = (_message, say) => {
      say({ janus: 'error', error: { code: 458, reason: 'No such session' } });
      return true;
    };
    await assert.rejects(
      session.attach(),
      (/** @type {any} */ why) => why.name === 'SERVER_GONE' && why.code === 458,
    );
    session.close();
  });
});

describe('media', () => {
  it('sends a description as it is and says it is encrypted, and hands over the one that comes back', async () => {
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    answer = (message, say) => {
      say({
        janus: 'event',
        sender: message.handle_id,
        jsep: { type: 'answer', sdp: 'v=0' },
        plugindata: { data: {} },
      });
      return true;
    };
    const { jsep } = await handle.request(
      { request: 'publish' },
      /** @type {any} */ ({ type: 'offer', sdp: 'v=0\r\n', toJSON: 1, other: 2 }),
    );
    assert.deepEqual(heard.at(-1)?.jsep, { type: 'offer', sdp: 'v=0\r\n', e2ee: true });
    assert.deepEqual(jsep, { type: 'answer', sdp: 'v=0' });
    session.close();
  });

  it('tells candidates, and the end of them', async () => {
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    handle.trickle(
      /** @type {any} */ ({
        candidate: 'candidate:1',
        sdpMid: '0',
        sdpMLineIndex: 0,
        foundation: 'x',
      }),
    );
    handle.trickle(null);
    await session.probe();
    assert.deepEqual(
      heard.filter(({ janus }) => janus === 'trickle').map(({ candidate }) => candidate),
      [{ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }, { completed: true }],
    );
    session.close();
  });
});

describe('what the server says by itself', () => {
  /** @param {Json} said */
  const tell = (said) => {
    for (const client of server.clients) client.send(JSON.stringify(said));
  };

  it('goes to the handle it is for', async () => {
    const session = await JanusSession.open(url);
    const [one, two] = await Promise.all([session.attach(), session.attach()]);
    /** @type {string[]} */
    const got = [];
    one.onevent = (data) => got.push(`one ${data.therapy}`);
    two.onevent = (data) => got.push(`two ${data.therapy}`);
    one.onhangup = () => got.push('one hung up');
    two.oncandidate = (candidate) => got.push(`two ${candidate.candidate}`);
    const ids = heard
      .filter(({ janus }) => janus === 'attach')
      .map((_, index) => (index + 2) * 100);
    tell({ janus: 'event', sender: ids[0], plugindata: { data: { therapy: 'presence' } } });
    tell({ janus: 'event', sender: ids[1], plugindata: { data: { therapy: 'offer' } } });
    tell({ janus: 'trickle', sender: ids[1], candidate: { candidate: 'candidate:9' } });
    tell({ janus: 'hangup', sender: ids[0] });
    tell({ janus: 'event', sender: 12345, plugindata: { data: { therapy: 'stray' } } });
    await session.probe();
    assert.deepEqual(got, ['one presence', 'two offer', 'two candidate:9', 'one hung up']);
    session.close();
  });

  it('may be nonsense', async () => {
    const session = await JanusSession.open(url);
    for (const client of server.clients)
      for (const junk of ['', '{', '[]', 'null', '7', '"x"', '{"janus":7}', 'x'.repeat(300_000)])
        client.send(junk);
    await session.probe();
    assert.ok(await session.attach());
    session.close();
  });

  it('can be that the session has timed out', async () => {
    const session = await JanusSession.open(url);
    tell({ janus: 'timeout', session_id: 7 });
    await session.lost;
  });
});

describe('a link that breaks', () => {
  it('rejects what waits for an answer, and says that it is lost', async () => {
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    answer = (_message, _say, socket) => {
      socket.terminate();
      return true;
    };
    await assert.rejects(
      handle.request({ request: 'join' }),
      named((name) => name === 'SERVER_GONE'),
    );
    await session.lost;
    await assert.rejects(
      handle.request({ request: 'leave' }),
      named((name) => name === 'SERVER_GONE'),
    );
  });

  it('is found out when the server only is silent', async (context) => {
    const session = await JanusSession.open(url);
    answer = () => true;
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const asked = session.probe();
    context.mock.timers.tick(4_000);
    await asked;
    await session.lost;
  });

  it('is not given up while the server says anything at all, however late its answer', async (context) => {
    const session = await JanusSession.open(url);
    const handle = await session.attach();
    const said = new Promise((resolve) => { handle.onevent = resolve; });
    let ended = false;
    void session.lost.then(() => (ended = true));
    answer = () => true;
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const asked = session.probe();
    for (const client of server.clients)
      client.send(JSON.stringify({ janus: 'event', sender: 200, plugindata: { data: {} } }));
    await said;
    context.mock.timers.tick(4_000);
    await asked;
    assert.equal(ended, false);
    session.close();
  });

  it('is no session at all when nobody is there', async () => {
    const closed = url;
    server.close();
    await assert.rejects(
      JanusSession.open(closed),
      named((name) => name === 'SERVER_GONE'),
    );
  });
});
