/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the forms of others take out of a record, and how they write times and numbers. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* Borrowed from the record that it was read from; "" for what is not there. */
typedef struct thp_consent_facts {
	const char *id, *sub, *kind, *title, *version, *sha256, *lang;
	const char *purpose, *nature, *data, *jurisdiction, *recipients, *withdrawal, *method;
	const char *name, *address, *contact;
	const char *answer, *scope;
	const char *guardian; /* who answered for them; "": nobody did */
	gint64 at_ms, until_ms;
} thp_consent_facts;

/** Reads a record of @len bytes; the caller's, and NULL if it is no record. */
json_t *thp_consent_facts_read(const char *record, gsize len, thp_consent_facts *out);

/** TRUE if that is what was answered. */
gboolean thp_consent_facts_is(const thp_consent_facts *facts, const char *answer);

/** "2026-11-22T10:00:00Z", and with its thousandths; to be g_freed. */
char *thp_consent_time(gint64 ms);
char *thp_consent_instant(gint64 ms);

/** The first 16 of @bytes as a UUID of @version; to be g_freed. */
char *thp_consent_uuid(const guint8 *bytes, guint version);

/** The text of @json, which is taken; to be g_freed, NULL for NULL. */
char *thp_consent_print(json_t *json);
