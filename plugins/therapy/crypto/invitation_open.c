/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way from a token to an invitation, and back for the tools. */
#include <therapy/invitation_open.h>

#include <string.h>

#include <therapy/secret.h>

G_STATIC_ASSERT(THP_KID_LEN == THP_PID_LEN);
G_STATIC_ASSERT(sizeof THP_ASSERTION + THP_REALM_MAX <= THP_IMPLICIT_MAX);

void thp_invitation_assertion(const char *realm, char out[static THP_IMPLICIT_MAX + 1])
{
	g_snprintf(out, THP_IMPLICIT_MAX + 1, THP_ASSERTION "%.*s", THP_REALM_MAX, realm);
}

/* An unknown key is known as such only after the same work as for a known one. */
static thp_err check_signature(const thp_keyring *ring, const char *realm, const thp_paseto *parts)
{
	char implicit[THP_IMPLICIT_MAX + 1];
	char kid[THP_KID_LEN + 1];
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	const thp_err err = thp_claims_footer(parts->footer, parts->footer_len, kid);

	if (err)
		return err;
	if (!thp_paserk_is_pid(kid))
		return THP_TOKEN_FOOTER;

	const gboolean known = thp_keyring_find(ring, kid, public_key);

	thp_invitation_assertion(realm, implicit);

	const thp_err verdict = thp_paseto_verify(parts, public_key, implicit);

	return known ? verdict : THP_TOKEN_UNKNOWN_KEY;
}

static thp_err check_claims(const thp_claims *claims, const char *realm, gint64 now_s,
			    gint64 skew_s, const char **claim)
{
	if (!thp_secret_equal(claims->aud, realm)) {
		*claim = "aud";
		return THP_TOKEN_AUDIENCE;
	}
	if (now_s < claims->invitation.nbf_s - skew_s) {
		*claim = "nbf";
		return THP_TOKEN_EARLY;
	}
	if (now_s >= claims->invitation.exp_s + skew_s) {
		*claim = "exp";
		return THP_TOKEN_EXPIRED;
	}
	return THP_OK;
}

thp_err thp_invitation_open(const thp_keyring *ring, const char *realm, const char *token,
			    gsize len, gint64 now_s, gint64 skew_s, thp_invitation *out,
			    const char **claim)
{
	thp_paseto parts;
	thp_claims claims = {0};
	thp_err err;

	memset(out, 0, sizeof *out);
	*claim = NULL;
	err = thp_paseto_split(token, len, &parts);
	if (!err)
		err = check_signature(ring, realm, &parts);
	if (!err)
		err = thp_claims_parse(parts.payload, parts.payload_len, &claims, claim);
	if (!err)
		err = check_claims(&claims, realm, now_s, skew_s, claim);
	if (!err)
		*out = claims.invitation;
	return err;
}

thp_err thp_invitation_sign(const guint8 secret_key[static THP_SECRET_KEY_BYTES],
			    const thp_claims *claims, char **token, const char **claim)
{
	const guint8 *const public_key = secret_key + THP_SEED_BYTES;
	char implicit[THP_IMPLICIT_MAX + 1];
	char pid[THP_PID_LEN + 1];
	thp_claims again;
	g_autofree char *payload = thp_claims_print(claims);

	*token = NULL;

	const thp_err err = thp_claims_parse(payload, strlen(payload), &again, claim);

	if (err)
		return err;
	thp_paserk_pid(public_key, pid);

	g_autofree char *footer = thp_claims_print_footer(pid);

	thp_invitation_assertion(again.aud, implicit);
	return thp_paseto_sign(secret_key, payload, footer, implicit, token);
}
