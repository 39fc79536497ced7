/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of a session through the shell: what pages are told, when it ends, and a machine that sleeps. */
#include <string.h>

#include "person.h"
#include "wraps.h"

#define AREA "khan"
#define ROOM "r-17"

/* 20 minutes, a hard end, half a minute of grace. */
static const char *const hard[] = {"session.length_s=1200",     "session.hard_end=true",
				   "session.hard_grace_s=30",   "session.cues_therapist_s=600, 300",
				   "session.cues_shared_s=300", "session.pause_s=60",
				   "session.max_s=2400",        NULL};

typedef struct desk {
	fake_person *therapist, *client;
} desk;

static void open_desk(desk *d, gconstpointer settings)
{
	fake_clinic_open(settings);
	d->therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 2);
	d->client = fake_person_new(AREA, ROOM, THP_ROLE_CLIENT, "Amina", 2);
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
	fake_assert_event(fake_admit(d->therapist, d->client), "admitted");
}

static void close_desk(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_janus_stop(FALSE);
	fake_person_free(d->therapist);
	fake_person_free(d->client);
}

static gint64 number(const json_t *event, const char *member)
{
	return json_integer_value(json_object_get(event, member));
}

/* The clock as @p is told on asking; whole seconds left. */
static gint64 left_s(fake_person *p)
{
	json_t *clock = fake_person_ask(p, "clock", NULL);

	fake_assert_event(clock, "clock");
	return (number(clock, "left_ms") + 500) / 1000;
}

static void assert_cue(fake_person *p, const char *name, gint64 seconds)
{
	json_t *cue = fake_await(p->handle, "cue");

	g_assert_cmpstr(fake_text(cue, "cue"), ==, name);
	g_assert_cmpint(number(cue, "left_s"), ==, seconds);
}

static void assert_state(fake_person *p, const char *state, const char *reason)
{
	json_t *event = fake_await(p->handle, "state");

	while (strcmp(fake_text(event, "state"), state) != 0)
		event = fake_await(p->handle, "state");
	g_assert_cmpstr(fake_text(event, "reason"), ==, reason);
}

static void test_clock(desk *d, gconstpointer settings)
{
	json_t *clock = fake_await(d->client->handle, "clock");

	(void)settings;
	g_assert_cmpstr(fake_text(clock, "room"), ==, ROOM);
	g_assert_cmpint(number(clock, "length_s"), ==, 1200);
	g_assert_true(fake_flag(clock, "hard"));
	g_assert_false(fake_flag(clock, "paused"));
	g_assert_null(json_object_get(clock, "extend_s"));
	g_assert_null(json_object_get(clock, "closes_ms"));
	clock = fake_newest(d->therapist->handle, "clock");
	g_assert_cmpint(number(clock, "extend_s"), >=, 1199);
	g_assert_cmpint(number(clock, "pause_left_s"), ==, 60);
	fake_clock_advance(SECONDS(100));
	g_assert_cmpint(left_s(d->client), ==, 1100);
}

static void test_requests(desk *d, gconstpointer settings)
{
	json_t *reply = fake_person_ask(d->therapist, "extend", "{s:i}", "minutes", 10);

	(void)settings;
	fake_assert_event(reply, "extended");
	g_assert_cmpint(number(reply, "minutes"), ==, 10);
	g_assert_cmpstr(fake_text(reply, "room"), ==, ROOM);
	g_assert_cmpint(left_s(d->client), ==, 1800);
	fake_assert_event(fake_person_ask(d->therapist, "pause", NULL), "paused");
	fake_clock_advance(SECONDS(50));
	g_assert_cmpint(left_s(d->client), ==, 1800);
	fake_assert_event(fake_person_ask(d->therapist, "resume", NULL), "resumed");
	fake_assert_event(fake_person_ask(d->therapist, "pause", NULL), "paused");
	fake_clock_advance(SECONDS(10));
	assert_cue(d->therapist, "resumed", 0);
}

static void test_refusals(desk *d, gconstpointer settings)
{
	g_autoptr(fake_person) next = fake_person_new(AREA, "r-18", THP_ROLE_CLIENT, "Bilal", 2);

	(void)settings;
	fake_assert_error(fake_person_ask(d->client, "extend", "{s:i}", "minutes", 1),
			  "NOT_ALLOWED");
	fake_assert_error(fake_person_ask(d->client, "pause", NULL), "NOT_ALLOWED");
	fake_assert_error(fake_person_ask(d->therapist, "resume", NULL), "WRONG_STATE");
	fake_assert_error(fake_person_ask(d->therapist, "extend", "{s:i}", "minutes", 21),
			  "SESSION_MAXIMUM");
	/* The next appointment: ten minutes of buffer before it, and one more than this one lasts. */
	next->claims.invitation.start_s = fake_wall_s() + 1200 + 600 + 60;
	fake_person_sign(next);
	fake_person_join(next);
	fake_assert_error(fake_person_ask(d->therapist, "extend", "{s:i}", "minutes", 2),
			  "NEXT_APPOINTMENT");
	fake_assert_event(fake_person_ask(d->therapist, "pause", NULL), "paused");
	fake_clock_advance(SECONDS(60));
	assert_cue(d->therapist, "resumed", 0);
	fake_assert_error(fake_person_ask(d->therapist, "pause", NULL), "PAUSE_LIMIT");
	fake_assert_event(fake_person_ask(d->therapist, "end", NULL), "ended");
	fake_assert_error(fake_person_ask(d->therapist, "clock", NULL), "WRONG_STATE");
}

static void test_hard_end(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_clock_advance(SECONDS(600));
	assert_cue(d->therapist, "time", 600);
	fake_clock_advance(SECONDS(300));
	assert_cue(d->therapist, "time", 300);
	assert_cue(d->client, "time", 300);
	fake_clock_advance(SECONDS(300));
	assert_cue(d->client, "over", 0);
	fake_clock_advance(SECONDS(30));
	assert_state(d->client, "ended", "time_up");
	assert_state(d->therapist, "waiting", "time_up");
	g_assert_cmpuint(fake_count(d->client->handle, "cue"), ==, 2);
	g_assert_cmpuint(fake_count(d->therapist->handle, "cue"), ==, 3);
	fake_assert_error(fake_person_knock(d->client), "TOKEN_REVOKED");
}

/* While the machine sleeps its session goes on; and it ends as soon as somebody can see to it. */
static void test_sleep(desk *d, gconstpointer settings)
{
	gint64 began_us;

	(void)settings;
	fake_machine_sleeps(SECONDS(500));
	g_assert_cmpint(left_s(d->client), ==, 700);
	began_us = fake_mono_us();
	fake_machine_sleeps(SECONDS(800));
	assert_state(d->client, "ended", "time_up");
	g_assert_cmpint(fake_mono_us() - began_us, <, SECONDS(1));
}

/* An area's own rules go before those of all sessions, and the gateway's maximum before both. */
static const char *const own[] = {"session.length_s=1200", "area-khan.length_s=600",
				  "area-khan.max_s=7200", "limits.session_max_s=900", NULL};

static void test_areas(desk *d, gconstpointer settings)
{
	const json_t *clock = fake_await(d->therapist->handle, "clock");

	(void)settings;
	g_assert_cmpint(number(clock, "length_s"), ==, 600);
	g_assert_cmpint((number(clock, "end_ms") + 500) / 1000, ==, 900);
	g_assert_cmpint((number(clock, "extend_s") + 1) / 10, ==, 30);
}

/* A mistake in an area's rules stops the start, as any other. */
static void test_damaged_area(void)
{
	static const char *const damaged[] = {"area-khan.length_s=0", NULL};
	fake_options options = {0};

	g_assert_cmpint(fake_clinic_try(&options, damaged), !=, 0);
	g_autofree char *log = fake_log();
	g_assert_nonnull(strstr(log, "area-khan.length_s must be a number from 1 to"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define TEST(name, function)                                                                       \
	g_test_add("/shell/time/" name, desk, hard, open_desk, function, close_desk)
	TEST("clock", test_clock);
	TEST("requests", test_requests);
	TEST("refusals", test_refusals);
	TEST("hard-end", test_hard_end);
	TEST("sleep", test_sleep);
	g_test_add("/shell/time/areas", desk, own, open_desk, test_areas, close_desk);
	g_test_add_func("/shell/time/damaged-area", test_damaged_area);
	return g_test_run();
}
