// SPDX-License-Identifier: GPL-3.0-or-later
/** The lab itself, measured with real sockets: is a fault that was asked for the fault that happens? */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openLab, whyNoLab } from './lab.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const PROBE = join(here, 'probe.mjs');
const skip = whyNoLab() ?? false;

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

describe('the lab', { skip }, () => {
  /** @type {import('./lab.mjs').Lab} */ let lab;
  /** @type {import('./lab.mjs').LinkedHost} */ let host;

  before(async () => {
    lab = await openLab();
    host = await lab.host('probe');
    await host.link.seed(20260101);
  });
  after(async () => lab?.close());

  /** @param {import('./lab.mjs').Host} from @param {import('./lab.mjs').Host} to @param {number[]} how count, bytes, every ms */
  async function datagrams(from, to, ...how) {
    const sink = to.start([process.execPath, PROBE, 'udp-receive']);
    const [, port] = await sink.says(/"port":(\d+)/);
    const source = from.start([process.execPath, PROBE, 'udp-send', to.address, port, ...how.map(String)]);
    const [line] = await sink.says(/\{"arrivals".*\}\n/, 30_000);
    await source.stop();
    await sink.stop();
    return /** @type {{number: number, delay_us: number, at_us: number}[]} */ (JSON.parse(line).arrivals);
  }

  /** @param {import('./lab.mjs').Host} from @param {import('./lab.mjs').Host} to @param {number} seconds */
  async function stream(from, to, seconds) {
    const sink = to.start([process.execPath, PROBE, 'tcp-receive']);
    const [, port] = await sink.says(/"port":(\d+)/);
    const source = from.start([process.execPath, PROBE, 'tcp-send', to.address, port, String(seconds)]);
    const [line] = await sink.says(/\{"bytes".*\}\n/, 30_000);
    await source.stop();
    await sink.stop();
    const { bytes, us } = JSON.parse(line);
    return (bytes * 8000) / us;
  }

  const clean = { delayMs: 0, jitterMs: 0, rateKbps: 0, loss: 0, burst: 0, queueBytes: 262_144 };

  it('adds almost nothing when nothing is asked for', async () => {
    await host.link.set(clean);
    const arrivals = await datagrams(host, lab.server, 200, 200, 5);
    assert.equal(arrivals.length, 200);
    assert.ok(quantile(arrivals.map((a) => a.delay_us), 0.5) < 3000);
  });

  it('delays each way by its own amount, to about a millisecond', async () => {
    await host.link.set({ ...clean, delayMs: 75 }, 'up');
    await host.link.set({ ...clean, delayMs: 20 }, 'down');
    for (const [from, to, ms] of /** @type {const} */ ([[host, lab.server, 75], [lab.server, host, 20]])) {
      const delays = (await datagrams(from, to, 200, 200, 5)).map((a) => a.delay_us / 1000);
      assert.ok(Math.min(...delays) >= ms, `never early: ${Math.min(...delays)}`);
      // Not the median: a busy machine holds packets back, and that is not the link's doing.
      assert.ok(quantile(delays, 0.1) < ms + 2, `a tenth of them within ${quantile(delays, 0.1)} for ${ms}`);
    }
  });

  it('jitters without changing the order', async () => {
    await host.link.set({ ...clean, delayMs: 30, jitterMs: 40 });
    const arrivals = await datagrams(host, lab.server, 300, 200, 20);
    const delays = arrivals.map((a) => a.delay_us / 1000);
    assert.deepEqual(arrivals.map((a) => a.number), [...arrivals.map((a) => a.number)].sort((a, b) => a - b));
    const middle = quantile(delays, 0.5);
    assert.ok(middle > 42 && middle < 62, `median ${middle}`);
    assert.ok(quantile(delays, 0.95) - quantile(delays, 0.05) > 25);
  });

  it('loses the share asked for, one by one or in runs', async () => {
    await host.link.set({ ...clean, loss: 0.2 });
    const alone = await datagrams(host, lab.server, 2000, 100, 0.5);
    assert.ok(Math.abs(1 - alone.length / 2000 - 0.2) < 0.04, `${alone.length} of 2000 arrived`);
    await host.link.set({ ...clean, loss: 0.2, burst: 8 });
    const earlier = (await host.link.stats()).up;
    const runs = await datagrams(host, lab.server, 4000, 100, 0.5);
    const { up } = await host.link.stats();
    const share = (up.lost - earlier.lost) / (up.taken - earlier.taken);
    assert.ok(Math.abs(share - 0.2) < 0.08, `lost ${share}`);
    let gaps = 0;
    for (let i = 1; i < runs.length; i++) if (runs[i].number !== runs[i - 1].number + 1) gaps++;
    const mean = (4000 - runs.length) / gaps;
    assert.ok(mean > 5 && mean < 12, `mean run ${mean}`);
  });

  it('keeps to the rate and drops what the queue cannot hold', async () => {
    await host.link.set({ ...clean, rateKbps: 400, queueMs: 250 });
    // 1000 byte packets of IP every 10 ms are twice the rate.
    const arrivals = await datagrams(host, lab.server, 400, 972, 10);
    const seconds = (arrivals[arrivals.length - 1].at_us - arrivals[0].at_us) / 1e6;
    const kbps = ((arrivals.length - 1) * 8) / seconds;
    assert.ok(Math.abs(kbps - 400) < 12, `${kbps} kbit/s`);
    const worst = Math.max(...arrivals.map((a) => a.delay_us / 1000));
    assert.ok(worst > 230 && worst < 300, `the full queue took ${worst} ms`);
    assert.ok((await host.link.stats()).up.overflowed > 100);
  });

  it('carries TCP at the rate, and follows when the rate changes', async () => {
    await host.link.set({ ...clean, delayMs: 10, rateKbps: 2000, queueMs: 200 });
    const fast = await stream(host, lab.server, 3);
    assert.ok(fast > 1700 && fast < 2000, `${fast} kbit/s of 2000`);
    await host.link.set({ rateKbps: 500, queueMs: 200 });
    const slow = await stream(lab.server, host, 3);
    assert.ok(slow > 400 && slow < 500, `${slow} kbit/s of 500`);
  });

  it('applies a new rate to what already waits', async () => {
    await host.link.set({ ...clean, rateKbps: 40, queueBytes: 100_000 });
    const [arrivals] = await Promise.all([
      datagrams(host, lab.server, 50, 972, 1),
      (async () => {
        while ((await host.link.stats()).up.waiting_bytes < 30_000) await new Promise((r) => setTimeout(r, 20));
        await host.link.set({ rateKbps: 0 });
      })(),
    ]);
    assert.equal(arrivals.length, 50);
    assert.ok(Math.max(...arrivals.map((a) => a.delay_us)) < 5e6, '50 kB at 40 kbit/s would take 10 s');
  });

  it('gives the host a new address when its network changes', async () => {
    await host.link.set(clean);
    const old = host.address;
    await host.changeNetwork();
    assert.notEqual(host.address, old);
    assert.equal((await datagrams(lab.server, host, 20, 100, 2)).length, 20);
    assert.equal((await datagrams(host, lab.server, 20, 100, 2)).length, 20);
  });

  it('refuses faults that make no sense', async () => {
    await assert.rejects(host.link.set({ delayMs: -1 }));
    await assert.rejects(host.link.set({ queueMs: 100 }));
  });

  it('does not let hosts reach each other past the server', async () => {
    const other = await lab.host('other');
    const sink = other.start([process.execPath, PROBE, 'udp-receive']);
    const [, port] = await sink.says(/"port":(\d+)/);
    const source = host.start([process.execPath, PROBE, 'udp-send', other.address, port, '20', '100', '2']);
    await once(source.child, 'exit');
    assert.equal((await other.link.stats()).down.taken, 0);
    await sink.stop();
  });
});

describe('the end of a lab', { skip }, () => {
  const program = (/** @type {string} */ ending) => `
    import { openLab } from ${JSON.stringify(join(here, 'lab.mjs'))};
    const lab = await openLab();
    const host = await lab.host('gone');
    host.start(['sleep', '600']);
    console.log(lab.server.netns, host.netns, process.pid);
    ${ending}`;

  for (const [how, ending] of [['an exception', 'throw new Error("planned");'],
    ['SIGINT', 'process.kill(process.pid, "SIGINT"); setTimeout(() => {}, 60_000);'],
    ['an end without closing', 'process.exit(0);']]) {
    it(`leaves nothing behind after ${how}`, () => {
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program(ending)], { encoding: 'utf8' });
      const names = stdout.trim().split(' ').slice(0, 2);
      assert.equal(names.length, 2);
      for (const name of names) assert.ok(!existsSync(`/run/netns/${name}`), name);
    });
  }

  it('is made up for by the next lab after SIGKILL', async () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e',
      program('process.kill(process.pid, "SIGKILL");')], { encoding: 'utf8' });
    const [server, host] = stdout.trim().split(' ');
    assert.ok(existsSync(`/run/netns/${host}`), 'the killed run could not clean up');
    await (await openLab()).close();
    for (const name of [server, host]) assert.ok(!existsSync(`/run/netns/${name}`), name);
  });
});
