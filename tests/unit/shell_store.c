/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lasts, seen from outside: restarts, disks that fail, draining, backups, keys read anew. */
#include "person.h"
#include "wraps.h"

#include <string.h>

#include <glib/gstdio.h>
#include <therapy/secret.h>

#include "faulty_disk.h"
#include "folder.h"

#define AREA "khan"

typedef struct desk {
	char *folder, *keys;
	char *settings[3];
	fake_person *therapist, *client;
} desk;

static void open_desk(desk *d, gconstpointer data)
{
	char text[THP_PUBLIC_LEN + 1];
	guint8 public_key[THP_PUBLIC_KEY_BYTES];

	(void)data;
	faulty_disk_set(FAULTY_NEVER, 0);
	d->folder = g_dir_make_tmp("therapy-shell-XXXXXX", NULL);
	d->keys = g_build_filename(d->folder, "keys", NULL);
	d->settings[0] = g_strdup_printf("general.data_dir=%s/data", d->folder);
	/* A first start, for the organisation's key. */
	fake_clinic_open(NULL);
	fake_janus_stop(FALSE);
	memcpy(public_key, fake_clinic_key() + 32, sizeof public_key);
	thp_paserk_public(public_key, text);
	g_assert_true(g_file_set_contents(d->keys, text, -1, NULL));
	d->settings[1] = g_strdup_printf("general.keys_file=%s", d->keys);
	fake_clinic_open((const char *const *)d->settings);
	d->therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 2);
	d->client = fake_person_new(AREA, "r-17", THP_ROLE_CLIENT, "Amina", 2);
	fake_person_arrive(d->therapist);
	fake_person_arrive(d->client);
}

static void close_desk(desk *d, gconstpointer data)
{
	(void)data;
	faulty_disk_set(FAULTY_NEVER, 0);
	fake_janus_stop(FALSE);
	fake_person_free(d->therapist);
	fake_person_free(d->client);
	folder_remove(d->folder);
	g_free(d->folder);
	g_free(d->keys);
	g_free(d->settings[0]);
	g_free(d->settings[1]);
}

static void restart(desk *d)
{
	fake_janus_stop(TRUE);
	d->therapist->handle = d->therapist->receiver = NULL;
	d->client->handle = d->client->receiver = NULL;
	fake_clinic_open((const char *const *)d->settings);
}

static void admit(desk *d)
{
	fake_assert_event(fake_admit(d->therapist, d->client), "admitted");
}

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

static void come_back(fake_person *p, const char *state)
{
	g_autofree char *id = g_strdup(p->id);
	json_t *joined = fake_person_join(p);

	g_assert_true(fake_flag(joined, "resumed"));
	g_assert_cmpstr(fake_text(joined, "state"), ==, state);
	g_assert_cmpstr(fake_text(joined, "participant"), ==, id);
	fake_person_publish(p);
	fake_person_receive(p);
}

/* ---- restarts ---- */

static void test_restart(desk *d, gconstpointer data)
{
	(void)data;
	admit(d);
	assert_talking(d, TRUE);
	restart(d);
	come_back(d->client, "admitted");
	come_back(d->therapist, "admitted");
	fake_settle(d->client->handle);
	fake_settle(d->therapist->handle);
	assert_talking(d, TRUE);
	json_t *roster = fake_newest(d->therapist->handle, "roster");
	json_t *peer = json_array_get(json_object_get(roster, "peers"), 0);
	g_assert_cmpstr(fake_text(peer, "name"), ==, "Amina");
	/* And from waiting to waiting. */
	fake_assert_event(
		fake_person_ask(d->therapist, "hold", "{s:s}", "participant", d->client->id),
		"held");
	restart(d);
	come_back(d->client, "held");
}

static void test_the_dead_stay_dead(desk *d, gconstpointer data)
{
	(void)data;
	admit(d);
	fake_assert_event(
		fake_person_ask(d->therapist, "remove", "{s:s}", "participant", d->client->id),
		"removed");
	restart(d);
	fake_assert_error(fake_person_knock(d->client), "TOKEN_REVOKED");
	fake_person_device(d->client, 77);
	fake_assert_error(fake_person_knock(d->client), "TOKEN_USED");
}

/* ---- disks ---- */

static void test_refused(desk *d, gconstpointer data)
{
	(void)data;
	g_autoptr(fake_person) late = fake_person_new(AREA, "r-18", THP_ROLE_CLIENT, "Late", 2);
	guint notices = fake_count(d->client->handle, "state");

	faulty_disk_set(FAULTY_FULL, 0);
	fake_assert_error(fake_admit(d->therapist, d->client), "NOT_STORED");
	fake_settle(d->client->handle);
	g_assert_cmpuint(fake_count(d->client->handle, "state"), ==, notices);
	assert_talking(d, FALSE);
	fake_assert_error(fake_person_knock(late), "NOT_STORED");
	g_autofree char *log = fake_log();
	g_assert_nonnull(strstr(log, "there is no space left for the database; what cannot be "
				     "stored is refused, running sessions go on"));
	/* As if nothing had been asked. */
	faulty_disk_set(FAULTY_NEVER, 0);
	admit(d);
	assert_talking(d, TRUE);
	fake_assert_event(fake_person_join(late), "joined");
	/* Now a session is on, and goes on. */
	faulty_disk_set(FAULTY_EVER, 0);
	fake_assert_error(
		fake_person_ask(d->therapist, "hold", "{s:s}", "participant", d->client->id),
		"NOT_STORED");
	assert_talking(d, TRUE);
	fake_assert_event(fake_person_ask(d->client, "media", "{s:b}", "video", FALSE), "media");
	fake_person_lose(d->client);
	fake_settle(d->therapist->handle);
	fake_assert_error(fake_person_knock(d->client), "NOT_STORED");
	faulty_disk_set(FAULTY_NEVER, 0);
	come_back(d->client, "admitted");
	fake_settle(d->client->handle);
	assert_talking(d, TRUE);
	g_autofree char *after = fake_log();
	g_assert_nonnull(strstr(after, "can be written again"));
}

static gboolean is_written(void)
{
	json_auto_t *status = fake_admin("status");
	g_autofree char *log = fake_log();

	return json_integer_value(json_object_get(status, "away")) == 0 &&
	       strstr(log, "can be written again") != NULL;
}

/* What failed while nobody asked is written when the disk is well again, and a restart finds it. */
static void test_written_later(desk *d, gconstpointer data)
{
	(void)data;
	admit(d);
	faulty_disk_set(FAULTY_EVER, 0);
	fake_assert_error(fake_person_ask(d->therapist, "lock", "{s:s}", "room", "r-17"),
			  "NOT_STORED");
	fake_person_lose(d->client);
	/* The grace ends: the client is gone, whatever the disk says. */
	fake_clock_advance(SECONDS(200));
	fake_settle(d->therapist->handle);
	faulty_disk_set(FAULTY_NEVER, 0);
	/* However slow the machine: until the departure was taken, and the disk has it. */
	for (int i = 0; i < 200 && !is_written(); i++) {
		fake_clock_advance(SECONDS(2));
		g_usleep(50000);
		fake_settle(d->therapist->handle);
	}
	fake_settle(d->therapist->handle);
	restart(d);
	json_t *joined = fake_person_join(d->client);
	g_assert_false(fake_flag(joined, "resumed"));
	g_assert_cmpstr(fake_text(joined, "state"), ==, "waiting");
}

/* Each write and sync fails once under a session: whatever was answered well is so after a restart. */
static void test_each_operation(desk *d, gconstpointer data)
{
	gboolean held = FALSE, struck = TRUE;

	(void)data;
	admit(d);
	for (guint at = 0; struck && at < 200; at++) {
		faulty_disk_set(FAULTY_ONCE, at);
		json_t *answer = held ? fake_admit(d->therapist, d->client)
				      : fake_person_ask(d->therapist, "hold", "{s:s}",
							"participant", d->client->id);
		struck = faulty_disk_struck();
		faulty_disk_set(FAULTY_NEVER, 0);
		if (strcmp(fake_text(answer, "therapy"), "error") != 0)
			held = !held;
		else
			fake_assert_error(answer, "NOT_STORED");
		fake_settle(d->client->handle);
		assert_talking(d, !held);
	}
	g_assert_false(struck);
	restart(d);
	come_back(d->client, held ? "held" : "admitted");
}

static void test_order_is_kept(desk *d, gconstpointer data)
{
	enum { N = 40 };
	const char *sent[N];

	(void)data;
	admit(d);
	for (int i = 0; i < N; i++)
		sent[i] = fake_send(d->therapist->handle,
				    json_pack("{s:s, s:s}", "request", i % 2 ? "unlock" : "lock",
					      "room", "r-17"),
				    NULL);
	fake_settle(d->therapist->handle);
	for (int i = 0; i < N; i++)
		g_assert_cmpuint(fake_answers(d->therapist->handle, sent[i]), ==, 1);
	g_assert_false(fake_flag(fake_newest(d->client->handle, "roster"), "locked"));
}

/* ---- starts ---- */

static void assert_no_start(const char *data_dir, const char *why)
{
	g_autofree char *setting = g_strdup_printf("general.data_dir=%s", data_dir);
	const char *const settings[] = {setting, NULL};
	fake_options options = {0};

	g_assert_cmpint(fake_clinic_try(&options, settings), <, 0);
	g_autofree char *log = fake_log();
	g_assert_nonnull(strstr(log, why));
	fake_janus_stop(FALSE);
}

static void test_starts(desk *d, gconstpointer data)
{
	g_autofree char *file = g_build_filename(d->folder, "data", "state.db", NULL);
	g_autofree char *folder = g_build_filename(d->folder, "data", NULL);
	GStatBuf st;

	(void)data;
	g_assert_cmpint(g_stat(folder, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0700);
	fake_janus_stop(TRUE);
	assert_no_start("/nonexistent/therapy", "make the folder, give it to the user");
	g_assert_true(g_file_set_contents(file, "nonsense", -1, NULL));
	assert_no_start(folder, "the database is damaged (not an SQLite file)");
	(void)g_unlink(file);
	fake_clinic_open((const char *const *)d->settings);
	d->therapist->handle = d->client->handle = NULL;
}

/* ---- operators ---- */

static void test_backup(desk *d, gconstpointer data)
{
	g_autofree char *file = g_build_filename(d->folder, "data", "state.db", NULL);
	json_auto_t *answer = NULL;

	(void)data;
	admit(d);
	answer = fake_admin("backup");
	fake_assert_event(answer, "backup");
	g_assert_true(g_str_has_prefix(fake_text(answer, "file"), d->folder));
	fake_assert_event(fake_person_ask(d->therapist, "end", NULL), "ended");
	fake_janus_stop(TRUE);
	g_assert_cmpint(g_rename(fake_text(answer, "file"), file), ==, 0);
	fake_clinic_open((const char *const *)d->settings);
	come_back(d->client, "admitted");
}

static void test_drain(desk *d, gconstpointer data)
{
	json_auto_t *on = NULL, *off = NULL;
	g_autoptr(fake_person) next = fake_person_new(AREA, "r-18", THP_ROLE_CLIENT, "Next", 2);
	g_autoptr(fake_person) late = fake_person_new(AREA, "r-19", THP_ROLE_CLIENT, "Late", 2);
	g_autoptr(fake_person) guest = fake_person_new(AREA, "r-17", THP_ROLE_GUEST, "Guest", 3);

	(void)data;
	admit(d);
	fake_person_arrive(next);
	on = fake_admin("drain");
	g_assert_true(fake_flag(on, "draining"));
	g_assert_true(fake_flag(fake_await(d->therapist->handle, "draining"), "draining"));
	fake_settle(d->therapist->handle);
	/* Nobody new, but whoever belongs to the session that is on. */
	fake_assert_error(fake_person_knock(late), "DRAINING");
	fake_person_arrive(guest);
	fake_assert_event(fake_admit(d->therapist, guest), "admitted");
	assert_talking(d, TRUE);
	fake_assert_event(fake_person_ask(d->therapist, "end", NULL), "ended");
	fake_assert_error(fake_admit(d->therapist, next), "DRAINING");
	g_assert_cmpuint(fake_count(next->handle, "draining"), ==, 0);
	off = fake_admin("undrain");
	g_assert_false(fake_flag(off, "draining"));
	g_assert_false(fake_flag(fake_await(d->therapist->handle, "draining"), "draining"));
	fake_assert_event(fake_admit(d->therapist, next), "admitted");
	fake_assert_event(fake_person_join(late), "joined");
}

static void test_reload_keys(desk *d, gconstpointer data)
{
	g_autofree char *damaged = NULL;
	g_autofree char *good = NULL;
	guint8 public_key[THP_PUBLIC_KEY_BYTES], secret_key[THP_SECRET_KEY_BYTES];
	char text[THP_PUBLIC_LEN + 1];
	json_auto_t *refused = NULL, *loaded = NULL;
	g_autoptr(fake_person) other = fake_person_new(AREA, "r-20", THP_ROLE_CLIENT, "O", 2);

	(void)data;
	g_assert_true(g_file_get_contents(d->keys, &good, NULL, NULL));
	damaged = g_strdup_printf("%s\nk4.public.AAAA\n", good);
	g_assert_true(g_file_set_contents(d->keys, damaged, -1, NULL));
	refused = fake_admin("reload_keys");
	fake_assert_error(refused, "KEY_FILE");
	g_autofree char *log = fake_log();
	g_assert_nonnull(strstr(log, "line 2 is not a k4.public key"));
	fake_assert_event(fake_person_join(other), "joined");
	/* The organisation's key goes: from now on its invitations are nobody's. */
	thp_paserk_generate(public_key, secret_key);
	thp_paserk_public(public_key, text);
	g_assert_true(g_file_set_contents(d->keys, text, -1, NULL));
	loaded = fake_admin("reload_keys");
	fake_assert_event(loaded, "keys_loaded");
	g_assert_cmpint(json_integer_value(json_object_get(loaded, "keys")), ==, 1);
	fake_person_lose(other);
	fake_assert_error(fake_person_knock(other), "TOKEN_UNKNOWN_KEY");
	g_assert_true(g_file_set_contents(d->keys, good, -1, NULL));
}

static void test_nonce_is_for_one_join(desk *d, gconstpointer data)
{
	g_autoptr(fake_person) p = fake_person_new(AREA, "r-21", THP_ROLE_CLIENT, "P", 2);
	g_autofree char *token = g_strdup(p->token);

	(void)d;
	(void)data;
	p->token[strlen(p->token) - 3] ^= 1;
	fake_handle *handle = fake_attach(p->janus_session);
	json_t *hello = fake_ask(handle, json_pack("{s:s}", "request", "hello"), NULL);
	g_autofree char *nonce = g_strdup(fake_text(hello, "nonce"));
	json_t *refused = fake_ask(handle, fake_person_join_body(p, nonce), NULL);
	fake_assert_event(refused, "error");
	memcpy(p->token, token, strlen(token));
	fake_assert_error(fake_ask(handle, fake_person_join_body(p, nonce), NULL), "NO_NONCE");
}

#define ADD(path, test) g_test_add("/shell/store/" path, desk, NULL, open_desk, test, close_desk)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (g_file_test("/dev/shm", G_FILE_TEST_IS_DIR))
		(void)g_setenv("TMPDIR", "/dev/shm", TRUE);
	faulty_disk_install();
	ADD("restart", test_restart);
	ADD("dead_stay_dead", test_the_dead_stay_dead);
	ADD("refused", test_refused);
	ADD("written_later", test_written_later);
	ADD("each_operation", test_each_operation);
	ADD("order", test_order_is_kept);
	ADD("starts", test_starts);
	ADD("backup", test_backup);
	ADD("drain", test_drain);
	ADD("reload_keys", test_reload_keys);
	ADD("nonce", test_nonce_is_for_one_join);
	return g_test_run();
}
