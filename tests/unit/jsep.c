/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The envelope of media descriptions, and what operators ask. */
#include <therapy/request.h>

#include <string.h>

static void test_good(void)
{
	g_autofree char *most = g_strnfill(THP_JSEP_MAX, 's');
	g_autofree char *more = g_strnfill(THP_JSEP_MAX + 1, 's');
	json_auto_t *plain = json_pack("{s:s, s:s}", "type", "offer", "sdp", "v=0");
	json_auto_t *full = json_pack("{s:s, s:s, s:b, s:b, s:[{}]}", "type", "answer", "sdp", most,
				      "e2ee", 1, "update", 1, "simulcast");
	json_auto_t *big = json_pack("{s:s, s:s}", "type", "offer", "sdp", more);
	thp_jsep jsep;

	g_assert_cmpint(thp_jsep_parse(NULL, &jsep), ==, THP_JSEP_MISSING);
	g_assert_cmpint(thp_jsep_parse(plain, &jsep), ==, THP_OK);
	g_assert_true(jsep.is_offer);
	g_assert_cmpstr(jsep.sdp, ==, "v=0");
	g_assert_cmpuint(jsep.sdp_length, ==, 3);
	g_assert_false(jsep.e2ee || jsep.update || jsep.simulcast);
	g_assert_cmpint(thp_jsep_parse(full, &jsep), ==, THP_OK);
	g_assert_false(jsep.is_offer);
	g_assert_true(jsep.e2ee && jsep.update && jsep.simulcast);
	g_assert_cmpint(thp_jsep_parse(big, &jsep), ==, THP_JSEP_BAD);
}

static void test_bad(void)
{
	static const char *const texts[] = {
		"[]",
		"{}",
		"{\"type\":\"offer\"}",
		"{\"sdp\":\"v=0\"}",
		"{\"type\":\"offer\",\"sdp\":7}",
		"{\"type\":\"offer\",\"sdp\":\"\"}",
		"{\"type\":\"offer\",\"sdp\":\"v=0\\u0000\"}",
		"{\"type\":\"rollback\",\"sdp\":\"v=0\"}",
		"{\"type\":\"Offer\",\"sdp\":\"v=0\"}",
		"{\"type\":1,\"sdp\":\"v=0\"}",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		json_auto_t *json = json_loads(texts[i], JSON_ALLOW_NUL, NULL);
		thp_jsep jsep;

		g_assert_nonnull(json);
		g_assert_cmpint(thp_jsep_parse(json, &jsep), ==, THP_JSEP_BAD);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/jsep/good", test_good);
	g_test_add_func("/jsep/bad", test_bad);
	return g_test_run();
}
