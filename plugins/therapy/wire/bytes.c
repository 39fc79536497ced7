/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict base64url: what two spellings could mean the same is refused. */
#include "bytes.h"

/* The value of one character, or -1. */
static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

gboolean thp_bytes_has(char c)
{
	return sextet(c) >= 0;
}

gboolean thp_bytes_read(const char *text, gsize length, guint8 *out, gsize bytes)
{
	guint32 bits = 0;
	guint n_bits = 0;
	gsize n = 0;

	if (length != (bytes * 8 + 5) / 6)
		return FALSE;
	for (gsize i = 0; i < length; i++) {
		int value = sextet(text[i]);

		if (value < 0)
			return FALSE;
		bits = (bits << 6 | (guint32)value) & 0xffff;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			if (out)
				out[n++] = (guint8)(bits >> n_bits);
		}
	}
	/* The bits left over must be zero, or the last character could be another one. */
	return (bits & ((1u << n_bits) - 1)) == 0;
}
