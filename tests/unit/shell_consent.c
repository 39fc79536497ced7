/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Consent in the session, seen from outside: asked, kept, taken back, and the plugin stopped in between. */
#include <string.h>

#include <glib/gstdio.h>
#include <therapy/epoch.h>
#include <therapy/ledger.h>
#include <therapy/secret.h>

#include "person.h"
#include "wraps.h"

#define AREA "khan"

typedef struct office {
	char *folder;
	char *settings[4];
	fake_person *therapist, *client;
} office;

static void make_ledger(const char *folder)
{
	g_autoptr(GString) why = g_string_new(NULL);
	guint8 public_key[THP_PUBLIC_KEY_BYTES], root[THP_SECRET_KEY_BYTES];
	guint8 organisation[THP_SEAL_KEY_BYTES], secret[THP_SEAL_KEY_BYTES];
	gint64 now_ms = g_get_real_time() / 1000;

	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	thp_paserk_generate(public_key, root);
	thp_seal_keys(organisation, secret);
	thp_ledger_plan plan = {.origin = "clinic.example/unit",
				.root_secret = root,
				.organisation = organisation,
				.from_s = now_ms / 86400000 * 86400,
				.period_s = 86400,
				.epochs = 20};
	g_assert_cmpint(thp_ledger_create(folder, &plan, now_ms, why), ==, THP_OK);
}

static void open_office(office *o, gconstpointer data)
{
	(void)data;
	o->folder = g_dir_make_tmp("therapy-consent-XXXXXX", NULL);
	make_ledger(o->folder);
	g_autofree char *texts = g_test_build_filename(G_TEST_DIST, "conf", "consent", NULL);
	o->settings[0] = g_strdup("consent.enabled=true");
	o->settings[1] = g_strdup_printf("consent.texts=%s", texts);
	o->settings[2] = g_strdup_printf("consent.ledger=%s", o->folder);
	fake_clinic_open((const char *const *)o->settings);
	o->therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 2);
	o->client = fake_person_new(AREA, "r-17", THP_ROLE_CLIENT, "Amina", 2);
	fake_person_arrive(o->therapist);
	fake_person_arrive(o->client);
}

static void close_office(office *o, gconstpointer data)
{
	GDir *dir = g_dir_open(o->folder, 0, NULL);
	const char *name;

	(void)data;
	fake_janus_stop(FALSE);
	fake_person_free(o->therapist);
	fake_person_free(o->client);
	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(o->folder, name, NULL);
		(void)g_remove(path);
	}
	g_dir_close(dir);
	(void)g_rmdir(o->folder);
	for (int i = 0; i < 3; i++)
		g_free(o->settings[i]);
	g_free(o->folder);
}

static const char *first_state(const json_t *event)
{
	return fake_text(json_array_get(json_object_get(event, "kinds"), 0), "state");
}

static json_t *decide(fake_person *p, const char *answer, const char *id)
{
	fake_assert_event(fake_person_ask(p, "consent_shown", "{s:s, s:s, s:s}", "kind",
					  "telehealth", "version", "1.0", "lang", "en"),
			  "consent_shown");
	return fake_person_ask(p, "consent_decide", "{s:s, s:s, s:s, s:s, s:s}", "kind",
			       "telehealth", "version", "1.0", "lang", "en", "answer", answer, "id",
			       id);
}

static json_t *withdraw(fake_person *p, const char *id)
{
	return fake_person_ask(p, "consent_withdraw", "{s:s, s:s}", "kind", "telehealth", "id", id);
}

static void test_in_the_session(office *o, gconstpointer data)
{
	fake_person *client = o->client;

	(void)data;
	g_assert_cmpstr(first_state(fake_await(client->handle, "consent")), ==, "none");
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
	json_t *decided = decide(client, "granted", "12345678");
	fake_assert_event(decided, "consent_decided");
	g_assert_nonnull(strstr(fake_text(decided, "receipt"), "telehealth"));
	fake_assert_event(fake_admit(o->therapist, client), "admitted");
	fake_person_send(client, FALSE);
	g_assert_cmpuint(fake_person_got(o->therapist, 0, FALSE), ==, 1);

	json_t *back = withdraw(client, "23456789");
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
	fake_assert_event(decide(client, "granted", "12345678"), "consent_decided");
	fake_send(client->handle,
		  json_pack("{s:s, s:s, s:s}", "request", "consent_withdraw", "kind", "telehealth",
			    "id", "23456789"),
		  NULL);
	fake_janus_stop(TRUE);
	o->therapist->handle = o->therapist->receiver = NULL;
	client->handle = client->receiver = NULL;
	fake_clinic_open((const char *const *)o->settings);
	fake_person_join(client);
	g_assert_cmpstr(first_state(fake_await(client->handle, "consent")), ==, "withdrawn");
}

static void test_gone_in_between(office *o, gconstpointer data)
{
	fake_person *client = o->client;

	(void)data;
	(void)fake_await(client->handle, "consent");
	fake_assert_event(decide(client, "refused", "12345678"), "consent_decided");
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
	g_test_add("/shell/consent/in_the_session", office, NULL, open_office, test_in_the_session,
		   close_office);
	g_test_add("/shell/consent/stopped_in_between", office, NULL, open_office,
		   test_stopped_in_between, close_office);
	g_test_add("/shell/consent/gone_in_between", office, NULL, open_office,
		   test_gone_in_between, close_office);
	g_test_add_func("/shell/consent/no_ledger", test_no_ledger);
	return g_test_run();
}
