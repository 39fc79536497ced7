/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disk fails at every place it can, is full, or loses its power: what was acknowledged stays. */
#include "clinic.h"
#include "faulty_disk.h"

#include <therapy/secret.h>

typedef struct asked {
	guint8 request[THP_SEAL_REQUEST_BYTES];
	guint64 seq;
	gboolean acknowledged;
} asked;

#define N_ASKED 6

/* As many answers as go; TRUE if all were acknowledged. */
static gboolean ask_all(clinic *c, asked *list)
{
	gboolean all = TRUE;

	for (guint i = 0; i < N_ASKED; i++) {
		thp_ledger_kept kept = {0};

		thp_random_bytes(list[i].request, sizeof list[i].request);
		list[i].acknowledged =
			clinic_ask(c, list[i].request, i % 2 ? "p-1" : "p-2", "telehealth",
				   i % 3 ? THP_LEDGER_GRANTED : THP_LEDGER_WITHDRAWN,
				   &kept) == THP_OK;
		list[i].seq = kept.seq;
		all = all && list[i].acknowledged;
		g_free(kept.receipt);
	}
	return all;
}

/* After whatever happened: every acknowledged answer is there, with the number that was told. */
static void assert_kept(clinic *c, const asked *list)
{
	gint64 seq;

	clinic_open(c);
	for (guint i = 0; i < N_ASKED; i++) {
		thp_ledger_kept kept;
		const gboolean found = thp_ledger_find(c->ledger, list[i].request, &kept);

		if (list[i].acknowledged) {
			g_assert_true(found);
			g_assert_cmpuint(kept.seq, ==, list[i].seq);
			g_assert_nonnull(kept.receipt);
		}
		g_free(kept.receipt);
	}
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
}

static guint walk(faulty_mode mode)
{
	guint at = 0;
	gboolean struck = TRUE;

	for (; struck; at++) {
		g_autoptr(clinic) c = clinic_new();
		asked list[N_ASKED];

		faulty_disk_set(mode, at);
		(void)ask_all(c, list);
		struck = faulty_disk_struck();
		g_clear_pointer(&c->ledger, thp_ledger_close);
		faulty_disk_set(FAULTY_NEVER, 0);
		assert_kept(c, list);
	}
	return at;
}

static void test_every_operation(void)
{
	const guint once = walk(FAULTY_ONCE);

	g_test_message("%u places", once);
	g_assert_cmpuint(once, >, 20);
}

static void test_disk_gone(void)
{
	g_assert_cmpuint(walk(FAULTY_EVER), >, 20);
}

/* A full disk refuses, and goes on when there is room; nothing has to be opened again by hand. */
static void test_disk_full(void)
{
	g_assert_cmpuint(walk(FAULTY_FULL), >, 10);
}

/* The power goes at any moment: only what was synced is there afterwards. */
static void test_power(void)
{
	guint at = 0;
	gboolean struck = TRUE;

	for (; struck; at++) {
		g_autoptr(clinic) c = clinic_new();
		asked list[N_ASKED];

		g_clear_pointer(&c->ledger, thp_ledger_close);
		faulty_disk_forget();
		clinic_open(c);
		faulty_disk_set(FAULTY_EVER, at);
		(void)ask_all(c, list);
		struck = faulty_disk_struck();
		g_clear_pointer(&c->ledger, thp_ledger_close);
		faulty_disk_cut();
		faulty_disk_set(FAULTY_NEVER, 0);
		assert_kept(c, list);
	}
	g_assert_cmpuint(at, >, 20);
}

/* Once a commit has failed nobody knows what is on disk, and nothing is answered from memory. */
static void test_unsure(void)
{
	g_autoptr(clinic) c = clinic_new();
	gboolean seen = FALSE;

	for (guint at = 0; at < 40; at++) {
		thp_ledger_kept kept;
		g_autoptr(GArray) states = NULL;

		faulty_disk_set(FAULTY_ONCE, at);
		if (clinic_answer(c, "p-1", "telehealth", THP_LEDGER_GRANTED, &kept) == THP_OK) {
			g_free(kept.receipt);
		} else if (thp_ledger_states(c->ledger, "p-1", "room-1", &states) ==
			   THP_NOT_STORED) {
			faulty_disk_set(FAULTY_NEVER, 0);
			g_assert_cmpint(
				clinic_answer(c, "p-1", "telehealth", THP_LEDGER_GRANTED, &kept),
				==, THP_NOT_STORED);
			seen = TRUE;
		}
		faulty_disk_set(FAULTY_NEVER, 0);
		clinic_open(c);
	}
	g_assert_true(seen);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	faulty_disk_install();
	g_test_add_func("/ledger-disk/every-operation", test_every_operation);
	g_test_add_func("/ledger-disk/gone", test_disk_gone);
	g_test_add_func("/ledger-disk/full", test_disk_full);
	g_test_add_func("/ledger-disk/power", test_power);
	g_test_add_func("/ledger-disk/unsure", test_unsure);
	return g_test_run();
}
