/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger export: the opened records, for the organisation and for who asks about themselves. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include <therapy/consent_export.h>
#include <therapy/ledger_verify.h>
#include <therapy/secret.h>

static const char export_summary[] =
	"Prints one JSON object a line: {\"seq\": number in the ledger, \"record\": in the shape of\n"
	"ISO/IEC TS 27560}. With --format fhir one HL7 FHIR R4 Bundle of Consents, with --format kantara one\n"
	"Kantara 1.1 receipt a line, of agreements only; neither has what was said for an emergency.\n"
	"The whole ledger is verified on the way, and nothing of a changed one is printed without saying so\n"
	"(exit status 1).";

typedef struct exporting {
	const char *sub;
	const char *format; /* "iso", "fhir", "kantara" */
	guint faults;
	guint printed;
} exporting;

static void count_fault(void *ctx, gint64 seq, const char *what)
{
	exporting *const e = ctx;

	if (e->faults++ == 0)
		(void)complain(EXIT_TAMPERED, "entry %" G_GINT64_FORMAT ": %s", seq, what);
}

static void print_record(void *ctx, guint64 seq, const char *record, gsize len)
{
	exporting *const e = ctx;
	g_autofree char *own =
		e->sub ? g_strdup_printf("\"pii_principal_id\":\"%s\"", e->sub) : NULL;

	if (own && !g_strstr_len(record, (gssize)len, own))
		return;
	if (strcmp(e->format, "iso") == 0) {
		printf("{\"seq\":%" G_GUINT64_FORMAT ",\"record\":%.*s}\n", seq, (int)len, record);
		return;
	}
	gboolean fhir = strcmp(e->format, "fhir") == 0;
	g_autofree char *line = fhir ? thp_consent_export_fhir(seq, record, len)
				     : thp_consent_export_kantara(record, len);
	if (line && fhir)
		printf("%s{\"resource\":%s}", e->printed++ ? ",\n" : "", line);
	else if (line)
		printf("%s\n", line);
}

int cmd_export(int argc, char **argv)
{
	g_autofree char *data = NULL, *organisation = NULL, *sub = NULL;
	g_autofree char *format = NULL;
	g_autoptr(GString) why = g_string_new(NULL);
	guint8 secret[THP_SEAL_KEY_BYTES];
	thp_ledger_verify_report report;
	exporting e = {0};
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "The ledger's folder (needed)", "DIR"},
		{"organisation", 0, 0, G_OPTION_ARG_FILENAME, &organisation,
		 "The organisation's secret key (needed)", "FILE"},
		{"sub", 0, 0, G_OPTION_ARG_STRING, &sub, "Only what is about this person", "ID"},
		{"format", 0, 0, G_OPTION_ARG_STRING, &format, "iso, fhir or kantara (iso)",
		 "NAME"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, NULL, export_summary, NULL))
		return EXIT_INCOMPLETE;
	if (!data || !organisation)
		return complain(EXIT_INCOMPLETE, "export: --data and --organisation are needed");
	e.sub = sub;
	e.format = format ? format : "iso";
	gboolean fhir = strcmp(e.format, "fhir") == 0;
	if (!fhir && strcmp(e.format, "iso") != 0 && strcmp(e.format, "kantara") != 0)
		return complain(EXIT_INCOMPLETE, "export: --format is iso, fhir or kantara");
	if (read_organisation(organisation, TRUE, secret))
		return EXIT_TROUBLE;
	if (fhir)
		printf("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[\n");

	const thp_ledger_verify_ask ask = {.dir = data,
					   .organisation_secret = secret,
					   .found = count_fault,
					   .record = print_record,
					   .ctx = &e};
	const thp_ledger_verdict verdict = thp_ledger_verify(&ask, &report, why);

	thp_secret_wipe(secret, sizeof secret);
	if (fhir)
		printf("]}\n");
	if (verdict == THP_LEDGER_UNREADABLE)
		return complain(EXIT_TROUBLE, "%s",
				why->len ? why->str : "the ledger cannot be read");
	return verdict == THP_LEDGER_TAMPERED ? EXIT_TAMPERED : EXIT_GOOD;
}
