/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base64url over libsodium's codec, which takes no look-up by secret and refuses left-over bits. */
#include <therapy/base64url.h>

#include <string.h>

#include <sodium.h>

void thp_base64url_encode(const void *bytes, gsize n, char *out)
{
	sodium_bin2base64(out, THP_BASE64URL_LEN(n) + 1, bytes, n,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

gboolean thp_base64url_decode(const char *text, gsize len, void *bytes, gsize max, gsize *n)
{
	guint8 high = 0;

	/* libsodium 1.0.18 takes some bytes above 127 for characters of the alphabet. */
	for (gsize i = 0; i < len; i++)
		high |= (guint8)text[i];
	if (high & 0x80)
		return FALSE;
	/* Without an end pointer libsodium refuses anything after the last character it can use. */
	return sodium_base642bin(bytes, max, text, len, NULL, n, NULL,
				 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}

gboolean thp_base64url_exact(const char *text, void *bytes, gsize n)
{
	gsize got = 0;

	return strlen(text) == THP_BASE64URL_LEN(n) &&
	       thp_base64url_decode(text, THP_BASE64URL_LEN(n), bytes, n, &got) && got == n;
}
