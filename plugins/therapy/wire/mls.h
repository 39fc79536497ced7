/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of an MLS message that is in clear (RFC 9420 sections 6 and 6.3): enough to check what a page
 * says of it, and nothing of what is in it. */
#pragma once

#include <therapy/keys.h>

typedef enum thp_mls_format {
	THP_MLS_PRIVATE = 2,
	THP_MLS_WELCOME = 3,
	THP_MLS_KEYPACKAGE = 5,
} thp_mls_format;

typedef enum thp_mls_content {
	THP_MLS_ANY = 0,
	THP_MLS_APPLICATION = 1,
	THP_MLS_COMMIT = 3,
} thp_mls_content;

/**
 * TRUE if @text is strict base64url of at most THP_KEYS_MAX bytes that begin as an MLS message of @format
 * does, and of @content if it is a private one; its group and epoch then go to @out.
 */
gboolean thp_mls_peek(const char *text, gsize length, thp_mls_format format,
		      thp_mls_content content, thp_keys *out);
