// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Practices that do one thing after the other on the server's host, while the bench restarts Janus.
 *
 *   _acks.mjs URL PRACTICES
 *
 * PRACTICES: JSON, [[area, [therapist's token, client's token]], …]. For each line on standard input all come in, what
 * has been lost since the last one is counted and written as a line of JSON, and they go on until the link breaks.
 */
import { createInterface } from 'node:readline';
import { Connection } from '../live/client.mjs';
import { Practice } from '../live/walkers.mjs';

const [url, list] = process.argv.slice(2);
const practices = /** @type {[string, string[]][]} */ (JSON.parse(list))
  .map(([area, tokens]) => new Practice(area, tokens, { admits: false }));

for await (const line of createInterface({ input: process.stdin })) {
  const lost = (await Promise.all(practices.map(async (practice) => {
    await practice.arrive(() => Connection.open(url));
    return practice.lost();
  }))).flat().length;
  const acks = practices.reduce((sum, practice) => sum + practice.count, 0);
  console.log(JSON.stringify({ lost, acks }));
  if (line === 'live') await Promise.all(practices.map((practice) => practice.live()));
}
