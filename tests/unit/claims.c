/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims and footers: what is read, what is refused, and whose fault it is said to be. */
#include <therapy/claims.h>

#include <string.h>

#include <jansson.h>

#define GOOD                                                                                       \
	"{\"iss\":\"booking.example\",\"sub\":\"p-1\",\"aud\":\"clinic.example\","                 \
	"\"nbf\":\"2026-01-31T09:00:00Z\",\"exp\":\"2026-01-31T10:00:00Z\",\"jti\":\"i-1\","       \
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
	assert_accepted("guardian", "\"p-mother\"", &c);
	g_assert_cmpstr(c.invitation.guardian, ==, "p-mother");
	assert_accepted("max_minutes", "720", &c);
	g_assert_cmpint(c.invitation.max_minutes, ==, 720);
	assert_accepted("start", "\"2026-01-31T09:30:00Z\"", &c);
	g_assert_cmpint(c.invitation.start_s, ==, 1769851800);
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
	static const char *const names[] = {"iss",         "sub",   "aud",     "nbf",   "exp",
					    "iat",         "jti",   "area",    "room",  "role",
					    "name",        "with",  "lang",    "seats", "minutes",
					    "max_minutes", "start", "guardian"};
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
		{"guardian", "\"\""},
		{"guardian", "\"a b\""},
		{"max_minutes", "0"},
		{"max_minutes", "721"},
		{"start", "1769851800"},
		{"start", "\"tomorrow\""},
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
			       .guardian = "p_0",
			       .seats = 3,
			       .minutes = 50,
			       .max_minutes = 80,
			       .start_s = 1769851800,
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
	g_test_add_func("/claims/print-and-parse", test_print_and_parse);
	g_test_add_func("/claims/footer", test_footer);
	return g_test_run();
}
