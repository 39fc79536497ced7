/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording of a room: what starts, pauses and stops it, and a walk that looks for a single wrong packet. */
#include "asked.h"

#include <string.h>

#define ALL   (ROLE(CLIENT) | ROLE(GUEST) | ROLE(OBSERVER))
#define MAX_S G_GINT64_CONSTANT(3600)

static const thp_consent_rules rules = {
	.n = 2,
	.kinds = {{.name = THP_RECORDING_AUDIO, .version = "1.0", .roles = ALL},
		  {.name = THP_RECORDING_VIDEO, .version = "1.0", .roles = ALL, .at = 1}},
};

static void open_clinic(stage *s)
{
	stage_open(s);
	s->limits.recording =
		(thp_recording_rules){.max_us = MAX_S * G_USEC_PER_SEC, .audio = 0, .video = 1};
	asked_open(s, &rules, 4);
}

static thp_err record(stage *s, const char *who, gboolean video)
{
	return stage_apply(
		s, who,
		(thp_event){.kind = THP_EV_REQUEST, .request = THP_REQ_RECORD, .video = video});
}

static void admit(stage *s, const char *who)
{
	g_assert_cmpint(asked_admit(s, who), ==, THP_OK);
}

static thp_recording at(const stage *s)
{
	thp_recording now;

	thp_area_recording(s->area, "r1", &now);
	return now;
}

static void assert_state(const stage *s, thp_recording_state state, thp_recording_reason reason)
{
	g_assert_cmpstr(thp_recording_state_name(at(s).state), ==, thp_recording_state_name(state));
	g_assert_cmpstr(thp_recording_reason_name(at(s).reason), ==,
			thp_recording_reason_name(reason));
}

#define assert_is(s, state)       assert_state((s), THP_RECORDING_##state, THP_RECORDING_BY_NONE)
#define assert_stopped(s, by)     assert_state((s), THP_RECORDING_STOPPED, THP_RECORDING_BY_##by)
#define assert_recorded(s, heads) g_assert_cmpuint(at(s).n, ==, (heads))

static void open_session(stage *s, thp_consent_state audio, thp_consent_state video)
{
	open_clinic(s);
	stage_arrive(s, "ann", CLIENT, "r1");
	asked_learn(s, "ann", audio, video);
	admit(s, "ann");
}

/* ---- start ---- */

static void test_start(void)
{
	g_auto(stage) s = {0};

	open_session(&s, GRANTED, NONE);
	g_assert_cmpint(record(&s, "ann", FALSE), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_RECORD_KEY), ==, THP_WRONG_STATE);
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_OK);
	assert_told(&s, "ann", "recording[on]");
	assert_told(&s, "tom", "recording[on]");
	assert_recorded(&s, 2);
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_RECORD_KEY), ==, THP_OK);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_RECORD_KEY), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_WRONG_STATE);
	/* What was agreed to is the voice, not the picture. */
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_RECORD_STOP), ==, THP_OK);
	assert_told(&s, "tom", "recording[stopped/stopped]");
	assert_recorded(&s, 0);
	g_assert_cmpint(record(&s, "tom", TRUE), ==, THP_OK);
	assert_told(&s, "ann", "recording[waiting+video]");
	assert_recorded(&s, 0);
	asked_learn(&s, "ann", GRANTED, GRANTED);
	assert_is(&s, ON);
	g_assert_cmpuint(at(&s).number, ==, 2);
}

static void test_refused(void)
{
	g_auto(stage) s = {0};

	open_session(&s, REFUSED, NONE);
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_RECORDING_DECLINED);
	assert_is(&s, IDLE);
	asked_learn(&s, "ann", NONE, NONE);
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_OK);
	assert_is(&s, WAITING);
	asked_learn(&s, "ann", REFUSED, NONE);
	assert_stopped(&s, REFUSAL);
	asked_learn(&s, "ann", GRANTED, NONE);
	assert_stopped(&s, REFUSAL);
}

static void test_off(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	s.limits.recording.max_us = 0;
	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "ann", CLIENT, "r1");
	asked_learn(&s, "ann", GRANTED, GRANTED);
	admit(&s, "ann");
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_RECORDING_OFF);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_RECORD_STOP), ==, THP_OK);
	assert_is(&s, IDLE);
}

static void test_nobody_answers(void)
{
	g_auto(stage) s = {0};

	open_session(&s, NONE, NONE);
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_OK);
	stage_wait(&s, 299);
	assert_is(&s, WAITING);
	stage_wait(&s, 2);
	assert_stopped(&s, SILENCE);
}

/* ---- while it is on ---- */

static void start(stage *s)
{
	open_session(s, GRANTED, GRANTED);
	g_assert_cmpint(record(s, "tom", TRUE), ==, THP_OK);
	assert_is(s, ON);
}

static void test_arrivals(void)
{
	g_auto(stage) s = {0};

	start(&s);
	stage_arrive(&s, "bob", GUEST, "r1");
	assert_is(&s, ON);
	asked_learn(&s, "bob", NONE, NONE);
	admit(&s, "bob");
	assert_is(&s, PAUSED);
	g_assert_nonnull(strstr(stage_told(&s, "bob"), "recording[paused+video]"));
	assert_recorded(&s, 0);
	asked_learn(&s, "bob", GRANTED, NONE);
	assert_is(&s, PAUSED);
	asked_learn(&s, "bob", GRANTED, GRANTED);
	assert_is(&s, ON);
	assert_recorded(&s, 3);
	/* Whoever is away may come back at any moment, and nothing is known of them until the ledger was asked. */
	stage_lose(&s, "bob");
	assert_is(&s, ON);
	assert_recorded(&s, 2);
	stage_arrive(&s, "sue", OBSERVER, "r1");
	admit(&s, "sue");
	assert_is(&s, PAUSED);
	g_assert_cmpint(stage_ask(&s, "sue", THP_REQ_LEAVE), ==, THP_OK);
	assert_is(&s, ON);
	stage_arrive(&s, "sue", OBSERVER, "r1");
	asked_learn(&s, "sue", GRANTED, GRANTED);
	admit(&s, "sue");
	assert_is(&s, ON);
	assert_recorded(&s, 2);
	g_assert_cmpint(stage_ask(&s, "sue", THP_REQ_RECORD_STOP), ==, THP_OK);
	assert_stopped(&s, SOMEBODY);
}

static void test_taken_back(void)
{
	static const char *const kinds[] = {THP_RECORDING_AUDIO, THP_RECORDING_VIDEO};

	for (int i = 0; i < 2; i++) {
		g_auto(stage) s = {0};

		start(&s);
		g_assert_cmpint(asked_withdraw(&s, "ann", kinds[i]), ==, THP_OK);
		assert_stopped(&s, REFUSAL);
		g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
		g_assert_cmpint(record(&s, "tom", TRUE), ==, THP_RECORDING_DECLINED);
	}
}

static void test_the_therapist(void)
{
	g_auto(stage) s = {0};

	start(&s);
	stage_lose(&s, "tom");
	assert_is(&s, PAUSED);
	stage_arrive(&s, "tom", THERAPIST, "");
	assert_is(&s, ON);
	stage_wait(&s, (gdouble)MAX_S + 1);
	assert_stopped(&s, TIME);
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_OK);
	assert_is(&s, ON);
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_END), ==, THP_OK);
	assert_stopped(&s, END);
}

static void test_held(void)
{
	g_auto(stage) s = {0};

	start(&s);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_HOLD, "ann"), ==, THP_OK);
	assert_stopped(&s, END);
	admit(&s, "ann");
	assert_stopped(&s, END);
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_OK);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	assert_stopped(&s, END);
	g_assert_cmpint(record(&s, "tom", FALSE), ==, THP_WRONG_STATE);
}

static void test_two_therapists(void)
{
	g_auto(stage) s = {0};

	start(&s);
	stage_arrive(&s, "una", THERAPIST, "r1");
	stage_arrive(&s, "bob", CLIENT, "r1");
	g_assert_false(thp_area_recording_agreed(s.area, "una"));
	g_assert_true(thp_area_recording_agreed(s.area, "tom"));
	/* Whoever comes to let somebody in is there, too. */
	g_assert_cmpint(stage_aim(&s, "una", THP_REQ_ADMIT, "bob"), ==, THP_OK);
	assert_is(&s, PAUSED);
	asked_learn(&s, "bob", GRANTED, GRANTED);
	assert_is(&s, PAUSED);
	g_assert_cmpint(record(&s, "una", FALSE), ==, THP_WRONG_STATE);
	g_assert_cmpint(record(&s, "una", TRUE), ==, THP_OK);
	assert_is(&s, ON);
	assert_recorded(&s, 4);
	g_assert_cmpint(stage_ask(&s, "una", THP_REQ_RECORD_STOP), ==, THP_OK);
	g_assert_false(thp_area_recording_agreed(s.area, "tom"));
	/* Both are asked anew. */
	g_assert_cmpint(record(&s, "una", FALSE), ==, THP_OK);
	assert_is(&s, WAITING);
}

static void test_disk(void)
{
	g_auto(stage) s = {0};
	thp_event failed = {.kind = THP_EV_RECORDING_FAILED, .room = "r1", .number = 7};

	start(&s);
	g_assert_cmpint(stage_apply(&s, "tom", failed), ==, THP_OK);
	assert_is(&s, ON);
	failed.number = 1;
	g_assert_cmpint(stage_apply(&s, "tom", failed), ==, THP_OK);
	assert_stopped(&s, DISK);
}

/* ---- the walk: the shell's side is kept by the effects, one after the other ---- */

#define PEOPLE 4

static const struct {
	const char *name;
	thp_role role;
} cast[PEOPLE] = {{"tom", THERAPIST}, {"ann", CLIENT}, {"bob", GUEST}, {"sue", OBSERVER}};

typedef struct shell {
	gboolean on;         /* a recorder writes */
	char *flows[PEOPLE]; /* to whom the media of each go */
} shell;

static gboolean has_agreed(const stage *s, const char *who, gboolean video)
{
	thp_consent_view view;

	if (strcmp(who, "tom") == 0)
		return TRUE;
	if (!thp_area_consent(s->area, who, &view) || !view.known || view.n != 2)
		return FALSE;
	return view.kinds[0].state == GRANTED && (!video || view.kinds[1].state == GRANTED);
}

/* While anything is written, nobody who hears or is heard has not agreed. */
static void assert_nothing_wrong(stage *s, const shell *sh)
{
	gboolean video = at(s).video;

	for (int i = 0; sh->on && i < PEOPLE; i++) {
		if (!sh->flows[i] || sh->flows[i][0] == '\0')
			continue;
		g_assert_true(has_agreed(s, cast[i].name, video));
		for (int k = 0; k < PEOPLE; k++)
			g_assert_true(!strstr(sh->flows[i], cast[k].name) ||
				      has_agreed(s, cast[k].name, video));
	}
}

static void carry_out(stage *s, shell *sh)
{
	for (guint i = 0; i < s->fx.list->len; i++) {
		const thp_effect *e = &g_array_index(s->fx.list, thp_effect, i);

		if (e->kind == THP_FX_RECORD)
			sh->on = at(s).n > 0;
		for (int k = 0; k < PEOPLE; k++) {
			if (strcmp(e->who, cast[k].name) != 0)
				continue;
			if (e->kind != THP_FX_SILENCE && e->kind != THP_FX_ROUTE)
				continue;
			g_free(sh->flows[k]);
			sh->flows[k] =
				e->kind == THP_FX_ROUTE ? g_strdup(stage_flows(s, e->who)) : NULL;
		}
		assert_nothing_wrong(s, sh);
	}
}

static void one_step(stage *s, GRand *rand)
{
	const char *who = cast[g_rand_int_range(rand, 1, PEOPLE)].name;
	thp_role role = cast[1].role;
	thp_err err = THP_OK;

	for (int k = 0; k < PEOPLE; k++)
		role = strcmp(cast[k].name, who) == 0 ? cast[k].role : role;
	switch (g_rand_int_range(rand, 0, 12)) {
	case 0:
	case 1:
		if (stage_has(s, who))
			asked_learn(s, who,
				    g_rand_int_range(rand, 0, 5) ? GRANTED
								 : g_rand_int_range(rand, 0, 4),
				    g_rand_int_range(rand, 0, 4) ? GRANTED : NONE);
		break;
	case 2:
		err = stage_has(s, who)
			      ? asked_withdraw(s, who,
					       rules.kinds[g_rand_int_range(rand, 0, 2)].name)
			      : THP_OK;
		break;
	case 3:
		err = stage_ask(s, who, THP_REQ_RECORD_STOP);
		break;
	case 4:
	case 5:
	case 6:
		err = record(s, "tom", g_rand_boolean(rand));
		break;
	case 7:
		err = stage_aim(s, "tom", THP_REQ_HOLD, who);
		break;
	case 8:
		if (g_rand_boolean(rand) && stage_has(s, who) && stage_state(s, who) != THP_AWAY)
			stage_lose(s, who);
		else if (stage_has(s, "tom") && stage_state(s, "tom") != THP_AWAY)
			stage_lose(s, "tom");
		break;
	case 9:
		stage_wait(s, g_rand_double_range(rand, 0, 70));
		break;
	case 10:
		if (!stage_has(s, "tom") || stage_state(s, "tom") == THP_AWAY)
			err = stage_knock(s, "tom", THERAPIST, "");
		else if (!stage_has(s, who) || stage_state(s, who) == THP_AWAY)
			err = stage_knock(s, who, role, "r1");
		else
			stage_connect(s, who, thp_area_pairs(s->area, who));
		break;
	default:
		err = stage_aim(s, "tom", THP_REQ_ADMIT, who);
		if (err == THP_OK && stage_has(s, "tom"))
			break;
	}
	(void)err;
}

static void test_walk(void)
{
	guint32 seed = (guint32)g_test_rand_int();
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
	guint recorded = 0, paused = 0;

	g_test_message("seed %u", seed);
	for (int walk = 0; walk < 200; walk++) {
		g_auto(stage) s = {0};
		shell sh = {0};

		open_clinic(&s);
		carry_out(&s, &sh);
		for (int n = 0; n < 120; n++) {
			one_step(&s, rand);
			carry_out(&s, &sh);
			g_assert_cmpint(sh.on, ==, at(&s).n > 0);
			recorded += sh.on;
			paused += at(&s).state == THP_RECORDING_PAUSED;
		}
		for (int k = 0; k < PEOPLE; k++)
			g_free(sh.flows[k]);
	}
	/* The walk has been where there is something to see. */
	g_test_message("%u steps recorded, %u paused", recorded, paused);
	g_assert_cmpuint(recorded, >, 200);
	g_assert_cmpuint(paused, >, 50);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/recording/start", test_start);
	g_test_add_func("/recording/refused", test_refused);
	g_test_add_func("/recording/off", test_off);
	g_test_add_func("/recording/nobody-answers", test_nobody_answers);
	g_test_add_func("/recording/arrivals", test_arrivals);
	g_test_add_func("/recording/taken-back", test_taken_back);
	g_test_add_func("/recording/the-therapist", test_the_therapist);
	g_test_add_func("/recording/held", test_held);
	g_test_add_func("/recording/two-therapists", test_two_therapists);
	g_test_add_func("/recording/disk", test_disk);
	g_test_add_func("/recording/walk", test_walk);
	return g_test_run();
}
