/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where somebody stands, as a Consent: of R4, or as IHE's profiles for explicit consent narrow it. */
#include "fhir_inside.h"

#include <string.h>

#define PCF "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF."

static gboolean is_over(const thp_consent_facts *f, gint64 now_ms)
{
	return f->until_ms > 0 && f->until_ms <= now_ms;
}

static const char *status(const thp_consent_facts *f, gint64 now_ms)
{
	static const char *const states[][2] = {
		{"granted", "active"}, {"refused", "rejected"}, {"withdrawn", "inactive"}};

	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (thp_consent_facts_is(f, states[i][0]))
			return i == 0 && is_over(f, now_ms) ? "inactive" : states[i][1];
	}
	return "proposed";
}

static json_t *category(const thp_consent_facts *f)
{
	gboolean notice = strcmp(f->nature, "acknowledgement") == 0;

	return json_pack("[o, o]", thp_fhir_concept(THP_FHIR_LOINC, notice ? "57016-8" : "59284-0"),
			 thp_fhir_concept(THP_FHIR_OWN "kind", f->kind));
}

/* As it was said to the person: in words, not as somebody whom a computer could look up. */
static json_t *actors(const thp_consent_facts *f)
{
	return json_pack("[{s:o, s:{s:s}}]", "role",
			 thp_fhir_concept(THP_FHIR_HL7 "v3-ParticipationType", "IRCP"), "reference",
			 "display", f->recipients);
}

/* What is permitted, from when till when, and for which room; a withdrawal ends it. */
static json_t *provision(const thp_fhir_about *about)
{
	const thp_consent_facts *f = about->facts;
	gboolean granted = thp_consent_facts_is(f, "granted");
	gboolean withdrawn = thp_consent_facts_is(f, "withdrawn");
	g_autofree char *at = thp_consent_time(f->at_ms);
	g_autofree char *until = f->until_ms > 0 ? thp_consent_time(f->until_ms) : NULL;
	json_t *period = withdrawn ? json_pack("{s:s}", "end", at)
				   : json_pack("{s:s, s:s*}", "start", at, "end", until);
	json_t *provision = json_pack("{s:s, s:o}", "type",
				      granted || withdrawn ? "permit" : "deny", "period", period);

	if (f->recipients[0] != '\0')
		json_object_set_new(provision, "actor", actors(f));
	if (about->encounter)
		json_object_set_new(provision, "data",
				    json_pack("[{s:s, s:o}]", "meaning", "related", "reference",
					      thp_fhir_reference("Encounter", about->encounter)));
	return provision;
}

/* The text that was shown: by its hash, which is what a receipt and the ledger know it by. */
static json_t *source(const thp_consent_facts *f, const char *uri)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "contentType", "text/markdown", "language",
			 f->lang, "url", uri, "title", f->title);
}

/* IHE's basic profile knows no data; what holds for one encounter is of its intermediate one. */
static json_t *meta(const thp_fhir_about *about, thp_fhir_form form)
{
	g_autofree char *version = g_strdup_printf("%" G_GUINT64_FORMAT, about->entry->seq);
	g_autofree char *kept = thp_consent_instant(about->entry->kept_ms);
	json_t *meta = json_pack("{s:s, s:s}", "versionId", version, "lastUpdated", kept);

	if (form == THP_FHIR_PCF)
		json_object_set_new(meta, "profile",
				    json_pack("[s]", about->encounter ? PCF "consentIntermediate"
								      : PCF "consentBasic"));
	return meta;
}

json_t *thp_fhir_consent(const thp_fhir_about *about, thp_fhir_form form, gint64 now_ms)
{
	const thp_consent_facts *f = about->facts;
	gboolean treatment = form == THP_FHIR_R4 && strcmp(f->nature, "clinical") == 0;
	g_autofree char *uri = g_strdup_printf("urn:hash:sha256:%s", f->sha256);
	g_autofree char *at = thp_consent_time(f->at_ms);
	json_t *consent = thp_fhir_resource("Consent", about->consent);
	json_t *rest = json_pack(
		"{s:o, s:[o], s:s, s:o, s:o, s:o, s:s, s:[o], s:[o], s:o, s:[{s:s}]}", "meta",
		meta(about, form), "identifier", thp_fhir_identifier("record", f->id), "status",
		status(f, now_ms), "scope",
		thp_fhir_concept(THP_FHIR_HL7 "consentscope",
				 treatment ? "treatment" : "patient-privacy"),
		"category", category(f), "patient",
		thp_fhir_person("Patient", about->patient, f->sub), "dateTime", at, "performer",
		thp_fhir_performer(about), "organization",
		thp_fhir_reference("Organization", about->organization), "sourceAttachment",
		source(f, uri), "policy", "uri", uri);

	json_object_update_new(consent, rest);
	/* Who has only been shown a text has permitted and denied nothing. */
	if (!thp_consent_facts_is(f, "shown"))
		json_object_set_new(consent, "provision", provision(about));
	return consent;
}
