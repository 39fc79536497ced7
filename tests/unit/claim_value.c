/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and times, one claim at a time. */
#include <therapy/claim_value.h>

#include <string.h>

static void test_names(void)
{
	static const struct {
		const char *in, *out; /* out NULL: refused */
	} rows[] = {
		{"", ""},
		{"   ", ""},
		{"  Amina  ", "Amina"},
		{"Amina Bibi", "Amina Bibi"},
		{"عائشہ خان", "عائشہ خان"},
		{"Nguyễn Thị Hạnh", "Nguyễn Thị Hạnh"},
		{"Jose\u0301", "Jos\u00e9"}, /* made NFC */
		{"\u0915\u093c\u0940\u0902", "\u0915\u093c\u0940\u0902"},
		{"محمّدٌ", "محمّدٌ"},
		{"O\u2019Neil", "O\u2019Neil"},
		{"e\u0301\u0302\u0303", "\u00e9\u0302\u0303"}, /* \u00e9 and two marks */
		{"\u0301Amina", NULL},                         /* a mark with nothing under it */
		{"q\u0301\u0301\u0301", NULL},
		{"a\nb", NULL},
		{"a\tb", NULL},
		{"a\x7f", NULL},
		{"a\xc2\x85", NULL},
		{"a\u200bb", NULL}, /* zero width */
		{"a\u200db", NULL}, /* a joiner, but not between Arabic letters */
		{"گل\u200cبانو", "گل\u200cبانو"},
		{"بی\u200dبی", "بی\u200dبی"},
		{"گل\u200c", NULL},
		{"\u200cگل", NULL},
		{"گل\u200c بانو", NULL},
		{"گل\u200c\u200cبانو", NULL},
		{"گل\u200cb", NULL},
		{"گل\u200c1", NULL},
		{"a\u202eb", NULL}, /* turns the text round */
		{"a\u2066b", NULL},
		{"a\u200fb", NULL},
		{"a\ufeff", NULL},
		{"a\u00adb", NULL},
		{"a\u2028b", NULL},
		{"a\u00a0b", NULL},
		{"a\u3164", NULL},
		{"a\ufe0f", NULL},
		{"a\ue000", NULL}, /* private use */
		{"a\uffff", NULL},
		{"a\u0378", NULL},     /* unassigned */
		{"a\U000e0041", NULL}, /* a tag */
		{"\xff", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		char out[THP_NAME_MAX + 1] = "before";

		g_test_message("row %zu", i);
		g_assert_cmpint(thp_name_clean(rows[i].in, out), ==, rows[i].out != NULL);
		g_assert_cmpstr(out, ==, rows[i].out ? rows[i].out : "");
	}
}

static void test_name_lengths(void)
{
	g_autofree char *forty = g_strnfill(THP_NAME_CHARS, 'a');
	g_autofree char *forty_one = g_strnfill(THP_NAME_CHARS + 1, 'a');
	g_autofree char *spaced = g_strconcat("  ", forty, "   ", NULL);
	g_autofree char *huge = g_strnfill(100000, 'a');
	GString *wide = g_string_new(NULL);
	char out[THP_NAME_MAX + 1];

	g_assert_true(thp_name_clean(forty, out));
	g_assert_true(thp_name_clean(spaced, out));
	g_assert_cmpstr(out, ==, forty);
	g_assert_false(thp_name_clean(forty_one, out));
	g_assert_false(thp_name_clean(huge, out));
	for (int i = 0; i < 32; i++)
		g_string_append(wide, "\u0639");
	g_assert_true(thp_name_clean(wide->str, out));
	g_string_append(wide, "a"); /* 33 code points, 65 bytes */
	g_assert_false(thp_name_clean(wide->str, out));
	g_string_free(wide, TRUE);
}

static void test_times(void)
{
	static const struct {
		const char *text;
		gint64 time_s; /* -1: refused */
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2000-02-29T12:00:00Z", 951825600},
		{"2026-01-31T09:00:00Z", 1769850000},
		{"2026-01-31T09:00:00+00:00", 1769850000},
		{"2026-01-31T14:00:00+05:00", 1769850000},
		{"2026-01-31T03:30:00-05:30", 1769850000},
		{"2026-01-31T09:00:00.999999999Z", 1769850000},
		{"9999-12-31T23:59:59Z", 253402300799},
		{"1970-01-01T00:00:00+00:01", -1}, /* before 1970 */
		{"1969-12-31T23:59:59Z", -1},
		{"2026-02-29T00:00:00Z", -1},
		{"2100-02-29T00:00:00Z", -1},
		{"2026-04-31T00:00:00Z", -1},
		{"2026-00-01T00:00:00Z", -1},
		{"2026-13-01T00:00:00Z", -1},
		{"2026-01-00T00:00:00Z", -1},
		{"2026-01-01T24:00:00Z", -1},
		{"2026-01-01T00:60:00Z", -1},
		{"2026-12-31T23:59:60Z", -1},
		{"2026-01-01T00:00:00", -1},
		{"2026-01-01T00:00:00z", -1},
		{"2026-01-01t00:00:00Z", -1},
		{"2026-01-01 00:00:00Z", -1},
		{"2026-01-01T00:00Z", -1},
		{"2026-01-01T00:00:00.Z", -1},
		{"2026-01-01T00:00:00.1234567890Z", -1},
		{"2026-01-01T00:00:00,5Z", -1},
		{"2026-01-01T00:00:00+24:00", -1},
		{"2026-01-01T00:00:00+0500", -1},
		{"2026-01-01T00:00:00+05", -1},
		{"2026-01-01T00:00:00ZZ", -1},
		{" 2026-01-01T00:00:00Z", -1},
		{"+2026-01-01T00:00:00Z", -1},
		{"20260101T000000Z", -1},
		{"1769850000", -1},
		{"", -1},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 time_s = 77;

		g_test_message("%s", rows[i].text);
		g_assert_cmpint(thp_time_parse(rows[i].text, &time_s), ==, rows[i].time_s >= 0);
		if (rows[i].time_s >= 0)
			g_assert_cmpint(time_s, ==, rows[i].time_s);
	}
}

/* Every second printed is the second read, over all years. */
static void test_times_round(void)
{
	for (int i = 0; i < 20000; i++) {
		const gint64 want_s = (gint64)(g_test_rand_double() * 253402300800.0);
		gint64 got_s;
		char text[THP_TIME_LEN + 1];

		thp_time_print(want_s, text);
		g_assert_true(thp_time_parse(text, &got_s));
		g_assert_cmpint(got_s, ==, want_s);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/claim-value/names", test_names);
	g_test_add_func("/claim-value/name-lengths", test_name_lengths);
	g_test_add_func("/claim-value/times", test_times);
	g_test_add_func("/claim-value/times-round", test_times_round);
	return g_test_run();
}
