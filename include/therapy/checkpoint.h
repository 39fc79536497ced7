/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file checkpoint.h
 * What a log says of itself: checkpoints (c2sp.org/tlog-checkpoint), proofs that carry one
 * (c2sp.org/tlog-proof@v1), and the cosignatures of witnesses (c2sp.org/tlog-cosignature).
 *
 * Everything read here has one form only: what is accepted would be printed the same.
 * No state; any thread, after thp_crypto_init().
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>
#include <therapy/merkle.h>
#include <therapy/note.h>

#define THP_CHECKPOINT_COSIGNATURE_BYTES (8 + THP_SIGNATURE_BYTES)

typedef struct thp_checkpoint {
	char origin[THP_NOTE_NAME_MAX + 1];
	guint64 size;
	thp_hash root;
} thp_checkpoint;

/** Writes the text to be signed; the caller's to g_free. */
char *thp_checkpoint_print(const thp_checkpoint *checkpoint) G_GNUC_WARN_UNUSED_RESULT;

/** Reads the text of a checkpoint, @len bytes without signatures; PROOF_MALFORMED. */
thp_err thp_checkpoint_parse(const char *text, gsize len,
			     thp_checkpoint *out) G_GNUC_WARN_UNUSED_RESULT;

/** Reads a signed checkpoint that @key signed; PROOF_MALFORMED, PROOF_SIGNATURE. */
thp_err thp_checkpoint_open(const char *note, gsize len, const thp_note_key *key,
			    thp_checkpoint *out) G_GNUC_WARN_UNUSED_RESULT;

/** Adds a witness's cosignature of @time_s to a signed checkpoint; the caller's to g_free. */
thp_err thp_checkpoint_cosign(const char *note, const thp_note_key *key,
			      const guint8 secret_key[static THP_SECRET_KEY_BYTES], guint64 time_s,
			      char **out) G_GNUC_WARN_UNUSED_RESULT;

/** Checks a witness's cosignature and says of when it is; PROOF_MALFORMED, PROOF_SIGNATURE. */
thp_err thp_checkpoint_cosigned(const char *note, gsize len, const thp_note_key *key,
				guint64 *time_s) G_GNUC_WARN_UNUSED_RESULT;

/** Writes the proof that leaf @index is in the tree of the signed checkpoint @note; to g_free. */
char *thp_checkpoint_proof_print(guint64 index, const thp_merkle_proof *proof,
				 const char *note) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads such a proof of @len bytes; *@note points at the signed checkpoint within @text and reaches
 * to its end. PROOF_MALFORMED.
 */
thp_err thp_checkpoint_proof_parse(const char *text, gsize len, guint64 *index,
				   thp_merkle_proof *proof,
				   const char **note) G_GNUC_WARN_UNUSED_RESULT;
