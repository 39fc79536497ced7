// SPDX-License-Identifier: GPL-3.0-or-later
/** A thousand people come and go. Nothing of them stays: no file, no thread, no memory, no head in the counters. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Person } from './client.mjs';
import { Gateway, SANITIZED } from './gateway.mjs';
import { publishOffer, receiveAnswer } from './sdp.mjs';

/** A sanitizer finds in fewer what there is to find, and takes its time. */
const PEOPLE = SANITIZED ? 200 : 1000;
const AT_ONCE = 10;
/** Threads of Janus's pool end when they have had nothing to do for a while. */
const SETTLED_MS = 40_000;
const SLACK = 2;
const GROWTH_KB = 8 * 1024;

describe('a thousand people', () => {
  /** @type {Gateway} */ let gateway;
  /** @type {import('./client.mjs').Connection[]} */ let connections;
  before(async () => {
    gateway = await Gateway.start();
    connections = await Promise.all(Array.from({ length: AT_ONCE }, () => gateway.connect()));
  });
  after(() => gateway.close());

  /** In by the door and out again, in one of the ways people go. @param {number} i */
  async function visit(i) {
    const person = await Person.join(connections[i % AT_ONCE], gateway.booking.invite({ area: `a-${i % 7}`, room: `r-${i}` }));
    if (i % 2 === 0) {
      await person.ask('publish', { audio: true, video: true }, publishOffer());
      const { jsep } = await person.receive();
      await person.receiver?.ask('answer', {}, receiveAnswer(jsep?.sdp));
    }
    if (i % 3 > 0) await person.ask('leave');
    if (i % 3 === 1) await person.handle.detach();
    await person.handle.session.destroy();
  }

  /** @param {number} people */
  async function visits(people) {
    let next = 0;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (next < people) await visit(next++);
    }));
  }

  const measure = () => ({ fds: gateway.files().fds, threads: gateway.threads(), kb: gateway.residentKb() });

  it('leave the process as it was', { timeout: 240_000 }, async () => {
    await visits(50);
    const idle = await settled();
    await visits(PEOPLE);
    const until = Date.now() + SETTLED_MS;
    let now = measure();
    while ((now.fds > idle.fds + SLACK || now.threads > idle.threads + SLACK) && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      now = measure();
    }
    const found = `${JSON.stringify(idle)} before, ${JSON.stringify(now)} after`;
    assert.ok(now.fds <= idle.fds + SLACK, found);
    assert.ok(now.threads <= idle.threads + SLACK, found);
    if (!SANITIZED) assert.ok(now.kb < idle.kb + GROWTH_KB, found);
  });

  /** What it needs when nothing happens: the least that is seen for a while. */
  async function settled() {
    let least = measure();
    for (let i = 0; i < 15; i++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const now = measure();
      least = { fds: Math.min(least.fds, now.fds), threads: Math.min(least.threads, now.threads), kb: now.kb };
    }
    return least;
  }

  it('are not counted any more, but for those whose link was lost', async () => {
    const { participants, away, waiting, admitted } = await gateway.status();
    assert.equal(waiting + admitted, 0);
    assert.equal(participants, away);
  });
});
