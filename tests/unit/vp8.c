/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a key frame of VP8 begins, and descriptors that end too soon. */
#include <string.h>

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

/* ---- numbers ---- */

static thp_vp8_numbers numbers;

/* The descriptor after it was rewritten: picture id of two bytes, and TL0PICIDX. */
static void renumber(gboolean begins, guint16 picture, guint8 tl0, guint16 as_picture,
		     guint8 as_tl0)
{
	guint8 payload[] = {0x90, 0xe0, (guint8)(0x80 | picture >> 8), (guint8)picture, tl0,
			    0x21, 1};

	thp_vp8_renumber(&numbers, begins, payload, sizeof payload);
	g_assert_cmphex(payload[2], ==, 0x80 | as_picture >> 8);
	g_assert_cmphex(payload[3], ==, as_picture & 0xff);
	g_assert_cmphex(payload[4], ==, as_tl0);
	g_assert_cmphex(payload[0] << 16 | payload[1] << 8 | payload[5], ==, 0x90e021);
	g_assert_cmphex(payload[6], ==, 1);
}

static void test_numbers(void)
{
	numbers = (thp_vp8_numbers){0};
	renumber(TRUE, 100, 7, 100, 7); /* the first is what it is */
	renumber(FALSE, 101, 8, 101, 8);
	renumber(TRUE, 32767, 200, 102, 9); /* another layer: the next one */
	renumber(FALSE, 32767, 200, 102, 9);
	renumber(FALSE, 1, 202, 104, 11);
	renumber(FALSE, 0, 201, 103, 10); /* late: not the newest */
	renumber(TRUE, 5, 5, 105, 12);
	renumber(TRUE, 32000, 255, 106, 13);
	for (guint i = 1; i < 32700; i++)
		renumber(FALSE, (guint16)(32000 + i) & 0x7fff, (guint8)(255 + i),
			 (guint16)(106 + i) & 0x7fff, (guint8)(13 + i));
}

/* Without numbers, with a short one, or cut off: what is not there is not written. */
static void test_no_numbers(void)
{
	static const struct {
		guint8 bytes[8], as[8];
		gsize length;
	} payloads[] = {
		{{0x10, 0x00, 9}, {0x10, 0x00, 9}, 3},
		{{0x90, 0x80, 5, 0}, {0x90, 0x80, 41, 0}, 4},
		{{0x90, 0x80, 0x85, 0}, {0x90, 0x80, 0x80, 41}, 4},
		{{0x90, 0x80, 0x85, 7}, {0x90, 0x80, 0x85, 7}, 3},
		{{0x90, 0x80, 5}, {0x90, 0x80, 5}, 2},
		{{0x90, 0xe0, 5, 6, 7}, {0x90, 0xe0, 5, 6, 7}, 4},
		{{0x90, 5}, {0x90, 5}, 1},
		{{5}, {5}, 0},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(payloads); i++) {
		guint8 payload[8];

		g_test_message("%zu", i);
		numbers = (thp_vp8_numbers){.started = TRUE, .picture = 40, .tl0 = 3};
		memcpy(payload, payloads[i].bytes, sizeof payload);
		thp_vp8_renumber(&numbers, TRUE, payload, payloads[i].length);
		g_assert_cmpmem(payload, sizeof payload, payloads[i].as, sizeof payload);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vp8/key-frames", test_cases);
	g_test_add_func("/vp8/numbers", test_numbers);
	g_test_add_func("/vp8/no-numbers", test_no_numbers);
	return g_test_run();
}
