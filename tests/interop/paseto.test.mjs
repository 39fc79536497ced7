// SPDX-License-Identifier: GPL-3.0-or-later
// Invitations between therapy-invite and the npm package `paseto`, both ways: what either signs the
// other must accept, and neither must accept what was signed for another realm or changed on the way.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createHmac, webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Those of the whole project. */
const installed = join(here, '../../node_modules');

// Node 18 has WebCrypto, but not under its global name.
globalThis.crypto ??= /** @type {Crypto} */ (webcrypto);

const { InspectFooter, PublicProtocol } = await import('paseto');
const v4 = await import('paseto/v4/public');

const build = process.env.THP_BUILDDIR ?? join(here, '../..');
const tool = process.env.THERAPY_INVITE ?? join(build, 'tools/therapy-invite');
const realm = 'clinic.example';
const protocol = new PublicProtocol(
  v4.SignFactory,
  v4.VerifyFactory,
  v4.ImportPublicKeyFactory,
  v4.ImportSecretKeyFactory,
  v4.ExportSecretKeyFactory,
  v4.GetPublicKeyFactory,
  v4.ExportPublicKeyFactory,
);

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);
const assertion = bytes(`janus.plugin.therapy|1|${realm}`);

/** @param {string} path */
function keyLine(path) {
  const line = readFileSync(path, 'utf8').split('\n').find((text) => text.startsWith('k4.'));
  assert.ok(line, `no key in ${path}`);
  return line;
}

const secretKey = () => /** @type {`k4.secret.${string}`} */ (keyLine(join(folder, 'secret')));
const publicKey = () => /** @type {`k4.public.${string}`} */ (keyLine(join(folder, 'public')));

/** @param {string[]} args */
function run(...args) {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
  return { status, stdout: stdout.trim(), stderr };
}

/** @type {string} */
let folder;
/** @type {string} */
let kid;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'therapy-interop-'));
  const made = run('keygen', '--out', folder);
  assert.equal(made.status, 0, made.stderr);
  kid = made.stdout;
});

after(() => rmSync(folder, { recursive: true }));

/** @param {string[]} more */
function invite(...more) {
  const made = run('invite', '--key', join(folder, 'secret'), '--realm', realm, '--area', 'khan',
    '--room', 'r-17', '--role', 'client', '--name', 'عائشہ', '--minutes', '50', ...more);
  assert.equal(made.status, 0, made.stderr);
  return made.stdout;
}

/** The claims of a good invitation, as a booking system would write them. */
function goodClaims() {
  const now = Date.now();
  return {
    iss: 'https://booking.example', sub: 'p-1', aud: realm, jti: 'i-1', area: 'khan', room: 'r-17',
    role: 'client', name: 'Jose\u0301', seats: 3,
    nbf: new Date(now - 1000).toISOString(), exp: new Date(now + 3600000).toISOString(),
  };
}

/**
 * @param {object} payload
 * @param {Uint8Array} implicitAssertion
 * @param {string} footer
 */
async function sign(payload, implicitAssertion = assertion, footer = JSON.stringify({ kid })) {
  const key = await protocol.ImportSecretKey(secretKey());
  return protocol.Sign(key, payload, { footer: bytes(footer), implicitAssertion });
}

/** @param {string} token */
const inspect = (token) => run('inspect', '--keys', join(folder, 'public'), '--realm', realm, token);

test('the secret key file is for its owner only', () => {
  assert.equal(statSync(join(folder, 'secret')).mode & 0o777, 0o600);
});

test('the keys are the same keys to both', async () => {
  const line = secretKey();
  const key = await protocol.ImportSecretKey(line, { extractable: true });
  assert.equal(await protocol.ExportSecretKey(key), line);
  assert.equal(await protocol.ExportPublicKey(await protocol.GetPublicKey(key)), publicKey());
});

test('therapy-invite signs, paseto verifies', async () => {
  const token = invite();
  const key = await protocol.ImportPublicKey(publicKey());
  const { claims, footer } = await protocol.Verify(key, token, {
    implicitAssertion: assertion, audience: realm, requiredClaims: ['jti', 'sub', 'nbf', 'exp'],
  });
  assert.equal(claims.area, 'khan');
  assert.equal(claims.room, 'r-17');
  assert.equal(claims.role, 'client');
  assert.equal(claims.name, 'عائشہ');
  assert.equal(claims.minutes, 50);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(footer)), { kid });
  assert.deepEqual(footer, InspectFooter(token));
});

test("paseto refuses therapy-invite's token for another realm, or changed", async () => {
  const token = invite();
  const key = await protocol.ImportPublicKey(publicKey());
  const other = bytes('janus.plugin.therapy|1|other.example');
  const changed = `${token.slice(0, 40)}${token[40] === 'A' ? 'B' : 'A'}${token.slice(41)}`;
  await assert.rejects(protocol.Verify(key, token, { implicitAssertion: other }));
  await assert.rejects(protocol.Verify(key, token));
  await assert.rejects(protocol.Verify(key, changed, { implicitAssertion: assertion }));
});

test('paseto signs, therapy-invite verifies', async () => {
  const seen = inspect(await sign(goodClaims()));
  assert.equal(seen.status, 0, seen.stdout + seen.stderr);
  assert.match(seen.stdout, /^valid$/m);
  assert.match(seen.stdout, /^ +name +Jos\u00e9$/m);
  assert.match(seen.stdout, /^ +room +r-17$/m);
  assert.match(seen.stdout, /^ +issuer +https:\/\/booking\.example$/m);
});

test("therapy-invite tells what is wrong with paseto's token", async () => {
  const past = { nbf: '2020-01-01T00:00:00Z', exp: '2020-01-01T01:00:00Z' };
  const soon = { nbf: new Date(Date.now() + 1800000).toISOString() };
  const other = bytes('janus.plugin.therapy|1|other.example');
  const unknown = JSON.stringify({ kid: 'k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE' });
  const noRoom = { ...goodClaims(), room: undefined };
  /** @type {[string, Promise<string>][]} */
  const rows = [
    ['TOKEN_EXPIRED', sign({ ...goodClaims(), ...past })],
    ['TOKEN_EARLY', sign({ ...goodClaims(), ...soon })],
    ['TOKEN_AUDIENCE', sign({ ...goodClaims(), aud: 'other.example' })],
    ['TOKEN_SIGNATURE', sign(goodClaims(), other)],
    ['TOKEN_SIGNATURE', sign(goodClaims(), bytes(''))],
    ['TOKEN_UNKNOWN_KEY', sign(goodClaims(), assertion, unknown)],
    ['TOKEN_FOOTER', sign(goodClaims(), assertion, '{}')],
    ['TOKEN_MISSING_CLAIM', sign(noRoom)],
    ['TOKEN_BAD_CLAIM', sign({ ...goodClaims(), role: 'ops' })],
    ['TOKEN_CLAIMS', sign({ ...goodClaims(), deep: { deeper: {} } })],
  ];
  for (const [name, token] of rows) {
    const seen = inspect(await token);
    assert.equal(seen.status, 1, name);
    assert.match(seen.stdout, new RegExp(`^not valid: ${name}: `, 'm'));
  }
});

test('the Node example of docs/integration.md makes a valid link', async () => {
  const text = readFileSync(join(here, '../../docs/integration.md'), 'utf8');
  const source = /```js\n(.*?)```/s.exec(text)?.[1];
  assert.ok(source);
  // Where the example finds the package it imports.
  symlinkSync(installed, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'example.mjs'), source);
  const { invitation, link, roomSecret } = await import(join(folder, 'example.mjs'));
  const secret = roomSecret();
  const token = await invitation(secretKey(), kid, realm, goodClaims());
  const seen = inspect(link('https://clinic.example/', token, secret));
  assert.equal(seen.status, 0, seen.stdout + seen.stderr);
  assert.equal(Buffer.from(secret, 'base64url').length, 32);
  assert.ok(!seen.stdout.includes(secret));
});

test("a link holds the invitation and the room's secret, which inspect keeps to itself", () => {
  const link = invite('--link', 'https://clinic.example/');
  const { base, token, secret } = /^(?<base>[^#]+)#(?<token>.+)\.(?<secret>[^.]+)$/.exec(link)?.groups ?? {};
  assert.equal(base, 'https://clinic.example/');
  assert.equal(Buffer.from(secret, 'base64url').length, 32);
  const seen = inspect(link);
  assert.equal(seen.status, 0, seen.stderr);
  assert.equal(inspect(token).status, 0);
  assert.ok(!(seen.stdout + seen.stderr).includes(secret));
});

test("a room's secret follows from its area's, which a therapist's link carries", () => {
  const secretOf = (/** @type {string} */ link) => link.slice(link.lastIndexOf('.') + 1);
  const follows = (/** @type {string} */ area, /** @type {string} */ name) =>
    createHmac('sha256', Buffer.from(area, 'base64url')).update(`janus.plugin.therapy|1|room|${name}`).digest('base64url');
  const client = secretOf(invite('--link', 'x'));
  const { area, room } = JSON.parse(Buffer.from(invite().split('.')[2], 'base64url').subarray(0, -64).toString());
  const therapist = secretOf(invite('--link', 'x', '--role', 'therapist'));
  assert.equal(follows(therapist, `${area}|${room}`), client);
  assert.equal(secretOf(invite('--link', 'x', '--role', 'guest')), client);
  assert.notEqual(secretOf(invite('--link', 'x', '--room', 'r-18')), client);
  assert.notEqual(secretOf(invite('--link', 'x', '--realm', 'other.example')), client);
  const own = run('--new-secret').stdout;
  assert.equal(secretOf(invite('--link', 'x', '--secret', own)), own);
  assert.equal(secretOf(invite('--link', 'x', '--role', 'therapist', '--area-secret', own)), own);
  assert.equal(secretOf(invite('--link', 'x', '--area-secret', own)), follows(own, `${area}|${room}`));
  assert.notEqual(run('--new-secret').stdout, own);
});

test('a key file that anybody can read is told of, a file with no key refused', () => {
  const loose = join(folder, 'loose');
  writeFileSync(loose, readFileSync(join(folder, 'secret')), { mode: 0o644 });
  const args = ['--realm', realm, '--area', 'a', '--room', 'r', '--role', 'client'];
  const made = run('invite', '--key', loose, ...args);
  assert.equal(made.status, 0);
  assert.match(made.stderr, /other people can read/);
  const refused = run('invite', '--key', join(folder, 'public'), ...args);
  assert.equal(refused.status, 3);
  assert.equal(refused.stdout, '');
});

test('keygen never overwrites, and usage errors have their own status', () => {
  const was = createHash('sha256').update(readFileSync(join(folder, 'secret'))).digest('hex');
  assert.equal(run('keygen', '--out', folder).status, 3);
  const now = createHash('sha256').update(readFileSync(join(folder, 'secret'))).digest('hex');
  assert.equal(now, was);
  assert.equal(run('keygen').status, 2);
  assert.equal(run('invite', '--key', join(folder, 'secret')).status, 2);
  assert.equal(run('inspect').status, 2);
  assert.equal(run('nothing').status, 2);
  assert.equal(run('--help').status, 0);
});
