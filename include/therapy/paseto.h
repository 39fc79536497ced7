/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file paseto.h
 * PASETO v4.public tokens and the PASERK texts of their keys: k4.public, k4.secret, k4.pid.
 *
 * A token is v4.public.<payload || signature>[.<footer>]; the signature is Ed25519 over the
 * pre-authentication encoding of header, payload, footer and an implicit assertion that is not in
 * the token. Nothing here looks inside payload or footer. No allocation but where said; any thread.
 */
#pragma once

#include <glib.h>
#include <therapy/base64url.h>
#include <therapy/error.h>
#include <therapy/invitation.h>

#define THP_PUBLIC_KEY_BYTES 32
#define THP_SEED_BYTES       32
#define THP_SECRET_KEY_BYTES 64 /* the seed, then the public key */
#define THP_SIGNATURE_BYTES  64
#define THP_PID_BYTES        33

#define THP_FOOTER_MAX   512 /* bytes in a decoded footer */
#define THP_IMPLICIT_MAX 128 /* bytes in an implicit assertion */
#define THP_PAYLOAD_MAX  (THP_TOKEN_MAX * 3 / 4)

#define THP_PUBLIC_LEN (10 + THP_BASE64URL_LEN(THP_PUBLIC_KEY_BYTES)) /* "k4.public." + 43 */
#define THP_SECRET_LEN (10 + THP_BASE64URL_LEN(THP_SECRET_KEY_BYTES)) /* "k4.secret." + 86 */
#define THP_PID_LEN    (7 + THP_BASE64URL_LEN(THP_PID_BYTES))         /* "k4.pid." + 44 */

/* A token taken apart; nothing in it may be trusted before thp_paseto_verify(). */
typedef struct thp_paseto {
	gsize payload_len;
	gsize footer_len;
	char payload[THP_PAYLOAD_MAX + 1]; /* NUL-terminated, and may hold NULs */
	char footer[THP_FOOTER_MAX + 1];   /* NUL-terminated, and may hold NULs */
	guint8 signature[THP_SIGNATURE_BYTES];
} thp_paseto;

/**
 * Takes a token of @len bytes apart; it need not end in NUL.
 * TOKEN_MALFORMED, TOKEN_VERSION or TOKEN_FOOTER.
 */
thp_err thp_paseto_split(const char *token, gsize len, thp_paseto *out) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/**
 * Checks the signature under @public_key and the implicit assertion.
 * TOKEN_SIGNATURE; also for a key or signature of small order or in a non-canonical form.
 */
thp_err thp_paseto_verify(const thp_paseto *token,
			  const guint8 public_key[static THP_PUBLIC_KEY_BYTES],
			  const char *implicit) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/**
 * Signs @payload and @footer (may be empty); *@token is the caller's to g_free.
 * TOO_BIG if the token would exceed THP_TOKEN_MAX, or another part its own limit; *@token is then
 * NULL.
 */
thp_err thp_paseto_sign(const guint8 secret_key[static THP_SECRET_KEY_BYTES], const char *payload,
			const char *footer, const char *implicit,
			char **token) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** Makes a new key pair. */
void thp_paserk_generate(guint8 public_key[static THP_PUBLIC_KEY_BYTES],
			 guint8 secret_key[static THP_SECRET_KEY_BYTES]);

/** Writes the text of a public key: "k4.public.…". */
void thp_paserk_public(const guint8 public_key[static THP_PUBLIC_KEY_BYTES],
		       char out[static THP_PUBLIC_LEN + 1]);

/** Writes the text of a secret key: "k4.secret.…"; wipe it after use. */
void thp_paserk_secret(const guint8 secret_key[static THP_SECRET_KEY_BYTES],
		       char out[static THP_SECRET_LEN + 1]);

/** Writes the id of a public key: "k4.pid.…". */
void thp_paserk_pid(const guint8 public_key[static THP_PUBLIC_KEY_BYTES],
		    char out[static THP_PID_LEN + 1]);

/** TRUE if @text has the form of a key id; says nothing about whether such a key exists. */
gboolean thp_paserk_is_pid(const char *text) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** Reads "k4.public.…"; KEY_FILE. */
thp_err thp_paserk_read_public(const char *text, guint8 public_key[static THP_PUBLIC_KEY_BYTES])
	G_GNUC_WARN_UNUSED_RESULT;

/** Reads "k4.secret.…"; KEY_FILE, also if its public half does not belong to its seed. */
thp_err thp_paserk_read_secret(const char *text, guint8 secret_key[static THP_SECRET_KEY_BYTES])
	G_GNUC_WARN_UNUSED_RESULT;
