/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims and footers: what is read, what is refused, and whose fault it is said to be. */
#include <therapy/claims.h>

#include <string.h>

#include <jansson.h>

#define GOOD                                                                                 \
	"{\"iss\":\"booking.example\",\"sub\":\"p-1\",\"aud\":\"clinic.example\","           \
	"\"nbf\":\"2026-01-31T09:00:00Z\",\"exp\":\"2026-01-31T10:00:00Z\",\"jti\":\"i-1\"," \
	"\"area\":\"khan\",\"room\":\"r-17\",\"role\":\"client\"}"

static thp_err parse(const char *json, thp_claims *out, const char **claim)
{
	return thp_claims_parse(json, strlen(json), out, claim);
}

/* The good claims with one of them set to @value (JSON), or taken away if it is NULL. */
static char *with(const char *name, const char *value)
{
	json_auto_t *root = json_loads(GOOD, 0, NULL);

	if (value) {
		json_t *const made = json_loads(value, JSON_DECODE_ANY, NULL);

		g_assert_nonnull(made);
		json_object_set_new(root, name, made);
	} else {
		json_object_del(root, name);
	}

	char *const text = json_dumps(root, JSON_COMPACT);
	char *const copy = g_strdup(text);

	free(text);
	return copy;
}

static void assert_refused(const char *name, const char *value, thp_err err)
{
	static const thp_claims zero;
	g_autofree char *json = with(name, value);
	thp_claims out;
	const char *claim = NULL;

	g_test_message("%s = %s", name, value ? value : "(absent)");
	memset(&out, 0xAA, sizeof out);
	g_assert_cmpint(parse(json, &out, &claim), ==, err);
	g_assert_cmpstr(claim, ==, name);
	g_assert_cmpmem(&out, sizeof out, &zero, sizeof zero);
}

static void assert_accepted(const char *name, const char *value, thp_claims *out)
{
	g_autofree char *json = with(name, value);
	const char *claim = "";

	g_test_message("%s = %s", name, value ? value : "(absent)");
	g_assert_cmpint(parse(json, out, &claim), ==, THP_OK);
	g_assert_null(claim);
}

static void test_good(void)
{
	thp_claims c;
	const char *claim = "";

	g_assert_cmpint(parse(GOOD, &c, &claim), ==, THP_OK);
	g_assert_null(claim);
	g_assert_cmpstr(c.iss, ==, "booking.example");
	g_assert_cmpstr(c.aud, ==, "clinic.example");
	g_assert_cmpstr(c.invitation.sub, ==, "p-1");
	g_assert_cmpstr(c.invitation.jti, ==, "i-1");
	g_assert_cmpstr(c.invitation.area, ==, "khan");
	g_assert_cmpstr(c.invitation.room, ==, "r-17");
	g_assert_cmpint(c.invitation.role, ==, THP_ROLE_CLIENT);
	g_assert_cmpstr(c.invitation.name, ==, "");
	g_assert_cmpstr(c.invitation.with, ==, "");
	g_assert_cmpstr(c.invitation.lang, ==, "");
	g_assert_cmpint(c.invitation.seats, ==, 2);
	g_assert_cmpint(c.invitation.minutes, ==, 0);
	g_assert_cmpint(c.invitation.nbf_s, ==, 1769850000);
	g_assert_cmpint(c.invitation.exp_s, ==, 1769853600);
}

static void test_optional(void)
{
	thp_claims c;

	assert_accepted("name", "\"Amina\"", &c);
	g_assert_cmpstr(c.invitation.name, ==, "Amina");
	assert_accepted("with", "\"Dr Khan\"", &c);
	g_assert_cmpstr(c.invitation.with, ==, "Dr Khan");
	assert_accepted("name", "\"\"", &c);
	assert_accepted("lang", "\"ur\"", &c);
	g_assert_cmpstr(c.invitation.lang, ==, "ur");
	assert_accepted("lang", "\"zh-Hant-TW\"", &c);
	assert_accepted("seats", "8", &c);
	g_assert_cmpint(c.invitation.seats, ==, 8);
	assert_accepted("minutes", "720", &c);
	g_assert_cmpint(c.invitation.minutes, ==, 720);
	assert_accepted("iat", "\"2026-01-30T09:00:00.123+05:00\"", &c);
	assert_accepted("role", "\"therapist\"", &c);
	assert_accepted("x-own", "{\"deep\":1,\"list\":\"\\\"[[[[{{{{\"}", &c);
}

static void test_missing(void)
{
	static const char *const required[] = {"iss", "sub",  "aud",  "nbf", "exp",
					       "jti", "area", "role", "room"};

	for (gsize i = 0; i < G_N_ELEMENTS(required); i++)
		assert_refused(required[i], NULL, THP_TOKEN_MISSING_CLAIM);
}

static void test_room_by_role(void)
{
	static const struct {
		const char *role;
		thp_err err;
	} rows[] = {
		{"\"therapist\"", THP_OK},
		{"\"client\"", THP_TOKEN_MISSING_CLAIM},
		{"\"guest\"", THP_TOKEN_MISSING_CLAIM},
		{"\"observer\"", THP_TOKEN_MISSING_CLAIM},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *json = with("role", rows[i].role);
		char *const room = strstr(json, "\"room\"");
		thp_claims c;
		const char *claim;

		memcpy(room, "\"rOOm\"", 6);
		g_assert_cmpint(parse(json, &c, &claim), ==, rows[i].err);
		g_assert_cmpstr(claim, ==, rows[i].err ? "room" : NULL);
		g_assert_cmpstr(c.invitation.room, ==, "");
	}
}

static void test_wrong_types(void)
{
	static const char *const names[] = {"iss",  "sub",  "aud",  "nbf",   "exp",
					    "iat",  "jti",  "area", "room",  "role",
					    "name", "with", "lang", "seats", "minutes"};
	static const char *const values[] = {"null", "true", "[]", "{}", "1.5", "-1"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		for (gsize j = 0; j < G_N_ELEMENTS(values); j++)
			assert_refused(names[i], values[j], THP_TOKEN_BAD_CLAIM);
	}
}

static void test_bad_values(void)
{
	static const char *const rows[][2] = {
		{"sub", "\"\""},
		{"sub", "\"a b\""},
		{"sub", "\"a/b\""},
		{"sub", "\"\u00e4\""},
		{"jti", "\"65-characters-65-characters-65-characters-65-characters-65-charac\""},
		{"area", "\"..\\n\""},
		{"room", "\"\""},
		{"aud", "\"clinic example\""},
		{"aud", "\"a|b\""},
		{"iss", "\"\""},
		{"iss", "\"a b\""},
		{"role", "\"ops\""},
		{"role", "\"Client\""},
		{"role", "\"\""},
		{"lang", "\"\""},
		{"lang", "\"u\""},
		{"lang", "\"ur_PK\""},
		{"lang", "\"ur-\""},
		{"lang", "\"123\""},
		{"lang", "\"abcdefghi\""},
		{"lang", "\"zh-Hant-TW-x-own1\""},
		{"seats", "1"},
		{"seats", "9"},
		{"seats", "2.0"},
		{"seats", "\"2\""},
		{"minutes", "0"},
		{"minutes", "721"},
		{"minutes", "9223372036854775807"},
		{"exp", "\"2026-01-31T09:00:00Z\""}, /* not after nbf */
		{"exp", "\"2026-01-31T08:59:59Z\""},
		{"exp", "\"2027-02-01T09:00:01Z\""}, /* a second more than 366 days */
		{"nbf", "\"2026-01-31 09:00:00Z\""},
	};
	thp_claims c;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_refused(rows[i][0], rows[i][1], THP_TOKEN_BAD_CLAIM);
	assert_accepted("exp", "\"2027-02-01T09:00:00Z\"", &c);
	assert_accepted("jti",
			"\"64-characters-64-characters-64-characters-64-characters-64-chara\"", &c);
	assert_accepted("aud", "\"https://clinic.example:8443/a\"", &c);
}

static void test_not_claims(void)
{
	static const char *const texts[] = {
		"",
		"null",
		"[]",
		"\"\"",
		"{",
		"{}x",
		GOOD "x",
		"{\"a\":1,\"a\":1}", /* twice the same name */
		"{\"a\":{\"b\":1,\"b\":2}}",
		"{\"a\":{\"b\":{}}}", /* too deep */
		"{\"a\":[[]]}",
		"{\"a\":\"\\u0000\"}", /* a NUL in a text */
		"{\"\\u0000\":1}",
		"{\"a\":\"\xff\"}",         /* not UTF-8 */
		"{\"a\":\"\xed\xa0\x80\"}", /* half a surrogate pair */
		"{\"a\":99999999999999999999}",
		"{\"a\":1e999}",
		"{'a':1}",
	};
	static const thp_claims zero;
	thp_claims out;
	const char *claim;

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		memset(&out, 0xAA, sizeof out);
		g_assert_cmpint(parse(texts[i], &out, &claim), ==, THP_TOKEN_CLAIMS);
		g_assert_null(claim);
		g_assert_cmpmem(&out, sizeof out, &zero, sizeof zero);
	}
	/* A NUL does not end the text early. */
	g_assert_cmpint(thp_claims_parse(GOOD "\0{", strlen(GOOD) + 2, &out, &claim), ==,
			THP_TOKEN_CLAIMS);
}

static void test_deep_text_is_cheap(void)
{
	g_autofree char *deep = g_strnfill(1000000, '[');
	thp_claims out;
	const char *claim;

	g_assert_cmpint(parse(deep, &out, &claim), ==, THP_TOKEN_CLAIMS);
}

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
		{"e\u0301\u0302\u0303", NULL}, /* \u00e9 and two marks are fine: */
		{"\u0301Amina", NULL},         /* a mark with nothing under it */
		{"q\u0301\u0301\u0301", NULL},
		{"a\nb", NULL},
		{"a\tb", NULL},
		{"a\x7f", NULL},
		{"a\xc2\x85", NULL},
		{"a\u200bb", NULL}, /* zero width */
		{"a\u200db", NULL},
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
		if (strcmp(rows[i].in, "e\u0301\u0302\u0303") == 0) {
			g_assert_true(thp_name_clean(rows[i].in, out));
			g_assert_cmpstr(out, ==, "\u00e9\u0302\u0303");
			continue;
		}
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

static void test_print_and_parse(void)
{
	const thp_claims full = {
		.iss = "https://booking.example/?a=b#c",
		.aud = "clinic.example",
		.invitation = {.jti = "i~1",
			       .sub = "p_1",
			       .area = "khan",
			       .room = "r.17",
			       .role = THP_ROLE_OBSERVER,
			       .name = "\"عائشہ\" \\ <b>",
			       .with = "Dr Khan",
			       .lang = "ur-PK",
			       .seats = 3,
			       .minutes = 50,
			       .nbf_s = 1769850000,
			       .exp_s = 1769853600},
	};
	g_autofree char *json = thp_claims_print(&full);
	thp_claims back;
	const char *claim;

	g_assert_cmpint(parse(json, &back, &claim), ==, THP_OK);
	g_assert_cmpstr(back.invitation.name, ==, full.invitation.name);
	g_assert_cmpint(back.invitation.role, ==, full.invitation.role);
	g_assert_cmpint(back.invitation.exp_s, ==, full.invitation.exp_s);

	g_autofree char *again = thp_claims_print(&back);

	g_assert_cmpstr(again, ==, json);
}

static void test_footer(void)
{
	static const char kid[] = "k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE";
	static const char *const refused[] = {
		"",
		"{}",
		"[]",
		"{\"kid\":1}",
		"{\"kid\":\"\"}",
		"{\"kid\":\"k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWF\"}",
		"{\"kid\":\"k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFEE\"}",
		"{\"kid\":\"k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE\",\"x\":{}}",
		"{\"kid\":\"k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE\",\"kid\":\"\"}",
		"k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE",
	};
	g_autofree char *footer = thp_claims_print_footer(kid);
	g_autofree char *pad = g_strnfill(512, ' ');
	g_autofree char *long_one = g_strconcat(footer, pad, NULL);
	char out[THP_KID_LEN + 1];

	g_assert_cmpint(thp_claims_footer(footer, strlen(footer), out), ==, THP_OK);
	g_assert_cmpstr(out, ==, kid);
	g_assert_cmpint(thp_claims_footer(long_one, 512, out), ==, THP_OK);
	g_assert_cmpint(thp_claims_footer(long_one, 513, out), ==, THP_TOKEN_FOOTER);
	g_assert_cmpstr(out, ==, "");
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_assert_cmpint(thp_claims_footer(refused[i], strlen(refused[i]), out), ==,
				THP_TOKEN_FOOTER);
		g_assert_cmpstr(out, ==, "");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/claims/good", test_good);
	g_test_add_func("/claims/optional", test_optional);
	g_test_add_func("/claims/missing", test_missing);
	g_test_add_func("/claims/room-by-role", test_room_by_role);
	g_test_add_func("/claims/wrong-types", test_wrong_types);
	g_test_add_func("/claims/bad-values", test_bad_values);
	g_test_add_func("/claims/not-claims", test_not_claims);
	g_test_add_func("/claims/deep-text-is-cheap", test_deep_text_is_cheap);
	g_test_add_func("/claims/names", test_names);
	g_test_add_func("/claims/name-lengths", test_name_lengths);
	g_test_add_func("/claims/times", test_times);
	g_test_add_func("/claims/times-round", test_times_round);
	g_test_add_func("/claims/print-and-parse", test_print_and_parse);
	g_test_add_func("/claims/footer", test_footer);
	return g_test_run();
}
