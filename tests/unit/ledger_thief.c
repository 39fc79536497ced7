/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody who has taken over the server, today's key too, writes history anew: what verify finds, and where. */
#include "clinic.h"

#include <string.h>

#include "ledger_inside.h"

/* Entries 0 to 8: genesis, text, 3 answers, close; 3 answers of the second day. */
#define CLOSE_SEQ 5
#define LAST_SEQ  8

static clinic *fill(void)
{
	clinic *const c = clinic_new();
	thp_ledger_kept kept;

	g_assert_cmpint(thp_ledger_text(c->ledger, "telehealth", "1.0", "en", "# A\n", c->now_ms),
			==, THP_OK);
	for (int i = 0; i < 6; i++) {
		if (i == 3)
			c->now_ms += CLINIC_DAY_MS;
		g_assert_cmpint(clinic_answer(c, i < 3 ? "p-1" : "p-2", "telehealth",
					      THP_LEDGER_GRANTED, &kept),
				==, THP_OK);
		g_free(kept.receipt);
	}
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, LAST_SEQ + 1);
	return c;
}

/* ---- the thief ---- */

static thp_err put(void *ctx, guint level, guint64 index, const thp_hash *hash)
{
	sqlite3_stmt *s = thp_ledger_statement(ctx, THP_LEDGER_PUT_NODE);

	(void)sqlite3_bind_int64(s, 1, level);
	(void)sqlite3_bind_int64(s, 2, (gint64)index);
	thp_ledger_bind(s, 3, hash->b, sizeof hash->b);
	return thp_ledger_run(s);
}

/* A checkpoint over the first @size leaves, signed with the key of today. */
static char *sign(thp_ledger *l, guint64 size, thp_hash *root)
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES], secret_key[THP_SECRET_KEY_BYTES];
	thp_checkpoint checkpoint = {.size = size};

	g_assert_cmpint(thp_merkle_root(size, thp_ledger_get_node, l, root), ==, THP_OK);
	checkpoint.root = *root;
	g_strlcpy(checkpoint.origin, l->epoch.origin, sizeof checkpoint.origin);
	g_autofree char *text = thp_checkpoint_print(&checkpoint);
	thp_epoch_keys(l->seed.seed, public_key, secret_key);
	return thp_note_sign(text, &l->epoch.key, secret_key);
}

/* Makes the whole tree and the newest checkpoint fit the leaves that are there. */
static void sign_again(clinic *c)
{
	clinic_open(c);
	thp_ledger *l = c->ledger;
	sqlite3_stmt *s = NULL;
	guint64 size = 0;
	thp_hash hash, root;

	g_assert_cmpint(thp_db_run(l->db, "DELETE FROM node"), ==, THP_OK);
	g_assert_cmpint(thp_db_prepare(l->db, "SELECT bytes FROM leaf ORDER BY seq", &s), ==,
			THP_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		thp_merkle_leaf(sqlite3_column_blob(s, 0), (gsize)sqlite3_column_bytes(s, 0),
				&hash);
		g_assert_cmpint(thp_merkle_append(size++, &hash, thp_ledger_get_node, put, l), ==,
				THP_OK);
	}
	(void)sqlite3_finalize(s);
	g_autofree char *note = sign(l, size, &root);
	s = thp_ledger_statement(l, THP_LEDGER_PUT_HEAD);
	(void)sqlite3_bind_int64(s, 1, (gint64)size);
	thp_ledger_bind(s, 2, root.b, sizeof root.b);
	(void)sqlite3_bind_int64(s, 3, l->top.ts_ms);
	(void)sqlite3_bind_int64(s, 4, (gint64)l->top.epoch);
	(void)sqlite3_bind_text(s, 5, note, -1, SQLITE_STATIC);
	g_assert_cmpint(thp_ledger_run(s), ==, THP_OK);
	g_assert_cmpint(thp_ledger_files_write_head(c->dir, size, &root), ==, THP_OK);
}

/* The first day's last checkpoint too, with the key of the second day: the old one is gone. */
static void sign_old_close(clinic *c)
{
	thp_ledger *l = c->ledger;
	thp_hash root;
	g_autofree char *note = sign(l, CLOSE_SEQ + 1, &root);
	sqlite3_stmt *s = thp_ledger_statement(l, THP_LEDGER_CLOSE_EPOCH);

	(void)sqlite3_bind_int64(s, 1, 0);
	(void)sqlite3_bind_int64(s, 2, CLOSE_SEQ + 1);
	(void)sqlite3_bind_text(s, 3, note, -1, SQLITE_STATIC);
	g_assert_cmpint(thp_ledger_run(s), ==, THP_OK);
}

#define CHANGE(seq, from, to)                                                                      \
	"UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), '" from "', '" to "') AS BLOB)" \
	" WHERE seq = " #seq

/* The leaf @seq moved to the place @to, as if it had always had that number. */
#define MOVE(seq, to)                                                                              \
	"UPDATE leaf SET seq = " #to ", bytes = CAST(replace(CAST(bytes AS TEXT), '\"seq\":" #seq  \
	"', '\"seq\":" #to "') AS BLOB) WHERE seq = " #seq ";"                                     \
	"UPDATE body SET seq = " #to " WHERE seq = " #seq ";"                                      \
	"UPDATE state SET seq = " #to " WHERE seq = " #seq ";"
#define DROP(seq)                                                                                  \
	"DELETE FROM leaf WHERE seq = " #seq ";DELETE FROM body WHERE seq = " #seq ";"             \
	"DELETE FROM state WHERE seq = " #seq ";"

static const struct {
	const char *what, *sql;
	gboolean old_close;
	gint64 seq; /* where it is found first */
} attacks[] = {
	{"a day that is over, rewritten",
	 DROP(3) MOVE(4, 3) MOVE(5, 4) MOVE(6, 5) MOVE(7, 6) MOVE(8, 7), FALSE, 4},
	{"the hash of an old record", CHANGE(2, "\"commit\":\"", "\"commit\":\"A"), FALSE, 2},
	{"the time of an old entry", CHANGE(2, "\"ts\":1795", "\"ts\":1794"), FALSE, 2},
	{"an old day signed with the new key", "UPDATE body SET bytes = bytes WHERE seq = 2", TRUE,
	 CLOSE_SEQ},
	{"an entry of today put into the old day", CHANGE(7, "\"epoch\":1", "\"epoch\":0"), FALSE,
	 7},
	{"an entry that says it is of a day to come", CHANGE(8, "\"epoch\":1", "\"epoch\":2"),
	 FALSE, 8},
	{"an entry dated back", CHANGE(8, "\"ts\":1795", "\"ts\":1794"), FALSE, 8},
	{"the close of a day taken out", DROP(5) MOVE(6, 5) MOVE(7, 6) MOVE(8, 7), FALSE, 5},
	{"a replayed entry",
	 "UPDATE body SET bytes = (SELECT bytes FROM body WHERE seq = 6)"
	 " WHERE seq = 8;UPDATE leaf SET bytes = CAST(replace(CAST((SELECT bytes"
	 " FROM leaf WHERE seq = 6) AS TEXT), '\"seq\":6', '\"seq\":8') AS BLOB)"
	 " WHERE seq = 8",
	 FALSE, 8},
};

static void test_each(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(attacks); i++) {
		g_autoptr(clinic) c = fill();
		gint64 seq;

		g_test_message("%s", attacks[i].what);
		clinic_tamper(c, "ledger.db", attacks[i].sql);
		sign_again(c);
		if (attacks[i].old_close)
			sign_old_close(c);
		g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_TAMPERED);
		g_assert_cmpint(seq, ==, attacks[i].seq);
	}
}

/* Of today, with today's key, anything can be: until somebody has a receipt or a checkpoint. */
static void test_today(void)
{
	static const char *const sql[] = {DROP(8), DROP(7) MOVE(8, 7)};

	for (gsize i = 0; i < G_N_ELEMENTS(sql); i++) {
		g_autoptr(clinic) c = fill();
		g_autofree char *kept = g_strdup(thp_ledger_head(c->ledger));
		thp_ledger_verify_report report;
		gint64 seq;

		clinic_tamper(c, "ledger.db", sql[i]);
		sign_again(c);
		g_assert_cmpint(clinic_verify_with(c, (thp_ledger_verify_ask){.since = kept}, &seq,
						   &report),
				==, THP_LEDGER_TAMPERED);
		clinic_open(c);
		/* Going on from there does not help: FSS accepted what was cut off and sealed on. */
		for (int more = 0; more < 3; more++) {
			thp_ledger_kept answer;
			g_assert_cmpint(
				clinic_answer(c, "p-3", "telehealth", THP_LEDGER_GRANTED, &answer),
				==, THP_OK);
			g_free(answer.receipt);
		}
		g_assert_cmpint(clinic_verify_with(c, (thp_ledger_verify_ask){.since = kept}, &seq,
						   &report),
				==, THP_LEDGER_TAMPERED);
		g_assert_cmpint(seq, ==, LAST_SEQ);
	}
}

/* Keys that the thief has certified: by a root of the thief's own, as the real one is not on the server. */
static void test_own_root(void)
{
	g_autoptr(clinic) c = fill();
	g_autoptr(clinic) other = clinic_new();
	g_autofree char *vkey = thp_note_key_print(&other->root);
	g_autofree char *sql =
		g_strdup_printf("UPDATE setting SET value = '%s' WHERE name = 'root'", vkey);
	g_autoptr(GString) why = g_string_new(NULL);
	thp_ledger_verify_report report;
	gint64 seq;

	clinic_tamper(c, "ledger.db", sql);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_TAMPERED);
	g_assert_cmpint(seq, ==, 0);
	/* A whole ledger of the thief's making is good by itself: only the published key tells. */
	thp_ledger_verify_ask ask = {.dir = other->dir, .root = &c->root};
	g_clear_pointer(&other->ledger, thp_ledger_close);
	g_assert_cmpint(thp_ledger_verify(&ask, &report, why), ==, THP_LEDGER_TAMPERED);
}

/* The server's clock is put back, and forward: no entry is of another time than its key. */
static void test_clock(void)
{
	static const gint64 jumps_ms[] = {-3600000, 2 * CLINIC_DAY_MS, -CLINIC_DAY_MS, 1, -1};
	g_autoptr(clinic) c = fill();
	gint64 seq;

	for (gsize i = 0; i < G_N_ELEMENTS(jumps_ms); i++) {
		thp_ledger_kept kept = {0};

		c->now_ms += jumps_ms[i];
		g_assert_cmpint(clinic_answer(c, "p-4", "telehealth", THP_LEDGER_GRANTED, &kept),
				==, THP_OK);
		g_free(kept.receipt);
	}
	c->now_ms += CLINIC_DAY_MS;
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ledger-thief/each", test_each);
	g_test_add_func("/ledger-thief/today", test_today);
	g_test_add_func("/ledger-thief/own-root", test_own_root);
	g_test_add_func("/ledger-thief/clock", test_clock);
	return g_test_run();
}
