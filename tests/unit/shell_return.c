/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coming back: after a lost link, from a second tab, on another device; and what a ticket is good for. */
#include "person.h"
#include "wraps.h"

#define AREA "khan"

typedef struct desk {
	fake_person *therapist, *client;
} desk;

static void open_desk(desk *d, gconstpointer settings)
{
	fake_clinic_open(settings);
	d->therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 2);
	d->client = fake_person_new(AREA, "r-17", THP_ROLE_CLIENT, "Amina", 2);
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
}

static void close_desk(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_janus_stop(FALSE);
	fake_person_free(d->therapist);
	fake_person_free(d->client);
}

static void admit(desk *d)
{
	fake_assert_event(fake_admit(d->therapist, d->client), "admitted");
}

/* Both speak, and each hears the other: what the receivers got by it. */
static void assert_talking(const desk *d, gboolean talking)
{
	guint therapist = fake_person_got(d->therapist, 0, FALSE);
	guint client = fake_person_got(d->client, 0, FALSE);

	fake_person_send(d->therapist, FALSE);
	fake_person_send(d->client, FALSE);
	g_assert_cmpuint(fake_person_got(d->therapist, 0, FALSE), ==,
			 therapist + (talking ? 1 : 0));
	g_assert_cmpuint(fake_person_got(d->client, 0, FALSE), ==, client + (talking ? 1 : 0));
}

static const json_t *peer_of(const fake_person *p)
{
	return json_array_get(json_object_get(fake_newest(p->handle, "roster"), "peers"), 0);
}

static void test_reconnect(desk *d, gconstpointer settings)
{
	fake_handle *old = d->client->handle, *old_receiver = d->client->receiver;
	g_autofree char *id = g_strdup(d->client->id);

	(void)settings;
	admit(d);
	assert_talking(d, TRUE);
	fake_person_lose(d->client);
	fake_settle(d->therapist->handle);
	g_assert_true(fake_flag(peer_of(d->therapist), "away"));
	fake_person_send(d->therapist, FALSE);
	g_assert_cmpuint(fake_relayed(old_receiver), ==, 1);

	json_t *joined = fake_person_join(d->client);
	g_assert_true(fake_flag(joined, "resumed"));
	g_assert_cmpstr(fake_text(joined, "state"), ==, "admitted");
	g_assert_cmpstr(fake_text(joined, "participant"), ==, id);
	json_t *state = fake_await(d->client->handle, "state");
	g_assert_cmpstr(fake_text(state, "state"), ==, "admitted");
	g_assert_cmpstr(fake_text(state, "reason"), ==, "resumed");
	fake_person_publish(d->client);
	fake_person_receive(d->client);
	fake_settle(d->client->handle);
	assert_talking(d, TRUE);
	g_assert_false(fake_flag(peer_of(d->therapist), "away"));
	/* The same place for the picture, without a break in the stream. */
	g_assert_cmpuint(fake_line_of(d->therapist->receiver, 0).gaps, ==, 0);
	g_assert_cmpint(json_integer_value(json_object_get(peer_of(d->therapist), "slot")), ==, 0);
	fake_forget(old);
	fake_forget(old_receiver);
}

/* The handles go in either order, and only the link of the participant handle counts. */
static void test_receiver_lost(desk *d, gconstpointer settings)
{
	(void)settings;
	admit(d);
	fake_detach(d->client->receiver);
	fake_settle(d->client->handle);
	g_assert_cmpstr(fake_text(fake_newest(d->client->handle, "state"), "state"), ==,
			"admitted");
	fake_person_send(d->therapist, FALSE);
	fake_person_receive(d->client);
	fake_settle(d->client->handle);
	assert_talking(d, TRUE);
	g_assert_cmpuint(fake_person_got(d->client, 0, FALSE), ==, 1);
}

static void test_grace_over(desk *d, gconstpointer settings)
{
	(void)settings;
	admit(d);
	fake_person_lose(d->client);
	fake_settle(d->therapist->handle);
	fake_clock_advance(SECONDS(121));
	fake_settle(d->therapist->handle);
	g_assert_null(peer_of(d->therapist));
	json_t *joined = fake_person_join(d->client);
	g_assert_false(fake_flag(joined, "resumed"));
	g_assert_cmpstr(fake_text(joined, "state"), ==, "waiting");
}

static void test_other_device(desk *d, gconstpointer settings)
{
	(void)settings;
	admit(d);
	fake_person *thief = fake_person_new(AREA, "r-17", THP_ROLE_CLIENT, "Amina", 2);
	g_free(thief->token);
	thief->token = g_strdup(d->client->token);
	fake_assert_error(fake_person_knock(thief), "TOKEN_USED");
	assert_talking(d, TRUE);
	fake_person_lose(d->client);
	fake_settle(d->therapist->handle);
	fake_assert_error(fake_person_knock(thief), "TOKEN_USED");
	/* A dead invitation says no more to another device than a living one. */
	fake_person_join(d->client);
	fake_assert_event(
		fake_person_ask(d->therapist, "remove", "{s:s}", "participant", d->client->id),
		"removed");
	fake_assert_error(fake_person_knock(thief), "TOKEN_USED");
	fake_assert_error(fake_person_knock(d->client), "TOKEN_REVOKED");
	fake_person_free(thief);
}

static void test_two_tabs(desk *d, gconstpointer settings)
{
	fake_handle *old = d->client->handle, *old_receiver = d->client->receiver;
	guint32 knock = d->client->knock;

	(void)settings;
	json_t *joined = fake_person_join(d->client);
	g_assert_true(fake_flag(joined, "resumed"));
	fake_settle(d->client->handle);
	json_t *state = fake_newest(old, "state");
	g_assert_cmpstr(fake_text(state, "state"), ==, "left");
	g_assert_cmpstr(fake_text(state, "reason"), ==, "replaced");
	g_assert_cmpuint(fake_calls_of(old).closes, ==, 1);
	g_assert_cmpuint(fake_calls_of(old_receiver).closes, ==, 1);
	fake_assert_error(fake_ask(old, json_pack("{s:s}", "request", "media"), NULL),
			  "NOT_JOINED");
	/* Who was seen at the former knock is not let in by it. */
	fake_assert_error(fake_person_ask(d->therapist, "admit", "{s:s, s:i}", "participant",
					  d->client->id, "knock", (int)knock),
			  "STALE_KNOCK");
	fake_person_publish(d->client);
	fake_person_receive(d->client);
	admit(d);
	assert_talking(d, TRUE);
	g_assert_cmpuint(fake_relayed(old_receiver), ==, 0);
	/* The former tab goes later, and takes nothing with it. */
	fake_forget(old);
	fake_forget(old_receiver);
	assert_talking(d, TRUE);
}

static void test_two_tabs_in_session(desk *d, gconstpointer settings)
{
	fake_handle *old_receiver = d->client->receiver;

	(void)settings;
	admit(d);
	fake_person_join(d->client);
	fake_person_publish(d->client);
	fake_person_receive(d->client);
	fake_settle(d->client->handle);
	assert_talking(d, TRUE);
	fake_person_send(d->therapist, FALSE);
	g_assert_cmpuint(fake_relayed(old_receiver), ==, 0);
}

static void test_leave_and_return(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_assert_event(fake_person_ask(d->client, "leave", NULL), "left");
	fake_assert_error(fake_person_ask(d->client, "leave", NULL), "NOT_JOINED");
	json_t *joined = fake_person_join(d->client);
	g_assert_false(fake_flag(joined, "resumed"));
	fake_person_publish(d->client);
	fake_person_receive(d->client);
	admit(d);
	assert_talking(d, TRUE);
}

/* ---- tickets ---- */

static json_t *receive(fake_handle *h, const char *ticket)
{
	return fake_ask(h, json_pack("{s:s, s:s}", "request", "receive", "ticket", ticket), NULL);
}

/* A second use takes the place of the first, which gets nothing more. */
static void test_ticket_twice(desk *d, gconstpointer settings)
{
	fake_handle *old = d->client->receiver;

	(void)settings;
	admit(d);
	assert_talking(d, TRUE);
	d->client->receiver = fake_attach(0);
	fake_assert_event(receive(d->client->receiver, d->client->ticket), "offer");
	fake_settle(d->client->receiver);
	g_assert_cmpuint(fake_calls_of(old).closes, ==, 1);
	fake_person_send(d->therapist, FALSE);
	g_assert_cmpuint(fake_relayed(old), ==, 1);
	g_assert_cmpuint(fake_relayed(d->client->receiver), ==, 0);
	fake_person_answer(d->client);
	fake_media_up(d->client->receiver);
	fake_settle(d->client->receiver);
	assert_talking(d, TRUE);
	fake_forget(old);
	assert_talking(d, TRUE);
}

static void test_ticket_dies(desk *d, gconstpointer settings)
{
	g_autofree char *former = g_strdup(d->client->ticket);

	(void)settings;
	fake_handle *h = fake_attach(0);
	fake_person_lose(d->client);
	fake_settle(d->therapist->handle);
	fake_assert_error(receive(h, former), "BAD_TICKET");
	fake_person_join(d->client);
	fake_assert_error(receive(h, former), "BAD_TICKET");
	fake_assert_event(receive(h, d->client->ticket), "offer");
	/* A receiver handle is one person's for as long as that person has it. */
	fake_assert_error(receive(h, d->therapist->ticket), "WRONG_STATE");
	fake_assert_error(receive(d->therapist->handle, d->client->ticket), "WRONG_STATE");
	fake_person_ask(d->client, "leave", NULL);
	fake_assert_error(receive(h, d->client->ticket), "BAD_TICKET");
	/* An offer that was out for the former join is no hindrance to the next. */
	fake_person_join(d->client);
	fake_assert_event(receive(h, d->client->ticket), "offer");
}

#define CASE(name)                                                                                 \
	g_test_add("/shell/return/" #name, desk, NULL, open_desk, test_##name, close_desk)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE(reconnect);
	CASE(receiver_lost);
	CASE(grace_over);
	CASE(other_device);
	CASE(two_tabs);
	CASE(two_tabs_in_session);
	CASE(leave_and_return);
	CASE(ticket_twice);
	CASE(ticket_dies);
	return g_test_run();
}
