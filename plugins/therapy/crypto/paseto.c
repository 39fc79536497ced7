/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PASETO v4.public, taken apart, checked and made. */
#include <therapy/paseto.h>

#include <string.h>

#include <sodium.h>

#define HEADER     "v4.public."
#define HEADER_LEN (sizeof HEADER - 1)
#define PIECES     4
#define PAE_MAX                                                                                    \
	(sizeof(guint64) * (1 + PIECES) + HEADER_LEN + THP_PAYLOAD_MAX + THP_FOOTER_MAX +          \
	 THP_IMPLICIT_MAX)

G_STATIC_ASSERT(THP_PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT(THP_SECRET_KEY_BYTES == crypto_sign_SECRETKEYBYTES);
G_STATIC_ASSERT(THP_SIGNATURE_BYTES == crypto_sign_BYTES);

/* The pre-authentication encoding: what is really signed. */
typedef struct pae {
	gsize len;
	guint8 bytes[PAE_MAX];
} pae;

static void pae_number(pae *p, guint64 number)
{
	for (int i = 0; i < 8; i++, number >>= 8)
		p->bytes[p->len++] = (guint8)number;
}

static void pae_piece(pae *p, const char *piece, gsize len)
{
	pae_number(p, len);
	if (len > 0)
		memcpy(p->bytes + p->len, piece, len);
	p->len += len;
}

static void pae_make(pae *p, const char *payload, gsize payload_len, const char *footer,
		     gsize footer_len, const char *implicit)
{
	p->len = 0;
	pae_number(p, PIECES);
	pae_piece(p, HEADER, HEADER_LEN);
	pae_piece(p, payload, payload_len);
	pae_piece(p, footer, footer_len);
	pae_piece(p, implicit, strlen(implicit));
}

static gboolean is_token_char(char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
}

/* A token has two or three dots and nothing but base64url between them. */
static gboolean has_token_form(const char *token, gsize len)
{
	int dots = 0;

	if (len == 0 || len > THP_TOKEN_MAX)
		return FALSE;
	for (gsize i = 0; i < len; i++) {
		if (!is_token_char(token[i]))
			return FALSE;
		dots += token[i] == '.';
	}
	return dots == 2 || dots == 3;
}

static thp_err split_body(const char *body, gsize len, thp_paseto *out)
{
	guint8 bytes[THP_PAYLOAD_MAX];
	gsize n = 0;

	if (!thp_base64url_decode(body, len, bytes, sizeof bytes, &n) || n < THP_SIGNATURE_BYTES)
		return THP_TOKEN_MALFORMED;
	out->payload_len = n - THP_SIGNATURE_BYTES;
	memcpy(out->payload, bytes, out->payload_len);
	memcpy(out->signature, bytes + out->payload_len, THP_SIGNATURE_BYTES);
	return THP_OK;
}

thp_err thp_paseto_split(const char *token, gsize len, thp_paseto *out)
{
	memset(out, 0, sizeof *out);
	if (!has_token_form(token, len))
		return THP_TOKEN_MALFORMED;
	if (len < HEADER_LEN || memcmp(token, HEADER, HEADER_LEN) != 0)
		return THP_TOKEN_VERSION;

	const char *const body = token + HEADER_LEN;
	const gsize rest = len - HEADER_LEN;
	const char *const dot = memchr(body, '.', rest);
	const gsize body_len = dot ? (gsize)(dot - body) : rest;
	const thp_err err = split_body(body, body_len, out);

	if (err || !dot)
		return err;
	if (body_len + 1 == rest || !thp_base64url_decode(dot + 1, rest - body_len - 1, out->footer,
							  THP_FOOTER_MAX, &out->footer_len))
		return THP_TOKEN_FOOTER;
	return THP_OK;
}

thp_err thp_paseto_verify(const thp_paseto *token,
			  const guint8 public_key[static THP_PUBLIC_KEY_BYTES],
			  const char *implicit)
{
	pae p;

	if (token->payload_len > THP_PAYLOAD_MAX || token->footer_len > THP_FOOTER_MAX ||
	    strlen(implicit) > THP_IMPLICIT_MAX)
		return THP_TOKEN_SIGNATURE;
	pae_make(&p, token->payload, token->payload_len, token->footer, token->footer_len,
		 implicit);
	if (crypto_sign_verify_detached(token->signature, p.bytes, p.len, public_key) != 0)
		return THP_TOKEN_SIGNATURE;
	return THP_OK;
}

thp_err thp_paseto_sign(const guint8 secret_key[static THP_SECRET_KEY_BYTES], const char *payload,
			const char *footer, const char *implicit, char **token)
{
	const gsize payload_len = strlen(payload);
	const gsize footer_len = strlen(footer);
	char body[THP_PAYLOAD_MAX];
	char text[THP_BASE64URL_LEN(THP_PAYLOAD_MAX) + 1];
	char footer_text[THP_BASE64URL_LEN(THP_FOOTER_MAX) + 1];
	pae p;

	*token = NULL;
	if (payload_len > sizeof body - THP_SIGNATURE_BYTES || footer_len > THP_FOOTER_MAX ||
	    strlen(implicit) > THP_IMPLICIT_MAX)
		return THP_TOO_BIG;
	pae_make(&p, payload, payload_len, footer, footer_len, implicit);
	g_strlcpy(body, payload, sizeof body);
	crypto_sign_detached((guint8 *)body + payload_len, NULL, p.bytes, p.len, secret_key);
	thp_base64url_encode(body, payload_len + THP_SIGNATURE_BYTES, text);
	thp_base64url_encode(footer, footer_len, footer_text);

	g_autofree char *made =
		g_strconcat(HEADER, text, footer_len > 0 ? "." : NULL, footer_text, NULL);

	if (strlen(made) > THP_TOKEN_MAX)
		return THP_TOO_BIG;
	*token = g_steal_pointer(&made);
	return THP_OK;
}
