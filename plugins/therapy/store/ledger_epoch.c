/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of the keys: made with the ledger, moved on at each epoch's end, replaced by the root. */
#include "ledger_inside.h"

#include <string.h>

#include <sodium.h>
#include <therapy/base64.h>

#define EPOCHS_AT_ONCE 62 /* more than two months without a heartbeat is rather a wrong clock */

thp_err thp_ledger_load_epoch(thp_ledger *ledger, guint64 n, thp_epoch *out, char **cert)
{
	sqlite3_stmt *const s = thp_ledger_statement(ledger, THP_LEDGER_GET_CERT);
	g_autofree char *text = NULL;
	thp_err err;

	(void)sqlite3_bind_int64(s, 1, (gint64)n);
	if (sqlite3_step(s) == SQLITE_ROW)
		text = g_strdup((const char *)sqlite3_column_text(s, 0));
	(void)sqlite3_reset(s);
	if (!text)
		return THP_LEDGER_CLOCK;
	err = thp_epoch_open(text, strlen(text), &ledger->root, out);
	if (err || out->number != n)
		return err ? err : THP_PROOF_MISMATCH;
	g_free(*cert);
	*cert = g_steal_pointer(&text);
	return THP_OK;
}

static thp_err put_cert(thp_ledger *l, const thp_epoch *epoch, const guint8 *root_secret)
{
	sqlite3_stmt *const s = thp_ledger_statement(l, THP_LEDGER_PUT_CERT);
	g_autofree char *cert = thp_epoch_certify(epoch, &l->root, root_secret);

	(void)sqlite3_bind_int64(s, 1, (gint64)epoch->number);
	(void)sqlite3_bind_text(s, 2, cert, -1, SQLITE_STATIC);
	return thp_ledger_run(s);
}

thp_err thp_ledger_certify(thp_ledger *ledger, const thp_ledger_plan *plan, guint64 first,
			   const guint8 seed[static THP_EPOCH_SEED_BYTES])
{
	guint8 moving[THP_EPOCH_SEED_BYTES];
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 secret_key[THP_SECRET_KEY_BYTES];
	thp_epoch epoch = {.until_s = plan->from_s};
	thp_err err = THP_OK;

	memcpy(moving, seed, sizeof moving);
	g_strlcpy(epoch.origin, plan->origin, sizeof epoch.origin);
	for (guint i = 0; !err && i < plan->epochs; i++) {
		thp_epoch_keys(moving, public_key, secret_key);
		thp_note_key_init(&epoch.key, THP_NOTE_ED25519, plan->origin, public_key);
		epoch.number = first + i;
		epoch.from_s = epoch.until_s;
		epoch.until_s = epoch.from_s + plan->period_s;
		err = put_cert(ledger, &epoch, plan->root_secret);
		thp_epoch_next(moving);
	}
	sodium_memzero(moving, sizeof moving);
	sodium_memzero(secret_key, sizeof secret_key);
	return err;
}

/* ---- a new ledger ---- */

static thp_err put_setting(thp_ledger *l, const char *name, const char *value)
{
	sqlite3_stmt *const s = thp_ledger_statement(l, THP_LEDGER_PUT_SETTING);

	(void)sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(s, 2, value, -1, SQLITE_STATIC);
	return thp_ledger_run(s);
}

static thp_err put_pepper(thp_ledger *l)
{
	sqlite3_stmt *s = NULL;
	thp_err err = thp_db_prepare(l->keys,
				     "INSERT INTO secret(name, value) VALUES ('pepper', ?1)", &s);

	if (err)
		return err;
	randombytes_buf(l->pepper, sizeof l->pepper);
	thp_ledger_bind(s, 1, l->pepper, sizeof l->pepper);
	err = thp_db_step(s);
	(void)sqlite3_finalize(s);
	return err;
}

static thp_err fill(thp_ledger *l, const thp_ledger_plan *plan, gint64 now_ms)
{
	char organisation[THP_BASE64_LEN(THP_SEAL_KEY_BYTES) + 1];
	g_autofree char *record = NULL;
	thp_err err;

	thp_base64_encode(plan->organisation, THP_SEAL_KEY_BYTES, organisation);
	record = g_strdup_printf("genesis\norigin %s\nroot %s\norganisation %s\n", plan->origin,
				 l->root_vkey, organisation);
	err = put_setting(l, "root", l->root_vkey);
	if (!err)
		err = put_setting(l, "organisation", organisation);
	if (!err)
		err = thp_ledger_certify(l, plan, 0, l->seed.seed);
	if (!err)
		err = thp_ledger_load_epoch(l, 0, &l->epoch, &l->cert);
	if (!err)
		err = thp_ledger_add_clear(l, THP_LEAF_GENESIS, record, NULL, now_ms);
	return err;
}

static gboolean is_sound(const thp_ledger_plan *plan, gint64 now_ms)
{
	return thp_note_is_name(plan->origin) && strlen(plan->origin) <= THP_EPOCH_NAME_MAX &&
	       plan->epochs > 0 && plan->epochs <= 36525 && plan->period_s > 0 &&
	       plan->from_s * 1000 <= now_ms && now_ms < (plan->from_s + plan->period_s) * 1000;
}

static void set_root(thp_ledger *l, const thp_ledger_plan *plan)
{
	thp_epoch_root_key(&l->root, plan->origin,
			   plan->root_secret + THP_SECRET_KEY_BYTES - THP_PUBLIC_KEY_BYTES);
	g_free(l->root_vkey);
	l->root_vkey = thp_note_key_print(&l->root);
}

static thp_err write_beside(thp_ledger *l)
{
	const thp_err err = thp_ledger_files_write_head(l->dir, l->top.size, &l->top.root);

	return err ? err : thp_ledger_files_write_seed(l->dir, &l->seed);
}

thp_err thp_ledger_create(const char *dir, const thp_ledger_plan *plan, gint64 now_ms, GString *why)
{
	g_autoptr(thp_ledger) l = g_new0(thp_ledger, 1);
	g_autofree char *path = g_build_filename(dir, "ledger.db", NULL);
	g_autofree char *keys = g_build_filename(dir, "keys.db", NULL);
	thp_err err;

	l->head_fd = -1;
	l->dir = g_strdup(dir);
	if (!is_sound(plan, now_ms)) {
		g_string_assign(why, "origin, start, length or number of the epochs make no sense");
		return THP_CONF_VALUE;
	}
	if (g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(keys, G_FILE_TEST_EXISTS)) {
		g_string_printf(why, "%s: there is a ledger already", dir);
		return THP_DB_FOREIGN;
	}
	err = thp_db_open(path, &thp_ledger_kind, why, &l->db);
	if (!err)
		err = thp_db_open(keys, &thp_ledger_keys_kind, why, &l->keys);
	if (err)
		return err;
	set_root(l, plan);
	randombytes_buf(l->seed.seed, sizeof l->seed.seed);
	err = put_pepper(l);
	if (!err)
		err = thp_ledger_begin(l);
	if (!err)
		err = thp_ledger_end(l, fill(l, plan, now_ms));
	if (!err)
		err = write_beside(l);
	if (err)
		g_string_printf(why, "%s: %s", dir, thp_err_text(err));
	return err;
}

/* ---- the end of an epoch ---- */

static thp_err close_row(thp_ledger *l)
{
	sqlite3_stmt *s = thp_ledger_statement(l, THP_LEDGER_CLOSE_EPOCH);
	thp_err err;

	(void)sqlite3_bind_int64(s, 1, (gint64)l->next.epoch);
	(void)sqlite3_bind_int64(s, 2, (gint64)l->next.size);
	(void)sqlite3_bind_text(s, 3, l->next_note, -1, SQLITE_STATIC);
	err = thp_ledger_run(s);
	if (err)
		return err;
	/* Answers are locked to who asked, and kept for two epochs, in case a reply was lost. */
	s = thp_ledger_statement(l, THP_LEDGER_FORGET_ANSWERS);
	(void)sqlite3_bind_int64(s, 1, (gint64)l->next.epoch);
	return thp_ledger_run(s);
}

static thp_err step_head(thp_ledger *l)
{
	l->next.epoch++;
	return thp_db_run(l->db, "UPDATE head SET epoch = epoch + 1");
}

static thp_err put_close(thp_ledger *l, gint64 now_ms)
{
	g_autofree char *record = g_strdup_printf("close %" G_GUINT64_FORMAT, l->epoch.number);
	thp_err err = thp_ledger_begin(l);

	if (err)
		return err;
	err = thp_ledger_add_clear(l, THP_LEAF_CLOSE, record, NULL, now_ms);
	if (!err)
		err = close_row(l);
	if (!err)
		err = step_head(l);
	return thp_ledger_end(l, err);
}

/* The close is on disk before the seed moves on; a crash in between is found when opening. */
static thp_err close_epoch(thp_ledger *l, gint64 now_ms)
{
	thp_err err = put_close(l, now_ms);

	if (err)
		return err;
	thp_ledger_forget_key(l);
	thp_epoch_next(l->seed.seed);
	l->seed.epoch++;
	err = thp_ledger_files_write_seed(l->dir, &l->seed);
	if (!err)
		err = thp_ledger_load_epoch(l, l->seed.epoch, &l->epoch, &l->cert);
	/* Answers that are forgotten by now must not stay in the log. */
	if (!err)
		err = thp_db_empty_log(l->db);
	/* Without its seed on disk nothing may be signed with it. */
	if (err)
		l->unsure = TRUE;
	return err;
}

thp_err thp_ledger_tick(thp_ledger *ledger, gint64 now_ms)
{
	const gint64 length_ms = (ledger->epoch.until_s - ledger->epoch.from_s) * 1000;
	const gint64 late_ms = now_ms - ledger->epoch.until_s * 1000;
	thp_err err = THP_OK;

	if (ledger->unsure)
		return THP_NOT_STORED;
	if (late_ms / length_ms >= EPOCHS_AT_ONCE)
		return THP_LEDGER_CLOCK;
	while (!err && now_ms >= ledger->epoch.until_s * 1000)
		err = close_epoch(ledger, now_ms);
	return err;
}

/* ---- new keys ---- */

static thp_err replace_keys(thp_ledger *l, const thp_ledger_plan *plan, gint64 now_ms)
{
	g_autofree char *record = g_strdup_printf("keys from %" G_GUINT64_FORMAT, l->next.epoch);
	g_autofree char *sql =
		g_strdup_printf("DELETE FROM epoch WHERE n >= %" G_GUINT64_FORMAT, l->next.epoch);
	thp_err err = thp_db_run(l->db, sql);

	if (!err)
		err = thp_ledger_certify(l, plan, l->next.epoch, l->seed.seed);
	if (!err)
		err = thp_ledger_load_epoch(l, l->next.epoch, &l->epoch, &l->cert);
	if (!err)
		err = thp_ledger_add_clear(l, THP_LEAF_KEYS, record, NULL, now_ms);
	return err;
}

/* TRUE if the old seed is still here, and is that of the present epoch. */
static gboolean has_old_seed(thp_ledger *l)
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 secret_key[THP_SECRET_KEY_BYTES];

	if (thp_ledger_files_read_seed(l->dir, &l->seed) || l->seed.epoch != l->top.epoch ||
	    thp_ledger_load_epoch(l, l->seed.epoch, &l->epoch, &l->cert))
		return FALSE;
	thp_epoch_keys(l->seed.seed, public_key, secret_key);
	sodium_memzero(secret_key, sizeof secret_key);
	return memcmp(public_key, l->epoch.key.public_key, sizeof public_key) == 0;
}

/* TRUE if nothing was signed since the last close. */
static gboolean ends_closed(thp_ledger *l)
{
	sqlite3_stmt *s = NULL;
	gboolean closed = FALSE;

	if (!thp_db_prepare(l->db, "SELECT max(close_size) = (SELECT size FROM head) FROM epoch",
			    &s) &&
	    sqlite3_step(s) == SQLITE_ROW)
		closed = sqlite3_column_int(s, 0) == 1;
	(void)sqlite3_finalize(s);
	return closed;
}

/* With the old seed the epoch is closed; without, the new keys follow one that stays open. */
static thp_err rotate(thp_ledger *l, const thp_ledger_plan *plan, gint64 now_ms)
{
	thp_err err = has_old_seed(l) ? put_close(l, now_ms) : THP_OK;
	const guint64 first = l->top.epoch + (ends_closed(l) ? 0 : 1);

	if (!err)
		err = thp_ledger_begin(l);
	if (err)
		return err;
	thp_ledger_forget_key(l);
	l->next.epoch = first;
	l->seed.epoch = first;
	randombytes_buf(l->seed.seed, sizeof l->seed.seed);
	err = thp_ledger_end(l, replace_keys(l, plan, now_ms));
	return err ? err : write_beside(l);
}

thp_err thp_ledger_rotate(const char *dir, const thp_ledger_plan *plan, gint64 now_ms, GString *why)
{
	g_autoptr(thp_ledger) l = NULL;
	thp_note_key root;
	thp_err err = thp_ledger_load(dir, why, &l);

	if (err)
		return err;
	thp_epoch_root_key(&root, plan->origin,
			   plan->root_secret + THP_SECRET_KEY_BYTES - THP_PUBLIC_KEY_BYTES);
	if (!is_sound(plan, now_ms) || strcmp(root.name, l->root.name) != 0 ||
	    memcmp(root.public_key, l->root.public_key, sizeof root.public_key) != 0) {
		g_string_printf(why, "%s: this is not the root key of this ledger", dir);
		return THP_KEY_FILE;
	}
	err = rotate(l, plan, now_ms);
	if (err)
		g_string_printf(why, "%s: %s", dir, thp_err_text(err));
	return err;
}
