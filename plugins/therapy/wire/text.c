/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stand in a line of text shown to somebody else. */
#include "text.h"

static gboolean is_shown(gunichar c)
{
	if (c == '\n')
		return TRUE;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return FALSE;
	/* These reorder the text around them, and so can make a page say what was not written. */
	return !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}

gboolean thp_text_is_clean(const char *text, gsize length, guint chars)
{
	guint count = 0;

	if (!g_utf8_validate_len(text, length, NULL))
		return FALSE;
	for (const char *p = text; p < text + length; p += g_utf8_skip[(guint8)*p]) {
		if (++count > chars || !is_shown(g_utf8_get_char(p)))
			return FALSE;
	}
	return TRUE;
}
