// SPDX-License-Identifier: GPL-3.0-or-later
/** Arriving: the plugin loads into the real Janus, and somebody with an invitation gets in. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Person } from './client.mjs';
import { Gateway } from './gateway.mjs';

describe('joining', () => {
  /** @type {Gateway} */ let gateway;
  before(async () => { gateway = await Gateway.start(); });
  after(async () => { await gateway.stop(); });

  it('a client says hello, joins and waits', async () => {
    const connection = await gateway.connect();
    const client = await Person.join(connection, gateway.booking.invite());
    assert.equal(client.joined.therapy, 'joined');
    assert.equal(client.joined.state, 'waiting');
    assert.equal(client.joined.name, 'Amina');
    await client.becomes('waiting', 'arrived');
  });
});
