/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file invitation_open.h
 * From a token to a trusted invitation: the one door through which claims come in.
 *
 * Any thread; the keyring is only read.
 */
#pragma once

#include <glib.h>
#include <therapy/claims.h>
#include <therapy/error.h>
#include <therapy/invitation.h>
#include <therapy/keyring.h>

/** The implicit assertion of every invitation for a realm: this and the realm's name. */
#define THP_ASSERTION "janus.plugin.therapy|1|"

/** Writes the implicit assertion for @realm; @realm must satisfy thp_realm_is_valid(). */
void thp_invitation_assertion(const char *realm, char out[static THP_IMPLICIT_MAX + 1])
	__attribute__((nonnull));

/**
 * Checks a token of @len bytes and fills *@out with what it says.
 *
 * In this order: form, version, footer, key, signature, claims, audience, time. Every failure has
 * its own TOKEN_ error; *@claim (may not be NULL) names the claim at fault or is NULL. An unknown
 * key takes as long as a bad signature. Nothing is looked up but the key: whether the room exists
 * is no question here. On error *@out is all zero. A clock that is up to @skew_s off is forgiven.
 */
thp_err thp_invitation_open(const thp_keyring *ring, const char *realm, const char *token,
			    gsize len, gint64 now_s, gint64 skew_s, thp_invitation *out,
			    const char **claim) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/**
 * Signs claims into a token under the key's own id; *@token is the caller's to g_free.
 * What would not open again is not signed: TOKEN_MISSING_CLAIM or TOKEN_BAD_CLAIM with *@claim, or
 * TOO_BIG.
 */
thp_err thp_invitation_sign(const guint8 secret_key[static THP_SECRET_KEY_BYTES],
			    const thp_claims *claims, char **token,
			    const char **claim) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));
