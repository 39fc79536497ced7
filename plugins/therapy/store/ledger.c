/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the ledger, and its transactions. */
#include "ledger_inside.h"

#include <string.h>
#include <unistd.h>

#include <sodium.h>
#include <therapy/base64.h>

static const char ledger_schema[] =
	"CREATE TABLE leaf(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE node(level INTEGER, idx INTEGER, hash BLOB NOT NULL, PRIMARY KEY(level, idx))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE body(seq INTEGER PRIMARY KEY, ref BLOB, bytes BLOB NOT NULL) STRICT;"
	"CREATE INDEX body_ref ON body(ref) WHERE ref IS NOT NULL;"
	"CREATE TABLE text(kind TEXT, version TEXT, lang TEXT, sha256 BLOB NOT NULL,"
	" bytes BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(kind, version, lang)) STRICT,"
	" WITHOUT ROWID;"
	"CREATE TABLE request(ref BLOB PRIMARY KEY, seq INTEGER NOT NULL, epoch INTEGER NOT NULL,"
	" answer BLOB) STRICT, WITHOUT ROWID;"
	"CREATE INDEX request_answer ON request(epoch) WHERE answer IS NOT NULL;"
	"CREATE TABLE state(ref BLOB, kind TEXT, scope BLOB, version TEXT NOT NULL,"
	" lang TEXT NOT NULL, answer INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, PRIMARY KEY(ref, kind, scope)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE epoch(n INTEGER PRIMARY KEY, cert TEXT NOT NULL, close_size INTEGER,"
	" close_note TEXT) STRICT;"
	"CREATE TABLE head(id INTEGER PRIMARY KEY CHECK(id = 1), size INTEGER NOT NULL,"
	" root BLOB NOT NULL, ts_ms INTEGER NOT NULL, epoch INTEGER NOT NULL, note TEXT NOT NULL)"
	" STRICT;"
	"CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	/* Against accidents; against intent there are the signatures. */
	"CREATE TRIGGER leaf_next BEFORE INSERT ON leaf"
	" WHEN NEW.seq IS NOT (SELECT coalesce(max(seq) + 1, 0) FROM leaf)"
	" BEGIN SELECT raise(ABORT, 'a leaf comes after the last'); END;"
	"CREATE TRIGGER leaf_stays BEFORE UPDATE ON leaf"
	" BEGIN SELECT raise(ABORT, 'leaves stay'); END;"
	"CREATE TRIGGER leaf_remains BEFORE DELETE ON leaf"
	" BEGIN SELECT raise(ABORT, 'leaves stay'); END;";

static const char keys_schema[] =
	"CREATE TABLE person(ref BLOB PRIMARY KEY, public BLOB, wrapped BLOB,"
	" erased_ms INTEGER) STRICT, WITHOUT ROWID;"
	"CREATE TABLE secret(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;";

const thp_db_kind thp_ledger_kind = {"consent ledger", 0x7468704c, 1, ledger_schema, TRUE};
const thp_db_kind thp_ledger_keys_kind = {"consent keys", 0x7468704b, 1, keys_schema, TRUE};

static const char *const statements[] = {
#define SQL(name, sql) (sql),
	THP_LEDGER_STATEMENTS(SQL)
#undef SQL
};

/* ---- statements ---- */

sqlite3_stmt *thp_ledger_statement(thp_ledger *ledger, guint which)
{
	sqlite3_stmt **const slot = &ledger->statements[which];

	if (!*slot && thp_db_prepare(ledger->db, statements[which], slot))
		*slot = NULL;
	return *slot;
}

thp_err thp_ledger_run(sqlite3_stmt *statement)
{
	return statement ? thp_db_step(statement) : THP_DB_FAILED;
}

void thp_ledger_bind(sqlite3_stmt *statement, int at, const void *bytes, gsize n)
{
	(void)sqlite3_bind_blob64(statement, at, bytes, n, SQLITE_STATIC);
}

char *thp_ledger_setting(thp_ledger *ledger, const char *name)
{
	sqlite3_stmt *const s = thp_ledger_statement(ledger, THP_LEDGER_GET_SETTING);
	char *value = NULL;

	(void)sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	if (sqlite3_step(s) == SQLITE_ROW)
		value = g_strdup((const char *)sqlite3_column_text(s, 0));
	(void)sqlite3_reset(s);
	return value;
}

/* ---- transactions ---- */

/* From what is stored, once; from then on it is known, and grows with the tree. */
static thp_err read_edge(thp_ledger *l)
{
	thp_hash root;
	const thp_err err = thp_merkle_edge_load(l->top.size, thp_ledger_get_node, l, &l->top.edge);

	if (err)
		return err;
	thp_merkle_edge_root(l->top.size, &l->top.edge, &root);
	l->top.has_edge = l->top.size == 0 || thp_merkle_equal(&root, &l->top.root);
	return l->top.has_edge ? THP_OK : THP_DB_DAMAGED;
}

thp_err thp_ledger_begin(thp_ledger *ledger)
{
	if (ledger->unsure)
		return THP_NOT_STORED;
	if (!ledger->top.has_edge) {
		const thp_err err = read_edge(ledger);

		if (err)
			return err;
	}
	ledger->next = ledger->top;
	g_clear_pointer(&ledger->next_note, g_free);
	return thp_db_begin(ledger->db);
}

thp_err thp_ledger_end(thp_ledger *ledger, thp_err err)
{
	if (err) {
		thp_db_rollback(ledger->db);
		return err;
	}
	err = thp_db_commit(ledger->db);
	if (err) {
		ledger->unsure = TRUE;
		thp_db_rollback(ledger->db);
		return err;
	}
	ledger->top = ledger->next;
	if (ledger->next_note) {
		g_free(ledger->note);
		ledger->note = g_steal_pointer(&ledger->next_note);
	}
	if (ledger->head_fd >= 0)
		thp_ledger_files_note_head(ledger->head_fd, ledger->top.size, &ledger->top.root);
	return THP_OK;
}

/* ---- opening ---- */

static thp_err read_pepper(thp_ledger *l)
{
	sqlite3_stmt *s = NULL;
	thp_err err = thp_db_prepare(l->keys, "SELECT value FROM secret WHERE name = 'pepper'", &s);

	if (!err && sqlite3_step(s) == SQLITE_ROW &&
	    sqlite3_column_bytes(s, 0) == THP_SEAL_PEPPER_BYTES)
		memcpy(l->pepper, sqlite3_column_blob(s, 0), THP_SEAL_PEPPER_BYTES);
	else if (!err)
		err = THP_KEY_FILE;
	(void)sqlite3_finalize(s);
	return err;
}

static thp_err read_head(thp_ledger *l)
{
	sqlite3_stmt *const s = thp_ledger_statement(l, THP_LEDGER_GET_HEAD);
	thp_err err = THP_DB_DAMAGED;

	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 1) == THP_HASH_BYTES) {
		l->top.size = (guint64)sqlite3_column_int64(s, 0);
		memcpy(l->top.root.b, sqlite3_column_blob(s, 1), THP_HASH_BYTES);
		l->top.ts_ms = sqlite3_column_int64(s, 2);
		l->top.epoch = (guint64)sqlite3_column_int64(s, 3);
		l->note = g_strdup((const char *)sqlite3_column_text(s, 4));
		err = THP_OK;
	}
	(void)sqlite3_reset(s);
	return err;
}

static thp_err read_settings(thp_ledger *l)
{
	g_autofree char *organisation = thp_ledger_setting(l, "organisation");

	l->root_vkey = thp_ledger_setting(l, "root");
	if (!l->root_vkey || !organisation || thp_note_key_parse(l->root_vkey, &l->root) ||
	    !thp_base64_exact(organisation, strlen(organisation), l->organisation,
			      sizeof l->organisation))
		return THP_DB_DAMAGED;
	return read_head(l);
}

thp_err thp_ledger_load(const char *dir, GString *why, thp_ledger **out)
{
	g_autoptr(thp_ledger) l = g_new0(thp_ledger, 1);
	g_autofree char *path = g_build_filename(dir, "ledger.db", NULL);
	g_autofree char *keys = g_build_filename(dir, "keys.db", NULL);
	thp_err err;

	l->dir = g_strdup(dir);
	l->head_fd = -1;
	/* Opening would make what is not there. */
	if (!g_file_test(path, G_FILE_TEST_EXISTS) || !g_file_test(keys, G_FILE_TEST_EXISTS)) {
		g_string_printf(why, "%s: there is no ledger; make one with therapy-ledger init",
				dir);
		return THP_DB_UNWRITABLE;
	}
	err = thp_db_open(path, &thp_ledger_kind, why, &l->db);
	if (!err)
		err = thp_db_open(keys, &thp_ledger_keys_kind, why, &l->keys);
	if (err)
		return err;
	err = read_settings(l);
	if (!err)
		err = read_pepper(l);
	if (err) {
		g_string_printf(why, "%s: the ledger lacks a part", path);
		return err;
	}
	*out = g_steal_pointer(&l);
	return THP_OK;
}

/* What was signed must be the beginning of what is here. */
static thp_err check_signed(thp_ledger *l, GString *why)
{
	guint64 size;
	thp_hash root, own;

	l->head_fd = thp_ledger_files_open_head(l->dir);
	if (l->head_fd < 0 || !thp_ledger_files_read_head(l->head_fd, &size, &root)) {
		g_string_printf(
			why,
			"%s: ledger.head, which says how far this ledger has signed, is missing or "
			"damaged; look at therapy-ledger restore",
			l->dir);
		return THP_LEDGER_BEHIND;
	}
	if (size <= l->top.size && !thp_merkle_root(size, thp_ledger_get_node, l, &own) &&
	    thp_merkle_equal(&own, &root))
		return THP_OK;
	g_string_printf(
		why,
		"%s: ledger.db has %" G_GUINT64_FORMAT " entries, but %" G_GUINT64_FORMAT
		" were signed: this is an older copy, and signing on would make two ledgers",
		l->dir, l->top.size, size);
	return THP_LEDGER_BEHIND;
}

/* A crash may have come between the close of an epoch and the end of its seed. */
static thp_err match_seed(thp_ledger *l, GString *why)
{
	thp_err err = thp_ledger_files_read_seed(l->dir, &l->seed);
	gboolean moved = FALSE;

	if (err) {
		g_string_printf(why, "%s: ledger.seed, the key that signs, is missing or damaged",
				l->dir);
		return err;
	}
	if (l->seed.epoch > l->top.epoch) {
		g_string_printf(why, "%s: ledger.db is older than ledger.seed", l->dir);
		return THP_LEDGER_BEHIND;
	}
	for (; l->seed.epoch < l->top.epoch; l->seed.epoch++, moved = TRUE)
		thp_epoch_next(l->seed.seed);
	if (moved)
		err = thp_ledger_files_write_seed(l->dir, &l->seed);
	if (err)
		g_string_printf(why, "%s: ledger.seed cannot be written", l->dir);
	return err;
}

static thp_err match_key(thp_ledger *l, GString *why)
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 secret_key[THP_SECRET_KEY_BYTES];
	const thp_err err = thp_ledger_load_epoch(l, l->seed.epoch, &l->epoch, &l->cert);

	thp_epoch_keys(l->seed.seed, public_key, secret_key);
	sodium_memzero(secret_key, sizeof secret_key);
	if (!err && memcmp(public_key, l->epoch.key.public_key, sizeof public_key) == 0)
		return THP_OK;
	g_string_printf(why, "%s: ledger.seed does not belong to this ledger", l->dir);
	return err ? err : THP_KEY_FILE;
}

thp_err thp_ledger_open(const char *dir, gint64 now_ms, GString *why, thp_ledger **out)
{
	g_autoptr(thp_ledger) l = NULL;
	thp_err err = thp_ledger_load(dir, why, &l);

	if (!err)
		err = check_signed(l, why);
	if (!err)
		err = match_seed(l, why);
	if (!err)
		err = match_key(l, why);
	if (err)
		return err;
	thp_ledger_files_make_ballast(dir);
	err = thp_ledger_tick(l, now_ms);
	if (!err)
		err = thp_ledger_finish_erasing(l, now_ms);
	if (err) {
		g_string_printf(why, "%s: %s", dir, thp_err_text(err));
		return err;
	}
	*out = g_steal_pointer(&l);
	return THP_OK;
}

void thp_ledger_close(thp_ledger *ledger)
{
	if (!ledger)
		return;
	for (guint i = 0; i < THP_LEDGER_N_STATEMENTS; i++)
		(void)sqlite3_finalize(ledger->statements[i]);
	(void)sqlite3_finalize(ledger->find_person);
	thp_db_close(ledger->db);
	thp_db_close(ledger->keys);
	if (ledger->head_fd >= 0)
		(void)close(ledger->head_fd);
	thp_ledger_forget_key(ledger);
	sodium_memzero(&ledger->spare, sizeof ledger->spare);
	sodium_memzero(&ledger->seed, sizeof ledger->seed);
	sodium_memzero(ledger->pepper, sizeof ledger->pepper);
	g_free(ledger->note);
	g_free(ledger->next_note);
	g_free(ledger->cert);
	g_free(ledger->root_vkey);
	g_free(ledger->dir);
	g_free(ledger);
}

void thp_ledger_rest(thp_ledger *ledger)
{
	thp_db_rest(ledger->db);
	thp_db_rest(ledger->keys);
	thp_seal_prepare(&ledger->spare);
}

gboolean thp_ledger_make_room(const char *dir)
{
	return thp_ledger_files_drop_ballast(dir);
}

const char *thp_ledger_head(const thp_ledger *ledger)
{
	return ledger->note;
}

guint64 thp_ledger_size(const thp_ledger *ledger)
{
	return ledger->top.size;
}

thp_err thp_ledger_growth(thp_ledger *ledger, guint64 old, thp_merkle_proof *proof)
{
	if (old > ledger->top.size)
		return THP_LEDGER_BEHIND;
	return thp_merkle_prove_growth(old, ledger->top.size, thp_ledger_get_node, ledger, proof);
}
