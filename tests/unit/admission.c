/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letting in: who may, whom, into which room, on which pairs; and what flows then. */
#include "stage.h"

#include <string.h>

#define CLIENT    THP_ROLE_CLIENT
#define GUEST     THP_ROLE_GUEST
#define OBSERVER  THP_ROLE_OBSERVER
#define THERAPIST THP_ROLE_THERAPIST

#define ADMIT  THP_REQ_ADMIT
#define HOLD   THP_REQ_HOLD
#define DENY   THP_REQ_DENY
#define REMOVE THP_REQ_REMOVE

/* A therapist at the desk, and ann waiting for room r1 with a place for @seats. */
static void open_practice(stage *s, int seats)
{
	stage_open(s);
	s->seats = seats;
	stage_arrive(s, "tom", THERAPIST, "");
	stage_arrive(s, "ann", CLIENT, "r1");
	stage_wait(s, 5);
}

/* The same, with ann let in. */
static void open_session(stage *s, int seats)
{
	open_practice(s, seats);
	g_assert_cmpint(stage_aim(s, "tom", ADMIT, "ann"), ==, THP_OK);
}

/* ---- letting in ---- */

static void test_admission(void)
{
	g_auto(stage) s = {0};

	open_practice(&s, 2);
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	assert_told(&s, "ann", "silence route[tom:0] keyframe roster[tom:0] admitted/admitted@r1");
	assert_told(&s, "tom",
		    "silence route[ann:0] keyframe roster[ann:0] admitted/admitted@r1 list[ann]");
	g_assert_cmpstr(stage_concerned(&s), ==, "ann,tom");
	g_assert_cmpint(stage_seen(&s, "tom", "ann").state, ==, THP_ADMITTED);
}

static void test_those_who_wait_notice_nothing(void)
{
	g_auto(stage) s = {0};

	open_practice(&s, 3);
	stage_arrive(&s, "bob", CLIENT, "r1");
	stage_arrive(&s, "eve", CLIENT, "r2");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	g_assert_cmpstr(stage_concerned(&s), ==, "ann,tom");
	g_assert_cmpint(stage_aim(&s, "tom", HOLD, "ann"), ==, THP_OK);
	g_assert_cmpstr(stage_concerned(&s), ==, "ann,tom");
	g_assert_cmpint(stage_aim(&s, "tom", DENY, "ann"), ==, THP_OK);
	g_assert_cmpstr(stage_concerned(&s), ==, "ann,tom");
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, "r1"), ==, THP_OK);
	g_assert_cmpstr(stage_concerned(&s), ==, "tom");
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_END), ==, THP_OK);
	assert_told(&s, "bob", "");
	assert_told(&s, "eve", "");
}

/* Admitted before the connections stand: nothing flows until they do, then it flows at once. */
static void test_admission_before_the_connections(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	assert_told(&s, "ann", "silence route[] roster[tom:-] admitted/admitted@r1");
	assert_told(&s, "tom",
		    "silence route[] keyframe roster[ann:0] admitted/admitted@r1 list[ann]");
	g_assert_cmpint(stage_paths(&s, "ann", TRUE, -1, 0), ==, THP_OK);
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "tom:0");
	stage_wait(&s, 5);
	g_assert_cmpint(stage_paths(&s, "ann", -1, TRUE, 1), ==, THP_OK);
	assert_told(&s, "ann", "route[tom:0] keyframe roster[tom:0]");
	assert_told(&s, "tom", "route[ann:0] keyframe roster[ann:0] list[ann]");
}

static void test_echo_ends_with_admission(void)
{
	g_auto(stage) s = {0};

	open_practice(&s, 2);
	g_assert_cmpint(stage_media(&s, "ann", -1, -1, TRUE), ==, THP_OK);
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "ann:0");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "tom:0");
	g_assert_cmpint(stage_media(&s, "ann", -1, -1, TRUE), ==, THP_WRONG_STATE);
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "tom:0");
}

/* The number on the list names one knock of one person: nobody else can be let in by it. */
static void test_the_knock_must_be_the_one_seen(void)
{
	g_auto(stage) s = {0};
	thp_event event = {.kind = THP_EV_REQUEST, .link = 1, .actor = "tom", .target = "ann"};
	static const thp_request_kind kinds[] = {ADMIT, DENY};
	static const guint32 knocks[] = {0, 1, 3, G_MAXUINT32};

	open_practice(&s, 2);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	stage_arrive(&s, "ann", CLIENT, "r1");
	for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
		event.request = kinds[k];
		for (guint i = 0; i < G_N_ELEMENTS(knocks); i++) {
			event.knock = knocks[i];
			g_assert_cmpint(thp_area_apply(s.area, &event, s.now, &s.fx), ==,
					THP_STALE_KNOCK);
		}
	}
	event.request = ADMIT;
	event.knock = 2;
	g_assert_cmpint(thp_area_apply(s.area, &event, s.now, &s.fx), ==, THP_OK);
}

static void test_only_a_therapist_lets_in(void)
{
	static const thp_request_kind kinds[] = {ADMIT, HOLD, DENY, REMOVE, THP_REQ_MESSAGE};
	static const char *const who[] = {"bob", "gus", "oda"};
	g_auto(stage) s = {0};

	open_session(&s, 8);
	stage_arrive(&s, "bob", CLIENT, "r1");
	stage_arrive(&s, "gus", GUEST, "r1");
	stage_arrive(&s, "oda", OBSERVER, "r1");
	for (guint w = 0; w < G_N_ELEMENTS(who); w++) {
		for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
			g_assert_cmpint(stage_aim(&s, who[w], kinds[k], "ann"), ==,
					THP_NOT_ALLOWED);
			g_assert_cmpint(stage_aim(&s, who[w], kinds[k], who[w]), ==,
					THP_NOT_ALLOWED);
		}
		g_assert_cmpint(stage_ask(&s, who[w], THP_REQ_END), ==, THP_NOT_ALLOWED);
		g_assert_cmpint(stage_lock(&s, who[w], THP_REQ_LOCK, "r1"), ==, THP_NOT_ALLOWED);
	}
}

static void test_whom_nobody_can_let_in(void)
{
	g_auto(stage) s = {0};

	open_practice(&s, 2);
	stage_arrive(&s, "tim", THERAPIST, "");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "nobody"), ==, THP_NO_SUCH_PARTICIPANT);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, NULL), ==, THP_NO_SUCH_PARTICIPANT);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "tim"), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "tom"), ==, THP_NOT_ALLOWED);
	stage_lose(&s, "ann");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_WRONG_STATE);
}

/* ---- seats, locks and rooms ---- */

static void test_seats(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 3);
	stage_arrive(&s, "bob", CLIENT, "r1");
	stage_arrive(&s, "eve", CLIENT, "r1");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "eve"), ==, THP_ROOM_FULL);
	/* Whoever is away keeps their seat. */
	stage_lose(&s, "bob");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "eve"), ==, THP_ROOM_FULL);
	g_assert_cmpint(stage_aim(&s, "tom", HOLD, "bob"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "eve"), ==, THP_OK);
}

/* The largest of a room's invitations counts. */
static void test_seats_of_the_largest_invitation(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 2);
	stage_arrive(&s, "bob", CLIENT, "r1");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_ROOM_FULL);
	s.seats = 3;
	stage_arrive(&s, "gus", GUEST, "r1");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "gus"), ==, THP_ROOM_FULL);
}

static void test_lock(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 3);
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "route[tom:0] roster[tom:0]");
	stage_arrive(&s, "bob", CLIENT, "r1");
	assert_told(&s, "bob", "route[]");
	g_assert_true(stage_seen(&s, "tom", "bob").locked);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_ROOM_LOCKED);
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_UNLOCK, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, "r9"), ==, THP_NO_SUCH_ROOM);
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, ""), ==, THP_NO_SUCH_ROOM);
}

/* The end of a session unlocks: the next one in this room begins open. */
static void test_the_end_unlocks(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 3);
	stage_arrive(&s, "bob", CLIENT, "r1");
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_END), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
}

static void test_one_room_at_a_time(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 2);
	stage_arrive(&s, "bob", CLIENT, "r2");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_IN_ANOTHER_ROOM);
	/* Somebody whose link is lost is still company: they may be back. */
	stage_lose(&s, "ann");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_IN_ANOTHER_ROOM);
	g_assert_cmpint(stage_aim(&s, "tom", HOLD, "ann"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
	assert_told(&s, "tom",
		    "silence route[bob:0] keyframe roster[bob:0] admitted/admitted@r2 "
		    "list[ann,bob]");
	/* Who was sent back comes back to wait. */
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "joined-again held/resumed@r1");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_IN_ANOTHER_ROOM);
}

/* A therapist invited to one room has nothing to do with the others. */
static void test_a_therapist_of_one_room(void)
{
	static const thp_request_kind kinds[] = {ADMIT, HOLD, DENY, REMOVE, THP_REQ_MESSAGE};
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "r1");
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "bob", CLIENT, "r2");
	stage_wait(&s, 5);
	g_autoptr(GArray) people = thp_area_people(s.area, "tom", s.now);
	g_assert_cmpuint(people->len, ==, 1);
	g_assert_cmpstr(stage_seen(&s, "tom", "ann").room, ==, "r1");
	for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
		thp_event event = {.kind = THP_EV_REQUEST,
				   .link = 1,
				   .actor = "tom",
				   .request = kinds[k],
				   .target = "bob",
				   .knock = 1,
				   .text = "no"};
		thp_err err = thp_area_apply(s.area, &event, s.now, &s.fx);
		/* HOLD is not for somebody at the desk, whoever it is aimed at. */
		g_assert_cmpint(err, ==,
				kinds[k] == HOLD ? THP_WRONG_STATE : THP_NO_SUCH_PARTICIPANT);
	}
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, "r2"), ==, THP_NO_SUCH_ROOM);
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_UNLOCK, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
}

/* ---- more than two ---- */

static void test_a_room_of_four(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 4);
	stage_arrive(&s, "gus", GUEST, "r1");
	stage_arrive(&s, "oda", OBSERVER, "r1");
	stage_wait(&s, 5);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "gus"), ==, THP_OK);
	assert_told(&s, "ann", "route[gus:0,tom:0] keyframe roster[gus:1,tom:0]");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "oda"), ==, THP_OK);
	/* An observer receives, sends nothing, and is on everybody's roster. */
	g_assert_cmpstr(stage_flows(&s, "oda"), ==, "");
	g_assert_true(strstr(stage_told(&s, "ann"), "roster[gus:1,oda:-,tom:0]") != NULL);
	g_assert_cmpuint(strlen(stage_flows(&s, "ann")), ==, strlen("gus:0,oda:0,tom:0"));
	/* A picture that goes leaves the others where they are. */
	g_assert_cmpint(stage_aim(&s, "tom", HOLD, "gus"), ==, THP_OK);
	assert_told(&s, "gus", "silence held/held@r1 presence=1");
	g_assert_nonnull(strstr(stage_told(&s, "ann"), "roster[oda:-,tom:0]"));
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "gus"), ==, THP_OK);
	g_assert_true(strstr(stage_told(&s, "ann"), "roster[gus:1,oda:-,tom:0]") != NULL);
}

/* A therapist has enough pairs before the large room's people are admitted. */
static void test_pairs_grow_while_people_wait(void)
{
	g_auto(stage) s = {0};

	open_practice(&s, 2);
	g_assert_cmpuint(thp_area_pairs(s.area, "tom"), ==, 1);
	s.seats = 5;
	g_assert_cmpint(stage_knock(&s, "bob", CLIENT, "r2"), ==, THP_OK);
	assert_told(&s, "tom", "pairs=4 list[ann,bob]");
	g_assert_cmpuint(thp_area_pairs(s.area, "bob"), ==, 4);
	g_assert_cmpuint(thp_area_pairs(s.area, "ann"), ==, 1);
	/* Asked once is enough. */
	g_assert_cmpint(stage_knock(&s, "eve", CLIENT, "r2"), ==, THP_OK);
	assert_told(&s, "tom", "");
}

/* Fewer pairs than people: the rest are heard as soon as a pair is free. */
static void test_too_few_pairs(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 3);
	stage_arrive(&s, "bob", CLIENT, "r1");
	g_assert_cmpint(stage_paths(&s, "tom", -1, FALSE, 0), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
	g_assert_cmpstr(stage_flows(&s, "bob"), ==, "ann:1");
	/* The new receiver handle agreed to one pair only. */
	g_assert_cmpint(stage_paths(&s, "tom", -1, TRUE, 1), ==, THP_OK);
	g_autofree char *first =
		g_strconcat(stage_flows(&s, "ann"), ";", stage_flows(&s, "bob"), NULL);
	g_assert_true(strcmp(first, "bob:0,tom:0;ann:1") == 0 ||
		      strcmp(first, "bob:0;ann:1,tom:0") == 0);
	g_assert_cmpint(stage_paths(&s, "tom", -1, -1, 2), ==, THP_OK);
	g_assert_nonnull(strstr(stage_flows(&s, "ann"), "tom:"));
	g_assert_nonnull(strstr(stage_flows(&s, "bob"), "tom:"));
}

static void test_muting(void)
{
	g_auto(stage) s = {0};
	thp_route_plan plan;

	open_session(&s, 2);
	g_assert_cmpint(stage_media(&s, "ann", FALSE, -1, -1), ==, THP_OK);
	assert_told(&s, "tom", "route[ann:0] roster[ann:0]");
	thp_area_route(s.area, "ann", &plan);
	g_assert_false(plan.audio);
	g_assert_true(plan.video);
	g_autoptr(GArray) roster = thp_area_roster(s.area, "tom");
	g_assert_false(g_array_index(roster, thp_peer, 0).audio);
	g_assert_true(g_array_index(roster, thp_peer, 0).video);
	g_assert_cmpint(stage_media(&s, "ann", -1, FALSE, -1), ==, THP_OK);
	g_assert_cmpint(stage_media(&s, "ann", -1, TRUE, -1), ==, THP_OK);
	assert_told(&s, "ann", "route[tom:0] roster[tom:0] keyframe");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func("/admission/" name, function)
	TEST("admit", test_admission);
	TEST("admit/others-notice-nothing", test_those_who_wait_notice_nothing);
	TEST("admit/before-the-connections", test_admission_before_the_connections);
	TEST("admit/ends-the-echo", test_echo_ends_with_admission);
	TEST("admit/knock-number", test_the_knock_must_be_the_one_seen);
	TEST("admit/therapists-only", test_only_a_therapist_lets_in);
	TEST("admit/whom-not", test_whom_nobody_can_let_in);
	TEST("seats", test_seats);
	TEST("seats/largest-invitation", test_seats_of_the_largest_invitation);
	TEST("lock", test_lock);
	TEST("lock/ends-with-the-session", test_the_end_unlocks);
	TEST("one-room-at-a-time", test_one_room_at_a_time);
	TEST("therapist-of-one-room", test_a_therapist_of_one_room);
	TEST("four", test_a_room_of_four);
	TEST("pairs/grow", test_pairs_grow_while_people_wait);
	TEST("pairs/too-few", test_too_few_pairs);
	TEST("media/muting", test_muting);
	return g_test_run();
}
