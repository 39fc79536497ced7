/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file secret.h
 * Random values nobody can guess, and comparing them without telling how far they agree.
 *
 * Any thread, once thp_crypto_init() has succeeded.
 */
#pragma once

#include <glib.h>
#include <therapy/base64url.h>
#include <therapy/error.h>

#define THP_NONCE_BYTES  32 /* what a device signs when it joins */
#define THP_TICKET_BYTES 32 /* ties a receiver handle to its participant */
#define THP_WHO_BYTES    16 /* the name of a participant inside the protocol */

/** Buffer for the text of @n random bytes, with its NUL. */
#define THP_ID_SIZE(n) (THP_BASE64URL_LEN(n) + 1)

/** Readies libsodium; call once, before anything else of this layer. Calling again is harmless. */
thp_err thp_crypto_init(void) G_GNUC_WARN_UNUSED_RESULT;

/** Fills @out with @n random bytes from the kernel. */
void thp_random_bytes(void *out, gsize n) __attribute__((nonnull));

/** Writes @bytes (at most 64) random bytes as base64url; @out has room for THP_ID_SIZE(bytes). */
void thp_random_id(char *out, gsize bytes) __attribute__((nonnull));

/**
 * TRUE if two NUL-terminated texts are equal.
 * The time depends on their lengths only. NULL equals nothing, not even NULL.
 */
gboolean thp_secret_equal(const char *a, const char *b) G_GNUC_WARN_UNUSED_RESULT;

/** Overwrites @n bytes with zeros, for certain. */
void thp_secret_wipe(void *bytes, gsize n) __attribute__((nonnull));
