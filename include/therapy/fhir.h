/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file fhir.h
 * Records as one Bundle of HL7 FHIR R4 (4.0.1) that needs nothing but itself: every reference in it resolves.
 *
 * Of all that one person answered about one kind, in one room or in any, there is one Consent, as it stands;
 * and for each answer an AuditEvent and a Provenance, with the proof that it is in the ledger. Ids follow from
 * what they stand for: a second export has the same. Times of a session are not in the ledger, so an
 * Encounter says which room, and not when. What somebody said for an emergency is nowhere in it.
 * One thread at a time.
 */
#pragma once

#include <therapy/consent_record.h>

/** R4 as it is, or with the profiles of IHE's Privacy Consent on FHIR 1.1: without agreements to treatment. */
typedef enum thp_fhir_form {
	THP_FHIR_R4,
	THP_FHIR_PCF,
} thp_fhir_form;

typedef struct thp_fhir thp_fhir;

/** Begins a Bundle that says how things are at @now_ms. */
thp_fhir *thp_fhir_new(thp_fhir_form form, gint64 now_ms) G_GNUC_WARN_UNUSED_RESULT;

/** Frees @fhir; NULL is allowed. */
void thp_fhir_free(thp_fhir *fhir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_fhir, thp_fhir_free)

/**
 * Adds what @entry says, in the order of the ledger. The text to print next, maybe empty; the caller's to g_free.
 */
char *thp_fhir_add(thp_fhir *fhir, const thp_consent_entry *entry) G_GNUC_WARN_UNUSED_RESULT;

/** Ends the Bundle: the rest of its text, the caller's to g_free. Nothing may be added after. */
char *thp_fhir_end(thp_fhir *fhir) G_GNUC_WARN_UNUSED_RESULT;
