/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random values and comparison without a clock to listen to. */
#include <therapy/secret.h>

#include <string.h>

#include <sodium.h>

#define ID_BYTES_MAX 64

thp_err thp_crypto_init(void)
{
	return sodium_init() < 0 ? THP_INTERNAL : THP_OK;
}

void thp_random_bytes(void *out, gsize n)
{
	randombytes_buf(out, n);
}

void thp_random_id(char *out, gsize bytes)
{
	guint8 random[ID_BYTES_MAX];

	g_return_if_fail(bytes <= sizeof random);
	randombytes_buf(random, bytes);
	thp_base64url_encode(random, bytes, out);
	sodium_memzero(random, sizeof random);
}

gboolean thp_secret_equal(const char *a, const char *b)
{
	if (!a || !b)
		return FALSE;

	const gsize len = strlen(a);

	return len == strlen(b) && sodium_memcmp(a, b, len) == 0;
}

void thp_secret_wipe(void *bytes, gsize n)
{
	sodium_memzero(bytes, n);
}
