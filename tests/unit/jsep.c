/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The envelope of media descriptions, and what operators ask. */
#include <therapy/request.h>

#include <string.h>

static void test_good(void)
{
	g_autofree char *most = g_strnfill(THP_JSEP_MAX, 's');
	g_autofree char *more = g_strnfill(THP_JSEP_MAX + 1, 's');
	json_auto_t *plain = json_pack("{s:s, s:s}", "type", "offer", "sdp", "v=0");
	json_auto_t *full = json_pack("{s:s, s:s, s:b, s:b, s:[]}", "type", "answer", "sdp", most,
				      "e2ee", 1, "update", 1, "simulcast");
	json_auto_t *big = json_pack("{s:s, s:s}", "type", "offer", "sdp", more);
	thp_jsep jsep;

	g_assert_cmpint(thp_jsep_parse(NULL, &jsep), ==, THP_JSEP_MISSING);
	g_assert_cmpint(thp_jsep_parse(plain, &jsep), ==, THP_OK);
	g_assert_true(jsep.is_offer);
	g_assert_cmpstr(jsep.sdp, ==, "v=0");
	g_assert_cmpuint(jsep.sdp_length, ==, 3);
	g_assert_false(jsep.e2ee || jsep.update || jsep.simulcast.n > 0);
	g_assert_cmpint(thp_jsep_parse(full, &jsep), ==, THP_OK);
	g_assert_false(jsep.is_offer);
	g_assert_true(jsep.e2ee && jsep.update);
	g_assert_cmpuint(jsep.simulcast.n, ==, 0);
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

#define LINE(rids, more) "[{\"mindex\":1,\"mid\":\"1\",\"rids\":" rids more "}]"
#define EXT              ",\"rid-ext\":10"

/* What Janus says of simulcast. */
static void test_simulcast(void)
{
	static const struct {
		const char *text;
		thp_err err;
	} cases[] = {
		{LINE("[\"l\",\"m\",\"h\"]", EXT), THP_OK},
		{LINE("[\"abcdefgh\",\"1\",\"Z\"]", EXT), THP_OK},
		{"[]", THP_OK},
		/* another number of layers, without names in packets, of two cameras, by SSRCs */
		{LINE("[\"l\"]", EXT), THP_JSEP_REFUSED},
		{LINE("[\"l\",\"m\"]", EXT), THP_JSEP_REFUSED},
		{LINE("[\"l\",\"m\",\"h\",\"x\"]", EXT), THP_JSEP_REFUSED},
		{LINE("[\"l\",\"m\",\"h\"]", ""), THP_JSEP_REFUSED},
		{LINE("\"lmh\"", EXT), THP_JSEP_REFUSED},
		{"[{},{}]", THP_JSEP_REFUSED},
		{"[{\"mindex\":1,\"ssrcs\":[1,2,3]}]", THP_JSEP_REFUSED},
		{"[7]", THP_JSEP_REFUSED},
		/* malformed */
		{LINE("[\"l\",\"m\",\"l\"]", EXT), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",\"\"]", EXT), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",\"abcdefghi\"]", EXT), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",\"a b\"]", EXT), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",\"\\u0000\"]", EXT), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",3]", EXT), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",\"h\"]", ",\"rid-ext\":0"), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",\"h\"]", ",\"rid-ext\":256"), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",\"h\"]", EXT ",\"mindex\":-1"), THP_JSEP_BAD},
		{LINE("[\"l\",\"m\",\"h\"]", EXT ",\"mindex\":\"1\""), THP_JSEP_BAD},
		{"{}", THP_JSEP_BAD},
		{"true", THP_JSEP_BAD},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		json_auto_t *json = json_pack("{s:s, s:s}", "type", "offer", "sdp", "v=0");
		json_t *simulcast =
			json_loads(cases[i].text, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
		thp_jsep jsep;

		g_test_message("%s", cases[i].text);
		g_assert_nonnull(simulcast);
		g_assert_cmpint(json_object_set_new(json, "simulcast", simulcast), ==, 0);
		g_assert_cmpint(thp_jsep_parse(json, &jsep), ==, cases[i].err);
		g_assert_cmpuint(jsep.simulcast.n, ==, i < 2 ? 3 : 0);
		if (i > 0)
			continue;
		g_assert_cmpuint(jsep.simulcast.mindex, ==, 1);
		g_assert_cmpuint(jsep.simulcast.ext, ==, 10);
		g_assert_cmpstr(jsep.simulcast.rids[0], ==, "l");
		g_assert_cmpstr(jsep.simulcast.rids[2], ==, "h");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/jsep/good", test_good);
	g_test_add_func("/jsep/bad", test_bad);
	g_test_add_func("/jsep/simulcast", test_simulcast);
	return g_test_run();
}
