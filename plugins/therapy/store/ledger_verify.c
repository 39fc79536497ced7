/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole log once from its first leaf to its last, keeping only what is needed on the way. */
#include <therapy/ledger_verify.h>

#include <string.h>

#include "ledger_records.h"

#define LATE_EPOCHS 2 /* an epoch without its close, and the one that runs */

typedef struct walk {
	const thp_ledger_verify_ask *ask;
	thp_ledger_verify_report *report;
	thp_ledger *l;
	sqlite3_stmt *next_close;
	guint64 nodes; /* made so far */
	thp_leaf last;
	thp_epoch epoch; /* of the last leaf */
	char *cert;
	thp_ledger_records *records;
	thp_checkpoint since;
	gboolean broken; /* a database error: not a finding */
} walk;

static void found(const walk *w, gint64 seq, const char *what)
{
	thp_ledger_records_fault(w->ask, w->report, seq, what);
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
	thp_ledger_records_check(w->records, &leaf, w->epoch.origin);
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

static void check_whole(walk *w)
{
	check_leaves(w);
	check_count(w, "SELECT count(*) FROM node", w->nodes, "the tree has hashes too many");
	check_count(w, "SELECT count(*) FROM body WHERE seq >= (SELECT size FROM head)", 0,
		    "there are records without an entry");
	check_head(w);
	check_heartbeat(w);
	thp_ledger_records_end(w->records);
}

static gboolean begin(walk *w, GString *why)
{
	const thp_ledger_verify_ask *const ask = w->ask;
	thp_err err = thp_ledger_load(ask->dir, why, &w->l);

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
	w->records = thp_ledger_records_new(w->l, ask, w->report);
	return !err && w->records;
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
	(void)sqlite3_finalize(w.next_close);
	thp_ledger_records_free(w.records);
	g_free(w.cert);
	thp_ledger_close(w.l);
	if (report->faults > 0)
		return THP_LEDGER_TAMPERED;
	if (!readable || w.broken)
		return THP_LEDGER_UNREADABLE;
	return ask->root && ask->organisation_secret ? THP_LEDGER_GOOD : THP_LEDGER_INCOMPLETE;
}
