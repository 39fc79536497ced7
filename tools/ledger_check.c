/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger verify, verify-receipt, consistency and witness: what changes no ledger. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>
#include <therapy/base64.h>
#include <therapy/ledger.h>
#include <therapy/ledger_verify.h>
#include <therapy/receipt.h>
#include <therapy/secret.h>

#define SHOWN_MAX 20 /* findings that are printed one by one */

/* ---- verify ---- */

static const char verify_summary[] =
	"Computes everything again from what is stored, and says with which entry it differs.\n"
	"Without --root the ledger's own root key is believed, without --organisation the records stay\n"
	"sealed: exit status 2 says so. --since takes a checkpoint that somebody kept: of a witness, or\n"
	"of a receipt. --at 0 leaves out whether the last epochs are there.";

static void say_found(void *ctx, gint64 seq, const char *what)
{
	guint *const n = ctx;

	if ((*n)++ >= SHOWN_MAX)
		return;
	if (seq < 0)
		printf("the ledger: %s\n", what);
	else
		printf("entry %" G_GINT64_FORMAT ": %s\n", seq, what);
}

typedef struct verify_options {
	char *data, *root, *organisation, *since, *at;
} verify_options;

static void verify_options_clear(verify_options *o)
{
	g_free(o->data);
	g_free(o->root);
	g_free(o->organisation);
	g_free(o->since);
	g_free(o->at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(verify_options, verify_options_clear)

static int verify(const verify_options *o, thp_ledger_verify_ask ask)
{
	thp_ledger_verify_report report;
	g_autoptr(GString) why = g_string_new(NULL);
	guint shown = 0;

	ask.dir = o->data;
	ask.found = say_found;
	ask.ctx = &shown;

	const thp_ledger_verdict verdict = thp_ledger_verify(&ask, &report, why);

	if (verdict == THP_LEDGER_UNREADABLE)
		return complain(EXIT_TROUBLE, "%s",
				why->len ? why->str : "the ledger cannot be read");
	if (shown > SHOWN_MAX)
		printf("and %u more\n", shown - SHOWN_MAX);
	printf("%" G_GUINT64_FORMAT " entries, %" G_GUINT64_FORMAT
	       " closed epochs, %" G_GUINT64_FORMAT " records opened, %" G_GUINT64_FORMAT
	       " erased\n",
	       report.entries, report.epochs, report.opened, report.erased);
	if (verdict == THP_LEDGER_TAMPERED)
		printf("NOT as it was signed: %u faults\n", report.faults);
	else if (verdict == THP_LEDGER_INCOMPLETE)
		printf("good as far as can be seen: give %s to see all\n",
		       ask.root ? "--organisation" : "--root and --organisation");
	else
		printf("good\n");
	return (int)verdict;
}

int cmd_verify(int argc, char **argv)
{
	g_auto(verify_options) o = {0};
	g_autofree char *since = NULL;
	thp_ledger_verify_ask ask = {0};
	thp_note_key root;
	guint8 secret[THP_SEAL_KEY_BYTES];
	gsize len;
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &o.data, "The ledger's folder (needed)",
		 "DIR"},
		{"root", 0, 0, G_OPTION_ARG_FILENAME, &o.root, "The root key", "KEY|FILE"},
		{"organisation", 0, 0, G_OPTION_ARG_FILENAME, &o.organisation,
		 "The organisation's secret key", "FILE"},
		{"since", 0, 0, G_OPTION_ARG_FILENAME, &o.since, "A checkpoint that was kept",
		 "FILE"},
		{"at", 0, 0, G_OPTION_ARG_STRING, &o.at, "When the copy was made (default: now)",
		 "MS"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, NULL, verify_summary, NULL))
		return EXIT_INCOMPLETE;
	if (!o.data)
		return complain(EXIT_INCOMPLETE, "verify: --data is needed");
	if (o.at && strcmp(o.at, "0") == 0)
		ask.now_ms = 0;
	else if (!read_now(o.at, &ask.now_ms))
		return EXIT_INCOMPLETE;
	if ((o.root && read_verifier(o.root, &root)) ||
	    (o.organisation && read_organisation(o.organisation, TRUE, secret)))
		return EXIT_TROUBLE;
	if (o.since && !(since = read_text(o.since, &len)))
		return EXIT_TROUBLE;
	ask.root = o.root ? &root : NULL;
	ask.organisation_secret = o.organisation ? secret : NULL;
	ask.since = since;

	const int status = verify(&o, ask);

	thp_secret_wipe(secret, sizeof secret);
	return status;
}

/* ---- verify-receipt ---- */

static const char receipt_summary[] =
	"Checks a receipt with nothing but itself and the root key that the organisation publishes.\n"
	"Without --root all that can be shown is that it is whole (exit status 2).";

static void print_receipt(const thp_receipt *r)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(r->leaf.ts_ms / 1000);
	g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
	g_autofree char *vkey = thp_note_key_print(&r->root);

	printf("%.*s\n", (int)r->explains.len, r->explains.at);
	printf("kept at   %s\nledger    %s\nentry     %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
	       "\nroot key  %s\n",
	       text, r->epoch.origin, r->leaf.seq, r->size, vkey);
}

int cmd_verify_receipt(int argc, char **argv)
{
	g_autofree char *root_text = NULL;
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;
	thp_note_key root;
	thp_receipt receipt;
	const char *at;
	gsize len;
	thp_err err;
	const GOptionEntry entries[] = {
		{"root", 0, 0, G_OPTION_ARG_FILENAME, &root_text, "The root key", "KEY|FILE"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, "FILE|-", receipt_summary, &path))
		return EXIT_INCOMPLETE;
	if (root_text && read_verifier(root_text, &root))
		return EXIT_TROUBLE;
	text = read_text(path, &len);
	if (!text)
		return EXIT_TROUBLE;
	err = thp_receipt_check(text, len, root_text ? &root : NULL, &receipt, &at);
	if (err) {
		printf("NOT valid: %s (%s): %s\n", thp_err_name(err), at, thp_err_text(err));
		return EXIT_TAMPERED;
	}
	print_receipt(&receipt);
	printf(root_text ? "valid\n"
			 : "whole; compare the root key with the one that is published\n");
	return root_text ? EXIT_GOOD : EXIT_INCOMPLETE;
}

/* ---- consistency ---- */

static const char consistency_summary[] =
	"Prints what a witness asks for (c2sp.org/tlog-witness, add-checkpoint): the old size, the proof\n"
	"that the ledger only grew since, and the newest checkpoint; after it the certificate of the key\n"
	"that signed that.";

int cmd_consistency(int argc, char **argv)
{
	g_autofree char *data = NULL;
	g_autoptr(GString) why = g_string_new(NULL);
	g_autoptr(thp_ledger) ledger = NULL;
	thp_merkle_proof proof;
	gint64 from = -1;
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "The ledger's folder (needed)", "DIR"},
		{"from", 0, 0, G_OPTION_ARG_INT64, &from, "The old size (needed)", "SIZE"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, NULL, consistency_summary, NULL))
		return EXIT_INCOMPLETE;
	if (!data || from < 0)
		return complain(EXIT_INCOMPLETE, "consistency: --data and --from are needed");
	if (thp_ledger_peek(data, why, &ledger))
		return complain(EXIT_TROUBLE, "%s", why->str);
	if (thp_ledger_growth(ledger, (guint64)from, &proof))
		return complain(EXIT_TAMPERED, "the ledger has only %" G_GUINT64_FORMAT " entries",
				thp_ledger_size(ledger));
	printf("old %" G_GINT64_FORMAT "\n", from);
	for (guint i = 0; i < proof.n; i++) {
		char hash[THP_BASE64_LEN(THP_HASH_BYTES) + 1];

		thp_base64_encode(proof.hashes[i].b, THP_HASH_BYTES, hash);
		printf("%s\n", hash);
	}

	g_autofree char *cert = thp_ledger_certificate(ledger);

	printf("\n%s\n%s", thp_ledger_head(ledger), cert ? cert : "");
	return EXIT_GOOD;
}

/* ---- witness ---- */

static const char witness_summary[] =
	"Reads what 'therapy-ledger consistency' of another ledger printed, checks that it has only grown\n"
	"since the checkpoint in --state (none yet: from size 0), keeps the new one there, and prints it\n"
	"with this witness's signature.";

/* What consistency printed, taken apart in place. */
typedef struct growth {
	guint64 old;
	thp_merkle_proof proof;
	char *note;
	char *cert;
} growth;

static gboolean read_hashes(char *lines, thp_merkle_proof *proof)
{
	g_auto(GStrv) list = g_strsplit(lines, "\n", THP_PROOF_MAX + 2);

	proof->n = 0;
	for (guint i = 0; list[i]; i++) {
		if (proof->n == THP_PROOF_MAX ||
		    !thp_base64_exact(list[i], strlen(list[i]), proof->hashes[proof->n++].b,
				      THP_HASH_BYTES))
			return FALSE;
	}
	return TRUE;
}

/* "old N", hashes, a blank line, the checkpoint, a blank line, the certificate. */
static gboolean read_growth(char *text, growth *out)
{
	char *const blank = strstr(text, "\n\n");
	char *const cert = strstr(text, "\n\ntherapy-consent/epoch-key/v1\n");
	char *line_end = strchr(text, '\n');

	if (!g_str_has_prefix(text, "old ") || !blank || !cert || cert <= blank)
		return FALSE;
	*blank = '\0';
	cert[1] = '\0';
	out->note = blank + 2;
	out->cert = cert + 2;
	*line_end = '\0';
	return g_ascii_string_to_unsigned(text + 4, 10, 0, THP_MERKLE_SIZE_MAX, &out->old, NULL) &&
	       (line_end == blank ? (out->proof.n = 0, TRUE)
				  : read_hashes(line_end + 1, &out->proof));
}

static int check_growth(const growth *g, const char *state, const thp_note_key *root)
{
	g_autofree char *before = NULL;
	thp_checkpoint old = {0}, fresh;
	thp_epoch epoch;
	gsize len, text_len;

	thp_merkle_sha256(NULL, 0, &old.root);
	if (thp_epoch_open(g->cert, strlen(g->cert), root, &epoch) ||
	    thp_checkpoint_open(g->note, strlen(g->note), &epoch.key, &fresh) ||
	    strcmp(fresh.origin, epoch.origin) != 0)
		return complain(EXIT_TAMPERED,
				"the checkpoint is not signed by a key of that root");
	if (g_file_test(state, G_FILE_TEST_EXISTS)) {
		before = read_text(state, &len);
		if (!before || thp_note_text(before, len, &text_len) ||
		    thp_checkpoint_parse(before, text_len, &old))
			return complain(EXIT_TROUBLE, "%s: is no checkpoint", state);
	}
	if (g->old != old.size)
		return complain(EXIT_TAMPERED,
				"this witness has seen %" G_GUINT64_FORMAT
				" entries: ask for --from that",
				old.size);
	if (thp_merkle_check_growth(old.size, fresh.size, &old.root, &fresh.root, &g->proof))
		return complain(
			EXIT_TAMPERED,
			"the ledger has NOT only grown: it shows another history than before");
	return EXIT_GOOD;
}

static int cosign(const growth *g, const char *state, const char *name, const guint8 *secret_key,
		  gint64 now_ms)
{
	g_autofree char *signed_note = NULL;
	g_autoptr(GError) error = NULL;
	thp_note_key key;

	thp_note_key_init(&key, THP_NOTE_COSIGNATURE, name,
			  secret_key + THP_SECRET_KEY_BYTES - THP_PUBLIC_KEY_BYTES);
	if (thp_checkpoint_cosign(g->note, &key, secret_key, (guint64)(now_ms / 1000),
				  &signed_note))
		return complain(EXIT_TROUBLE, "the checkpoint cannot be signed");
	/* What was signed is on disk before anybody has it. */
	if (!g_file_set_contents_full(state, signed_note, -1, G_FILE_SET_CONTENTS_DURABLE, 0600,
				      &error))
		return complain(EXIT_TROUBLE, "%s", error->message);
	(void)fputs(signed_note, stdout);
	return EXIT_GOOD;
}

int cmd_witness(int argc, char **argv)
{
	g_autofree char *key = NULL, *state = NULL, *root_text = NULL, *name = NULL, *path = NULL;
	g_autofree char *text = NULL;
	guint8 secret_key[THP_SECRET_KEY_BYTES];
	thp_note_key root;
	growth g;
	gint64 now_ms;
	gsize len;
	const GOptionEntry entries[] = {
		{"key", 0, 0, G_OPTION_ARG_FILENAME, &key, "The witness's secret key (needed)",
		 "FILE"},
		{"name", 0, 0, G_OPTION_ARG_STRING, &name, "The witness's name (needed)", "NAME"},
		{"state", 0, 0, G_OPTION_ARG_FILENAME, &state, "What it signed last (needed)",
		 "FILE"},
		{"root", 0, 0, G_OPTION_ARG_FILENAME, &root_text, "The ledger's root key (needed)",
		 "KEY|FILE"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, "FILE|-", witness_summary, &path) ||
	    !read_now(NULL, &now_ms))
		return EXIT_INCOMPLETE;
	if (!key || !state || !root_text || !name || !thp_note_is_name(name))
		return complain(EXIT_INCOMPLETE,
				"witness: --key, --name, --state and --root are needed");
	if (read_verifier(root_text, &root) || !(text = read_text(path, &len)))
		return EXIT_TROUBLE;
	if (!read_growth(text, &g))
		return complain(EXIT_TROUBLE, "%s: is not what consistency prints", path);

	int status = check_growth(&g, state, &root);

	if (!status)
		status = read_signing_key(key, secret_key);
	if (!status)
		status = cosign(&g, state, name, secret_key, now_ms);
	thp_secret_wipe(secret_key, sizeof secret_key);
	return status;
}
