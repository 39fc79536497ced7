/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session clock by itself: one story each. */
#include <therapy/clock.h>

#define SECOND G_USEC_PER_SEC
#define MINUTE (G_GINT64_CONSTANT(60) * SECOND)
#define HOUR   (60 * MINUTE)
#define START  (1000 * SECOND)
#define WALL   (G_GINT64_CONSTANT(1769851800) * SECOND)

static const thp_clock_rules soft = {
	.max_us = 3 * HOUR,
	.pause_us = 15 * MINUTE,
	.wrap_up_us = 10 * MINUTE,
	.alone_us = 15 * MINUTE,
	.n_cues = 3,
	.cues = {{10 * MINUTE, FALSE}, {5 * MINUTE, FALSE}, {5 * MINUTE, TRUE}}};

static thp_clock_rules hard(void)
{
	thp_clock_rules rules = soft;

	rules.hard = TRUE;
	rules.grace_us = MINUTE;
	return rules;
}

static thp_clock_moment at(gint64 mono_us)
{
	return (thp_clock_moment){.mono_us = mono_us, .wall_us = WALL + mono_us, .boot = 7};
}

static thp_clock started(const thp_clock_rules *rules, gint64 length_us)
{
	thp_clock c = {0};

	thp_clock_start(&c, rules, length_us, at(START));
	return c;
}

/* Until @after: "600 LIMIT@3000 ..."; seconds since the start. */
static char *story(thp_clock *c, gint64 until_us)
{
	static const char *const names[] = {"cue", "limit", "resumed", "end"};
	GString *out = g_string_new(NULL);
	thp_clock_news news;

	for (gint64 due_us = thp_clock_deadline(c); due_us <= until_us;
	     due_us = thp_clock_deadline(c)) {
		/* Nothing is said a moment early. */
		g_assert_false(thp_clock_next(c, at(due_us - 1), &news));
		g_assert_true(thp_clock_next(c, at(due_us), &news));
		g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", names[news.kind]);
		if (news.kind == THP_CLOCK_CUE)
			g_string_append_printf(out, ":%d%s", (int)(news.left_us / MINUTE),
					       news.shared ? "s" : "");
		g_string_append_printf(out, "@%g", (double)(due_us - START) / (double)MINUTE);
	}
	return g_string_free(out, FALSE);
}

#define assert_story(c, until_us, expected)                                                        \
	G_STMT_START                                                                               \
	{                                                                                          \
		g_autofree char *told = story((c), (until_us));                                    \
		g_assert_cmpstr(told, ==, (expected));                                             \
	}                                                                                          \
	G_STMT_END

/* ---- as it should be ---- */

static void test_idle(void)
{
	thp_clock c = {0};
	thp_clock_news news;

	g_assert_false(thp_clock_is_on(&c));
	g_assert_cmpint(thp_clock_deadline(&c), ==, G_MAXINT64);
	g_assert_false(thp_clock_next(&c, at(START), &news));
	g_assert_cmpint(thp_clock_extend(&c, MINUTE, G_MAXINT64, START), ==, THP_WRONG_STATE);
	g_assert_cmpint(thp_clock_pause(&c, START), ==, THP_WRONG_STATE);
	g_assert_cmpint(thp_clock_resume(&c, START), ==, THP_WRONG_STATE);
	g_assert_cmpint(thp_clock_end(&c, at(START)), ==, THP_WRONG_STATE);
}

static void test_soft_end(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);

	assert_story(&c, START + 179 * MINUTE, "cue:10@40 cue:5s@45 limit@50");
	g_assert_true(thp_clock_is_on(&c));
	g_assert_cmpint(thp_clock_left_us(&c, START + 60 * MINUTE), ==, -10 * MINUTE);
	assert_story(&c, G_MAXINT64 - 1, "end@180");
	g_assert_cmpint(c.cause, ==, THP_CLOCK_BY_MAXIMUM);
	g_assert_cmpint(thp_clock_extend(&c, MINUTE, G_MAXINT64, START), ==, THP_WRONG_STATE);
}

static void test_hard_end(void)
{
	thp_clock_rules rules = hard();
	thp_clock c = started(&rules, 50 * MINUTE);

	g_assert_cmpint(thp_clock_end_us(&c, START + 20 * MINUTE), ==, 31 * MINUTE);
	assert_story(&c, G_MAXINT64 - 1, "cue:10@40 cue:5s@45 limit@50 end@51");
	g_assert_cmpint(c.cause, ==, THP_CLOCK_BY_LIMIT);
	g_assert_cmpint(c.ended_wall_us, ==, WALL + START + 51 * MINUTE);
}

static void test_hard_end_without_grace(void)
{
	thp_clock_rules rules = hard();

	rules.grace_us = 0;
	thp_clock c = started(&rules, 50 * MINUTE);
	assert_story(&c, G_MAXINT64 - 1, "cue:10@40 cue:5s@45 limit@50 end@50");
}

/* A session shorter than its cues begins in silence. */
static void test_short_session(void)
{
	thp_clock c = started(&soft, 5 * MINUTE);

	assert_story(&c, START + HOUR, "limit@5");
}

static void test_length_is_cut(void)
{
	thp_clock c = started(&soft, 5 * HOUR);

	assert_story(&c, G_MAXINT64 - 1, "cue:10@170 cue:5s@175 limit@180 end@180");
}

static void test_ended_by_the_therapist(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);

	g_assert_cmpint(thp_clock_end(&c, at(START + 7 * MINUTE)), ==, THP_OK);
	g_assert_cmpint(c.cause, ==, THP_CLOCK_BY_THERAPIST);
	g_assert_cmpint(c.ended_wall_us, ==, WALL + START + 7 * MINUTE);
	g_assert_cmpint(thp_clock_ran_us(&c, START + HOUR), ==, 7 * MINUTE);
	assert_story(&c, G_MAXINT64 - 1, "");
	g_assert_cmpint(thp_clock_end(&c, at(START + 8 * MINUTE)), ==, THP_WRONG_STATE);
	/* And another session in the same room. */
	thp_clock_start(&c, &soft, 50 * MINUTE, at(START));
	assert_story(&c, START + HOUR, "cue:10@40 cue:5s@45 limit@50");
}

/* ---- extending ---- */

static void test_extend(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);

	assert_story(&c, START + 46 * MINUTE, "cue:10@40 cue:5s@45");
	g_assert_cmpint(thp_clock_extend(&c, 10 * MINUTE, G_MAXINT64, START + 46 * MINUTE), ==,
			THP_OK);
	/* What is ahead again is said again, for the new end. */
	assert_story(&c, START + 62 * MINUTE, "cue:10@50 cue:5s@55 limit@60");
	/* In overtime: from now. */
	g_assert_cmpint(thp_clock_extend(&c, 5 * MINUTE, G_MAXINT64, START + 63 * MINUTE), ==,
			THP_OK);
	assert_story(&c, START + 100 * MINUTE, "limit@68");
	g_assert_cmpuint(c.n_extensions, ==, 2);
}

static void test_extend_to_the_maximum(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);
	gint64 now_us = START + 10 * MINUTE;

	g_assert_cmpint(thp_clock_extendable_us(&c, G_MAXINT64, now_us), ==, 130 * MINUTE);
	g_assert_cmpint(thp_clock_extend(&c, 131 * MINUTE, G_MAXINT64, now_us), ==,
			THP_SESSION_MAXIMUM);
	g_assert_cmpint(thp_clock_extend(&c, 0, G_MAXINT64, now_us), ==, THP_WRONG_STATE);
	g_assert_cmpint(thp_clock_extend(&c, 130 * MINUTE, G_MAXINT64, now_us), ==, THP_OK);
	g_assert_cmpint(thp_clock_extendable_us(&c, G_MAXINT64, now_us), ==, 0);
	assert_story(&c, G_MAXINT64 - 1, "cue:10@170 cue:5s@175 limit@180 end@180");
}

static void test_extend_to_the_next_appointment(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);
	gint64 now_us = START + 10 * MINUTE, next_us = START + HOUR;

	g_assert_cmpint(thp_clock_extendable_us(&c, next_us, now_us), ==, 10 * MINUTE);
	g_assert_cmpint(thp_clock_extend(&c, 15 * MINUTE, next_us, now_us), ==,
			THP_NEXT_APPOINTMENT);
	g_assert_cmpint(thp_clock_extend(&c, 500 * MINUTE, next_us, now_us), ==,
			THP_SESSION_MAXIMUM);
	g_assert_cmpint(thp_clock_extend(&c, 10 * MINUTE, next_us, now_us), ==, THP_OK);
	g_assert_cmpint(thp_clock_extendable_us(&c, next_us - HOUR, now_us), ==, 0);
}

/* In the grace, an extension puts the hard end off as well. */
static void test_extend_in_the_grace(void)
{
	thp_clock_rules rules = hard();
	thp_clock c = started(&rules, 50 * MINUTE);

	assert_story(&c, START + 50 * MINUTE, "cue:10@40 cue:5s@45 limit@50");
	g_assert_cmpint(
		thp_clock_extend(&c, 10 * MINUTE, G_MAXINT64, START + 50 * MINUTE + MINUTE / 2), ==,
		THP_OK);
	assert_story(&c, G_MAXINT64 - 1, "cue:5s@55.5 limit@60.5 end@61.5");
}

/* ---- pausing ---- */

static void test_pause(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);

	g_assert_cmpint(thp_clock_pause(&c, START + 10 * MINUTE), ==, THP_OK);
	g_assert_cmpint(thp_clock_pause(&c, START + 10 * MINUTE), ==, THP_WRONG_STATE);
	g_assert_cmpint(thp_clock_left_us(&c, START + 15 * MINUTE), ==, 40 * MINUTE);
	g_assert_cmpint(thp_clock_pause_left_us(&c, START + 15 * MINUTE), ==, 10 * MINUTE);
	g_assert_cmpint(thp_clock_resume(&c, START + 15 * MINUTE), ==, THP_OK);
	g_assert_cmpint(thp_clock_resume(&c, START + 15 * MINUTE), ==, THP_WRONG_STATE);
	assert_story(&c, START + HOUR, "cue:10@45 cue:5s@50 limit@55");
	/* The rest of the pauses, to the last moment. */
	g_assert_cmpint(thp_clock_pause(&c, START + HOUR), ==, THP_OK);
	assert_story(&c, START + 80 * MINUTE, "resumed@70");
	g_assert_cmpint(thp_clock_pause(&c, START + 80 * MINUTE), ==, THP_PAUSE_LIMIT);
	g_assert_cmpint(thp_clock_left_us(&c, START + 80 * MINUTE), ==, -15 * MINUTE);
}

static void test_no_pause(void)
{
	thp_clock_rules rules = soft;

	rules.pause_us = 0;
	thp_clock c = started(&rules, 50 * MINUTE);
	g_assert_cmpint(thp_clock_pause(&c, START), ==, THP_PAUSE_LIMIT);
}

/* ---- company ---- */

static void test_wrap_up(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);

	thp_clock_meet(&c, THP_CLOCK_WRAP_UP, START + 42 * MINUTE);
	thp_clock_meet(&c, THP_CLOCK_WRAP_UP, START + 44 * MINUTE);
	g_assert_cmpint(thp_clock_closes_us(&c, START + 44 * MINUTE), ==, 8 * MINUTE);
	assert_story(&c, G_MAXINT64 - 1, "cue:10@40 cue:5s@45 limit@50 end@52");
	g_assert_cmpint(c.cause, ==, THP_CLOCK_BY_WRAP_UP);
}

static void test_alone(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);

	thp_clock_meet(&c, THP_CLOCK_ALONE, START + MINUTE);
	thp_clock_meet(&c, THP_CLOCK_TOGETHER, START + 15 * MINUTE);
	g_assert_cmpint(thp_clock_closes_us(&c, START + 15 * MINUTE), ==, -1);
	thp_clock_meet(&c, THP_CLOCK_ALONE, START + 20 * MINUTE);
	/* A pause does not make anybody less alone. */
	g_assert_cmpint(thp_clock_pause(&c, START + 25 * MINUTE), ==, THP_OK);
	assert_story(&c, G_MAXINT64 - 1, "end@35");
	g_assert_cmpint(c.cause, ==, THP_CLOCK_BY_ALONE);
	g_assert_cmpint(c.ran_us, ==, 25 * MINUTE);
}

/* ---- looked at late ---- */

static void test_late_news(void)
{
	thp_clock_rules rules = hard();
	thp_clock c = started(&rules, 50 * MINUTE);
	thp_clock_news news;

	/* Of two cues missed, the last; then what else fell due, in its order. */
	g_assert_true(thp_clock_next(&c, at(START + 47 * MINUTE), &news));
	g_assert_cmpint(news.left_us, ==, 5 * MINUTE);
	g_assert_false(thp_clock_next(&c, at(START + 47 * MINUTE), &news));
	g_assert_true(thp_clock_next(&c, at(START + 9 * HOUR), &news));
	g_assert_cmpint(news.kind, ==, THP_CLOCK_LIMIT);
	g_assert_true(thp_clock_next(&c, at(START + 9 * HOUR), &news));
	g_assert_cmpint(news.kind, ==, THP_CLOCK_END);
	g_assert_cmpint(c.ran_us, ==, 51 * MINUTE);
	g_assert_false(thp_clock_next(&c, at(START + 9 * HOUR), &news));
}

/* ---- restarts ---- */

static thp_clock restored(const thp_clock_record *r, thp_clock_moment now)
{
	thp_clock_rules rules = hard();
	thp_clock c;

	g_assert_true(thp_clock_restore(&c, &rules, r, now));
	return c;
}

static thp_clock_record saved_at(gint64 minutes)
{
	thp_clock_rules rules = hard();
	thp_clock c = started(&rules, 50 * MINUTE);
	thp_clock_record r;

	thp_clock_save(&c, at(START + minutes * MINUTE), &r);
	return r;
}

static void test_restart_of_the_process(void)
{
	thp_clock_record r = saved_at(20);
	/* Whatever the wall clock did meanwhile. */
	static const gint64 walls[] = {0, WALL, WALL - 50 * HOUR, WALL + 50 * HOUR, G_MAXINT64};

	for (guint i = 0; i < G_N_ELEMENTS(walls); i++) {
		thp_clock_moment now = {START + 23 * MINUTE, walls[i], 7};
		thp_clock c = restored(&r, now);

		g_assert_cmpint(thp_clock_left_us(&c, now.mono_us), ==, 27 * MINUTE);
		assert_story(&c, G_MAXINT64 - 1, "cue:10@40 cue:5s@45 limit@50 end@51");
	}
}

static void test_restart_of_the_machine(void)
{
	thp_clock_record r = saved_at(20);
	thp_clock_moment now = {30 * SECOND, WALL + START + 23 * MINUTE, 8};
	thp_clock c = restored(&r, now);

	g_assert_cmpint(thp_clock_left_us(&c, now.mono_us), ==, 27 * MINUTE);
	/* A wall clock that went back tells nothing: no session is made longer than it was when saved. */
	now.wall_us = WALL - HOUR;
	c = restored(&r, now);
	g_assert_cmpint(thp_clock_left_us(&c, now.mono_us), ==, 30 * MINUTE);
	/* And one that is far ahead ends it, once. */
	now.wall_us = WALL + 9000 * HOUR;
	c = restored(&r, now);
	thp_clock_news news;
	now.mono_us += SECOND;
	g_assert_true(thp_clock_next(&c, now, &news));
	g_assert_cmpint(news.kind, ==, THP_CLOCK_LIMIT);
	g_assert_true(thp_clock_next(&c, now, &news));
	g_assert_cmpint(news.kind, ==, THP_CLOCK_END);
}

/* Whatever is in it, also a pause, an extension and half a wait, is found again. */
static void test_everything_lasts(void)
{
	thp_clock_rules rules = hard();
	thp_clock c = started(&rules, 50 * MINUTE);
	thp_clock_record r, again;
	g_autofree char *before = story(&c, START + 41 * MINUTE);

	g_assert_cmpint(thp_clock_extend(&c, 5 * MINUTE, G_MAXINT64, START + 41 * MINUTE), ==,
			THP_OK);
	thp_clock_meet(&c, THP_CLOCK_ALONE, START + 42 * MINUTE);
	g_assert_cmpint(thp_clock_pause(&c, START + 43 * MINUTE), ==, THP_OK);
	thp_clock_save(&c, at(START + 45 * MINUTE), &r);
	thp_clock d = restored(&r, at(START + 45 * MINUTE));
	thp_clock_save(&d, at(START + 45 * MINUTE), &again);
	g_assert_cmpmem(&r, sizeof r, &again, sizeof again);
	g_assert_cmpint(thp_clock_pause_left_us(&d, START + 46 * MINUTE), ==, 12 * MINUTE);
	g_autofree char *expected = story(&c, G_MAXINT64 - 1);
	assert_story(&d, G_MAXINT64 - 1, expected);
	g_assert_cmpstr(expected, ==, "end@57");
	g_assert_cmpstr(before, ==, "cue:10@40");
}

static void test_ended_stays_ended(void)
{
	thp_clock c = started(&soft, 50 * MINUTE);
	thp_clock_record r;

	g_assert_cmpint(thp_clock_end(&c, at(START + MINUTE)), ==, THP_OK);
	thp_clock_save(&c, at(START + MINUTE), &r);
	thp_clock d = restored(&r, at(START + HOUR));
	g_assert_cmpint(d.cause, ==, THP_CLOCK_BY_THERAPIST);
	g_assert_cmpint(d.ended_wall_us, ==, c.ended_wall_us);
	assert_story(&d, G_MAXINT64 - 1, "");
}

static void test_damaged_records(void)
{
	thp_clock_rules rules = hard();
	const thp_clock_record good = saved_at(20);
	thp_clock c;

#define REFUSE(change)                                                                             \
	G_STMT_START                                                                               \
	{                                                                                          \
		thp_clock_record r = good;                                                         \
		change;                                                                            \
		g_assert_false(thp_clock_restore(&c, &rules, &r, at(START + HOUR)));               \
		g_assert_cmpint(c.phase, ==, THP_CLOCK_IDLE);                                      \
	}                                                                                          \
	G_STMT_END

	REFUSE(r.phase = 99);
	REFUSE(r.cause = 99);
	REFUSE(r.company = 99);
	REFUSE(r.phase = THP_CLOCK_ENDED);
	REFUSE(r.cause = THP_CLOCK_BY_LIMIT);
	REFUSE(r.length_us = 0);
	REFUSE(r.length_us = -1);
	REFUSE(r.length_us = G_MAXINT64);
	REFUSE(r.extended_us = -1);
	REFUSE(r.ran_us = G_MININT64);
	REFUSE(r.paused_us = G_MAXINT64);
	REFUSE(r.lonely_us = -5);
	REFUSE(r.cued_us = G_MAXINT64);
#undef REFUSE
	/* Moments may be anything. */
	static const gint64 odd[] = {G_MININT64, -1, 0, G_MAXINT64};
	for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
		thp_clock_record r = good;
		r.saved.mono_us = r.saved.wall_us = odd[i];
		for (guint64 boot = 6; boot < 8; boot++) {
			r.saved.boot = boot;
			g_assert_true(thp_clock_restore(&c, &rules, &r, at(START + HOUR)));
			g_assert_cmpint(thp_clock_end_us(&c, START + HOUR), <=, 31 * MINUTE);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func("/clock/" name, function)
	TEST("idle", test_idle);
	TEST("soft-end", test_soft_end);
	TEST("hard-end", test_hard_end);
	TEST("hard-end/no-grace", test_hard_end_without_grace);
	TEST("short", test_short_session);
	TEST("cut", test_length_is_cut);
	TEST("ended", test_ended_by_the_therapist);
	TEST("extend", test_extend);
	TEST("extend/maximum", test_extend_to_the_maximum);
	TEST("extend/next", test_extend_to_the_next_appointment);
	TEST("extend/grace", test_extend_in_the_grace);
	TEST("pause", test_pause);
	TEST("pause/none", test_no_pause);
	TEST("company/wrap-up", test_wrap_up);
	TEST("company/alone", test_alone);
	TEST("late", test_late_news);
	TEST("restart/process", test_restart_of_the_process);
	TEST("restart/machine", test_restart_of_the_machine);
	TEST("restart/everything", test_everything_lasts);
	TEST("restart/ended", test_ended_stays_ended);
	TEST("restart/damaged", test_damaged_records);
	return g_test_run();
}
