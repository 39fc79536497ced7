/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One folder for everything. */
#include "office.h"

#include <glib/gstdio.h>
#include <therapy/epoch.h>
#include <therapy/ledger.h>
#include <therapy/secret.h>

#include "folder.h"

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

static void start(office *o)
{
	fake_clinic_open((const char *const *)o->settings);
}

void office_open(office *o, gconstpointer data)
{
	(void)data;
	o->folder = g_dir_make_tmp("therapy-consent-XXXXXX", NULL);
	g_autofree char *ledger = g_build_filename(o->folder, "ledger", NULL);
	g_assert_cmpint(g_mkdir(ledger, 0700), ==, 0);
	make_ledger(ledger);
	g_autofree char *texts = g_test_build_filename(G_TEST_DIST, "conf", "consent", NULL);
	o->settings[0] = g_strdup("consent.enabled=true");
	o->settings[1] = g_strdup_printf("consent.texts=%s", texts);
	o->settings[2] = g_strdup_printf("consent.ledger=%s", ledger);
	o->settings[3] = g_strdup_printf("general.data_dir=%s/data", o->folder);
	start(o);
	o->therapist = fake_person_new(OFFICE_AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 2);
	o->client = fake_person_new(OFFICE_AREA, "r-17", THP_ROLE_CLIENT, "Amina", 2);
	fake_person_arrive(o->therapist);
	fake_person_arrive(o->client);
}

void office_close(office *o, gconstpointer data)
{
	(void)data;
	fake_janus_stop(FALSE);
	fake_person_free(o->therapist);
	fake_person_free(o->client);
	folder_remove(o->folder);
	for (int i = 0; i < 4; i++)
		g_free(o->settings[i]);
	g_free(o->folder);
}

void office_restart(office *o)
{
	fake_janus_stop(TRUE);
	o->therapist->handle = o->therapist->receiver = NULL;
	o->client->handle = o->client->receiver = NULL;
	start(o);
}

const char *office_state(const json_t *event)
{
	return fake_text(json_array_get(json_object_get(event, "kinds"), 0), "state");
}

json_t *office_decide(fake_person *p, const char *answer, const char *id)
{
	fake_assert_event(fake_person_ask(p, "consent_shown", "{s:s, s:s, s:s}", "kind",
					  "telehealth", "version", "1.0", "lang", "en"),
			  "consent_shown");
	return fake_person_ask(p, "consent_decide", "{s:s, s:s, s:s, s:s, s:s}", "kind",
			       "telehealth", "version", "1.0", "lang", "en", "answer", answer, "id",
			       id);
}

json_t *office_withdraw(fake_person *p, const char *id)
{
	return fake_person_ask(p, "consent_withdraw", "{s:s, s:s}", "kind", "telehealth", "id", id);
}
