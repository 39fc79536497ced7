/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each body against its leaf, and each record against those before it. */
#include "ledger_records.h"

#include <string.h>

#include "ledger_gate.h"

struct thp_ledger_records {
	const thp_ledger_verify_ask *ask;
	thp_ledger_verify_report *report;
	thp_ledger *l;
	sqlite3_stmt *body;
	GHashTable *gone;   /* sequence numbers without a body, until an erase names them */
	GHashTable *states; /* "ref kind scope" → the last record about it */
	thp_ledger_grounds *grounds;
	const char *origin; /* of the leaf that is looked at; borrowed */
};

void thp_ledger_records_fault(const thp_ledger_verify_ask *ask, thp_ledger_verify_report *report,
			      gint64 seq, const char *what)
{
	report->faults++;
	if (ask->found)
		ask->found(ask->ctx, seq, what);
}

static void found(const thp_ledger_records *r, gint64 seq, const char *what)
{
	thp_ledger_records_fault(r->ask, r->report, seq, what);
}

/* ---- of one entry ---- */

static GBytes *get_body(thp_ledger_records *r, guint64 seq, guint8 *ref, gboolean *has_ref)
{
	GBytes *bytes = NULL;

	(void)sqlite3_bind_int64(r->body, 1, (gint64)seq);
	if (sqlite3_step(r->body) == SQLITE_ROW) {
		*has_ref = sqlite3_column_bytes(r->body, 0) == THP_SEAL_REF_BYTES;
		if (*has_ref)
			memcpy(ref, sqlite3_column_blob(r->body, 0), THP_SEAL_REF_BYTES);
		bytes = g_bytes_new(sqlite3_column_blob(r->body, 1),
				    (gsize)sqlite3_column_bytes(r->body, 1));
	}
	(void)sqlite3_reset(r->body);
	return bytes;
}

static gboolean is_committed(const thp_leaf *leaf, GBytes *body)
{
	gsize n;
	const void *const bytes = g_bytes_get_data(body, &n);
	thp_hash hash;

	thp_leaf_commit(bytes, n, &hash);
	return n >= THP_LEAF_BODY_HEAD && thp_merkle_equal(&hash, &leaf->commit);
}

static void keep_state(thp_ledger_records *r, const thp_leaf *leaf, const thp_ledger_place *at)
{
	g_hash_table_replace(r->states, thp_ledger_place_key(at),
			     g_strdup_printf("%d %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT,
					     (int)at->state.answer, at->state.until_ms, leaf->seq));
}

static void show_record(thp_ledger_records *r, const thp_leaf *leaf, const thp_ledger_place *at,
			const char *record, gsize len)
{
	g_autofree char *text = thp_leaf_print(leaf);
	g_autofree char *proof = r->ask->proofs ? thp_ledger_prove(r->l, leaf->seq) : NULL;
	const thp_consent_entry entry = {.origin = r->origin,
					 .seq = leaf->seq,
					 .kept_ms = leaf->ts_ms,
					 .stands = thp_ledger_place_has(r->l, at, leaf->seq),
					 .leaf = text,
					 .leaf_len = strlen(text),
					 .proof = proof,
					 .proven_ms = r->l->top.ts_ms,
					 .record = record,
					 .record_len = len};

	r->ask->record(r->ask->ctx, &entry);
}

static void check_record(thp_ledger_records *r, const thp_leaf *leaf, const guint8 *ref,
			 const char *record, gsize len)
{
	thp_ledger_place at;

	if (thp_ledger_place_read(r->l, ref, record, len, &at)) {
		found(r, (gint64)leaf->seq, "its record cannot be read");
		return;
	}
	keep_state(r, leaf, &at);
	thp_ledger_grounds_keep(r->grounds, &at, leaf->seq);
	if (r->ask->record)
		show_record(r, leaf, &at, record, len);
}

static void check_sealed(thp_ledger_records *r, const thp_leaf *leaf, const guint8 *ref,
			 GBytes *stored)
{
	g_autoptr(GBytes) body = NULL;
	const char *bytes;
	gsize n;

	if (!r->ask->organisation_secret)
		return;
	body = thp_ledger_unseal(r->l, r->ask->organisation_secret, ref, stored);
	if (!body || !is_committed(leaf, body)) {
		found(r, (gint64)leaf->seq,
		      "its record does not open, or is another than was signed");
		return;
	}
	bytes = g_bytes_get_data(body, &n);
	r->report->opened++;
	check_record(r, leaf, ref, bytes + THP_LEAF_BODY_HEAD, n - THP_LEAF_BODY_HEAD);
}

/* Takes the numbers that an erase names off those that lack a body. */
static void check_erased(thp_ledger_records *r, const char *record, gsize len)
{
	g_autofree char *text = g_strndup(record, len);
	const char *const list = strchr(text, '\n');
	g_auto(GStrv) numbers = list ? g_strsplit(list + 1, " ", -1) : NULL;

	for (guint i = 0; numbers && numbers[i]; i++) {
		gint64 seq = g_ascii_strtoll(numbers[i], NULL, 10);

		if (g_hash_table_remove(r->gone, &seq))
			r->report->erased++;
	}
}

static void check_genesis(thp_ledger_records *r, const char *record, gsize len)
{
	g_autofree char *organisation = thp_ledger_setting(r->l, "organisation");
	g_autofree char *origin = g_strndup(r->l->root.name, strlen(r->l->root.name) - 5);
	g_autofree char *own = g_strdup_printf("genesis\norigin %s\nroot %s\norganisation %s\n",
					       origin, r->l->root_vkey, organisation);

	if (strlen(own) != len || memcmp(own, record, len) != 0)
		found(r, 0, "origin, root key or organisation's key are others than at the start");
}

/* A consent text that was brought in must still be here as it was. */
static void check_text(thp_ledger_records *r, const thp_leaf *leaf, const guint8 *body)
{
	sqlite3_stmt *s = NULL;
	gboolean good = FALSE;
	thp_hash hash;

	if (thp_db_prepare(r->l->db, "SELECT bytes, sha256 FROM text WHERE seq = ?1", &s))
		return;
	(void)sqlite3_bind_int64(s, 1, (gint64)leaf->seq);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 1) == THP_HASH_BYTES) {
		thp_merkle_sha256(sqlite3_column_blob(s, 0), (gsize)sqlite3_column_bytes(s, 0),
				  &hash);
		good = memcmp(hash.b, body + THP_LEAF_SALT_BYTES, THP_HASH_BYTES) == 0 &&
		       memcmp(hash.b, sqlite3_column_blob(s, 1), THP_HASH_BYTES) == 0;
	}
	(void)sqlite3_finalize(s);
	if (!good)
		found(r, (gint64)leaf->seq, "the consent text is missing or changed");
}

static void check_gate(thp_ledger_records *r, const thp_leaf *leaf, const char *record, gsize len)
{
	const char *const what = thp_ledger_grounds_check(r->grounds, record, len, leaf->seq,
							  r->ask->organisation_secret != NULL);
	g_autofree char *text = g_strndup(record, len);
	g_auto(GStrv) lines = g_strsplit(text, "\n", 2);

	if (what)
		found(r, (gint64)leaf->seq, what);
	else if (r->ask->gate)
		r->ask->gate(r->ask->ctx, leaf->seq, leaf->ts_ms, lines[0] + strlen("gate "),
			     lines[1]);
}

static void check_clear(thp_ledger_records *r, const thp_leaf *leaf, GBytes *body)
{
	gsize n;
	const char *const bytes = g_bytes_get_data(body, &n);

	if (!is_committed(leaf, body)) {
		found(r, (gint64)leaf->seq, "its record is another than was signed");
		return;
	}
	switch (leaf->type) {
	case THP_LEAF_GENESIS:
		check_genesis(r, bytes + THP_LEAF_BODY_HEAD, n - THP_LEAF_BODY_HEAD);
		break;
	case THP_LEAF_TEXT:
		check_text(r, leaf, (const guint8 *)bytes);
		break;
	case THP_LEAF_ERASE:
		check_erased(r, bytes + THP_LEAF_BODY_HEAD, n - THP_LEAF_BODY_HEAD);
		break;
	case THP_LEAF_GATE:
		check_gate(r, leaf, bytes + THP_LEAF_BODY_HEAD, n - THP_LEAF_BODY_HEAD);
		break;
	case THP_LEAF_CONSENT:
	case THP_LEAF_CLOSE:
	case THP_LEAF_KEYS:
	case THP_LEAF_N_TYPES:
	default:
		break;
	}
}

void thp_ledger_records_check(thp_ledger_records *r, const thp_leaf *leaf, const char *origin)
{
	guint8 ref[THP_SEAL_REF_BYTES];
	gboolean has_ref = FALSE;
	g_autoptr(GBytes) stored = get_body(r, leaf->seq, ref, &has_ref);
	thp_hash hash;
	gsize n;

	r->origin = origin;
	if (!stored) {
		g_hash_table_add(r->gone, g_memdup2(&(gint64){(gint64)leaf->seq}, sizeof(gint64)));
		thp_ledger_grounds_lose(r->grounds, leaf->seq);
		return;
	}
	const void *const bytes = g_bytes_get_data(stored, &n);

	thp_merkle_sha256(bytes, n, &hash);
	if (!thp_merkle_equal(&hash, &leaf->pch) || has_ref != (leaf->type == THP_LEAF_CONSENT))
		found(r, (gint64)leaf->seq, "what is kept of it has been changed");
	else if (has_ref)
		check_sealed(r, leaf, ref, stored);
	else
		check_clear(r, leaf, stored);
}

/* ---- what only the whole can show ---- */

static void check_gone(thp_ledger_records *r)
{
	GHashTableIter iter;
	gpointer seq;

	g_hash_table_iter_init(&iter, r->gone);
	while (g_hash_table_iter_next(&iter, &seq, NULL))
		found(r, *(gint64 *)seq, "its record is gone, and no erasure names it");
}

/* Where people stand must follow from the records, and nothing else may be there. */
static void check_states(thp_ledger_records *r)
{
	sqlite3_stmt *s = NULL;
	guint64 rows = 0;

	if (!r->ask->organisation_secret ||
	    thp_db_prepare(r->l->db,
			   "SELECT lower(hex(ref)) || ' ' || kind || ' ' || lower(hex(scope)),"
			   " answer || ' ' || until_ms || ' ' || seq, seq FROM state",
			   &s))
		return;
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *const own = g_hash_table_lookup(r->states, sqlite3_column_text(s, 0));

		rows++;
		if (g_strcmp0(own, (const char *)sqlite3_column_text(s, 1)) != 0)
			found(r, sqlite3_column_int64(s, 2),
			      "where somebody stands is not what they said");
	}
	(void)sqlite3_finalize(s);
	if (rows != g_hash_table_size(r->states))
		found(r, -1, "where somebody stands is missing");
}

void thp_ledger_records_end(thp_ledger_records *r)
{
	check_gone(r);
	check_states(r);
}

/* ---- start and end ---- */

thp_ledger_records *thp_ledger_records_new(thp_ledger *ledger, const thp_ledger_verify_ask *ask,
					   thp_ledger_verify_report *report)
{
	thp_ledger_records *const r = g_new0(thp_ledger_records, 1);

	*r = (thp_ledger_records){.ask = ask, .report = report, .l = ledger};
	r->grounds = thp_ledger_grounds_new();
	r->gone = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	r->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (thp_db_prepare(ledger->db, "SELECT ref, bytes FROM body WHERE seq = ?1", &r->body) ==
	    THP_OK)
		return r;
	thp_ledger_records_free(r);
	return NULL;
}

void thp_ledger_records_free(thp_ledger_records *r)
{
	if (!r)
		return;
	(void)sqlite3_finalize(r->body);
	thp_ledger_grounds_free(r->grounds);
	g_hash_table_unref(r->gone);
	g_hash_table_unref(r->states);
	g_free(r);
}
