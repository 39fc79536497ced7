/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the sample configuration file the strict way: its form is part of what is tested. */
#include "sample.h"

#include <string.h>

static void sample_line_clear(gpointer data)
{
	sample_line *line = data;

	g_free(line->section);
	g_free(line->key);
	g_free(line->value);
	g_free(line->comment);
}

GArray *sample_read(void)
{
	const char *top = g_getenv("THP_SRCDIR");
	g_autofree char *path =
		g_build_filename(top ? top : ".", "conf", "janus.plugin.therapy.jcfg.sample", NULL);
	g_autoptr(GRegex) opens = g_regex_new("^(\\w+): \\{$", 0, 0, NULL);
	g_autoptr(GRegex) sets =
		g_regex_new("^\\t(\\w+) = (?:\"([^\"]*)\"|([^\" #]+)) +# (.+)$", 0, 0, NULL);
	g_autofree char *text = NULL;
	g_autofree char *section = NULL;
	GArray *lines = g_array_new(FALSE, TRUE, sizeof(sample_line));

	g_array_set_clear_func(lines, sample_line_clear);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_auto(GStrv) split = g_strsplit(text, "\n", -1);
	for (char **at = split; *at; at++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (**at == '\0' || **at == '#' || **at == '}' || g_str_has_prefix(*at, "\t#"))
			continue;
		if (g_regex_match(opens, *at, 0, &match)) {
			g_free(section);
			section = g_match_info_fetch(match, 1);
			continue;
		}
		g_clear_pointer(&match, g_match_info_unref);
		g_test_message("%s", *at);
		g_assert_true(g_regex_match(sets, *at, 0, &match));
		g_autofree char *quoted = g_match_info_fetch(match, 2);
		sample_line line = {g_strdup(section), g_match_info_fetch(match, 1),
				    *quoted ? g_steal_pointer(&quoted)
					    : g_match_info_fetch(match, 3),
				    g_match_info_fetch(match, 4)};
		g_array_append_val(lines, line);
	}
	return lines;
}
