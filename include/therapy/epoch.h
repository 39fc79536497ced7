/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file epoch.h
 * The keys a ledger signs with: one for each epoch, so that who steals today's cannot rewrite
 * yesterday.
 *
 * All follow from one seed that is moved on at the end of each epoch and then forgotten. Their
 * public halves were certified beforehand by the root key, which never is on the server:
 *
 *     therapy-consent/epoch-key/v1
 *     clinic.example/consent/gw-1
 *     epoch 42
 *     not-before 1795341600
 *     not-after 1795428000
 *     key clinic.example/consent/gw-1+0a1b2c3d+Aa…
 *
 * signed as a note by the key named origin + "/root". No state; any thread.
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>
#include <therapy/note.h>

#define THP_EPOCH_SEED_BYTES 32
#define THP_EPOCH_NAME_MAX   (THP_NOTE_NAME_MAX - 5) /* leaves room for "/root" */

typedef struct thp_epoch {
	char origin[THP_EPOCH_NAME_MAX + 1];
	guint64 number;
	gint64 from_s;  /* the first second */
	gint64 until_s; /* the first second of the next */
	thp_note_key key;
} thp_epoch;

/** The key pair of the epoch that @seed stands at. */
void thp_epoch_keys(const guint8 seed[static THP_EPOCH_SEED_BYTES],
		    guint8 public_key[static THP_PUBLIC_KEY_BYTES],
		    guint8 secret_key[static THP_SECRET_KEY_BYTES]);

/** Moves @seed on by one epoch; there is no way back. */
void thp_epoch_next(guint8 seed[static THP_EPOCH_SEED_BYTES]);

/** The root's key for @origin, which must be at most THP_EPOCH_NAME_MAX long. */
void thp_epoch_root_key(thp_note_key *key, const char *origin,
			const guint8 public_key[static THP_PUBLIC_KEY_BYTES]);

/** Certifies @epoch with the root's key; the caller's to g_free. */
char *
thp_epoch_certify(const thp_epoch *epoch, const thp_note_key *root,
		  const guint8 root_secret[static THP_SECRET_KEY_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/** Reads a certificate that @root signed; PROOF_MALFORMED, PROOF_SIGNATURE. */
thp_err thp_epoch_open(const char *note, gsize len, const thp_note_key *root,
		       thp_epoch *out) G_GNUC_WARN_UNUSED_RESULT;

/** TRUE if @ts_ms lies within @epoch. */
gboolean thp_epoch_has(const thp_epoch *epoch, gint64 ts_ms);
