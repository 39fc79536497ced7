/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session from the first knock to its end, through the shell: who hears whom, and who never does. */
#include <string.h>

#include <therapy/sdp.h>

#include "person.h"
#include "wraps.h"

#define AREA "khan"
#define ROOM "r-17"

typedef struct desk {
	fake_person *therapist, *client;
} desk;

static void open_desk(desk *d, gconstpointer settings)
{
	fake_clinic_open(settings);
	d->therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 2);
	d->client = fake_person_new(AREA, ROOM, THP_ROLE_CLIENT, "Amina", 2);
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

/* Both send a packet of each kind. */
static void speak(const desk *d)
{
	for (int video = 0; video < 2; video++) {
		fake_person_send(d->therapist, video);
		fake_person_send(d->client, video);
	}
}

static guint relayed(const desk *d)
{
	return fake_relayed(d->therapist->receiver) + fake_relayed(d->client->receiver) +
	       fake_relayed(d->therapist->handle) + fake_relayed(d->client->handle);
}

static void assert_state(fake_person *p, const char *state, const char *reason)
{
	json_t *event = fake_await(p->handle, "state");

	g_assert_cmpstr(fake_text(event, "state"), ==, state);
	g_assert_cmpstr(fake_text(event, "reason"), ==, reason);
}

/* ---- the main flow ---- */

static void test_main_flow(desk *d, gconstpointer settings)
{
	(void)settings;
	json_t *joined = fake_person_join(d->client);
	g_assert_cmpstr(fake_text(joined, "role"), ==, "client");
	g_assert_cmpstr(fake_text(joined, "state"), ==, "waiting");
	g_assert_cmpstr(fake_text(joined, "name"), ==, "Amina");
	g_assert_cmpstr(fake_text(joined, "with"), ==, "Dr Khan");
	g_assert_false(fake_flag(joined, "therapist_present"));
	g_assert_cmpint(json_integer_value(json_object_get(joined, "pairs")), ==, 1);
	assert_state(d->client, "waiting", "arrived");
	fake_person_publish(d->client);
	fake_person_receive(d->client);

	fake_person_arrive(d->therapist);
	g_assert_true(fake_flag(fake_await(d->client->handle, "presence"), "therapist_present"));
	json_t *list = json_object_get(fake_await(d->therapist->handle, "waiting"), "people");
	const json_t *person = json_array_get(list, 0);
	g_assert_cmpuint(json_array_size(list), ==, 1);
	g_assert_cmpstr(fake_text(person, "participant"), ==, d->client->id);
	g_assert_cmpint(json_integer_value(json_object_get(person, "knock")), ==, 1);
	g_assert_true(fake_flag(person, "ready"));

	speak(d);
	g_assert_cmpuint(relayed(d), ==, 0);
	guint offers = fake_count(d->therapist->receiver, "offer") +
		       fake_count(d->client->receiver, "offer");
	admit(d);
	assert_state(d->client, "admitted", "admitted");
	json_t *peer = json_array_get(
		json_object_get(fake_newest(d->client->handle, "roster"), "peers"), 0);
	g_assert_cmpstr(fake_text(peer, "name"), ==, "Dr Khan");
	g_assert_cmpint(json_integer_value(json_object_get(peer, "slot")), ==, 0);
	speak(d);
	for (int video = 0; video < 2; video++) {
		g_assert_cmpuint(fake_person_got(d->therapist, 0, video), ==, 1);
		g_assert_cmpuint(fake_person_got(d->client, 0, video), ==, 1);
	}
	g_assert_cmpuint(relayed(d), ==, 4);
	/* Admission took no new description. */
	g_assert_cmpuint(fake_count(d->therapist->receiver, "offer") +
				 fake_count(d->client->receiver, "offer"),
			 ==, offers);
}

/* What arrives is what was promised in the offer: payload types and m-lines; the payload as it was sent. */
static void test_packets(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
	admit(d);
	for (int i = 0; i < 100; i++) {
		fake_clock_advance(1000); /* what comes faster than it was asked for would wait */
		fake_person_send(d->client, FALSE);
		fake_person_send(d->client, TRUE);
	}
	fake_line sound = fake_line_of(d->therapist->receiver, 0);
	fake_line picture = fake_line_of(d->therapist->receiver, 1);
	g_assert_cmpuint(sound.packets, ==, 100);
	g_assert_cmpuint(picture.packets, ==, 100);
	g_assert_cmpuint(sound.gaps + picture.gaps, ==, 0);
	g_assert_false(sound.video);
	g_assert_true(picture.video);
	g_assert_cmpuint(sound.last[1] & 0x7f, ==, THP_SDP_OPUS_PT);
	g_assert_cmpuint(picture.last[1] & 0x7f, ==, THP_SDP_VP8_PT);
	g_assert_cmpuint(fake_sender(sound.last, sizeof sound.last), ==, d->client->number);
	g_assert_cmpuint(fake_relayed(d->client->receiver), ==, 0);
	/* Speech that is repeated keeps saying so. */
	d->client->red = TRUE;
	fake_person_send(d->client, FALSE);
	sound = fake_line_of(d->therapist->receiver, 0);
	g_assert_cmpuint(sound.packets, ==, 101);
	g_assert_cmpuint(sound.gaps, ==, 0);
	g_assert_cmpuint(sound.last[1] & 0x7f, ==, THP_SDP_RED_PT);
}

/* ---- the ways out: each ends the flow before the answer to the request ---- */

typedef json_t *(*way_out)(desk *);

static json_t *by_hold(desk *d)
{
	return fake_person_ask(d->therapist, "hold", "{s:s}", "participant", d->client->id);
}

static json_t *by_remove(desk *d)
{
	return fake_person_ask(d->therapist, "remove", "{s:s}", "participant", d->client->id);
}

static json_t *by_leave(desk *d)
{
	return fake_person_ask(d->client, "leave", NULL);
}

static json_t *by_end(desk *d)
{
	return fake_person_ask(d->therapist, "end", NULL);
}

static json_t *by_therapist_leaving(desk *d)
{
	return fake_person_ask(d->therapist, "leave", NULL);
}

static void test_ways_out(desk *unused, gconstpointer settings)
{
	static const struct {
		way_out out;
		const char *answer, *state, *reason;
		gboolean closed;
	} cases[] = {
		{by_hold, "held", "held", "held", FALSE},
		{by_therapist_leaving, "left", "held", "therapist_left", FALSE},
		{by_leave, "left", "left", "left", TRUE},
		{by_remove, "removed", "removed", "removed", TRUE},
		{by_end, "ended", "ended", "ended", TRUE},
	};

	(void)unused, (void)settings;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *area = cases[i].reason; /* one of its own */
		desk own = {fake_person_new(area, "", THP_ROLE_THERAPIST, "Dr Khan", 2),
			    fake_person_new(area, ROOM, THP_ROLE_CLIENT, "Amina", 2)};
		fake_person_arrive(own.therapist);
		fake_person_arrive(own.client);
		admit(&own);
		speak(&own);
		g_assert_cmpuint(relayed(&own), ==, 4);
		fake_assert_event(cases[i].out(&own), cases[i].answer);
		json_t *state = fake_newest(own.client->handle, "state");
		g_assert_cmpstr(fake_text(state, "state"), ==, cases[i].state);
		g_assert_cmpstr(fake_text(state, "reason"), ==, cases[i].reason);
		speak(&own);
		g_assert_cmpuint(relayed(&own), ==, 4);
		fake_calls calls = fake_calls_of(own.client->handle);
		g_assert_cmpuint(calls.closes, ==, cases[i].closed ? 1 : 0);
		calls = fake_calls_of(own.client->receiver);
		g_assert_cmpuint(calls.closes, ==, cases[i].closed ? 1 : 0);
		fake_person_forget(own.client);
		fake_person_forget(own.therapist);
		fake_person_free(own.client);
		fake_person_free(own.therapist);
	}
}

static void test_deny(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
	fake_assert_event(fake_person_ask(d->therapist, "deny", "{s:s, s:i, s:s}", "participant",
					  d->client->id, "knock", 1, "text", "Please call."),
			  "denied");
	json_t *state = fake_newest(d->client->handle, "state");
	g_assert_cmpstr(fake_text(state, "state"), ==, "denied");
	g_assert_cmpstr(fake_text(state, "text"), ==, "Please call.");
	g_assert_cmpuint(fake_calls_of(d->client->handle).hangups, ==, 1);
	g_assert_cmpuint(fake_calls_of(d->client->receiver).hangups, ==, 1);
	fake_assert_error(fake_person_knock(d->client), "TOKEN_REVOKED");
}

/* ---- while waiting ---- */

static void test_echo(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_person *other = fake_person_new(AREA, ROOM, THP_ROLE_GUEST, "Bilal", 3);
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
	fake_person_arrive(other);
	json_t *media = fake_person_ask(d->client, "media", "{s:b}", "echo", 1);
	g_assert_true(fake_flag(media, "echo"));
	fake_person_send(d->client, FALSE);
	fake_person_send(d->client, TRUE);
	fake_person_send(other, FALSE);
	g_assert_cmpuint(fake_person_got(d->client, 0, FALSE), ==, 1);
	g_assert_cmpuint(fake_person_got(d->client, 0, TRUE), ==, 1);
	g_assert_cmpuint(fake_relayed(other->receiver), ==, 0);
	g_assert_cmpuint(fake_relayed(d->therapist->receiver), ==, 0);
	/* Admission ends it. */
	admit(d);
	fake_person_send(d->client, FALSE);
	g_assert_cmpuint(fake_person_got(d->client, 0, FALSE), ==, 1);
	g_assert_cmpuint(fake_person_got(d->therapist, 0, FALSE), ==, 1);
	fake_person_free(other);
}

static void test_message(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_person_arrive(d->client);
	fake_person_arrive(d->therapist);
	fake_assert_event(fake_person_ask(d->therapist, "message", "{s:s, s:s}", "to",
					  d->client->id, "text", "Five minutes, please."),
			  "sent");
	g_assert_cmpstr(fake_text(fake_newest(d->client->handle, "message"), "text"), ==,
			"Five minutes, please.");
}

/* ---- key frames ---- */

static const guint8 pli[] = {0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};

static void test_keyframes(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
	/* Nobody is asked by those who wait. */
	for (int line = 0; line < 4; line++)
		fake_rtcp(d->client->receiver, line, line % 2, pli, sizeof pli);
	g_assert_cmpuint(fake_calls_of(d->therapist->handle).plis[1], ==, 0);
	g_assert_cmpuint(fake_calls_of(d->client->handle).plis[1], ==, 0);
	/* Admission asks each side once. */
	admit(d);
	g_assert_cmpuint(fake_calls_of(d->therapist->handle).plis[1], ==, 1);
	g_assert_cmpuint(fake_calls_of(d->client->handle).plis[1], ==, 1);
	fake_clock_advance(SECONDS(1));
	/* A storm becomes one request in half a second. */
	for (int i = 0; i < 200; i++)
		fake_rtcp(d->client->receiver, 1, TRUE, pli, sizeof pli);
	g_assert_cmpuint(fake_calls_of(d->therapist->handle).plis[1], <=, 3);
	g_assert_cmpuint(fake_calls_of(d->therapist->handle).plis[1], >=, 2);
	g_assert_cmpuint(fake_calls_of(d->therapist->handle).plis[0], ==, 0);
	g_assert_cmpuint(fake_calls_of(d->client->handle).plis[1], ==, 1);
	/* A pair that carries nobody concerns nobody. */
	fake_clock_advance(SECONDS(1));
	fake_rtcp(d->client->receiver, 3, TRUE, pli, sizeof pli);
	fake_rtcp(d->client->receiver, 200, TRUE, pli, sizeof pli);
	fake_rtcp(d->client->receiver, -1, TRUE, pli, sizeof pli);
	g_assert_cmpuint(fake_calls_of(d->therapist->handle).plis[1], <=, 3);
	/* Held: silence both ways. */
	guint before = fake_calls_of(d->therapist->handle).plis[1];
	fake_assert_event(by_hold(d), "held");
	fake_rtcp(d->client->receiver, 1, TRUE, pli, sizeof pli);
	g_assert_cmpuint(fake_calls_of(d->therapist->handle).plis[1], ==, before);
}

/* ---- mute and renegotiation ---- */

static void test_mute(desk *d, gconstpointer settings)
{
	(void)settings;
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
	admit(d);
	speak(d);
	fake_person_ask(d->client, "media", "{s:b}", "audio", 0);
	for (int i = 0; i < 10; i++)
		speak(d);
	g_assert_cmpuint(fake_person_got(d->therapist, 0, FALSE), ==, 1);
	g_assert_cmpuint(fake_person_got(d->therapist, 0, TRUE), ==, 11);
	g_assert_cmpuint(fake_person_got(d->client, 0, FALSE), ==, 11);
	json_t *peer = json_array_get(
		json_object_get(fake_newest(d->therapist->handle, "roster"), "peers"), 0);
	g_assert_false(fake_flag(peer, "audio"));
	fake_person_ask(d->client, "media", "{s:b, s:b}", "audio", 1, "video", 0);
	speak(d);
	g_assert_cmpuint(fake_person_got(d->therapist, 0, FALSE), ==, 2);
	g_assert_cmpuint(fake_person_got(d->therapist, 0, TRUE), ==, 11);
	/* What was held back leaves no gap. */
	g_assert_cmpuint(fake_line_of(d->therapist->receiver, 0).gaps, ==, 0);
	guint plis = fake_calls_of(d->client->handle).plis[1];
	fake_person_ask(d->client, "media", "{s:b}", "video", 1);
	g_assert_cmpuint(fake_calls_of(d->client->handle).plis[1], ==, plis + 1);
}

static void test_renegotiation(desk *d, gconstpointer settings)
{
	g_autofree char *sound = fake_offer(FAKE_AUDIO, 3);

	(void)settings;
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
	admit(d);
	speak(d);
	/* The network changed: a new description on the standing handle, then on the receiver's. */
	json_t *reply = fake_ask(d->client->handle, json_pack("{s:s}", "request", "publish"),
				 fake_jsep_new("offer", sound));
	fake_assert_event(reply, "published");
	g_assert_cmpstr(fake_text(fake_jsep(d->client->handle), "type"), ==, "answer");
	fake_hangup(d->client->receiver);
	fake_settle(d->client->receiver);
	speak(d);
	g_assert_cmpuint(fake_person_got(d->client, 0, FALSE), ==, 1);
	reply = fake_ask(d->client->receiver,
			 json_pack("{s:s, s:s, s:b}", "request", "receive", "ticket",
				   d->client->ticket, "restart", 1),
			 NULL);
	fake_assert_event(reply, "offer");
	g_assert_true(fake_flag(fake_jsep(d->client->receiver), "restart"));
	fake_person_answer(d->client);
	fake_media_up(d->client->receiver);
	fake_settle(d->client->receiver);
	speak(d);
	g_assert_cmpuint(fake_person_got(d->client, 0, FALSE), ==, 2);
	g_assert_cmpuint(fake_person_got(d->therapist, 0, FALSE), ==, 3);
}

/* A therapist's next client: no new description on either side. */
static void test_next_room(desk *d, gconstpointer settings)
{
	(void)settings;
	desk next = {d->therapist, fake_person_new(AREA, "r-18", THP_ROLE_CLIENT, "Bilal", 2)};
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
	fake_person_arrive(next.client);
	guint offers = fake_count(d->therapist->receiver, "offer");
	guint answers = fake_count(d->therapist->handle, "published");
	admit(d);
	speak(d);
	fake_assert_error(fake_admit(d->therapist, next.client), "IN_ANOTHER_ROOM");
	fake_assert_event(fake_person_ask(d->therapist, "end", NULL), "ended");
	admit(&next);
	for (int i = 0; i < 5; i++) {
		speak(&next);
		fake_person_send(d->client, FALSE);
	}
	g_assert_cmpuint(fake_person_got(d->therapist, 0, FALSE), ==, 6);
	g_assert_cmpuint(fake_person_got(next.client, 0, FALSE), ==, 5);
	g_assert_cmpuint(fake_relayed(d->client->receiver), ==, 2);
	/* One stream for the receiver, whoever is on it. */
	g_assert_cmpuint(fake_line_of(d->therapist->receiver, 0).gaps, ==, 0);
	g_assert_cmpuint(fake_count(d->therapist->receiver, "offer"), ==, offers);
	g_assert_cmpuint(fake_count(d->therapist->handle, "published"), ==, answers);
	fake_person_free(next.client);
}

#define CASE(name, settings)                                                                       \
	g_test_add("/shell/session/" #name, desk, settings, open_desk, test_##name, close_desk)

int main(int argc, char **argv)
{
	static const char *const one[] = {"general.workers=1", NULL};

	g_test_init(&argc, &argv, NULL);
	CASE(main_flow, NULL);
	CASE(packets, one);
	CASE(ways_out, NULL);
	CASE(deny, NULL);
	CASE(echo, NULL);
	CASE(message, NULL);
	CASE(keyframes, NULL);
	CASE(mute, NULL);
	CASE(renegotiation, NULL);
	CASE(next_room, NULL);
	return g_test_run();
}
