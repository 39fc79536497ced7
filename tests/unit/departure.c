/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways out of a room: held, denied, removed, ended, lost; and a room that is without its therapist. */
#include "stage.h"

#include <string.h>

#define CLIENT    THP_ROLE_CLIENT
#define GUEST     THP_ROLE_GUEST
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

/* ---- out of the room ---- */

static void test_hold(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 2);
	g_assert_cmpint(stage_aim(&s, "tom", HOLD, "ann"), ==, THP_OK);
	assert_told(&s, "ann", "silence held/held@r1 presence=1");
	assert_told(&s, "tom", "route[] roster[] list[ann]");
	g_assert_cmpint(stage_state(&s, "tom"), ==, THP_ADMITTED);
	g_assert_cmpint(stage_aim(&s, "tom", HOLD, "ann"), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	assert_told(&s, "ann", "silence route[tom:0] keyframe roster[tom:0] admitted/admitted@r1");
}

static void test_deny(void)
{
	g_auto(stage) s = {0};

	open_practice(&s, 2);
	g_assert_cmpint(stage_say(&s, "tom", DENY, "ann", "Please call."), ==, THP_OK);
	assert_told(&s, "ann", "silence denied/denied@r1\"Please call.\" close");
	assert_told(&s, "tom", "list[]");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
	/* A stolen link does not even learn that. */
	g_assert_cmpint(stage_knock_elsewhere(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_USED);
}

static void test_deny_somebody_away(void)
{
	g_auto(stage) s = {0};

	open_practice(&s, 2);
	stage_lose(&s, "ann");
	g_assert_cmpint(stage_aim(&s, "tom", DENY, "ann"), ==, THP_OK);
	assert_told(&s, "ann", "");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
}

static void test_remove(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 3);
	stage_arrive(&s, "bob", CLIENT, "r1");
	stage_wait(&s, 5);
	g_assert_cmpint(stage_aim(&s, "tom", REMOVE, "bob"), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", REMOVE, "bob"), ==, THP_OK);
	assert_told(&s, "bob", "silence removed/removed@r1 close");
	assert_told(&s, "ann", "route[tom:0] roster[tom:0]");
	assert_told(&s, "tom", "route[ann:0] roster[ann:0] list[ann]");
	g_assert_cmpint(stage_knock(&s, "bob", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
}

/* Who is in another therapist's room is seen, but not touched. */
static void test_hold_and_remove_from_inside_only(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 2);
	stage_arrive(&s, "tim", THERAPIST, "");
	g_assert_cmpint(stage_aim(&s, "tim", REMOVE, "ann"), ==, THP_WRONG_STATE);
	stage_arrive(&s, "bob", CLIENT, "r2");
	g_assert_cmpint(stage_aim(&s, "tim", ADMIT, "bob"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tim", HOLD, "ann"), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_aim(&s, "tim", REMOVE, "ann"), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
}

static void test_message(void)
{
	g_auto(stage) s = {0};

	open_practice(&s, 2);
	g_assert_cmpint(stage_say(&s, "tom", THP_REQ_MESSAGE, "ann", "Five minutes."), ==, THP_OK);
	assert_told(&s, "ann", "message=\"Five minutes.\"");
	g_assert_cmpstr(stage_concerned(&s), ==, "ann");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "ann"), ==, THP_OK);
	g_assert_cmpint(stage_say(&s, "tom", THP_REQ_MESSAGE, "ann", "x"), ==, THP_WRONG_STATE);
}

static void test_end(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 3);
	stage_arrive(&s, "gus", GUEST, "r1");
	stage_arrive(&s, "eve", CLIENT, "r2");
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_END), ==, THP_OK);
	assert_told(&s, "ann", "silence ended/ended@r1 close");
	assert_told(&s, "tom", "silence waiting/ended list[eve,gus]");
	/* Whoever was not let in yet may still be. */
	g_assert_cmpint(stage_state(&s, "gus"), ==, THP_WAITING);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_END), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "eve"), ==, THP_OK);
}

/* The end is for everybody who was in the session, also if they are away or held just now. */
static void test_end_with_people_away_and_held(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 4);
	stage_arrive(&s, "bob", CLIENT, "r1");
	stage_arrive(&s, "gus", GUEST, "r1");
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "bob"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", ADMIT, "gus"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", HOLD, "gus"), ==, THP_OK);
	stage_lose(&s, "bob");
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_END), ==, THP_OK);
	assert_told(&s, "gus", "silence ended/ended@r1 close");
	g_assert_cmpint(stage_knock(&s, "bob", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
	g_assert_cmpint(stage_knock(&s, "gus", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
}

/* ---- therapists ---- */

static void test_two_therapists(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 3);
	stage_arrive(&s, "tim", THERAPIST, "");
	stage_arrive(&s, "gus", GUEST, "r1");
	/* The second therapist comes in with the guest: that takes two seats, and one is left. */
	g_assert_cmpint(stage_aim(&s, "tim", ADMIT, "gus"), ==, THP_ROOM_FULL);
	s.seats = 4;
	stage_arrive(&s, "bob", CLIENT, "r1");
	g_assert_cmpint(stage_aim(&s, "tim", ADMIT, "gus"), ==, THP_OK);
	g_assert_nonnull(strstr(stage_told(&s, "ann"), "roster[gus:"));
	/* One therapist left is enough. */
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_LEAVE), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	g_assert_cmpint(stage_state(&s, "gus"), ==, THP_ADMITTED);
	/* None is not. */
	g_assert_cmpint(stage_ask(&s, "tim", THP_REQ_LEAVE), ==, THP_OK);
	assert_told(&s, "ann", "silence held/therapist_left@r1 presence=0");
	assert_told(&s, "gus", "silence held/therapist_left@r1 presence=0");
	assert_told(&s, "bob", "presence=0");
}

static void test_the_end_is_for_both_therapists(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 4);
	stage_arrive(&s, "tim", THERAPIST, "");
	stage_arrive(&s, "gus", GUEST, "r1");
	g_assert_cmpint(stage_aim(&s, "tim", ADMIT, "gus"), ==, THP_OK);
	stage_lose(&s, "tim");
	g_assert_cmpint(stage_ask(&s, "tom", THP_REQ_END), ==, THP_OK);
	assert_told(&s, "tom", "silence waiting/ended list[]");
	g_assert_cmpint(stage_knock(&s, "tim", THERAPIST, ""), ==, THP_OK);
	assert_told(&s, "tim", "joined-again waiting/resumed list[]");
}

/* A therapist whose link is lost keeps the room as it is, for the grace; then everybody waits
 * again. */
static void test_a_therapist_is_lost(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 3);
	stage_arrive(&s, "bob", CLIENT, "r1");
	stage_wait(&s, 5);
	stage_lose(&s, "tom");
	assert_told(&s, "tom", "silence");
	assert_told(&s, "ann", "route[] roster[tom:0:away]");
	assert_told(&s, "bob", "presence=0");
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	stage_wait(&s, STAGE_GRACE_S);
	assert_told(&s, "ann", "silence held/therapist_left@r1 presence=0");
	g_assert_false(stage_has(&s, "tom"));
}

static void test_a_therapist_is_back(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 2);
	stage_lose(&s, "tom");
	stage_wait(&s, STAGE_GRACE_S / 2);
	g_assert_cmpint(stage_knock(&s, "tom", THERAPIST, ""), ==, THP_OK);
	assert_told(&s, "tom",
		    "route[] joined-again admitted/resumed@r1 state roster[ann:-] list[ann]");
	assert_told(&s, "ann", "route[] roster[tom:0]");
	stage_connect(&s, "tom", 1);
	assert_told(&s, "ann", "route[tom:0] keyframe roster[tom:0]");
	assert_told(&s, "tom", "route[ann:0] keyframe roster[ann:0]");
}

static void test_a_client_is_back_in_the_room(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 2);
	stage_wait(&s, 5);
	stage_lose(&s, "ann");
	assert_told(&s, "ann", "silence");
	assert_told(&s, "tom", "route[] roster[ann:0:away] list[ann]");
	g_assert_true(stage_seen(&s, "tom", "ann").away);
	g_assert_cmpint(stage_seen(&s, "tom", "ann").state, ==, THP_ADMITTED);
	stage_wait(&s, STAGE_GRACE_S - 1);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "route[] joined-again admitted/resumed@r1 state roster[tom:-]");
	stage_connect(&s, "ann", 1);
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "tom:0");
	g_assert_cmpstr(stage_flows(&s, "tom"), ==, "ann:0");
}

static void test_a_client_does_not_come_back(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 2);
	stage_lose(&s, "ann");
	stage_wait(&s, STAGE_GRACE_S - 1);
	g_assert_true(stage_has(&s, "ann"));
	stage_wait(&s, 1);
	g_assert_false(stage_has(&s, "ann"));
	assert_told(&s, "tom", "route[] roster[] list[]");
	/* Admitted once is not admitted for ever. */
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "joined waiting/arrived@r1");
}

/* An invitation says when one may come in, not when one must go. */
static void test_expiry_during_the_session(void)
{
	g_auto(stage) s = {0};

	open_session(&s, 2);
	stage_wait(&s, 2 * 86400);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	g_assert_cmpint(stage_state(&s, "tom"), ==, THP_ADMITTED);
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "tom:0");
	/* Held, the client is one who waits with an expired invitation. */
	g_assert_cmpint(stage_aim(&s, "tom", HOLD, "ann"), ==, THP_OK);
	stage_wait(&s, 0);
	assert_told(&s, "ann", "silence ended/expired@r1 close");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func("/departure/" name, function)
	TEST("hold", test_hold);
	TEST("deny", test_deny);
	TEST("deny/away", test_deny_somebody_away);
	TEST("remove", test_remove);
	TEST("remove/from-inside-only", test_hold_and_remove_from_inside_only);
	TEST("message", test_message);
	TEST("end", test_end);
	TEST("end/away-and-held", test_end_with_people_away_and_held);
	TEST("therapists/two", test_two_therapists);
	TEST("therapists/end-for-both", test_the_end_is_for_both_therapists);
	TEST("therapists/lost", test_a_therapist_is_lost);
	TEST("therapists/back", test_a_therapist_is_back);
	TEST("client/back", test_a_client_is_back_in_the_room);
	TEST("client/not-back", test_a_client_does_not_come_back);
	TEST("client/expired-inside", test_expiry_during_the_session);
	return g_test_run();
}
