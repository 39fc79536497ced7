/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording from Janus's side: which packets come to lie on the disk, as what, and what happens when it refuses. */
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>
#include <therapy/epoch.h>
#include <therapy/ledger.h>
#include <therapy/ledger_verify.h>
#include <therapy/manifest.h>
#include <therapy/recording_key.h>
#include <therapy/secret.h>

#include "../../plugins/therapy/shell/gateway.h"
#include "faulty_disk.h"
#include "folder.h"
#include "person.h"
#include "wraps.h"

#define AREA    "khan"
#define ROOM    "r-17"
#define PACKETS 20
#define TURNS   25

#define MOMENT_US 300000 /* for what must happen at once */

typedef struct office {
	char *folder, *ledger, *texts, *recordings;
	char *settings[9];
	fake_person *therapist, *client;
	guint answers;
} office;

static guint8 organisation_secret[THP_SEAL_KEY_BYTES];

static void make_ledger(const char *folder)
{
	g_autoptr(GString) why = g_string_new(NULL);
	guint8 public_key[THP_PUBLIC_KEY_BYTES], root[THP_SECRET_KEY_BYTES];
	guint8 organisation[THP_SEAL_KEY_BYTES];
	gint64 now_ms = g_get_real_time() / 1000;

	thp_paserk_generate(public_key, root);
	thp_seal_keys(organisation, organisation_secret);
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
	static const guint8 key[THP_RECORDING_KEY_BYTES] = {9};
	char text[THP_RECORDING_KEY_CHARS + 1];

	(void)data;
	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	o->folder = g_dir_make_tmp("therapy-recording-XXXXXX", NULL);
	o->ledger = g_build_filename(o->folder, "ledger", NULL);
	o->texts = g_build_filename(o->folder, "texts", NULL);
	o->recordings = g_build_filename(o->folder, "recordings", NULL);
	g_assert_cmpint(g_mkdir(o->texts, 0700) + g_mkdir(o->ledger, 0700), ==, 0);
	make_ledger(o->ledger);
	folder_fill("conf/consent", o->texts);
	folder_fill("conf/consent-recording", o->texts);
	thp_recording_key_print(key, FALSE, text);
	o->settings[0] = g_strdup("general.require_e2ee=true");
	o->settings[1] = g_strdup("consent.enabled=true");
	o->settings[2] = g_strdup_printf("consent.texts=%s", o->texts);
	o->settings[3] = g_strdup_printf("consent.ledger=%s", o->ledger);
	o->settings[4] = g_strdup("recording.enabled=true");
	o->settings[5] = g_strdup_printf("recording.folder=%s", o->recordings);
	o->settings[6] = g_strdup_printf("recording.key=%s", text);
	o->settings[7] = g_strdup("limits.requests_burst=1000");
	fake_clinic_open((const char *const *)o->settings);
	/* Recording needs encryption; this test is about packets, whatever is in them. */
	gateway.conf.require_e2ee = FALSE;
	o->therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 2);
	o->client = fake_person_new(AREA, ROOM, THP_ROLE_CLIENT, "Amina", 2);
	fake_person_arrive(o->therapist);
	fake_person_arrive(o->client);
}

static void close_office(office *o, gconstpointer data)
{
	(void)data;
	fake_person_free(o->therapist);
	fake_person_free(o->client);
	folder_remove(o->folder);
	for (int i = 0; i < 8; i++)
		g_free(o->settings[i]);
	g_free(o->folder);
	g_free(o->ledger);
	g_free(o->texts);
	g_free(o->recordings);
}

/* ---- steps ---- */

static void answer(office *o, const char *kind, const char *what)
{
	g_autofree char *id = g_strdup_printf("answer-%08u", ++o->answers);

	fake_assert_event(fake_person_ask(o->client, "consent_shown", "{s:s, s:s, s:s}", "kind",
					  kind, "version", "1.0", "lang", "en"),
			  "consent_shown");
	fake_assert_event(fake_person_ask(o->client, "consent_decide", "{s:s, s:s, s:s, s:s, s:s}",
					  "kind", kind, "version", "1.0", "lang", "en", "answer",
					  what, "id", id),
			  "consent_decided");
}

static void meet(office *o)
{
	(void)fake_await(o->client->handle, "consent");
	answer(o, "telehealth", "granted");
	answer(o, THP_RECORDING_AUDIO, "granted");
	fake_assert_event(fake_admit(o->therapist, o->client), "admitted");
}

static void send(office *o, int n)
{
	for (int i = 0; i < n; i++) {
		fake_person_send(o->client, FALSE);
		fake_person_send(o->therapist, FALSE);
		fake_person_send(o->client, TRUE);
	}
}

static void assert_state(const json_t *event, const char *state)
{
	fake_assert_event(event, "recording");
	g_assert_cmpstr(fake_text(event, "state"), ==, state);
}

static json_t *record(office *o)
{
	return fake_person_ask(o->therapist, "record", "{s:b}", "video", FALSE);
}

static void await_failed(office *o)
{
	json_t *event = fake_await(o->client->handle, "recording");

	while (g_strcmp0(fake_text(event, "reason"), "failed") != 0)
		event = fake_await(o->client->handle, "recording");
	g_assert_cmpstr(fake_text(event, "state"), ==, "stopped");
}

/* How many packets lie in all files of a recording, and what it says of itself. */
static guint packets_in(const char *tape, thp_manifest *m)
{
	g_autofree char *path = g_build_filename(tape, THP_MANIFEST_FILE, NULL);
	g_autofree char *text = NULL;
	guint found = 0;
	gsize n;

	g_assert_true(g_file_get_contents(path, &text, &n, NULL));
	g_assert_cmpint(thp_manifest_read(text, n, m), ==, THP_OK);
	for (guint i = 0; i < m->n_tracks; i++) {
		g_autofree char *file = g_build_filename(tape, m->tracks[i].file, NULL);
		g_autofree char *bytes = NULL;
		guint here = 0;

		g_assert_true(g_file_get_contents(file, &bytes, &n, NULL));
		for (gsize at = 0; at + 4 <= n; at++)
			here += memcmp(bytes + at, "MEET", 4) == 0;
		g_assert_cmpuint(here, ==, m->tracks[i].packets);
		g_assert_false(m->tracks[i].video);
		found += here;
	}
	return found;
}

/* How often the ledger says that recording @id was in @state: these records are about nobody, and in clear. */
static guint noted(const office *o, const char *id, const char *state)
{
	g_autofree char *path = g_build_filename(o->ledger, "ledger.db", NULL);
	g_autofree char *wanted = g_strdup_printf("gate recording %s %s\n", id, state);
	g_autofree char *bytes = NULL;
	guint found = 0;
	gsize n;

	g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
	for (gsize at = 0; at + strlen(wanted) <= n; at++)
		found += memcmp(bytes + at, wanted, strlen(wanted)) == 0;
	return found;
}

static void keep_words(void *ctx, guint64 seq, gint64 kept_ms, const char *words, const char *upon)
{
	const char *const state = strrchr(words, ' ');

	(void)seq, (void)kept_ms, (void)upon;
	g_string_append(ctx, state);
}

/* What the ledger says of all recordings, in its order: " on paused stopped". */
static char *all_noted(const office *o)
{
	g_autoptr(GString) why = g_string_new(NULL);
	GString *const words = g_string_new(NULL);
	thp_ledger_verify_report report;
	const thp_ledger_verify_ask ask = {.dir = o->ledger,
					   .organisation_secret = organisation_secret,
					   .gate = keep_words,
					   .ctx = words};

	g_assert_cmpint(thp_ledger_verify(&ask, &report, why), ==, THP_LEDGER_INCOMPLETE);
	g_assert_cmpuint(report.faults, ==, 0);
	return g_string_free(words, FALSE);
}

/* ---- tests ---- */

static void test_packets(office *o, gconstpointer data)
{
	g_autofree char *sealed = g_strnfill(124, 'A');
	thp_manifest m;

	(void)data;
	meet(o);
	send(o, PACKETS);
	assert_state(record(o), "on");
	fake_assert_event(fake_person_ask(o->therapist, "record_key", "{s:i, s:i, s:s}", "gi", 1,
					  "epoch", 2, "data", sealed),
			  "record_key");
	send(o, PACKETS);
	/* What is muted is given to nobody, and so is not recorded. */
	fake_assert_event(fake_person_ask(o->client, "media", "{s:b}", "audio", FALSE), "media");
	send(o, PACKETS);
	fake_assert_event(fake_person_ask(o->client, "consent_withdraw", "{s:s, s:s}", "kind",
					  THP_RECORDING_AUDIO, "id", "withdraw-1"),
			  "consent_decided");
	send(o, PACKETS);
	fake_assert_error(record(o), "RECORDING_DECLINED");
	fake_janus_stop(FALSE);

	g_autoptr(GDir) dir = g_dir_open(o->recordings, 0, NULL);
	g_autofree char *tape = g_build_filename(o->recordings, g_dir_read_name(dir), NULL);
	struct stat is;
	g_assert_null(g_dir_read_name(dir));
	g_assert_cmpint(stat(tape, &is), ==, 0);
	g_assert_cmpint(is.st_mode & 0777, ==, 0700);
	g_assert_cmpuint(packets_in(tape, &m), ==, 3 * PACKETS);
	g_assert_cmpuint(m.n_tracks, ==, 2);
	g_assert_cmpuint(m.keys, ==, 1);
	g_assert_cmpstr(m.end, ==, "refused");
	g_assert_cmpint(m.ended_ms, >=, m.begun_ms);
	g_assert_cmpuint(noted(o, m.id, "on"), ==, 1);
	g_assert_cmpuint(noted(o, m.id, "paused"), ==, 0);
	g_assert_cmpuint(noted(o, m.id, "stopped"), ==, 1);
	g_autofree char *words = all_noted(o);
	g_assert_cmpstr(words, ==, " on stopped");
}

static guint packets_of_all(const office *o)
{
	g_autoptr(GDir) dir = g_dir_open(o->recordings, 0, NULL);
	guint found = 0;
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *tape = g_build_filename(o->recordings, name, NULL);
		thp_manifest m;
		found += packets_in(tape, &m);
	}
	return found;
}

/* What was stopped in a hurry by a request that came to nothing goes on. */
static void test_stalled_for_nothing(office *o, gconstpointer data)
{
	(void)data;
	meet(o);
	assert_state(record(o), "on");
	fake_assert_event(fake_person_ask(o->client, "clock", "{s:i}", "seq", 9), "clock");
	faulty_disk_stall(TRUE);
	fake_send(o->therapist->handle, json_pack("{s:s, s:s}", "request", "lock", "room", ROOM),
		  NULL);
	g_usleep(MOMENT_US);
	fake_send(o->client->handle, json_pack("{s:s, s:i}", "request", "record_stop", "seq", 8),
		  NULL);
	g_usleep(MOMENT_US);
	send(o, PACKETS);
	faulty_disk_stall(FALSE);
	fake_settle(o->client->handle);
	fake_settle(o->therapist->handle);
	send(o, PACKETS);
	assert_state(fake_person_ask(o->client, "record_stop", NULL), "stopped");
	fake_janus_stop(FALSE);
	g_assert_cmpuint(packets_of_all(o), ==, 2 * PACKETS);
}

/* The area waits for a disk that does not answer, and so do all requests in it: but not this. */
static void test_stalled(office *o, gconstpointer data)
{
	gboolean withdraws = GPOINTER_TO_INT(data);

	meet(o);
	assert_state(record(o), "on");
	send(o, PACKETS);
	faulty_disk_stall(TRUE);
	fake_send(o->therapist->handle, json_pack("{s:s, s:s}", "request", "lock", "room", ROOM),
		  NULL);
	g_usleep(MOMENT_US);
	send(o, PACKETS);
	if (withdraws)
		fake_send(o->client->handle,
			  json_pack("{s:s, s:s, s:s}", "request", "consent_withdraw", "kind",
				    THP_RECORDING_AUDIO, "id", "withdraw-1"),
			  NULL);
	else
		fake_send(o->client->handle, json_pack("{s:s}", "request", "record_stop"), NULL);
	g_usleep(MOMENT_US);
	send(o, PACKETS);
	faulty_disk_stall(FALSE);
	fake_settle(o->client->handle);
	send(o, PACKETS);
	assert_state(fake_newest(o->therapist->handle, "recording"), "stopped");
	fake_janus_stop(FALSE);
	g_assert_cmpuint(packets_of_all(o), ==, 4 * PACKETS);
}

static void test_turns(office *o, gconstpointer data)
{
	guint expected = 0, found = 0, tapes = 0;
	const char *name;

	(void)data;
	meet(o);
	for (int i = 0; i < TURNS; i++) {
		assert_state(record(o), "on");
		send(o, i % 4);
		expected += 2 * (guint)(i % 4);
		assert_state(fake_person_ask(i % 2 ? o->client : o->therapist, "record_stop", NULL),
			     "stopped");
		send(o, 1);
	}
	fake_janus_stop(TRUE);
	o->therapist->handle = o->therapist->receiver = NULL;
	o->client->handle = o->client->receiver = NULL;
	g_autoptr(GDir) dir = g_dir_open(o->recordings, 0, NULL);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *tape = g_build_filename(o->recordings, name, NULL);
		thp_manifest m;

		found += packets_in(tape, &m);
		g_assert_cmpstr(m.end, ==, "stopped");
		g_assert_cmpuint(noted(o, m.id, "on") + noted(o, m.id, "stopped"), ==, 2);
		tapes++;
	}
	g_assert_cmpuint(tapes, ==, TURNS);
	g_assert_cmpuint(found, ==, expected);
}

static void test_disk(office *o, gconstpointer data)
{
	(void)data;
	meet(o);
	fake_recorder_break(TRUE);
	assert_state(record(o), "on");
	send(o, 3);
	await_failed(o);
	send(o, 3);
	g_assert_cmpuint(fake_person_got(o->therapist, 0, FALSE), ==, 6);
	g_autofree char *log = fake_log();
	g_assert_nonnull(strstr(log, "a recording cannot be written"));
	fake_recorder_break(FALSE);
	assert_state(record(o), "on");
	fake_janus_stop(FALSE);
}

/* Nothing goes on that the ledger does not know of. */
static void test_not_noted(office *o, gconstpointer data)
{
	(void)data;
	meet(o);
	/* Without its reserve the ledger keeps nothing but what is taken back. */
	g_assert_true(thp_ledger_make_room(o->ledger));
	assert_state(record(o), "on");
	await_failed(o);
	g_autofree char *log = fake_log();
	g_assert_nonnull(strstr(log, "a recording cannot be noted in the ledger, and is stopped"));
	fake_janus_stop(FALSE);
	g_autofree char *words = all_noted(o);
	g_assert_cmpstr(words, ==, " stopped");
}

static void await_log(const char *text)
{
	for (int i = 0; i < 100; i++) {
		g_autofree char *log = fake_log();

		if (strstr(log, text))
			return;
		g_usleep(100000);
	}
	g_error("nobody has said that %s", text);
}

/* The disk of the ledger fails, and @comes_back or does not. */
static void test_noted_late(office *o, gconstpointer data)
{
	gboolean comes_back = GPOINTER_TO_INT(data);

	meet(o);
	assert_state(record(o), "on");
	/* Asked after the note, and so answered after it. */
	answer(o, THP_RECORDING_VIDEO, "granted");
	faulty_disk_set(FAULTY_FULL, 0);
	assert_state(fake_person_ask(o->therapist, "record_stop", NULL), "stopped");
	await_log("cannot be noted in the ledger yet");
	/* What begins now would be noted before what was over before it. */
	assert_state(record(o), "on");
	await_failed(o);
	if (comes_back) {
		faulty_disk_set(FAULTY_NEVER, 0);
		await_log("is noted in the ledger again");
		assert_state(record(o), "on");
		assert_state(fake_person_ask(o->client, "record_stop", NULL), "stopped");
	}
	fake_janus_stop(FALSE);
	faulty_disk_set(FAULTY_NEVER, 0);
	g_autofree char *words = all_noted(o);
	/* The second never got as far as on. */
	g_assert_cmpstr(words, ==, comes_back ? " on stopped stopped on stopped" : " on");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	faulty_disk_install();
	g_test_add("/shell/recording/packets", office, NULL, open_office, test_packets,
		   close_office);
	g_test_add("/shell/recording/stalled_stop", office, GINT_TO_POINTER(FALSE), open_office,
		   test_stalled, close_office);
	g_test_add("/shell/recording/stalled_withdrawal", office, GINT_TO_POINTER(TRUE),
		   open_office, test_stalled, close_office);
	g_test_add("/shell/recording/stalled_for_nothing", office, NULL, open_office,
		   test_stalled_for_nothing, close_office);
	g_test_add("/shell/recording/turns", office, NULL, open_office, test_turns, close_office);
	g_test_add("/shell/recording/not_noted", office, NULL, open_office, test_not_noted,
		   close_office);
	g_test_add("/shell/recording/noted_late", office, GINT_TO_POINTER(TRUE), open_office,
		   test_noted_late, close_office);
	g_test_add("/shell/recording/noted_never", office, GINT_TO_POINTER(FALSE), open_office,
		   test_noted_late, close_office);
	g_test_add("/shell/recording/disk", office, NULL, open_office, test_disk, close_office);
	return g_test_run();
}
