/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings in the ledger: each rests on agreements that stood then, or verifying finds it. */
#include "clinic.h"

#include <therapy/recording.h>

static guint64 say(clinic *c, const char *sub, const char *kind, thp_ledger_answer what)
{
	thp_ledger_kept kept;

	g_assert_cmpint(clinic_answer(c, sub, kind, what, &kept), ==, THP_OK);
	g_free(kept.receipt);
	return kept.seq;
}

static thp_err note(clinic *c, const char *id, const char *state, const guint64 *upon, guint n)
{
	const thp_ledger_gate gate = {.recording = id, .state = state, .upon = upon, .n = n};

	return thp_ledger_note_gate(c->ledger, &gate, ++c->now_ms);
}

static void assert_found_at(clinic *c, guint64 wanted)
{
	gint64 seq = -1;

	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_TAMPERED);
	g_assert_cmpint(seq, ==, (gint64)wanted);
}

static void test_rests_on_agreements(void)
{
	g_autoptr(clinic) c = clinic_new();
	guint64 upon[2];
	gint64 seq;
	guint n = 0;

	upon[0] = say(c, "p-1", THP_RECORDING_AUDIO, THP_LEDGER_GRANTED);
	upon[1] = say(c, "p-2", THP_RECORDING_AUDIO, THP_LEDGER_GRANTED);
	g_assert_cmpint(note(c, "abc_DEF-1", "on", upon, 2), ==, THP_OK);
	g_assert_cmpint(note(c, "abc_DEF-1", "paused", NULL, 0), ==, THP_OK);
	g_assert_cmpint(note(c, "abc_DEF-1", "on", upon, 2), ==, THP_OK);
	g_assert_cmpint(note(c, "abc_DEF-1", "stopped", NULL, 0), ==, THP_OK);
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, upon[1] + 5);
	(void)say(c, "p-1", THP_RECORDING_AUDIO, THP_LEDGER_WITHDRAWN);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
	/* What was erased can no longer be seen, and is no fault. */
	clinic_open(c);
	g_assert_cmpint(thp_ledger_erase(c->ledger, "p-2", "GDPR-17", ++c->now_ms, &n), ==, THP_OK);
	g_assert_cmpint(clinic_verify(c, &seq), ==, THP_LEDGER_GOOD);
}

static void test_taken_back(void)
{
	g_autoptr(clinic) c = clinic_new();
	const guint64 upon = say(c, "p-1", THP_RECORDING_AUDIO, THP_LEDGER_GRANTED);
	const guint64 back = say(c, "p-1", THP_RECORDING_AUDIO, THP_LEDGER_WITHDRAWN);

	g_assert_cmpint(note(c, "a", "on", &upon, 1), ==, THP_OK);
	assert_found_at(c, back + 1);
}

static void test_no_agreement(void)
{
	static const thp_ledger_answer answers[] = {THP_LEDGER_SHOWN, THP_LEDGER_REFUSED};

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(clinic) c = clinic_new();
		const guint64 upon = say(c, "p-1", THP_RECORDING_VIDEO, answers[i]);

		g_assert_cmpint(note(c, "a", "on", &upon, 1), ==, THP_OK);
		assert_found_at(c, upon + 1);
	}
	/* To something else. */
	g_autoptr(clinic) c = clinic_new();
	const guint64 upon = say(c, "p-1", "telehealth", THP_LEDGER_GRANTED);
	g_assert_cmpint(note(c, "a", "on", &upon, 1), ==, THP_OK);
	assert_found_at(c, upon + 1);
	/* To nothing, or to what is still to come. */
	g_autoptr(clinic) nobody = clinic_new();
	g_assert_cmpint(note(nobody, "a", "on", NULL, 0), ==, THP_OK);
	assert_found_at(nobody, 1);
	g_autoptr(clinic) early = clinic_new();
	const guint64 later = 2;
	g_assert_cmpint(note(early, "a", "on", &later, 1), ==, THP_OK);
	(void)say(early, "p-1", THP_RECORDING_AUDIO, THP_LEDGER_GRANTED);
	assert_found_at(early, 1);
}

static void test_refused(void)
{
	g_autoptr(clinic) c = clinic_new();

	g_assert_cmpint(note(c, "", "on", NULL, 0), ==, THP_BAD_FIELD);
	g_assert_cmpint(note(c, "a b", "on", NULL, 0), ==, THP_BAD_FIELD);
	g_assert_cmpint(note(c, "a", "off", NULL, 0), ==, THP_BAD_FIELD);
	g_assert_true(thp_ledger_make_room(c->dir));
	g_assert_cmpint(note(c, "a", "stopped", NULL, 0), ==, THP_DB_FULL);
	g_assert_cmpuint(thp_ledger_size(c->ledger), ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ledger-gate/rests-on-agreements", test_rests_on_agreements);
	g_test_add_func("/ledger-gate/taken-back", test_taken_back);
	g_test_add_func("/ledger-gate/no-agreement", test_no_agreement);
	g_test_add_func("/ledger-gate/refused", test_refused);
	return g_test_run();
}
