/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file db.h
 * One SQLite database of ours, opened so that what is committed stays, and so that a file that is not
 * as it should be is left alone.
 *
 * One connection, exclusive (the lock is held until the close), no memory mapping; deleted bytes are overwritten.
 * A database belongs to one thread at a time. Commits go to a rollback journal, truncated and synced, four syncs each;
 * or, if the kind says so, to a write-ahead log: one sync. The log keeps what was deleted until
 * thp_db_empty_log(). SQLite up to 3.51.2 can lose pages of a log that two connections bring in at once: here there
 * is never a second one.
 */
#pragma once

#include <sqlite3.h>

#include <therapy/error.h>

typedef struct thp_db thp_db;

/** What kind of database a file must be. Static. */
typedef struct thp_db_kind {
	const char *what;       /* for sentences: "state" */
	guint32 application_id; /* in the file's header */
	int version;            /* of the schema; in the header too */
	const char *schema;     /* the statements that make an empty one */
	gboolean logs;          /* commits go to a write-ahead log, PATH-wal */
} thp_db_kind;

/**
 * Opens the database at @path; one that is missing or empty is made, readable for its owner only.
 * A file that fails a check is left as it is, and @why gets one sentence of what is wrong and what to do:
 * DB_FOREIGN, DB_NEWER, DB_DAMAGED, DB_LOCKED, DB_UNWRITABLE, DB_FULL, DB_FAILED.
 * What a crash left half written is taken back first. The last step writes to the file, for proof that it can be.
 */
thp_err thp_db_open(const char *path, const thp_db_kind *kind, GString *why,
		    thp_db **db) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** Closes, finishing no transaction. Statements must be finalised before. NULL is allowed. */
void thp_db_close(thp_db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_db, thp_db_close)

/** The connection, for binding and stepping. Borrowed. */
sqlite3 *thp_db_connection(const thp_db *db);

/** Runs statements that give no rows. */
thp_err thp_db_run(thp_db *db, const char *sql) G_GNUC_WARN_UNUSED_RESULT;

/** Prepares one statement, kept for long; the caller's to finalise. */
thp_err thp_db_prepare(thp_db *db, const char *sql, sqlite3_stmt **out) G_GNUC_WARN_UNUSED_RESULT;

/** Runs a bound statement that gives no rows, and readies it for its next use. */
thp_err thp_db_step(sqlite3_stmt *statement) G_GNUC_WARN_UNUSED_RESULT;

/** Begins a transaction. */
thp_err thp_db_begin(thp_db *db) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Commits. On THP_OK it is on disk. On error it may be there or not: close, open again, and look.
 * A sync that failed is never tried again on the same connection: the kernel may have dropped what it held.
 */
thp_err thp_db_commit(thp_db *db) G_GNUC_WARN_UNUSED_RESULT;

/** To be called when nobody waits: a long log is brought into the file, so that no commit has to do it. */
void thp_db_rest(thp_db *db);

/** Brings the log into the file and empties it: what was deleted is then nowhere. Not within a transaction. */
thp_err thp_db_empty_log(thp_db *db) G_GNUC_WARN_UNUSED_RESULT;

/** Takes back what was done since thp_db_begin(). Harmless without a transaction. */
void thp_db_rollback(thp_db *db);

/** Writes a whole copy to @path, which must not exist. Not within a transaction. */
thp_err thp_db_copy(thp_db *db, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/** The error for a result code of SQLite; OK, ROW and DONE are THP_OK. */
thp_err thp_db_error(int status);
