// SPDX-License-Identifier: GPL-3.0-or-later
/** What may be recorded when, over the real Janus and a real ledger; and what stops the start. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../lab/processes.mjs';
import { answer, asked, Clinic, ledger, newId } from './consenting.mjs';

/** @typedef {import('./client.mjs').Person} Person */

const TOP = join(dirname(fileURLToPath(import.meta.url)), '../..');
const TOOL = join(process.env.THP_BUILDDIR ?? join(TOP, 'build/default'), 'tools/therapy-recording');

/** @param {string} name */
const refusal = (name) => (/** @type {any} */ e) => e.name === name;

/**
 * A clinic that may record.
 * @param {{after: (end: () => unknown) => void}} test
 * @param {string[]} [settings]
 */
async function open(test, settings = []) {
  const { folder, remove } = temporaryFolder('recording');
  test.after(remove);
  const { stdout } = spawnSync(TOOL, ['keygen', join(folder, 'keys')], { encoding: 'utf8' });
  const recordings = join(folder, 'recordings');
  const clinic = await Clinic.open(test, {
    recording: true,
    settings: ['require_e2ee=true', 'recording.enabled=true', `recording.folder=${recordings}`, `recording.key=${stdout.trim()}`, ...settings],
  });
  return { clinic, recordings, key: stdout.trim() };
}

/** @param {Person} person @param {string} state */
const recording = async (person, state) => (await person.handle.hears('recording', (d) => d.state === state)).data;

/** Somebody who may come in, and answers about recordings. @param {Clinic} clinic @param {Record<string, any>} claims @param {string[]} grants */
async function waits(clinic, claims, grants) {
  const person = await clinic.client({ seats: 3, ...claims });
  await asked(person);
  if (person.joined.role === 'client') await answer(person, 'telehealth', 'granted');
  for (const kind of grants) await answer(person, kind, 'granted');
  return person;
}

/** What the server reads of a commit made in that epoch. @param {string} group @param {number} epoch */
function commit(group, epoch) {
  const id = Buffer.from(group);
  return Buffer.from([0, 1, 0, 2, id.length, ...id, 0, 0, 0, 0, 0, 0, 0, epoch, 3, 0, 1, 42]).toString('base64url');
}

/**
 * Lets somebody in, with what looks like keys.
 * @param {Person} host @param {Person} person @param {number} [gi] @param {number} [epoch]
 */
async function admit(host, person, gi = 1, epoch = 0) {
  await person.ask('e2ee', { type: 'keypackage', data: 'AAEABQAB' });
  const { knock } = await host.sees(person, (p) => p.consent !== 'asked');
  const e2ee = { gi, epoch, commit: commit(`${person.joined.room}.${gi}`, epoch), welcome: 'AAEAA_AN' };
  await host.ask('admit', { participant: person.id, knock, e2ee });
  await person.becomes('admitted');
}

describe('a clinic that may record', () => {
  it('records when all agree, pauses at an arrival, stops for anybody; and says so to all', async (test) => {
    const { clinic, recordings } = await open(test);
    const host = await clinic.therapist();
    const person = await waits(clinic, { sub: 'p-one' }, []);
    await assert.rejects(host.ask('record', { video: false }), refusal('WRONG_STATE'));
    await admit(host, person);
    await assert.rejects(person.ask('record', { video: false }), refusal('NOT_ALLOWED'));
    const key = { gi: 1, epoch: 1, data: Buffer.alloc(93, 7).toString('base64url') };
    await assert.rejects(host.ask('record_key', key), refusal('WRONG_STATE'));
    assert.equal((await host.ask('record', { video: false })).data.state, 'waiting');
    await recording(person, 'waiting');
    assert.deepEqual(readdirSync(recordings), []);
    await answer(person, 'recording-audio', 'granted');
    const on = await recording(person, 'on');
    assert.equal(on.video, false);
    assert.ok(on.left_ms > 80 * 60_000 && on.left_ms <= 90 * 60_000);
    await recording(host, 'on');
    await assert.rejects(person.ask('record_key', key), refusal('NOT_ALLOWED'));
    await assert.rejects(host.ask('record_key', { ...key, data: 'AAAA' }), refusal('BAD_FIELD'));
    assert.deepEqual((await host.ask('record_key', key)).data, { therapy: 'record_key', gi: 1, epoch: 1 });

    const guest = await waits(clinic, { sub: 'p-two', role: 'guest', name: 'Sara' }, []);
    await admit(host, guest, 1, 1);
    for (const each of [host, person, guest]) await recording(each, 'paused');
    await answer(guest, 'recording-audio', 'granted');
    for (const each of [host, person, guest]) await recording(each, 'on');
    assert.equal((await guest.ask('record_stop')).data.state, 'stopped');
    for (const each of [host, person]) assert.equal((await recording(each, 'stopped')).reason, 'stopped');

    await host.ask('record', { video: false });
    await recording(person, 'on');
    await person.ask('consent_withdraw', { kind: 'recording-audio', id: newId() });
    for (const each of [host, guest]) await each.handle.hears('recording', (d) => d.reason === 'refused');
    await assert.rejects(host.ask('record', { video: false }), refusal('RECORDING_DECLINED'));
    await clinic.gateway.close();
    clinic.assertSound();

    const tapes = readdirSync(recordings).map((name) => join(recordings, name));
    assert.equal(tapes.length, 2);
    const ends = tapes.map((tape) => JSON.parse(readFileSync(join(tape, 'manifest.json'), 'utf8')).end).sort();
    assert.deepEqual(ends, ['refused', 'stopped']);
    for (const tape of tapes) assert.equal(statSync(tape).mode & 0o777, 0o700);
    const { stdout } = ledger(['export', '--data', clinic.data, '--organisation', join(clinic.folder, 'keys/organisation.secret')]);
    const entries = stdout.trim().split('\n').map((line) => JSON.parse(line));
    const agreed = entries.filter(({ record }) => record?.therapy.kind === 'recording-audio' && record.therapy.answer === 'granted').map(({ seq }) => seq);
    const noted = entries.filter(({ gate }) => gate);
    const [first, second] = [...new Set(noted.map(({ gate }) => gate.split(' ')[1]))];
    assert.deepEqual([first, second].sort(), readdirSync(recordings).sort());
    assert.deepEqual(noted.map(({ gate, upon }) => [gate, ...upon]), [
      [`recording ${first} on`, agreed[0]], [`recording ${first} paused`], [`recording ${first} on`, ...agreed], [`recording ${first} stopped`],
      [`recording ${second} on`, ...agreed], [`recording ${second} stopped`],
    ]);
    const kept = tapes.flatMap((tape) => readdirSync(tape).filter((name) => name.endsWith('.key')).map((name) => join(tape, name)));
    assert.equal(kept.length, 1);
    assert.deepEqual(readFileSync(kept[0]), Buffer.alloc(93, 7));
    assert.equal(statSync(kept[0]).mode & 0o777, 0o600);
    assert.ok(!clinic.gateway.log.includes(String(tapes[0].split('/').pop())), 'no name of a recording is in the log');
  });

  it('stops when somebody is sent back, when it is over, and never goes on after a restart by itself', async (test) => {
    const { clinic } = await open(test);
    const host = await clinic.therapist();
    let person = await waits(clinic, { sub: 'p-three' }, ['recording-audio', 'recording-video']);
    await admit(host, person);
    assert.equal((await host.ask('record', { video: true })).data.state, 'on');
    await host.ask('hold', { participant: person.id });
    assert.equal((await recording(host, 'stopped')).reason, 'ended');
    await admit(host, person, 2);
    await host.ask('record', { video: true });
    await recording(person, 'on');
    await clinic.gateway.end('SIGKILL');
    await clinic.gateway.again();
    person = await clinic.again(person);
    const seat = await clinic.again(host);
    assert.equal(person.joined.state, 'admitted');
    await asked(person);
    assert.equal((await seat.ask('record_stop')).data.state, 'idle');
    assert.equal((await seat.ask('record', { video: true })).data.state, 'on');
    await seat.ask('end');
    await clinic.gateway.close();
  });

  it('is refused where nothing is recorded', async (test) => {
    const clinic = await Clinic.open(test);
    const host = await clinic.therapist();
    const person = await waits(clinic, { sub: 'p-four' }, []);
    const { knock } = await host.sees(person, (p) => p.consent === 'given');
    await host.ask('admit', { participant: person.id, knock });
    await assert.rejects(host.ask('record', { video: false }), refusal('RECORDING_OFF'));
    await clinic.gateway.close();
  });

  it('does not start with half of what it needs, and says what is missing', async (test) => {
    const { clinic, recordings, key } = await open(test);
    await clinic.gateway.end('SIGTERM');
    const conf = join(clinic.gateway.run, 'conf/janus.plugin.therapy.jcfg');
    const good = readFileSync(conf, 'utf8');
    /** @param {string} from @param {string} to @param {RegExp} why */
    const fails = async (from, to, why) => {
      assert.ok(good.includes(from), from);
      writeFileSync(conf, good.replace(from, to));
      assert.match(await clinic.gateway.failsAgain(), why);
      await clinic.gateway.end('SIGTERM');
      writeFileSync(conf, good);
    };
    await fails(key, key.replace('public', 'secret'), /recording\.key must be a public key/);
    await fails(key, '', /recording\.key must be a public key/);
    await fails('require_e2ee = true', 'require_e2ee = false', /recording\.enabled needs general\.require_e2ee and consent\.enabled/);
    const text = join(clinic.texts, 'recording-video.json');
    const before = readFileSync(text, 'utf8');
    writeFileSync(text, before.replace('"required": false', '"required": true').replace('"gate": "none"', '"gate": "media"'));
    assert.match(await clinic.gateway.failsAgain(), /"recording-video" must concern client, guest and observer, and must not be required/);
    await clinic.gateway.end('SIGTERM');
    writeFileSync(text, before.replace(/"who": \[[^\]]*\]/, '"who": ["client"]'));
    assert.match(await clinic.gateway.failsAgain(), /"recording-video" must concern/);
    await clinic.gateway.end('SIGTERM');
    for (const name of ['recording-video.json', 'recording-video.en.txt', 'recording-video.ur.txt']) rmSync(join(clinic.texts, name));
    assert.match(await clinic.gateway.failsAgain(), /consent\.texts has no text "recording-video"/);
    await clinic.gateway.end('SIGTERM');
    cpSync(join(TOP, 'conf/consent-recording'), clinic.texts, { recursive: true });
    chmodSync(recordings, 0o755);
    assert.match(await clinic.gateway.failsAgain(), /recording\.folder: .* must be a folder that belongs to this user alone/);
    await clinic.gateway.end('SIGTERM');
  });
});
