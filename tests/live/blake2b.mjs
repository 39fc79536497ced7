// SPDX-License-Identifier: GPL-3.0-or-later
/** BLAKE2b (RFC 7693) without a key, for the ids of signing keys: Node's own has one length of output only. */

const MASK = (1n << 64n) - 1n;
const BLOCK_BYTES = 128;
const IV = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];
/** The order of words in each round, a hexadecimal digit each. */
const SIGMA = [
  '0123456789abcdef', 'ea489fd61c02b753', 'b8c052fdae367194', '7931dcbe265a40f8', '905724afe1bc683d',
  '2c6a0b834d75fe19', 'c51fed4a0763928b', 'db7ec13950f4862a', '6fe9b308c2d714a5', 'a2847615fb9e3cd0',
].map((row) => Array.from(row, (digit) => parseInt(digit, 16)));
/** Which four words of the state each mixing takes: columns, then diagonals. */
const MIXINGS = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
];

/** @param {bigint} word @param {bigint} bits */
const rotate = (word, bits) => ((word >> bits) | (word << (64n - bits))) & MASK;

/** @param {bigint[]} v @param {number[]} at @param {bigint} x @param {bigint} y */
function mix(v, [a, b, c, d], x, y) {
  v[a] = (v[a] + v[b] + x) & MASK;
  v[d] = rotate(v[d] ^ v[a], 32n);
  v[c] = (v[c] + v[d]) & MASK;
  v[b] = rotate(v[b] ^ v[c], 24n);
  v[a] = (v[a] + v[b] + y) & MASK;
  v[d] = rotate(v[d] ^ v[a], 16n);
  v[c] = (v[c] + v[d]) & MASK;
  v[b] = rotate(v[b] ^ v[c], 63n);
}

/** @param {bigint[]} h the state, changed @param {Buffer} block @param {number} taken bytes so far @param {boolean} last */
function compress(h, block, taken, last) {
  const v = [...h, ...IV];
  const words = Array.from({ length: 16 }, (_, i) => block.readBigUInt64LE(8 * i));
  v[12] ^= BigInt(taken);
  if (last) v[14] ^= MASK;
  for (let round = 0; round < 12; round++) {
    const order = SIGMA[round % 10];
    MIXINGS.forEach((at, i) => mix(v, at, words[order[2 * i]], words[order[2 * i + 1]]));
  }
  for (let i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
}

/** @param {Buffer} data @param {number} bytes of the digest, 1 to 64 */
export function blake2b(data, bytes) {
  const h = [...IV];
  h[0] ^= BigInt(0x01010000 ^ bytes);
  const blocks = Math.max(1, Math.ceil(data.length / BLOCK_BYTES));
  for (let i = 0; i < blocks; i++) {
    const block = Buffer.alloc(BLOCK_BYTES);
    const taken = Math.min(data.length, (i + 1) * BLOCK_BYTES);
    data.copy(block, 0, i * BLOCK_BYTES, taken);
    compress(h, block, taken, i === blocks - 1);
  }
  const out = Buffer.alloc(64);
  h.forEach((word, i) => out.writeBigUInt64LE(word, 8 * i));
  return out.subarray(0, bytes);
}
