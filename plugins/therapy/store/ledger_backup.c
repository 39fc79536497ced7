/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies, and what keeps an old one from being taken for the ledger. */
#include "ledger_inside.h"

#include <string.h>
#include <unistd.h>

thp_err thp_ledger_backup(thp_ledger *ledger, const char *dir)
{
	g_autofree char *log = g_build_filename(dir, "ledger.db", NULL);
	g_autofree char *keys = g_build_filename(dir, "keys.db", NULL);
	const thp_err err = thp_db_copy(ledger->db, log);

	return err ? err : thp_db_copy(ledger->keys, keys);
}

thp_err thp_ledger_peek(const char *dir, GString *why, thp_ledger **out)
{
	return thp_ledger_load(dir, why, out);
}

char *thp_ledger_certificate(thp_ledger *ledger)
{
	sqlite3_stmt *s = NULL;
	char *cert = NULL;

	/* The last leaf's epoch: after a close the head stands at the next one already. */
	if (!thp_db_prepare(ledger->db,
			    "SELECT cert FROM epoch WHERE n = (SELECT max(n) FROM epoch, head"
			    " WHERE n <= head.epoch AND (n < head.epoch OR head.size >"
			    " (SELECT coalesce(max(close_size), 0) FROM epoch)))",
			    &s) &&
	    sqlite3_step(s) == SQLITE_ROW)
		cert = g_strdup((const char *)sqlite3_column_text(s, 0));
	(void)sqlite3_finalize(s);
	return cert;
}

/* As far as was signed here, if anything was. */
static thp_err check_reach(thp_ledger *backup, const char *dir, GString *why)
{
	const int fd = thp_ledger_files_open_head(dir);
	guint64 size = 0;
	thp_hash root, own;
	gboolean good = fd < 0;

	if (fd >= 0) {
		good = thp_ledger_files_read_head(fd, &size, &root) && size <= backup->top.size &&
		       !thp_merkle_root(size, thp_ledger_get_node, backup, &own) &&
		       thp_merkle_equal(&own, &root);
		(void)close(fd);
	}
	if (good)
		return THP_OK;
	g_string_printf(why,
			"the backup has %" G_GUINT64_FORMAT " entries, but %" G_GUINT64_FORMAT
			" were signed here: signing on from it would make two ledgers",
			backup->top.size, size);
	return THP_LEDGER_BEHIND;
}

/* A journal or log without its database would be taken for that of the one that is put in its place. */
static thp_err check_empty(const char *dir, GString *why)
{
	static const char *const names[] = {"ledger.db", "ledger.db-wal", "ledger.db-journal",
					    "keys.db",   "keys.db-wal",   "keys.db-journal"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(dir, names[i], NULL);

		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			continue;
		g_string_printf(why, "%s: there is a ledger already; move %s away first", dir,
				names[i]);
		return THP_DB_FOREIGN;
	}
	return THP_OK;
}

thp_err thp_ledger_restore(const char *dir, const char *backup, GString *why)
{
	g_autoptr(thp_ledger) from = NULL;
	thp_err err = check_empty(dir, why);
	int fd;

	if (!err)
		err = thp_ledger_load(backup, why, &from);
	if (!err)
		err = check_reach(from, dir, why);
	if (err)
		return err;
	err = thp_ledger_backup(from, dir);
	fd = thp_ledger_files_open_head(dir);
	if (!err && fd < 0)
		err = thp_ledger_files_write_head(dir, from->top.size, &from->top.root);
	if (fd >= 0)
		(void)close(fd);
	if (err)
		g_string_printf(why, "%s: %s", dir, thp_err_text(err));
	return err;
}
