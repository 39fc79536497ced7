/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of sessions in an area: when it starts, who is told, who may change it, and what it ends. */
#include "stage.h"

#define CLIENT    THP_ROLE_CLIENT
#define GUEST     THP_ROLE_GUEST
#define OBSERVER  THP_ROLE_OBSERVER
#define THERAPIST THP_ROLE_THERAPIST

#define ADMIT  THP_REQ_ADMIT
#define CLOCK  THP_REQ_CLOCK
#define PAUSE  THP_REQ_PAUSE
#define RESUME THP_REQ_RESUME

#define S ((gint64)G_USEC_PER_SEC)
#define M (60 * S)

static const thp_session_rules usual = {
	.clock = {.max_us = 180 * M,
		  .pause_us = 15 * M,
		  .wrap_up_us = 10 * M,
		  .alone_us = 15 * M,
		  .n_cues = 3,
		  .cues = {{10 * M, FALSE}, {5 * M, FALSE}, {5 * M, TRUE}}},
	.length_us = 50 * M,
	.buffer_us = 10 * M,
	.no_show_us = 15 * M,
	.keep_next = TRUE,
	.clients_see = TRUE,
};

/* An area by @rules, whose clocks are read. */
static void open_by(stage *s, const thp_session_rules *rules)
{
	stage_open(s);
	s->limits.session = *rules;
	stage_open(s);
	s->clocks = TRUE;
	stage_arrive(s, "tom", THERAPIST, "");
}

/* With ann let in to r1. */
static void open_session(stage *s, const thp_session_rules *rules)
{
	open_by(s, rules);
	stage_arrive(s, "ann", CLIENT, "r1");
	stage_wait(s, 60);
	g_assert_cmpint(stage_aim(s, "tom", ADMIT, "ann"), ==, THP_OK);
}

static gint64 left_s(const stage *s, const char *who)
{
	thp_session_time t;

	return thp_area_time(s->area, who, s->now, &t) ? t.left_us / S : G_MININT64;
}

static thp_session_time time_of(const stage *s, const char *who)
{
	thp_session_time t;

	g_assert_true(thp_area_time(s->area, who, s->now, &t));
	return t;
}

/* ---- start ---- */

static void test_starts_with_the_first_admission(void)
{
	g_auto(stage) s = {0};

	open_by(&s, &usual);
	s.seats = 3;
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "gus", GUEST, "r1");
	stage_wait(&s, 900);
	g_assert_cmpint(left_s(&s, "ann"), ==, G_MININT64);
	g_assert_cmpint(stage_ask(&s, "ann", CLOCK), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	assert_told(&s, "ann",
		    "silence route[tom:0] keyframe roster[tom:0] admitted/admitted@r1 clock[3000]");
	/* Who comes later comes to the same clock. */
	stage_wait(&s, 600);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "gus"), ==, THP_OK);
	g_assert_cmpint(left_s(&s, "gus"), ==, 2400);
	g_assert_cmpint(left_s(&s, "ann"), ==, 2400);
}

static void test_length(void)
{
	static const struct {
		int therapist, client, guest;
		gint64 expected_s;
	} cases[] = {{0, 0, 0, 3000},
		     {45, 0, 0, 2700},
		     {45, 30, 0, 1800},
		     {0, 30, 80, 4800},
		     {0, 500, 0, 10800}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(stage) s = {0};

		open_by(&s, &usual);
		s.minutes = cases[i].therapist;
		stage_arrive(&s, "tim", THERAPIST, "");
		s.minutes = cases[i].client;
		stage_arrive(&s, "ann", CLIENT, "r1");
		s.minutes = cases[i].guest;
		stage_arrive(&s, "gus", GUEST, "r1");
		g_assert_cmpint(stage_aim(&s, "tim", ADMIT, "ann"), ==, THP_OK);
		g_assert_cmpint(left_s(&s, "ann"), ==, cases[i].expected_s);
	}
}

/* Appointed for the start of the stage; knocks @late_s after it, is let in @wait_s later. */
static gint64 length_after(gint64 late_s, gint64 wait_s, gboolean late_extends)
{
	g_auto(stage) s = {0};
	thp_session_rules rules = usual;

	rules.late_extends = late_extends;
	rules.no_show_us = 0;
	open_by(&s, &rules);
	stage_wait(&s, 600 + (gdouble)late_s);
	s.start_s = STAGE_START_S + 600;
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_wait(&s, (gdouble)wait_s);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	return left_s(&s, "ann");
}

static void test_late(void)
{
	g_assert_cmpint(length_after(-300, 0, FALSE), ==, 3000);
	/* A therapist who is late takes nothing from the client. */
	g_assert_cmpint(length_after(-300, 900, FALSE), ==, 3000);
	g_assert_cmpint(length_after(600, 0, FALSE), ==, 2400);
	g_assert_cmpint(length_after(600, 300, FALSE), ==, 2400);
	g_assert_cmpint(length_after(600, 300, TRUE), ==, 3000);
	/* Whoever is let in at all has time to say so. */
	g_assert_cmpint(length_after(7200, 0, FALSE), ==, 300);
}

/* ---- on the way ---- */

static void test_cues(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	stage_wait(&s, 2399);
	assert_told(&s, "tom", "");
	stage_wait(&s, 1);
	assert_told(&s, "tom", "cue=time:600");
	assert_told(&s, "ann", "");
	stage_wait(&s, 300);
	assert_told(&s, "tom", "cue=time:300");
	assert_told(&s, "ann", "cue=time:300");
	stage_wait(&s, 300);
	assert_told(&s, "tom", "cue=over");
	assert_told(&s, "ann", "cue=over");
	stage_wait(&s, 120);
	g_assert_cmpint(left_s(&s, "ann"), ==, -120);
}

static void test_nothing_is_shared(void)
{
	g_auto(stage) s = {0};
	thp_session_rules rules = usual;

	rules.clients_see = FALSE;
	rules.clock.n_cues = 2;
	open_session(&s, &rules);
	g_assert_cmpint(left_s(&s, "ann"), ==, G_MININT64);
	g_assert_cmpint(left_s(&s, "tom"), ==, 3000);
	g_assert_cmpint(stage_ask(&s, "ann", CLOCK), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(stage_ask(&s, "tom", CLOCK), ==, THP_OK);
	stage_wait(&s, 3600);
	assert_told(&s, "ann", "");
	assert_told(&s, "tom", "cue=time:600 cue=time:300 cue=over");
}

static void test_a_lost_link_does_not_stop_it(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	stage_lose(&s, "ann");
	stage_wait(&s, 50);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann",
		    "route[] joined-again admitted/resumed@r1 state roster[tom:-] clock[2950]");
}

/* ---- requests ---- */

static void test_extend(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	g_assert_cmpint(stage_extend(&s, "ann", 5), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(stage_extend(&s, "tom", 10), ==, THP_OK);
	assert_told(&s, "ann", "clock[3600]");
	assert_told(&s, "tom", "clock[3600]");
	g_assert_cmpint(stage_extend(&s, "tom", 121), ==, THP_SESSION_MAXIMUM);
	g_assert_cmpstr(stage_concerned(&s), ==, "");
}

static void test_max_minutes(void)
{
	g_auto(stage) s = {0};

	open_by(&s, &usual);
	s.minutes = 50;
	s.max_minutes = 60;
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	g_assert_cmpint(time_of(&s, "tom").extendable_us, ==, 10 * M);
	g_assert_cmpint(stage_extend(&s, "tom", 11), ==, THP_SESSION_MAXIMUM);
	g_assert_cmpint(stage_extend(&s, "tom", 10), ==, THP_OK);
}

/* 50 minutes from 0:01; the next client is appointed for 1:16 and comes at 0:20. */
static void test_next_appointment(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	g_assert_false(time_of(&s, "tom").next_waits);
	stage_wait(&s, 1200);
	s.start_s = STAGE_START_S + 60 + 75 * 60;
	stage_arrive(&s, "bob", CLIENT, "r2");
	stage_wait(&s, 2);
	thp_session_time t = time_of(&s, "tom");
	g_assert_true(t.next_waits);
	g_assert_cmpint(t.next_start_s, ==, s.start_s);
	/* 75 minutes, less the buffer, less the length. */
	g_assert_cmpint(t.extendable_us, ==, 15 * M);
	g_assert_cmpint(stage_extend(&s, "tom", 16), ==, THP_NEXT_APPOINTMENT);
	g_assert_cmpint(stage_extend(&s, "tom", 15), ==, THP_OK);
	g_assert_cmpint(time_of(&s, "tom").extendable_us, ==, 0);
	/* Nothing of that is for the client to know. */
	g_assert_false(time_of(&s, "ann").next_waits);
	g_assert_cmpint(time_of(&s, "ann").extendable_us, ==, 0);
}

static void test_next_appointment_is_only_told(void)
{
	g_auto(stage) s = {0};
	thp_session_rules rules = usual;

	rules.keep_next = FALSE;
	open_session(&s, &rules);
	s.start_s = STAGE_START_S + 3600;
	stage_arrive(&s, "bob", CLIENT, "r2");
	g_assert_true(time_of(&s, "tom").next_waits);
	g_assert_cmpint(stage_extend(&s, "tom", 60), ==, THP_OK);
}

static void test_the_list_tells_the_clock(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	stage_wait(&s, 5);
	g_assert_cmpint(stage_knock(&s, "bob", CLIENT, "r2"), ==, THP_OK);
	assert_told(&s, "tom", "list[ann,bob] clock[2995]");
	assert_told(&s, "ann", "");
}

static void test_pause(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	g_assert_cmpint(stage_ask(&s, "ann", PAUSE), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(stage_ask(&s, "tom", RESUME), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_ask(&s, "tom", PAUSE), ==, THP_OK);
	assert_told(&s, "ann", "clock[paused:3000]");
	stage_wait(&s, 60);
	g_assert_cmpint(stage_ask(&s, "tom", RESUME), ==, THP_OK);
	assert_told(&s, "ann", "clock[3000]");
	g_assert_cmpint(stage_ask(&s, "tom", PAUSE), ==, THP_OK);
	stage_wait(&s, 14 * 60);
	assert_told(&s, "tom", "cue=resumed clock[3000]");
	assert_told(&s, "ann", "clock[3000]");
	g_assert_cmpint(stage_ask(&s, "tom", PAUSE), ==, THP_PAUSE_LIMIT);
}

/* ---- ends ---- */

static void test_hard_end(void)
{
	g_auto(stage) s = {0};
	thp_session_rules rules = usual;

	rules.clock.hard = TRUE;
	rules.clock.grace_us = M;
	open_session(&s, &rules);
	stage_wait(&s, 3059);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	stage_wait(&s, 1);
	assert_told(&s, "ann", "silence ended/time_up@r1 close");
	assert_told(&s, "tom", "silence waiting/time_up list[]");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
}

/* A hard end is not to be got around by leaving and coming back. */
static void test_leaving_does_not_help(void)
{
	g_auto(stage) s = {0};
	thp_session_rules rules = usual;

	rules.clock.hard = TRUE;
	open_session(&s, &rules);
	stage_wait(&s, 2990);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_LEAVE), ==, THP_OK);
	/* The clock goes on in an empty room. */
	stage_wait(&s, 4);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	g_assert_cmpint(left_s(&s, "ann"), ==, 6);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	stage_wait(&s, 10);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
}

static void test_maximum(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	stage_wait(&s, 3 * 3600 - 1);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	stage_wait(&s, 1);
	assert_told(&s, "ann", "silence ended/time_up@r1 close");
}

static void test_wrap_up(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	assert_told(&s, "tom", "route[] roster[] clock[3000]");
	g_assert_cmpint(time_of(&s, "tom").closes_us, ==, 10 * M);
	stage_wait(&s, 599);
	g_assert_cmpint(stage_state(&s, "tom"), ==, THP_ADMITTED);
	stage_wait(&s, 1);
	assert_told(&s, "tom", "silence waiting/ended list[]");
}

static void test_wrap_up_is_not_over_the_next(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	stage_arrive(&s, "bob", CLIENT, "r2");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
	stage_wait(&s, 1200);
	g_assert_cmpint(stage_state(&s, "tom"), ==, THP_ADMITTED);
	g_assert_cmpint(left_s(&s, "bob"), ==, 1800);
	g_assert_null(thp_area_clock(s.area, "r1"));
}

/* The link stays lost; after the grace the therapist is alone, and after a while that is an end. */
static void test_left_alone(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	stage_lose(&s, "ann");
	stage_wait(&s, STAGE_GRACE_S);
	g_assert_cmpint(time_of(&s, "tom").closes_us, ==, 15 * M);
	stage_wait(&s, 15 * 60);
	assert_told(&s, "tom", "silence waiting/left_alone list[]");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
}

static void test_left_alone_by_the_therapist(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_LEAVE), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_HELD);
	stage_wait(&s, 15 * 60);
	assert_told(&s, "ann", "silence ended/left_alone@r1 close");
}

/* Somebody who was asked to wait a moment is not missing. */
static void test_held_is_not_alone(void)
{
	g_auto(stage) s = {0};

	open_session(&s, &usual);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_HOLD, "ann"), ==, THP_OK);
	stage_wait(&s, 2400);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	g_assert_cmpint(left_s(&s, "ann"), ==, 600);
}

/* ---- nobody comes ---- */

static void test_no_show_of_the_therapist(void)
{
	g_auto(stage) s = {0};

	open_by(&s, &usual);
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_LEAVE), ==, THP_OK);
	stage_arrive(&s, "ann", CLIENT, "r1");
	/* Too early: waiting counts from the appointment. */
	s.start_s = STAGE_START_S + 600;
	stage_arrive(&s, "bob", CLIENT, "r2");
	stage_wait(&s, 900);
	assert_told(&s, "ann", "cue=no_show");
	assert_told(&s, "bob", "");
	stage_wait(&s, 600);
	assert_told(&s, "ann", "");
	assert_told(&s, "bob", "cue=no_show");
}

static void test_no_show_of_the_client(void)
{
	g_auto(stage) s = {0};

	open_by(&s, &usual);
	stage_arrive(&s, "tia", THERAPIST, "r1");
	stage_arrive(&s, "bob", CLIENT, "r2");
	stage_wait(&s, 5);
	stage_wait(&s, 895);
	assert_told(&s, "tia", "cue=no_show");
	/* bob has a therapist at the desk, and tom waits for nobody in particular. */
	assert_told(&s, "bob", "");
	assert_told(&s, "tom", "");
}

/* ---- clocks that go wrong ---- */

static void test_the_wall_clock_may_jump(void)
{
	static const gint64 jumps_s[] = {-86400, -3600, -1, 1, 3600, 86400 / 2};

	for (guint i = 0; i < G_N_ELEMENTS(jumps_s); i++) {
		g_auto(stage) s = {0};
		thp_session_rules rules = usual;

		rules.clock.hard = TRUE;
		open_session(&s, &rules);
		stage_wait(&s, 1000);
		s.now.wall_s += jumps_s[i];
		stage_wait(&s, 1999);
		g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
		s.now.wall_s -= jumps_s[i];
		stage_wait(&s, 1);
		g_assert_false(stage_has(&s, "ann"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func("/timing/" name, function)
	TEST("start", test_starts_with_the_first_admission);
	TEST("start/length", test_length);
	TEST("start/late", test_late);
	TEST("cues", test_cues);
	TEST("cues/nothing-shared", test_nothing_is_shared);
	TEST("lost-link", test_a_lost_link_does_not_stop_it);
	TEST("extend", test_extend);
	TEST("extend/max-minutes", test_max_minutes);
	TEST("extend/next", test_next_appointment);
	TEST("extend/next-is-told", test_next_appointment_is_only_told);
	TEST("extend/list", test_the_list_tells_the_clock);
	TEST("pause", test_pause);
	TEST("end/hard", test_hard_end);
	TEST("end/leaving", test_leaving_does_not_help);
	TEST("end/maximum", test_maximum);
	TEST("end/wrap-up", test_wrap_up);
	TEST("end/wrap-up-and-next", test_wrap_up_is_not_over_the_next);
	TEST("end/alone", test_left_alone);
	TEST("end/alone-client", test_left_alone_by_the_therapist);
	TEST("end/held", test_held_is_not_alone);
	TEST("no-show/therapist", test_no_show_of_the_therapist);
	TEST("no-show/client", test_no_show_of_the_client);
	TEST("wall-clock", test_the_wall_clock_may_jump);
	return g_test_run();
}
