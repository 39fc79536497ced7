/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PASETO v4.public and PASERK against the published test vectors of paseto-standard. */
#include <therapy/paseto.h>
#include <therapy/secret.h>

#include <string.h>

#define PUBLIC_HEX "1eb9dbbbbc047c03fd70604e0071f0987e16b28b757225c11f00415d0e20b1a2"
#define SECRET_HEX "b4cbfb43df4ce210727d953e4a713307fa19bb7d9f85041438d9e11b942a3774" PUBLIC_HEX
#define PAYLOAD    "{\"data\":\"this is a signed message\",\"exp\":\"2022-01-01T00:00:00+00:00\"}"
#define FOOTER     "{\"kid\":\"zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN\"}"
#define BODY                                                                                         \
	"v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDow" \
	"MCswMDowMCJ9"
#define FOOTER_TEXT "eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9"

static void from_hex(const char *hex, guint8 *out)
{
	for (gsize i = 0; hex[2 * i]; i++)
		out[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) * 16 +
				  g_ascii_xdigit_value(hex[2 * i + 1]));
}

static const struct {
	const char *name, *footer, *implicit, *token;
} signed_vectors[] = {
	{"4-S-1", "", "",
	 BODY
	 "bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA"},
	{"4-S-2", FOOTER, "",
	 BODY
	 "v3Jt8mx_TdM2ceTGoqwrh4yDFn0XsHvvV_D0DtwQxVrJEBMl0F2caAdgnpKlt4p7xBnx1HcO-SPo8FPp214HDw." FOOTER_TEXT},
	{"4-S-3", FOOTER, "{\"test-vector\":\"4-S-3\"}",
	 BODY
	 "NPWciuD3d0o5eXJXG5pJy-DiVEoyPYWs1YSTwWHNJq6DZD3je5gf-0M4JR9ipdUSJbIovzmBECeaWmaqcaP0DQ." FOOTER_TEXT},
};

static void test_vectors_sign(void)
{
	guint8 secret_key[THP_SECRET_KEY_BYTES];

	from_hex(SECRET_HEX, secret_key);
	for (gsize i = 0; i < G_N_ELEMENTS(signed_vectors); i++) {
		g_autofree char *token = NULL;

		g_test_message("%s", signed_vectors[i].name);
		g_assert_cmpint(thp_paseto_sign(secret_key, PAYLOAD, signed_vectors[i].footer,
						signed_vectors[i].implicit, &token),
				==, THP_OK);
		g_assert_cmpstr(token, ==, signed_vectors[i].token);
	}
}

static void test_vectors_verify(void)
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	thp_paseto parts;

	from_hex(PUBLIC_HEX, public_key);
	for (gsize i = 0; i < G_N_ELEMENTS(signed_vectors); i++) {
		const char *const token = signed_vectors[i].token;

		g_test_message("%s", signed_vectors[i].name);
		g_assert_cmpint(thp_paseto_split(token, strlen(token), &parts), ==, THP_OK);
		g_assert_cmpstr(parts.payload, ==, PAYLOAD);
		g_assert_cmpstr(parts.footer, ==, signed_vectors[i].footer);
		g_assert_cmpint(thp_paseto_verify(&parts, public_key, signed_vectors[i].implicit),
				==, THP_OK);
		g_assert_cmpint(thp_paseto_verify(&parts, public_key, "another"), ==,
				THP_TOKEN_SIGNATURE);
	}
}

/* The vectors that must not verify: four are of another kind, 4-F-2 has a wrong signature. */
static void test_vectors_refused(void)
{
	static const char f2[] =
		"v4.public.eyJpbnZhbGlkIjoidGhpcyBzaG91bGQgbmV2ZXIgZGVjb2RlIn22Sp4gjCaUw0c7EH84ZSm_jN_"
		"Qr41MrgLNu5LIBCzUr1pn3Z-Wukg9h3ceplWigpoHaTLcwxj0NsI1vjTh67YB." FOOTER_TEXT;
	static const struct {
		const char *name, *token;
		thp_err err;
	} others[] = {
		{"4-F-1",
		 "v4.local.vngXfCISbnKgiP6VWGuOSlYrFYU300fy9ijW33rznDYgxHNPwWluAY2Bgb0z54CUs6aYYkIJ-"
		 "bOOOmJHPuX_34Agt_IPlNdGDpRdGNnBz2MpWJvB3cttheEc1uyCEYltj7wBQQYX."
		 "YXJiaXRyYXJ5LXN0cmluZy10aGF0LWlzbid0LWpzb24",
		 THP_TOKEN_VERSION},
		{"4-F-3",
		 "v3.local.23e_2PiqpQBPvRFKzB0zHhjmxK3sKo2grFZRRLM-U7L0a8uHxuF9RlVz3Ic6WmdUUWTxCaYycwWV1y"
		 "M8gKbZB2JhygDMKvHQ7eBf8GtF0r3K0Q_gF1PXOxcOgztak1eD1dPe9rLVMSgR0nHJXeIGYVuVrVoLWQ."
		 "YXJiaXRyYXJ5LXN0cmluZy10aGF0LWlzbid0LWpzb24",
		 THP_TOKEN_VERSION},
		{"4-F-4",
		 "v4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAr68PS4AXe7If_ZgesdkUMvSwscFlAl1pk"
		 "5HC0e8kApeaqMfGo_7OpBnwJOAbY9V7WU6abu74MmcUE8YWAiaArVI8XJ5hOb_4v9RmDkneN0S92dx0OW4pgy7o"
		 "mxgf3S8c3LlQh",
		 THP_TOKEN_VERSION},
		{"4-F-5",
		 "v4.local.32VIErrEkmY4JVILovbmfPXKW9wT1OdQepjMTC_MOtjA4kiqw7_tcaOM5GNEcnTxl60WkwMsYXw6FS"
		 "Nb_UdJPXjpzm0KW9ojM5f4O2mRvE2IcweP-PRdoHjd5-RHCiExR1IK6t4x-RMNXtQNbz7FvFZ_G-lFpk5RG3EOr"
		 "wDL6CgDqcerSQ==." FOOTER_TEXT,
		 THP_TOKEN_MALFORMED},
	};
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	thp_paseto parts;

	from_hex(PUBLIC_HEX, public_key);
	g_assert_cmpint(thp_paseto_split(f2, strlen(f2), &parts), ==, THP_OK);
	g_assert_cmpint(thp_paseto_verify(&parts, public_key, "{\"test-vector\":\"4-F-2\"}"), ==,
			THP_TOKEN_SIGNATURE);
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		g_test_message("%s", others[i].name);
		g_assert_cmpint(thp_paseto_split(others[i].token, strlen(others[i].token), &parts),
				==, others[i].err);
	}
}

static void test_split_shapes(void)
{
	static const struct {
		const char *token;
		thp_err err;
	} rows[] = {
		{"", THP_TOKEN_MALFORMED},
		{"v4", THP_TOKEN_MALFORMED},
		{"v4.public", THP_TOKEN_MALFORMED},
		{"v4.public.", THP_TOKEN_MALFORMED},
		{"v4.public.AAAA", THP_TOKEN_MALFORMED}, /* shorter than a signature */
		{"v4.public.A", THP_TOKEN_MALFORMED},    /* a lone character */
		{"v4.public."
		 "AAAA.AAAA.AAAA",
		 THP_TOKEN_MALFORMED}, /* a dot too many */
		{"v4.public.AA AA", THP_TOKEN_MALFORMED},
		{"v4.public.AA+A", THP_TOKEN_MALFORMED}, /* not the url alphabet */
		{"v3.public.AAAA", THP_TOKEN_VERSION},
		{"V4.public.AAAA", THP_TOKEN_VERSION},
		{"v4.publix.AAAA", THP_TOKEN_VERSION},
		{"a.b.c", THP_TOKEN_VERSION},
		{"..", THP_TOKEN_VERSION},
	};
	thp_paseto parts;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].token);
		g_assert_cmpint(thp_paseto_split(rows[i].token, strlen(rows[i].token), &parts), ==,
				rows[i].err);
	}
	g_assert_cmpint(thp_paseto_split("v4.public.\0AAA", 14, &parts), ==, THP_TOKEN_MALFORMED);
}

/* A text that decodes to the same bytes must not be a second spelling of a token. */
static void test_split_is_canonical(void)
{
	g_autofree char *loose = g_strdup(signed_vectors[1].token);
	g_autofree char *no_footer = g_strconcat(signed_vectors[0].token, ".", NULL);
	g_autofree char *bad_footer = g_strconcat(signed_vectors[0].token, ".AAAAA", NULL);
	g_autofree char *padded = g_strconcat(signed_vectors[0].token, "==", NULL);
	char *const last = strchr(loose + strlen("v4.public."), '.') - 1;
	thp_paseto parts;

	/* 134 bytes leave four bits over in the last character. */
	g_assert_cmpint(*last, ==, 'w');
	*last = 'x';
	g_assert_cmpint(thp_paseto_split(loose, strlen(loose), &parts), ==, THP_TOKEN_MALFORMED);
	g_assert_cmpint(thp_paseto_split(no_footer, strlen(no_footer), &parts), ==,
			THP_TOKEN_FOOTER);
	g_assert_cmpint(thp_paseto_split(bad_footer, strlen(bad_footer), &parts), ==,
			THP_TOKEN_FOOTER);
	g_assert_cmpint(thp_paseto_split(padded, strlen(padded), &parts), ==, THP_TOKEN_MALFORMED);
}

static void test_limits(void)
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 secret_key[THP_SECRET_KEY_BYTES];
	g_autofree char *payload = g_strnfill(THP_PAYLOAD_MAX, 'x');
	g_autofree char *footer = g_strnfill(THP_FOOTER_MAX + 1, 'f');
	g_autofree char *implicit = g_strnfill(THP_IMPLICIT_MAX + 1, 'i');
	g_autofree char *token = NULL;
	g_autofree char *big = NULL;
	thp_paseto parts;

	thp_paserk_generate(public_key, secret_key);
	g_assert_cmpint(thp_paseto_sign(secret_key, payload, "", "", &token), ==, THP_TOO_BIG);
	g_assert_null(token);
	g_assert_cmpint(thp_paseto_sign(secret_key, "p", footer, "", &token), ==, THP_TOO_BIG);
	g_assert_cmpint(thp_paseto_sign(secret_key, "p", "", implicit, &token), ==, THP_TOO_BIG);
	payload[THP_PAYLOAD_MAX - THP_SIGNATURE_BYTES] = '\0';
	g_assert_cmpint(thp_paseto_sign(secret_key, payload, "", "", &token), ==, THP_TOO_BIG);
	g_assert_null(token);

	/* The biggest that fits: 10 + 4086 characters carry 3064 bytes. */
	payload[3064 - THP_SIGNATURE_BYTES] = '\0';
	g_assert_cmpint(thp_paseto_sign(secret_key, payload, "", "", &token), ==, THP_OK);
	g_assert_cmpuint(strlen(token), ==, THP_TOKEN_MAX);
	g_assert_cmpint(thp_paseto_split(token, strlen(token), &parts), ==, THP_OK);
	g_assert_cmpint(thp_paseto_verify(&parts, public_key, ""), ==, THP_OK);
	g_assert_cmpint(thp_paseto_verify(&parts, public_key, implicit), ==, THP_TOKEN_SIGNATURE);
	big = g_strconcat(token, "A", NULL);
	g_assert_cmpint(thp_paseto_split(big, strlen(big), &parts), ==, THP_TOKEN_MALFORMED);

	/* A footer over its limit, in a token within its own. */
	g_free(big);
	big = g_strconcat(signed_vectors[0].token, ".", footer, footer, NULL);
	g_assert_cmpint(thp_paseto_split(big, strlen(big), &parts), ==, THP_TOKEN_FOOTER);
}

/* A small-order key "verifies" anything in a careless library. */
static void test_weak_keys(void)
{
	static const char *const weak[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	};
	guint8 key[THP_PUBLIC_KEY_BYTES];
	thp_paseto parts = {.payload = "x", .payload_len = 1};

	for (gsize i = 0; i < G_N_ELEMENTS(weak); i++) {
		from_hex(weak[i], key);
		memset(parts.signature, 0, sizeof parts.signature);
		memcpy(parts.signature, key, sizeof key);
		g_assert_cmpint(thp_paseto_verify(&parts, key, ""), ==, THP_TOKEN_SIGNATURE);
		memset(parts.signature, 0, sizeof parts.signature);
		parts.signature[0] = 1;
		g_assert_cmpint(thp_paseto_verify(&parts, key, ""), ==, THP_TOKEN_SIGNATURE);
	}
}

static const struct {
	const char *hex, *public_text, *pid;
} key_vectors[] = {
	{"0000000000000000000000000000000000000000000000000000000000000000",
	 "k4.public.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	 "k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE"},
	{"707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f",
	 "k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8",
	 "k4.pid.9ShR3xc8-qVJ_di0tc9nx0IDIqbatdeM2mqLFBJsKRHs"},
	{"707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e90",
	 "k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjpA",
	 "k4.pid.-nyvbaTz8U6TQz7OZWW-iB3va31iAxIpUgzUcVQVmW9A"},
};

static void test_paserk_public_and_pid(void)
{
	guint8 key[THP_PUBLIC_KEY_BYTES];
	guint8 back[THP_PUBLIC_KEY_BYTES];
	char text[THP_PUBLIC_LEN + 1];
	char pid[THP_PID_LEN + 1];

	for (gsize i = 0; i < G_N_ELEMENTS(key_vectors); i++) {
		from_hex(key_vectors[i].hex, key);
		thp_paserk_public(key, text);
		g_assert_cmpstr(text, ==, key_vectors[i].public_text);
		thp_paserk_pid(key, pid);
		g_assert_cmpstr(pid, ==, key_vectors[i].pid);
		g_assert_true(thp_paserk_is_pid(pid));
		g_assert_cmpint(thp_paserk_read_public(text, back), ==, THP_OK);
		g_assert_cmpmem(back, sizeof back, key, sizeof key);
	}
}

static void test_paserk_secret(void)
{
	static const struct {
		const char *hex, *text;
	} rows[] = {
		{"0000000000000000000000000000000000000000000000000000000000000000"
		 "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
		 "k4.secret.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEi"
		 "hi1naKQ"},
		{"707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
		 "1ce56a48c82ff99162a14bc544612674e5d61fb9317e65d4055780fdbcb4dc35",
		 "k4.secret.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8c5WpIyC_5kWKhS8VEYSZ05dYfuTF-ZdQFV4D"
		 "9vLTcNQ"},
		{"707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e90"
		 "60fe37571a5d6e7d30b15154ce4a9fb92c70c870848f4ccdf1626588097f73f7",
		 "k4.secret.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjpBg_jdXGl1ufTCxUVTOSp-5LHDIcISPTM3xYmW"
		 "ICX9z9w"},
	};
	guint8 key[THP_SECRET_KEY_BYTES];
	guint8 back[THP_SECRET_KEY_BYTES];
	char text[THP_SECRET_LEN + 1];

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		from_hex(rows[i].hex, key);
		thp_paserk_secret(key, text);
		g_assert_cmpstr(text, ==, rows[i].text);
		g_assert_cmpint(thp_paserk_read_secret(text, back), ==, THP_OK);
		g_assert_cmpmem(back, sizeof back, key, sizeof key);
	}
	/* The seed of one with the public half of another. */
	from_hex(rows[0].hex, key);
	memcpy(key + 32, back + 32, 32);
	thp_paserk_secret(key, text);
	g_assert_cmpint(thp_paserk_read_secret(text, back), ==, THP_KEY_FILE);
}

/* Wrong kinds, versions and lengths, the vectors' among them. */
static void test_paserk_refused(void)
{
	static const char *const texts[] = {
		"",
		"k4.public.",
		"k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjg", /* 31 bytes */
		"k4.public.AnBxcnN0dXZ3eHl6e3x9fn-AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2enw",
		"k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo9", /* a left-over bit */
		"k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8=",
		" k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8",
		"k3.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8",
		"k4.secret.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8",
		"k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8",
	};
	guint8 key[THP_SECRET_KEY_BYTES];

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_test_message("%s", texts[i]);
		g_assert_cmpint(thp_paserk_read_public(texts[i], key), ==, THP_KEY_FILE);
		g_assert_cmpint(thp_paserk_read_secret(texts[i], key), ==, THP_KEY_FILE);
		g_assert_false(thp_paserk_is_pid(texts[i]));
	}
	g_assert_false(thp_paserk_is_pid("k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWF"));
	g_assert_false(thp_paserk_is_pid("k4.sid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	g_test_add_func("/paseto/vectors/sign", test_vectors_sign);
	g_test_add_func("/paseto/vectors/verify", test_vectors_verify);
	g_test_add_func("/paseto/vectors/refused", test_vectors_refused);
	g_test_add_func("/paseto/split/shapes", test_split_shapes);
	g_test_add_func("/paseto/split/canonical", test_split_is_canonical);
	g_test_add_func("/paseto/limits", test_limits);
	g_test_add_func("/paseto/weak-keys", test_weak_keys);
	g_test_add_func("/paserk/public-and-pid", test_paserk_public_and_pid);
	g_test_add_func("/paserk/secret", test_paserk_secret);
	g_test_add_func("/paserk/refused", test_paserk_refused);
	return g_test_run();
}
