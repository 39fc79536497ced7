// SPDX-License-Identifier: GPL-3.0-or-later
// Makes html/vendor/: the one library the pages use, as one file, from the exact versions in
// package-lock.json. Only the suite the pages speak is in it; asking for another one fails.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const top = fileURLToPath(new URL('..', import.meta.url));
const folder = `${top}html/vendor`;

const entry = `export {
  bytesToBase64, createApplicationMessage, createCommit, createGroup, decodeMlsMessage, defaultLifetime,
  encodeMlsMessage, generateKeyPackageWithKey, getCiphersuiteFromName, getCiphersuiteImpl, joinGroup,
  makePskIndex, mlsExporter, processPrivateMessage, zeroOutUint8Array,
} from 'ts-mls';`;

// What ts-mls would load for suites that are never asked for.
const unused = /^@hpke\/(chacha20poly1305|ml-kem|dhkem-x448)$|^@noble\/(curves|post-quantum|hashes|ciphers)(\/.*)?$/;
/** @type {import('esbuild').Plugin} */
const leaveOut = {
  name: 'leave-out',
  setup(build_) {
    build_.onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'left-out' }));
    build_.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

/** @param {string} name */
async function version(name) {
  const at = JSON.parse(await readFile(`${top}package-lock.json`, 'utf8'));
  return at.packages[`node_modules/${name}`].version;
}

const { outputFiles, metafile } = await build({
  stdin: { contents: entry, resolveDir: top },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  metafile: true,
  write: false,
  outfile: 'ts-mls.js',
  plugins: [leaveOut],
});
const code = outputFiles[0].contents;
const packages = [...new Set(Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]))]
  .filter((name) => name !== undefined).sort();
const hash = createHash('sha384').update(code).digest('base64');
const made = await Promise.all(packages.map(async (name) => `${name} ${await version(name)}`));

await mkdir(folder, { recursive: true });
await writeFile(`${folder}/ts-mls.js`, code);
await writeFile(`${folder}/ts-mls.d.ts`, 'export * from "ts-mls";\n');
const licences = await Promise.all(packages.map(async (name) =>
  `${name}\n\n${await readFile(`${top}node_modules/${name}/LICENSE`, 'utf8')}\n`));
await writeFile(`${folder}/LICENSES.txt`, licences.join('\n'));
await writeFile(`${folder}/MANIFEST`, `ts-mls.js sha384-${hash}\n${made.map((line) => `  ${line}\n`).join('')}`);
