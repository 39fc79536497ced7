/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coming, waiting, going, being lost and found: who is told what. Admission has a file of its own.
 */
#include "stage.h"

#include <string.h>

#define CLIENT    THP_ROLE_CLIENT
#define GUEST     THP_ROLE_GUEST
#define OBSERVER  THP_ROLE_OBSERVER
#define THERAPIST THP_ROLE_THERAPIST

static void test_first_arrival(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	g_assert_true(thp_area_is_idle(s.area));
	g_assert_cmpstr(thp_area_name(s.area), ==, "khan");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "joined waiting/arrived@r1");
	g_assert_cmpstr(stage_concerned(&s), ==, "ann");
	g_assert_false(thp_area_is_idle(s.area));
}

/* No waiting person can learn that another exists. */
static void test_those_who_wait_wait_alone(void)
{
	static const char *const who[] = {"ann", "bob", "eve"};
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "bob", CLIENT, "r1");
	g_assert_cmpint(stage_knock(&s, "eve", GUEST, "r2"), ==, THP_OK);
	g_assert_cmpstr(stage_concerned(&s), ==, "eve");
	g_assert_cmpint(stage_media(&s, "ann", FALSE, TRUE, -1), ==, THP_OK);
	g_assert_cmpstr(stage_concerned(&s), ==, "ann");
	stage_lose(&s, "bob");
	assert_told(&s, "ann", "");
	assert_told(&s, "eve", "");
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	assert_told(&s, "eve", "");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	for (guint i = 0; i < G_N_ELEMENTS(who); i++) {
		g_autoptr(GArray) people = thp_area_people(s.area, who[i], s.now);
		g_autoptr(GArray) roster = thp_area_roster(s.area, who[i]);
		g_assert_cmpuint(people->len, ==, 0);
		g_assert_cmpuint(roster->len, ==, 0);
		g_assert_cmpstr(stage_flows(&s, who[i]), ==, "");
	}
}

static void test_presence_of_the_therapist(void)
{
	g_auto(stage) s = {0};
	thp_self self;

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_true(thp_area_self(s.area, "ann", &self));
	g_assert_false(self.therapist_present);
	g_assert_cmpint(stage_knock(&s, "tom", THERAPIST, ""), ==, THP_OK);
	assert_told(&s, "ann", "presence=1");
	assert_told(&s, "tom", "joined waiting/arrived list[ann]");
	g_assert_true(thp_area_self(s.area, "ann", &self));
	g_assert_true(self.therapist_present);
	stage_lose(&s, "tom");
	assert_told(&s, "ann", "presence=0");
	g_assert_cmpint(stage_knock(&s, "tom", THERAPIST, ""), ==, THP_OK);
	assert_told(&s, "ann", "presence=1");
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_LEAVE), ==, THP_OK);
	assert_told(&s, "ann", "presence=0");
}

static void test_another_rooms_therapist_is_not_present(void)
{
	g_auto(stage) s = {0};
	thp_self self;

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_knock(&s, "tom", THERAPIST, "r2"), ==, THP_OK);
	assert_told(&s, "ann", "presence=0");
	assert_told(&s, "tom", "joined waiting/arrived list[]");
	g_assert_true(thp_area_self(s.area, "ann", &self));
	g_assert_false(self.therapist_present);
}

/* What a therapist's list says of one person, from the knock to the goodbye. */
static void test_the_list(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	thp_person ann = stage_seen(&s, "tom", "ann");
	g_assert_cmpstr(ann.name, ==, "ann");
	g_assert_cmpstr(ann.room, ==, "r1");
	g_assert_cmpint(ann.role, ==, CLIENT);
	g_assert_cmpint(ann.state, ==, THP_WAITING);
	g_assert_cmpuint(ann.knock, ==, 1);
	g_assert_false(ann.ready || ann.away || ann.locked);
	stage_wait(&s, 75);
	g_assert_cmpint(stage_seen(&s, "tom", "ann").waited_s, ==, 75);
	g_assert_cmpint(stage_paths(&s, "ann", TRUE, -1, 0), ==, THP_OK);
	g_assert_false(stage_seen(&s, "tom", "ann").ready);
	g_assert_cmpint(stage_paths(&s, "ann", -1, TRUE, 1), ==, THP_OK);
	g_assert_true(stage_seen(&s, "tom", "ann").ready);
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, "r1"), ==, THP_OK);
	g_assert_true(stage_seen(&s, "tom", "ann").locked);
	stage_lose(&s, "ann");
	ann = stage_seen(&s, "tom", "ann");
	g_assert_true(ann.away);
	g_assert_false(ann.ready);
	g_assert_cmpint(ann.state, ==, THP_WAITING);
	g_assert_cmpint(ann.waited_s, ==, 75);
}

static void test_an_observer_is_ready_with_one_connection(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	g_assert_cmpint(stage_knock(&s, "oda", OBSERVER, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_paths(&s, "oda", -1, TRUE, 1), ==, THP_OK);
	g_assert_true(stage_seen(&s, "tom", "oda").ready);
	g_assert_cmpint(stage_media(&s, "oda", TRUE, TRUE, -1), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(stage_ask(&s, "oda", THP_REQ_PUBLISH), ==, THP_NOT_ALLOWED);
}

/* Arrivals reach the therapist at once, then at most once a second. */
static void test_arrivals_are_told_once_a_second(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_wait(&s, 5);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "tom", "list[ann]");
	for (int i = 0; i < 9; i++) {
		g_autofree char *who = g_strdup_printf("c%d", i);

		stage_wait(&s, 0.1);
		assert_told(&s, "tom", "");
		g_assert_cmpint(stage_knock(&s, who, CLIENT, "r2"), ==, THP_OK);
		assert_told(&s, "tom", "");
	}
	g_assert_cmpint(thp_area_deadline(s.area, s.now) - s.now.mono_us, ==, G_USEC_PER_SEC / 10);
	stage_wait(&s, 0.1);
	assert_told(&s, "tom", "list[ann,c0,c1,c2,c3,c4,c5,c6,c7,c8]");
	stage_wait(&s, 10);
	assert_told(&s, "tom", "");
}

/* ---- leaving and coming back ---- */

static void test_leaving(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_wait(&s, 5);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	assert_told(&s, "ann", "silence left/left@r1 close");
	assert_told(&s, "tom", "list[]");
	g_assert_false(stage_has(&s, "ann"));
	/* The same device may use the invitation again: a new knock. */
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "joined waiting/arrived@r1");
	g_assert_cmpuint(stage_seen(&s, "tom", "ann").knock, ==, 2);
}

static void test_nobody_acts_without_having_joined(void)
{
	g_auto(stage) s = {0};
	thp_event event = {
		.kind = THP_EV_REQUEST, .link = 1, .actor = "ann", .request = THP_REQ_LEAVE};

	stage_open(&s);
	g_assert_cmpint(thp_area_apply(s.area, &event, s.now, &s.fx), ==, THP_NOT_JOINED);
	stage_arrive(&s, "ann", CLIENT, "r1");
	event.link = 99;
	g_assert_cmpint(thp_area_apply(s.area, &event, s.now, &s.fx), ==, THP_NOT_JOINED);
	event.actor = NULL;
	g_assert_cmpint(thp_area_apply(s.area, &event, s.now, &s.fx), ==, THP_NOT_JOINED);
}

/* An away person has no link; an event that claims to come from link 0 is not theirs. */
static void test_nobody_acts_while_away(void)
{
	static const thp_event_kind kinds[] = {THP_EV_REQUEST, THP_EV_PATHS, THP_EV_LINK_LOST};
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_lose(&s, "ann");
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		thp_event event = {.kind = kinds[i],
				   .actor = "ann",
				   .request = THP_REQ_LEAVE,
				   .publisher_up = TRUE,
				   .receiver_up = TRUE,
				   .pairs = 1};
		g_assert_cmpint(thp_area_apply(s.area, &event, s.now, &s.fx), ==, THP_NOT_JOINED);
		g_assert_cmpstr(thp_area_violation(s.area), ==, NULL);
	}
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "joined-again waiting/resumed@r1");
}

static void test_lost_and_found(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_wait(&s, 5);
	stage_lose(&s, "ann");
	assert_told(&s, "ann", "silence");
	assert_told(&s, "tom", "list[ann]");
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_AWAY);
	stage_wait(&s, STAGE_GRACE_S - 1);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "joined-again waiting/resumed@r1");
	/* An admission meant for the former knock must miss. */
	g_assert_cmpuint(stage_seen(&s, "tom", "ann").knock, ==, 2);
	/* But the time since the first one counts. */
	g_assert_cmpint(stage_seen(&s, "tom", "ann").waited_s, ==, STAGE_GRACE_S - 1 + 5);
}

static void test_lost_for_good(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_wait(&s, 5);
	stage_lose(&s, "ann");
	g_assert_cmpint(thp_area_deadline(s.area, s.now) - s.now.mono_us, ==,
			STAGE_GRACE_S * G_USEC_PER_SEC);
	stage_wait(&s, STAGE_GRACE_S);
	g_assert_false(stage_has(&s, "ann"));
	assert_told(&s, "ann", "");
	assert_told(&s, "tom", "list[]");
	/* The link still opens for the device that used it. */
	g_assert_cmpint(stage_knock_elsewhere(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_USED);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "joined waiting/arrived@r1");
}

/* The same link opened in a second tab: the newer one wins, and the older one is told. */
static void test_a_second_tab(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_media(&s, "ann", FALSE, FALSE, TRUE), ==, THP_OK);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann",
		    "former:silence former:left/replaced@r1 former:close "
		    "joined-again waiting/resumed@r1");
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "");
}

static void test_a_therapists_second_tab_does_not_flicker(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "tom", THERAPIST, "");
	g_assert_cmpint(stage_knock(&s, "tom", THERAPIST, ""), ==, THP_OK);
	assert_told(&s, "ann", "presence=1");
}

/* ---- invitations ---- */

static void test_one_device_an_invitation(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_knock_elsewhere(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_USED);
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	g_assert_cmpint(stage_knock_elsewhere(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_USED);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
}

static void test_expiry_while_waiting(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	s.exp_s = STAGE_START_S + 600;
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_wait(&s, 500);
	g_assert_cmpint(thp_area_deadline(s.area, s.now) - s.now.mono_us, ==,
			(100 + STAGE_SKEW_S + 1) * G_USEC_PER_SEC);
	stage_wait(&s, 100 + STAGE_SKEW_S);
	g_assert_true(stage_has(&s, "ann"));
	stage_wait(&s, 1);
	assert_told(&s, "ann", "silence ended/expired@r1 close");
	g_assert_false(stage_has(&s, "ann"));
}

/* A wall clock that jumps ends nobody's waiting early by more than it jumped, and never a grace. */
static void test_the_wall_clock_does_not_rule_the_grace(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_lose(&s, "ann");
	s.now.wall_s += 3600;
	stage_wait(&s, 1);
	g_assert_true(stage_has(&s, "ann"));
	s.now.wall_s -= 7200;
	stage_wait(&s, STAGE_GRACE_S - 1);
	g_assert_false(stage_has(&s, "ann"));
}

/* What an invitation was bound to is remembered until it has expired, and no longer. */
static void test_bindings_are_forgotten(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	s.exp_s = STAGE_START_S + 600;
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	g_assert_false(thp_area_is_idle(s.area));
	stage_wait(&s, 600 + STAGE_SKEW_S);
	g_assert_false(thp_area_is_idle(s.area));
	g_assert_cmpint(stage_knock_elsewhere(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_USED);
	/* There is no hurry: a minute later will do. */
	stage_wait(&s, 61);
	g_assert_true(thp_area_is_idle(s.area));
	g_assert_cmpint(thp_area_deadline(s.area, s.now), ==, G_MAXINT64);
}

static void test_limits(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	s.limits.people = 2;
	s.limits.bindings = 3;
	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "bob", CLIENT, "r2");
	g_assert_cmpint(stage_knock(&s, "eve", CLIENT, "r3"), ==, THP_AREA_FULL);
	/* A knock that was refused for want of room has bound nothing. */
	g_assert_cmpint(stage_ask(&s, "bob", THP_REQ_LEAVE), ==, THP_OK);
	g_assert_cmpint(stage_knock_elsewhere(&s, "eve", CLIENT, "r3"), ==, THP_OK);
	g_assert_cmpint(stage_ask(&s, "eve", THP_REQ_LEAVE), ==, THP_OK);
	g_assert_cmpint(stage_knock(&s, "dan", CLIENT, "r3"), ==, THP_AREA_FULL);
	/* Whoever is remembered already needs no new place. */
	g_assert_cmpint(stage_knock(&s, "bob", CLIENT, "r2"), ==, THP_OK);
}

/* ---- media of those who wait ---- */

static void test_echo(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_media(&s, "ann", TRUE, TRUE, TRUE), ==, THP_OK);
	assert_told(&s, "ann", "route[] keyframe");
	stage_connect(&s, "ann", 1);
	assert_told(&s, "ann", "route[ann:0] keyframe");
	g_assert_cmpint(stage_media(&s, "ann", -1, -1, FALSE), ==, THP_OK);
	assert_told(&s, "ann", "route[]");
	/* Nobody hears themselves unasked. */
	stage_arrive(&s, "bob", CLIENT, "r1");
	g_assert_cmpstr(stage_flows(&s, "bob"), ==, "");
}

static void test_media_flags(void)
{
	g_auto(stage) s = {0};
	thp_self self;

	stage_open(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_media(&s, "ann", FALSE, -1, -1), ==, THP_OK);
	g_assert_true(thp_area_self(s.area, "ann", &self));
	g_assert_false(self.audio);
	g_assert_true(self.video);
	g_assert_cmpint(stage_media(&s, "ann", -1, FALSE, -1), ==, THP_OK);
	assert_told(&s, "ann", "route[]");
	g_assert_cmpint(stage_media(&s, "ann", -1, TRUE, -1), ==, THP_OK);
	assert_told(&s, "ann", "route[] keyframe");
	g_assert_true(thp_area_self(s.area, "ann", &self));
	g_assert_false(self.audio);
	g_assert_true(self.video);
}

/* ---- the others ---- */

static void test_counting_heads(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "bob", CLIENT, "r2");
	stage_arrive(&s, "eve", CLIENT, "r2");
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_ADMIT, "ann"), ==, THP_OK);
	stage_lose(&s, "eve");
	thp_area_count n = thp_area_count_heads(s.area);
	g_assert_cmpuint(n.participants, ==, 4);
	g_assert_cmpuint(n.rooms, ==, 2);
	g_assert_cmpuint(n.waiting, ==, 1);
	g_assert_cmpuint(n.admitted, ==, 2);
	g_assert_cmpuint(n.away, ==, 1);
}

static void test_shutdown(void)
{
	g_auto(stage) s = {0};

	stage_open(&s);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "bob", CLIENT, "r2");
	stage_lose(&s, "bob");
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_ADMIT, "ann"), ==, THP_OK);
	stage_shut_down(&s);
	assert_told(&s, "ann", "left/shutdown@r1 close");
	assert_told(&s, "tom", "left/shutdown@r1 close");
	assert_told(&s, "bob", "");
}

static void test_unknown_event(void)
{
	g_auto(stage) s = {0};
	thp_event event = {.kind = (thp_event_kind)99};

	stage_open(&s);
	g_assert_cmpint(thp_area_apply(s.area, &event, s.now, &s.fx), ==, THP_INTERNAL);
	g_assert_cmpuint(s.fx.list->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func("/area/" name, function)
	TEST("first-arrival", test_first_arrival);
	TEST("those-who-wait-wait-alone", test_those_who_wait_wait_alone);
	TEST("presence-of-the-therapist", test_presence_of_the_therapist);
	TEST("presence-in-another-room", test_another_rooms_therapist_is_not_present);
	TEST("list", test_the_list);
	TEST("list/observer-ready", test_an_observer_is_ready_with_one_connection);
	TEST("list/once-a-second", test_arrivals_are_told_once_a_second);
	TEST("leaving", test_leaving);
	TEST("not-joined", test_nobody_acts_without_having_joined);
	TEST("not-while-away", test_nobody_acts_while_away);
	TEST("lost-and-found", test_lost_and_found);
	TEST("lost-for-good", test_lost_for_good);
	TEST("second-tab", test_a_second_tab);
	TEST("second-tab/therapist", test_a_therapists_second_tab_does_not_flicker);
	TEST("invitation/one-device", test_one_device_an_invitation);
	TEST("invitation/expiry", test_expiry_while_waiting);
	TEST("invitation/wall-clock", test_the_wall_clock_does_not_rule_the_grace);
	TEST("invitation/forgotten", test_bindings_are_forgotten);
	TEST("limits", test_limits);
	TEST("media/echo", test_echo);
	TEST("media/flags", test_media_flags);
	TEST("heads", test_counting_heads);
	TEST("shutdown", test_shutdown);
	TEST("unknown-event", test_unknown_event);
	return g_test_run();
}
