/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a token, a footer, claims, a name and a time. The first byte chooses; what needs a
 * signature is signed here, since no fuzzer finds one. What opens must say only what may be said.
 */
#include <therapy/claims.h>
#include <therapy/device.h>
#include <therapy/invitation_open.h>
#include <therapy/secret.h>

#include <stdint.h>
#include <string.h>

#define REALM "clinic.example"
#define NOW_S 1769851800 /* half past nine in the corpus's appointment */
#define SECRET                                                                                         \
	"k4.secret.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1" \
	"naKQ"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct keys {
	guint8 secret_key[THP_SECRET_KEY_BYTES];
	char public_text[THP_PUBLIC_LEN + 1];
	char pid[THP_PID_LEN + 1];
	thp_keyring *ring;
} keys;

static const keys *get_keys(void)
{
	static keys k;

	if (!k.ring) {
		g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
		g_assert_cmpint(thp_paserk_read_secret(SECRET, k.secret_key), ==, THP_OK);
		thp_paserk_public(k.secret_key + 32, k.public_text);
		thp_paserk_pid(k.secret_key + 32, k.pid);
		k.ring = thp_keyring_new();
		g_assert_cmpint(thp_keyring_add(k.ring, k.public_text), ==, THP_OK);
	}
	return &k;
}

static void check_name(const char *name)
{
	char again[THP_NAME_MAX + 1];

	g_assert_true(g_utf8_validate(name, -1, NULL));
	g_assert_cmpint(g_utf8_strlen(name, -1), <=, THP_NAME_CHARS);
	for (const char *c = name; *c; c++)
		g_assert_true((guchar)*c >= ' ' && *c != 0x7f);
	g_assert_true(thp_name_clean(name, again));
	g_assert_cmpstr(again, ==, name);
}

static void check_invitation(const thp_invitation *in)
{
	g_assert_true(thp_id_is_valid(in->jti));
	g_assert_true(thp_id_is_valid(in->sub));
	g_assert_true(thp_id_is_valid(in->area));
	g_assert_true((unsigned)in->role < THP_N_ROLES);
	g_assert_true(in->room[0] ? thp_id_is_valid(in->room) : in->role == THP_ROLE_THERAPIST);
	g_assert_true(in->lang[0] == '\0' || thp_lang_is_valid(in->lang));
	g_assert_true(in->seats >= 2 && in->seats <= THP_SEATS_MAX);
	g_assert_true(in->minutes >= 0 && in->minutes <= THP_MINUTES_MAX);
	g_assert_true(in->nbf_s >= 0 && in->nbf_s < in->exp_s);
	g_assert_true(in->exp_s - in->nbf_s <= THP_LIFETIME_MAX_S);
	check_name(in->name);
	check_name(in->with);
}

static void check_zero(const void *bytes, gsize n)
{
	for (gsize i = 0; i < n; i++)
		g_assert_cmpint(((const guint8 *)bytes)[i], ==, 0);
}

static void open_token(const char *token, gsize len, gboolean is_ours)
{
	thp_invitation in;
	const char *claim = "unset";
	const thp_err err =
		thp_invitation_open(get_keys()->ring, REALM, token, len, NOW_S, 60, &in, &claim);

	if (err) {
		check_zero(&in, sizeof in);
		g_assert_true(err >= THP_TOKEN_MALFORMED && err <= THP_TOKEN_EXPIRED);
		g_assert_true(!is_ours || err >= THP_TOKEN_CLAIMS);
		g_assert_true((claim != NULL) == (err >= THP_TOKEN_MISSING_CLAIM));
		return;
	}
	g_assert_true(is_ours);
	g_assert_null(claim);
	check_invitation(&in);
}

/* Raw bytes never open: the corpus holds tokens of another key only. */
static void try_token(const char *text, gsize len)
{
	open_token(text, len, FALSE);
}

/* Claims that are read are written and read again the same; signed, they get past the signature. */
static void try_claims(const char *text, gsize len)
{
	g_autofree char *payload = g_strndup(text, len);
	g_autofree char *footer = thp_claims_print_footer(get_keys()->pid);
	g_autofree char *token = NULL;
	thp_claims claims;
	const char *claim;

	if (!thp_claims_parse(text, len, &claims, &claim)) {
		g_autofree char *first = thp_claims_print(&claims);
		thp_claims back;

		check_invitation(&claims.invitation);
		g_assert_true(thp_realm_is_valid(claims.aud));
		g_assert_cmpint(thp_claims_parse(first, strlen(first), &back, &claim), ==, THP_OK);

		g_autofree char *second = thp_claims_print(&back);

		g_assert_cmpstr(first, ==, second);
	}
	if (!thp_paseto_sign(get_keys()->secret_key, payload, footer, THP_ASSERTION REALM, &token))
		open_token(token, strlen(token), TRUE);
}

static void try_footer(const char *text, gsize len)
{
	g_autofree char *footer = g_strndup(text, len);
	g_autofree char *token = NULL;
	char kid[THP_KID_LEN + 1];
	thp_invitation in;
	const char *claim;

	if (!thp_claims_footer(text, len, kid))
		g_assert_cmpuint(strlen(kid), ==, THP_KID_LEN);
	if (thp_paseto_sign(get_keys()->secret_key, "{}", footer, THP_ASSERTION REALM, &token))
		return;
	g_assert_cmpint(thp_invitation_open(get_keys()->ring, REALM, token, strlen(token), NOW_S,
					    60, &in, &claim),
			!=, THP_OK);
}

static void try_values(const char *text, gsize len)
{
	g_autofree char *value = g_strndup(text, len);
	char name[THP_NAME_MAX + 1];
	char printed[THP_TIME_LEN + 1];
	gint64 time_s;
	gint64 again_s;

	if (thp_name_clean(value, name))
		check_name(name);
	if (thp_time_parse(value, &time_s)) {
		thp_time_print(time_s, printed);
		g_assert_true(thp_time_parse(printed, &again_s));
		g_assert_cmpint(again_s, ==, time_s);
	}
	g_assert_true(!thp_lang_is_valid(value) || strlen(value) <= THP_LANG_MAX);
	g_assert_true(!thp_realm_is_valid(value) || strlen(value) <= THP_REALM_MAX);
	/* Whatever may be a realm may be an issuer. */
	g_assert_true(!thp_realm_is_valid(value) || thp_issuer_is_valid(value));
}

/* Whatever decodes is the one text of its bytes. */
static void try_keys(const char *text, gsize len)
{
	g_autofree char *value = g_strndup(text, len);
	g_autoptr(thp_keyring) ring = thp_keyring_new();
	guint8 key[THP_SECRET_KEY_BYTES];
	char back[THP_SECRET_LEN + 1];

	if (!thp_paserk_read_public(value, key)) {
		thp_paserk_public(key, back);
		g_assert_cmpstr(back, ==, value);
	}
	if (!thp_paserk_read_secret(value, key)) {
		thp_paserk_secret(key, back);
		g_assert_cmpstr(back, ==, value);
	}
	g_assert_true(!thp_paserk_is_pid(value) || strlen(value) == THP_PID_LEN);
	if (!thp_keyring_add(ring, value))
		g_assert_cmpuint(thp_keyring_size(ring), ==, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(const char *text, gsize len) = {
		['t'] = try_token,  ['c'] = try_claims, ['f'] = try_footer,
		['v'] = try_values, ['k'] = try_keys,
	};

	(void)get_keys();
	if (size == 0 || size > 2 * THP_TOKEN_MAX || data[0] >= G_N_ELEMENTS(tries) ||
	    !tries[data[0]])
		return 0;
	tries[data[0]]((const char *)data + 1, size - 1);
	return 0;
}
