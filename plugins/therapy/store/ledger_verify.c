/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole log once from its first leaf to its last, keeping only what is needed on the way. */
#include <therapy/ledger_verify.h>

#include <string.h>

#include <sodium.h>
#include <therapy/consent_record.h>

#include "ledger_gate.h"

#define LATE_EPOCHS 2 /* an epoch without its close, and the one that runs */

typedef struct walk {
	const thp_ledger_verify_ask *ask;
	thp_ledger_verify_report *report;
	thp_ledger *l;
	sqlite3_stmt *body;
	sqlite3_stmt *next_close;
	guint64 nodes; /* made so far */
	thp_leaf last;
	thp_epoch epoch; /* of the last leaf */
	char *cert;
	GHashTable *gone;   /* sequence numbers without a body, until an erase names them */
	GHashTable *states; /* "ref kind scope" → the last record about it */
	thp_ledger_grounds *grounds;
	thp_checkpoint since;
	gboolean broken; /* a database error: not a finding */
} walk;

static void found(walk *w, gint64 seq, const char *what)
{
	w->report->faults++;
	if (w->ask->found)
		w->ask->found(w->ask->ctx, seq, what);
}

/* ---- the tree ---- */

static thp_err compare_node(void *ctx, guint level, guint64 index, const thp_hash *hash)
{
	walk *const w = ctx;
	thp_hash stored;

	w->nodes++;
	if (thp_ledger_get_node(w->l, level, index, &stored) || !thp_merkle_equal(&stored, hash))
		found(w, (gint64)w->last.seq, "a hash of the tree is missing or changed");
	return THP_OK;
}

static thp_err get_node(void *ctx, guint level, guint64 index, thp_hash *out)
{
	const walk *const w = ctx;

	return thp_ledger_get_node(w->l, level, index, out);
}

static void check_root(walk *w, guint64 size, const thp_hash *root, const char *what)
{
	thp_hash own;

	if (thp_merkle_root(size, get_node, w, &own) || !thp_merkle_equal(&own, root))
		found(w, (gint64)size - 1, what);
}

/* ---- a leaf by itself ---- */

static void check_time(walk *w, const thp_leaf *leaf)
{
	if (leaf->seq > 0 && leaf->ts_ms <= w->last.ts_ms)
		found(w, (gint64)leaf->seq, "is not later than the entry before it");
	if (leaf->epoch != w->epoch.number || !w->cert) {
		if (thp_ledger_load_epoch(w->l, leaf->epoch, &w->epoch, &w->cert)) {
			found(w, (gint64)leaf->seq, "has no certified key of its epoch");
			return;
		}
	}
	if (leaf->type != THP_LEAF_CLOSE && !thp_epoch_has(&w->epoch, leaf->ts_ms))
		found(w, (gint64)leaf->seq, "is not of the time of its epoch");
}

/* Each epoch ends with its close; only new keys from the root may follow one that was left open. */
static void check_order(walk *w, const thp_leaf *leaf)
{
	const gboolean closed = w->last.type == THP_LEAF_CLOSE;

	if (leaf->seq == 0) {
		if (leaf->type != THP_LEAF_GENESIS || leaf->epoch != 0)
			found(w, 0, "the first entry is not the genesis");
		return;
	}
	if (leaf->type == THP_LEAF_GENESIS)
		found(w, (gint64)leaf->seq, "a second genesis");
	if (leaf->epoch != w->last.epoch + (closed ? 1 : 0) &&
	    !(leaf->type == THP_LEAF_KEYS && leaf->epoch == w->last.epoch + 1))
		found(w, (gint64)leaf->seq, "follows an epoch that was not closed, or reopens one");
}

/* ---- what a leaf commits to ---- */

static GBytes *get_body(walk *w, guint64 seq, guint8 *ref, gboolean *has_ref)
{
	GBytes *bytes = NULL;

	(void)sqlite3_bind_int64(w->body, 1, (gint64)seq);
	if (sqlite3_step(w->body) == SQLITE_ROW) {
		*has_ref = sqlite3_column_bytes(w->body, 0) == THP_SEAL_REF_BYTES;
		if (*has_ref)
			memcpy(ref, sqlite3_column_blob(w->body, 0), THP_SEAL_REF_BYTES);
		bytes = g_bytes_new(sqlite3_column_blob(w->body, 1),
				    (gsize)sqlite3_column_bytes(w->body, 1));
	}
	(void)sqlite3_reset(w->body);
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

static void keep_state(walk *w, const thp_leaf *leaf, const thp_ledger_place *at)
{
	g_hash_table_replace(w->states, thp_ledger_place_key(at),
			     g_strdup_printf("%d %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT,
					     (int)at->state.answer, at->state.until_ms, leaf->seq));
}

static void show_record(walk *w, const thp_leaf *leaf, const thp_ledger_place *at,
			const char *record, gsize len)
{
	g_autofree char *text = thp_leaf_print(leaf);
	g_autofree char *proof = w->ask->proofs ? thp_ledger_prove(w->l, leaf->seq) : NULL;
	const thp_consent_entry entry = {.origin = w->epoch.origin,
					 .seq = leaf->seq,
					 .kept_ms = leaf->ts_ms,
					 .stands = thp_ledger_place_has(w->l, at, leaf->seq),
					 .leaf = text,
					 .leaf_len = strlen(text),
					 .proof = proof,
					 .proven_ms = w->l->top.ts_ms,
					 .record = record,
					 .record_len = len};

	w->ask->record(w->ask->ctx, &entry);
}

static void check_record(walk *w, const thp_leaf *leaf, const guint8 *ref, const char *record,
			 gsize len)
{
	thp_ledger_place at;

	if (thp_ledger_place_read(w->l, ref, record, len, &at)) {
		found(w, (gint64)leaf->seq, "its record cannot be read");
		return;
	}
	keep_state(w, leaf, &at);
	thp_ledger_grounds_keep(w->grounds, &at, leaf->seq);
	if (w->ask->record)
		show_record(w, leaf, &at, record, len);
}

static void check_sealed(walk *w, const thp_leaf *leaf, const guint8 *ref, GBytes *stored)
{
	g_autoptr(GBytes) body = NULL;
	const char *bytes;
	gsize n;

	if (!w->ask->organisation_secret)
		return;
	body = thp_ledger_unseal(w->l, w->ask->organisation_secret, ref, stored);
	if (!body || !is_committed(leaf, body)) {
		found(w, (gint64)leaf->seq,
		      "its record does not open, or is another than was signed");
		return;
	}
	bytes = g_bytes_get_data(body, &n);
	w->report->opened++;
	check_record(w, leaf, ref, bytes + THP_LEAF_BODY_HEAD, n - THP_LEAF_BODY_HEAD);
}

/* Takes the numbers that an erase names off those that lack a body. */
static void check_erased(walk *w, const char *record, gsize len)
{
	g_autofree char *text = g_strndup(record, len);
	const char *const list = strchr(text, '\n');
	g_auto(GStrv) numbers = list ? g_strsplit(list + 1, " ", -1) : NULL;

	for (guint i = 0; numbers && numbers[i]; i++) {
		gint64 seq = g_ascii_strtoll(numbers[i], NULL, 10);

		if (g_hash_table_remove(w->gone, &seq))
			w->report->erased++;
	}
}

static void check_genesis(walk *w, const char *record, gsize len)
{
	g_autofree char *organisation = thp_ledger_setting(w->l, "organisation");
	g_autofree char *origin = g_strndup(w->l->root.name, strlen(w->l->root.name) - 5);
	g_autofree char *own = g_strdup_printf("genesis\norigin %s\nroot %s\norganisation %s\n",
					       origin, w->l->root_vkey, organisation);

	if (strlen(own) != len || memcmp(own, record, len) != 0)
		found(w, 0, "origin, root key or organisation's key are others than at the start");
}

/* A consent text that was brought in must still be here as it was. */
static void check_text(walk *w, const thp_leaf *leaf, const guint8 *body)
{
	sqlite3_stmt *s = NULL;
	gboolean good = FALSE;
	thp_hash hash;

	if (thp_db_prepare(w->l->db, "SELECT bytes, sha256 FROM text WHERE seq = ?1", &s))
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
		found(w, (gint64)leaf->seq, "the consent text is missing or changed");
}

static void check_gate(walk *w, const thp_leaf *leaf, const char *record, gsize len)
{
	const char *const what = thp_ledger_grounds_check(w->grounds, record, len, leaf->seq,
							  w->ask->organisation_secret != NULL);
	g_autofree char *text = g_strndup(record, len);
	g_auto(GStrv) lines = g_strsplit(text, "\n", 2);

	if (what)
		found(w, (gint64)leaf->seq, what);
	else if (w->ask->gate)
		w->ask->gate(w->ask->ctx, leaf->seq, leaf->ts_ms, lines[0] + strlen("gate "),
			     lines[1]);
}

static void check_clear(walk *w, const thp_leaf *leaf, GBytes *body)
{
	gsize n;
	const char *const bytes = g_bytes_get_data(body, &n);

	if (!is_committed(leaf, body)) {
		found(w, (gint64)leaf->seq, "its record is another than was signed");
		return;
	}
	switch (leaf->type) {
	case THP_LEAF_GENESIS:
		check_genesis(w, bytes + THP_LEAF_BODY_HEAD, n - THP_LEAF_BODY_HEAD);
		break;
	case THP_LEAF_TEXT:
		check_text(w, leaf, (const guint8 *)bytes);
		break;
	case THP_LEAF_ERASE:
		check_erased(w, bytes + THP_LEAF_BODY_HEAD, n - THP_LEAF_BODY_HEAD);
		break;
	case THP_LEAF_GATE:
		check_gate(w, leaf, bytes + THP_LEAF_BODY_HEAD, n - THP_LEAF_BODY_HEAD);
		break;
	case THP_LEAF_CONSENT:
	case THP_LEAF_CLOSE:
	case THP_LEAF_KEYS:
	case THP_LEAF_N_TYPES:
	default:
		break;
	}
}

static void check_body(walk *w, const thp_leaf *leaf)
{
	guint8 ref[THP_SEAL_REF_BYTES];
	gboolean has_ref = FALSE;
	g_autoptr(GBytes) stored = get_body(w, leaf->seq, ref, &has_ref);
	thp_hash hash;
	gsize n;

	if (!stored) {
		g_hash_table_add(w->gone, g_memdup2(&(gint64){(gint64)leaf->seq}, sizeof(gint64)));
		thp_ledger_grounds_lose(w->grounds, leaf->seq);
		return;
	}
	const void *const bytes = g_bytes_get_data(stored, &n);

	thp_merkle_sha256(bytes, n, &hash);
	if (!thp_merkle_equal(&hash, &leaf->pch) || has_ref != (leaf->type == THP_LEAF_CONSENT))
		found(w, (gint64)leaf->seq, "what is kept of it has been changed");
	else if (has_ref)
		check_sealed(w, leaf, ref, stored);
	else
		check_clear(w, leaf, stored);
}

/* ---- the close of an epoch ---- */

static void check_close(walk *w, const thp_leaf *leaf)
{
	thp_checkpoint checkpoint = {0};
	thp_err err = THP_PROOF_MALFORMED;

	(void)sqlite3_bind_int64(w->next_close, 1, (gint64)leaf->epoch);
	if (sqlite3_step(w->next_close) == SQLITE_ROW) {
		const char *const note = (const char *)sqlite3_column_text(w->next_close, 0);

		if (note)
			err = thp_checkpoint_open(note, strlen(note), &w->epoch.key, &checkpoint);
	}
	(void)sqlite3_reset(w->next_close);
	if (err || checkpoint.size != leaf->seq + 1) {
		found(w, (gint64)leaf->seq,
		      "the epoch's last checkpoint is missing or not signed by its key");
		return;
	}
	w->report->epochs++;
	check_root(w, checkpoint.size, &checkpoint.root,
		   "the epoch's last checkpoint is of another history");
}

static void check_leaf(walk *w, guint64 seq, const char *bytes, gsize n)
{
	thp_leaf leaf;
	thp_hash hash;

	if (thp_leaf_parse(bytes, n, &leaf) || leaf.seq != seq) {
		found(w, (gint64)seq, "is no entry with this number");
		leaf = w->last;
		leaf.seq = seq;
	}
	check_order(w, &leaf);
	check_time(w, &leaf);
	w->last = leaf;
	thp_merkle_leaf(bytes, n, &hash);
	/* Compared with what is stored, and for what follows what is stored is believed. */
	if (thp_merkle_append(seq, &hash, get_node, compare_node, w))
		found(w, (gint64)seq, "the tree lacks a part");
	check_body(w, &leaf);
	if (leaf.type == THP_LEAF_CLOSE)
		check_close(w, &leaf);
	if (w->since.size == seq + 1)
		check_root(w, w->since.size, &w->since.root,
			   "the checkpoint that was kept is of another history");
}

/* ---- what only the whole can show ---- */

static void check_leaves(walk *w)
{
	sqlite3_stmt *s = NULL;
	guint64 next = 0;
	int status = SQLITE_ERROR;

	if (!thp_db_prepare(w->l->db, "SELECT seq, bytes FROM leaf ORDER BY seq", &s)) {
		while ((status = sqlite3_step(s)) == SQLITE_ROW) {
			const guint64 seq = (guint64)sqlite3_column_int64(s, 0);

			if (seq != next)
				found(w, (gint64)next, "is missing");
			check_leaf(w, seq, sqlite3_column_blob(s, 1),
				   (gsize)sqlite3_column_bytes(s, 1));
			next = seq + 1;
			w->report->entries++;
		}
	}
	(void)sqlite3_finalize(s);
	w->broken = w->broken || status != SQLITE_DONE;
	if (next != w->l->top.size)
		found(w, (gint64)MIN(next, w->l->top.size),
		      "the entries are not as many as were signed");
}

static void check_count(walk *w, const char *sql, guint64 wanted, const char *what)
{
	sqlite3_stmt *s = NULL;

	if (thp_db_prepare(w->l->db, sql, &s) || sqlite3_step(s) != SQLITE_ROW)
		w->broken = TRUE;
	else if ((guint64)sqlite3_column_int64(s, 0) != wanted)
		found(w, -1, what);
	(void)sqlite3_finalize(s);
}

static void check_head(walk *w)
{
	thp_checkpoint head;

	if (!w->l->note ||
	    thp_checkpoint_open(w->l->note, strlen(w->l->note), &w->epoch.key, &head) ||
	    head.size != w->l->top.size || !thp_merkle_equal(&head.root, &w->l->top.root)) {
		found(w, -1, "the newest checkpoint is not signed by the last entry's key");
		return;
	}
	check_root(w, head.size, &head.root, "the newest checkpoint is of another history");
}

/* At a time the number of epochs is known: a log that was cut back lacks its heartbeats. */
static void check_heartbeat(walk *w)
{
	const gint64 length_ms = (w->epoch.until_s - w->epoch.from_s) * 1000;

	if (w->ask->now_ms > 0 &&
	    w->ask->now_ms > w->epoch.until_s * 1000 + LATE_EPOCHS * length_ms)
		found(w, (gint64)w->last.seq,
		      "epochs are missing after it: cut back, or not in use since");
	if (w->since.size > w->l->top.size)
		found(w, -1, "it is shorter than the checkpoint that was kept");
}

static void check_gone(walk *w)
{
	GHashTableIter iter;
	gpointer seq;

	g_hash_table_iter_init(&iter, w->gone);
	while (g_hash_table_iter_next(&iter, &seq, NULL))
		found(w, *(gint64 *)seq, "its record is gone, and no erasure names it");
}

/* Where people stand must follow from the records, and nothing else may be there. */
static void check_states(walk *w)
{
	sqlite3_stmt *s = NULL;
	guint64 rows = 0;

	if (!w->ask->organisation_secret ||
	    thp_db_prepare(w->l->db,
			   "SELECT lower(hex(ref)) || ' ' || kind || ' ' || lower(hex(scope)),"
			   " answer || ' ' || until_ms || ' ' || seq, seq FROM state",
			   &s))
		return;
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *const own = g_hash_table_lookup(w->states, sqlite3_column_text(s, 0));

		rows++;
		if (g_strcmp0(own, (const char *)sqlite3_column_text(s, 1)) != 0)
			found(w, sqlite3_column_int64(s, 2),
			      "where somebody stands is not what they said");
	}
	(void)sqlite3_finalize(s);
	if (rows != g_hash_table_size(w->states))
		found(w, -1, "where somebody stands is missing");
}

static void check_whole(walk *w)
{
	check_leaves(w);
	check_count(w, "SELECT count(*) FROM node", w->nodes, "the tree has hashes too many");
	check_count(w, "SELECT count(*) FROM body WHERE seq >= (SELECT size FROM head)", 0,
		    "there are records without an entry");
	check_head(w);
	check_heartbeat(w);
	check_gone(w);
	check_states(w);
}

static gboolean begin(walk *w, GString *why)
{
	const thp_ledger_verify_ask *const ask = w->ask;
	thp_err err = thp_ledger_load(ask->dir, why, &w->l);

	if (!err)
		err = thp_db_prepare(w->l->db, "SELECT ref, bytes FROM body WHERE seq = ?1",
				     &w->body);
	if (!err)
		err = thp_db_prepare(w->l->db, "SELECT close_note FROM epoch WHERE n = ?1",
				     &w->next_close);
	if (err)
		return FALSE;
	if (ask->since) {
		gsize text_len = 0;

		/* Who signed it does not matter: it is the witness, and the ledger is what is judged. */
		err = thp_note_text(ask->since, strlen(ask->since), &text_len);
		if (!err)
			err = thp_checkpoint_parse(ask->since, text_len, &w->since);
		if (err)
			g_string_assign(why, "the checkpoint that was kept cannot be read");
	}
	w->grounds = thp_ledger_grounds_new();
	w->gone = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	w->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return !err;
}

thp_ledger_verdict thp_ledger_verify(const thp_ledger_verify_ask *ask,
				     thp_ledger_verify_report *report, GString *why)
{
	walk w = {.ask = ask, .report = report};
	const gboolean readable = begin(&w, why);

	memset(report, 0, sizeof *report);
	if (readable && ask->root &&
	    (strcmp(ask->root->name, w.l->root.name) != 0 ||
	     memcmp(ask->root->public_key, w.l->root.public_key, THP_PUBLIC_KEY_BYTES) != 0))
		found(&w, 0, "its root key is another");
	if (readable)
		check_whole(&w);
	(void)sqlite3_finalize(w.body);
	(void)sqlite3_finalize(w.next_close);
	g_clear_pointer(&w.grounds, thp_ledger_grounds_free);
	g_clear_pointer(&w.gone, g_hash_table_unref);
	g_clear_pointer(&w.states, g_hash_table_unref);
	g_free(w.cert);
	thp_ledger_close(w.l);
	if (report->faults > 0)
		return THP_LEDGER_TAMPERED;
	if (!readable || w.broken)
		return THP_LEDGER_UNREADABLE;
	return ask->root && ask->organisation_secret ? THP_LEDGER_GOOD : THP_LEDGER_INCOMPLETE;
}
