/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left of a person in the ledger's files: once they are erased, and before. */
#include "clinic.h"

#include <string.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#define PIECE_BYTES 16

/* How many bytes of @file are there; a log keeps what was deleted. */
static gsize bytes_of(const clinic *c, const char *file)
{
	g_autofree char *path = g_build_filename(c->dir, file, NULL);
	GStatBuf st;

	return g_stat(path, &st) == 0 ? (gsize)st.st_size : 0;
}

/* What of @sub could open their records: the bytes of the key that the organisation unwraps. */
static GBytes *wrapped_key(const clinic *c)
{
	g_autofree char *path = g_build_filename(c->dir, "keys.db", NULL);
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	g_assert_cmpint(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, "SELECT wrapped FROM person", -1, &s, NULL), ==,
			SQLITE_OK);
	g_assert_cmpint(sqlite3_step(s), ==, SQLITE_ROW);
	GBytes *wrapped = g_bytes_new(sqlite3_column_blob(s, 0), (gsize)sqlite3_column_bytes(s, 0));
	(void)sqlite3_finalize(s);
	(void)sqlite3_close(db);
	return wrapped;
}

static gboolean holds(const char *bytes, gsize size, const void *wanted, gsize n)
{
	for (gsize i = 0; i + n <= size; i++) {
		if (memcmp(bytes + i, wanted, n) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Any piece of it. */
static gboolean is_in_any_file(const clinic *c, GBytes *bytes)
{
	g_autoptr(GDir) dir = g_dir_open(c->dir, 0, NULL);
	gboolean found = FALSE;
	const char *name;
	gsize n;
	const char *wanted = g_bytes_get_data(bytes, &n);

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(c->dir, name, NULL);
		g_autofree char *all = NULL;
		gsize size = 0;

		g_assert_true(g_file_get_contents(path, &all, &size, NULL));
		for (gsize i = 0; i + PIECE_BYTES <= n; i++)
			found = found || holds(all, size, wanted + i, PIECE_BYTES);
	}
	return found;
}

/* The key is in no file, not even that which a crash leaves, once the erasure has been acknowledged. */
static void test_erased_key(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autoptr(GBytes) wrapped = NULL;
	guint n;

	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	g_clear_pointer(&c->ledger, thp_ledger_close);
	wrapped = wrapped_key(c);
	g_assert_cmpuint(g_bytes_get_size(wrapped), ==, THP_SEAL_WRAPPED_BYTES);
	g_assert_true(is_in_any_file(c, wrapped));
	clinic_open(c);
	g_assert_cmpint(thp_ledger_erase(c->ledger, "p-1", "GDPR-17", c->now_ms, &n), ==, THP_OK);
	g_assert_cmpuint(n, ==, 1);
	g_assert_false(is_in_any_file(c, wrapped));
	g_clear_pointer(&c->ledger, thp_ledger_close);
	g_assert_false(is_in_any_file(c, wrapped));
}

static void test_erase(void)
{
	g_autoptr(clinic) c = clinic_new();
	thp_ledger_verify_report report;
	thp_ledger_kept kept;
	g_autoptr(GArray) states = NULL;
	thp_receipt r;
	const char *at;
	gint64 seq;
	guint n;

	g_assert_cmpint(clinic_answer(c, "p-1", "telehealth", THP_LEDGER_GRANTED, &kept), ==,
			THP_OK);
	clinic_keep(c, "p-2", "telehealth", THP_LEDGER_GRANTED);
	clinic_keep(c, "p-1", "observer", THP_LEDGER_REFUSED);
	g_assert_cmpint(thp_ledger_erase(c->ledger, "p-1", "two words", c->now_ms, &n), ==,
			THP_BAD_FIELD);
	g_assert_cmpuint(bytes_of(c, "ledger.db-wal"), >, 0);
	g_assert_cmpuint(bytes_of(c, "keys.db-wal"), >, 0);
	g_assert_cmpint(thp_ledger_erase(c->ledger, "p-1", "GDPR-17", c->now_ms, &n), ==, THP_OK);
	g_assert_cmpuint(n, ==, 2);
	g_assert_cmpuint(bytes_of(c, "ledger.db-wal"), ==, 0);
	g_assert_cmpuint(bytes_of(c, "keys.db-wal"), ==, 0);
	g_assert_cmpint(thp_ledger_states(c->ledger, "p-1", "room-1", &states), ==, THP_OK);
	g_assert_cmpuint(states->len, ==, 0);
	/* The person's own copy still proves what was. */
	g_assert_cmpint(thp_receipt_check(kept.receipt, strlen(kept.receipt), &c->root, &r, &at),
			==, THP_OK);
	g_free(kept.receipt);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	g_assert_cmpint(clinic_verify_with(c, (thp_ledger_verify_ask){.now_ms = 0}, &seq, &report),
			==, THP_LEDGER_GOOD);
	g_assert_cmpuint(report.erased, ==, 2);
	g_assert_cmpuint(report.opened, ==, 2);
}

/* The key was destroyed, then the power went: the next start finishes. */
static void test_erase_interrupted(void)
{
	g_autoptr(clinic) c = clinic_new();
	thp_ledger_verify_report report;
	gint64 seq;

	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	clinic_tamper(c, "keys.db",
		      "UPDATE person SET public = NULL, wrapped = NULL, erased_ms = 1");
	clinic_open(c);
	g_assert_cmpint(clinic_verify_with(c, (thp_ledger_verify_ask){.now_ms = 0}, &seq, &report),
			==, THP_LEDGER_GOOD);
	g_assert_cmpuint(report.erased, ==, 1);
}

/* What the server keeps is searched for what only the person and the organisation may know. */
static void test_nobody_is_named(void)
{
	static const char marker[] = "amina-7f3b";
	g_autoptr(clinic) c = clinic_new();
	g_autoptr(GDir) dir = NULL;
	const char *name;
	guint files = 0, n;

	clinic_keep(c, marker, "telehealth", THP_LEDGER_GRANTED);
	clinic_keep(c, marker, "telehealth", THP_LEDGER_WITHDRAWN);
	g_assert_cmpint(thp_ledger_erase(c->ledger, "p-9", "GDPR-17", c->now_ms, &n), ==, THP_OK);
	g_clear_pointer(&c->ledger, thp_ledger_close);
	dir = g_dir_open(c->dir, 0, NULL);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(c->dir, name, NULL);
		g_autofree char *bytes = NULL;
		gsize len = 0;

		g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
		g_assert_false(holds(bytes, len, marker, strlen(marker)));
		g_assert_false(holds(bytes, len, "room-1", strlen("room-1")));
		files++;
	}
	g_assert_cmpuint(files, >=, 5);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ledger-erase/key", test_erased_key);
	g_test_add_func("/ledger-erase/records", test_erase);
	g_test_add_func("/ledger-erase/interrupted", test_erase_interrupted);
	g_test_add_func("/ledger-erase/nobody-is-named", test_nobody_is_named);
	return g_test_run();
}
