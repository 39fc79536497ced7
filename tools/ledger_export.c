/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger export: the opened records, for the organisation and for who asks about themselves. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include <therapy/consent_kantara.h>
#include <therapy/fhir.h>
#include <therapy/ledger_verify.h>
#include <therapy/secret.h>

static const char export_summary[] =
	"Prints one JSON object a line: {\"seq\": number in the ledger, \"record\": in the shape of\n"
	"ISO/IEC TS 27560}; and without --sub and --guardian, what became of recordings: {\"seq\", \"at_ms\",\n"
	"\"gate\": \"recording ID on\", \"upon\": the numbers of the agreements that it rests on}.\n"
	"  --format fhir     one HL7 FHIR R4 Bundle: a Consent for all that a person said about one kind, in\n"
	"                    one room or in any; for each answer an AuditEvent and a Provenance with the\n"
	"                    ledger's proof; an Encounter for each room; and whom these refer to\n"
	"  --format pcf      the same, with Consents by the profiles of IHE Privacy Consent on FHIR: without\n"
	"                    agreements to treatment, and without what was only shown\n"
	"  --format kantara  one Kantara 1.1 receipt a line, of agreements only\n"
	"Only the first has what was said for an emergency. The whole ledger is verified on the way, and\n"
	"nothing of a changed one is printed without saying so (exit status 1).";

typedef struct exporting exporting;

/* How an entry is printed. */
typedef struct format {
	const char *name;
	void (*print)(exporting *e, const thp_consent_entry *entry);
	thp_fhir_form form;
	gboolean fhir;
} format;

struct exporting {
	const char *sub, *guardian;
	const format *format;
	thp_fhir *fhir;
	guint faults;
};

static void print_iso(exporting *e, const thp_consent_entry *entry)
{
	(void)e;
	printf("{\"seq\":%" G_GUINT64_FORMAT ",\"record\":%.*s}\n", entry->seq,
	       (int)entry->record_len, entry->record);
}

static void print_kantara(exporting *e, const thp_consent_entry *entry)
{
	g_autofree char *line = thp_consent_kantara(entry->record, entry->record_len);

	(void)e;
	if (line)
		printf("%s\n", line);
}

static void print_fhir(exporting *e, const thp_consent_entry *entry)
{
	g_autofree char *text = thp_fhir_add(e->fhir, entry);

	(void)fputs(text, stdout);
}

static const format formats[] = {
	{"iso", print_iso, THP_FHIR_R4, FALSE},
	{"fhir", print_fhir, THP_FHIR_R4, TRUE},
	{"pcf", print_fhir, THP_FHIR_PCF, TRUE},
	{"kantara", print_kantara, THP_FHIR_R4, FALSE},
};

static const format *find_format(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (strcmp(formats[i].name, name ? name : "iso") == 0)
			return &formats[i];
	}
	return NULL;
}

static void count_fault(void *ctx, gint64 seq, const char *what)
{
	exporting *const e = ctx;

	if (e->faults++ == 0)
		(void)complain(EXIT_TAMPERED, "entry %" G_GINT64_FORMAT ": %s", seq, what);
}

/* Values in a record are as they were written, and a quote in one of them is escaped. */
static gboolean says(const thp_consent_entry *entry, const char *before, const char *value,
		     const char *after)
{
	g_autofree char *text = value ? g_strconcat(before, value, after, NULL) : NULL;

	return !text || g_strstr_len(entry->record, (gssize)entry->record_len, text);
}

static void print_record(void *ctx, const thp_consent_entry *entry)
{
	exporting *const e = ctx;

	if (says(entry, "\"pii_principal_id\":\"", e->sub, "\"") &&
	    says(entry, "\"party_id\":\"", e->guardian, "\",\"party_role\":\"guardian\""))
		e->format->print(e, entry);
}

/* {"seq": 9, "at_ms": 1, "gate": "recording ID on", "upon": [4, 5]}; only where all is asked for. */
static void print_gate(void *ctx, guint64 seq, gint64 kept_ms, const char *words, const char *upon)
{
	const exporting *const e = ctx;
	g_autofree char *numbers = g_strdup(upon);

	if (e->sub || e->guardian || e->format->print != print_iso)
		return;
	printf("{\"seq\":%" G_GUINT64_FORMAT ",\"at_ms\":%" G_GINT64_FORMAT
	       ",\"gate\":\"%s\",\"upon\":[%s]}\n",
	       seq, kept_ms, words, g_strdelimit(numbers, " ", ','));
}

static int export_all(exporting *e, const char *data, const char *organisation)
{
	g_autoptr(GString) why = g_string_new(NULL);
	guint8 secret[THP_SEAL_KEY_BYTES];
	thp_ledger_verify_report report;

	if (read_organisation(organisation, TRUE, secret))
		return EXIT_TROUBLE;

	const thp_ledger_verify_ask ask = {.dir = data,
					   .organisation_secret = secret,
					   .found = count_fault,
					   .record = print_record,
					   .gate = print_gate,
					   .proofs = e->format->fhir,
					   .ctx = e};
	const thp_ledger_verdict verdict = thp_ledger_verify(&ask, &report, why);

	thp_secret_wipe(secret, sizeof secret);
	if (verdict == THP_LEDGER_UNREADABLE)
		return complain(EXIT_TROUBLE, "%s",
				why->len ? why->str : "the ledger cannot be read");
	return verdict == THP_LEDGER_TAMPERED ? EXIT_TAMPERED : EXIT_GOOD;
}

int cmd_export(int argc, char **argv)
{
	g_autofree char *data = NULL, *organisation = NULL, *sub = NULL, *guardian = NULL;
	g_autofree char *name = NULL, *at = NULL;
	g_autoptr(thp_fhir) fhir = NULL;
	exporting e = {0};
	gint64 now_ms;
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "The ledger's folder (needed)", "DIR"},
		{"organisation", 0, 0, G_OPTION_ARG_FILENAME, &organisation,
		 "The organisation's secret key (needed)", "FILE"},
		{"sub", 0, 0, G_OPTION_ARG_STRING, &sub, "Only what is about this person", "ID"},
		{"guardian", 0, 0, G_OPTION_ARG_STRING, &guardian,
		 "Only what this parent or guardian answered for a minor", "ID"},
		{"format", 0, 0, G_OPTION_ARG_STRING, &name, "iso, fhir, pcf or kantara (iso)",
		 "NAME"},
		{"at", 0, 0, G_OPTION_ARG_STRING, &at, "Take this time for now", "MS"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, NULL, export_summary, NULL) || !read_now(at, &now_ms))
		return EXIT_INCOMPLETE;
	if (!data || !organisation)
		return complain(EXIT_INCOMPLETE, "export: --data and --organisation are needed");
	e.sub = sub;
	e.guardian = guardian;
	e.format = find_format(name);
	if (!e.format)
		return complain(EXIT_INCOMPLETE, "export: --format is iso, fhir, pcf or kantara");
	if (e.format->fhir && guardian)
		return complain(
			EXIT_INCOMPLETE,
			"export: %s tells how things stand, not who said what: no --guardian",
			e.format->name);
	if (e.format->fhir)
		e.fhir = fhir = thp_fhir_new(e.format->form, now_ms);

	const int status = export_all(&e, data, organisation);

	if (fhir && status != EXIT_TROUBLE) {
		g_autofree char *end = thp_fhir_end(fhir);

		(void)fputs(end, stdout);
	}
	return status;
}
