/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made, filled, and gone with the test. */
#include "folder.h"

#include <glib/gstdio.h>

void folder_fill(const char *from, const char *to)
{
	g_autofree char *source = g_test_build_filename(G_TEST_DIST, from, NULL);
	g_autoptr(GDir) dir = g_dir_open(source, 0, NULL);
	const char *name;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *in = g_build_filename(source, name, NULL);
		g_autofree char *out = g_build_filename(to, name, NULL);
		g_autofree char *text = NULL;
		gsize n;

		g_assert_true(g_file_get_contents(in, &text, &n, NULL));
		g_assert_true(g_file_set_contents(out, text, (gssize)n, NULL));
	}
}

void folder_remove(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);
		folder_remove(inner);
	}
	(void)g_remove(path);
}
