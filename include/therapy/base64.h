/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file base64.h
 * Base64 with padding (RFC 4648 §4), in its one canonical form: what signed notes are written in.
 * No allocation, no state; any thread.
 */
#pragma once

#include <glib.h>

/** Characters that @n bytes take, without the final NUL. */
#define THP_BASE64_LEN(n) (((gsize)(n) + 2) / 3 * 4)

/** Writes @n bytes as text and a final NUL; @out has room for THP_BASE64_LEN(n) + 1. */
void thp_base64_encode(const void *bytes, gsize n, char *out) __attribute__((nonnull(3)));

/** Reads @len characters into at most @max bytes, *@n of them; FALSE if not canonical or too long. */
gboolean thp_base64_decode(const char *text, gsize len, void *bytes, gsize max,
			   gsize *n) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** Reads exactly @n bytes out of @len characters. */
gboolean thp_base64_exact(const char *text, gsize len, void *bytes,
			  gsize n) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));
