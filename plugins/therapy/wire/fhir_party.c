/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, references, and the people and things that answers refer to: pseudonyms, and nothing that is not in the record. */
#include "fhir_inside.h"

#include <string.h>

#define URN          "urn:uuid:"
#define SHA256_BYTES 32
#define UUID_OWN     8 /* RFC 9562: a version for whom none of the others fits, here SHA-256 */

char *thp_fhir_name(const char *const *words)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 bytes[SHA256_BYTES];
	gsize n = sizeof bytes;

	/* Each with its NUL, so that "a","bc" is not "ab","c". */
	for (; *words; words++)
		g_checksum_update(sum, (const guint8 *)*words, (gssize)strlen(*words) + 1);
	g_checksum_get_digest(sum, bytes, &n);

	g_autofree char *uuid = thp_consent_uuid(bytes, UUID_OWN);

	return g_strconcat(URN, uuid, NULL);
}

json_t *thp_fhir_resource(const char *type, const char *name)
{
	return json_pack("{s:s, s:s}", "resourceType", type, "id", name + strlen(URN));
}

json_t *thp_fhir_coding(const char *system, const char *code)
{
	return json_pack("{s:s, s:s}", "system", system, "code", code);
}

json_t *thp_fhir_concept(const char *system, const char *code)
{
	return json_pack("{s:[o]}", "coding", thp_fhir_coding(system, code));
}

json_t *thp_fhir_identifier(const char *what, const char *value)
{
	g_autofree char *system = g_strconcat(THP_FHIR_OWN, what, NULL);

	return json_pack("{s:s, s:s}", "system", system, "value", value);
}

json_t *thp_fhir_reference(const char *type, const char *name)
{
	return json_pack("{s:s, s:s}", "reference", name, "type", type);
}

json_t *thp_fhir_person(const char *type, const char *name, const char *sub)
{
	return json_pack("{s:s, s:s, s:o}", "reference", name, "type", type, "identifier",
			 thp_fhir_identifier("person", sub));
}

json_t *thp_fhir_performer(const thp_fhir_about *about)
{
	const char *guardian = about->facts->guardian;

	return guardian[0] != '\0' ? thp_fhir_person("RelatedPerson", about->performer, guardian)
				   : thp_fhir_person("Patient", about->patient, about->facts->sub);
}

static json_t *person(const char *type, const char *name, const char *sub)
{
	json_t *resource = thp_fhir_resource(type, name);

	json_object_set_new(resource, "identifier",
			    json_pack("[o]", thp_fhir_identifier("person", sub)));
	return resource;
}

json_t *thp_fhir_patient(const thp_fhir_about *about)
{
	return person("Patient", about->patient, about->facts->sub);
}

json_t *thp_fhir_guardian(const thp_fhir_about *about)
{
	json_t *resource = person("RelatedPerson", about->performer, about->facts->guardian);

	json_object_set_new(resource, "patient", thp_fhir_reference("Patient", about->patient));
	json_object_set_new(
		resource, "relationship",
		json_pack("[o]", thp_fhir_concept(THP_FHIR_HL7 "v3-RoleCode", "GUARD")));
	return resource;
}

json_t *thp_fhir_organization(const thp_fhir_about *about)
{
	const thp_consent_facts *f = about->facts;
	json_t *resource = thp_fhir_resource("Organization", about->organization);

	json_object_set_new(resource, "name", json_string(f->name));
	if (f->contact[0] != '\0')
		json_object_set_new(
			resource, "telecom",
			json_pack("[{s:s, s:s}]", "system", "other", "value", f->contact));
	if (f->address[0] != '\0')
		json_object_set_new(resource, "address", json_pack("[{s:s}]", "text", f->address));
	return resource;
}

json_t *thp_fhir_ledger(const thp_fhir_about *about)
{
	const char *origin = about->entry->origin;
	json_t *resource = thp_fhir_resource("Device", about->ledger);

	json_object_set_new(resource, "identifier",
			    json_pack("[o]", thp_fhir_identifier("ledger", origin)));
	json_object_set_new(
		resource, "deviceName",
		json_pack("[{s:s, s:s}]", "name", origin, "type", "user-friendly-name"));
	return resource;
}

/* Which room it was, and that it was not in the same place. Whether, and when, is not known here. */
json_t *thp_fhir_encounter(const thp_fhir_about *about)
{
	json_t *resource = thp_fhir_resource("Encounter", about->encounter);

	json_object_set_new(resource, "identifier",
			    json_pack("[o]", thp_fhir_identifier("room", about->facts->scope)));
	json_object_set_new(resource, "status", json_string("unknown"));
	json_object_set_new(resource, "class", thp_fhir_coding(THP_FHIR_HL7 "v3-ActCode", "VR"));
	json_object_set_new(resource, "subject", thp_fhir_reference("Patient", about->patient));
	json_object_set_new(resource, "serviceProvider",
			    thp_fhir_reference("Organization", about->organization));
	return resource;
}
