/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Twenty bytes of header, read with bounds. */
#include "mls.h"

#include <string.h>

#include "bytes.h"

#define HEAD_MAX                                                                                   \
	99 /* bytes: version, format, length, group id, epoch, content type; a multiple of 3 */
#define MLS_10 1

typedef struct reader {
	const guint8 *at;
	gsize left;
} reader;

/* The next @bytes as a big-endian number; FALSE at the end. */
static gboolean read_number(reader *r, guint bytes, guint64 *out)
{
	*out = 0;
	if (r->left < bytes)
		return FALSE;
	for (guint i = 0; i < bytes; i++)
		*out = *out << 8 | r->at[i];
	r->at += bytes;
	r->left -= bytes;
	return TRUE;
}

/* A length as RFC 9420 section 2.1.2 writes it: two bits say how long it is; the shortest form only. */
static gboolean read_length(reader *r, guint64 *out)
{
	guint64 first, second;

	if (!read_number(r, 1, &first))
		return FALSE;
	*out = first;
	if (first < 64)
		return TRUE;
	if (first >> 6 != 1 || !read_number(r, 1, &second))
		return FALSE;
	*out = (first & 63) << 8 | second;
	return *out >= 64;
}

static gboolean read_private(reader *r, thp_mls_content content, thp_keys *out)
{
	guint64 length, type;

	if (!read_length(r, &length) || length > THP_GROUP_ID_MAX || length > r->left ||
	    memchr(r->at, '\0', length))
		return FALSE;
	memcpy(out->group, r->at, length);
	out->group[length] = '\0';
	r->at += length;
	r->left -= length;
	return read_number(r, 8, &out->mls_epoch) && read_number(r, 1, &type) && type == content;
}

gboolean thp_mls_peek(const char *text, gsize length, thp_mls_format format,
		      thp_mls_content content, thp_keys *out)
{
	guint8 head[HEAD_MAX];
	gsize head_chars = MIN(length, sizeof head / 3 * 4);
	guint64 version, wire_format;

	if (length > THP_KEYS_CHARS_MAX || !thp_bytes_read(text, length, NULL, length * 3 / 4) ||
	    !thp_bytes_read(text, head_chars, head, head_chars * 3 / 4))
		return FALSE;
	reader r = {head, head_chars * 3 / 4};
	if (!read_number(&r, 2, &version) || version != MLS_10 ||
	    !read_number(&r, 2, &wire_format) || wire_format != (guint64)format)
		return FALSE;
	return content == THP_MLS_ANY || read_private(&r, content, out);
}
