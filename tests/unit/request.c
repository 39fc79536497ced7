/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pages send: every request, every refusal, every limit. */
#include <therapy/request.h>

#include <string.h>

#define WHO    "q1W2e3R4t5Y6u7I8o9P0aQ"
#define TICKET "bq0pMZJtT0Qm3o0d0Jz1p1fWbZ0o6a7b8cnFnQ0Zk8c"
#define KEY    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define SIGNATURE                                                                                  \
	"5VZnCLCl8uCA8Uj2hQvYq0fMsrtLjC2FvhDGbSoRrBBWOWNBSCUiF5AMV3Qb0-vAWCJvuvKqBAfNGqYhsYFQDg"
#define DEVICE "\"device\":{\"key\":\"" KEY "\",\"signature\":\"" SIGNATURE "\"}"

static thp_err parse(const char *text, thp_request *out, const char **field)
{
	json_auto_t *body = json_loads(text, JSON_DECODE_ANY, NULL);

	g_assert_nonnull(body);
	return thp_request_parse(body, out, field);
}

static void parse_good(const char *text, thp_request *out)
{
	const char *field = "untouched";
	thp_err err = parse(text, out, &field);

	if (err)
		g_error("%s: %s (%s)", text, thp_err_name(err), field);
	g_assert_null(field);
}

static void assert_refused(const char *text, thp_err expected, const char *expected_field)
{
	static const thp_request nothing;
	thp_request request;
	const char *field = "untouched";
	thp_err err = parse(text, &request, &field);

	if (err != expected || g_strcmp0(field, expected_field) != 0)
		g_error("%s: %s (%s), not %s (%s)", text, thp_err_name(err), field,
			thp_err_name(expected), expected_field);
	/* Whatever had been read before the fault is gone again. */
	g_assert_cmpmem(request.invitation, sizeof request.invitation, nothing.invitation,
			sizeof nothing.invitation);
	g_assert_cmpmem(request.ticket, sizeof request.ticket, nothing.ticket,
			sizeof nothing.ticket);
	g_assert_cmpmem(request.device_key, 32, nothing.device_key, 32);
	g_assert_cmpmem(request.text, sizeof request.text, nothing.text, sizeof nothing.text);
}

static void test_bare(void)
{
	static const struct {
		const char *text;
		thp_request_kind kind;
	} cases[] = {
		{"{\"request\":\"hello\"}", THP_REQ_HELLO},
		{"{\"request\":\"publish\"}", THP_REQ_PUBLISH},
		{"{\"request\":\"media\"}", THP_REQ_MEDIA},
		{"{\"request\":\"leave\"}", THP_REQ_LEAVE},
		{"{\"request\":\"end\"}", THP_REQ_END},
		{"{\"request\":\"pause\"}", THP_REQ_PAUSE},
		{"{\"request\":\"resume\"}", THP_REQ_RESUME},
		{"{\"request\":\"clock\"}", THP_REQ_CLOCK},
		{"{\"request\":\"answer\"}", THP_REQ_ANSWER},
		/* What is not known to a request is not looked at. */
		{"{\"request\":\"hello\",\"knock\":\"x\",\"device\":7,\"new\":[null]}",
		 THP_REQ_HELLO},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		thp_request request;

		parse_good(cases[i].text, &request);
		g_assert_cmpint(request.kind, ==, cases[i].kind);
		g_assert_false(request.has_seq);
		g_assert_cmpint(request.audio, ==, -1);
		g_assert_cmpint(request.video, ==, -1);
		g_assert_cmpint(request.echo, ==, -1);
	}
}

static void test_join(void)
{
	thp_request request;

	parse_good("{\"request\":\"join\",\"seq\":0,\"invitation\":\"v4.public.a-_9.eyJ\"," DEVICE
		   "}",
		   &request);
	g_assert_cmpint(request.kind, ==, THP_REQ_JOIN);
	g_assert_true(request.has_seq);
	g_assert_cmpuint(request.seq, ==, 0);
	g_assert_cmpstr(request.invitation, ==, "v4.public.a-_9.eyJ");
	g_assert_cmphex(request.device_key[0], ==, 0xd7);
	g_assert_cmphex(request.device_key[31], ==, 0x1a);
	g_assert_cmphex(request.device_signature[0], ==, 0xe5);
	g_assert_cmphex(request.device_signature[63], ==, 0x0e);
	thp_request_clear(&request);
	g_assert_cmpstr(request.invitation, ==, "");
	g_assert_cmphex(request.device_signature[63], ==, 0);
}

#define DECIDE(answer)                                                                                          \
	"{\"request\":\"consent_decide\",\"kind\":\"k\",\"version\":\"1\",\"lang\":\"en\",\"answer\":\"" answer \
	"\",\"id\":\"12345678\""
#define FIFTY "12345678901234567890123456789012345678901234567890"

static void test_details(void)
{
	thp_request request;

	parse_good(DECIDE("granted") "}", &request);
	g_assert_true(thp_details_are_empty(&request.details));
	parse_good(DECIDE("granted") ",\"detail\":{\"place\":\" 12 Mall Road \",\"mood\":1}}",
		   &request);
	g_assert_cmpstr(request.details.words[THP_DETAIL_PLACE], ==, "12 Mall Road");
	g_assert_cmpstr(request.details.words[THP_DETAIL_CONTACT], ==, "");
	parse_good(DECIDE("granted") ",\"detail\":{\"contact\":\"" FIFTY FIFTY FIFTY FIFTY "\"}}",
		   &request);
	g_assert_cmpuint(strlen(request.details.words[THP_DETAIL_CONTACT]), ==, THP_DETAIL_CHARS);
	thp_request_clear(&request);
	g_assert_true(thp_details_are_empty(&request.details));
}

static void test_others(void)
{
	thp_request request;

	parse_good(
		"{\"request\":\"media\",\"seq\":9007199254740992,\"audio\":true,\"video\":false}",
		&request);
	g_assert_cmpuint(request.seq, ==, G_GUINT64_CONSTANT(9007199254740992));
	g_assert_cmpint(request.audio, ==, 1);
	g_assert_cmpint(request.video, ==, 0);
	g_assert_cmpint(request.echo, ==, -1);
	parse_good("{\"request\":\"publish\",\"audio\":false,\"video\":true,\"echo\":true}",
		   &request);
	g_assert_cmpint(request.audio, ==, 0);
	g_assert_cmpint(request.video, ==, 1);
	g_assert_cmpint(request.echo, ==, 1);
	parse_good("{\"request\":\"admit\",\"participant\":\"" WHO "\",\"knock\":4294967295}",
		   &request);
	g_assert_cmpstr(request.participant, ==, WHO);
	g_assert_cmpuint(request.knock, ==, G_MAXUINT32);
	parse_good("{\"request\":\"hold\",\"participant\":\"" WHO "\"}", &request);
	g_assert_cmpuint(request.knock, ==, 0);
	parse_good("{\"request\":\"remove\",\"participant\":\"" WHO "\"}", &request);
	g_assert_cmpint(request.kind, ==, THP_REQ_REMOVE);
	parse_good("{\"request\":\"deny\",\"participant\":\"" WHO "\",\"knock\":1}", &request);
	g_assert_cmpstr(request.text, ==, "");
	parse_good("{\"request\":\"deny\",\"participant\":\"" WHO "\",\"knock\":1,\"text\":\"\"}",
		   &request);
	g_assert_cmpstr(request.text, ==, "");
	parse_good("{\"request\":\"message\",\"to\":\"" WHO "\",\"text\":\"two\\nlines\"}",
		   &request);
	g_assert_cmpstr(request.participant, ==, WHO);
	g_assert_cmpstr(request.text, ==, "two\nlines");
	parse_good("{\"request\":\"extend\",\"minutes\":240}", &request);
	g_assert_cmpint(request.minutes, ==, 240);
	parse_good("{\"request\":\"consent_decide\",\"kind\":\"telehealth\",\"version\":\"1.0\","
		   "\"lang\":\"zh-Hant\",\"answer\":\"granted\",\"id\":\"a.b_c~d-\"}",
		   &request);
	g_assert_cmpstr(request.consent, ==, "telehealth");
	g_assert_cmpstr(request.version, ==, "1.0");
	g_assert_cmpstr(request.lang, ==, "zh-Hant");
	g_assert_cmpstr(request.id, ==, "a.b_c~d-");
	g_assert_true(request.granted);
	parse_good(
		"{\"request\":\"consent_decide\",\"kind\":\"k\",\"version\":\"1\",\"lang\":\"en\","
		"\"answer\":\"refused\",\"id\":\"12345678\"}",
		&request);
	g_assert_false(request.granted);
	parse_good("{\"request\":\"lock\",\"room\":\"r-17.a_b~C\"}", &request);
	g_assert_cmpstr(request.room, ==, "r-17.a_b~C");
	parse_good("{\"request\":\"unlock\",\"room\":\"r\"}", &request);
	g_assert_cmpint(request.kind, ==, THP_REQ_UNLOCK);
	parse_good("{\"request\":\"receive\",\"ticket\":\"" TICKET "\"}", &request);
	g_assert_cmpstr(request.ticket, ==, TICKET);
	g_assert_false(request.restart);
	parse_good("{\"request\":\"receive\",\"ticket\":\"" TICKET "\",\"restart\":true}",
		   &request);
	g_assert_true(request.restart);
}

static const struct {
	const char *text;
	thp_err err;
	const char *field;
} refusals[] = {
	{"[]", THP_BAD_JSON, NULL},
	{"\"hello\"", THP_BAD_JSON, NULL},
	{"null", THP_BAD_JSON, NULL},
	{"{}", THP_MISSING_FIELD, "request"},
	{"{\"request\":1}", THP_BAD_FIELD, "request"},
	{"{\"request\":null}", THP_BAD_FIELD, "request"},
	{"{\"request\":\"\"}", THP_UNKNOWN_REQUEST, "request"},
	{"{\"request\":\"Hello\"}", THP_UNKNOWN_REQUEST, "request"},
	{"{\"request\":\"status\"}", THP_UNKNOWN_REQUEST, "request"},
	{"{\"request\":\"hello\",\"seq\":\"1\"}", THP_BAD_FIELD, "seq"},
	{"{\"request\":\"hello\",\"seq\":1.0}", THP_BAD_FIELD, "seq"},
	{"{\"request\":\"hello\",\"seq\":-1}", THP_BAD_FIELD, "seq"},
	{"{\"request\":\"hello\",\"seq\":9007199254740993}", THP_BAD_FIELD, "seq"},
	{"{\"request\":\"hello\",\"seq\":null}", THP_BAD_FIELD, "seq"},

	{"{\"request\":\"record\"}", THP_MISSING_FIELD, "video"},
	{"{\"request\":\"record\",\"video\":1}", THP_BAD_FIELD, "video"},
	{"{\"request\":\"record_key\",\"gi\":1,\"epoch\":2}", THP_MISSING_FIELD, "data"},
	{"{\"request\":\"record_key\",\"gi\":1,\"epoch\":2,\"data\":\"AAAA\"}", THP_BAD_FIELD,
	 "data"},
	{"{\"request\":\"record_key\",\"gi\":1,\"epoch\":2,\"data\":7}", THP_BAD_FIELD, "data"},
	{"{\"request\":\"record_key\",\"gi\":0,\"epoch\":2,\"data\":\"\"}", THP_BAD_FIELD, "data"},
	{"{\"request\":\"consent_text\",\"lang\":\"en\"}", THP_MISSING_FIELD, "kind"},
	{"{\"request\":\"consent_text\",\"kind\":\"k\"}", THP_MISSING_FIELD, "lang"},
	{"{\"request\":\"consent_text\",\"kind\":\"a b\",\"lang\":\"en\"}", THP_BAD_FIELD, "kind"},
	{"{\"request\":\"consent_text\",\"kind\":\"\",\"lang\":\"en\"}", THP_BAD_FIELD, "kind"},
	{"{\"request\":\"consent_text\",\"kind\":\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\",\"lang\":\"en\"}",
	 THP_BAD_FIELD, "kind"},
	{"{\"request\":\"consent_text\",\"kind\":7,\"lang\":\"en\"}", THP_BAD_FIELD, "kind"},
	{"{\"request\":\"consent_text\",\"kind\":\"k\",\"lang\":\"11111111111111111\"}",
	 THP_BAD_FIELD, "lang"},
	{"{\"request\":\"consent_shown\",\"kind\":\"k\",\"lang\":\"en\"}", THP_MISSING_FIELD,
	 "version"},
	{"{\"request\":\"consent_shown\",\"kind\":\"k\",\"version\":\"11111111111111111\",\"lang\":\"en\"}",
	 THP_BAD_FIELD, "version"},
	{"{\"request\":\"consent_decide\",\"kind\":\"k\",\"version\":\"1\",\"lang\":\"en\",\"id\":\"12345678\"}",
	 THP_MISSING_FIELD, "answer"},
	{"{\"request\":\"consent_decide\",\"kind\":\"k\",\"version\":\"1\",\"lang\":\"en\",\"answer\":\"yes\",\"id\":\"12345678\"}",
	 THP_BAD_FIELD, "answer"},
	{"{\"request\":\"consent_decide\",\"kind\":\"k\",\"version\":\"1\",\"lang\":\"en\",\"answer\":true,\"id\":\"12345678\"}",
	 THP_BAD_FIELD, "answer"},
	{"{\"request\":\"consent_decide\",\"kind\":\"k\",\"version\":\"1\",\"lang\":\"en\",\"answer\":\"withdrawn\",\"id\":\"12345678\"}",
	 THP_BAD_FIELD, "answer"},
	{"{\"request\":\"consent_decide\",\"kind\":\"k\",\"version\":\"1\",\"lang\":\"en\",\"answer\":\"granted\"}",
	 THP_MISSING_FIELD, "id"},
	{DECIDE("refused") ",\"detail\":{\"place\":\"p\"}}", THP_BAD_FIELD, "detail"},
	{DECIDE("granted") ",\"detail\":\"p\"}", THP_BAD_FIELD, "detail"},
	{DECIDE("granted") ",\"detail\":{}}", THP_BAD_FIELD, "detail"},
	{DECIDE("granted") ",\"detail\":{\"place\":\"  \",\"contact\":\"\"}}", THP_BAD_FIELD,
	 "detail"},
	{DECIDE("granted") ",\"detail\":{\"place\":7}}", THP_BAD_FIELD, "detail.place"},
	{DECIDE("granted") ",\"detail\":{\"contact\":\"a\\nb\"}}", THP_BAD_FIELD, "detail.contact"},
	{DECIDE("granted") ",\"detail\":{\"contact\":\"a\\u202eb\"}}", THP_BAD_FIELD,
	 "detail.contact"},
	{DECIDE("granted") ",\"detail\":{\"place\":\"" FIFTY FIFTY FIFTY FIFTY "x\"}}",
	 THP_BAD_FIELD, "detail.place"},
	{"{\"request\":\"consent_detail\"}", THP_MISSING_FIELD, "participant"},
	{"{\"request\":\"consent_withdraw\",\"kind\":\"k\",\"id\":\"iiiiiii\"}", THP_BAD_FIELD,
	 "id"},
	{"{\"request\":\"consent_withdraw\",\"kind\":\"k\",\"id\":\"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii\"}",
	 THP_BAD_FIELD, "id"},
	{"{\"request\":\"consent_withdraw\",\"kind\":\"k\",\"id\":\"1234 5678\"}", THP_BAD_FIELD,
	 "id"},

	{"{\"request\":\"join\"," DEVICE "}", THP_MISSING_FIELD, "invitation"},
	{"{\"request\":\"join\",\"invitation\":7," DEVICE "}", THP_BAD_FIELD, "invitation"},
	{"{\"request\":\"join\",\"invitation\":\"\"," DEVICE "}", THP_TOKEN_MALFORMED,
	 "invitation"},
	{"{\"request\":\"join\",\"invitation\":\"v4 \"," DEVICE "}", THP_TOKEN_MALFORMED,
	 "invitation"},
	{"{\"request\":\"join\",\"invitation\":\"v4.\xc3\xa9\"," DEVICE "}", THP_TOKEN_MALFORMED,
	 "invitation"},
	{"{\"request\":\"join\",\"invitation\":\"v4.a=\"," DEVICE "}", THP_TOKEN_MALFORMED,
	 "invitation"},
	{"{\"request\":\"join\",\"invitation\":\"v4\"}", THP_MISSING_FIELD, "device"},
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":\"" KEY "\"}", THP_BAD_FIELD,
	 "device"},
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":{\"signature\":\"" SIGNATURE
	 "\"}}",
	 THP_MISSING_FIELD, "device.key"},
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":{\"key\":null}}", THP_BAD_FIELD,
	 "device.key"},
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":{\"key\":\"short\"}}",
	 THP_DEVICE_KEY, "device.key"},
	/* The last character has bits that are not in the 32 bytes. */
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":{\"key\":"
	 "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp\"}}",
	 THP_DEVICE_KEY, "device.key"},
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":{\"key\":"
	 "\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}}",
	 THP_DEVICE_KEY, "device.key"},
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":{\"key\":\"" KEY "\"}}",
	 THP_MISSING_FIELD, "device.signature"},
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":{\"key\":\"" KEY
	 "\",\"signature\":\"" KEY "\"}}",
	 THP_DEVICE_SIGNATURE, "device.signature"},
	{"{\"request\":\"join\",\"invitation\":\"v4\",\"device\":{\"key\":\"" KEY
	 "\",\"signature\":[]}}",
	 THP_BAD_FIELD, "device.signature"},

	{"{\"request\":\"publish\",\"audio\":1}", THP_BAD_FIELD, "audio"},
	{"{\"request\":\"media\",\"video\":\"true\"}", THP_BAD_FIELD, "video"},
	{"{\"request\":\"media\",\"echo\":null}", THP_BAD_FIELD, "echo"},

	{"{\"request\":\"admit\",\"knock\":1}", THP_MISSING_FIELD, "participant"},
	{"{\"request\":\"admit\",\"participant\":\"" WHO "\"}", THP_MISSING_FIELD, "knock"},
	{"{\"request\":\"admit\",\"participant\":\"" WHO "\",\"knock\":0}", THP_BAD_FIELD, "knock"},
	{"{\"request\":\"admit\",\"participant\":\"" WHO "\",\"knock\":4294967296}", THP_BAD_FIELD,
	 "knock"},
	{"{\"request\":\"admit\",\"participant\":\"" WHO "\",\"knock\":\"1\"}", THP_BAD_FIELD,
	 "knock"},
	{"{\"request\":\"admit\",\"participant\":7,\"knock\":1}", THP_BAD_FIELD, "participant"},
	{"{\"request\":\"hold\"}", THP_MISSING_FIELD, "participant"},
	{"{\"request\":\"hold\",\"participant\":\"\"}", THP_BAD_FIELD, "participant"},
	{"{\"request\":\"hold\",\"participant\":\"q1W2e3R4t5Y6u7I8o9P0a\"}", THP_BAD_FIELD,
	 "participant"},
	{"{\"request\":\"hold\",\"participant\":\"" WHO "A\"}", THP_BAD_FIELD, "participant"},
	{"{\"request\":\"hold\",\"participant\":\"q1W2e3R4t5Y6u7I8o9P0aR\"}", THP_BAD_FIELD,
	 "participant"},
	{"{\"request\":\"remove\"}", THP_MISSING_FIELD, "participant"},
	{"{\"request\":\"deny\",\"participant\":\"" WHO "\"}", THP_MISSING_FIELD, "knock"},
	{"{\"request\":\"deny\",\"participant\":\"" WHO "\",\"knock\":1,\"text\":7}", THP_BAD_FIELD,
	 "text"},
	{"{\"request\":\"message\",\"text\":\"x\"}", THP_MISSING_FIELD, "to"},
	{"{\"request\":\"message\",\"to\":\"all\",\"text\":\"x\"}", THP_BAD_FIELD, "to"},
	{"{\"request\":\"message\",\"to\":\"" WHO "\"}", THP_MISSING_FIELD, "text"},
	{"{\"request\":\"message\",\"to\":\"" WHO "\",\"text\":\"\"}", THP_BAD_FIELD, "text"},

	{"{\"request\":\"extend\"}", THP_MISSING_FIELD, "minutes"},
	{"{\"request\":\"extend\",\"minutes\":0}", THP_BAD_FIELD, "minutes"},
	{"{\"request\":\"extend\",\"minutes\":241}", THP_BAD_FIELD, "minutes"},
	{"{\"request\":\"extend\",\"minutes\":-5}", THP_BAD_FIELD, "minutes"},
	{"{\"request\":\"extend\",\"minutes\":5.0}", THP_BAD_FIELD, "minutes"},
	{"{\"request\":\"extend\",\"minutes\":\"5\"}", THP_BAD_FIELD, "minutes"},
	{"{\"request\":\"extend\",\"minutes\":9223372036854775807}", THP_BAD_FIELD, "minutes"},
	{"{\"request\":\"lock\"}", THP_MISSING_FIELD, "room"},
	{"{\"request\":\"lock\",\"room\":\"\"}", THP_BAD_FIELD, "room"},
	{"{\"request\":\"lock\",\"room\":\"a/b\"}", THP_BAD_FIELD, "room"},
	{"{\"request\":\"unlock\",\"room\":7}", THP_BAD_FIELD, "room"},
	{"{\"request\":\"receive\"}", THP_MISSING_FIELD, "ticket"},
	{"{\"request\":\"receive\",\"ticket\":\"x\"}", THP_BAD_FIELD, "ticket"},
	{"{\"request\":\"receive\",\"ticket\":\"" TICKET "A\"}", THP_BAD_FIELD, "ticket"},
	{"{\"request\":\"receive\",\"ticket\":\"" TICKET "\",\"restart\":1}", THP_BAD_FIELD,
	 "restart"},
};

static void test_refusals(void)
{
	thp_request request;
	const char *field = "untouched";

	g_assert_cmpint(thp_request_parse(NULL, &request, &field), ==, THP_BAD_JSON);
	g_assert_null(field);
	for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++)
		assert_refused(refusals[i].text, refusals[i].err, refusals[i].field);
}

/* A zero byte in a string must not end it: jansson allows them when asked to. */
static void test_zero_bytes(void)
{
	static const char *const texts[] = {
		"{\"request\":\"join\",\"invitation\":\"v4\\u0000x\"," DEVICE "}",
		"{\"request\":\"lock\",\"room\":\"a\\u0000b\"}",
		"{\"request\":\"message\",\"to\":\"" WHO "\",\"text\":\"a\\u0000b\"}",
		"{\"request\":\"receive\",\"ticket\":\"" TICKET "\\u0000\"}",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		json_auto_t *body = json_loads(texts[i], JSON_ALLOW_NUL, NULL);
		thp_request request;
		const char *field;

		g_assert_nonnull(body);
		g_assert_cmpint(thp_request_parse(body, &request, &field), !=, THP_OK);
		g_assert_nonnull(field);
	}
}

static thp_err send_text(const char *text)
{
	json_auto_t *body =
		json_pack("{s:s, s:s, s:s}", "request", "message", "to", WHO, "text", text);
	thp_request request;
	const char *field = NULL;

	g_assert_nonnull(body);
	thp_err err = thp_request_parse(body, &request, &field);

	g_assert_cmpstr(field, ==, err ? "text" : NULL);
	if (!err)
		g_assert_cmpstr(request.text, ==, text);
	return err;
}

static void test_text(void)
{
	static const char *const good[] = {
		"I am five minutes late.",
		"میں پانچ منٹ میں آتی ہوں۔",
		"\xe2\x80\x8fUrdu mark",
		"emoji \xf0\x9f\x99\x82\nsecond line",
	};
	static const char *const bad[] = {
		"tab\there",    "bell\a",       "carriage\rreturn",
		"\x7f",         "\xc2\x85",     "over\xe2\x80\xae\x65\x64irr",
		"\xe2\x80\xaa", "\xe2\x81\xa6", "\xe2\x81\xa9",
	};
	g_autoptr(GString) long_text = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_cmpint(send_text(good[i]), ==, THP_OK);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_cmpint(send_text(bad[i]), ==, THP_BAD_FIELD);
	for (guint i = 0; i < THP_TEXT_CHARS; i++)
		g_string_append(long_text, "\xf0\x9f\x99\x82");
	g_assert_cmpint(send_text(long_text->str), ==, THP_OK);
	g_string_append_c(long_text, '.');
	g_assert_cmpint(send_text(long_text->str), ==, THP_BAD_FIELD);
	g_string_truncate(long_text, 0);
	for (guint i = 0; i <= THP_TEXT_CHARS; i++)
		g_string_append_c(long_text, '.');
	g_assert_cmpint(send_text(long_text->str), ==, THP_BAD_FIELD);
}

static void test_long_fields(void)
{
	g_autofree char *name = g_strnfill(THP_ID_MAX, 'r');
	g_autofree char *token = g_strnfill(THP_TOKEN_MAX, 't');
	g_autofree char *lock = g_strdup_printf("{\"request\":\"lock\",\"room\":\"%s\"}", name);
	g_autofree char *lock_more =
		g_strdup_printf("{\"request\":\"lock\",\"room\":\"%sr\"}", name);
	g_autofree char *join =
		g_strdup_printf("{\"request\":\"join\",\"invitation\":\"%s\",%s}", token, DEVICE);
	g_autofree char *join_more =
		g_strdup_printf("{\"request\":\"join\",\"invitation\":\"%st\",%s}", token, DEVICE);
	thp_request request;

	parse_good(lock, &request);
	g_assert_cmpstr(request.room, ==, name);
	assert_refused(lock_more, THP_BAD_FIELD, "room");
	parse_good(join, &request);
	g_assert_cmpstr(request.invitation, ==, token);
	assert_refused(join_more, THP_TOKEN_MALFORMED, "invitation");
}

static char *nested(guint depth)
{
	g_autofree char *open = g_strnfill(depth - 1, '[');
	g_autofree char *close = g_strnfill(depth - 1, ']');

	return g_strdup_printf("{\"request\":\"hello\",\"x\":%s%s}", open, close);
}

/* An object with @members besides "request". */
static char *wide(guint members, gsize string_bytes)
{
	g_autoptr(GString) text = g_string_new("{\"request\":\"hello\"");
	g_autofree char *fill = g_strnfill(string_bytes, 'x');

	for (guint i = 0; i < members; i++)
		g_string_append_printf(text, ",\"%u\":\"%s\"", i, fill);
	g_string_append_c(text, '}');
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_limits(void)
{
	g_autofree char *deep = nested(THP_BODY_DEPTH_MAX);
	g_autofree char *deeper = nested(THP_BODY_DEPTH_MAX + 1);
	g_autofree char *many = wide(THP_BODY_VALUES_MAX - 1, 1);
	g_autofree char *too_many = wide(THP_BODY_VALUES_MAX, 1);
	g_autofree char *big = wide(1, THP_BODY_MAX - 100);
	g_autofree char *too_big = wide(1, THP_BODY_MAX);
	g_autofree char *bigger = wide(60, THP_BODY_MAX / 60);
	g_autofree char *key = g_strnfill(THP_BODY_MAX, 'k');
	g_autofree char *long_key = g_strdup_printf("{\"request\":\"hello\",\"%s\":1}", key);
	thp_request request;

	parse_good(deep, &request);
	assert_refused(deeper, THP_TOO_BIG, NULL);
	parse_good(many, &request);
	assert_refused(too_many, THP_TOO_BIG, NULL);
	parse_good(big, &request);
	assert_refused(too_big, THP_TOO_BIG, NULL);
	assert_refused(bigger, THP_TOO_BIG, NULL);
	assert_refused(long_key, THP_TOO_BIG, NULL);
}

static void test_late(void)
{
	thp_request r;

	parse_good("{\"request\":\"late\",\"ms\":120}", &r);
	g_assert_cmpuint(r.late_ms, ==, 120);
	assert_refused("{\"request\":\"late\"}", THP_MISSING_FIELD, "ms");
	assert_refused("{\"request\":\"late\",\"ms\":-1}", THP_BAD_FIELD, "ms");
	assert_refused("{\"request\":\"late\",\"ms\":60001}", THP_BAD_FIELD, "ms");
	assert_refused("{\"request\":\"late\",\"ms\":\"120\"}", THP_BAD_FIELD, "ms");
}

static void test_report(void)
{
	thp_request r;

	parse_good("{\"request\":\"report\",\"down\":{\"span_ms\":1000,\"audio_samples\":48000,"
		   "\"quiet_ms\":7}}",
		   &r);
	g_assert_true(r.has_down && !r.has_up);
	g_assert_cmpuint(r.down.span_ms, ==, 1000);
	g_assert_cmpint(r.down.audio_samples, ==, 48000);
	g_assert_cmpint(r.down.quiet_ms, ==, 7);
	g_assert_cmpint(r.down.concealed_samples, ==, -1);
	parse_good("{\"request\":\"report\",\"up\":{\"span_ms\":0,\"lost_permille\":1000}}", &r);
	g_assert_true(!r.has_down && r.has_up);
	g_assert_cmpint(r.up.lost_permille, ==, 1000);
	g_assert_cmpint(r.up.available_kbps, ==, -1);
	assert_refused("{\"request\":\"report\"}", THP_MISSING_FIELD, "down");
	assert_refused("{\"request\":\"report\",\"down\":[]}", THP_BAD_FIELD, "down");
	assert_refused("{\"request\":\"report\",\"down\":{}}", THP_MISSING_FIELD, "down.span_ms");
	assert_refused("{\"request\":\"report\",\"up\":{\"span_ms\":60001}}", THP_BAD_FIELD,
		       "up.span_ms");
	assert_refused("{\"request\":\"report\",\"up\":{\"span_ms\":1,\"fps\":241}}", THP_BAD_FIELD,
		       "up.fps");
	assert_refused("{\"request\":\"report\",\"down\":{\"span_ms\":1,\"audio_lost\":-1}}",
		       THP_BAD_FIELD, "down.audio_lost");
	assert_refused("{\"request\":\"report\",\"down\":{\"span_ms\":1,\"rtt_ms\":0.5}}",
		       THP_BAD_FIELD, "down.rtt_ms");
	parse_good("{\"request\":\"prefer\",\"voice_only\":false}", &r);
	g_assert_cmpint(r.voice_only, ==, 0);
	g_assert_false(r.has_view);
	parse_good("{\"request\":\"prefer\",\"view\":\"zZ9y8X7w6V5u4T3s2R1q0A\"}", &r);
	g_assert_cmpint(r.voice_only, ==, -1);
	g_assert_cmpstr(r.view, ==, "zZ9y8X7w6V5u4T3s2R1q0A");
	parse_good("{\"request\":\"prefer\",\"view\":\"\"}", &r);
	g_assert_true(r.has_view);
	assert_refused("{\"request\":\"prefer\",\"voice_only\":1}", THP_BAD_FIELD, "voice_only");
	assert_refused("{\"request\":\"prefer\",\"view\":\"zZ9\"}", THP_BAD_FIELD, "view");
	assert_refused("{\"request\":\"prefer\",\"view\":null}", THP_BAD_FIELD, "view");
	assert_refused("{\"request\":\"prefer\"}", THP_MISSING_FIELD, "voice_only");
}

static void test_names(void)
{
	for (int i = 0; i < THP_N_REQUESTS; i++) {
		thp_request_kind kind = THP_N_REQUESTS;

		g_assert_true(thp_request_find(thp_request_name((thp_request_kind)i), &kind));
		g_assert_cmpint(kind, ==, i);
	}
	g_assert_cmpstr(thp_request_name(THP_N_REQUESTS), ==, "unknown");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/request/bare", test_bare);
	g_test_add_func("/request/join", test_join);
	g_test_add_func("/request/others", test_others);
	g_test_add_func("/request/details", test_details);
	g_test_add_func("/request/refusals", test_refusals);
	g_test_add_func("/request/zero-bytes", test_zero_bytes);
	g_test_add_func("/request/text", test_text);
	g_test_add_func("/request/long-fields", test_long_fields);
	g_test_add_func("/request/limits", test_limits);
	g_test_add_func("/request/report", test_report);
	g_test_add_func("/request/late", test_late);
	g_test_add_func("/request/names", test_names);
	return g_test_run();
}
