/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file consent_export.h
 * Records as other systems want to read them: a Consent of HL7 FHIR R4, a receipt of Kantara 1.1.
 * What somebody said for an emergency is in neither. No state; any thread.
 */
#pragma once

#include <glib.h>

/**
 * The record, entry @seq of the ledger, as one FHIR Consent on one line; the caller's to g_free. NULL if it is no record.
 */
char *thp_consent_export_fhir(guint64 seq, const char *record, gsize len) G_GNUC_WARN_UNUSED_RESULT;

/** The same as a Kantara receipt; NULL also for what is no agreement: Kantara knows nothing else. */
char *thp_consent_export_kantara(const char *record, gsize len) G_GNUC_WARN_UNUSED_RESULT;
