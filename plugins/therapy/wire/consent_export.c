/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From our own record to the forms of others. Field by field: what is not known there is left out. */
#include <therapy/consent_export.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "bytes.h"

#define RECORD_MAX 16384

/* What both forms take out of a record; borrowed from it. */
typedef struct facts {
	const char *id, *sub, *kind, *title, *version, *sha256, *lang;
	const char *purpose, *nature, *data, *jurisdiction, *recipients, *withdrawal, *method;
	const char *name, *address, *contact;
	const char *answer;
	const char *guardian; /* who answered for them; "": nobody did */
	gint64 at_ms, until_ms;
} facts;

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

static gboolean read_facts(const json_t *root, facts *f)
{
	const json_t *header = json_object_get(root, "header");
	const json_t *processing = json_object_get(root, "processing");
	const json_t *notice = json_object_get(processing, "privacy_notice");
	const json_t *purpose = first(processing, "purposes");
	const json_t *controller = first(root, "parties");
	const json_t *own = json_object_get(root, "therapy");
	const json_t *event = first(root, "events");
	gboolean by_guardian = strcmp(text(own, "capacity"), "guardian") == 0;

	*f = (facts){.id = text(header, "record_id"),
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
		     .guardian = by_guardian ? text(event, "entity_id") : "",
		     .at_ms = json_integer_value(json_object_get(own, "at_ms")),
		     .until_ms = json_integer_value(json_object_get(own, "until_ms"))};
	return f->id[0] != '\0' && f->sub[0] != '\0' && f->answer[0] != '\0';
}

static json_t *load(const char *record, gsize len, facts *f)
{
	json_t *root =
		len <= RECORD_MAX ? json_loadb(record, len, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (root && !read_facts(root, f))
		g_clear_pointer(&root, json_decref);
	return root;
}

/* jansson has its own allocator; callers know only g_free(). Takes @json. */
static char *print(json_t *json)
{
	char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
	char *copy = g_strdup(line);

	free(line);
	json_decref(json);
	return copy;
}

static char *time_of(gint64 ms)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(ms / 1000);

	return time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}

/* ---- FHIR ---- */

#define OWN_SYSTEM  "urn:janus.plugin.therapy:"
#define HL7_CONSENT "http://terminology.hl7.org/CodeSystem/consentscope"

static json_t *coding(const char *system, const char *code)
{
	return json_pack("{s:[{s:s, s:s}]}", "coding", "system", system, "code", code);
}

static json_t *reference(const char *what, const char *value)
{
	g_autofree char *system = g_strconcat(OWN_SYSTEM, what, NULL);

	return json_pack("{s:{s:s, s:s}}", "identifier", "system", system, "value", value);
}

/* Who has answered: of a minor it is not the patient. */
static json_t *performer(const facts *f)
{
	json_t *who = reference("person", f->guardian[0] != '\0' ? f->guardian : f->sub);

	if (who && f->guardian[0] != '\0')
		json_object_set_new(who, "type", json_string("RelatedPerson"));
	return who;
}

static const char *status_of(const char *answer)
{
	static const char *const states[][2] = {
		{"granted", "active"}, {"refused", "rejected"}, {"withdrawn", "inactive"}};

	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (strcmp(answer, states[i][0]) == 0)
			return states[i][1];
	}
	return "proposed";
}

/* What is permitted, and from when till when; a withdrawal ends it. */
static json_t *provision(const facts *f)
{
	gboolean granted = strcmp(f->answer, "granted") == 0;
	gboolean withdrawn = strcmp(f->answer, "withdrawn") == 0;
	g_autofree char *at = time_of(f->at_ms);
	g_autofree char *until = f->until_ms > 0 ? time_of(f->until_ms) : NULL;
	json_t *period = withdrawn ? json_pack("{s:s}", "end", at)
				   : json_pack("{s:s, s:s*}", "start", at, "end", until);

	return json_pack("{s:s, s:o}", "type", granted || withdrawn ? "permit" : "deny", "period",
			 period);
}

char *thp_consent_export_fhir(guint64 seq, const char *record, gsize len)
{
	facts f;
	json_auto_t *root = load(record, len, &f);

	if (!root)
		return NULL;
	g_autofree char *id = g_strdup_printf("entry-%" G_GUINT64_FORMAT, seq);
	g_autofree char *uri = g_strdup_printf("urn:hash:sha256:%s", f.sha256);
	g_autofree char *at = time_of(f.at_ms);
	const char *scope = strcmp(f.nature, "clinical") == 0 ? "treatment" : "patient-privacy";
	json_t *consent = json_pack(
		"{s:s, s:s, s:[o], s:s, s:o, s:[o, o], s:o, s:s, s:[o], s:[{s:s}], s:[{s:s}], s:o}",
		"resourceType", "Consent", "id", id, "identifier",
		json_pack("{s:s, s:s}", "system", OWN_SYSTEM "record", "value", f.id), "status",
		status_of(f.answer), "scope", coding(HL7_CONSENT, scope), "category",
		coding("http://loinc.org", "59284-0"), coding(OWN_SYSTEM "kind", f.kind), "patient",
		reference("person", f.sub), "dateTime", at, "performer", performer(&f),
		"organization", "display", f.name, "policy", "uri", uri, "provision",
		provision(&f));

	if (consent && f.title[0] != '\0')
		json_object_set_new(consent, "sourceAttachment",
				    json_pack("{s:s, s:s, s:s}", "contentType", "text/markdown",
					      "language", f.lang, "title", f.title));
	return print(consent);
}

/* ---- Kantara ---- */

/* The record's 16 random bytes, in the form of a UUID of version 4. */
static char *uuid_of(const char *id)
{
	guint8 b[16];

	if (!thp_bytes_read(id, strlen(id), b, sizeof b))
		return g_strdup(id);
	b[6] = (guint8)((b[6] & 0x0f) | 0x40);
	b[8] = (guint8)((b[8] & 0x3f) | 0x80);
	return g_strdup_printf(
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		b[15]);
}

static json_t *service(const facts *f)
{
	json_t *purpose =
		json_pack("{s:s, s:[s], s:s, s:[s], s:b, s:s, s:b, s:s}", "purpose", f->purpose,
			  "purposeCategory", f->nature, "consentType", "EXPLICIT", "piiCategory",
			  f->data, "primaryPurpose", 1, "termination", f->withdrawal,
			  "thirdPartyDisclosure", 1, "thirdPartyName", f->recipients);

	return json_pack("{s:s, s:[o]}", "service", f->title, "purposes", purpose);
}

char *thp_consent_export_kantara(const char *record, gsize len)
{
	facts f;
	json_auto_t *root = load(record, len, &f);

	if (!root || strcmp(f.answer, "granted") != 0)
		return NULL;
	g_autofree char *id = uuid_of(f.id);
	g_autofree char *policy = g_strdup_printf("urn:hash:sha256:%s", f.sha256);
	json_t *controller = json_pack("{s:s, s:s, s:{s:s}}", "piiController", f.name, "contact",
				       f.contact, "address", "streetAddress", f.address);

	return print(json_pack(
		"{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:[o], s:s, s:[o], s:b, s:[s]}", "version",
		"KI-CR-v1.1.0", "jurisdiction", f.jurisdiction, "consentTimestamp",
		(json_int_t)(f.at_ms / 1000), "collectionMethod", f.method, "consentReceiptID", id,
		"language", f.lang, "piiPrincipalId", f.sub, "piiControllers", controller,
		"policyUrl", policy, "services", service(&f), "sensitive", 1, "spiCat", "health"));
}
