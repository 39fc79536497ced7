/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names from outside. */
#include <therapy/word.h>

#include <glib.h>
#include <string.h>

bool thp_word_is_plain(const char *text, size_t max, const char *also)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++) {
		if (n == max || (!g_ascii_isalnum(text[n]) && !strchr(also, text[n])))
			return false;
	}
	return n > 0;
}
