/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer leaves behind: an AuditEvent that it was given, a Provenance with the ledger's proof. */
#include "fhir_inside.h"

#include <string.h>

#define DICOM "http://dicom.nema.org/resources/ontology/DCM"
#define ASTM  "urn:iso-astm:E1762-95:2013"

static char *base64(const char *bytes, gsize n)
{
	return g_base64_encode((const guchar *)bytes, n);
}

static char *entry_of(const thp_consent_entry *entry)
{
	return g_strdup_printf("%s#%" G_GUINT64_FORMAT, entry->origin, entry->seq);
}

/* The name of such a resource: there is one for each entry. */
static char *name_of(const char *type, const thp_consent_entry *entry)
{
	g_autofree char *id = entry_of(entry);

	return thp_fhir_name(THP_FHIR_WORDS(type, id));
}

static json_t *thing(json_t *what, const char *type, const char *role)
{
	return json_pack("{s:o, s:o, s:o}", "what", what, "type",
			 thp_fhir_coding(THP_FHIR_HL7 "audit-entity-type", type), "role",
			 thp_fhir_coding(THP_FHIR_HL7 "object-role", role));
}

/* Which words were answered, and the leaf that was signed for it. */
static json_t *details(const thp_fhir_about *about)
{
	const thp_consent_facts *f = about->facts;
	g_autofree char *entry = entry_of(about->entry);
	g_autofree char *leaf = base64(about->entry->leaf, about->entry->leaf_len);

	return json_pack("[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}, {s:s, s:s}, {s:s, s:s}]", "type",
			 "ledger-entry", "valueString", entry, "type", "ledger-leaf",
			 "valueBase64Binary", leaf, "type", "text-version", "valueString",
			 f->version, "type", "text-language", "valueString", f->lang, "type",
			 "text-sha256", "valueString", f->sha256);
}

static json_t *entities(const thp_fhir_about *about)
{
	json_t *consent = thing(thp_fhir_reference("Consent", about->consent), "2", "4");
	json_t *list = json_pack(
		"[o, o]", consent,
		thing(thp_fhir_person("Patient", about->patient, about->facts->sub), "1", "1"));

	json_object_set_new(consent, "detail", details(about));
	if (about->encounter)
		json_array_append_new(
			list, thing(thp_fhir_reference("Encounter", about->encounter), "2", "4"));
	return list;
}

json_t *thp_fhir_audit_event(const thp_fhir_about *about)
{
	g_autofree char *name = name_of("AuditEvent", about->entry);
	g_autofree char *kept = thp_consent_instant(about->entry->kept_ms);
	json_t *event = thp_fhir_resource("AuditEvent", name);
	json_t *rest = json_pack(
		"{s:o, s:[o], s:s, s:s, s:s, s:[{s:o, s:b}, {s:o, s:b}], s:{s:s, s:o, s:[o]}, s:o}",
		"type", thp_fhir_coding(DICOM, "110110"), "subtype",
		thp_fhir_coding(THP_FHIR_OWN "answer", about->facts->answer), "action",
		about->first ? "C" : "U", "recorded", kept, "outcome", "0", "agent", "who",
		thp_fhir_performer(about), "requestor", 1, "who",
		thp_fhir_reference("Device", about->ledger), "requestor", 0, "source", "site",
		about->entry->origin, "observer", thp_fhir_reference("Device", about->ledger),
		"type", thp_fhir_coding(THP_FHIR_HL7 "security-source-type", "4"), "entity",
		entities(about));

	json_object_update_new(event, rest);
	return event;
}

/* The newest checkpoint is signed; the proof shows that the leaf is under it. */
static json_t *signature(const thp_fhir_about *about)
{
	const thp_consent_entry *entry = about->entry;
	g_autofree char *proven = thp_consent_instant(entry->proven_ms);
	g_autofree char *proof = base64(entry->proof, strlen(entry->proof));

	return json_pack("[{s:[o], s:s, s:o, s:s, s:s, s:s}]", "type",
			 thp_fhir_coding(ASTM, "1.2.840.10065.1.12.1.5"), "when", proven, "who",
			 thp_fhir_reference("Device", about->ledger), "targetFormat",
			 "application/json", "sigFormat", "text/plain", "data", proof);
}

static json_t *agent(const char *type, json_t *who)
{
	return json_pack("{s:o, s:o}", "type",
			 thp_fhir_concept(THP_FHIR_HL7 "provenance-participant-type", type), "who",
			 who);
}

json_t *thp_fhir_provenance(const thp_fhir_about *about)
{
	const thp_consent_entry *entry = about->entry;
	g_autofree char *name = name_of("Provenance", entry);
	g_autofree char *at = thp_consent_time(about->facts->at_ms);
	g_autofree char *kept = thp_consent_instant(entry->kept_ms);
	g_autofree char *id = entry_of(entry);
	json_t *provenance = thp_fhir_resource("Provenance", name);
	json_t *rest =
		json_pack("{s:[o], s:s, s:s, s:o, s:[o, o], s:[{s:s, s:{s:o}}]}", "target",
			  thp_fhir_reference("Consent", about->consent), "occurredDateTime", at,
			  "recorded", kept, "activity",
			  thp_fhir_concept(THP_FHIR_HL7 "v3-DataOperation",
					   about->first ? "CREATE" : "UPDATE"),
			  "agent", agent("performer", thp_fhir_performer(about)),
			  agent("custodian", thp_fhir_reference("Device", about->ledger)), "entity",
			  "role", "source", "what", "identifier", thp_fhir_identifier("entry", id));

	json_object_update_new(provenance, rest);
	if (entry->proof)
		json_object_set_new(provenance, "signature", signature(about));
	return provenance;
}
