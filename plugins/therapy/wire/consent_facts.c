/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Field by field out of our own record: what is not known there is left out. */
#include "consent_facts.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_MAX 16384
#define UUID_BYTES 16

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static const json_t *first(const json_t *object, const char *key)
{
	return json_array_get(json_object_get(object, key), 0);
}

static const char *first_text(const json_t *object, const char *key)
{
	const char *value = json_string_value(first(object, key));

	return value ? value : "";
}

static gboolean fill(const json_t *root, thp_consent_facts *f)
{
	const json_t *header = json_object_get(root, "header");
	const json_t *processing = json_object_get(root, "processing");
	const json_t *notice = json_object_get(processing, "privacy_notice");
	const json_t *purpose = first(processing, "purposes");
	const json_t *controller = first(root, "parties");
	const json_t *own = json_object_get(root, "therapy");
	const json_t *event = first(root, "events");
	gboolean by_guardian = strcmp(text(own, "capacity"), "guardian") == 0;

	*f = (thp_consent_facts){.id = text(header, "record_id"),
				 .sub = text(header, "pii_principal_id"),
				 .kind = text(notice, "kind"),
				 .title = text(notice, "title"),
				 .version = text(notice, "version"),
				 .sha256 = text(notice, "sha256"),
				 .lang = text(processing, "language"),
				 .purpose = text(purpose, "purpose"),
				 .nature = text(purpose, "purpose_type"),
				 .data = text(first(purpose, "pii_information"), "pii_type"),
				 .jurisdiction = text(purpose, "jurisdiction"),
				 .recipients = first_text(purpose, "recipient_third_parties"),
				 .withdrawal = text(purpose, "withdrawal_method"),
				 .method = text(purpose, "collection_method"),
				 .name = text(controller, "party_name"),
				 .address = text(controller, "party_address"),
				 .contact = text(controller, "party_contact"),
				 .answer = text(own, "answer"),
				 .scope = text(own, "scope"),
				 .guardian = by_guardian ? text(event, "entity_id") : "",
				 .at_ms = json_integer_value(json_object_get(own, "at_ms")),
				 .until_ms = json_integer_value(json_object_get(own, "until_ms"))};
	return f->id[0] != '\0' && f->sub[0] != '\0' && f->answer[0] != '\0';
}

json_t *thp_consent_facts_read(const char *record, gsize len, thp_consent_facts *out)
{
	json_t *root =
		len <= RECORD_MAX ? json_loadb(record, len, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (root && !fill(root, out))
		g_clear_pointer(&root, json_decref);
	return root;
}

gboolean thp_consent_facts_is(const thp_consent_facts *facts, const char *answer)
{
	return strcmp(facts->answer, answer) == 0;
}

static char *print_time(gint64 ms, const char *format)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(ms / 1000);

	return time ? g_date_time_format(time, format) : g_strdup("");
}

char *thp_consent_time(gint64 ms)
{
	return print_time(ms, "%Y-%m-%dT%H:%M:%SZ");
}

char *thp_consent_instant(gint64 ms)
{
	g_autofree char *seconds = print_time(ms, "%Y-%m-%dT%H:%M:%S");

	return g_strdup_printf("%s.%03dZ", seconds, (int)(ms % 1000));
}

char *thp_consent_uuid(const guint8 *bytes, guint version)
{
	guint8 b[UUID_BYTES];
	GString *const out = g_string_new(NULL);

	memcpy(b, bytes, sizeof b);
	b[6] = (guint8)((b[6] & 0x0f) | version << 4);
	b[8] = (guint8)((b[8] & 0x3f) | 0x80);
	for (guint i = 0; i < sizeof b; i++)
		g_string_append_printf(out, i >= 4 && i <= 10 && i % 2 == 0 ? "-%02x" : "%02x",
				       b[i]);
	return g_string_free(out, FALSE);
}

/* jansson has its own allocator; callers know only g_free(). */
char *thp_consent_print(json_t *json)
{
	char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
	char *copy = g_strdup(line);

	free(line);
	json_decref(json);
	return copy;
}
