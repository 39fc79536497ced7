/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Padded base64 over libsodium's codec, as base64url.c. */
#include <therapy/base64.h>

#include <string.h>

#include <sodium.h>

void thp_base64_encode(const void *bytes, gsize n, char *out)
{
	sodium_bin2base64(out, THP_BASE64_LEN(n) + 1, bytes, n, sodium_base64_VARIANT_ORIGINAL);
}

gboolean thp_base64_decode(const char *text, gsize len, void *bytes, gsize max, gsize *n)
{
	/* libsodium 1.0.18 takes some bytes above 127 for characters of the alphabet. */
	for (gsize i = 0; i < len; i++) {
		if ((guint8)text[i] & 0x80)
			return FALSE;
	}
	return sodium_base642bin(bytes, max, text, len, NULL, n, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0;
}

gboolean thp_base64_exact(const char *text, gsize len, void *bytes, gsize n)
{
	gsize got = 0;

	return len == THP_BASE64_LEN(n) && thp_base64_decode(text, len, bytes, n, &got) && got == n;
}
