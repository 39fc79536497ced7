/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More than two in a room: who is on which pair, and that rooms and areas stay apart. */
#include <string.h>

#include "person.h"
#include "wraps.h"

#define AREA "khan"

/* Each of @people sends one packet of sound; each of the others got it on the pair that the roster says. */
static void assert_all_hear(fake_person **people, guint n)
{
	for (guint from = 0; from < n; from++) {
		if (people[from]->claims.invitation.role == THP_ROLE_OBSERVER)
			continue;
		for (guint to = 0; to < n; to++) {
			json_t *roster = fake_newest(people[to]->handle, "roster");
			json_t *peers = json_object_get(roster, "peers");
			int slot = -1;
			gsize i;
			const json_t *peer;

			json_array_foreach (peers, i, peer) {
				if (strcmp(fake_text(peer, "participant"), people[from]->id) == 0)
					slot = (int)json_integer_value(
						json_object_get(peer, "slot"));
			}
			if (to == from)
				continue;
			g_assert_cmpint(slot, >=, 0);
			guint before = fake_person_got(people[to], (guint)slot, FALSE);
			guint all = fake_relayed(people[to]->receiver);
			fake_person_send(people[from], FALSE);
			fake_line line = fake_line_of(people[to]->receiver, 2 * (guint)slot);
			g_assert_cmpuint(line.packets, ==, before + 1);
			g_assert_cmpuint(line.gaps, ==, 0);
			g_assert_cmpuint(fake_sender(line.last, sizeof line.last), ==,
					 people[from]->number);
			g_assert_cmpuint(fake_relayed(people[to]->receiver), ==, all + 1);
		}
	}
}

static fake_person *person(const char *room, thp_role role, int seats)
{
	return fake_person_new(AREA, room, role, "A name", seats);
}

static void free_all(fake_person **people, guint n)
{
	fake_janus_stop(FALSE);
	for (guint i = 0; i < n; i++)
		fake_person_free(people[i]);
}

/* From two to eight, one after the other; all the time everybody hears everybody. */
static void test_growing(void)
{
	fake_person *all[8];

	fake_clinic_open(NULL);
	all[0] = person("", THP_ROLE_THERAPIST, 8);
	for (guint i = 1; i < 8; i++)
		all[i] = person("r",
				i == 7  ? THP_ROLE_OBSERVER
				: i % 2 ? THP_ROLE_CLIENT
					: THP_ROLE_GUEST,
				8);
	for (guint i = 0; i < 8; i++) {
		fake_person_arrive(all[i]);
		g_assert_cmpuint(all[i]->pairs, ==, 7);
	}
	for (guint i = 1; i < 8; i++) {
		fake_assert_event(fake_admit(all[0], all[i]), "admitted");
		assert_all_hear(all, i + 1);
	}
	/* Nobody needed another description. */
	for (guint i = 0; i < 8; i++)
		g_assert_cmpuint(fake_count(all[i]->receiver, "offer"), ==, 1);
	json_auto_t *status = fake_admin("status");
	g_assert_cmpint(json_integer_value(json_object_get(status, "admitted")), ==, 8);
	/* One goes, and the others keep their places. */
	fake_assert_event(fake_person_ask(all[3], "leave", NULL), "left");
	fake_person *rest[] = {all[0], all[1], all[2], all[4], all[5], all[6], all[7]};
	assert_all_hear(rest, 7);
	free_all(all, 8);
}

/* An observer is not heard, whatever is sent. */
static void test_observer(void)
{
	fake_person *all[] = {NULL, NULL, NULL};

	fake_clinic_open(NULL);
	all[0] = person("", THP_ROLE_THERAPIST, 3);
	all[1] = person("r", THP_ROLE_CLIENT, 3);
	all[2] = person("r", THP_ROLE_OBSERVER, 3);
	for (int i = 0; i < 3; i++)
		fake_person_arrive(all[i]);
	fake_assert_event(fake_admit(all[0], all[1]), "admitted");
	fake_assert_event(fake_admit(all[0], all[2]), "admitted");
	fake_assert_error(fake_person_ask(all[2], "media", "{s:b}", "audio", 1), "NOT_ALLOWED");
	fake_media_up(all[2]->handle);
	fake_settle(all[2]->handle);
	fake_person_send(all[2], FALSE);
	g_assert_cmpuint(fake_relayed(all[0]->receiver), ==, 0);
	fake_person_send(all[1], FALSE);
	g_assert_cmpuint(fake_relayed(all[2]->receiver), ==, 1);
	free_all(all, 3);
}

/* A therapist whose receiver was made for one gets more pairs when somebody for a larger room knocks. */
static void test_more_pairs(void)
{
	fake_person *all[] = {NULL, NULL, NULL};

	fake_clinic_open(NULL);
	all[0] = person("", THP_ROLE_THERAPIST, 2);
	all[1] = person("r", THP_ROLE_CLIENT, 3);
	all[2] = person("r", THP_ROLE_GUEST, 3);
	fake_person_arrive(all[0]);
	g_assert_cmpuint(all[0]->pairs, ==, 1);
	fake_person_arrive(all[1]);
	json_t *offer = fake_await(all[0]->receiver, "offer");
	g_assert_cmpint(json_integer_value(json_object_get(offer, "pairs")), ==, 2);
	fake_person_answer(all[0]);
	g_assert_cmpuint(all[0]->pairs, ==, 2);
	fake_person_arrive(all[2]);
	fake_assert_event(fake_admit(all[0], all[1]), "admitted");
	fake_assert_event(fake_admit(all[0], all[2]), "admitted");
	assert_all_hear(all, 3);
	g_assert_cmpuint(fake_count(all[0]->receiver, "offer"), ==, 2);
	free_all(all, 3);
}

/* The same when the knock came before the therapist's connection stood. */
static void test_more_pairs_meanwhile(void)
{
	fake_person *all[] = {NULL, NULL};

	fake_clinic_open(NULL);
	all[0] = person("", THP_ROLE_THERAPIST, 2);
	all[1] = person("r", THP_ROLE_CLIENT, 3);
	fake_person_join(all[0]);
	all[0]->receiver = fake_attach(0);
	json_t *body = json_pack("{s:s, s:s}", "request", "receive", "ticket", all[0]->ticket);
	fake_assert_event(fake_ask(all[0]->receiver, body, NULL), "offer");
	fake_person_join(all[1]);
	fake_person_answer(all[0]);
	fake_media_up(all[0]->receiver);
	fake_settle(all[0]->receiver);
	json_t *offer = fake_newest(all[0]->receiver, "offer");
	g_assert_cmpint(json_integer_value(json_object_get(offer, "pairs")), ==, 2);
	free_all(all, 2);
}

/* Two therapists' areas, and two rooms of one: names are no way across. */
static void test_apart(void)
{
	fake_person *all[4];

	fake_clinic_open(NULL);
	for (int i = 0; i < 2; i++) {
		const char *area = i ? "ali" : "khan";
		all[2 * i] = fake_person_new(area, "", THP_ROLE_THERAPIST, "T", 2);
		all[2 * i + 1] = fake_person_new(area, "r", THP_ROLE_CLIENT, "C", 2);
	}
	for (int i = 0; i < 4; i++)
		fake_person_arrive(all[i]);
	for (int i = 0; i < 2; i++)
		fake_assert_event(fake_admit(all[2 * i], all[2 * i + 1]), "admitted");
	for (int i = 0; i < 4; i++)
		fake_person_send(all[i], FALSE);
	for (int i = 0; i < 4; i++) {
		fake_line line = fake_line_of(all[i]->receiver, 0);
		g_assert_cmpuint(fake_relayed(all[i]->receiver), ==, 1);
		g_assert_cmpuint(fake_sender(line.last, sizeof line.last), ==, all[i ^ 1]->number);
	}
	free_all(all, 4);
}

/* Those who wait learn nothing of one another, nor of the session in their own room. */
static void test_alone(void)
{
	fake_person *all[4];

	fake_clinic_open(NULL);
	all[0] = person("", THP_ROLE_THERAPIST, 4);
	for (int i = 1; i < 4; i++)
		all[i] = person("r", THP_ROLE_CLIENT, 4);
	fake_person_arrive(all[0]);
	fake_person_arrive(all[3]);
	guint heard = fake_count(all[3]->handle, "state") + fake_count(all[3]->handle, "presence");
	fake_person_arrive(all[1]);
	fake_person_arrive(all[2]);
	fake_assert_event(fake_admit(all[0], all[1]), "admitted");
	fake_assert_event(fake_admit(all[0], all[2]), "admitted");
	for (int i = 0; i < 3; i++) {
		fake_person_send(all[i], FALSE);
		fake_person_send(all[i], TRUE);
	}
	fake_assert_event(fake_person_ask(all[2], "leave", NULL), "left");
	fake_settle(all[3]->handle);
	g_assert_cmpuint(fake_relayed(all[3]->receiver), ==, 0);
	g_assert_cmpuint(fake_count(all[3]->handle, "roster"), ==, 0);
	g_assert_cmpuint(fake_count(all[3]->handle, "waiting"), ==, 0);
	g_assert_cmpuint(fake_count(all[3]->handle, "state") +
				 fake_count(all[3]->handle, "presence"),
			 ==, heard);
	free_all(all, 4);
}

/* A therapist for one room neither sees nor admits the others. */
static void test_therapist_of_a_room(void)
{
	fake_person *all[3];

	fake_clinic_open(NULL);
	all[0] = person("r", THP_ROLE_THERAPIST, 2);
	all[1] = person("r", THP_ROLE_CLIENT, 2);
	all[2] = person("s", THP_ROLE_CLIENT, 2);
	for (int i = 0; i < 3; i++)
		fake_person_arrive(all[i]);
	fake_clock_advance(SECONDS(2));
	fake_settle(all[0]->handle);
	json_t *list = fake_newest(all[0]->handle, "waiting");
	g_assert_cmpuint(json_array_size(json_object_get(list, "people")), ==, 1);
	fake_assert_error(fake_admit(all[0], all[2]), "NO_SUCH_PARTICIPANT");
	fake_assert_error(fake_person_ask(all[0], "lock", "{s:s}", "room", "s"), "NO_SUCH_ROOM");
	fake_assert_event(fake_admit(all[0], all[1]), "admitted");
	free_all(all, 3);
}

/* Tenths of a second in which the pages of the first @n give signs of life. */
static void go_on(fake_person **people, guint n, guint tenths)
{
	for (guint i = 0; i < tenths; i++) {
		for (guint k = 0; k < n && i % 3 == 0; k++)
			fake_assert_event(fake_person_ask(people[k], "report", "{s:{s:i}}", "down",
							  "span_ms", 0),
					  "reported");
		fake_clock_advance(G_USEC_PER_SEC / 10);
		fake_settle(people[0]->handle);
	}
}

static void speak(fake_person *p, guint packets)
{
	for (guint i = 0; i < packets; i++) {
		fake_clock_advance(SECONDS(1) / 50);
		fake_person_send(p, FALSE);
	}
}

static void assert_begins(const fake_person *p, const char *tier, int buffer_ms)
{
	json_t *told = fake_newest(p->handle, "tier");

	g_assert_cmpstr(fake_text(told, "tier"), ==, tier);
	g_assert_cmpint(json_integer_value(json_object_get(told, "buffer")), ==, buffer_ms);
}

/* Speech of the one who waited came late once, that of the other long ago only: so they begin. */
static void test_waited(void)
{
	fake_person *all[2];

	fake_clinic_open(NULL);
	all[0] = person("", THP_ROLE_THERAPIST, 2);
	all[1] = person("r", THP_ROLE_CLIENT, 2);
	for (int i = 0; i < 2; i++)
		fake_person_arrive(all[i]);
	speak(all[0], 60);
	fake_clock_advance(SECONDS(1) / 2);
	speak(all[0], 1);
	fake_clock_advance(SECONDS(301));
	speak(all[0], 1);
	speak(all[1], 160);
	fake_clock_advance(SECONDS(1) / 8);
	speak(all[1], 10);
	fake_assert_event(fake_admit(all[0], all[1]), "admitted");
	go_on(all, 2, 3);
	/* Their own way is known, the one that they hear the client on is not. */
	assert_begins(all[0], "high", 330);
	assert_begins(all[1], "medium", 330);
	free_all(all, 2);
}

static guint pictures_of(const fake_person *p)
{
	return fake_person_got(p, 0, TRUE) + fake_person_got(p, 1, TRUE);
}

static guint sounds_of(const fake_person *p)
{
	return fake_person_got(p, 0, FALSE) + fake_person_got(p, 1, FALSE);
}

/* One of three is not heard any more: they get sound and no picture, the others all of both, and nobody is asked
 * for anything else. */
static void test_one_weak(void)
{
	fake_person *all[3];

	fake_clinic_open(NULL);
	all[0] = person("", THP_ROLE_THERAPIST, 3);
	all[1] = person("r", THP_ROLE_CLIENT, 3);
	all[2] = person("r", THP_ROLE_GUEST, 3);
	for (int i = 0; i < 3; i++)
		fake_person_arrive(all[i]);
	fake_assert_event(fake_admit(all[0], all[1]), "admitted");
	fake_assert_event(fake_admit(all[0], all[2]), "admitted");
	go_on(all, 3, 5);
	g_assert_true(fake_flag(fake_newest(all[2]->handle, "tier"), "video"));
	g_assert_true(fake_flag(fake_newest(all[2]->handle, "tier"), "nack"));
	guint told = fake_count(all[1]->handle, "tier");
	guint sent = fake_count(all[0]->handle, "send");

	go_on(all, 2, 15);
	json_t *tier = fake_newest(all[2]->handle, "tier");
	g_assert_false(fake_flag(tier, "video"));
	g_assert_cmpuint(json_array_size(json_object_get(tier, "paused")), ==, 2);
	g_assert_cmpuint(fake_count(all[1]->handle, "tier"), ==, told);
	g_assert_cmpuint(fake_count(all[0]->handle, "send"), ==, sent);
	guint pictures[] = {0, pictures_of(all[1]), pictures_of(all[2])};
	guint sounds[] = {0, sounds_of(all[1]), sounds_of(all[2])};

	for (int i = 0; i < 3; i++) {
		fake_person_send(all[0], TRUE);
		fake_person_send(all[0], FALSE);
	}
	g_assert_cmpuint(pictures_of(all[1]), ==, pictures[1] + 3);
	g_assert_cmpuint(sounds_of(all[1]), ==, sounds[1] + 3);
	g_assert_cmpuint(pictures_of(all[2]), ==, pictures[2]);
	g_assert_cmpuint(sounds_of(all[2]), ==, sounds[2] + 3);

	/* Heard again: the cameras are asked for key frames, and from those on it goes on. */
	guint asked = fake_calls_of(all[0]->handle).plis[1];

	go_on(all, 3, 12);
	g_assert_true(fake_flag(fake_newest(all[2]->handle, "tier"), "video"));
	g_assert_cmpuint(fake_calls_of(all[0]->handle).plis[1], >, asked);
	fake_person_send(all[0], TRUE);
	g_assert_cmpuint(pictures_of(all[2]), ==, pictures[2]);
	free_all(all, 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell/rooms/growing", test_growing);
	g_test_add_func("/shell/rooms/waited", test_waited);
	g_test_add_func("/shell/rooms/one_weak", test_one_weak);
	g_test_add_func("/shell/rooms/observer", test_observer);
	g_test_add_func("/shell/rooms/more_pairs", test_more_pairs);
	g_test_add_func("/shell/rooms/more_pairs_meanwhile", test_more_pairs_meanwhile);
	g_test_add_func("/shell/rooms/apart", test_apart);
	g_test_add_func("/shell/rooms/alone", test_alone);
	g_test_add_func("/shell/rooms/therapist_of_a_room", test_therapist_of_a_room);
	return g_test_run();
}
