/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file receipt.h
 * What a person takes home: a text file that explains itself in their language, and proves what it
 * says to whoever holds the organisation's root key, with no server and no other person's records.
 *
 *     === therapy consent receipt 1 ===
 *     the explanation, in the person's language
 *     === text ===
 *     the consent text, exactly as it was shown
 *     === record ===
 *     the record, one line of JSON
 *     === proof ===
 *     salt <base64>
 *     leaf <the leaf>
 *     <a c2sp.org/tlog-proof@v1, to the checkpoint's last signature>
 *     === key ===
 *     root <the root's verifier key>
 *     <the epoch key's certificate>
 *     === end ===
 *
 * Every byte is covered: change one, and it is refused. No state; any thread.
 */
#pragma once

#include <glib.h>
#include <therapy/epoch.h>
#include <therapy/error.h>
#include <therapy/leaf.h>
#include <therapy/merkle.h>
#include <therapy/note.h>

#define THP_RECEIPT_MAX 65536 /* bytes */

/** A stretch of the receipt. */
typedef struct thp_receipt_part {
	const char *at;
	gsize len;
} thp_receipt_part;

/** What a receipt is made of; all borrowed. */
typedef struct thp_receipt_parts {
	const char *explains; /* ends in a newline, no line begins with "===" */
	const char *text;     /* the same */
	GBytes *body;         /* as thp_leaf_body() made it */
	const char *leaf;     /* as thp_leaf_print() made it */
	const char *proof;    /* as thp_checkpoint_proof_print() made it */
	const char *root;     /* as thp_note_key_print() made it */
	const char *epoch;    /* as thp_epoch_certify() made it */
} thp_receipt_parts;

/** What a good receipt says. The parts point into its text. */
typedef struct thp_receipt {
	thp_receipt_part explains;
	thp_receipt_part text;
	thp_receipt_part record;
	thp_leaf leaf;
	thp_epoch epoch;
	thp_note_key root;
	guint64 size; /* of the ledger when it was given */
} thp_receipt;

/** TRUE if @text can stand in a receipt: not empty, ends in a newline, no line begins with "===". */
gboolean thp_receipt_can_hold(const char *text) G_GNUC_WARN_UNUSED_RESULT;

/** Writes a receipt; the caller's to g_free. */
char *thp_receipt_print(const thp_receipt_parts *parts) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Checks a receipt of @len bytes. With @root NULL its own root key is believed: all that this shows is
 * that it is whole. On error *@at (static) names the part at fault: "file", "root", "key", "checkpoint",
 * "proof", "leaf", "text" or "record". PROOF_MALFORMED, PROOF_SIGNATURE, PROOF_MISMATCH.
 */
thp_err thp_receipt_check(const char *receipt, gsize len, const thp_note_key *root,
			  thp_receipt *out, const char **at) G_GNUC_WARN_UNUSED_RESULT;
