/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the store says is on disk is on disk: after a failure of every single write and sync, after a power cut at
 * each of them, and after kill -9 at any moment. THP_KILLS=n kills more often.
 */
#include <therapy/store.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "faulty_disk.h"
#include "folder.h"

#define KILLS    12
#define OPS_MAX  400
#define PATIENCE 10 /* seconds */
#define AREAS    3
#define KEYS     4

/* ---- a folder, and a store in it ---- */

static char *make_folder(void)
{
	return g_dir_make_tmp("therapy-store-XXXXXX", NULL);
}

static void remove_folder(char *folder)
{
	folder_remove(folder);
	g_free(folder);
}

static thp_store *open_store(const char *folder)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_store *store = NULL;
	thp_err err = thp_store_open(folder, why, &store);

	if (err != THP_OK)
		g_error("%s", why->str);
	return store;
}

/* ---- one write, waited for ---- */

typedef struct answer {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	guint n;
	thp_err last;
} answer;

#define NO_ANSWER                                                                                  \
	{                                                                                          \
		.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER                \
	}

static void take_answer(thp_err err, void *data)
{
	answer *a = data;

	pthread_mutex_lock(&a->lock);
	a->n++;
	a->last = err;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
}

static thp_err await(answer *a, guint n)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE;
	pthread_mutex_lock(&a->lock);
	while (a->n < n)
		g_assert_cmpint(pthread_cond_timedwait(&a->wake, &a->lock, &until), ==, 0);
	thp_err err = a->last;
	pthread_mutex_unlock(&a->lock);
	return err;
}

static GArray *facts_of(guint32 value, guint key)
{
	GArray *facts = g_array_new(FALSE, TRUE, sizeof(thp_lasting));
	thp_lasting fact;

	memset(&fact, 0, sizeof fact);
	fact.kind = THP_LASTING_BINDING;
	g_snprintf(fact.binding.key, sizeof fact.binding.key, "%064x", key);
	memset(fact.binding.device_key, (int)key + 1, sizeof fact.binding.device_key);
	fact.binding.knock = value;
	fact.binding.exp_s = G_MAXINT64 - value;
	g_array_append_val(facts, fact);
	return facts;
}

static thp_err write_now(thp_store *store, const char *area, gboolean whole, GArray *facts)
{
	answer a = NO_ANSWER;

	thp_store_write(store, area, whole, facts, take_answer, &a);
	return await(&a, 1);
}

/* ---- what is there ---- */

typedef struct seen {
	guint32 values[AREAS][KEYS];
	guint n;
} seen;

static void see(const char *area, const thp_lasting *facts, guint n, void *data)
{
	seen *s = data;

	for (guint i = 0; i < n; i++) {
		if (facts[i].kind != THP_LASTING_BINDING)
			continue;
		guint key = (guint)g_ascii_strtoull(facts[i].binding.key, NULL, 16);
		s->values[area[0] - 'a'][key] = facts[i].binding.knock;
		g_assert_cmpint(facts[i].binding.exp_s, ==, G_MAXINT64 - facts[i].binding.knock);
		s->n++;
	}
}

static seen look(const char *folder)
{
	g_autoptr(thp_store) store = open_store(folder);
	seen s = {0};

	g_assert_cmpint(thp_store_read(store, see, &s), ==, THP_OK);
	return s;
}

/* ---- plain ---- */

static thp_lasting full_room(void)
{
	thp_lasting fact;

	memset(&fact, 0, sizeof fact);
	fact.kind = THP_LASTING_ROOM;
	fact.room =
		(thp_lasting_room){.name = "r-17",
				   .seats = 3,
				   .minutes = 50,
				   .max_minutes = 90,
				   .locked = TRUE,
				   .goodbye = TRUE,
				   .gi = 4000000000U,
				   .epoch = 5,
				   .n_members = 2,
				   .members = {"q1W2e3R4t5Y6u7I8o9P0aQ", "zZ9y8X7w6V5u4T3s2R1q0P"},
				   .clock = {.phase = 1,
					     .company = 2,
					     .n_extensions = 3,
					     .started_wall_us = 4,
					     .ended_wall_us = 5,
					     .length_us = 6,
					     .extended_us = 7,
					     .ran_us = 8,
					     .paused_us = 9,
					     .lonely_us = 10,
					     .cued_us = 11,
					     .saved = {12, -13, G_MAXUINT64}}};
	return fact;
}

static void collect(const char *area, const thp_lasting *facts, guint n, void *data)
{
	g_assert_cmpstr(area, ==, "khan");
	g_array_append_vals(data, facts, n);
}

static void test_round_trip(void)
{
	char *folder = make_folder();
	GArray *facts = g_array_new(FALSE, TRUE, sizeof(thp_lasting));
	thp_lasting room = full_room();
	thp_lasting person = {.kind = THP_LASTING_PERSON,
			      .person = {.key = "k",
					 .id = "i",
					 .role = 1,
					 .state = 2,
					 .own_room = "r-17",
					 .room = "r-17",
					 .knocked_s = 1700000000}};

	g_array_append_val(facts, room);
	g_array_append_val(facts, person);
	thp_store *store = open_store(folder);
	thp_store_start(store);
	g_assert_cmpint(write_now(store, "khan", FALSE, facts), ==, THP_OK);
	thp_store_close(store);

	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(thp_lasting));
	store = open_store(folder);
	g_assert_cmpint(thp_store_read(store, collect, found), ==, THP_OK);
	thp_store_close(store);
	g_assert_cmpuint(found->len, ==, 2);
	const thp_lasting_room *r = &g_array_index(found, thp_lasting, 0).room;
	g_assert_cmpstr(r->name, ==, "r-17");
	g_assert_cmpuint(r->gi, ==, 4000000000U);
	g_assert_cmpmem(r->members, sizeof r->members, room.room.members, sizeof r->members);
	g_assert_cmpmem(&r->clock, sizeof r->clock, &room.room.clock, sizeof r->clock);
	g_assert_true(r->locked && r->goodbye);
	const thp_lasting_person *p = &g_array_index(found, thp_lasting, 1).person;
	g_assert_cmpstr(p->id, ==, "i");
	g_assert_cmpint(p->knocked_s, ==, 1700000000);
	remove_folder(folder);
}

static void test_whole_replaces(void)
{
	char *folder = make_folder();
	thp_store *store = open_store(folder);

	thp_store_start(store);
	g_assert_cmpint(write_now(store, "a", FALSE, facts_of(1, 0)), ==, THP_OK);
	g_assert_cmpint(write_now(store, "b", FALSE, facts_of(2, 0)), ==, THP_OK);
	g_assert_cmpint(write_now(store, "a", TRUE, facts_of(3, 1)), ==, THP_OK);
	GArray *gone = facts_of(0, 0);
	g_array_index(gone, thp_lasting, 0).gone = TRUE;
	g_assert_cmpint(write_now(store, "b", FALSE, gone), ==, THP_OK);
	thp_store_close(store);
	seen s = look(folder);
	g_assert_cmpuint(s.n, ==, 1);
	g_assert_cmpuint(s.values[0][1], ==, 3);
	remove_folder(folder);
}

static void test_what_waits_is_written_at_the_end(void)
{
	char *folder = make_folder();
	thp_store *store = open_store(folder);
	answer a = NO_ANSWER;

	for (guint i = 0; i < 100; i++)
		thp_store_write(store, "a", FALSE, facts_of(i + 1, i % KEYS), take_answer, &a);
	faulty_disk_set(FAULTY_NEVER, 0);
	thp_store_start(store);
	thp_store_close(store);
	g_assert_cmpint(await(&a, 100), ==, THP_OK);
	/* All that waited shared one transaction: a handful of writes and syncs, not hundreds. */
	g_assert_cmpuint(faulty_disk_count(), <, 20);
	seen s = look(folder);
	for (guint i = 0; i < KEYS; i++)
		g_assert_cmpuint(s.values[0][i], ==, 97 + i);
	remove_folder(folder);
}

static void test_backup(void)
{
	char *folder = make_folder();
	char *other = make_folder();
	g_autofree char *copy = g_build_filename(other, THP_STORE_FILE, NULL);
	thp_store *store = open_store(folder);
	GStatBuf st;

	thp_store_start(store);
	g_assert_cmpint(write_now(store, "a", FALSE, facts_of(5, 2)), ==, THP_OK);
	g_assert_cmpint(thp_store_backup(store, copy), ==, THP_OK);
	g_assert_cmpint(thp_store_backup(store, copy), ==, THP_DB_UNWRITABLE);
	g_assert_cmpint(write_now(store, "a", FALSE, facts_of(6, 2)), ==, THP_OK);
	thp_store_close(store);
	g_assert_cmpint(g_stat(copy, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	g_assert_cmpuint(look(other).values[0][2], ==, 5);
	remove_folder(folder);
	remove_folder(other);
}

/* ---- faults ---- */

typedef struct expected {
	guint32 acked[KEYS]; /* the last value that was said to be on disk */
	guint32 tried[KEYS]; /* the last that was handed over */
} expected;

/* Some life; after an error the whole area is written again, as the shell does. */
static void live(thp_store *store, expected *e, guint rounds)
{
	static guint32 value;
	gboolean dirty = FALSE;

	for (guint i = 0; i < rounds; i++) {
		guint key = i % KEYS;
		GArray *facts = facts_of(++value, key);
		for (guint k = 0; dirty && k < KEYS; k++) {
			g_autoptr(GArray) more = facts_of(e->acked[k], k);
			if (k != key && e->acked[k] != 0)
				g_array_append_vals(facts, more->data, 1);
		}
		e->tried[key] = value;
		thp_err err = write_now(store, "a", dirty, facts);
		dirty = err != THP_OK;
		if (!dirty)
			e->acked[key] = value;
	}
}

static void assert_kept(const char *folder, const expected *e)
{
	seen s = look(folder);

	/* Of what failed last, nobody may know before the next start whether it happened. */
	for (guint k = 0; k < KEYS; k++) {
		g_assert_cmpuint(s.values[0][k], >=, e->acked[k]);
		g_assert_cmpuint(s.values[0][k], <=, e->tried[k]);
	}
}

/* One life in which the @at-th operation fails; FALSE if there were not so many. */
static gboolean live_with(faulty_mode mode, guint at, gboolean cut, gboolean heals)
{
	char *folder = make_folder();
	expected e = {{0}, {0}};

	faulty_disk_forget();
	faulty_disk_set(FAULTY_NEVER, 0);
	thp_store *store = open_store(folder);
	thp_store_start(store);
	live(store, &e, KEYS);
	faulty_disk_set(mode, at);
	live(store, &e, 6);
	gboolean struck = faulty_disk_struck();
	if (heals) {
		/* The disk is well again: the same store goes on, and nothing is in doubt any more. */
		faulty_disk_set(FAULTY_NEVER, 0);
		live(store, &e, 2 * KEYS);
		g_assert_cmpmem(e.acked, sizeof e.acked, e.tried, sizeof e.tried);
	}
	thp_store_close(store);
	faulty_disk_set(FAULTY_NEVER, 0);
	if (cut)
		faulty_disk_cut();
	assert_kept(folder, &e);
	remove_folder(folder);
	return struck;
}

static void live_with_each(faulty_mode mode, gboolean cut, gboolean heals)
{
	guint at = 0;

	while (at < OPS_MAX && live_with(mode, at, cut, heals))
		at++;
	g_test_message("%u operations failed, one after the other", at);
	g_assert_cmpuint(at, >, 20);
	g_assert_cmpuint(at, <, OPS_MAX);
}

static void test_each_fails_once(void)
{
	live_with_each(FAULTY_ONCE, FALSE, FALSE);
	live_with_each(FAULTY_ONCE, FALSE, TRUE);
}

static void test_each_fails_for_good(void)
{
	live_with_each(FAULTY_EVER, FALSE, FALSE);
	live_with_each(FAULTY_EVER, FALSE, TRUE);
}

static void test_disk_full(void)
{
	live_with_each(FAULTY_FULL, FALSE, FALSE);
	live_with_each(FAULTY_FULL, FALSE, TRUE);
}

static void test_power_cut(void)
{
	live_with_each(FAULTY_EVER, TRUE, FALSE);
	live_with_each(FAULTY_ONCE, TRUE, TRUE);
}

/* A start on a disk that fails says so, and is no worse for it. */
static void test_start_fails(void)
{
	char *folder = make_folder();
	gboolean opened = FALSE;

	for (guint at = 0; !opened && at < OPS_MAX; at++) {
		g_autoptr(GString) why = g_string_new(NULL);
		thp_store *store = NULL;
		faulty_disk_set(FAULTY_ONCE, at);
		thp_err err = thp_store_open(folder, why, &store);
		opened = err == THP_OK && !faulty_disk_struck();
		g_assert_true(err == THP_OK || why->len > 0);
		thp_store_close(store);
	}
	g_assert_true(opened);
	faulty_disk_set(FAULTY_NEVER, 0);
	g_assert_cmpuint(look(folder).n, ==, 0);
	remove_folder(folder);
}

/* ---- kill -9 ---- */

/* What the child says on the pipe: whole, since it is small. */
typedef struct word {
	guint8 area, key;
	gboolean acked;
	guint32 value;
} word;

static int pipe_out;
static word said[AREAS];
static answer answers[AREAS];

static void say_acked(thp_err err, void *data)
{
	word w = *(word *)data;

	w.acked = TRUE;
	if (err == THP_OK)
		(void)!write(pipe_out, &w, sizeof w);
	take_answer(err, &answers[w.area]);
}

/* Each area writes its next fact when the last one was answered, all at once. */
static void be_killed(const char *folder)
{
	thp_store *store = open_store(folder);
	guint32 value = (guint32)(g_get_monotonic_time() / 100);

	thp_store_start(store);
	for (guint i = 1;; i++) {
		for (guint8 a = 0; a < AREAS; a++) {
			const char area[] = {(char)('a' + a), '\0'};
			if (i > 1)
				(void)await(&answers[a], i - 1);
			said[a] = (word){.area = a, .key = (guint8)(i % KEYS), .value = ++value};
			(void)!write(pipe_out, &said[a], sizeof said[a]);
			thp_store_write(store, area, FALSE, facts_of(value, said[a].key), say_acked,
					&said[a]);
		}
	}
}

static void kill_once(const char *folder, word tried[AREAS][KEYS], word acked[AREAS][KEYS])
{
	int ends[2];
	word w;

	g_assert_cmpint(pipe(ends), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		(void)close(ends[0]);
		pipe_out = ends[1];
		be_killed(folder);
		_exit(1);
	}
	(void)close(ends[1]);
	g_assert_cmpint(read(ends[0], &w, sizeof w), ==, sizeof w);
	tried[w.area][w.key] = w;
	g_usleep((gulong)g_test_rand_int_range(0, 60000));
	g_assert_cmpint(kill(child, SIGKILL), ==, 0);
	while (read(ends[0], &w, sizeof w) == sizeof w)
		(w.acked ? acked : tried)[w.area][w.key] = w;
	(void)close(ends[0]);
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
}

static void test_kills(void)
{
	const char *wanted = g_getenv("THP_KILLS");
	int kills = wanted ? atoi(wanted) : KILLS;
	char *folder = make_folder();
	word tried[AREAS][KEYS] = {0}, acked[AREAS][KEYS] = {0};
	guint in_doubt = 0;

	for (int i = 0; i < AREAS; i++)
		answers[i] = (answer)NO_ANSWER;
	for (int i = 0; i < kills; i++) {
		kill_once(folder, tried, acked);
		seen s = look(folder);
		for (int a = 0; a < AREAS; a++) {
			for (int k = 0; k < KEYS; k++) {
				guint32 value = s.values[a][k];
				in_doubt += value != acked[a][k].value;
				if (value != tried[a][k].value)
					g_assert_cmpuint(value, ==, acked[a][k].value);
				acked[a][k].value = value;
			}
		}
	}
	g_test_message("%d kills, nothing acknowledged lost; %u writes were there unacknowledged",
		       kills, in_doubt);
	remove_folder(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* The faults are made here, not by the disk: in memory all goes faster. */
	if (g_file_test("/dev/shm", G_FILE_TEST_IS_DIR))
		(void)g_setenv("TMPDIR", "/dev/shm", TRUE);
	faulty_disk_install();
	g_test_add_func("/store/round-trip", test_round_trip);
	g_test_add_func("/store/whole", test_whole_replaces);
	g_test_add_func("/store/end", test_what_waits_is_written_at_the_end);
	g_test_add_func("/store/backup", test_backup);
	g_test_add_func("/store/each-fails-once", test_each_fails_once);
	g_test_add_func("/store/each-fails-for-good", test_each_fails_for_good);
	g_test_add_func("/store/disk-full", test_disk_full);
	g_test_add_func("/store/power-cut", test_power_cut);
	g_test_add_func("/store/start-fails", test_start_fails);
	g_test_add_func("/store/kills", test_kills);
	return g_test_run();
}
