/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a database: what is right stays, and what is wrong is named and left alone. */
#include <therapy/db.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "folder.h"

#define KIND_ID 0x74685f74 /* "th_t" */

#define SCHEMA "CREATE TABLE thing (n INTEGER PRIMARY KEY, t TEXT) STRICT"

static const thp_db_kind with_journal = {"test", KIND_ID, 3, SCHEMA, FALSE};
static const thp_db_kind with_log = {"test", KIND_ID, 3, SCHEMA, TRUE};

typedef struct place {
	const thp_db_kind *kind;
	char *folder;
	char *path;
	GString *why;
} place;

static void set_up(place *p, gconstpointer data)
{
	p->kind = data;
	p->folder = g_dir_make_tmp("therapy-db-XXXXXX", NULL);
	p->path = g_build_filename(p->folder, "test.db", NULL);
	p->why = g_string_new(NULL);
}

static void tear_down(place *p, gconstpointer data)
{
	(void)data;
	folder_remove(p->folder);
	g_free(p->folder);
	g_free(p->path);
	g_string_free(p->why, TRUE);
}

static thp_db *open_good(place *p)
{
	thp_db *db = NULL;
	thp_err err = thp_db_open(p->path, p->kind, p->why, &db);

	if (err != THP_OK)
		g_error("%s", p->why->str);
	return db;
}

static int count(thp_db *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	g_assert_cmpint(thp_db_prepare(db, sql, &statement), ==, THP_OK);
	g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
	int n = sqlite3_column_int(statement, 0);
	(void)sqlite3_finalize(statement);
	return n;
}

/* Every byte of the folder: names and contents. */
static char *fingerprint(const place *p)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	GDir *dir = g_dir_open(p->folder, 0, NULL);
	GList *names = NULL;
	const char *name;

	while ((name = g_dir_read_name(dir)))
		names = g_list_insert_sorted(names, g_strdup(name), (GCompareFunc)strcmp);
	for (GList *l = names; l; l = l->next) {
		g_autofree char *path = g_build_filename(p->folder, l->data, NULL);
		g_autofree char *bytes = NULL;
		gsize n = 0;
		g_checksum_update(sum, l->data, -1);
		if (g_file_get_contents(path, &bytes, &n, NULL))
			g_checksum_update(sum, (const guchar *)bytes, (gssize)n);
	}
	char *text = g_strdup(g_checksum_get_string(sum));
	g_list_free_full(names, g_free);
	g_dir_close(dir);
	g_checksum_free(sum);
	return text;
}

/* Opening fails with @err, says all of @words, and changes not a byte. */
static void assert_refused(place *p, const thp_db_kind *as, thp_err err, const char *const *words)
{
	g_autofree char *before = fingerprint(p);
	thp_db *db = NULL;

	g_assert_cmpint(thp_db_open(p->path, as, p->why, &db), ==, err);
	g_assert_null(db);
	g_test_message("%s", p->why->str);
	g_assert_nonnull(strstr(p->why->str, p->path));
	for (; *words; words++)
		g_assert_nonnull(strstr(p->why->str, *words));
	g_autofree char *after = fingerprint(p);
	g_assert_cmpstr(before, ==, after);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void fill(thp_db *db, int n)
{
	g_assert_cmpint(thp_db_begin(db), ==, THP_OK);
	for (int i = 0; i < n; i++)
		g_assert_cmpint(
			thp_db_run(db, "INSERT INTO thing (t) VALUES (hex(randomblob(200)))"), ==,
			THP_OK);
	g_assert_cmpint(thp_db_commit(db), ==, THP_OK);
}

static void test_lasts(place *p, gconstpointer data)
{
	GStatBuf st;

	(void)data;
	thp_db *db = open_good(p);
	g_assert_cmpint(g_stat(p->path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	fill(db, 5);
	g_assert_cmpint(thp_db_begin(db), ==, THP_OK);
	g_assert_cmpint(thp_db_run(db, "INSERT INTO thing (t) VALUES ('gone')"), ==, THP_OK);
	thp_db_rollback(db);
	thp_db_rollback(db);
	thp_db_close(db);
	db = open_good(p);
	g_assert_cmpint(count(db, "SELECT count(*) FROM thing"), ==, 5);
	thp_db_close(db);
}

static void test_settings(place *p, gconstpointer data)
{
	(void)data;
	g_autoptr(thp_db) db = open_good(p);
	g_assert_cmpint(count(db, "PRAGMA synchronous"), ==, 3);
	g_assert_cmpint(count(db, "PRAGMA mmap_size"), ==, 0);
	g_assert_cmpint(count(db, "PRAGMA secure_delete"), ==, 1);
	g_assert_cmpint(count(db, p->kind->logs
					  ? "SELECT journal_mode = 'wal' FROM pragma_journal_mode"
					  : "SELECT journal_mode = 'truncate'"
					    " FROM pragma_journal_mode"),
			==, 1);
	g_assert_cmpint(count(db, "SELECT locking_mode = 'exclusive' FROM pragma_locking_mode"), ==,
			1);
}

static void test_copy(place *p, gconstpointer data)
{
	g_autofree char *copy = g_build_filename(p->folder, "copy.db", NULL);

	(void)data;
	thp_db *db = open_good(p);
	fill(db, 7);
	g_assert_cmpint(thp_db_copy(db, copy), ==, THP_OK);
	g_assert_cmpint(thp_db_copy(db, copy), !=, THP_OK); /* never over anything */
	thp_db_close(db);
	g_assert_cmpint(g_rename(copy, p->path), ==, 0);
	db = open_good(p);
	g_assert_cmpint(count(db, "SELECT count(*) FROM thing"), ==, 7);
	thp_db_close(db);
}

static void test_foreign(place *p, gconstpointer data)
{
	static const thp_db_kind other = {"other", KIND_ID + 1, 3, "CREATE TABLE x (n) ", FALSE};

	(void)data;
	thp_db_close(open_good(p));
	assert_refused(p, &other, THP_DB_FOREIGN, WORDS("another application", "data_dir"));
}

static void test_newer(place *p, gconstpointer data)
{
	thp_db_kind older = *p->kind;

	(void)data;
	older.version = 2;
	thp_db_close(open_good(p));
	assert_refused(p, &older, THP_DB_NEWER, WORDS("format 3", "knows 2", "backup"));
}

static void test_damaged(place *p, gconstpointer data)
{
	g_autofree char *bytes = NULL;
	gsize n = 0;

	(void)data;
	g_assert_true(g_file_set_contents(p->path, "not a database at all", -1, NULL));
	assert_refused(p, p->kind, THP_DB_DAMAGED, WORDS("not an SQLite file", "backup"));
	(void)g_unlink(p->path);
	thp_db *db = open_good(p);
	fill(db, 200);
	thp_db_close(db);
	g_assert_true(g_file_get_contents(p->path, &bytes, &n, NULL));
	g_assert_cmpuint(n, >, 12000);
	/* A page in the middle, overwritten; then one missing at the end. */
	g_autofree char *holed = g_memdup2(bytes, n);
	memset(holed + 8192, 0x5a, 4096);
	g_assert_true(g_file_set_contents(p->path, holed, (gssize)n, NULL));
	assert_refused(p, p->kind, THP_DB_DAMAGED, WORDS("backup", "-journal"));
	g_assert_true(g_file_set_contents(p->path, bytes, (gssize)n - 4096, NULL));
	assert_refused(p, p->kind, THP_DB_DAMAGED, WORDS("backup"));
}

/* Another process holds it: locks of one process do not stop that process itself. */
static void test_locked(place *p, gconstpointer data)
{
	int ready[2], done[2];
	char byte = 0;

	(void)data;
	g_assert_cmpint(pipe(ready) | pipe(done), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		thp_db *db = open_good(p);
		(void)!write(ready[1], "r", 1);
		(void)!read(done[0], &byte, 1);
		thp_db_close(db);
		_exit(0);
	}
	g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
	assert_refused(p, p->kind, THP_DB_LOCKED, WORDS("end the other Janus"));
	g_assert_cmpint(write(done[1], "d", 1), ==, 1);
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
	thp_db_close(open_good(p));
	for (int i = 0; i < 2; i++) {
		(void)close(ready[i]);
		(void)close(done[i]);
	}
}

static void test_unwritable(place *p, gconstpointer data)
{
	g_autofree char *kept = g_steal_pointer(&p->path);

	(void)data;
	p->path = g_build_filename(p->folder, "missing", "test.db", NULL);
	assert_refused(p, p->kind, THP_DB_UNWRITABLE, WORDS("No such file", "give it to the user"));
	g_free(p->path);
	p->path = g_strdup(p->folder);
	assert_refused(p, p->kind, THP_DB_UNWRITABLE, WORDS("directory"));
	g_free(p->path);
	p->path = g_build_filename(p->folder, "link.db", NULL);
	g_assert_cmpint(symlink(kept, p->path), ==, 0);
	assert_refused(p, p->kind, THP_DB_UNWRITABLE, WORDS("symbolic"));
	/* Whoever may do anything is stopped by nothing but a mount. */
	if (geteuid() != 0) {
		g_free(p->path);
		p->path = g_strdup(kept);
		thp_db_close(open_good(p));
		g_assert_cmpint(g_chmod(p->path, 0400), ==, 0);
		assert_refused(p, p->kind, THP_DB_UNWRITABLE, WORDS("Permission denied"));
	}
}

/* A writer that dies in a transaction leaves what was committed before, and nothing else. */
static void test_crash(place *p, gconstpointer data)
{
	(void)data;
	thp_db_close(open_good(p));
	pid_t child = fork();
	if (child == 0) {
		thp_db *db = open_good(p);
		fill(db, 100);
		thp_err err = thp_db_run(db, "PRAGMA cache_size=5");
		if (err == THP_OK)
			err = thp_db_begin(db);
		for (int i = 0; err == THP_OK && i < 400; i++)
			err = thp_db_run(db, "UPDATE thing SET t = hex(randomblob(200))");
		if (err == THP_OK)
			err = thp_db_run(db, "DELETE FROM thing");
		_exit(err == THP_OK ? 0 : 1);
	}
	int status = 1;
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
	g_autoptr(thp_db) db = open_good(p);
	g_assert_cmpint(count(db, "SELECT count(*) FROM thing"), ==, 100);
}

/* ---- what only a log has ---- */

static gboolean holds(const char *bytes, gsize size, const void *wanted, gsize n)
{
	for (gsize i = 0; i + n <= size; i++) {
		if (memcmp(bytes + i, wanted, n) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_in_folder(const place *p, const char *words)
{
	GDir *dir = g_dir_open(p->folder, 0, NULL);
	gboolean found = FALSE;
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(p->folder, name, NULL);
		g_autofree char *bytes = NULL;
		gsize n = 0;

		g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
		found = found || holds(bytes, n, words, strlen(words));
	}
	g_dir_close(dir);
	return found;
}

static gsize log_size(const place *p)
{
	g_autofree char *path = g_strconcat(p->path, "-wal", NULL);
	GStatBuf st;

	return g_stat(path, &st) == 0 ? (gsize)st.st_size : 0;
}

/* What was deleted is in no file once the log was emptied, nor after a crash and a start. */
static void test_deleted(place *p, gconstpointer data)
{
	(void)data;
	for (int crash = 0; crash < 2; crash++) {
		pid_t child = fork();

		if (child == 0) {
			thp_db *db = open_good(p);
			thp_err err =
				thp_db_run(db, "INSERT INTO thing (t) VALUES ('deletewords')");

			if (!err && is_in_folder(p, "deletewords"))
				err = thp_db_run(db, "DELETE FROM thing");
			else
				err = THP_INTERNAL;
			if (!err && !crash)
				err = thp_db_empty_log(db);
			_exit(err == THP_OK ? 0 : 1);
		}
		int status = 1;
		g_assert_cmpint(waitpid(child, &status, 0), ==, child);
		g_assert_cmpint(status, ==, 0);
		g_assert_cmpint(is_in_folder(p, "deletewords"), ==, crash);
		g_autoptr(thp_db) db = open_good(p);
		g_assert_cmpint(count(db, "SELECT count(*) FROM thing"), ==, 0);
		g_assert_false(is_in_folder(p, "deletewords"));
		g_assert_cmpuint(log_size(p), ==, 0);
	}
}

/* However much is written, also when nobody ever rests. */
static void test_log_is_short(place *p, gconstpointer data)
{
	(void)data;
	g_autoptr(thp_db) db = open_good(p);
	gsize longest = 0;

	for (int i = 0; i < 300; i++) {
		fill(db, 100);
		longest = MAX(longest, log_size(p));
	}
	g_assert_cmpuint(longest, >, 1 << 20);
	g_assert_cmpuint(longest, <, 20 << 20);
	/* At rest it is written over from its start. */
	thp_db_rest(db);
	gsize rested = log_size(p);
	fill(db, 10);
	g_assert_cmpuint(log_size(p), ==, rested);
}

/* A file of the other way is taken over, and the journal with its old pages is gone. */
static void test_taken_over(place *p, gconstpointer data)
{
	g_autofree char *journal = g_strconcat(p->path, "-journal", NULL);

	(void)data;
	p->kind = &with_journal;
	thp_db *db = open_good(p);
	fill(db, 3);
	g_assert_cmpint(thp_db_run(db, "PRAGMA journal_mode=PERSIST"), ==, THP_OK);
	fill(db, 3);
	thp_db_close(db);
	g_assert_true(g_file_test(journal, G_FILE_TEST_EXISTS));
	p->kind = &with_log;
	db = open_good(p);
	g_assert_cmpint(count(db, "SELECT count(*) FROM thing"), ==, 6);
	g_assert_false(g_file_test(journal, G_FILE_TEST_EXISTS));
	thp_db_close(db);
	p->kind = &with_journal;
	db = open_good(p);
	g_assert_cmpint(count(db, "SELECT count(*) FROM thing"), ==, 6);
	thp_db_close(db);
}

/* A crash left a log; the file does not fit it: both stay as they are. */
static void test_left_alone(place *p, gconstpointer data)
{
	g_autofree char *bytes = NULL;
	gsize n = 0;

	(void)data;
	pid_t child = fork();
	if (child == 0) {
		thp_db *db = open_good(p);
		fill(db, 500);
		_exit(thp_db_empty_log(db) == THP_OK &&
				      thp_db_run(db, "DELETE FROM thing WHERE n = 1") == THP_OK
			      ? 0
			      : 1);
	}
	int status = 1;
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
	g_assert_cmpuint(log_size(p), >, 0);
	g_assert_true(g_file_get_contents(p->path, &bytes, &n, NULL));
	memset(bytes + 8 * 4096, 0x5a, 4096);
	g_assert_true(g_file_set_contents(p->path, bytes, (gssize)n, NULL));
	assert_refused(p, p->kind, THP_DB_DAMAGED, WORDS("backup", "-wal"));
}

#define ADD_TO(path, test, kind)                                                                   \
	g_test_add("/db/" #kind "/" path, place, &(kind), set_up, test, tear_down)
#define ADD(path, test)                                                                            \
	ADD_TO(path, test, with_journal);                                                          \
	ADD_TO(path, test, with_log)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("lasts", test_lasts);
	ADD("settings", test_settings);
	ADD("copy", test_copy);
	ADD("foreign", test_foreign);
	ADD("newer", test_newer);
	ADD("damaged", test_damaged);
	ADD("locked", test_locked);
	ADD("unwritable", test_unwritable);
	ADD("crash", test_crash);
	ADD_TO("deleted", test_deleted, with_log);
	ADD_TO("log-is-short", test_log_is_short, with_log);
	ADD_TO("taken-over", test_taken_over, with_log);
	ADD_TO("left-alone", test_left_alone, with_log);
	return g_test_run();
}
