/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger in use: answers, epochs, keys, copies. */
#include "clinic.h"

#include <string.h>

#include <glib/gstdio.h>
#include <therapy/secret.h>

static void test_in_use(void)
{
	g_autoptr(clinic) c = clinic_new();
	gint64 seq;

	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 1);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_SHOWN);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	clinic_keep(c, "p-2", "telehealth", THP_LEDGER_REFUSED);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_WITHDRAWN);
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 5);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
	clinic_open(c);
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 5);
}

static void test_states(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autoptr(GArray) there = NULL;
	g_autoptr(GArray) elsewhere = NULL;
	const thp_ledger_state *state;

	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_WITHDRAWN);
	clinic_keep(c, "p-1", "observer", THP_LEDGER_GRANTED);
	g_assert_cmpint(thp_ledger_states(c->ledger, "p-1", "room-1", &there), ==, THP_OK);
	g_assert_cmpuint(there->len, ==, 2);
	state = &g_array_index(there, thp_ledger_state, 0);
	g_assert_cmpstr(state->kind, ==, "telehealth");
	g_assert_cmpint(state->answer, ==, THP_LEDGER_WITHDRAWN);
	g_assert_true(state->scoped);
	g_assert_cmpint(thp_ledger_states(c->ledger, "p-1", "room-2", &elsewhere), ==, THP_OK);
	g_assert_cmpuint(elsewhere->len, ==, 0);
}

/* A reply that was lost is asked for again: the same entry, the same receipt, and to nobody else. */
static void test_asked_again(void)
{
	g_autoptr(clinic) c = clinic_new();
	guint8 request[THP_SEAL_REQUEST_BYTES] = {1, 2, 3};
	thp_ledger_kept first, again;

	g_assert_cmpint(clinic_ask(c, request, "p-1", "telehealth", THP_LEDGER_GRANTED, &first), ==,
			THP_OK);
	clinic_open(c);
	g_assert_cmpint(clinic_ask(c, request, "p-1", "telehealth", THP_LEDGER_GRANTED, &again), ==,
			THP_OK);
	g_assert_cmpuint(again.seq, ==, first.seq);
	g_assert_cmpstr(again.receipt, ==, first.receipt);
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 2);
	g_free(again.receipt);
	request[0]++;
	g_assert_false(thp_ledger_find(c->ledger, request, &again));
	request[0]--;
	/* After two epochs it is known that it was answered, and no more. */
	c->now_ms += 2 * CLINIC_DAY_MS;
	clinic_open(c);
	g_assert_true(thp_ledger_find(c->ledger, request, &again));
	g_assert_cmpuint(again.seq, ==, first.seq);
	g_assert_null(again.receipt);
	g_free(first.receipt);
}

static void test_refuses(void)
{
	static const char *const kinds[] = {"", "a b", "Ünsinn", "x/y",
					    "a123456789012345678901234567890123456789"};
	g_autoptr(clinic) c = clinic_new();
	thp_ledger_kept kept;

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		g_assert_cmpint(clinic_answer(c, "p-1", kinds[i], THP_LEDGER_GRANTED, &kept), ==,
				THP_BAD_FIELD);
	g_assert_cmpint(clinic_answer(c, "", "telehealth", THP_LEDGER_GRANTED, &kept), ==,
			THP_BAD_FIELD);
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 1);
}

static void test_texts(void)
{
	g_autoptr(clinic) c = clinic_new();
	gint64 seq;

	g_assert_cmpint(thp_ledger_text(c->ledger, "telehealth", "1.0", "en", "# A\n", c->now_ms),
			==, THP_OK);
	g_assert_cmpint(thp_ledger_text(c->ledger, "telehealth", "1.0", "en", "# A\n", c->now_ms),
			==, THP_OK);
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 2);
	/* The same version with other words is no version. */
	g_assert_cmpint(thp_ledger_text(c->ledger, "telehealth", "1.0", "en", "# B\n", c->now_ms),
			==, THP_TEXT_FILE);
	g_assert_cmpint(thp_ledger_text(c->ledger, "telehealth", "1.1", "en", "# B\n", c->now_ms),
			==, THP_OK);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
}

static void test_epochs(void)
{
	g_autoptr(clinic) c = clinic_new();
	thp_ledger_verify_report report;
	gint64 seq;

	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	c->now_ms += 3 * CLINIC_DAY_MS;
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_WITHDRAWN);
	/* Three heartbeats, though nothing happened in between. */
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 6);
	g_assert_cmpint(
		clinic_verify_with(c, (thp_ledger_verify_ask){.now_ms = c->now_ms}, &seq, &report),
		==, THP_LEDGER_GOOD);
	g_assert_cmpuint(report.epochs, ==, 3);
	/* The seed of yesterday is nowhere in the folder. */
	clinic_open(c);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
}

/* The clock goes back: the ledger does not, and says what it can. */
static void test_clock_back(void)
{
	g_autoptr(clinic) c = clinic_new();
	gint64 seq;

	c->now_ms += CLINIC_DAY_MS;
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	c->now_ms -= CLINIC_DAY_MS / 2;
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_WITHDRAWN);
	c->now_ms += CLINIC_DAY_MS;
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
}

static void test_keys_used_up(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autoptr(GString) why = g_string_new(NULL);
	thp_ledger_plan plan;
	gint64 seq;

	c->now_ms += 25 * CLINIC_DAY_MS;
	g_assert_cmpint(clinic_try(c), ==, THP_LEDGER_CLOCK);
	plan = clinic_plan(c);
	g_assert_cmpint(thp_ledger_rotate(c->dir, &plan, c->now_ms, why), ==, THP_OK);
	clinic_open(c);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
}

/* Years at once are a wrong clock: the keys are not thrown away for it. */
static void test_far_future(void)
{
	g_autoptr(clinic) c = clinic_new();

	c->now_ms += 400 * CLINIC_DAY_MS;
	g_assert_cmpint(clinic_try(c), ==, THP_LEDGER_CLOCK);
	c->now_ms -= 400 * CLINIC_DAY_MS;
	clinic_open(c);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
}

static void test_rotate(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autoptr(clinic) other = clinic_new();
	g_autoptr(GString) why = g_string_new(NULL);
	thp_ledger_plan plan;
	gint64 seq;

	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	c->now_ms += 5 * CLINIC_DAY_MS;
	g_clear_pointer(&c->ledger, thp_ledger_close);
	plan = clinic_plan(c);
	plan.root_secret = other->root_secret;
	g_assert_cmpint(thp_ledger_rotate(c->dir, &plan, c->now_ms, why), ==, THP_KEY_FILE);
	plan.root_secret = c->root_secret;
	g_assert_cmpint(thp_ledger_rotate(c->dir, &plan, c->now_ms, why), ==, THP_OK);
	clinic_open(c);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_WITHDRAWN);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
}

static char *copy_to_new_folder(clinic *c)
{
	char *const dir = g_dir_make_tmp("backup-XXXXXX", NULL);

	g_assert_cmpint(thp_ledger_backup(c->ledger, dir), ==, THP_OK);
	return dir;
}

static void move_databases_away(const clinic *c)
{
	static const char *const names[] = {"ledger.db", "keys.db", "ledger.db-wal", "keys.db-wal"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(c->dir, names[i], NULL);

		(void)g_unlink(path);
	}
}

static void remove_folder(char *dir)
{
	static const char *const names[] = {"ledger.db", "keys.db", "ledger.db-wal", "keys.db-wal"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(dir, names[i], NULL);

		(void)g_unlink(path);
	}
	(void)g_rmdir(dir);
	g_free(dir);
}

static void test_backup(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autoptr(GString) why = g_string_new(NULL);
	char *old, *fresh;

	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	old = copy_to_new_folder(c);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_WITHDRAWN);
	fresh = copy_to_new_folder(c);
	g_assert_cmpint(thp_ledger_restore(c->dir, fresh, why), ==, THP_DB_FOREIGN);
	g_clear_pointer(&c->ledger, thp_ledger_close);
	move_databases_away(c);
	/* A log that stayed behind would be taken for that of the copy. */
	g_autofree char *log = g_build_filename(c->dir, "ledger.db-wal", NULL);
	g_assert_true(g_file_set_contents(log, "x", 1, NULL));
	g_assert_cmpint(thp_ledger_restore(c->dir, fresh, why), ==, THP_DB_FOREIGN);
	g_assert_cmpint(g_unlink(log), ==, 0);
	g_assert_cmpint(thp_ledger_restore(c->dir, old, why), ==, THP_LEDGER_BEHIND);
	g_assert_cmpint(thp_ledger_restore(c->dir, fresh, why), ==, THP_OK);
	clinic_open(c);
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 3);
	/* Copied back by hand, the old one does not sign either. */
	g_clear_pointer(&c->ledger, thp_ledger_close);
	move_databases_away(c);
	{
		g_autofree char *from = g_build_filename(old, "ledger.db", NULL);
		g_autofree char *to = g_build_filename(c->dir, "ledger.db", NULL);
		g_autofree char *bytes = NULL;
		gsize n;

		g_assert_true(g_file_get_contents(from, &bytes, &n, NULL));
		g_assert_true(g_file_set_contents(to, bytes, (gssize)n, NULL));
	}
	{
		g_autofree char *from = g_build_filename(old, "keys.db", NULL);
		g_autofree char *to = g_build_filename(c->dir, "keys.db", NULL);
		g_autofree char *bytes = NULL;
		gsize n;

		g_assert_true(g_file_get_contents(from, &bytes, &n, NULL));
		g_assert_true(g_file_set_contents(to, bytes, (gssize)n, NULL));
	}
	g_assert_cmpint(clinic_try(c), ==, THP_LEDGER_BEHIND);
	remove_folder(old);
	remove_folder(fresh);
}

/* A new machine: the copy comes without the key that signs, and the root gives another. */
static void test_new_machine(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autoptr(GString) why = g_string_new(NULL);
	g_autofree char *seed = g_build_filename(c->dir, "ledger.seed", NULL);
	g_autofree char *head = g_build_filename(c->dir, "ledger.head", NULL);
	thp_ledger_plan plan;
	char *copy;
	gint64 seq;

	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	copy = copy_to_new_folder(c);
	g_clear_pointer(&c->ledger, thp_ledger_close);
	move_databases_away(c);
	(void)g_unlink(seed);
	(void)g_unlink(head);
	g_assert_cmpint(thp_ledger_restore(c->dir, copy, why), ==, THP_OK);
	g_assert_cmpint(clinic_try(c), ==, THP_KEY_FILE);
	plan = clinic_plan(c);
	g_assert_cmpint(thp_ledger_rotate(c->dir, &plan, c->now_ms, why), ==, THP_OK);
	clinic_open(c);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_WITHDRAWN);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
	remove_folder(copy);
}

static void test_two_at_once(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autoptr(GString) why = g_string_new(NULL);
	thp_ledger *second = NULL;

	g_assert_cmpint(thp_ledger_open(c->dir, c->now_ms, why, &second), ==, THP_DB_LOCKED);
	g_assert_null(second);
	clinic_keep(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ledger/in-use", test_in_use);
	g_test_add_func("/ledger/states", test_states);
	g_test_add_func("/ledger/asked-again", test_asked_again);
	g_test_add_func("/ledger/refuses", test_refuses);
	g_test_add_func("/ledger/texts", test_texts);
	g_test_add_func("/ledger/epochs", test_epochs);
	g_test_add_func("/ledger/clock-back", test_clock_back);
	g_test_add_func("/ledger/keys-used-up", test_keys_used_up);
	g_test_add_func("/ledger/far-future", test_far_future);
	g_test_add_func("/ledger/rotate", test_rotate);
	g_test_add_func("/ledger/backup", test_backup);
	g_test_add_func("/ledger/new-machine", test_new_machine);
	g_test_add_func("/ledger/two-at-once", test_two_at_once);
	return g_test_run();
}
