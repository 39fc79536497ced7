/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody who can write to the disk changes the ledger; whoever has the root key notices. */
#include "clinic.h"

#include <string.h>

/* Entries 0 to 9: genesis, text, 3 answers, close, 3 answers, close of the second day is not yet. */
static clinic *fill(void)
{
	clinic *const c = clinic_new();
	thp_ledger_kept kept;

	g_assert_cmpint(thp_ledger_text(c->ledger, "telehealth", "1.0", "en", "# A\n", c->now_ms),
			==, THP_OK);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpint(clinic_answer(c, i == 1 ? "p-2" : "p-1", "telehealth",
					      i == 2 ? THP_LEDGER_WITHDRAWN : THP_LEDGER_GRANTED,
					      &kept),
				==, THP_OK);
		g_free(kept.receipt);
	}
	c->now_ms += CLINIC_DAY_MS;
	for (int i = 0; i < 3; i++) {
		g_assert_cmpint(clinic_answer(c, "p-3", "observer", THP_LEDGER_GRANTED, &kept), ==,
				THP_OK);
		g_free(kept.receipt);
	}
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 9);
	return c;
}

static const struct {
	const char *what, *file, *sql;
	gint64 seq; /* where it is found first; -2: anywhere */
} attacks[] = {
	{"a byte of a leaf", "ledger.db",
	 "UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), 'consent', 'consens') AS BLOB)"
	 " WHERE seq = 3",
	 3},
	{"the time of a leaf", "ledger.db",
	 "UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"ts\":17', '\"ts\":16') AS BLOB)"
	 " WHERE seq = 4",
	 4},
	{"a byte of a body", "ledger.db",
	 "UPDATE body SET bytes = zeroblob(length(bytes)) WHERE seq = 2", 2},
	{"a body gone", "ledger.db", "DELETE FROM body WHERE seq = 2", 2},
	{"whose body it is", "ledger.db",
	 "UPDATE body SET ref = (SELECT ref FROM body WHERE seq = 3) WHERE seq = 2", 2},
	{"two bodies swapped", "ledger.db",
	 "UPDATE body SET seq = -2 WHERE seq = 2; UPDATE body SET seq = 2 WHERE seq = 4;"
	 "UPDATE body SET seq = 4 WHERE seq = -2",
	 2},
	{"two leaves swapped", "ledger.db",
	 "UPDATE leaf SET seq = -2 WHERE seq = 2; UPDATE leaf SET seq = 2 WHERE seq = 4;"
	 "UPDATE leaf SET seq = 4 WHERE seq = -2",
	 2},
	{"a leaf gone", "ledger.db", "DELETE FROM leaf WHERE seq = 3", 3},
	{"the last leaf gone", "ledger.db", "DELETE FROM leaf WHERE seq = 8", 8},
	{"a leaf more", "ledger.db", "INSERT INTO leaf SELECT 9, bytes FROM leaf WHERE seq = 8", 9},
	{"a consent text", "ledger.db", "UPDATE text SET bytes = CAST('# B' AS BLOB)", 1},
	{"a consent text gone", "ledger.db", "DELETE FROM text", 1},
	{"a hash of the tree", "ledger.db",
	 "UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND idx = 2", 2},
	{"an inner hash", "ledger.db",
	 "UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND idx = 1", 3},
	{"a hash too many", "ledger.db", "INSERT INTO node VALUES(5, 5, zeroblob(32))", -1},
	{"the root", "ledger.db", "UPDATE head SET root = zeroblob(32)", -1},
	{"the size", "ledger.db", "UPDATE head SET size = 8", -2},
	{"the newest checkpoint", "ledger.db", "UPDATE head SET note = replace(note, '9', '8')",
	 -1},
	{"a closing checkpoint", "ledger.db",
	 "UPDATE epoch SET close_note = replace(close_note, 'A', 'B') WHERE n = 0", 5},
	{"a closing checkpoint gone", "ledger.db", "UPDATE epoch SET close_note = NULL WHERE n = 0",
	 5},
	{"a certificate", "ledger.db",
	 "UPDATE epoch SET cert = replace(cert, 'epoch 0', 'epoch 1') WHERE n = 0", 0},
	{"a certificate gone", "ledger.db", "DELETE FROM epoch WHERE n = 1", 6},
	{"another organisation", "ledger.db",
	 "UPDATE setting SET value = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' "
	 "WHERE name = 'organisation'",
	 0},
	{"a withdrawal hidden", "ledger.db", "UPDATE state SET answer = 1 WHERE answer = 3", 4},
	{"an answer nobody gave", "ledger.db",
	 "INSERT INTO state SELECT ref, 'observer', scope, version, lang, 1, 0, 2 FROM state WHERE kind = 'telehealth' LIMIT 1",
	 2},
	{"an answer forgotten", "ledger.db", "DELETE FROM state WHERE kind = 'observer'", -1},
	{"a person's key", "keys.db", "UPDATE person SET wrapped = zeroblob(80)", 2},
};

static void test_each(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(attacks); i++) {
		g_autoptr(clinic) c = fill();
		gint64 seq;

		g_test_message("%s", attacks[i].what);
		clinic_tamper(c, attacks[i].file, attacks[i].sql);
		g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_TAMPERED);
		if (attacks[i].seq != -2)
			g_assert_cmpint(seq, ==, attacks[i].seq);
	}
}

static void test_untouched(void)
{
	g_autoptr(clinic) c = fill();
	gint64 seq;

	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
}

/* Cut back to the first day, consistently: the second day's heartbeat is missing soon. */
static void test_cut_back(void)
{
	g_autoptr(clinic) c = fill();
	g_autofree char *kept = g_strdup(thp_ledger_head(c->ledger));
	thp_ledger_verify_report report;
	gint64 seq;

	clinic_tamper(
		c, "ledger.db",
		"DELETE FROM leaf WHERE seq > 5; DELETE FROM body WHERE seq > 5;"
		"DELETE FROM state WHERE seq > 5; DELETE FROM node WHERE level = 0 AND idx > 5;"
		"DELETE FROM node WHERE level = 1 AND idx > 2; DELETE FROM node WHERE level = 2"
		" AND idx > 0; DELETE FROM node WHERE level = 3;"
		"UPDATE head SET size = 6, epoch = 1,"
		" note = (SELECT close_note FROM epoch WHERE n = 0)");
	g_assert_cmpint(
		clinic_verify_with(c, (thp_ledger_verify_ask){.since = kept}, &seq, &report), ==,
		THP_LEDGER_TAMPERED);
	c->now_ms += 5 * CLINIC_DAY_MS;
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_TAMPERED);
	/* And the server itself does not go on from there. */
	g_assert_cmpint(clinic_try(c), ==, THP_LEDGER_BEHIND);
}

/* Two histories: each is good by itself, and against the other's checkpoint neither is. */
static void test_split_view(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autofree char *one = NULL;
	g_autofree char *path = g_build_filename(c->dir, "ledger.db", NULL);
	g_autofree char *keys = g_build_filename(c->dir, "keys.db", NULL);
	g_autofree char *head = g_build_filename(c->dir, "ledger.head", NULL);
	char *bytes[3];
	gsize n[3];
	thp_ledger_verify_report report;
	thp_ledger_kept kept;
	gint64 seq;

	g_clear_pointer(&c->ledger, thp_ledger_close);
	g_assert_true(g_file_get_contents(path, &bytes[0], &n[0], NULL));
	g_assert_true(g_file_get_contents(keys, &bytes[1], &n[1], NULL));
	g_assert_true(g_file_get_contents(head, &bytes[2], &n[2], NULL));
	clinic_open(c);
	g_assert_cmpint(clinic_answer(c, "p-1", "telehealth", THP_LEDGER_GRANTED, &kept), ==,
			THP_OK);
	g_free(kept.receipt);
	one = g_strdup(thp_ledger_head(c->ledger));
	g_clear_pointer(&c->ledger, thp_ledger_close);
	/* The operator himself puts everything back, the head file too. */
	g_assert_true(g_file_set_contents(path, bytes[0], (gssize)n[0], NULL));
	g_assert_true(g_file_set_contents(keys, bytes[1], (gssize)n[1], NULL));
	g_assert_true(g_file_set_contents(head, bytes[2], (gssize)n[2], NULL));
	clinic_open(c);
	g_assert_cmpint(clinic_answer(c, "p-1", "telehealth", THP_LEDGER_REFUSED, &kept), ==,
			THP_OK);
	g_free(kept.receipt);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
	g_assert_cmpint(clinic_verify_with(c, (thp_ledger_verify_ask){.since = one}, &seq, &report),
			==, THP_LEDGER_TAMPERED);
	for (int i = 0; i < 3; i++)
		g_free(bytes[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ledger-attack/untouched", test_untouched);
	g_test_add_func("/ledger-attack/each", test_each);
	g_test_add_func("/ledger-attack/cut-back", test_cut_back);
	g_test_add_func("/ledger-attack/split-view", test_split_view);
	return g_test_run();
}
