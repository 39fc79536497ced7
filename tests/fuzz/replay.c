/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands in for libFuzzer where it is not built in: gives a fuzz target every file of its corpus
 * once, so that `make check` keeps what fuzzing found. A crash ends the program, and the test with it.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gboolean replay_file(const char *path)
{
	g_autofree char *data = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &data, &size, NULL))
		return FALSE;
	/* A copy of exactly this size: a read past the end is then a read past the allocation. */
	g_autofree uint8_t *exact = size ? g_malloc(size) : NULL;
	if (size)
		memcpy(exact, data, size);
	(void)LLVMFuzzerTestOneInput(exact, size);
	return TRUE;
}

static guint replay_folder(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint count = 0;
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (replay_file(path))
			count++;
	}
	return count;
}

/* tests/fuzz/token replays tests/fuzz/corpus/token; files named as arguments are replayed instead. */
int main(int argc, char **argv)
{
	g_autofree char *name = g_path_get_basename(argv[0]);
	const char *srcdir = g_getenv("THP_SRCDIR");
	g_autofree char *folder =
		g_build_filename(srcdir ? srcdir : ".", "tests", "fuzz", "corpus",
				 g_str_has_prefix(name, "lt-") ? name + 3 : name, NULL);
	guint count = 0;

	printf("1..1\n");
	(void)fflush(stdout);
	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			count += replay_file(argv[i]) ? 1 : 0;
	} else {
		count = replay_folder(folder);
	}
	printf("%s 1 - %u inputs replayed\n", count ? "ok" : "not ok", count);
	return count ? 0 : 1;
}
