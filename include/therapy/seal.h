/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file seal.h
 * Who can read what the ledger keeps about a person: the organisation, and not the server.
 *
 * Each person has a key pair. Records are sealed to its public half; the secret half was sealed to
 * the organisation's public key when it was made, and forgotten. To erase a person, those 80 bytes
 * are destroyed. No state; any thread, after thp_crypto_init().
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>

#define THP_SEAL_KEY_BYTES     32 /* public or secret, of X25519 */
#define THP_SEAL_WRAPPED_BYTES 80 /* a person's secret key, sealed to the organisation */
#define THP_SEAL_REF_BYTES     16 /* what a person is called in the files */
#define THP_SEAL_PEPPER_BYTES  32
#define THP_SEAL_REQUEST_BYTES 16 /* a request's id: random, made by who asks */
#define THP_SEAL_REQUEST_REF   16 /* what a request is called in the files */

/** The passing key pair of one seal, which takes long to make and can be made before; used once. */
typedef struct thp_seal_spare {
	gboolean ready;
	guint8 public_key[THP_SEAL_KEY_BYTES];
	guint8 secret_key[THP_SEAL_KEY_BYTES];
} thp_seal_spare;

/** Makes a key pair of an organisation. */
void thp_seal_keys(guint8 public_key[static THP_SEAL_KEY_BYTES],
		   guint8 secret_key[static THP_SEAL_KEY_BYTES]);

/** The public half of @secret_key. */
void thp_seal_public(const guint8 secret_key[static THP_SEAL_KEY_BYTES],
		     guint8 public_key[static THP_SEAL_KEY_BYTES]);

/** Makes a person's key pair; its secret half is in @wrapped only. INTERNAL for a key of no use. */
thp_err thp_seal_person(const guint8 organisation[static THP_SEAL_KEY_BYTES],
			guint8 public_key[static THP_SEAL_KEY_BYTES],
			guint8 wrapped[static THP_SEAL_WRAPPED_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/** Opens a person's secret key with the organisation's; KEY_FILE if that is the wrong one. */
thp_err thp_seal_unwrap(const guint8 organisation_secret[static THP_SEAL_KEY_BYTES],
			const guint8 wrapped[static THP_SEAL_WRAPPED_BYTES],
			guint8 secret_key[static THP_SEAL_KEY_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/** Makes @spare ready, if it is not. It lies in memory until it is used: one record's worth, no more. */
void thp_seal_prepare(thp_seal_spare *spare);

/** Seals @bytes to @public_key, using @spare up, or without one that is ready; INTERNAL for a key of no use. */
thp_err thp_seal_to(const guint8 public_key[static THP_SEAL_KEY_BYTES], GBytes *bytes,
		    thp_seal_spare *spare, GBytes **sealed) G_GNUC_WARN_UNUSED_RESULT;

/** Opens what was sealed; KEY_FILE if it is damaged or the key is another. */
thp_err thp_seal_open(const guint8 secret_key[static THP_SEAL_KEY_BYTES], GBytes *sealed,
		      GBytes **bytes) G_GNUC_WARN_UNUSED_RESULT;

/** What the person @sub is called in the files: nobody can tell who it is without @pepper. */
void thp_seal_ref(const guint8 pepper[static THP_SEAL_PEPPER_BYTES], const char *sub,
		  guint8 ref[static THP_SEAL_REF_BYTES]);

/** What the request @id is called in the files. */
void thp_seal_request(const guint8 id[static THP_SEAL_REQUEST_BYTES],
		      guint8 ref[static THP_SEAL_REQUEST_REF]);

/** Locks an answer so that only who knows the request's id can have it again. */
GBytes *thp_seal_answer(const guint8 id[static THP_SEAL_REQUEST_BYTES],
			const char *answer) G_GNUC_WARN_UNUSED_RESULT;

/** The answer again; NULL if it is damaged or of another request. The caller's to g_free. */
char *thp_seal_answer_open(const guint8 id[static THP_SEAL_REQUEST_BYTES], const void *locked,
			   gsize n) G_GNUC_WARN_UNUSED_RESULT;
