/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger export: the opened records, for the organisation and for who asks about themselves. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include <therapy/ledger_verify.h>
#include <therapy/secret.h>

static const char export_summary[] =
	"Prints one JSON object a line: {\"seq\": number in the ledger, \"record\": in the shape of\n"
	"ISO/IEC TS 27560}. The whole ledger is verified on the way, and nothing of a changed one is\n"
	"printed without saying so (exit status 1).";

typedef struct exporting {
	const char *sub;
	guint faults;
} exporting;

static void count_fault(void *ctx, gint64 seq, const char *what)
{
	exporting *const e = ctx;

	if (e->faults++ == 0)
		(void)complain(EXIT_TAMPERED, "entry %" G_GINT64_FORMAT ": %s", seq, what);
}

static void print_record(void *ctx, guint64 seq, const char *record, gsize len)
{
	const exporting *const e = ctx;
	g_autofree char *own =
		e->sub ? g_strdup_printf("\"pii_principal_id\":\"%s\"", e->sub) : NULL;

	if (own && !g_strstr_len(record, (gssize)len, own))
		return;
	printf("{\"seq\":%" G_GUINT64_FORMAT ",\"record\":%.*s}\n", seq, (int)len, record);
}

int cmd_export(int argc, char **argv)
{
	g_autofree char *data = NULL, *organisation = NULL, *sub = NULL;
	g_autoptr(GString) why = g_string_new(NULL);
	guint8 secret[THP_SEAL_KEY_BYTES];
	thp_ledger_verify_report report;
	exporting e = {0};
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "The ledger's folder (needed)", "DIR"},
		{"organisation", 0, 0, G_OPTION_ARG_FILENAME, &organisation,
		 "The organisation's secret key (needed)", "FILE"},
		{"sub", 0, 0, G_OPTION_ARG_STRING, &sub, "Only what is about this person", "ID"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_options(argc, argv, entries, NULL, export_summary, NULL))
		return EXIT_INCOMPLETE;
	if (!data || !organisation)
		return complain(EXIT_INCOMPLETE, "export: --data and --organisation are needed");
	if (read_organisation(organisation, TRUE, secret))
		return EXIT_TROUBLE;
	e.sub = sub;

	const thp_ledger_verify_ask ask = {.dir = data,
					   .organisation_secret = secret,
					   .found = count_fault,
					   .record = print_record,
					   .ctx = &e};
	const thp_ledger_verdict verdict = thp_ledger_verify(&ask, &report, why);

	thp_secret_wipe(secret, sizeof secret);
	if (verdict == THP_LEDGER_UNREADABLE)
		return complain(EXIT_TROUBLE, "%s",
				why->len ? why->str : "the ledger cannot be read");
	return verdict == THP_LEDGER_TAMPERED ? EXIT_TAMPERED : EXIT_GOOD;
}
