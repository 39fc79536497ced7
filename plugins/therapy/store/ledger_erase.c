/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erasing a person: first the key that opens their records, then the records. */
#include "ledger_inside.h"

#include <string.h>

#include <therapy/word.h>

#define SEQS_A_LEAF 1000
#define RULE_MAX    64

/* The one statement @sql for @ref, without rows. */
static thp_err run_for(thp_db *db, const char *sql, const guint8 *ref)
{
	sqlite3_stmt *s = NULL;
	thp_err err = thp_db_prepare(db, sql, &s);

	if (!err) {
		thp_ledger_bind(s, 1, ref, THP_SEAL_REF_BYTES);
		err = thp_db_step(s);
	}
	(void)sqlite3_finalize(s);
	return err;
}

static thp_err list_seqs(thp_ledger *l, const guint8 *ref, GArray *seqs)
{
	sqlite3_stmt *s = NULL;
	thp_err err = thp_db_prepare(l->db, "SELECT seq FROM body WHERE ref = ?1 ORDER BY seq", &s);
	int status = SQLITE_DONE;

	if (err)
		return err;
	thp_ledger_bind(s, 1, ref, THP_SEAL_REF_BYTES);
	while ((status = sqlite3_step(s)) == SQLITE_ROW) {
		const gint64 seq = sqlite3_column_int64(s, 0);

		g_array_append_val(seqs, seq);
	}
	(void)sqlite3_finalize(s);
	return thp_db_error(status);
}

static thp_err drop_rows(thp_ledger *l, const guint8 *ref)
{
	static const char *const sql[] = {
		"UPDATE request SET answer = NULL WHERE answer NOT NULL"
		" AND seq IN (SELECT seq FROM body WHERE ref = ?1)",
		"DELETE FROM state WHERE ref = ?1",
		"DELETE FROM body WHERE ref = ?1",
	};
	thp_err err = THP_OK;

	for (guint i = 0; !err && i < G_N_ELEMENTS(sql); i++)
		err = run_for(l->db, sql[i], ref);
	return err;
}

/* "erase RULE\n4 8 15": which entries have no body any more. */
static thp_err put_leaves(thp_ledger *l, const char *rule, const GArray *seqs, gint64 now_ms)
{
	thp_err err = THP_OK;

	for (guint from = 0; !err && from < seqs->len; from += SEQS_A_LEAF) {
		GString *const record = g_string_new("erase ");

		g_string_append(record, rule);
		for (guint i = from; i < MIN(seqs->len, from + SEQS_A_LEAF); i++)
			g_string_append_printf(record, "%c%" G_GINT64_FORMAT,
					       i == from ? '\n' : ' ',
					       g_array_index(seqs, gint64, i));
		err = thp_ledger_add_clear(l, THP_LEAF_ERASE, record->str, NULL, now_ms);
		(void)g_string_free(record, TRUE);
	}
	return err;
}

static thp_err erase_rows(thp_ledger *l, const guint8 *ref, const char *rule, gint64 now_ms,
			  guint *n)
{
	g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(gint64));
	thp_err err = list_seqs(l, ref, seqs);

	*n = seqs->len;
	if (err || seqs->len == 0)
		return err;
	err = thp_ledger_begin(l);
	if (err)
		return err;
	err = put_leaves(l, rule, seqs, now_ms);
	if (!err)
		err = drop_rows(l, ref);
	return thp_ledger_end(l, err);
}

thp_err thp_ledger_erase(thp_ledger *ledger, const char *sub, const char *rule, gint64 now_ms,
			 guint *n)
{
	guint8 ref[THP_SEAL_REF_BYTES];
	thp_err err;

	*n = 0;
	if (ledger->unsure)
		return THP_NOT_STORED;
	if (!thp_word_is_plain(rule, RULE_MAX, "._:/()-"))
		return THP_BAD_FIELD;
	err = thp_ledger_tick(ledger, now_ms);
	if (err)
		return err;
	thp_seal_ref(ledger->pepper, sub, ref);
	/* The row stays, empty: it says that a key was here, should the rest be interrupted. */
	err = run_for(
		ledger->keys,
		"UPDATE person SET public = NULL, wrapped = NULL, erased_ms = 1 WHERE ref = ?1",
		ref);
	/* What is erased must not stay in a log either; what a crash leaves there is gone when it is opened. */
	if (!err)
		err = thp_db_empty_log(ledger->keys);
	if (!err)
		err = erase_rows(ledger, ref, rule, now_ms, n);
	return err ? err : thp_db_empty_log(ledger->db);
}

thp_err thp_ledger_finish_erasing(thp_ledger *ledger, gint64 now_ms)
{
	sqlite3_stmt *s = NULL;
	thp_err err = thp_db_prepare(ledger->keys,
				     "SELECT ref FROM person WHERE erased_ms IS NOT NULL", &s);
	int status = SQLITE_DONE;
	guint any = 0;

	while (!err && (status = sqlite3_step(s)) == SQLITE_ROW) {
		guint n = 0;

		if (sqlite3_column_bytes(s, 0) == THP_SEAL_REF_BYTES)
			err = erase_rows(ledger, sqlite3_column_blob(s, 0), "interrupted", now_ms,
					 &n);
		any |= n;
	}
	(void)sqlite3_finalize(s);
	if (!err)
		err = thp_db_error(status);
	return err || !any ? err : thp_db_empty_log(ledger->db);
}
