/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file claim_value.h
 * What a single claim may be: realms, ids, languages, names and times, as texts.
 *
 * Also for anything else of the same kind, such as a configured realm. No state; any thread.
 */
#pragma once

#include <glib.h>
#include <therapy/invitation.h>

#define THP_REALM_MAX  64  /* bytes in a realm: [A-Za-z0-9._~:/-] */
#define THP_ISS_MAX    128 /* bytes in an issuer: visible ASCII */
#define THP_NAME_CHARS 40  /* code points in a display name */
#define THP_TIME_LEN   20  /* "2026-01-31T09:00:00Z" */

/** TRUE if @realm may be a realm: 1 to THP_REALM_MAX of its characters. */
gboolean thp_realm_is_valid(const char *realm) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** TRUE if @id may be a sub, jti, area or room: 1 to THP_ID_MAX of [A-Za-z0-9._~-]. */
gboolean thp_id_is_valid(const char *id) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** TRUE if @iss may be an issuer: 1 to THP_ISS_MAX visible ASCII characters. */
gboolean thp_issuer_is_valid(const char *iss) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** TRUE if @lang has the form of a language tag ("ur", "pt-BR") of at most THP_LANG_MAX bytes. */
gboolean thp_lang_is_valid(const char *lang) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/**
 * Brings a display name into its one form (NFC, no spaces around it), which may be empty.
 * FALSE if it is too long or holds what could hide or disguise: control, bidi, zero-width and other
 * invisible characters (but joiners between two Arabic letters), private or unassigned ones, a run of combining marks; @out is then empty.
 */
gboolean thp_name_clean(const char *name,
			char out[static THP_NAME_MAX + 1]) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/** Reads an RFC 3339 time (1970 to 9999, fractions are cut off) into Unix seconds. */
gboolean thp_time_parse(const char *text, gint64 *time_s) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/** Writes a time as RFC 3339 in UTC, whole seconds; an empty text outside the years 1 to 9999. */
void thp_time_print(gint64 time_s, char out[static THP_TIME_LEN + 1]) __attribute__((nonnull));
