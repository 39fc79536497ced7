/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A million sessions, each walked through at random: people extend, pause, leave and come back, the process and the
 * machine are started anew, the wall clock jumps, the machine sleeps. Beside each clock a slow one counts in its own
 * way. Every session must end once, in order, not a moment early, and as soon as somebody looks.
 *
 * Every run walks other ways; --seed repeats one. THP_CLOCKS=n walks more.
 */
#include <therapy/clock.h>

#include <stdlib.h>

#define CLOCKS    1000000
#define STEPS_MAX 400
#define SECOND    G_USEC_PER_SEC
#define MINUTE    (60 * SECOND)

/* What is known of a session without asking its clock. */
typedef struct model {
	gint64 now_us;
	gint64 wall_us;
	guint64 boot;
	gint64 ran_us, paused_us; /* session time, pause time */
	gboolean paused;
	gint64 limit_us; /* in session time */
	thp_clock_company company;
	gint64 lonely_us; /* since when, in the time of now_us */
	/* told so far */
	gint64 told_left_us; /* of the last cue for this limit; 0: the limit itself */
	guint ends;
} model;

typedef struct walk {
	GRand *rand;
	thp_clock clock;
	thp_clock_rules rules;
	model m;
} walk;

static gint64 pick(walk *w, gint64 from, gint64 to)
{
	return from + (gint64)(g_rand_double(w->rand) * (double)(to - from));
}

static gboolean chance(walk *w, int percent)
{
	return g_rand_int_range(w->rand, 0, 100) < percent;
}

static thp_clock_moment moment(const walk *w)
{
	return (thp_clock_moment){w->m.now_us, w->m.wall_us, w->m.boot};
}

/* ---- the model ---- */

/* The session time that is never passed. */
static gint64 last_us(const walk *w)
{
	gint64 hard_us = w->m.limit_us + w->rules.grace_us;

	return w->rules.hard && hard_us < w->rules.max_us ? hard_us : w->rules.max_us;
}

/* Time goes by; a pause that is used up ends by itself on the way. */
static void pass(walk *w, gint64 us)
{
	model *m = &w->m;
	gint64 pause_us = m->paused ? MIN(us, w->rules.pause_us - m->paused_us) : 0;

	m->now_us += us;
	m->wall_us += us;
	m->paused_us += pause_us;
	m->ran_us += us - pause_us;
	if (us > pause_us)
		m->paused = FALSE;
}

static gboolean company_is_over(const walk *w)
{
	gint64 patience_us = w->m.company == THP_CLOCK_ALONE     ? w->rules.alone_us
			     : w->m.company == THP_CLOCK_WRAP_UP ? w->rules.wrap_up_us
								 : 0;

	return patience_us > 0 && w->m.now_us - w->m.lonely_us >= patience_us;
}

static gboolean should_be_over(const walk *w)
{
	return w->m.ran_us >= last_us(w) || company_is_over(w);
}

/* ---- the news ---- */

static gboolean is_cue(const walk *w, gint64 left_us)
{
	for (guint i = 0; i < w->rules.n_cues; i++) {
		if (w->rules.cues[i].left_us == left_us)
			return TRUE;
	}
	return FALSE;
}

static void check_end(const walk *w)
{
	gint64 ran_us = thp_clock_ran_us(&w->clock, w->m.now_us);

	g_assert_true(should_be_over(w));
	switch (w->clock.cause) {
	case THP_CLOCK_BY_LIMIT:
		g_assert_true(w->rules.hard);
		g_assert_cmpint(ran_us, ==, w->m.limit_us + w->rules.grace_us);
		break;
	case THP_CLOCK_BY_MAXIMUM:
		g_assert_cmpint(ran_us, ==, w->rules.max_us);
		break;
	case THP_CLOCK_BY_ALONE:
	case THP_CLOCK_BY_WRAP_UP:
		g_assert_true(company_is_over(w));
		break;
	default:
		g_assert_not_reached();
	}
}

static void check_news(walk *w, const thp_clock_news *news)
{
	model *m = &w->m;

	g_assert_cmpuint(m->ends, ==, 0);
	switch (news->kind) {
	case THP_CLOCK_CUE:
		/* One after the other, each once for this limit, none early. */
		g_assert_true(is_cue(w, news->left_us));
		g_assert_cmpint(news->left_us, <, m->told_left_us);
		g_assert_cmpint(m->limit_us - m->ran_us, <=, news->left_us);
		m->told_left_us = news->left_us;
		break;
	case THP_CLOCK_LIMIT:
		g_assert_cmpint(m->told_left_us, >, 0);
		g_assert_cmpint(m->ran_us, >=, m->limit_us);
		m->told_left_us = 0;
		break;
	case THP_CLOCK_RESUMED:
		g_assert_cmpint(m->paused_us, ==, w->rules.pause_us);
		m->paused = FALSE;
		break;
	default:
		check_end(w);
		m->ends++;
		break;
	}
}

/* Somebody looks: all that is due, and nothing else. */
static void look(walk *w)
{
	thp_clock_news news;

	while (thp_clock_next(&w->clock, moment(w), &news))
		check_news(w, &news);
	g_assert_cmpint(w->m.ends > 0, ==, should_be_over(w) || w->clock.cause != 0);
	g_assert_cmpint(thp_clock_deadline(&w->clock), >, w->m.now_us);
	if (w->m.ends > 0)
		return;
	g_assert_cmpint(thp_clock_ran_us(&w->clock, w->m.now_us), ==, w->m.ran_us);
	g_assert_cmpint(thp_clock_left_us(&w->clock, w->m.now_us), ==, w->m.limit_us - w->m.ran_us);
	g_assert_cmpint(thp_clock_end_us(&w->clock, w->m.now_us), ==, last_us(w) - w->m.ran_us);
}

/* ---- the steps ---- */

static void extend(walk *w)
{
	model *m = &w->m;
	gint64 by_us = pick(w, 1, 20) * MINUTE;
	gint64 next_us = chance(w, 30) ? m->now_us + pick(w, -10, 90) * MINUTE : G_MAXINT64;
	gint64 base_us = MAX(m->limit_us, m->ran_us);
	thp_err expected = THP_OK;

	if (base_us + by_us > w->rules.max_us)
		expected = THP_SESSION_MAXIMUM;
	else if (next_us != G_MAXINT64 && m->now_us + base_us + by_us - m->ran_us > next_us)
		expected = THP_NEXT_APPOINTMENT;
	g_assert_cmpint(thp_clock_extend(&w->clock, by_us, next_us, m->now_us), ==, expected);
	if (expected != THP_OK)
		return;
	m->limit_us = base_us + by_us;
	m->told_left_us = m->limit_us - m->ran_us;
}

static void pause_or_resume(walk *w)
{
	model *m = &w->m;
	gboolean none = m->paused_us >= w->rules.pause_us;
	thp_err err = m->paused ? thp_clock_resume(&w->clock, m->now_us)
				: thp_clock_pause(&w->clock, m->now_us);

	g_assert_cmpint(err, ==, !m->paused && none ? THP_PAUSE_LIMIT : THP_OK);
	if (err == THP_OK)
		m->paused = !m->paused;
}

static void meet(walk *w)
{
	thp_clock_company company = (thp_clock_company)pick(w, 0, THP_N_CLOCK_COMPANIES);

	thp_clock_meet(&w->clock, company, w->m.now_us);
	if (w->m.company != company)
		w->m.lonely_us = w->m.now_us;
	w->m.company = company;
}

/* The process, or the machine, is started anew, and it takes a while. */
static void restart(walk *w)
{
	model *m = &w->m;
	thp_clock_record record;
	gint64 wall_jump_us = 0;

	thp_clock_save(&w->clock, moment(w), &record);
	pass(w, pick(w, 0, 90) * SECOND);
	if (chance(w, 50)) {
		gint64 began_us =
			m->now_us - pick(w, 1, 600) * SECOND; /* of the new monotonic clock */

		m->boot++;
		m->now_us -= began_us;
		m->lonely_us -= began_us;
	} else {
		wall_jump_us = pick(w, -100, 100) * 3600 * SECOND;
	}
	m->wall_us += wall_jump_us;
	w->clock = (thp_clock){0};
	g_assert_true(thp_clock_restore(&w->clock, &w->rules, &record, moment(w)));
}

static void step(walk *w)
{
	/* Summer time, or an operator with a wrong date: nobody notices. */
	if (chance(w, 5))
		w->m.wall_us += pick(w, -30, 30) * 3600 * SECOND;
	/* Mostly somebody looks in time; now and then the machine was asleep. */
	gint64 due_us = thp_clock_deadline(&w->clock);
	if (chance(w, 60) && due_us != G_MAXINT64)
		pass(w, due_us - w->m.now_us + (chance(w, 50) ? pick(w, 0, SECOND) : 0));
	else
		pass(w, chance(w, 2) ? pick(w, 0, 300) * MINUTE : pick(w, 0, 4 * MINUTE));
	look(w);
	if (w->m.ends > 0)
		return;
	int what = g_rand_int_range(w->rand, 0, 100);
	if (what < 12)
		extend(w);
	else if (what < 24)
		pause_or_resume(w);
	else if (what < 34)
		meet(w);
	else if (what < 40)
		restart(w);
	look(w);
}

static thp_clock_rules pick_rules(walk *w)
{
	thp_clock_rules rules = {.max_us = pick(w, 1, 200) * MINUTE,
				 .pause_us = pick(w, 0, 3) * 5 * MINUTE,
				 .wrap_up_us = pick(w, 0, 3) * 5 * MINUTE,
				 .alone_us = pick(w, 0, 3) * 5 * MINUTE,
				 .hard = chance(w, 50),
				 .n_cues = (guint)pick(w, 0, THP_CLOCK_CUES_MAX + 1)};

	rules.grace_us = rules.hard ? pick(w, 0, 3) * MINUTE : 0;
	for (guint i = 0; i < rules.n_cues; i++)
		rules.cues[i] = (thp_clock_cue){pick(w, 1, 12) * MINUTE, chance(w, 50)};
	return rules;
}

static void start(walk *w)
{
	gint64 length_us = pick(w, 1, 100) * MINUTE;

	w->rules = pick_rules(w);
	w->m = (model){.now_us = pick(w, 1, 1000000) * SECOND,
		       .wall_us = pick(w, 1, 2000000000) * SECOND,
		       .boot = 1,
		       .limit_us = MIN(length_us, w->rules.max_us)};
	w->m.told_left_us = w->m.limit_us;
	w->clock = (thp_clock){0};
	thp_clock_start(&w->clock, &w->rules, length_us, moment(w));
	look(w);
}

static void test_walks(void)
{
	const char *more = g_getenv("THP_CLOCKS");
	int clocks = more ? atoi(more) : CLOCKS;
	walk w = {.rand = g_rand_new_with_seed((guint32)g_test_rand_int())};
	guint64 steps = 0;

	for (int i = 0; i < clocks; i++) {
		start(&w);
		for (int k = 0; k < STEPS_MAX && w.m.ends == 0; k++, steps++)
			step(&w);
		/* Whoever extends no more comes to the end. */
		while (w.m.ends == 0) {
			pass(&w, thp_clock_deadline(&w.clock) - w.m.now_us);
			look(&w);
		}
		g_assert_cmpuint(w.m.ends, ==, 1);
		g_assert_cmpint(thp_clock_deadline(&w.clock), ==, G_MAXINT64);
	}
	g_test_message("%d sessions ended, %" G_GUINT64_FORMAT " steps", clocks, steps);
	g_rand_free(w.rand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clock/random-walks", test_walks);
	return g_test_run();
}
