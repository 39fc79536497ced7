/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as strict base64url (RFC 4648 §5): no padding, no spaces, and only one spelling of each
 * value. */
#pragma once

#include <glib.h>

/** TRUE if @text is the base64url of exactly @bytes bytes, which go to @out unless it is NULL. */
gboolean thp_bytes_read(const char *text, gsize length, guint8 *out, gsize bytes);

/** TRUE if @c is one of the 64 characters. */
gboolean thp_bytes_has(char c);
