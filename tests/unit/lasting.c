/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lasts of an area: written as it changes, read into a new area, and taken back when it could not be stored. */
#include "stage.h"

#include <string.h>

#include <therapy/lasting.h>

#define CLIENT    THP_ROLE_CLIENT
#define THERAPIST THP_ROLE_THERAPIST
#define GUEST     THP_ROLE_GUEST

#define MINUTE_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define WALKS     60
#define STEPS     150

/* ---- a disk: the facts by kind and key ---- */

static GHashTable *disk_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static const char *key_of(const thp_lasting *fact)
{
	return fact->kind == THP_LASTING_ROOM      ? fact->room.name
	       : fact->kind == THP_LASTING_BINDING ? fact->binding.key
						   : fact->person.key;
}

static void disk_write(GHashTable *disk, const GArray *facts)
{
	for (guint i = 0; facts && i < facts->len; i++) {
		const thp_lasting *fact = &g_array_index(facts, thp_lasting, i);
		char *name = g_strdup_printf("%d:%s", (int)fact->kind, key_of(fact));

		if (!fact->gone) {
			g_hash_table_replace(disk, name, g_memdup2(fact, sizeof *fact));
			continue;
		}
		g_assert_true(g_hash_table_remove(disk, name));
		g_free(name);
	}
}

static GArray *disk_read(GHashTable *disk)
{
	GArray *facts = g_array_new(FALSE, TRUE, sizeof(thp_lasting));
	GHashTableIter iter;
	thp_lasting *fact;

	g_hash_table_iter_init(&iter, disk);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&fact))
		g_array_append_val(facts, *fact);
	return facts;
}

/* What only says when the fact was written is not compared. */
static thp_lasting timeless(const thp_lasting *fact)
{
	thp_lasting bare;

	memcpy(&bare, fact, sizeof bare);
	if (bare.kind == THP_LASTING_PERSON)
		bare.person.knocked_s = 0;
	if (bare.kind == THP_LASTING_ROOM) {
		bare.room.clock.saved = (thp_clock_moment){0};
		bare.room.clock.ran_us = bare.room.clock.paused_us = bare.room.clock.lonely_us = 0;
	}
	return bare;
}

static gboolean same_disk(GHashTable *a, GHashTable *b)
{
	GHashTableIter iter;
	gpointer key, value;

	if (g_hash_table_size(a) != g_hash_table_size(b))
		return FALSE;
	g_hash_table_iter_init(&iter, a);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		const thp_lasting *other = g_hash_table_lookup(b, key);
		if (!other)
			return FALSE;
		thp_lasting one = timeless(value), two = timeless(other);
		if (memcmp(&one, &two, sizeof one) != 0)
			return FALSE;
	}
	return TRUE;
}

static thp_clock_moment moment(const stage *s)
{
	return (thp_clock_moment){
		.mono_us = s->now.mono_us, .wall_us = s->now.wall_s * G_USEC_PER_SEC, .boot = 7};
}

/* Takes what has changed since the last call to the disk. */
static void write_changes(stage *s, GHashTable *disk)
{
	g_autoptr(GArray) facts = thp_area_changes(s->area, moment(s));

	disk_write(disk, facts);
}

static GHashTable *everything(thp_area *area, thp_clock_moment at)
{
	GHashTable *all = disk_new();

	thp_area_forget_written(area);
	g_autoptr(GArray) facts = thp_area_changes(area, at);
	disk_write(all, facts);
	return all;
}

/* A new process: another area, from what is on the disk, @later_s afterwards. */
static guint start_again(stage *s, GHashTable *disk, int later_s)
{
	g_autoptr(GArray) facts = disk_read(disk);

	thp_area_free(s->area);
	s->area = thp_area_new("khan", &s->limits);
	s->now.mono_us += (gint64)later_s * G_USEC_PER_SEC;
	s->now.wall_s += later_s;
	guint left_out = thp_area_restore(s->area, (const thp_lasting *)(void *)facts->data,
					  facts->len, s->now, moment(s));
	g_assert_cmpstr(thp_area_violation(s->area), ==, NULL);
	return left_out;
}

static void open_practice(stage *s)
{
	s->limits = (thp_area_limits){.people = STAGE_PEOPLE,
				      .bindings = STAGE_INVITATIONS,
				      .grace_us = STAGE_GRACE_S * G_USEC_PER_SEC,
				      .skew_s = STAGE_SKEW_S,
				      .list_us = STAGE_LIST_S * G_USEC_PER_SEC,
				      .retention_s = 90 * 86400,
				      .session = {.clock = {.max_us = 180 * MINUTE_US,
							    .pause_us = 10 * MINUTE_US,
							    .alone_us = 15 * MINUTE_US},
						  .length_us = 50 * MINUTE_US}};
	stage_open(s);
}

static void open_session(stage *s)
{
	open_practice(s);
	s->seats = 3;
	stage_arrive(s, "tom", THERAPIST, "");
	stage_arrive(s, "ann", CLIENT, "r1");
	stage_arrive(s, "bob", CLIENT, "r2");
	g_assert_cmpint(stage_aim(s, "tom", THP_REQ_ADMIT, "ann"), ==, THP_OK);
}

/* ---- after a restart ---- */

static void test_back_in_the_room(void)
{
	g_autoptr(GHashTable) disk = disk_new();
	g_auto(stage) s = {0};

	open_session(&s);
	write_changes(&s, disk);
	stage_wait(&s, 600);
	g_assert_cmpuint(start_again(&s, disk, 8), ==, 0);
	g_assert_cmpint(stage_state(&s, "tom"), ==, THP_AWAY);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_AWAY);
	g_assert_cmpint(thp_clock_ran_us(thp_area_clock(s.area, "r1"), s.now.mono_us), ==,
			608 * G_USEC_PER_SEC);
	/* In whatever order they come, they are where they were, and have their names again. */
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	stage_arrive(&s, "tom", THERAPIST, "");
	g_assert_cmpint(stage_state(&s, "tom"), ==, THP_ADMITTED);
	g_assert_cmpstr(stage_flows(&s, "tom"), ==, "ann:0");
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "tom:0");
	g_assert_cmpstr(stage_seen(&s, "tom", "ann").name, ==, "ann");
	/* bob is still outside, has waited all the time, and has not come back yet. */
	thp_person bob = stage_seen(&s, "tom", "bob");
	g_assert_cmpint(bob.state, ==, THP_WAITING);
	g_assert_true(bob.away);
	g_assert_cmpint(bob.waited_s, ==, 608);
	g_assert_cmpstr(bob.name, ==, "");
	stage_wait(&s, STAGE_GRACE_S + 1);
	g_assert_false(stage_has(&s, "bob"));
}

static void test_bindings_last(void)
{
	g_autoptr(GHashTable) disk = disk_new();
	g_auto(stage) s = {0};

	open_session(&s);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_REMOVE, "ann"), ==, THP_OK);
	g_assert_cmpint(stage_ask(&s, "bob", THP_REQ_LEAVE), ==, THP_OK);
	write_changes(&s, disk);
	g_assert_cmpuint(start_again(&s, disk, 8), ==, 0);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
	g_assert_cmpint(stage_knock_elsewhere(&s, "bob", CLIENT, "r2"), ==, THP_TOKEN_USED);
	g_assert_cmpint(stage_knock(&s, "bob", CLIENT, "r2"), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "bob"), ==, THP_WAITING);
}

/* An admission meant for a person as they were seen before the restart must miss. */
static void test_knocks_go_on(void)
{
	g_autoptr(GHashTable) disk = disk_new();
	g_auto(stage) s = {0};

	open_session(&s);
	guint32 before = stage_seen(&s, "tom", "bob").knock;
	write_changes(&s, disk);
	g_assert_cmpuint(start_again(&s, disk, 8), ==, 0);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "bob", CLIENT, "r2");
	g_assert_cmpuint(stage_seen(&s, "tom", "bob").knock, ==, before + 1);
}

static void test_lock_lasts(void)
{
	g_autoptr(GHashTable) disk = disk_new();
	g_auto(stage) s = {0};

	open_session(&s);
	stage_arrive(&s, "gil", GUEST, "r1");
	g_assert_cmpint(stage_lock(&s, "tom", THP_REQ_LOCK, "r1"), ==, THP_OK);
	write_changes(&s, disk);
	g_assert_cmpuint(start_again(&s, disk, 1), ==, 0);
	stage_arrive(&s, "tom", THERAPIST, "");
	stage_arrive(&s, "gil", GUEST, "r1");
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_ADMIT, "gil"), ==, THP_ROOM_LOCKED);
}

/* A session whose time ran out while nobody was there to see it is over at the first look. */
static void test_the_end_came_meanwhile(void)
{
	g_autoptr(GHashTable) disk = disk_new();
	g_auto(stage) s = {0};

	open_session(&s);
	write_changes(&s, disk);
	g_assert_cmpuint(start_again(&s, disk, 4 * 3600), ==, 0);
	stage_wait(&s, 1);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_TOKEN_REVOKED);
}

static void test_retention(void)
{
	g_autoptr(GHashTable) disk = disk_new();
	g_auto(stage) s = {0};

	open_practice(&s);
	s.exp_s = STAGE_START_S + 300 * 86400;
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_ask(&s, "ann", THP_REQ_LEAVE), ==, THP_OK);
	write_changes(&s, disk);
	for (int day = 0; day < 91; day++)
		stage_wait(&s, 86400);
	write_changes(&s, disk);
	/* Who it was is gone; that it is dead is not. */
	g_autoptr(GArray) facts = disk_read(disk);
	g_assert_cmpuint(facts->len, ==, 1);
	const thp_lasting_binding *b = &g_array_index(facts, thp_lasting, 0).binding;
	static const guint8 nobody[THP_DEVICE_KEY_BYTES];
	g_assert_cmpmem(b->device_key, sizeof b->device_key, nobody, sizeof nobody);
	g_assert_true(b->revoked);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), !=, THP_OK);
	for (int day = 0; day < 212; day++)
		stage_wait(&s, 86400);
	write_changes(&s, disk);
	g_assert_cmpuint(g_hash_table_size(disk), ==, 0);
	g_assert_true(thp_area_is_idle(s.area));
}

static void test_nonsense_is_left_out(void)
{
	g_autoptr(GHashTable) disk = disk_new();
	g_auto(stage) s = {0};
	GHashTableIter iter;
	thp_lasting *fact;

	open_session(&s);
	write_changes(&s, disk);
	g_hash_table_iter_init(&iter, disk);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&fact)) {
		if (fact->kind == THP_LASTING_PERSON && strcmp(fact->person.id, "tom") == 0)
			fact->person.state = THP_DENIED;
		if (fact->kind == THP_LASTING_ROOM && strcmp(fact->room.name, "r2") == 0)
			fact->room.seats = 99;
	}
	/* tom, r2, so bob; and ann has no therapist in her room. */
	g_assert_cmpuint(start_again(&s, disk, 1), ==, 4);
	stage_arrive(&s, "ann", CLIENT, "r1");
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_HELD);
}

/* ---- taken back ---- */

static void test_undo(void)
{
	g_auto(stage) s = {0};

	open_session(&s);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_HOLD, "ann"), ==, THP_OK);
	thp_area_remember(s.area);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_ADMIT, "ann"), ==, THP_OK);
	thp_area_undo(s.area);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_HELD);
	g_assert_cmpstr(thp_area_violation(s.area), ==, NULL);
	/* A first use that was not stored has not used anything. */
	thp_area_remember(s.area);
	g_assert_cmpint(stage_knock(&s, "new", CLIENT, "r3"), ==, THP_OK);
	thp_area_undo(s.area);
	g_assert_false(stage_has(&s, "new"));
	g_assert_cmpint(stage_knock_elsewhere(&s, "new", CLIENT, "r3"), ==, THP_OK);
	/* What is settled stays. */
	thp_area_remember(s.area);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_DENY, "new"), ==, THP_OK);
	thp_area_settle(s.area);
	thp_area_undo(s.area);
	g_assert_false(stage_has(&s, "new"));
}

static void test_what_can_be_undone(void)
{
	static const thp_keys commit = {.kind = THP_KEYS_COMMIT}, app = {.kind = THP_KEYS_APP};
	const struct {
		thp_event event;
		gboolean can;
	} cases[] = {
		{{.kind = THP_EV_KNOCK}, TRUE},
		{{.kind = THP_EV_TICK}, FALSE},
		{{.kind = THP_EV_LINK_LOST}, FALSE},
		{{.kind = THP_EV_REQUEST, .request = THP_REQ_ADMIT}, TRUE},
		{{.kind = THP_EV_REQUEST, .request = THP_REQ_MEDIA}, FALSE},
		{{.kind = THP_EV_REQUEST, .request = THP_REQ_E2EE, .keys = &commit}, TRUE},
		{{.kind = THP_EV_REQUEST, .request = THP_REQ_E2EE, .keys = &app}, FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(thp_event_can_be_undone(&cases[i].event), ==, cases[i].can);
}

/* ---- random walks ---- */

static const struct {
	const char *name;
	thp_role role;
	const char *room;
} cast[] = {{"tom", THERAPIST, ""},          {"tia", THERAPIST, "r1"}, {"ann", CLIENT, "r1"},
	    {"bob", CLIENT, "r2"},           {"cat", CLIENT, "r3"},    {"gil", GUEST, "r1"},
	    {"obs", THP_ROLE_OBSERVER, "r1"}};

static int pick(int n)
{
	return g_test_rand_int_range(0, n);
}

static void take_step(stage *s)
{
	static const thp_request_kind aimed[] = {THP_REQ_ADMIT, THP_REQ_ADMIT, THP_REQ_ADMIT,
						 THP_REQ_HOLD,  THP_REQ_DENY,  THP_REQ_REMOVE};
	static const thp_request_kind asked[] = {THP_REQ_LEAVE, THP_REQ_END, THP_REQ_PAUSE,
						 THP_REQ_RESUME};
	int who = pick(G_N_ELEMENTS(cast)), whom = pick(G_N_ELEMENTS(cast));
	gboolean here = stage_has(s, cast[who].name);
	thp_err err = THP_OK;

	switch (pick(6)) {
	case 0:
	case 1:
		err = stage_knock(s, cast[who].name, cast[who].role, cast[who].room);
		break;
	case 2:
	case 3:
		who = pick(2);
		if (stage_has(s, cast[who].name) && stage_has(s, cast[whom].name) && whom > 1 &&
		    (who == 0 || strcmp(cast[whom].room, "r1") == 0))
			err = stage_aim(s, cast[who].name, aimed[pick(G_N_ELEMENTS(aimed))],
					cast[whom].name);
		break;
	case 4:
		if (pick(4) == 0 && here)
			err = stage_ask(s, cast[who].name, asked[pick(G_N_ELEMENTS(asked))]);
		else if (here && stage_has(s, "tom"))
			err = stage_lock(s, "tom", pick(2) ? THP_REQ_LOCK : THP_REQ_UNLOCK,
					 cast[who].room);
		break;
	default:
		if (here && stage_state(s, cast[who].name) != THP_AWAY)
			stage_lose(s, cast[who].name);
	}
	g_test_message("%s", thp_err_name(err));
}

static void walk_step(stage *s, GHashTable *disk)
{
	gboolean fails = pick(4) == 0;

	thp_area_remember(s->area);
	take_step(s);
	if (fails)
		thp_area_undo(s->area);
	else
		thp_area_settle(s->area);
	g_assert_cmpstr(thp_area_violation(s->area), ==, NULL);
	if (!fails)
		write_changes(s, disk);
	g_autoptr(GHashTable) all = everything(s->area, moment(s));
	g_assert_true(same_disk(all, disk));
}

/* After every step the disk says all there is, whatever was taken back; and a restart finds it so. */
static void test_walks(void)
{
	for (int walk = 0; walk < WALKS; walk++) {
		g_autoptr(GHashTable) disk = disk_new();
		g_auto(stage) s = {0};

		open_practice(&s);
		s.seats = 3;
		for (int i = 0; i < STEPS; i++) {
			walk_step(&s, disk);
			if (pick(10) == 0) {
				stage_wait(&s, pick(30));
				write_changes(&s, disk);
			}
			if (pick(10) > 0)
				continue;
			g_assert_cmpuint(start_again(&s, disk, pick(20)), ==, 0);
			g_autoptr(GHashTable) all = everything(s.area, moment(&s));
			g_assert_true(same_disk(all, disk));
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lasting/back-in-the-room", test_back_in_the_room);
	g_test_add_func("/lasting/bindings", test_bindings_last);
	g_test_add_func("/lasting/knocks-go-on", test_knocks_go_on);
	g_test_add_func("/lasting/lock", test_lock_lasts);
	g_test_add_func("/lasting/the-end-came-meanwhile", test_the_end_came_meanwhile);
	g_test_add_func("/lasting/retention", test_retention);
	g_test_add_func("/lasting/nonsense", test_nonsense_is_left_out);
	g_test_add_func("/lasting/undo", test_undo);
	g_test_add_func("/lasting/what-can-be-undone", test_what_can_be_undone);
	g_test_add_func("/lasting/walks", test_walks);
	return g_test_run();
}
