/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file leaf.h
 * One entry of the ledger: a leaf that says nothing about anybody, and a body it commits to.
 *
 * The leaf is JSON in one form only:
 *
 *     {"commit":"…","epoch":42,"pch":"…","seq":1842,"ts":1795341850123,"type":"consent","v":1}
 *
 * The body is 32 random bytes, the SHA-256 of the consent text shown, the SHA-256 of the words the
 * receipt explains itself in, and the record. "commit" is the SHA-256 of a label and the body, "pch"
 * that of the body as it is stored: sealed, where it is about a person. No state; any thread.
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>
#include <therapy/merkle.h>

#define THP_LEAF_MAX        320 /* bytes of a leaf */
#define THP_LEAF_SALT_BYTES 32
#define THP_LEAF_BODY_HEAD  (THP_LEAF_SALT_BYTES + 2 * THP_HASH_BYTES)
#define THP_LEAF_RECORD_MAX 16384 /* bytes of a record */

#define THP_LEAF_TYPES(X)                                                                          \
	X(GENESIS, "genesis") /* the first: origin and keys */                                     \
	X(TEXT, "text")       /* a consent text came into use */                                   \
	X(CONSENT, "consent") /* somebody was shown, agreed, refused or withdrew */                \
	X(CLOSE, "close")     /* the last of an epoch */                                           \
	X(ERASE, "erase")     /* bodies were erased */                                             \
	X(KEYS, "keys")       /* the epoch keys that follow are of a new list */                   \
	X(GATE, "gate")       /* a recording went on, paused or ended */

typedef enum thp_leaf_type {
#define THP_LEAF_ENUM(name, text) THP_LEAF_##name,
	THP_LEAF_TYPES(THP_LEAF_ENUM)
#undef THP_LEAF_ENUM
		THP_LEAF_N_TYPES
} thp_leaf_type;

typedef struct thp_leaf {
	guint64 seq;
	gint64 ts_ms;
	guint64 epoch;
	thp_leaf_type type;
	thp_hash commit;
	thp_hash pch;
} thp_leaf;

/** "consent" and so on. Static. */
const char *thp_leaf_type_name(thp_leaf_type type);

/** Writes a leaf; the caller's to g_free. */
char *thp_leaf_print(const thp_leaf *leaf) G_GNUC_WARN_UNUSED_RESULT;

/** Reads a leaf of @len bytes; PROOF_MALFORMED if it is not in its one form. */
thp_err thp_leaf_parse(const char *text, gsize len, thp_leaf *out) G_GNUC_WARN_UNUSED_RESULT;

/** Puts a body together, with fresh random bytes; @shown and @explains may be NULL (then zero). */
GBytes *thp_leaf_body(const thp_hash *shown, const thp_hash *explains, const char *record,
		      gsize record_len) G_GNUC_WARN_UNUSED_RESULT;

/** What a leaf commits to, of a body that is not sealed. */
void thp_leaf_commit(const void *body, gsize n, thp_hash *out);
