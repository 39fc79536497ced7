// SPDX-License-Identifier: GPL-3.0-or-later
// Makes html/vendor/: the one library the pages use, as one file, from the exact versions in
// package-lock.json. Only the suite the pages speak is in it; asking for another one fails.
// And keys-worker.js: js/e2ee/worker.js with all it imports, so that keys come in one answer, not in thirty.
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
await mkdir(folder, { recursive: true });
await writeFile(`${folder}/ts-mls.js`, code);
const packages = [...new Set(Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]))]
  .filter((name) => name !== undefined).sort();
/** @param {Uint8Array} bytes */
const hash = (bytes) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
const made = await Promise.all(packages.map(async (name) => `${name} ${await version(name)}`));

await writeFile(`${folder}/ts-mls.d.ts`, 'export * from "ts-mls";\n');
const licences = await Promise.all(packages.map(async (name) =>
  `${name}\n\n${await readFile(`${top}node_modules/${name}/LICENSE`, 'utf8')}\n`));
await writeFile(`${folder}/LICENSES.txt`, licences.join('\n'));
// Needed by few, so it stays outside: the worker asks for it when something is recorded.
/** @type {import('esbuild').Plugin} */
const outside = {
  name: 'outside',
  setup(build_) {
    build_.onResolve({ filter: /^\.\/sealing\.js$/ }, () => ({ path: '../js/e2ee/sealing.js', external: true }));
  },
};
const worker = await build({
  entryPoints: [`${top}html/js/e2ee/worker.js`],
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  plugins: [outside],
  banner: { js: '// SPDX-License-Identifier: GPL-3.0-or-later\n// Made from js/e2ee/worker.js by tools/vendor.mjs; see LICENSES.txt.' },
  write: false,
});
const [{ contents }] = worker.outputFiles;
await writeFile(`${folder}/keys-worker.js`, contents);
await writeFile(`${folder}/MANIFEST`, `ts-mls.js ${hash(code)}\n${made.map((line) => `  ${line}\n`).join('')}keys-worker.js ${hash(contents)}\n`);
