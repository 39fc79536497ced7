/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealed boxes for records, and what people and requests are called. */
#include <therapy/seal.h>

#include <string.h>

#include <sodium.h>

G_STATIC_ASSERT(THP_SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES);
G_STATIC_ASSERT(THP_SEAL_KEY_BYTES == crypto_box_SECRETKEYBYTES);
G_STATIC_ASSERT(THP_SEAL_WRAPPED_BYTES == THP_SEAL_KEY_BYTES + crypto_box_SEALBYTES);

void thp_seal_keys(guint8 public_key[static THP_SEAL_KEY_BYTES],
		   guint8 secret_key[static THP_SEAL_KEY_BYTES])
{
	crypto_box_keypair(public_key, secret_key);
}

void thp_seal_public(const guint8 secret_key[static THP_SEAL_KEY_BYTES],
		     guint8 public_key[static THP_SEAL_KEY_BYTES])
{
	(void)crypto_scalarmult_base(public_key, secret_key);
}

thp_err thp_seal_person(const guint8 organisation[static THP_SEAL_KEY_BYTES],
			guint8 public_key[static THP_SEAL_KEY_BYTES],
			guint8 wrapped[static THP_SEAL_WRAPPED_BYTES])
{
	guint8 secret_key[THP_SEAL_KEY_BYTES];

	crypto_box_keypair(public_key, secret_key);

	const int status = crypto_box_seal(wrapped, secret_key, sizeof secret_key, organisation);

	sodium_memzero(secret_key, sizeof secret_key);
	return status == 0 ? THP_OK : THP_INTERNAL;
}

thp_err thp_seal_unwrap(const guint8 organisation_secret[static THP_SEAL_KEY_BYTES],
			const guint8 wrapped[static THP_SEAL_WRAPPED_BYTES],
			guint8 secret_key[static THP_SEAL_KEY_BYTES])
{
	guint8 public_key[THP_SEAL_KEY_BYTES];

	thp_seal_public(organisation_secret, public_key);
	return crypto_box_seal_open(secret_key, wrapped, THP_SEAL_WRAPPED_BYTES, public_key,
				    organisation_secret) == 0
		       ? THP_OK
		       : THP_KEY_FILE;
}

void thp_seal_prepare(thp_seal_spare *spare)
{
	if (!spare->ready)
		crypto_box_keypair(spare->public_key, spare->secret_key);
	spare->ready = TRUE;
}

/* What crypto_box_seal() does, in two steps: its form is the passing public key, then a box under a nonce of both. */
thp_err thp_seal_to(const guint8 public_key[static THP_SEAL_KEY_BYTES], GBytes *bytes,
		    thp_seal_spare *spare, GBytes **sealed)
{
	gsize n;
	const guint8 *const data = g_bytes_get_data(bytes, &n);
	guint8 *const out = g_malloc(n + crypto_box_SEALBYTES);
	guint8 both[2 * THP_SEAL_KEY_BYTES];
	guint8 nonce[crypto_box_NONCEBYTES];

	thp_seal_prepare(spare);
	memcpy(out, spare->public_key, THP_SEAL_KEY_BYTES);
	memcpy(both, spare->public_key, THP_SEAL_KEY_BYTES);
	memcpy(both + THP_SEAL_KEY_BYTES, public_key, THP_SEAL_KEY_BYTES);
	crypto_generichash(nonce, sizeof nonce, both, sizeof both, NULL, 0);

	const int status = crypto_box_easy(out + THP_SEAL_KEY_BYTES, data, n, nonce, public_key,
					   spare->secret_key);

	sodium_memzero(spare, sizeof *spare);
	*sealed = status == 0 ? g_bytes_new_take(out, n + crypto_box_SEALBYTES) : NULL;
	if (status != 0)
		g_free(out);
	return status == 0 ? THP_OK : THP_INTERNAL;
}

thp_err thp_seal_open(const guint8 secret_key[static THP_SEAL_KEY_BYTES], GBytes *sealed,
		      GBytes **bytes)
{
	guint8 public_key[THP_SEAL_KEY_BYTES];
	gsize n;
	const guint8 *const data = g_bytes_get_data(sealed, &n);

	*bytes = NULL;
	if (n < crypto_box_SEALBYTES)
		return THP_KEY_FILE;

	guint8 *const out = g_malloc0(n);

	thp_seal_public(secret_key, public_key);
	if (crypto_box_seal_open(out, data, n, public_key, secret_key) != 0) {
		g_free(out);
		return THP_KEY_FILE;
	}
	*bytes = g_bytes_new_take(out, n - crypto_box_SEALBYTES);
	return THP_OK;
}

void thp_seal_ref(const guint8 pepper[static THP_SEAL_PEPPER_BYTES], const char *sub,
		  guint8 ref[static THP_SEAL_REF_BYTES])
{
	crypto_generichash(ref, THP_SEAL_REF_BYTES, (const guint8 *)sub, strlen(sub), pepper,
			   THP_SEAL_PEPPER_BYTES);
}

static void from_id(const guint8 id[static THP_SEAL_REQUEST_BYTES], const char *purpose,
		    guint8 *out, gsize n)
{
	crypto_generichash(out, n, (const guint8 *)purpose, strlen(purpose), id,
			   THP_SEAL_REQUEST_BYTES);
}

void thp_seal_request(const guint8 id[static THP_SEAL_REQUEST_BYTES],
		      guint8 ref[static THP_SEAL_REQUEST_REF])
{
	from_id(id, "request-ref", ref, THP_SEAL_REQUEST_REF);
}

GBytes *thp_seal_answer(const guint8 id[static THP_SEAL_REQUEST_BYTES], const char *answer)
{
	guint8 key[crypto_secretbox_KEYBYTES];
	const gsize n = strlen(answer);
	guint8 *const out = g_malloc(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + n);

	from_id(id, "request-answer", key, sizeof key);
	randombytes_buf(out, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, (const guint8 *)answer, n, out,
			      key);
	sodium_memzero(key, sizeof key);
	return g_bytes_new_take(out, crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + n);
}

char *thp_seal_answer_open(const guint8 id[static THP_SEAL_REQUEST_BYTES], const void *locked,
			   gsize n)
{
	const gsize head = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
	guint8 key[crypto_secretbox_KEYBYTES];
	const guint8 *const from = locked;

	if (n < head)
		return NULL;

	g_autofree char *answer = g_malloc0(n - head + 1);

	from_id(id, "request-answer", key, sizeof key);

	const int status =
		crypto_secretbox_open_easy((guint8 *)answer, from + crypto_secretbox_NONCEBYTES,
					   n - crypto_secretbox_NONCEBYTES, from, key);

	sodium_memzero(key, sizeof key);
	return status == 0 ? g_steal_pointer(&answer) : NULL;
}
