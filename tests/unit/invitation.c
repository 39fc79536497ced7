/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From token to invitation: every way it can fail, and that nothing damaged ever opens. */
#include <therapy/invitation_open.h>
#include <therapy/secret.h>

#include <string.h>

#define REALM  "clinic.example"
#define NBF_S  1769850000
#define EXP_S  1769853600
#define SKEW_S 60
#define FLIPS  20000

typedef struct desk {
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 secret_key[THP_SECRET_KEY_BYTES];
	char pid[THP_PID_LEN + 1];
	thp_keyring *ring;
	thp_claims claims;
	char *token; /* a good one */
} desk;

static void desk_open(desk *d, gconstpointer data)
{
	const char *claim;
	char text[THP_PUBLIC_LEN + 1];

	(void)data;
	thp_paserk_generate(d->public_key, d->secret_key);
	thp_paserk_public(d->public_key, text);
	thp_paserk_pid(d->public_key, d->pid);
	d->ring = thp_keyring_new();
	g_assert_cmpint(thp_keyring_add(d->ring, text), ==, THP_OK);
	d->claims = (thp_claims){
		.iss = "booking.example",
		.aud = REALM,
		.invitation = {.jti = "i-1",
			       .sub = "p-1",
			       .area = "khan",
			       .room = "r-17",
			       .role = THP_ROLE_CLIENT,
			       .name = "Amina",
			       .with = "Dr Khan",
			       .lang = "ur",
			       .seats = 3,
			       .minutes = 50,
			       .nbf_s = NBF_S,
			       .exp_s = EXP_S},
	};
	g_assert_cmpint(thp_invitation_sign(d->secret_key, &d->claims, &d->token, &claim), ==,
			THP_OK);
}

static void desk_close(desk *d, gconstpointer data)
{
	(void)data;
	thp_keyring_free(d->ring);
	g_free(d->token);
}

static thp_err open_at(const desk *d, const char *token, gint64 now_s, thp_invitation *out,
		       const char **claim)
{
	return thp_invitation_open(d->ring, REALM, token, strlen(token), now_s, SKEW_S, out, claim);
}

/* Signs any payload and footer the way an invitation is signed. */
static char *sign_raw(const desk *d, const char *payload, const char *footer)
{
	char *token = NULL;

	g_assert_cmpint(
		thp_paseto_sign(d->secret_key, payload, footer, THP_ASSERTION REALM, &token), ==,
		THP_OK);
	return token;
}

static void assert_fails(const desk *d, const char *token, gint64 now_s, thp_err err,
			 const char *claim)
{
	static const thp_invitation zero;
	thp_invitation out;
	const char *got = "unset";

	memset(&out, 0xAA, sizeof out);
	g_assert_cmpstr(thp_err_name(open_at(d, token, now_s, &out, &got)), ==, thp_err_name(err));
	g_assert_cmpstr(got, ==, claim);
	g_assert_cmpmem(&out, sizeof out, &zero, sizeof zero);
}

static void test_opens(desk *d, gconstpointer data)
{
	thp_invitation in;
	const char *claim = "unset";

	(void)data;
	g_assert_cmpint(open_at(d, d->token, NBF_S, &in, &claim), ==, THP_OK);
	g_assert_null(claim);
	g_assert_cmpstr(in.jti, ==, "i-1");
	g_assert_cmpstr(in.room, ==, "r-17");
	g_assert_cmpstr(in.name, ==, "Amina");
	g_assert_cmpint(in.role, ==, THP_ROLE_CLIENT);
	g_assert_cmpint(in.seats, ==, 3);
	g_assert_cmpint(in.minutes, ==, 50);
}

static void test_form(desk *d, gconstpointer data)
{
	g_autofree char *v3 = g_strdup(d->token);
	g_autofree char *local = g_strdup(d->token);
	g_autofree char *no_footer = g_strdup(d->token);
	g_autofree char *no_kid = sign_raw(d, "{}", "{\"key\":\"x\"}");
	g_autofree char *not_pid = sign_raw(
		d, "{}", "{\"kid\":\"k4.sid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE\"}");

	(void)data;
	v3[1] = '3';
	memcpy(local, "v4.local.xx", 11);
	*strrchr(no_footer, '.') = '\0';
	assert_fails(d, "", NBF_S, THP_TOKEN_MALFORMED, NULL);
	assert_fails(d, "v4.public.AAAA", NBF_S, THP_TOKEN_MALFORMED, NULL);
	assert_fails(d, v3, NBF_S, THP_TOKEN_VERSION, NULL);
	assert_fails(d, local, NBF_S, THP_TOKEN_VERSION, NULL);
	assert_fails(d, no_footer, NBF_S, THP_TOKEN_FOOTER, NULL);
	assert_fails(d, no_kid, NBF_S, THP_TOKEN_FOOTER, NULL);
	assert_fails(d, not_pid, NBF_S, THP_TOKEN_FOOTER, NULL);
}

static void test_signature(desk *d, gconstpointer data)
{
	desk other = {0};
	thp_invitation in;
	const char *claim;
	g_autofree char *forged = NULL;
	g_autofree char *elsewhere = NULL;
	g_autofree char *footer = thp_claims_print_footer(d->pid);

	(void)data;
	desk_open(&other, NULL);
	assert_fails(&other, d->token, NBF_S, THP_TOKEN_UNKNOWN_KEY, NULL);

	/* Another key's signature under this key's id. */
	g_assert_cmpint(
		thp_paseto_sign(other.secret_key, "{}", footer, THP_ASSERTION REALM, &forged), ==,
		THP_OK);
	assert_fails(d, forged, NBF_S, THP_TOKEN_SIGNATURE, NULL);

	/* The right key for another realm, with or without saying so. */
	g_assert_cmpint(thp_invitation_open(d->ring, "other.example", d->token, strlen(d->token),
					    NBF_S, SKEW_S, &in, &claim),
			==, THP_TOKEN_SIGNATURE);
	g_assert_cmpint(thp_paseto_sign(d->secret_key, "{}", footer, "", &elsewhere), ==, THP_OK);
	assert_fails(d, elsewhere, NBF_S, THP_TOKEN_SIGNATURE, NULL);
	desk_close(&other, NULL);
}

static void test_claims(desk *d, gconstpointer data)
{
	g_autofree char *footer = thp_claims_print_footer(d->pid);
	g_autofree char *twice = sign_raw(d, "{\"aud\":\"a\",\"aud\":\"b\"}", footer);
	g_autofree char *list = sign_raw(d, "[]", footer);
	g_autofree char *empty = sign_raw(d, "{}", footer);
	g_autofree char *bad = sign_raw(d, "{\"iss\":7}", footer);

	(void)data;
	assert_fails(d, twice, NBF_S, THP_TOKEN_CLAIMS, NULL);
	assert_fails(d, list, NBF_S, THP_TOKEN_CLAIMS, NULL);
	assert_fails(d, empty, NBF_S, THP_TOKEN_MISSING_CLAIM, "iss");
	assert_fails(d, bad, NBF_S, THP_TOKEN_BAD_CLAIM, "iss");
}

static void test_audience(desk *d, gconstpointer data)
{
	g_autofree char *payload = NULL;
	g_autofree char *token = NULL;
	g_autofree char *footer = thp_claims_print_footer(d->pid);

	(void)data;
	g_strlcpy(d->claims.aud, "other.example", sizeof d->claims.aud);
	payload = thp_claims_print(&d->claims);
	token = sign_raw(d, payload, footer);
	assert_fails(d, token, NBF_S, THP_TOKEN_AUDIENCE, "aud");
}

static void test_time(desk *d, gconstpointer data)
{
	thp_invitation in;
	const char *claim;

	(void)data;
	assert_fails(d, d->token, 0, THP_TOKEN_EARLY, "nbf");
	assert_fails(d, d->token, NBF_S - SKEW_S - 1, THP_TOKEN_EARLY, "nbf");
	g_assert_cmpint(open_at(d, d->token, NBF_S - SKEW_S, &in, &claim), ==, THP_OK);
	g_assert_cmpint(open_at(d, d->token, EXP_S + SKEW_S - 1, &in, &claim), ==, THP_OK);
	assert_fails(d, d->token, EXP_S + SKEW_S, THP_TOKEN_EXPIRED, "exp");
	assert_fails(d, d->token, G_MAXINT64, THP_TOKEN_EXPIRED, "exp");
	assert_fails(d, d->token, G_MININT64, THP_TOKEN_EARLY, "nbf");
}

/* The first failing step is the one that is told: an expired token with a bad signature is bad. */
static void test_order(desk *d, gconstpointer data)
{
	g_autofree char *token = g_strdup(d->token);
	char *const dot = strrchr(token, '.');

	(void)data;
	dot[-40] = dot[-40] == 'A' ? 'B' : 'A';
	assert_fails(d, token, G_MAXINT64, THP_TOKEN_SIGNATURE, NULL);
}

static void test_rotation(desk *d, gconstpointer data)
{
	desk next = {0};
	char text[THP_PUBLIC_LEN + 1];
	thp_invitation in;
	const char *claim;

	(void)data;
	desk_open(&next, NULL);
	assert_fails(d, next.token, NBF_S, THP_TOKEN_UNKNOWN_KEY, NULL);
	thp_paserk_public(next.public_key, text);
	g_assert_cmpint(thp_keyring_add(d->ring, text), ==, THP_OK);
	g_assert_cmpint(open_at(d, next.token, NBF_S, &in, &claim), ==, THP_OK);
	g_assert_cmpint(open_at(d, d->token, NBF_S, &in, &claim), ==, THP_OK);
	desk_close(&next, NULL);
}

/* One to three changes anywhere: no such text may open, whatever it is changed into. */
static void test_mutations(desk *d, gconstpointer data)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
	const gsize len = strlen(d->token);
	unsigned seen[THP_N_ERRORS] = {0};

	(void)data;
	for (int i = 0; i < FLIPS; i++) {
		g_autofree char *token = g_strdup(d->token);
		const int changes = g_test_rand_int_range(1, 4);
		thp_invitation in;
		const char *claim;

		for (int c = 0; c < changes; c++) {
			const int at = g_test_rand_int_range(0, (int)len);

			if (g_test_rand_bit())
				token[at] = alphabet[g_test_rand_int_range(0, sizeof alphabet - 1)];
			else
				token[at] ^= (char)(1 << g_test_rand_int_range(0, 7));
		}
		if (memcmp(token, d->token, len) == 0)
			continue;
		const thp_err err =
			thp_invitation_open(d->ring, REALM, token, len, NBF_S, SKEW_S, &in, &claim);

		g_assert_cmpint(err, !=, THP_OK);
		g_assert_cmpint(err, <=,
				THP_TOKEN_SIGNATURE); /* nothing gets as far as its claims */
		seen[err]++;
	}
	g_assert_cmpuint(seen[THP_TOKEN_MALFORMED], >, 0);
	g_assert_cmpuint(seen[THP_TOKEN_VERSION], >, 0);
	g_assert_cmpuint(seen[THP_TOKEN_FOOTER], >, 0);
	g_assert_cmpuint(seen[THP_TOKEN_UNKNOWN_KEY], >, 0);
	g_assert_cmpuint(seen[THP_TOKEN_SIGNATURE], >, 0);
}

static void test_truncations(desk *d, gconstpointer data)
{
	const gsize len = strlen(d->token);
	thp_invitation in;
	const char *claim;

	(void)data;
	for (gsize n = 0; n < len; n++)
		g_assert_cmpint(thp_invitation_open(d->ring, REALM, d->token, n, NBF_S, SKEW_S, &in,
						    &claim),
				!=, THP_OK);
}

static gint compare_times(gconstpointer a, gconstpointer b)
{
	const gint64 x = *(const gint64 *)a;
	const gint64 y = *(const gint64 *)b;

	return (x > y) - (x < y);
}

static gint64 cost(const desk *d, const char *token, thp_err err)
{
	const gint64 start = g_get_monotonic_time();

	for (int n = 0; n < 4; n++) {
		thp_invitation in;
		const char *claim;

		g_assert_cmpint(open_at(d, token, NBF_S, &in, &claim), ==, err);
	}
	return g_get_monotonic_time() - start;
}

/* Asking after an unknown key costs a whole verification. In turns, so that both see one machine.
 */
static void test_unknown_key_costs_the_same(desk *d, gconstpointer data)
{
	desk other = {0};
	g_autofree char *bad = g_strdup(d->token);
	char *const dot = strrchr(bad, '.');
	gint64 unknown[301];
	gint64 wrong[G_N_ELEMENTS(unknown)];
	const gsize middle = G_N_ELEMENTS(unknown) / 2;

	(void)data;
	desk_open(&other, NULL);
	dot[-86] = dot[-86] == 'A' ? 'B' : 'A';
	for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++) {
		unknown[i] = cost(d, other.token, THP_TOKEN_UNKNOWN_KEY);
		wrong[i] = cost(d, bad, THP_TOKEN_SIGNATURE);
	}
	qsort(unknown, G_N_ELEMENTS(unknown), sizeof unknown[0], compare_times);
	qsort(wrong, G_N_ELEMENTS(wrong), sizeof wrong[0], compare_times);
	g_test_message("unknown key %" G_GINT64_FORMAT " us, wrong signature %" G_GINT64_FORMAT
		       " us",
		       unknown[middle], wrong[middle]);
	/* Without the stand-in key the first would be a twentieth of the second. */
	g_assert_cmpint(unknown[middle] * 2, >, wrong[middle]);
	g_assert_cmpint(wrong[middle] * 2, >, unknown[middle]);
	desk_close(&other, NULL);
}

static void test_sign_refuses(desk *d, gconstpointer data)
{
	g_autofree char *token = NULL;
	const char *claim;

	(void)data;
	d->claims.invitation.room[0] = '\0';
	g_assert_cmpint(thp_invitation_sign(d->secret_key, &d->claims, &token, &claim), ==,
			THP_TOKEN_MISSING_CLAIM);
	g_assert_cmpstr(claim, ==, "room");
	g_assert_null(token);
	d->claims.invitation.room[0] = '/';
	g_assert_cmpint(thp_invitation_sign(d->secret_key, &d->claims, &token, &claim), ==,
			THP_TOKEN_BAD_CLAIM);
	g_assert_null(token);
	d->claims.invitation.role = THP_N_ROLES;
	g_assert_cmpint(thp_invitation_sign(d->secret_key, &d->claims, &token, &claim), ==,
			THP_TOKEN_BAD_CLAIM);
	g_assert_cmpstr(claim, ==, "role");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
#define ADD(path, test) g_test_add(path, desk, NULL, desk_open, test, desk_close)
	ADD("/invitation/opens", test_opens);
	ADD("/invitation/form", test_form);
	ADD("/invitation/signature", test_signature);
	ADD("/invitation/claims", test_claims);
	ADD("/invitation/audience", test_audience);
	ADD("/invitation/time", test_time);
	ADD("/invitation/order", test_order);
	ADD("/invitation/rotation", test_rotation);
	ADD("/invitation/mutations", test_mutations);
	ADD("/invitation/truncations", test_truncations);
	ADD("/invitation/unknown-key-costs-the-same", test_unknown_key_costs_the_same);
	ADD("/invitation/sign-refuses", test_sign_refuses);
	return g_test_run();
}
