/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a key frame of VP8 begins, and descriptors that end too soon. */
#include <therapy/vp8.h>

static const struct {
	const char *what;
	guint8 bytes[8];
	gsize length;
	gboolean key;
} cases[] = {
	{"key, bare descriptor", {0x10, 0x00}, 2, TRUE},
	{"delta, bare descriptor", {0x10, 0x01}, 2, FALSE},
	{"not the start", {0x00, 0x00}, 2, FALSE},
	{"second partition", {0x11, 0x00}, 2, FALSE},
	{"one byte of picture id", {0x90, 0x80, 0x7f, 0x00}, 4, TRUE},
	{"two bytes of picture id", {0x90, 0x80, 0x81, 0x00, 0x00}, 5, TRUE},
	{"the same, delta", {0x90, 0x80, 0x81, 0x00, 0x01}, 5, FALSE},
	{"all there is", {0x90, 0xf0, 0x81, 0x00, 0x01, 0x20, 0x00}, 7, TRUE},
	{"extended with nothing", {0x90, 0x00, 0x00}, 3, TRUE},
	{"cut after the first byte", {0x90}, 1, FALSE},
	{"cut in the picture id", {0x90, 0x80}, 2, FALSE},
	{"cut before the frame", {0x90, 0xf0, 0x81, 0x00, 0x01, 0x20}, 6, FALSE},
	{"nothing", {0}, 0, FALSE},
};

static void test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].what);
		g_assert_cmpint(thp_vp8_starts_key_frame(cases[i].bytes, cases[i].length), ==,
				cases[i].key);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vp8/key-frames", test_cases);
	return g_test_run();
}
