/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 9162 §2.1. A range that is no whole subtree is put together from those it consists of. */
#include <therapy/merkle.h>

#include <string.h>

#include <sodium.h>

G_STATIC_ASSERT(THP_HASH_BYTES == crypto_hash_sha256_BYTES);

/* A run of leaves, [from, to). */
typedef struct range {
	guint64 from;
	guint64 to;
} range;

typedef struct source {
	thp_merkle_get get;
	void *ctx;
} source;

void thp_merkle_sha256(const void *bytes, gsize n, thp_hash *out)
{
	crypto_hash_sha256(out->b, bytes, n);
}

void thp_merkle_leaf(const void *leaf, gsize n, thp_hash *out)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const guint8 *)"\x00", 1);
	crypto_hash_sha256_update(&state, leaf, n);
	crypto_hash_sha256_final(&state, out->b);
}

static void join(const thp_hash *left, const thp_hash *right, thp_hash *out)
{
	guint8 bytes[1 + 2 * THP_HASH_BYTES] = {0x01};

	memcpy(bytes + 1, left->b, THP_HASH_BYTES);
	memcpy(bytes + 1 + THP_HASH_BYTES, right->b, THP_HASH_BYTES);
	crypto_hash_sha256(out->b, bytes, sizeof bytes);
}

gboolean thp_merkle_equal(const thp_hash *a, const thp_hash *b)
{
	return memcmp(a->b, b->b, THP_HASH_BYTES) == 0;
}

thp_err thp_merkle_append(guint64 size, const thp_hash *leaf, thp_merkle_get get,
			  thp_merkle_put put, void *ctx)
{
	thp_hash hash = *leaf;
	thp_err err = put(ctx, 0, size, &hash);

	for (guint level = 0; !err && (size & 1); level++) {
		thp_hash left;

		err = get(ctx, level, size - 1, &left);
		if (err)
			return err;
		join(&left, &hash, &hash);
		size >>= 1;
		err = put(ctx, level + 1, size, &hash);
	}
	return err;
}

/* The largest power of two below @n, n > 1. */
static guint64 split(guint64 n)
{
	guint64 k = 1;

	while (k < n - k)
		k <<= 1;
	return k;
}

static guint level_of(guint64 n)
{
	guint level = 0;

	while (n >>= 1)
		level++;
	return level;
}

/* From the right: the last whole subtree first, each earlier one joined on its left. */
static thp_err range_root(const source *from, range r, thp_hash *out)
{
	gboolean begun = FALSE;

	while (r.to > r.from) {
		/* The lowest bit of the length left is the size of the last whole subtree. */
		const guint64 n = r.to - r.from;
		const guint64 last = n & ~(n - 1);
		const guint level = level_of(last);
		thp_hash hash;
		const thp_err err = from->get(from->ctx, level, (r.to - last) >> level, &hash);

		if (err)
			return err;
		if (begun)
			join(&hash, out, out);
		else
			*out = hash;
		begun = TRUE;
		r.to -= last;
	}
	return THP_OK;
}

thp_err thp_merkle_root(guint64 size, thp_merkle_get get, void *ctx, thp_hash *root)
{
	const source from = {get, ctx};

	thp_merkle_sha256(NULL, 0, root);
	return range_root(&from, (range){0, size}, root);
}

static thp_err add(const source *from, range r, thp_merkle_proof *proof)
{
	g_return_val_if_fail(proof->n < THP_PROOF_MAX, THP_INTERNAL);
	return range_root(from, r, &proof->hashes[proof->n++]);
}

/* Proofs are gathered from the root down and told from the leaf up. */
static void turn(thp_merkle_proof *proof)
{
	for (guint i = 0; i < proof->n / 2; i++) {
		const thp_hash kept = proof->hashes[i];

		proof->hashes[i] = proof->hashes[proof->n - 1 - i];
		proof->hashes[proof->n - 1 - i] = kept;
	}
}

thp_err thp_merkle_prove(guint64 index, guint64 size, thp_merkle_get get, void *ctx,
			 thp_merkle_proof *proof)
{
	const source from = {get, ctx};
	range r = {0, size};
	thp_err err = THP_OK;

	proof->n = 0;
	g_return_val_if_fail(index < size && size <= THP_MERKLE_SIZE_MAX, THP_INTERNAL);
	while (!err && r.to - r.from > 1) {
		const guint64 middle = r.from + split(r.to - r.from);

		if (index < middle) {
			err = add(&from, (range){middle, r.to}, proof);
			r.to = middle;
		} else {
			err = add(&from, (range){r.from, middle}, proof);
			r.from = middle;
		}
	}
	turn(proof);
	return err;
}

thp_err thp_merkle_prove_growth(guint64 old, guint64 size, thp_merkle_get get, void *ctx,
				thp_merkle_proof *proof)
{
	const source from = {get, ctx};
	range r = {0, size};
	thp_err err = THP_OK;

	proof->n = 0;
	g_return_val_if_fail(old <= size && size <= THP_MERKLE_SIZE_MAX, THP_INTERNAL);
	if (old == 0)
		return THP_OK;
	while (!err && r.to > old) {
		const guint64 middle = r.from + split(r.to - r.from);

		if (old <= middle) {
			err = add(&from, (range){middle, r.to}, proof);
			r.to = middle;
		} else {
			err = add(&from, (range){r.from, middle}, proof);
			r.from = middle;
		}
	}
	/* The old root is known to whoever checks; a part of it is not. */
	if (!err && r.from > 0)
		err = add(&from, r, proof);
	turn(proof);
	return err;
}

/* ---- the right edge ---- */

thp_err thp_merkle_edge_load(guint64 size, thp_merkle_get get, void *ctx, thp_merkle_edge *edge)
{
	thp_err err = THP_OK;

	g_return_val_if_fail(size <= THP_MERKLE_SIZE_MAX, THP_INTERNAL);
	memset(edge, 0, sizeof *edge);
	for (guint level = 0; !err && size >> level > 0; level++) {
		if (size >> level & 1)
			err = get(ctx, level, (size >> level) - 1, &edge->whole[level]);
	}
	return err;
}

thp_err thp_merkle_edge_append(guint64 size, const thp_hash *leaf, thp_merkle_put put, void *ctx,
			       thp_merkle_edge *edge)
{
	thp_hash hash = *leaf;
	guint level = 0;
	thp_err err;

	g_return_val_if_fail(size < THP_MERKLE_SIZE_MAX, THP_INTERNAL);
	err = put(ctx, 0, size, &hash);
	for (; !err && (size >> level & 1); level++) {
		join(&edge->whole[level], &hash, &hash);
		err = put(ctx, level + 1, size >> (level + 1), &hash);
	}
	edge->whole[level] = hash;
	return err;
}

void thp_merkle_edge_root(guint64 size, const thp_merkle_edge *edge, thp_hash *root)
{
	gboolean begun = FALSE;

	thp_merkle_sha256(NULL, 0, root);
	for (guint level = 0; size >> level > 0; level++) {
		if (!(size >> level & 1))
			continue;
		if (begun)
			join(&edge->whole[level], root, root);
		else
			*root = edge->whole[level];
		begun = TRUE;
	}
}

/* All that is there already is on the left of the new leaf. */
void thp_merkle_edge_prove(guint64 size, const thp_merkle_edge *edge, thp_merkle_proof *proof)
{
	proof->n = 0;
	for (guint level = 0; size >> level > 0; level++) {
		if (size >> level & 1)
			proof->hashes[proof->n++] = edge->whole[level];
	}
}

/* ---- checking: RFC 9162 §2.1.3.2 and §2.1.4.2 ---- */

static thp_err same(const thp_hash *a, const thp_hash *b)
{
	return thp_merkle_equal(a, b) ? THP_OK : THP_PROOF_MISMATCH;
}

thp_err thp_merkle_check(guint64 index, guint64 size, const thp_hash *leaf,
			 const thp_merkle_proof *proof, const thp_hash *root)
{
	thp_hash hash = *leaf;
	guint64 node = index;
	guint64 last = size - 1;

	if (index >= size || size > THP_MERKLE_SIZE_MAX || proof->n > THP_PROOF_MAX)
		return THP_PROOF_MISMATCH;
	for (guint i = 0; i < proof->n; i++) {
		if (last == 0)
			return THP_PROOF_MISMATCH;
		if ((node & 1) || node == last) {
			join(&proof->hashes[i], &hash, &hash);
			while (!(node & 1) && node != 0) {
				node >>= 1;
				last >>= 1;
			}
		} else {
			join(&hash, &proof->hashes[i], &hash);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0 ? same(&hash, root) : THP_PROOF_MISMATCH;
}

/* Rebuilds both roots at once from the hashes after the first. */
static thp_err check_both(guint64 old, guint64 size, const thp_hash *roots[2],
			  const thp_hash *first, const thp_merkle_proof *proof, guint i)
{
	thp_hash hashes[2] = {*first, *first};
	guint64 node = old - 1;
	guint64 last = size - 1;

	for (; node & 1; node >>= 1)
		last >>= 1;
	for (; i < proof->n; i++) {
		if (last == 0)
			return THP_PROOF_MISMATCH;
		if ((node & 1) || node == last) {
			join(&proof->hashes[i], &hashes[0], &hashes[0]);
			join(&proof->hashes[i], &hashes[1], &hashes[1]);
			while (!(node & 1) && node != 0) {
				node >>= 1;
				last >>= 1;
			}
		} else {
			join(&hashes[1], &proof->hashes[i], &hashes[1]);
		}
		node >>= 1;
		last >>= 1;
	}
	if (last != 0 || same(&hashes[0], roots[0]))
		return THP_PROOF_MISMATCH;
	return same(&hashes[1], roots[1]);
}

thp_err thp_merkle_check_growth(guint64 old, guint64 size, const thp_hash *old_root,
				const thp_hash *root, const thp_merkle_proof *proof)
{
	const thp_hash *roots[2] = {old_root, root};
	const gboolean whole = (old & (old - 1)) == 0;
	thp_hash empty;

	if (old > size || size > THP_MERKLE_SIZE_MAX || proof->n > THP_PROOF_MAX)
		return THP_PROOF_MISMATCH;
	thp_merkle_sha256(NULL, 0, &empty);
	if (old == 0)
		return proof->n == 0 ? same(old_root, &empty) : THP_PROOF_MISMATCH;
	if (old == size)
		return proof->n == 0 ? same(old_root, root) : THP_PROOF_MISMATCH;
	if (proof->n == 0)
		return THP_PROOF_MISMATCH;
	/* A whole subtree is in the new tree as it is, so the proof leaves it out. */
	if (whole)
		return check_both(old, size, roots, old_root, proof, 0);
	return check_both(old, size, roots, &proof->hashes[0], proof, 1);
}
