/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file merkle.h
 * The Merkle tree of RFC 9162 over SHA-256: roots, inclusion proofs, consistency proofs.
 *
 * Only whole subtrees are kept (two to the power of level leaves from a multiple of that), by
 * whoever keeps the tree; they never change once made. Proving reads some of them through a
 * function of the caller's; checking a proof needs nothing but the proof. Pure; any thread.
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>

#define THP_HASH_BYTES 32
#define THP_PROOF_MAX  63 /* hashes in a proof */

/** More leaves than this are not counted; also keeps numbers exact in JavaScript. */
#define THP_MERKLE_SIZE_MAX (G_GUINT64_CONSTANT(1) << 53)

typedef struct thp_hash {
	guint8 b[THP_HASH_BYTES];
} thp_hash;

typedef struct thp_merkle_proof {
	guint n;
	thp_hash hashes[THP_PROOF_MAX];
} thp_merkle_proof;

/**
 * The right edge of a tree: the whole subtrees that it consists of, by level; which there are, the bits of its
 * size say. With it a tree grows, and its newest leaf is proven, without reading anything.
 */
typedef struct thp_merkle_edge {
	thp_hash whole[THP_PROOF_MAX];
} thp_merkle_edge;

/** Reads the whole subtree number @index (from 0) of @level. */
typedef thp_err (*thp_merkle_get)(void *ctx, guint level, guint64 index, thp_hash *out);

/** Is given each whole subtree that a new leaf completes, its own hash first (level 0). */
typedef thp_err (*thp_merkle_put)(void *ctx, guint level, guint64 index, const thp_hash *hash);

/** The plain SHA-256 of @n bytes. */
void thp_merkle_sha256(const void *bytes, gsize n, thp_hash *out) __attribute__((nonnull(3)));

/** The hash of a leaf. */
void thp_merkle_leaf(const void *leaf, gsize n, thp_hash *out) __attribute__((nonnull(3)));

/** TRUE if both are the same. */
gboolean thp_merkle_equal(const thp_hash *a, const thp_hash *b) __attribute__((nonnull));

/** Adds the leaf with hash @leaf to a tree of @size leaves. The error is one of @get or @put. */
thp_err thp_merkle_append(guint64 size, const thp_hash *leaf, thp_merkle_get get,
			  thp_merkle_put put, void *ctx) G_GNUC_WARN_UNUSED_RESULT;

/** The root of the first @size leaves. The error is one of @get. */
thp_err thp_merkle_root(guint64 size, thp_merkle_get get, void *ctx,
			thp_hash *root) G_GNUC_WARN_UNUSED_RESULT;

/** The edge of the first @size leaves. The error is one of @get. */
thp_err thp_merkle_edge_load(guint64 size, thp_merkle_get get, void *ctx,
			     thp_merkle_edge *edge) G_GNUC_WARN_UNUSED_RESULT;

/** As thp_merkle_append(), from the @edge of @size leaves, which is then that of one more. The error is one of @put. */
thp_err thp_merkle_edge_append(guint64 size, const thp_hash *leaf, thp_merkle_put put, void *ctx,
			       thp_merkle_edge *edge) G_GNUC_WARN_UNUSED_RESULT;

/** The root of the @size leaves that have this @edge. */
void thp_merkle_edge_root(guint64 size, const thp_merkle_edge *edge, thp_hash *root);

/** The proof for the leaf that comes next: number @size, in the tree of one more. */
void thp_merkle_edge_prove(guint64 size, const thp_merkle_edge *edge, thp_merkle_proof *proof);

/** Proves that leaf @index is in the tree of @size leaves; @index < @size. */
thp_err thp_merkle_prove(guint64 index, guint64 size, thp_merkle_get get, void *ctx,
			 thp_merkle_proof *proof) G_GNUC_WARN_UNUSED_RESULT;

/** Proves that the tree of @size begins with the tree of @old; @old ≤ @size. */
thp_err thp_merkle_prove_growth(guint64 old, guint64 size, thp_merkle_get get, void *ctx,
				thp_merkle_proof *proof) G_GNUC_WARN_UNUSED_RESULT;

/** Checks that @leaf is number @index of the tree with @size leaves and @root; PROOF_MISMATCH. */
thp_err thp_merkle_check(guint64 index, guint64 size, const thp_hash *leaf,
			 const thp_merkle_proof *proof,
			 const thp_hash *root) G_GNUC_WARN_UNUSED_RESULT;

/** Checks that the tree with @size and @root begins with that of @old and @old_root; PROOF_MISMATCH. */
thp_err thp_merkle_check_growth(guint64 old, guint64 size, const thp_hash *old_root,
				const thp_hash *root,
				const thp_merkle_proof *proof) G_GNUC_WARN_UNUSED_RESULT;
