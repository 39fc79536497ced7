/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy of a database, while it is in use. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <therapy/db.h>

static gboolean sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	gboolean done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return done;
}

thp_err thp_db_copy(thp_db *db, const char *path)
{
	sqlite3_stmt *statement = NULL;
	/* SQLite writes into a file that is empty; made here, it is for its owner's eyes from the start. */
	int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0)
		return THP_DB_UNWRITABLE;
	(void)close(fd);
	thp_err err = thp_db_prepare(db, "VACUUM INTO ?1", &statement);
	if (err == THP_OK) {
		(void)sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
		err = thp_db_step(statement);
	}
	(void)sqlite3_finalize(statement);
	/* SQLite does not sync what it vacuums into. */
	if (err == THP_OK && !sync_file(path))
		err = THP_DB_FAILED;
	if (err != THP_OK)
		(void)unlink(path);
	return err;
}
