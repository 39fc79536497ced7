/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is taken back closes the gate whatever the disk does, counts from then on, and is written in the end. */
#include <string.h>

#include <glib/gstdio.h>

#include "office.h"
#include "stalled_disk.h"

#define AT_ONCE_US 100000

/* A session in which both are heard. */
static void open_session(office *o, gconstpointer data)
{
	office_open(o, data);
	(void)fake_await(o->client->handle, "consent");
	fake_assert_event(office_decide(o->client, "granted", "12345678"), "consent_decided");
	fake_assert_event(fake_admit(o->therapist, o->client), "admitted");
	fake_person_send(o->client, FALSE);
	g_assert_cmpuint(fake_person_got(o->therapist, 0, FALSE), ==, 1);
	fake_person_send(o->therapist, FALSE);
	g_assert_cmpuint(fake_person_got(o->client, 0, FALSE), ==, 1);
}

static void close_session(office *o, gconstpointer data)
{
	stalled_disk_set(NULL);
	office_close(o, data);
}

static void stall(const office *o, const char *what)
{
	g_autofree char *path = g_build_filename(o->folder, what, NULL);

	stalled_disk_set(path);
}

static void wait_for_stall(void)
{
	for (int tries = 0; stalled_disk_waiting() == 0; tries++) {
		g_assert_cmpint(tries, <, 10000);
		g_usleep(500);
	}
}

static gboolean flows(fake_person *from, const fake_person *to)
{
	guint before = fake_person_got(to, 0, FALSE);

	fake_person_send(from, FALSE);
	return fake_person_got(to, 0, FALSE) > before;
}

static const char *say_withdraw(fake_person *p, const char *id)
{
	return fake_send(p->handle,
			 json_pack("{s:s, s:s, s:s}", "request", "consent_withdraw", "kind",
				   "telehealth", "id", id),
			 NULL);
}

/* From the request until nothing flows either way, with packets all the time. */
static gint64 closes_after_us(const office *o)
{
	gint64 start = g_get_monotonic_time();
	gint64 last = start;

	(void)say_withdraw(o->client, "23456789");
	while (g_get_monotonic_time() - start < 5 * AT_ONCE_US) {
		gboolean any = flows(o->client, o->therapist);

		any = flows(o->therapist, o->client) || any;
		if (any)
			last = g_get_monotonic_time();
		g_usleep(500);
	}
	return last - start;
}

static void assert_out(const office *o)
{
	json_t *state = fake_await(o->client->handle, "state");

	while (strcmp(fake_text(state, "state"), "held") != 0)
		state = fake_await(o->client->handle, "state");
	g_assert_cmpstr(fake_text(state, "reason"), ==, "consent");
	fake_assert_error(fake_admit(o->therapist, o->client), "CONSENT_MISSING");
	g_assert_false(flows(o->client, o->therapist));
	g_assert_false(flows(o->therapist, o->client));
}

static void test_ledger_stalls(office *o, gconstpointer data)
{
	(void)data;
	stall(o, "ledger");
	gint64 took = closes_after_us(o);
	g_test_message("closed after %" G_GINT64_FORMAT " us", took);
	g_assert_cmpint(took, <, AT_ONCE_US);
	stalled_disk_set(NULL);
	assert_out(o);
}

/* The area itself waits for the disk, about something else. */
static void test_state_stalls(office *o, gconstpointer data)
{
	(void)data;
	stall(o, "data");
	(void)fake_send(o->therapist->handle,
			json_pack("{s:s, s:s}", "request", "lock", "room", "r-17"), NULL);
	wait_for_stall();
	g_assert_true(flows(o->client, o->therapist));
	gint64 took = closes_after_us(o);
	g_test_message("closed after %" G_GINT64_FORMAT " us", took);
	g_assert_cmpint(took, <, AT_ONCE_US);
	stalled_disk_set(NULL);
	assert_out(o);
}

/* Everything stalls, and whoever took it back is gone before it goes on. */
static void test_gone_meanwhile(office *o, gconstpointer data)
{
	(void)data;
	stall(o, "");
	(void)fake_send(o->therapist->handle,
			json_pack("{s:s, s:s}", "request", "lock", "room", "r-17"), NULL);
	wait_for_stall();
	(void)say_withdraw(o->client, "23456789");
	g_usleep(AT_ONCE_US);
	fake_detach(o->client->handle);
	stalled_disk_set(NULL);
	o->client->handle = NULL;
	fake_person_join(o->client);
	g_assert_cmpstr(office_state(fake_await(o->client->handle, "consent")), ==, "withdrawn");
	fake_assert_error(fake_admit(o->therapist, o->client), "CONSENT_MISSING");
}

/* What is no withdrawal after all leaves everything as it was. */
static void test_not_taken(office *o, gconstpointer data)
{
	(void)data;
	stall(o, "data");
	(void)fake_send(o->therapist->handle,
			json_pack("{s:s, s:s}", "request", "lock", "room", "r-17"), NULL);
	wait_for_stall();
	(void)fake_send(o->client->handle,
			json_pack("{s:s, s:s, s:s}", "request", "consent_withdraw", "kind",
				  "observer", "id", "23456789"),
			NULL);
	g_usleep(AT_ONCE_US / 2);
	g_assert_true(flows(o->client, o->therapist));
	stalled_disk_set(NULL);
	fake_settle(o->client->handle);
	g_assert_true(flows(o->client, o->therapist));
	g_assert_true(flows(o->therapist, o->client));
}

/* Told that it is not written yet, and later, unasked, that it is: with the receipt. */
static void test_told(office *o, gconstpointer data)
{
	(void)data;
	stall(o, "ledger");
	json_t *answer = office_withdraw(o->client, "23456789");
	fake_assert_error(answer, "CONSENT_NOT_KEPT");
	g_assert_cmpuint(fake_count(o->client->handle, "consent_decided"), ==, 1);
	stalled_disk_set(NULL);
	json_t *late = fake_await(o->client->handle, "consent_decided");
	g_assert_cmpstr(fake_text(late, "answer"), ==, "withdrawn");
	g_assert_nonnull(strstr(fake_text(late, "receipt"), "telehealth"));
}

/* The same person, by another invitation, in another area. */
static void test_elsewhere(office *o, gconstpointer data)
{
	fake_person *host = fake_person_new("lodi", "", THP_ROLE_THERAPIST, "Dr Lodi", 2);
	fake_person *twin = fake_person_new("lodi", "r-18", THP_ROLE_CLIENT, "Amina", 2);
	fake_person *other = fake_person_new("lodi", "r-19", THP_ROLE_CLIENT, "Bilal", 2);

	(void)data;
	g_strlcpy(twin->claims.invitation.sub, o->client->claims.invitation.sub,
		  sizeof twin->claims.invitation.sub);
	fake_person_sign(twin);
	fake_person_arrive(host);
	fake_person_arrive(twin);
	fake_person_arrive(other);
	g_assert_cmpstr(office_state(fake_await(twin->handle, "consent")), ==, "granted");
	fake_assert_event(fake_admit(host, twin), "admitted");
	g_assert_true(flows(twin, host));
	(void)fake_await(other->handle, "consent");
	fake_assert_event(office_decide(other, "granted", "34567890"), "consent_decided");
	stall(o, "ledger");
	gint64 start = g_get_monotonic_time();
	(void)say_withdraw(o->client, "23456789");
	while (flows(twin, host) || flows(host, twin))
		g_usleep(500);
	g_assert_cmpint(g_get_monotonic_time() - start, <, AT_ONCE_US);
	stalled_disk_set(NULL);
	json_t *state = fake_await(twin->handle, "state");
	while (strcmp(fake_text(state, "state"), "held") != 0)
		state = fake_await(twin->handle, "state");
	g_assert_cmpstr(fake_text(state, "reason"), ==, "consent");
	fake_assert_error(fake_admit(host, twin), "CONSENT_MISSING");
	fake_assert_event(fake_admit(host, other), "admitted");
	fake_person_free(host);
	fake_person_free(twin);
	fake_person_free(other);
}

/* An observer is there by the client's leave, and the area waits for the disk about something else. */
static void test_observer(office *o, gconstpointer data)
{
	fake_person *observer = fake_person_new(OFFICE_AREA, "r-17", THP_ROLE_OBSERVER, "Sara", 3);

	(void)data;
	fake_person_arrive(observer);
	fake_assert_error(fake_admit(o->therapist, observer), "CONSENT_OF_OTHERS");
	fake_assert_event(fake_person_ask(o->client, "consent_shown", "{s:s, s:s, s:s}", "kind",
					  "observer", "version", "1.0", "lang", "en"),
			  "consent_shown");
	fake_assert_event(fake_person_ask(o->client, "consent_decide", "{s:s, s:s, s:s, s:s, s:s}",
					  "kind", "observer", "version", "1.0", "lang", "en",
					  "answer", "granted", "id", "45678901"),
			  "consent_decided");
	fake_assert_event(fake_admit(o->therapist, observer), "admitted");
	g_assert_true(flows(o->client, observer) || flows(o->therapist, observer));
	stall(o, "data");
	(void)fake_send(o->therapist->handle,
			json_pack("{s:s, s:s}", "request", "lock", "room", "r-17"), NULL);
	wait_for_stall();
	gint64 start = g_get_monotonic_time();
	(void)fake_send(o->client->handle,
			json_pack("{s:s, s:s, s:s}", "request", "consent_withdraw", "kind",
				  "observer", "id", "56789012"),
			NULL);
	while (flows(o->client, observer) || flows(o->therapist, observer))
		g_usleep(500);
	g_assert_cmpint(g_get_monotonic_time() - start, <, AT_ONCE_US);
	g_assert_true(flows(o->client, o->therapist));
	stalled_disk_set(NULL);
	json_t *state = fake_await(observer->handle, "state");
	while (strcmp(fake_text(state, "state"), "held") != 0)
		state = fake_await(observer->handle, "state");
	g_assert_cmpstr(fake_text(state, "reason"), ==, "others");
	g_assert_true(flows(o->client, o->therapist));
	fake_assert_error(fake_admit(o->therapist, observer), "CONSENT_OF_OTHERS");
	fake_person_free(observer);
}

#define SESSION(name)                                                                              \
	g_test_add("/shell/withdraw/" #name, office, NULL, open_session, test_##name, close_session)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	SESSION(ledger_stalls);
	SESSION(state_stalls);
	SESSION(gone_meanwhile);
	SESSION(not_taken);
	SESSION(told);
	SESSION(elsewhere);
	SESSION(observer);
	return g_test_run();
}
