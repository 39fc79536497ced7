/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Consent in the session, seen from outside: asked, kept, taken back, and the plugin stopped in between. */
#include <string.h>

#include "office.h"

static void test_in_the_session(office *o, gconstpointer data)
{
	fake_person *client = o->client;

	(void)data;
	g_assert_cmpstr(office_state(fake_await(client->handle, "consent")), ==, "none");
	fake_assert_error(fake_admit(o->therapist, client), "CONSENT_MISSING");
	fake_assert_error(fake_person_ask(client, "consent_decide", "{s:s, s:s, s:s, s:s, s:s}",
					  "kind", "telehealth", "version", "1.0", "lang", "en",
					  "answer", "granted", "id", "12345678"),
			  "CONSENT_NOT_SHOWN");
	fake_assert_error(fake_person_ask(client, "consent_shown", "{s:s, s:s, s:s}", "kind",
					  "telehealth", "version", "0.1", "lang", "en"),
			  "CONSENT_STALE");
	json_t *text = fake_person_ask(client, "consent_text", "{s:s, s:s}", "kind", "telehealth",
				       "lang", "ur");
	fake_assert_event(text, "consent_text");
	g_assert_cmpstr(fake_text(text, "lang"), ==, "ur");
	json_t *decided = office_decide(client, "granted", "12345678");
	fake_assert_event(decided, "consent_decided");
	g_assert_nonnull(strstr(fake_text(decided, "receipt"), "telehealth"));
	fake_assert_event(fake_admit(o->therapist, client), "admitted");
	fake_person_send(client, FALSE);
	g_assert_cmpuint(fake_person_got(o->therapist, 0, FALSE), ==, 1);

	json_t *back = office_withdraw(client, "23456789");
	fake_assert_event(back, "consent_decided");
	g_assert_cmpstr(fake_text(back, "answer"), ==, "withdrawn");
	json_t *state = fake_newest(client->handle, "state");
	g_assert_cmpstr(fake_text(state, "state"), ==, "held");
	g_assert_cmpstr(fake_text(state, "reason"), ==, "consent");
	fake_person_send(client, FALSE);
	g_assert_cmpuint(fake_person_got(o->therapist, 0, FALSE), ==, 1);
	fake_person_send(o->therapist, FALSE);
	g_assert_cmpuint(fake_person_got(client, 0, FALSE), ==, 0);
	fake_assert_error(fake_admit(o->therapist, client), "CONSENT_MISSING");
}

/* What was asked is kept, also if nobody is there any more to be told. */
static void test_stopped_in_between(office *o, gconstpointer data)
{
	fake_person *client = o->client;

	(void)data;
	(void)fake_await(client->handle, "consent");
	fake_assert_event(office_decide(client, "granted", "12345678"), "consent_decided");
	fake_send(client->handle,
		  json_pack("{s:s, s:s, s:s}", "request", "consent_withdraw", "kind", "telehealth",
			    "id", "23456789"),
		  NULL);
	office_restart(o);
	fake_person_join(client);
	g_assert_cmpstr(office_state(fake_await(client->handle, "consent")), ==, "withdrawn");
}

static void test_gone_in_between(office *o, gconstpointer data)
{
	fake_person *client = o->client;

	(void)data;
	(void)fake_await(client->handle, "consent");
	fake_assert_event(office_decide(client, "refused", "12345678"), "consent_decided");
	for (int i = 0; i < 20; i++) {
		fake_send(client->handle,
			  json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "request", "consent_decide",
				    "kind", "telehealth", "version", "1.0", "lang", "en", "answer",
				    i % 2 ? "granted" : "refused", "id", "12345679"),
			  NULL);
		fake_person_lose(client);
		fake_person_join(client);
		(void)fake_await(client->handle, "consent");
		fake_assert_event(fake_person_ask(client, "consent_text", "{s:s, s:s}", "kind",
						  "telehealth", "lang", "en"),
				  "consent_text");
	}
}

static void test_no_ledger(void)
{
	static const char *const settings[] = {"consent.enabled=true", "consent.texts=/nowhere",
					       "consent.ledger=/nowhere", NULL};
	fake_options options = {0};

	g_assert_cmpint(fake_clinic_try(&options, settings), !=, 0);
	g_autofree char *log = fake_log();
	g_assert_nonnull(strstr(log, "nobody can be asked"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/shell/consent/in_the_session", office, NULL, office_open, test_in_the_session,
		   office_close);
	g_test_add("/shell/consent/stopped_in_between", office, NULL, office_open,
		   test_stopped_in_between, office_close);
	g_test_add("/shell/consent/gone_in_between", office, NULL, office_open,
		   test_gone_in_between, office_close);
	g_test_add_func("/shell/consent/no_ledger", test_no_ledger);
	return g_test_run();
}
