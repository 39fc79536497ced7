/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic.h"

#include <string.h>

#include <sqlite3.h>
#include <therapy/secret.h>

#include "folder.h"

#define ORIGIN "clinic.example/consent/gw-1"

clinic *clinic_new(void)
{
	clinic *const c = g_new0(clinic, 1);
	g_autoptr(GString) why = g_string_new(NULL);
	guint8 public_key[THP_PUBLIC_KEY_BYTES];

	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	c->dir = g_dir_make_tmp("ledger-XXXXXX", NULL);
	c->now_ms = CLINIC_START_MS + 1000;
	thp_paserk_generate(public_key, c->root_secret);
	thp_epoch_root_key(&c->root, ORIGIN, public_key);
	thp_seal_keys(c->organisation, c->organisation_secret);

	const thp_ledger_plan plan = clinic_plan(c);

	g_assert_cmpint(thp_ledger_create(c->dir, &plan, c->now_ms, why), ==, THP_OK);
	clinic_open(c);
	return c;
}

thp_ledger_plan clinic_plan(const clinic *c)
{
	return (thp_ledger_plan){.origin = ORIGIN,
				 .root_secret = c->root_secret,
				 .organisation = c->organisation,
				 .from_s = c->now_ms / CLINIC_DAY_MS * CLINIC_DAY_MS / 1000,
				 .period_s = CLINIC_DAY_MS / 1000,
				 .epochs = 20};
}

void clinic_free(clinic *c)
{
	thp_ledger_close(c->ledger);
	folder_remove(c->dir);
	g_free(c->dir);
	g_free(c);
}

thp_err clinic_try(clinic *c)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_err err;

	g_clear_pointer(&c->ledger, thp_ledger_close);
	err = thp_ledger_open(c->dir, c->now_ms, why, &c->ledger);
	g_assert_true(!err == (why->len == 0));
	if (err)
		g_test_message("%s", why->str);
	return err;
}

void clinic_open(clinic *c)
{
	g_assert_cmpint(clinic_try(c), ==, THP_OK);
}

thp_err clinic_ask(clinic *c, const guint8 *request, const char *sub, const char *kind,
		   thp_ledger_answer answer, thp_ledger_kept *kept)
{
	g_autofree char *record = g_strdup_printf(
		"{\"sub\":\"%s\",\"therapy\":{\"answer\":\"%s\",\"kind\":\"%s\",\"scope\":\"room-1\","
		"\"until_ms\":0}}",
		sub, ((const char *[]){"shown", "granted", "refused", "withdrawn"})[answer], kind);
	thp_ledger_entry entry = {.sub = sub,
				  .kind = kind,
				  .version = "1.0",
				  .lang = "en",
				  .scope = "room-1",
				  .answer = answer,
				  .text = "# Title\n\nText.\n",
				  .explains = "You answered.\n",
				  .record = record};

	memcpy(entry.request, request, sizeof entry.request);
	c->now_ms += 10;
	return thp_ledger_append(c->ledger, &entry, c->now_ms, kept);
}

thp_err clinic_answer(clinic *c, const char *sub, const char *kind, thp_ledger_answer answer,
		      thp_ledger_kept *kept)
{
	guint8 request[THP_SEAL_REQUEST_BYTES];

	thp_random_bytes(request, sizeof request);
	return clinic_ask(c, request, sub, kind, answer, kept);
}

void clinic_keep(clinic *c, const char *sub, const char *kind, thp_ledger_answer answer)
{
	thp_ledger_kept kept;

	g_assert_cmpint(clinic_answer(c, sub, kind, answer, &kept), ==, THP_OK);
	g_assert_nonnull(kept.receipt);
	g_free(kept.receipt);
}

typedef struct first {
	gint64 seq;
	gboolean any;
} first;

static void note_first(void *ctx, gint64 seq, const char *what)
{
	first *const f = ctx;

	g_test_message("%" G_GINT64_FORMAT ": %s", seq, what);
	if (!f->any)
		f->seq = seq;
	f->any = TRUE;
}

thp_ledger_verdict clinic_verify_with(clinic *c, thp_ledger_verify_ask ask, gint64 *seq,
				      thp_ledger_verify_report *report)
{
	g_autoptr(GString) why = g_string_new(NULL);
	first f = {.seq = -2};

	g_clear_pointer(&c->ledger, thp_ledger_close);
	ask.dir = c->dir;
	ask.root = &c->root;
	ask.organisation_secret = c->organisation_secret;
	ask.found = note_first;
	ask.ctx = &f;

	const thp_ledger_verdict verdict = thp_ledger_verify(&ask, report, why);

	if (why->len > 0)
		g_test_message("%s", why->str);
	*seq = f.seq;
	return verdict;
}

thp_ledger_verdict clinic_verify(clinic *c, gint64 *seq)
{
	thp_ledger_verify_report report;

	return clinic_verify_with(c, (thp_ledger_verify_ask){.now_ms = c->now_ms}, seq, &report);
}

void clinic_tamper(clinic *c, const char *file, const char *sql)
{
	g_autofree char *path = g_build_filename(c->dir, file, NULL);
	g_autofree char *all =
		g_strconcat("DROP TRIGGER IF EXISTS leaf_next; DROP TRIGGER IF EXISTS "
			    "leaf_stays; DROP TRIGGER IF EXISTS leaf_remains;",
			    sql, NULL);
	sqlite3 *db = NULL;
	char *error = NULL;

	g_clear_pointer(&c->ledger, thp_ledger_close);
	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	(void)sqlite3_exec(db, all, NULL, NULL, &error);
	g_assert_cmpstr(error, ==, NULL);
	g_assert_cmpint(sqlite3_total_changes(db), >, 0);
	(void)sqlite3_close(db);
}
