/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must never be told: to logs, to event handlers, to operators. And what operators are told. */
#include <string.h>

#include <therapy/paseto.h>

#include "person.h"
#include "wraps.h"

#define CANARY_NAME "Zarqa-Canary"
#define CANARY_TEXT "text-canary-5417"
#define CANARY_AREA "area-canary-81"
#define CANARY_ROOM "room-canary-22"

/* A session with everything in it, and with things that go wrong. */
static void live(fake_person *therapist, fake_person *client)
{
	fake_person_arrive(therapist);
	fake_person_arrive(client);
	fake_person_ask(therapist, "message", "{s:s, s:s}", "to", client->id, "text", CANARY_TEXT);
	fake_person_ask(therapist, "message", "{s:s, s:i}", "to", client->id, "text", 1);
	fake_person_ask(therapist, "admit", "{s:s, s:i}", "participant", client->id, "knock", 7);
	fake_assert_event(fake_admit(therapist, client), "admitted");
	fake_person_send(client, FALSE);
	fake_ask(client->handle, json_pack("{s:s}", "request", "publish"),
		 fake_jsep_new("offer", "v=0\r\na=" CANARY_TEXT "\r\n"));
	fake_ask(client->handle, json_pack("{s:s}", "request", CANARY_TEXT), NULL);
	fake_person_ask(therapist, "hold", "{s:s}", "participant", client->id);
	fake_assert_event(fake_person_ask(therapist, "deny", "{s:s, s:i, s:s}", "participant",
					  client->id, "knock", (int)client->knock, "text",
					  CANARY_TEXT),
			  "denied");
	fake_person_knock(client);
}

static void assert_without(const char *where, const char *secret)
{
	g_assert_cmpuint(strlen(secret), >, 2);
	if (strstr(where, secret))
		g_error("a secret was told: %s", where);
}

static void assert_discreet(const char *where, const fake_person *p)
{
	const char *const secrets[] = {CANARY_NAME, CANARY_TEXT, CANARY_AREA,
				       CANARY_ROOM, "Dr Khan",   p->token,
				       p->ticket,   p->id,       "m=audio",
				       "opus",      "v4.public", p->claims.invitation.jti,
				       "sub-",      "k4."};

	for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++)
		assert_without(where, secrets[i]);
}

static void test_canaries(void)
{
	fake_clinic_open(NULL);
	g_autoptr(fake_person) t =
		fake_person_new(CANARY_AREA, "", THP_ROLE_THERAPIST, CANARY_NAME, 2);
	g_autoptr(fake_person) c =
		fake_person_new(CANARY_AREA, CANARY_ROOM, THP_ROLE_CLIENT, CANARY_NAME, 2);
	fake_handle *first = NULL;
	live(t, c);
	first = t->handle;
	g_autofree char *log = fake_log();
	g_autofree char *notices = fake_notices();
	json_auto_t *query = fake_query(first);
	json_auto_t *query_receiver = fake_query(t->receiver);
	json_auto_t *status = fake_admin("status");
	g_autofree char *queried = json_dumps(query, 0);
	g_autofree char *queried_receiver = json_dumps(query_receiver, 0);
	g_autofree char *shown = json_dumps(status, 0);
	const char *const told[] = {log, notices, queried, queried_receiver, shown};
	/* There is something to look through. */
	g_assert_nonnull(strstr(log, "is admitted (admitted)"));
	g_assert_nonnull(strstr(log, "STALE_KNOCK"));
	g_assert_nonnull(strstr(notices, "\"denied\""));
	for (gsize i = 0; i < G_N_ELEMENTS(told); i++) {
		assert_discreet(told[i], t);
		assert_discreet(told[i], c);
	}
	fake_janus_stop(FALSE);
}

static void test_events_off(void)
{
	static const char *const off[] = {"general.events=false", NULL};

	fake_clinic_open(off);
	g_autoptr(fake_person) t = fake_person_new("khan", "", THP_ROLE_THERAPIST, "Dr Khan", 2);
	fake_person_arrive(t);
	g_autofree char *notices = fake_notices();
	g_assert_cmpstr(notices, ==, "");
	fake_janus_stop(FALSE);
}

/* ---- operators ---- */

static GString *counts(void)
{
	json_auto_t *status = fake_admin("status");
	GString *shown = g_string_new(NULL);
	static const char *const counters[] = {"areas",   "rooms",    "participants",
					       "waiting", "admitted", "away"};

	fake_assert_event(status, "status");
	for (gsize i = 0; i < G_N_ELEMENTS(counters); i++)
		g_string_append_printf(
			shown, "%s%d", i ? " " : "",
			(int)json_integer_value(json_object_get(status, counters[i])));
	return shown;
}

/* A change counts once it is on disk, however slow that is. */
static void assert_counts(const char *expected)
{
	g_autoptr(GString) shown = counts();

	for (int tries = 0; tries < 500 && strcmp(shown->str, expected) != 0; tries++) {
		g_usleep(10000);
		g_string_free(shown, TRUE);
		shown = counts();
	}
	g_assert_cmpstr(shown->str, ==, expected);
}

static void test_status(void)
{
	fake_clinic_open(NULL);
	g_autoptr(fake_person) t = fake_person_new("khan", "", THP_ROLE_THERAPIST, "T", 2);
	g_autoptr(fake_person) a = fake_person_new("khan", "r", THP_ROLE_CLIENT, "A", 2);
	g_autoptr(fake_person) b = fake_person_new("ali", "r", THP_ROLE_CLIENT, "B", 2);
	assert_counts("0 0 0 0 0 0");
	fake_person_arrive(t);
	fake_person_arrive(a);
	fake_person_arrive(b);
	assert_counts("2 2 3 2 0 0");
	fake_admit(t, a);
	assert_counts("2 2 3 1 2 0");
	fake_person_lose(a);
	fake_settle(t->handle);
	assert_counts("2 2 3 1 1 1");
	fake_assert_event(fake_person_ask(t, "leave", NULL), "left");
	fake_assert_event(fake_person_ask(b, "leave", NULL), "left");
	assert_counts("2 1 1 0 0 1");
	/* Rooms go with the last person, areas when no invitation needs to be remembered. */
	fake_clock_advance(SECONDS(2 * 86400));
	fake_settle(t->handle);
	fake_settle(b->handle);
	fake_settle(fake_attach(0));
	fake_settle(fake_attach(0));
	fake_settle(fake_attach(0));
	fake_settle(fake_attach(0));
	assert_counts("0 0 0 0 0 0");
	fake_janus_stop(FALSE);
}

static gint64 number(json_t *object, const char *member)
{
	gint64 value = json_integer_value(json_object_get(object, member));

	json_decref(object);
	return value;
}

static void test_packet_counts(void)
{
	fake_clinic_open(NULL);
	g_autoptr(fake_person) t = fake_person_new("khan", "", THP_ROLE_THERAPIST, "T", 2);
	g_autoptr(fake_person) a = fake_person_new("khan", "r", THP_ROLE_CLIENT, "A", 2);
	gint64 relayed = number(fake_admin("status"), "relayed_packets");
	gint64 dropped = number(fake_admin("status"), "dropped_packets");
	fake_person_arrive(t);
	fake_person_arrive(a);
	fake_person_send(a, FALSE);
	g_assert_cmpint(number(fake_query(a->handle), "dropped_packets"), ==, 1);
	fake_admit(t, a);
	fake_person_send(a, FALSE);
	fake_person_send(a, FALSE);
	g_assert_cmpint(number(fake_query(a->handle), "relayed_packets"), ==, 2);
	json_auto_t *query = fake_query(a->handle);
	g_assert_cmpstr(fake_text(query, "handle"), ==, "participant");
	g_assert_cmpstr(fake_text(query, "state"), ==, "admitted");
	json_auto_t *receiver = fake_query(a->receiver);
	g_assert_cmpstr(fake_text(receiver, "handle"), ==, "receiver");
	fake_person_forget(a);
	/* What those who are gone sent still counts. */
	g_assert_cmpint(number(fake_admin("status"), "relayed_packets"), ==, relayed + 2);
	g_assert_cmpint(number(fake_admin("status"), "dropped_packets"), ==, dropped + 1);
	fake_janus_stop(FALSE);
}

/* ---- start and end ---- */

static void test_bad_start(void)
{
	static const char *const no_number[] = {"general.workers=many", NULL};
	static const char *const typo[] = {"waiting.graze_s=5", NULL};
	fake_options options = {0};

	g_assert_cmpint(fake_clinic_try(&options, no_number), <, 0);
	g_autofree char *log = fake_log();
	g_assert_nonnull(strstr(log, "general.workers must be a number from 1 to 64"));
	fake_janus_stop(FALSE);
	/* A misspelt key is told of. */
	g_assert_cmpint(fake_clinic_try(&options, typo), ==, 0);
	g_autofree char *warned = fake_log();
	g_assert_nonnull(strstr(warned, "unknown key: waiting.graze_s"));
	fake_janus_stop(FALSE);

	fake_options keyless = {.keys = "# none\n"};
	g_assert_cmpint(fake_janus_start(&keyless), <, 0);
	fake_janus_stop(FALSE);
	fake_options damaged = {.keys = "# one\nk4.public.AAAA\n"};
	g_assert_cmpint(fake_janus_start(&damaged), <, 0);
	g_autofree char *line = fake_log();
	g_assert_nonnull(strstr(line, "line 2 is not a k4.public key"));
	fake_janus_stop(FALSE);
}

/* The gateway stops: everybody is told, and all handles are let go of. */
static void test_abrupt_end(void)
{
	fake_clinic_open(NULL);
	g_autoptr(fake_person) t = fake_person_new("khan", "", THP_ROLE_THERAPIST, "T", 2);
	g_autoptr(fake_person) a = fake_person_new("khan", "r", THP_ROLE_CLIENT, "A", 2);
	fake_person_arrive(t);
	fake_person_arrive(a);
	fake_admit(t, a);
	fake_janus_stop(TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell/secrets/canaries", test_canaries);
	g_test_add_func("/shell/secrets/events_off", test_events_off);
	g_test_add_func("/shell/secrets/status", test_status);
	g_test_add_func("/shell/secrets/packet_counts", test_packet_counts);
	g_test_add_func("/shell/secrets/bad_start", test_bad_start);
	g_test_add_func("/shell/secrets/abrupt_end", test_abrupt_end);
	return g_test_run();
}
