/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeping an act: sealed to the person's key, proven by a receipt, found again by its request. */
#include "ledger_inside.h"

#include <string.h>

#include <therapy/receipt.h>
#include <therapy/word.h>

/* ---- people's keys ---- */

static thp_err find_person(thp_ledger *l, const guint8 *ref, guint8 *public_key, gboolean *there)
{
	sqlite3_stmt **const s = &l->find_person;
	thp_err err = *s ? THP_OK
			 : thp_db_prepare(l->keys,
					  "SELECT public, erased_ms FROM person WHERE ref = ?1", s);

	*there = FALSE;
	if (err)
		return err;
	thp_ledger_bind(*s, 1, ref, THP_SEAL_REF_BYTES);

	const int status = sqlite3_step(*s);

	if (status == SQLITE_ROW && sqlite3_column_bytes(*s, 0) == THP_SEAL_KEY_BYTES) {
		memcpy(public_key, sqlite3_column_blob(*s, 0), THP_SEAL_KEY_BYTES);
		*there = TRUE;
	}
	(void)sqlite3_reset(*s);
	(void)sqlite3_clear_bindings(*s);
	return thp_db_error(status);
}

static thp_err add_person(thp_ledger *l, const guint8 *ref, guint8 *public_key)
{
	guint8 wrapped[THP_SEAL_WRAPPED_BYTES];
	sqlite3_stmt *s = NULL;
	thp_err err = thp_seal_person(l->organisation, public_key, wrapped);

	if (!err)
		err = thp_db_prepare(l->keys,
				     "REPLACE INTO person(ref, public, wrapped, erased_ms) "
				     "VALUES (?1, ?2, ?3, NULL)",
				     &s);
	if (err)
		return err;
	thp_ledger_bind(s, 1, ref, THP_SEAL_REF_BYTES);
	thp_ledger_bind(s, 2, public_key, THP_SEAL_KEY_BYTES);
	thp_ledger_bind(s, 3, wrapped, sizeof wrapped);
	err = thp_db_step(s);
	(void)sqlite3_finalize(s);
	return err;
}

/* A key that was made for an entry that is then not kept does no harm, so it needs no shared commit. */
static thp_err person_key(thp_ledger *l, const guint8 *ref, guint8 *public_key)
{
	gboolean there;
	thp_err err = find_person(l, ref, public_key, &there);

	if (!err && !there)
		err = add_person(l, ref, public_key);
	if (err == THP_DB_FAILED)
		l->unsure = TRUE;
	return err;
}

/* ---- requests ---- */

gboolean thp_ledger_find(thp_ledger *ledger, const guint8 request[static THP_SEAL_REQUEST_BYTES],
			 thp_ledger_kept *out)
{
	sqlite3_stmt *const s = thp_ledger_statement(ledger, THP_LEDGER_GET_REQUEST);
	guint8 ref[THP_SEAL_REQUEST_REF];
	gboolean found = FALSE;

	memset(out, 0, sizeof *out);
	if (!s)
		return FALSE;
	thp_seal_request(request, ref);
	thp_ledger_bind(s, 1, ref, sizeof ref);
	if (sqlite3_step(s) == SQLITE_ROW) {
		found = TRUE;
		out->seq = (guint64)sqlite3_column_int64(s, 0);
		out->receipt = thp_seal_answer_open(request, sqlite3_column_blob(s, 1),
						    (gsize)sqlite3_column_bytes(s, 1));
	}
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return found;
}

static thp_err put_request(thp_ledger *l, const thp_ledger_entry *entry,
			   const thp_ledger_kept *kept)
{
	sqlite3_stmt *const s = thp_ledger_statement(l, THP_LEDGER_PUT_REQUEST);
	g_autoptr(GBytes) answer = thp_seal_answer(entry->request, kept->receipt);
	guint8 ref[THP_SEAL_REQUEST_REF];
	gsize n;
	const void *const bytes = g_bytes_get_data(answer, &n);

	thp_seal_request(entry->request, ref);
	thp_ledger_bind(s, 1, ref, sizeof ref);
	(void)sqlite3_bind_int64(s, 2, (gint64)kept->seq);
	(void)sqlite3_bind_int64(s, 3, (gint64)l->next.epoch);
	thp_ledger_bind(s, 4, bytes, n);
	return thp_ledger_run(s);
}

/* ---- where people stand ---- */

static gsize scope_ref(const thp_ledger *l, const char *scope,
		       guint8 ref[static THP_SEAL_REF_BYTES])
{
	if (scope[0] == '\0')
		return 0;
	thp_seal_ref(l->pepper, scope, ref);
	return THP_SEAL_REF_BYTES;
}

static thp_err put_state(thp_ledger *l, const thp_ledger_entry *e, const guint8 *ref, guint64 seq)
{
	sqlite3_stmt *const s = thp_ledger_statement(l, THP_LEDGER_PUT_STATE);
	guint8 scope[THP_SEAL_REF_BYTES];
	const gsize scope_len = scope_ref(l, e->scope, scope);

	thp_ledger_bind(s, 1, ref, THP_SEAL_REF_BYTES);
	(void)sqlite3_bind_text(s, 2, e->kind, -1, SQLITE_STATIC);
	thp_ledger_bind(s, 3, scope, scope_len);
	(void)sqlite3_bind_text(s, 4, e->version, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(s, 5, e->lang, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int(s, 6, (int)e->answer);
	(void)sqlite3_bind_int64(s, 7, e->until_ms);
	(void)sqlite3_bind_int64(s, 8, (gint64)seq);
	return thp_ledger_run(s);
}

static void copy_column(char *out, gsize size, sqlite3_stmt *s, int column)
{
	const char *const text = (const char *)sqlite3_column_text(s, column);

	g_strlcpy(out, text ? text : "", size);
}

thp_err thp_ledger_states(thp_ledger *ledger, const char *sub, const char *scope, GArray **out)
{
	sqlite3_stmt *const s = thp_ledger_statement(ledger, THP_LEDGER_GET_STATES);
	guint8 ref[THP_SEAL_REF_BYTES];
	guint8 scoped[THP_SEAL_REF_BYTES];
	int status;

	*out = NULL;
	if (ledger->unsure || !s)
		return THP_NOT_STORED;
	*out = g_array_new(FALSE, TRUE, sizeof(thp_ledger_state));
	thp_seal_ref(ledger->pepper, sub, ref);
	thp_ledger_bind(s, 1, ref, sizeof ref);
	thp_ledger_bind(s, 2, scoped, scope_ref(ledger, scope, scoped));
	while ((status = sqlite3_step(s)) == SQLITE_ROW) {
		thp_ledger_state state = {.scoped = sqlite3_column_bytes(s, 1) > 0,
					  .answer = (thp_ledger_answer)sqlite3_column_int(s, 4),
					  .until_ms = sqlite3_column_int64(s, 5),
					  .seq = (guint64)sqlite3_column_int64(s, 6)};

		copy_column(state.kind, sizeof state.kind, s, 0);
		copy_column(state.version, sizeof state.version, s, 2);
		copy_column(state.lang, sizeof state.lang, s, 3);
		g_array_append_val(*out, state);
	}
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	if (status == SQLITE_DONE)
		return THP_OK;
	g_clear_pointer(out, g_array_unref);
	return thp_db_error(status);
}

/* ---- the act itself ---- */

static gboolean is_word(const char *text, gsize max)
{
	return thp_word_is_plain(text, max, "._-");
}

static gboolean is_sound(const thp_ledger_entry *e)
{
	return e->sub[0] != '\0' && is_word(e->kind, THP_LEDGER_KIND_MAX) &&
	       is_word(e->version, THP_LEDGER_VERSION_MAX) &&
	       is_word(e->lang, THP_LEDGER_LANG_MAX) && e->answer < THP_LEDGER_N_ANSWERS &&
	       thp_receipt_can_hold(e->text) && thp_receipt_can_hold(e->explains) &&
	       !strchr(e->record, '\n') && strlen(e->record) <= THP_LEAF_RECORD_MAX &&
	       strlen(e->record) + strlen(e->text) + strlen(e->explains) < THP_RECEIPT_MAX - 8192;
}

static void make_receipt(thp_ledger *l, const thp_ledger_entry *e, GBytes *body, const char *leaf,
			 const thp_merkle_proof *proof, thp_ledger_kept *out)
{
	g_autofree char *text = thp_checkpoint_proof_print(out->seq, proof, l->next_note);
	const thp_receipt_parts parts = {.explains = e->explains,
					 .text = e->text,
					 .body = body,
					 .leaf = leaf,
					 .proof = text,
					 .root = l->root_vkey,
					 .epoch = l->cert};

	out->receipt = thp_receipt_print(&parts);
}

static thp_err keep(thp_ledger *l, const thp_ledger_entry *e, const guint8 *ref, GBytes *body,
		    GBytes *sealed, gint64 now_ms, thp_ledger_kept *out)
{
	g_autofree char *leaf = NULL;
	thp_merkle_proof proof;
	thp_err err;

	out->seq = l->next.size;
	thp_merkle_edge_prove(out->seq, &l->next.edge, &proof);
	err = thp_ledger_add(l, THP_LEAF_CONSENT, body, sealed, ref, now_ms, &leaf);
	if (!err)
		err = put_state(l, e, ref, out->seq);
	if (err)
		return err;
	make_receipt(l, e, body, leaf, &proof, out);
	return put_request(l, e, out);
}

/* There may be room for a new one by now. */
static gboolean has_reserve(const char *dir)
{
	if (!thp_ledger_files_has_ballast(dir))
		thp_ledger_files_make_ballast(dir);
	return thp_ledger_files_has_ballast(dir);
}

thp_err thp_ledger_append(thp_ledger *ledger, const thp_ledger_entry *entry, gint64 now_ms,
			  thp_ledger_kept *out)
{
	guint8 ref[THP_SEAL_REF_BYTES];
	guint8 public_key[THP_SEAL_KEY_BYTES];
	g_autoptr(GBytes) body = NULL;
	g_autoptr(GBytes) sealed = NULL;
	thp_hash shown, explains;
	thp_err err;

	memset(out, 0, sizeof *out);
	if (ledger->unsure)
		return THP_NOT_STORED;
	if (!is_sound(entry))
		return THP_BAD_FIELD;
	if (thp_ledger_find(ledger, entry->request, out))
		return THP_OK;
	/* What is left of the disk is for those who take something back. */
	if (entry->answer != THP_LEDGER_WITHDRAWN && !has_reserve(ledger->dir))
		return THP_DB_FULL;
	err = thp_ledger_tick(ledger, now_ms);
	if (err)
		return err;
	thp_seal_ref(ledger->pepper, entry->sub, ref);
	err = person_key(ledger, ref, public_key);
	if (err)
		return err;
	thp_merkle_sha256(entry->text, strlen(entry->text), &shown);
	thp_merkle_sha256(entry->explains, strlen(entry->explains), &explains);
	body = thp_leaf_body(&shown, &explains, entry->record, strlen(entry->record));
	err = thp_seal_to(public_key, body, &ledger->spare, &sealed);
	if (!err)
		err = thp_ledger_begin(ledger);
	if (err)
		return err;
	err = keep(ledger, entry, ref, body, sealed, now_ms, out);
	err = thp_ledger_end(ledger, err);
	if (err)
		g_clear_pointer(&out->receipt, g_free);
	return err;
}

/* ---- texts ---- */

static gboolean has_text(thp_ledger *l, const char *kind, const char *version, const char *lang,
			 const thp_hash *hash, gboolean *same)
{
	sqlite3_stmt *const s = thp_ledger_statement(l, THP_LEDGER_GET_TEXT);
	gboolean found;

	*same = FALSE;
	(void)sqlite3_bind_text(s, 1, kind, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(s, 2, version, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(s, 3, lang, -1, SQLITE_STATIC);
	found = sqlite3_step(s) == SQLITE_ROW;
	if (found && sqlite3_column_bytes(s, 0) == THP_HASH_BYTES)
		*same = memcmp(sqlite3_column_blob(s, 0), hash->b, THP_HASH_BYTES) == 0;
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return found;
}

static thp_err put_text(thp_ledger *l, const char *const words[static 3], const char *text,
			const thp_hash *hash, guint64 seq)
{
	sqlite3_stmt *const s = thp_ledger_statement(l, THP_LEDGER_PUT_TEXT);

	for (int i = 0; i < 3; i++)
		(void)sqlite3_bind_text(s, i + 1, words[i], -1, SQLITE_STATIC);
	thp_ledger_bind(s, 4, hash->b, sizeof hash->b);
	thp_ledger_bind(s, 5, text, strlen(text));
	(void)sqlite3_bind_int64(s, 6, (gint64)seq);
	return thp_ledger_run(s);
}

thp_err thp_ledger_text(thp_ledger *ledger, const char *kind, const char *version, const char *lang,
			const char *text, gint64 now_ms)
{
	const char *const words[] = {kind, version, lang};
	g_autofree char *record = g_strdup_printf("text %s %s %s", kind, version, lang);
	thp_hash hash;
	gboolean same;
	thp_err err;

	if (!is_word(kind, THP_LEDGER_KIND_MAX) || !is_word(version, THP_LEDGER_VERSION_MAX) ||
	    !is_word(lang, THP_LEDGER_LANG_MAX) || !thp_receipt_can_hold(text))
		return THP_TEXT_FILE;
	thp_merkle_sha256(text, strlen(text), &hash);
	if (has_text(ledger, kind, version, lang, &hash, &same))
		return same ? THP_OK : THP_TEXT_FILE;
	err = thp_ledger_tick(ledger, now_ms);
	if (!err)
		err = thp_ledger_begin(ledger);
	if (err)
		return err;
	err = put_text(ledger, words, text, &hash, ledger->next.size);
	if (!err)
		err = thp_ledger_add_clear(ledger, THP_LEAF_TEXT, record, &hash, now_ms);
	return thp_ledger_end(ledger, err);
}
