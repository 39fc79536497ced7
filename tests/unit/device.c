/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Device proofs, random values and the comparison that tells nothing. */
#include <therapy/device.h>

#include <string.h>

#include <sodium.h>

/* A token is any text here: what is inside is checked elsewhere. */
#define TOKEN "v4.public.AAAA.BBBB"

typedef struct device {
	guint8 public_key[THP_DEVICE_KEY_BYTES];
	guint8 secret_key[crypto_sign_SECRETKEYBYTES];
	guint8 nonce[THP_NONCE_BYTES];
	guint8 signature[THP_DEVICE_SIGNATURE_BYTES];
} device;

static void make(device *d)
{
	guint8 message[THP_DEVICE_MESSAGE_BYTES];

	crypto_sign_keypair(d->public_key, d->secret_key);
	thp_random_bytes(d->nonce, sizeof d->nonce);
	thp_device_message(d->nonce, TOKEN, strlen(TOKEN), message);
	crypto_sign_detached(d->signature, NULL, message, sizeof message, d->secret_key);
}

static thp_err verify(const device *d, const char *token)
{
	return thp_device_verify(d->public_key, d->signature, d->nonce, token, strlen(token));
}

/* The bytes of the header's table, written out by hand. */
static void test_message(void)
{
	static const guint8 sha256_abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
					      0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
					      0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
					      0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
	guint8 nonce[THP_NONCE_BYTES];
	guint8 message[THP_DEVICE_MESSAGE_BYTES];

	for (guint8 i = 0; i < sizeof nonce; i++)
		nonce[i] = i;
	thp_device_message(nonce, "abcdef", 3, message);
	g_assert_cmpmem(message, 28, "janus.plugin.therapy|1|join\0", 28);
	g_assert_cmpmem(message + 28, 32, nonce, sizeof nonce);
	g_assert_cmpmem(message + 60, 32, sha256_abc, sizeof sha256_abc);
}

static void test_good(void)
{
	device d;

	make(&d);
	g_assert_cmpint(verify(&d, TOKEN), ==, THP_OK);
}

static void test_wrong_signature(void)
{
	device d, other;

	make(&d);
	make(&other);
	g_assert_cmpint(verify(&d, TOKEN "C"), ==, THP_DEVICE_SIGNATURE);
	g_assert_cmpint(verify(&d, ""), ==, THP_DEVICE_SIGNATURE);
	d.nonce[0] ^= 1;
	g_assert_cmpint(verify(&d, TOKEN), ==, THP_DEVICE_SIGNATURE);
	d.nonce[0] ^= 1;
	for (gsize bit = 0; bit < 8 * sizeof d.signature; bit++) {
		d.signature[bit / 8] ^= (guint8)(1 << bit % 8);
		g_assert_cmpint(verify(&d, TOKEN), ==, THP_DEVICE_SIGNATURE);
		d.signature[bit / 8] ^= (guint8)(1 << bit % 8);
	}
	g_assert_cmpint(verify(&d, TOKEN), ==, THP_OK);
	memcpy(d.public_key, other.public_key, sizeof d.public_key);
	g_assert_cmpint(verify(&d, TOKEN), ==, THP_DEVICE_SIGNATURE);
}

/* Points of small order sign everything; a point off the curve or in a second spelling is no key.
 */
static void test_weak_keys(void)
{
	static const char *const weak[] = {
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"7P_______________________________________38",
		"7f_______________________________________38",
		"7v_______________________________________38",
		"__________________________________________8",
		"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
	};
	device d;

	make(&d);
	memset(d.signature, 0, sizeof d.signature);
	d.signature[0] = 1;
	for (gsize i = 0; i < G_N_ELEMENTS(weak); i++) {
		g_test_message("%s", weak[i]);
		g_assert_true(thp_base64url_exact(weak[i], d.public_key, sizeof d.public_key));
		g_assert_cmpint(verify(&d, TOKEN), ==, THP_DEVICE_KEY);
	}
}

/* A text has one spelling only: no other length, alphabet, padding or left-over bits. */
static void test_base64url_refused(void)
{
	static const char *const texts[] = {
		"",
		"AA",
		"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR",   /* short */
		"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUROO", /* long */
		"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR=",
		"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", /* not the url alphabet */
		"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp", /* a left-over bit */
		" 1qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
	};
	guint8 bytes[32];

	g_assert_true(
		thp_base64url_exact("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", bytes, 32));
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_false(thp_base64url_exact(texts[i], bytes, 32));
}

/* All 256 bytes in each place of a group: the 64 of the alphabet decode, the others do not. */
static void test_base64url_alphabet(void)
{
	for (int place = 0; place < 4; place++) {
		int good = 0;

		for (int byte = 0; byte < 256; byte++) {
			char text[] = "AAAA";
			guint8 bytes[3];
			gsize n;

			text[place] = (char)byte;
			if (!thp_base64url_decode(text, 4, bytes, sizeof bytes, &n))
				continue;
			good++;
			g_assert_true(byte < 128);
			g_assert_true(g_ascii_isalnum(byte) || byte == '-' || byte == '_');
		}
		g_assert_cmpint(good, ==, 64);
	}
}

static void test_random_ids(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (int i = 0; i < 2000; i++) {
		char ticket[THP_ID_SIZE(THP_TICKET_BYTES)];
		char who[THP_ID_SIZE(THP_WHO_BYTES)];
		guint8 bytes[THP_TICKET_BYTES];

		thp_random_id(ticket, THP_TICKET_BYTES);
		thp_random_id(who, THP_WHO_BYTES);
		g_assert_true(thp_base64url_exact(ticket, bytes, THP_TICKET_BYTES));
		g_assert_true(thp_base64url_exact(who, bytes, THP_WHO_BYTES));
		g_assert_true(g_hash_table_add(seen, g_strdup(ticket)));
		g_assert_true(g_hash_table_add(seen, g_strdup(who)));
	}
}

static void test_base64url_lengths(void)
{
	guint8 bytes[80];
	guint8 back[80];
	char text[THP_BASE64URL_LEN(sizeof bytes) + 1];

	for (gsize n = 0; n <= sizeof bytes; n++) {
		gsize got = 99;

		thp_random_bytes(bytes, sizeof bytes);
		thp_base64url_encode(bytes, n, text);
		g_assert_cmpuint(strlen(text), ==, THP_BASE64URL_LEN(n));
		g_assert_true(thp_base64url_exact(text, back, n));
		g_assert_cmpint(memcmp(back, bytes, n), ==, 0);
		g_assert_true(thp_base64url_decode(text, strlen(text), back, sizeof back, &got));
		g_assert_cmpuint(got, ==, n);
		if (n > 0)
			g_assert_false(thp_base64url_decode(text, strlen(text), back, n - 1, &got));
	}
}

static void test_secret_equal(void)
{
	g_assert_true(thp_secret_equal("", ""));
	g_assert_true(thp_secret_equal("ticket", "ticket"));
	g_assert_false(thp_secret_equal("ticket", "tickeT"));
	g_assert_false(thp_secret_equal("ticket", "ticket1"));
	g_assert_false(thp_secret_equal("ticket", ""));
	g_assert_false(thp_secret_equal(NULL, "ticket"));
	g_assert_false(thp_secret_equal("ticket", NULL));
	g_assert_false(thp_secret_equal(NULL, NULL));
}

static void test_secret_wipe(void)
{
	guint8 bytes[40];

	memset(bytes, 0xAA, sizeof bytes);
	thp_secret_wipe(bytes, 32);
	for (gsize i = 0; i < sizeof bytes; i++)
		g_assert_cmpint(bytes[i], ==, i < 32 ? 0 : 0xAA);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	g_test_add_func("/device/message", test_message);
	g_test_add_func("/device/good", test_good);
	g_test_add_func("/device/wrong-signature", test_wrong_signature);
	g_test_add_func("/device/weak-keys", test_weak_keys);
	g_test_add_func("/secret/random-ids", test_random_ids);
	g_test_add_func("/secret/base64url-alphabet", test_base64url_alphabet);
	g_test_add_func("/secret/base64url-refused", test_base64url_refused);
	g_test_add_func("/secret/base64url-lengths", test_base64url_lengths);
	g_test_add_func("/secret/equal", test_secret_equal);
	g_test_add_func("/secret/wipe", test_secret_wipe);
	return g_test_run();
}
