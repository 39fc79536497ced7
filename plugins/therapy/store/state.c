/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table a kind of fact. Which member goes into which column is said once, for writing and for reading. */
#include "state.h"

#include <string.h>

#define APPLICATION_ID 0x74687073 /* "thps" */
#define VERSION        1

static const thp_db_kind kind = {
	"state", APPLICATION_ID, VERSION,
	"CREATE TABLE written (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;"
	"INSERT INTO written VALUES (1, 0);"
	"CREATE TABLE binding (area TEXT NOT NULL, key TEXT NOT NULL, device BLOB NOT NULL,"
	" exp_s INTEGER NOT NULL, used_s INTEGER NOT NULL, knock INTEGER NOT NULL,"
	" revoked INTEGER NOT NULL, session TEXT NOT NULL,"
	" PRIMARY KEY (area, key)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE room (area TEXT NOT NULL, name TEXT NOT NULL, seats INTEGER NOT NULL,"
	" minutes INTEGER NOT NULL, max_minutes INTEGER NOT NULL, locked INTEGER NOT NULL,"
	" goodbye INTEGER NOT NULL, gi INTEGER NOT NULL, epoch INTEGER NOT NULL,"
	" n_members INTEGER NOT NULL, members BLOB NOT NULL, phase INTEGER NOT NULL,"
	" cause INTEGER NOT NULL, company INTEGER NOT NULL, n_extensions INTEGER NOT NULL,"
	" started_wall_us INTEGER NOT NULL, ended_wall_us INTEGER NOT NULL,"
	" length_us INTEGER NOT NULL, extended_us INTEGER NOT NULL, ran_us INTEGER NOT NULL,"
	" paused_us INTEGER NOT NULL, lonely_us INTEGER NOT NULL, cued_us INTEGER NOT NULL,"
	" saved_mono_us INTEGER NOT NULL, saved_wall_us INTEGER NOT NULL,"
	" saved_boot INTEGER NOT NULL, PRIMARY KEY (area, name)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE person (area TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,"
	" role INTEGER NOT NULL, state INTEGER NOT NULL, own_room TEXT NOT NULL,"
	" room TEXT NOT NULL, knocked_s INTEGER NOT NULL,"
	" PRIMARY KEY (area, key)) STRICT, WITHOUT ROWID;",
	FALSE};

/* ---- columns ---- */

typedef enum column_type { TEXT, BYTES, NUMBER, SMALL, FLAG } column_type;

/* A column after "area", and the member of thp_lasting that it holds. */
typedef struct column {
	const char *name;
	column_type type;
	gsize offset, size;
} column;

#define COLUMN(type, name, member)                                                                 \
	{                                                                                          \
		name, type, G_STRUCT_OFFSET(thp_lasting, member),                                  \
			sizeof(((const thp_lasting *)NULL)->member)                                \
	}
#define COLUMNS_MAX 26

/* The first is the key. */
static const column columns[THP_N_LASTING][COLUMNS_MAX] = {
	[THP_LASTING_BINDING] = {COLUMN(TEXT, "key", binding.key),
				 COLUMN(BYTES, "device", binding.device_key),
				 COLUMN(NUMBER, "exp_s", binding.exp_s),
				 COLUMN(NUMBER, "used_s", binding.used_s),
				 COLUMN(SMALL, "knock", binding.knock),
				 COLUMN(FLAG, "revoked", binding.revoked),
				 COLUMN(TEXT, "session", binding.session)},
	[THP_LASTING_ROOM] = {COLUMN(TEXT, "name", room.name),
			      COLUMN(SMALL, "seats", room.seats),
			      COLUMN(SMALL, "minutes", room.minutes),
			      COLUMN(SMALL, "max_minutes", room.max_minutes),
			      COLUMN(FLAG, "locked", room.locked),
			      COLUMN(FLAG, "goodbye", room.goodbye),
			      COLUMN(SMALL, "gi", room.gi),
			      COLUMN(NUMBER, "epoch", room.epoch),
			      COLUMN(SMALL, "n_members", room.n_members),
			      COLUMN(BYTES, "members", room.members),
			      COLUMN(SMALL, "phase", room.clock.phase),
			      COLUMN(SMALL, "cause", room.clock.cause),
			      COLUMN(SMALL, "company", room.clock.company),
			      COLUMN(SMALL, "n_extensions", room.clock.n_extensions),
			      COLUMN(NUMBER, "started_wall_us", room.clock.started_wall_us),
			      COLUMN(NUMBER, "ended_wall_us", room.clock.ended_wall_us),
			      COLUMN(NUMBER, "length_us", room.clock.length_us),
			      COLUMN(NUMBER, "extended_us", room.clock.extended_us),
			      COLUMN(NUMBER, "ran_us", room.clock.ran_us),
			      COLUMN(NUMBER, "paused_us", room.clock.paused_us),
			      COLUMN(NUMBER, "lonely_us", room.clock.lonely_us),
			      COLUMN(NUMBER, "cued_us", room.clock.cued_us),
			      COLUMN(NUMBER, "saved_mono_us", room.clock.saved.mono_us),
			      COLUMN(NUMBER, "saved_wall_us", room.clock.saved.wall_us),
			      COLUMN(NUMBER, "saved_boot", room.clock.saved.boot)},
	[THP_LASTING_PERSON] = {COLUMN(TEXT, "key", person.key), COLUMN(TEXT, "id", person.id),
				COLUMN(SMALL, "role", person.role),
				COLUMN(SMALL, "state", person.state),
				COLUMN(TEXT, "own_room", person.own_room),
				COLUMN(TEXT, "room", person.room),
				COLUMN(NUMBER, "knocked_s", person.knocked_s)},
};

static const char *const tables[THP_N_LASTING] = {[THP_LASTING_BINDING] = "binding",
						  [THP_LASTING_ROOM] = "room",
						  [THP_LASTING_PERSON] = "person"};

static void bind(sqlite3_stmt *statement, int at, const column *c, const thp_lasting *fact)
{
	const char *member = (const char *)fact + c->offset;
	gint64 number = 0;
	guint32 small = 0;

	switch (c->type) {
	case TEXT:
		(void)sqlite3_bind_text(statement, at, member, -1, SQLITE_STATIC);
		break;
	case BYTES:
		(void)sqlite3_bind_blob(statement, at, member, (int)c->size, SQLITE_STATIC);
		break;
	case NUMBER:
		memcpy(&number, member, sizeof number);
		(void)sqlite3_bind_int64(statement, at, number);
		break;
	default:
		memcpy(&small, member, sizeof small);
		(void)sqlite3_bind_int64(statement, at, small);
		break;
	}
}

/* FALSE if the column holds what its member cannot. */
static gboolean fetch(sqlite3_stmt *statement, int at, const column *c, thp_lasting *fact)
{
	char *member = (char *)fact + c->offset;
	const void *bytes = c->type == TEXT    ? sqlite3_column_text(statement, at)
			    : c->type == BYTES ? sqlite3_column_blob(statement, at)
					       : NULL;
	gsize length = (gsize)sqlite3_column_bytes(statement, at);
	gint64 number = sqlite3_column_int64(statement, at);
	guint32 small = (guint32)number;

	switch (c->type) {
	case TEXT:
		if (!bytes || length >= c->size || memchr(bytes, '\0', length))
			return FALSE;
		memcpy(member, bytes, length);
		return TRUE;
	case BYTES:
		if (!bytes || length != c->size)
			return FALSE;
		memcpy(member, bytes, length);
		return TRUE;
	case NUMBER:
		memcpy(member, &number, sizeof number);
		return TRUE;
	case FLAG:
		small = small != 0;
		break;
	default:
		break;
	}
	memcpy(member, &small, sizeof small);
	return c->type == FLAG || (number >= 0 && number <= G_MAXUINT32);
}

/* ---- statements ---- */

static GString *list_columns(const char *before, int fact_kind, const char *after)
{
	GString *sql = g_string_new(before);

	for (const column *c = columns[fact_kind]; c->name; c++)
		g_string_append_printf(sql, ", %s", c->name);
	g_string_append(sql, after);
	return sql;
}

static thp_err prepare_kind(state *s, int k)
{
	const char *key = columns[k][0].name;
	g_autofree char *before = g_strdup_printf("INSERT OR REPLACE INTO %s (area", tables[k]);
	g_autofree char *drop =
		g_strdup_printf("DELETE FROM %s WHERE area = ?1 AND %s = ?2", tables[k], key);
	g_autofree char *wipe = g_strdup_printf("DELETE FROM %s WHERE area = ?1", tables[k]);
	GString *put = list_columns(before, k, ") VALUES (?");

	for (const column *c = columns[k]; c->name; c++)
		g_string_append(put, ", ?");
	g_string_append_c(put, ')');
	thp_err err = thp_db_prepare(s->db, put->str, &s->put[k]);
	g_string_free(put, TRUE);
	if (err == THP_OK)
		err = thp_db_prepare(s->db, drop, &s->drop[k]);
	return err == THP_OK ? thp_db_prepare(s->db, wipe, &s->wipe[k]) : err;
}

static thp_err read_committed(state *s)
{
	sqlite3_stmt *statement = NULL;
	thp_err err = thp_db_prepare(s->db, "SELECT number FROM written", &statement);

	if (err != THP_OK)
		return err;
	int status = sqlite3_step(statement);
	s->committed = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return status == SQLITE_ROW ? THP_OK : THP_DB_DAMAGED;
}

thp_err state_open(state *s, const char *path, GString *why)
{
	thp_err err = thp_db_open(path, &kind, why, &s->db);

	if (err != THP_OK)
		return err;
	err = read_committed(s);
	for (int k = 0; err == THP_OK && k < THP_N_LASTING; k++)
		err = prepare_kind(s, k);
	if (err == THP_OK)
		err = thp_db_prepare(s->db, "UPDATE written SET number = ?1", &s->count);
	if (err == THP_OK)
		return err;
	g_string_printf(why, "%s: %s", path, sqlite3_errmsg(thp_db_connection(s->db)));
	state_close(s);
	return err;
}

void state_close(state *s)
{
	for (int k = 0; k < THP_N_LASTING; k++) {
		(void)sqlite3_finalize(s->put[k]);
		(void)sqlite3_finalize(s->drop[k]);
		(void)sqlite3_finalize(s->wipe[k]);
	}
	(void)sqlite3_finalize(s->count);
	thp_db_close(s->db);
	*s = (state){0};
}

/* ---- writing ---- */

thp_err state_begin(state *s)
{
	return thp_db_begin(s->db);
}

thp_err state_write(state *s, const char *area, const thp_lasting *fact)
{
	const column *c = columns[fact->kind];
	sqlite3_stmt *statement = fact->gone ? s->drop[fact->kind] : s->put[fact->kind];

	(void)sqlite3_bind_text(statement, 1, area, -1, SQLITE_STATIC);
	bind(statement, 2, c, fact);
	for (int i = 1; !fact->gone && c[i].name; i++)
		bind(statement, i + 2, &c[i], fact);
	return thp_db_step(statement);
}

thp_err state_wipe(state *s, const char *area)
{
	thp_err err = THP_OK;

	for (int k = 0; err == THP_OK && k < THP_N_LASTING; k++) {
		(void)sqlite3_bind_text(s->wipe[k], 1, area, -1, SQLITE_STATIC);
		err = thp_db_step(s->wipe[k]);
	}
	return err;
}

thp_err state_commit(state *s)
{
	(void)sqlite3_bind_int64(s->count, 1, s->committed + 1);
	thp_err err = thp_db_step(s->count);
	if (err == THP_OK)
		err = thp_db_commit(s->db);
	if (err == THP_OK)
		s->committed++;
	return err;
}

/* ---- reading ---- */

/* A row that cannot be right stays out; the area's own checks say the rest. */
static void read_row(sqlite3_stmt *statement, int k, GArray *facts)
{
	thp_lasting fact;

	memset(&fact, 0, sizeof fact);
	fact.kind = (thp_lasting_kind)k;
	for (int i = 0; columns[k][i].name; i++) {
		if (!fetch(statement, i + 1, &columns[k][i], &fact))
			return;
	}
	g_array_append_val(facts, fact);
}

static thp_err read_kind(state *s, const char *area, int k, GArray *facts)
{
	g_autofree char *from = g_strdup_printf(" FROM %s WHERE area = ?1", tables[k]);
	g_autoptr(GString) sql = list_columns("SELECT area", k, from);
	sqlite3_stmt *statement = NULL;
	thp_err err = thp_db_prepare(s->db, sql->str, &statement);

	if (err != THP_OK)
		return err;
	(void)sqlite3_bind_text(statement, 1, area, -1, SQLITE_STATIC);
	int status = sqlite3_step(statement);
	for (; status == SQLITE_ROW; status = sqlite3_step(statement))
		read_row(statement, k, facts);
	(void)sqlite3_finalize(statement);
	return thp_db_error(status);
}

static thp_err read_area(state *s, const char *area, thp_store_visit visit, void *data)
{
	g_autoptr(GArray) facts = g_array_new(FALSE, TRUE, sizeof(thp_lasting));
	thp_err err = THP_OK;

	for (int k = 0; err == THP_OK && k < THP_N_LASTING; k++)
		err = read_kind(s, area, k, facts);
	if (err == THP_OK)
		visit(area, (const thp_lasting *)(const void *)facts->data, facts->len, data);
	return err;
}

thp_err state_read(state *s, thp_store_visit visit, void *data)
{
	sqlite3_stmt *statement = NULL;
	thp_err err = thp_db_prepare(s->db, "SELECT area FROM binding UNION SELECT area FROM room",
				     &statement);

	if (err != THP_OK)
		return err;
	int status = sqlite3_step(statement);
	for (; err == THP_OK && status == SQLITE_ROW; status = sqlite3_step(statement)) {
		g_autofree char *area = g_strdup((const char *)sqlite3_column_text(statement, 0));
		if (area && strlen(area) <= THP_ID_MAX)
			err = read_area(s, area, visit, data);
	}
	(void)sqlite3_finalize(statement);
	return err == THP_OK ? thp_db_error(status) : err;
}
