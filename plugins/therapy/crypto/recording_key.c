/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HPKE and SFrame as far as they are HMAC and X25519; what is encrypted with AES is opened elsewhere. */
#include <therapy/recording_key.h>

#include <string.h>

#include <sodium.h>
#include <therapy/base64url.h>

#define INFO      "janus.plugin.therapy|1|recording"
#define LABEL_MAX 256

/* ---- texts ---- */

thp_err thp_recording_key_read(const char *text, gboolean secret,
			       guint8 key[static THP_RECORDING_KEY_BYTES])
{
	const char *const label = secret ? THP_RECORDING_KEY_SECRET : THP_RECORDING_KEY_PUBLIC;

	return g_str_has_prefix(text, label) && thp_base64url_exact(text + strlen(label), key,
								    THP_RECORDING_KEY_BYTES)
		       ? THP_OK
		       : THP_KEY_FILE;
}

void thp_recording_key_print(const guint8 key[static THP_RECORDING_KEY_BYTES], gboolean secret,
			     char text[static THP_RECORDING_KEY_CHARS + 1])
{
	const char *const label = secret ? THP_RECORDING_KEY_SECRET : THP_RECORDING_KEY_PUBLIC;

	(void)g_strlcpy(text, label, THP_RECORDING_KEY_CHARS + 1);
	thp_base64url_encode(key, THP_RECORDING_KEY_BYTES, text + strlen(label));
}

static const guint8 no_salt[1];

/* ---- HKDF-SHA256, labelled as RFC 9180 wants ---- */

typedef struct label {
	guint8 bytes[LABEL_MAX];
	gsize n;
} label;

static void put(label *l, const void *bytes, gsize n)
{
	g_return_if_fail(l->n + n <= sizeof l->bytes);
	memcpy(l->bytes + l->n, bytes, n);
	l->n += n;
}

static void put_text(label *l, const char *text)
{
	put(l, text, strlen(text));
}

static void hmac256(const guint8 *key, gsize n_key, const label *message,
		    guint8 out[static crypto_auth_hmacsha256_BYTES])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, n_key);
	crypto_auth_hmacsha256_update(&state, message->bytes, message->n);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof state);
}

/* "KEM" and the number of the KEM, or "HPKE" and those of all three. */
static const char kem_suite[] = {'K', 'E', 'M', 0x00, 0x20};
static const char hpke_suite[] = {'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x02};

static void extract(const char *suite, gsize n_suite, const guint8 *salt, gsize n_salt,
		    const char *name, const guint8 *secret, gsize n, guint8 out[static 32])
{
	label l = {.n = 0};

	put_text(&l, "HPKE-v1");
	put(&l, suite, n_suite);
	put_text(&l, name);
	put(&l, secret, n);
	hmac256(salt, n_salt, &l, out);
	sodium_memzero(&l, sizeof l);
}

/* At most one block of output is ever wanted. */
static void expand(const char *suite, gsize n_suite, const guint8 prk[static 32], const char *name,
		   const guint8 *context, gsize n_context, guint8 *out, guint8 n)
{
	const guint8 length[] = {0, n}, first = 1;
	guint8 block[32];
	label l = {.n = 0};

	put(&l, length, sizeof length);
	put_text(&l, "HPKE-v1");
	put(&l, suite, n_suite);
	put_text(&l, name);
	put(&l, context, n_context);
	put(&l, &first, 1);
	hmac256(prk, 32, &l, block);
	memcpy(out, block, n);
	sodium_memzero(block, sizeof block);
}

#define EXTRACT(suite, salt, n_salt, name, secret, n, out)                                         \
	extract(suite, sizeof(suite), salt, n_salt, name, secret, n, out)
#define EXPAND(suite, prk, name, context, n_context, out, n)                                       \
	expand(suite, sizeof(suite), prk, name, context, n_context, out, n)

/* ---- HPKE ---- */

static thp_err shared_secret(const guint8 secret[static 32], const guint8 sender[static 32],
			     guint8 shared[static 32])
{
	guint8 dh[32], prk[32], context[64];

	memcpy(context, sender, 32);
	/* A point of small order gives zeroes, and is refused. */
	if (crypto_scalarmult_base(context + 32, secret) != 0 ||
	    crypto_scalarmult(dh, secret, sender) != 0)
		return THP_KEY_FILE;
	EXTRACT(kem_suite, no_salt, 0, "eae_prk", dh, sizeof dh, prk);
	EXPAND(kem_suite, prk, "shared_secret", context, sizeof context, shared, 32);
	sodium_memzero(dh, sizeof dh);
	sodium_memzero(prk, sizeof prk);
	return THP_OK;
}

thp_err thp_recording_key_opener_make(const guint8 secret[static THP_RECORDING_KEY_BYTES],
				      const guint8 sender[static THP_RECORDING_KEY_BYTES],
				      thp_recording_key_opener *opener)
{
	guint8 context[65] = {0}; /* base mode, and the hashes of no psk_id and of the info */
	guint8 shared[32], prk[32];
	thp_err err = shared_secret(secret, sender, shared);

	if (err)
		return err;
	EXTRACT(hpke_suite, no_salt, 0, "psk_id_hash", no_salt, 0, context + 1);
	EXTRACT(hpke_suite, no_salt, 0, "info_hash", (const guint8 *)INFO, strlen(INFO),
		context + 33);
	EXTRACT(hpke_suite, shared, sizeof shared, "secret", no_salt, 0, prk);
	EXPAND(hpke_suite, prk, "key", context, sizeof context, opener->key, 32);
	EXPAND(hpke_suite, prk, "base_nonce", context, sizeof context, opener->nonce, 12);
	sodium_memzero(shared, sizeof shared);
	sodium_memzero(prk, sizeof prk);
	return THP_OK;
}

/* ---- SFrame ---- */

static void hmac512(const guint8 *key, gsize n_key, const void *message, gsize n,
		    guint8 out[static crypto_auth_hmacsha512_BYTES])
{
	crypto_auth_hmacsha512_state state;

	crypto_auth_hmacsha512_init(&state, key, n_key);
	crypto_auth_hmacsha512_update(&state, message, n);
	crypto_auth_hmacsha512_final(&state, out);
	sodium_memzero(&state, sizeof state);
}

static void derive(const guint8 prk[static 64], const char *name, guint64 kid, guint8 *out, gsize n)
{
	guint8 block[crypto_auth_hmacsha512_BYTES];
	const guint8 suite[] = {0, 5}, first = 1;
	guint8 number[8];
	label l = {.n = 0};

	for (int i = 0; i < 8; i++)
		number[i] = (guint8)(kid >> (56 - 8 * i));
	put_text(&l, name);
	put(&l, number, sizeof number);
	put(&l, suite, sizeof suite);
	put(&l, &first, 1);
	hmac512(prk, 64, l.bytes, l.n, block);
	memcpy(out, block, n);
	sodium_memzero(block, sizeof block);
}

void thp_recording_key_of_frames(const guint8 base[static 32], guint64 kid, guint8 key[static 32],
				 guint8 salt[static 12])
{
	guint8 prk[crypto_auth_hmacsha512_BYTES];

	hmac512(no_salt, 0, base, 32, prk);
	derive(prk, "SFrame 1.0 Secret key ", kid, key, 32);
	derive(prk, "SFrame 1.0 Secret salt ", kid, salt, 12);
	sodium_memzero(prk, sizeof prk);
}
