/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file base64url.h
 * Base64url without padding (RFC 4648 §5), in its one canonical form only.
 *
 * A text that decodes here is the only text of its bytes: wrong length, padding, white space, other
 * characters and left-over bits are all refused. No allocation, no state; any thread.
 */
#pragma once

#include <glib.h>

/** Characters that @n bytes take, without the final NUL. */
#define THP_BASE64URL_LEN(n) (((n)*4 + 2) / 3)

/** Writes @n bytes as text and a final NUL; @out has room for THP_BASE64URL_LEN(n) + 1. */
void thp_base64url_encode(const void *bytes, gsize n, char *out) __attribute__((nonnull(3)));

/**
 * Reads @len characters into at most @max bytes and gives their number in @n.
 * FALSE if the text is not canonical or is longer than @max bytes; @bytes is then undefined.
 */
gboolean thp_base64url_decode(const char *text, gsize len, void *bytes, gsize max,
			      gsize *n) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** Reads exactly @n bytes out of a NUL-terminated text; FALSE if it holds anything else. */
gboolean thp_base64url_exact(const char *text, void *bytes, gsize n) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));
