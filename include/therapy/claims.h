/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file claims.h
 * The JSON inside an invitation: its claims and its footer, read and written.
 *
 * Reading believes nothing: every claim has a type, a character set and a limit; claims with other
 * names are ignored. Call it on a payload whose signature has been checked. No state; any thread.
 */
#pragma once

#include <glib.h>
#include <therapy/claim_value.h>
#include <therapy/error.h>
#include <therapy/invitation.h>

#define THP_MINUTES_MAX    720                              /* minutes in a session */
#define THP_LIFETIME_MAX_S (G_GINT64_CONSTANT(366) * 86400) /* seconds from nbf to exp */
#define THP_KID_LEN        51                               /* "k4.pid." and 44 characters */

typedef struct thp_claims {
	thp_invitation invitation;
	char iss[THP_ISS_MAX + 1];
	char aud[THP_REALM_MAX + 1];
} thp_claims;

/**
 * Reads a payload of @len bytes into *@out.
 * TOKEN_CLAIMS if it is not one flat-enough JSON object, TOKEN_MISSING_CLAIM or TOKEN_BAD_CLAIM
 * with the claim's name in *@claim (static; NULL otherwise). On error *@out is all zero.
 */
thp_err thp_claims_parse(const char *json, gsize len, thp_claims *out,
			 const char **claim) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** Writes claims as the JSON that thp_claims_parse() reads back the same; the caller's to g_free.
 */
char *thp_claims_print(const thp_claims *claims) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** Reads the key id out of a footer of @len bytes; TOKEN_FOOTER. */
thp_err thp_claims_footer(const char *json, gsize len,
			  char kid[static THP_KID_LEN + 1]) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/** Writes the footer for key id @kid; the caller's to g_free. */
char *thp_claims_print_footer(const char *kid) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));
