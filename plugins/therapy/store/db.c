/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a database: every check that needs no writing comes before the first write. */
#include <therapy/db.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES   100 /* of an SQLite file */
#define AT_VERSION     60
#define AT_APPLICATION 68

/* Pages of the log, of 4 KiB. One that is written over from its start each time is synced faster than one
 * that grows; to start over costs a commit one sync more, so it should be rare. */
#define LOG_PAGES_IDLE 1024
#define LOG_PAGES_MAX  4096

struct thp_db {
	sqlite3 *connection;
	gboolean logs;
	int in_log; /* pages that are not in the file yet */
};

/* What opening needs to know, to say what is wrong. */
typedef struct opening {
	const char *path;
	const thp_db_kind *kind;
	GString *why;
	thp_db *db;
} opening;

thp_err thp_db_error(int status)
{
	switch (status & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return THP_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return THP_DB_LOCKED;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return THP_DB_DAMAGED;
	case SQLITE_FULL:
		return THP_DB_FULL;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return THP_DB_UNWRITABLE;
	default:
		return THP_DB_FAILED;
	}
}

/* ---- what is wrong, and what to do ---- */

static const char *advice(thp_err err)
{
	switch (err) {
	case THP_DB_FOREIGN:
		return "move that file away, or set general.data_dir to another folder";
	case THP_DB_NEWER:
		return "install the newer version again, or restore the backup made before it";
	case THP_DB_DAMAGED:
		return "move it away together with its -journal or -wal, and restore the newest "
		       "backup or start without";
	case THP_DB_LOCKED:
		return "end the other Janus, or whatever else has it open";
	case THP_DB_UNWRITABLE:
		return "make the folder, give it to the user that runs Janus, and mount it "
		       "writable";
	case THP_DB_FULL:
		return "free some space on that disk";
	default:
		return "look at the disk and at the system's log";
	}
}

static thp_err fail(const opening *o, thp_err err, const char *detail)
{
	g_string_printf(o->why, "%s: %s (%s): %s", o->path, thp_err_text(err), detail, advice(err));
	return err;
}

static thp_err fail_sqlite(const opening *o, int status)
{
	return fail(o, thp_db_error(status), sqlite3_errstr(status));
}

static thp_err fail_errno(const opening *o, int number)
{
	thp_err err = number == ENOSPC || number == EDQUOT ? THP_DB_FULL : THP_DB_UNWRITABLE;

	return fail(o, err, g_strerror(number));
}

/* ---- before SQLite sees it ---- */

static guint32 big_endian(const guint8 *at)
{
	return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

/* A journal or log that is not empty: the file is as a crash left it, and its header may be too. */
static gboolean has_left(const char *path, const char *ending)
{
	g_autofree char *journal = g_strconcat(path, ending, NULL);
	int fd = open(journal, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char first = '\0';
	/* A journal that stays is there with zeros at its beginning. */
	gboolean has = fd >= 0 && read(fd, &first, 1) == 1 && first != '\0';

	if (fd >= 0)
		(void)close(fd);
	return has;
}

static thp_err check_identity(const opening *o, guint32 application_id, int version)
{
	g_autofree char *detail = g_strdup_printf("format %d, this version of the plugin knows %d",
						  version, o->kind->version);

	if (application_id != o->kind->application_id)
		return fail(o, THP_DB_FOREIGN, "another application's number");
	if (version > o->kind->version)
		return fail(o, THP_DB_NEWER, detail);
	return version == o->kind->version ? THP_OK : fail(o, THP_DB_FOREIGN, detail);
}

static thp_err check_header(const opening *o, const guint8 *header, gssize length)
{
	if (length == 0 || has_left(o->path, "-journal") || has_left(o->path, "-wal"))
		return THP_OK;
	if (length < HEADER_BYTES || memcmp(header, "SQLite format 3", 16) != 0)
		return fail(o, THP_DB_DAMAGED, "not an SQLite file");
	return check_identity(o, big_endian(header + AT_APPLICATION),
			      (int)big_endian(header + AT_VERSION));
}

/* Reads the header, making an empty file if there is none. Closed before SQLite opens it: closing any
 * descriptor of a file lets go of all the process's locks on it. */
static thp_err check_file(const opening *o)
{
	guint8 header[HEADER_BYTES] = {0};
	struct stat st;
	int fd = open(o->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0)
		return fail_errno(o, errno);
	gssize length = read(fd, header, sizeof header);
	int number = errno;
	gboolean regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	(void)close(fd);
	if (!regular)
		return fail(o, THP_DB_FOREIGN, "not a file");
	return length < 0 ? fail_errno(o, number) : check_header(o, header, length);
}

/* ---- with SQLite ---- */

static int read_number(sqlite3 *connection, const char *sql, int *out)
{
	sqlite3_stmt *statement = NULL;
	int status = sqlite3_prepare_v2(connection, sql, -1, &statement, NULL);

	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		*out = sqlite3_column_int(statement, 0);
	(void)sqlite3_finalize(statement);
	return status == SQLITE_ROW ? SQLITE_OK : status;
}

static int run(sqlite3 *connection, const char *sql)
{
	return sqlite3_exec(connection, sql, NULL, NULL, NULL);
}

/* The lock is taken by BEGIN EXCLUSIVE and kept: nobody else may read while we write, nor write ever. Taken
 * before a log is looked at, it also does without the memory that others would share. */
static int take(sqlite3 *connection, gboolean logs)
{
	static const char *const settings[] = {
		"PRAGMA locking_mode=EXCLUSIVE",
		"PRAGMA synchronous=EXTRA",
		"PRAGMA mmap_size=0",
		"PRAGMA trusted_schema=OFF",
		"PRAGMA cell_size_check=ON",
		"PRAGMA temp_store=MEMORY",
		"PRAGMA secure_delete=ON",
		"PRAGMA recursive_triggers=ON",
		"PRAGMA foreign_keys=ON",
	};
	int status = sqlite3_extended_result_codes(connection, 1);

	for (guint i = 0; status == SQLITE_OK && i < G_N_ELEMENTS(settings); i++)
		status = run(connection, settings[i]);
	/* To a file that has a log this would be a change. */
	if (status == SQLITE_OK && !logs)
		status = run(connection, "PRAGMA journal_mode=TRUNCATE");
	return status == SQLITE_OK ? run(connection, "BEGIN EXCLUSIVE") : status;
}

static thp_err check_content(const opening *o)
{
	sqlite3_stmt *statement = NULL;
	int status = sqlite3_prepare_v2(o->db->connection, "PRAGMA integrity_check(1)", -1,
					&statement, NULL);
	thp_err err = THP_OK;

	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	if (status != SQLITE_ROW)
		err = fail_sqlite(o, status);
	else if (g_strcmp0((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
		err = fail(o, THP_DB_DAMAGED, "its own integrity check fails");
	(void)sqlite3_finalize(statement);
	return err;
}

/* Writes the schema into an empty file, or the version anew into one that has it. */
static int put_schema(const opening *o, gboolean empty)
{
	g_autofree char *sql = g_strdup_printf("PRAGMA application_id=%d; PRAGMA user_version=%d;",
					       (int)o->kind->application_id, o->kind->version);
	int status = run(o->db->connection, sql);

	return status == SQLITE_OK && empty ? run(o->db->connection, o->kind->schema) : status;
}

static thp_err check_and_write(const opening *o)
{
	sqlite3 *connection = o->db->connection;
	int application_id = 0, version = 0, objects = 0;
	thp_err err = THP_OK;
	int status = read_number(connection, "PRAGMA application_id", &application_id);

	if (status == SQLITE_OK)
		status = read_number(connection, "PRAGMA user_version", &version);
	if (status == SQLITE_OK)
		status = read_number(connection, "SELECT count(*) FROM sqlite_schema", &objects);
	if (status != SQLITE_OK)
		return fail_sqlite(o, status);
	gboolean empty = application_id == 0 && version == 0 && objects == 0;
	if (!empty)
		err = check_identity(o, (guint32)application_id, version);
	if (err == THP_OK)
		err = check_content(o);
	if (err != THP_OK)
		return err;
	status = put_schema(o, empty);
	if (status == SQLITE_OK)
		status = run(connection, "COMMIT");
	return status == SQLITE_OK ? THP_OK : fail_sqlite(o, status);
}

static int note_pages(void *data, sqlite3 *connection, const char *name, int pages)
{
	(void)connection, (void)name;
	((thp_db *)data)->in_log = pages;
	return SQLITE_OK;
}

/*
 * From here on commits go to the log. What a crash left in there is brought into the file first, and synced: it may
 * have been read from the kernel's memory after a sync that failed, and not be on the disk.
 */
static int start_log(const opening *o)
{
	sqlite3 *connection = o->db->connection;
	g_autofree char *journal = g_strconcat(o->path, "-journal", NULL);
	int logs = 0;
	int status = run(connection, "PRAGMA journal_mode=WAL");

	if (status == SQLITE_OK)
		status = read_number(connection,
				     "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &logs);
	if (status == SQLITE_OK && !logs)
		status = SQLITE_CANTOPEN;
	(void)sqlite3_wal_hook(connection, note_pages, o->db);
	if (status == SQLITE_OK)
		status = sqlite3_wal_checkpoint_v2(connection, "main", SQLITE_CHECKPOINT_TRUNCATE,
						   NULL, NULL);
	if (status != SQLITE_OK)
		return status;
	/* Old pages are in there. */
	if (unlink(journal) != 0 && errno != ENOENT)
		return SQLITE_IOERR_DELETE;
	return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
}

/* A file that fails a check is left as it is, with its log: closing would bring that into it. */
static int leave_log(const opening *o)
{
	return has_left(o->path, "-wal")
		       ? sqlite3_db_config(o->db->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
					   NULL)
		       : SQLITE_OK;
}

static thp_err open_checked(const opening *o)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
	thp_err err = check_file(o);

	if (err != THP_OK)
		return err;
	int status = sqlite3_open_v2(o->path, &o->db->connection, flags, NULL);
	if (status == SQLITE_OK && sqlite3_db_readonly(o->db->connection, "main") == 1)
		status = SQLITE_READONLY;
	if (status == SQLITE_OK)
		status = leave_log(o);
	if (status == SQLITE_OK)
		status = take(o->db->connection, o->kind->logs);
	if (status != SQLITE_OK)
		return fail_sqlite(o, status);
	err = check_and_write(o);
	if (err != THP_OK || !o->kind->logs)
		return err;
	status = start_log(o);
	return status == SQLITE_OK ? THP_OK : fail_sqlite(o, status);
}

thp_err thp_db_open(const char *path, const thp_db_kind *kind, GString *why, thp_db **db)
{
	g_autoptr(thp_db) opened = g_new0(thp_db, 1);
	opened->logs = kind->logs;
	opening o = {path, kind, why, opened};
	thp_err err = open_checked(&o);

	if (err == THP_OK)
		*db = g_steal_pointer(&opened);
	return err;
}

void thp_db_close(thp_db *db)
{
	if (!db)
		return;
	(void)sqlite3_close(db->connection);
	g_free(db);
}

/* ---- using it ---- */

sqlite3 *thp_db_connection(const thp_db *db)
{
	return db->connection;
}

thp_err thp_db_run(thp_db *db, const char *sql)
{
	return thp_db_error(run(db->connection, sql));
}

thp_err thp_db_prepare(thp_db *db, const char *sql, sqlite3_stmt **out)
{
	return thp_db_error(
		sqlite3_prepare_v3(db->connection, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL));
}

thp_err thp_db_step(sqlite3_stmt *statement)
{
	int status = sqlite3_step(statement);

	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return status == SQLITE_ROW ? THP_INTERNAL : thp_db_error(status);
}

/* Writes what is only in the log into the file, if that is so much. That it cannot be done is no loss: it is still in
 * the log, and is written again the next time. */
static void bring_in(thp_db *db, int pages)
{
	if (db->in_log >= pages &&
	    sqlite3_wal_checkpoint_v2(db->connection, "main", SQLITE_CHECKPOINT_PASSIVE, NULL,
				      NULL) == SQLITE_OK)
		db->in_log = 0;
}

thp_err thp_db_begin(thp_db *db)
{
	return thp_db_run(db, "BEGIN IMMEDIATE");
}

thp_err thp_db_commit(thp_db *db)
{
	thp_err err = thp_db_run(db, "COMMIT");

	if (err == THP_OK)
		bring_in(db, LOG_PAGES_MAX);
	return err;
}

void thp_db_rest(thp_db *db)
{
	bring_in(db, LOG_PAGES_IDLE);
}

thp_err thp_db_empty_log(thp_db *db)
{
	if (!db->logs)
		return THP_OK;
	int status = sqlite3_wal_checkpoint_v2(db->connection, "main", SQLITE_CHECKPOINT_TRUNCATE,
					       NULL, NULL);
	if (status == SQLITE_OK)
		db->in_log = 0;
	return thp_db_error(status);
}

void thp_db_rollback(thp_db *db)
{
	if (!sqlite3_get_autocommit(db->connection))
		(void)run(db->connection, "ROLLBACK");
}
