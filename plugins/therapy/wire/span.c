/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines, words and numbers out of text that is trusted in nothing. */
#include "span.h"

#include <string.h>

gboolean thp_span_is(thp_span span, const char *word)
{
	return strlen(word) == span.length && memcmp(span.at, word, span.length) == 0;
}

gboolean thp_span_is_any_case(thp_span span, const char *word)
{
	return strlen(word) == span.length && g_ascii_strncasecmp(span.at, word, span.length) == 0;
}

gboolean thp_span_skip(thp_span *span, const char *prefix)
{
	gsize length = strlen(prefix);

	if (length > span->length || memcmp(span->at, prefix, length) != 0)
		return FALSE;
	span->at += length;
	span->length -= length;
	return TRUE;
}

gboolean thp_span_cut(thp_span *rest, char stop, thp_span *piece)
{
	if (rest->length == 0)
		return FALSE;
	const char *end = memchr(rest->at, stop, rest->length);
	gsize length = end ? (gsize)(end - rest->at) : rest->length;
	gsize taken = end ? length + 1 : length;

	*piece = (thp_span){rest->at, length};
	rest->at += taken;
	rest->length -= taken;
	return TRUE;
}

gboolean thp_span_number(thp_span span, guint64 max, guint64 *out)
{
	guint64 number = 0;

	if (span.length == 0)
		return FALSE;
	for (gsize i = 0; i < span.length; i++) {
		guint digit = (guint)(guchar)span.at[i] - '0';

		if (digit > 9 || number > (G_MAXUINT64 - digit) / 10)
			return FALSE;
		number = number * 10 + digit;
	}
	*out = number;
	return number <= max;
}
