/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that wait when the route changes: what is removed is gone, what goes on waits on. */
#include "lane.h"

static thp_route_plan plan_of(const lane *r)
{
	g_autoptr(thp_session) therapist = lane_session_of(r->therapist);
	thp_route_plan plan = {.audio = TRUE, .video = TRUE, .n_hops = 1};

	plan.hops[0].link = therapist->link;
	plan.hops[0].slot = 0;
	return plan;
}

/* Removed: not one packet after that, whatever time passes, and though the client goes on. */
static void test_removed(lane *r, gconstpointer how)
{
	(void)how;
	lane_film(r, 6, TRUE);
	assert_seen("1");
	fake_assert_event(
		fake_person_ask(r->therapist, "remove", "{s:s}", "participant", r->client->id),
		"removed");
	lane_talk(r, 400);
	thp_media_release(r->sender);
	assert_seen("");
	g_assert_cmpuint(lane_dropped(), ==, 5);
}

static void test_held_back(lane *r, gconstpointer how)
{
	(void)how;
	lane_film(r, 6, TRUE);
	thp_route_hold_back(r->sender);
	lane_talk(r, 400);
	thp_media_release(r->sender);
	assert_seen("1");
	g_assert_cmpuint(lane_dropped(), ==, 5);
}

/* The same for who was to see it. */
static void test_receiver_held_back(lane *r, gconstpointer how)
{
	(void)how;
	g_autoptr(thp_session) therapist = lane_session_of(r->therapist);

	lane_film(r, 6, TRUE);
	thp_route_hold_back(therapist);
	lane_talk(r, 400);
	assert_seen("1");
	g_assert_cmpuint(lane_dropped(), ==, 5);
}

/* Another route with the same hop in it: what waits there goes on, behind what has gone. */
static void test_replaced(lane *r, gconstpointer how)
{
	(void)how;
	thp_route_plan plan = plan_of(r);

	lane_film(r, 6, TRUE);
	thp_route_set(r->sender, &plan);
	lane_talk(r, 100);
	assert_seen("1 2");
	plan.audio = FALSE; /* the microphone is off: its packets come, and go nowhere */
	thp_route_set(r->sender, &plan);
	lane_talk(r, 400);
	assert_seen("3 4 5 6");
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
	g_assert_cmpuint(lane_dropped(), ==, 0);
	lane_rate(r, LANE_KBPS);
	lane_film(r, 6, FALSE);
	plan.video = FALSE;
	thp_route_set(r->sender, &plan);
	lane_talk(r, 400);
	plan.video = TRUE;
	thp_route_set(r->sender, &plan);
	lane_talk(r, 400);
	assert_seen("7");
	g_assert_cmpuint(lane_dropped(), ==, 5);
	/* What was decided was about a picture that is over. */
	g_assert_cmpuint(atomic_load(&r->gate->paced_kbps), ==, 0);
	lane_film(r, 2, TRUE);
	assert_seen("13 14");
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(lane *, gconstpointer);
	} tests[] = {
		{"removed", test_removed},
		{"held-back", test_held_back},
		{"receiver-held-back", test_receiver_held_back},
		{"replaced", test_replaced},
	};

	g_test_init(&argc, &argv, NULL);
	lane_freeze();
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/shell/pacing/route/", tests[i].name, NULL);
		g_test_add(path, lane, NULL, lane_open, tests[i].test, lane_close);
	}
	return g_test_run();
}
