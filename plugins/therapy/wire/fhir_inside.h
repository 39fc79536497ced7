/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the FHIR Bundle share. Functions that take a json_t leave it to the caller, if not said. */
#pragma once

#include <therapy/fhir.h>

#include "consent_facts.h"

#define THP_FHIR_OWN   "urn:janus.plugin.therapy:"
#define THP_FHIR_LOINC "http://loinc.org"
#define THP_FHIR_HL7   "http://terminology.hl7.org/CodeSystem/"

/* Who and what one answer is about; to be g_freed one by one, see thp_fhir_about_clear(). */
typedef struct thp_fhir_about {
	const thp_consent_entry *entry;
	const thp_consent_facts *facts;
	char *patient, *performer, *organization, *ledger, *consent; /* "urn:uuid:…" */
	char *encounter; /* NULL: it is about no one room */
	gboolean first;  /* nothing was said about it before */
} thp_fhir_about;

/** A list of words, the first of them a type, for the next. */
#define THP_FHIR_WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/** What the resource that @words tell from all others is called in every Bundle: "urn:uuid:…". */
char *thp_fhir_name(const char *const *words);

/** A new resource @type with the id that is in @name. */
json_t *thp_fhir_resource(const char *type, const char *name);

/** {"system", "code"}; and a CodeableConcept of one. */
json_t *thp_fhir_coding(const char *system, const char *code);
json_t *thp_fhir_concept(const char *system, const char *code);

/** {"system", "value"} in a system of our own. */
json_t *thp_fhir_identifier(const char *what, const char *value);

/** A reference to the resource called @name, of @type. */
json_t *thp_fhir_reference(const char *type, const char *name);

/** The same to a person, with the pseudonym. */
json_t *thp_fhir_person(const char *type, const char *name, const char *sub);

/** To whoever answered: the person, or the guardian of a minor. */
json_t *thp_fhir_performer(const thp_fhir_about *about);

/** The resources that an answer refers to. */
json_t *thp_fhir_patient(const thp_fhir_about *about);
json_t *thp_fhir_guardian(const thp_fhir_about *about);
json_t *thp_fhir_organization(const thp_fhir_about *about);
json_t *thp_fhir_ledger(const thp_fhir_about *about);
json_t *thp_fhir_encounter(const thp_fhir_about *about);

/** How things stand after this answer, at @now_ms. */
json_t *thp_fhir_consent(const thp_fhir_about *about, thp_fhir_form form, gint64 now_ms);

/** What an answer leaves behind: that it was given, and how that can be shown. */
json_t *thp_fhir_audit_event(const thp_fhir_about *about);
json_t *thp_fhir_provenance(const thp_fhir_about *about);
