/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding a leaf: into the tree, under a newly signed checkpoint. */
#include "ledger_inside.h"

#include <string.h>

#include <sodium.h>

static void bind_number(sqlite3_stmt *statement, int at, guint64 number)
{
	(void)sqlite3_bind_int64(statement, at, (gint64)number);
}

thp_err thp_ledger_get_node(void *ctx, guint level, guint64 index, thp_hash *out)
{
	sqlite3_stmt *const s = thp_ledger_statement(ctx, THP_LEDGER_GET_NODE);
	thp_err err = THP_DB_DAMAGED;

	bind_number(s, 1, level);
	bind_number(s, 2, index);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == THP_HASH_BYTES) {
		memcpy(out->b, sqlite3_column_blob(s, 0), THP_HASH_BYTES);
		err = THP_OK;
	}
	(void)sqlite3_reset(s);
	return err;
}

static thp_err put_node(void *ctx, guint level, guint64 index, const thp_hash *hash)
{
	sqlite3_stmt *const s = thp_ledger_statement(ctx, THP_LEDGER_PUT_NODE);

	bind_number(s, 1, level);
	bind_number(s, 2, index);
	thp_ledger_bind(s, 3, hash->b, sizeof hash->b);
	return thp_ledger_run(s);
}

static thp_err put_leaf(thp_ledger *l, const char *leaf, GBytes *stored, const guint8 *ref)
{
	sqlite3_stmt *s = thp_ledger_statement(l, THP_LEDGER_PUT_LEAF);
	gsize n;
	const void *const bytes = g_bytes_get_data(stored, &n);
	thp_hash hash;
	thp_err err;

	bind_number(s, 1, l->next.size);
	thp_ledger_bind(s, 2, leaf, strlen(leaf));
	err = thp_ledger_run(s);
	if (err)
		return err;
	s = thp_ledger_statement(l, THP_LEDGER_PUT_BODY);
	bind_number(s, 1, l->next.size);
	if (ref)
		thp_ledger_bind(s, 2, ref, THP_SEAL_REF_BYTES);
	thp_ledger_bind(s, 3, bytes, n);
	err = thp_ledger_run(s);
	if (err)
		return err;
	thp_merkle_leaf(leaf, strlen(leaf), &hash);
	err = thp_merkle_edge_append(l->next.size, &hash, put_node, l, &l->next.edge);
	if (err)
		return err;
	l->next.size++;
	thp_merkle_edge_root(l->next.size, &l->next.edge, &l->next.root);
	return THP_OK;
}

/* It is made anew for each epoch, not for each signature. */
static const guint8 *signing_key(thp_ledger *l)
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES];

	if (!l->has_secret_key)
		thp_epoch_keys(l->seed.seed, public_key, l->secret_key);
	l->has_secret_key = TRUE;
	return l->secret_key;
}

void thp_ledger_forget_key(thp_ledger *ledger)
{
	sodium_memzero(ledger->secret_key, sizeof ledger->secret_key);
	ledger->has_secret_key = FALSE;
}

static thp_err sign_head(thp_ledger *l)
{
	sqlite3_stmt *const s = thp_ledger_statement(l, THP_LEDGER_PUT_HEAD);
	thp_checkpoint checkpoint = {.size = l->next.size, .root = l->next.root};
	g_autofree char *text = NULL;

	g_strlcpy(checkpoint.origin, l->epoch.origin, sizeof checkpoint.origin);
	text = thp_checkpoint_print(&checkpoint);
	g_free(l->next_note);
	l->next_note = thp_note_sign(text, &l->epoch.key, signing_key(l));
	bind_number(s, 1, l->next.size);
	thp_ledger_bind(s, 2, l->next.root.b, THP_HASH_BYTES);
	(void)sqlite3_bind_int64(s, 3, l->next.ts_ms);
	bind_number(s, 4, l->next.epoch);
	(void)sqlite3_bind_text(s, 5, l->next_note, -1, SQLITE_STATIC);
	return thp_ledger_run(s);
}

thp_err thp_ledger_add(thp_ledger *ledger, thp_leaf_type type, GBytes *body, GBytes *stored,
		       const guint8 *ref, gint64 now_ms, char **leaf)
{
	/* A clock that was put back does not put the ledger back. */
	thp_leaf made = {.seq = ledger->next.size,
			 .ts_ms = MAX(now_ms, ledger->next.ts_ms + 1),
			 .epoch = ledger->next.epoch,
			 .type = type};
	gsize n;
	const void *bytes = g_bytes_get_data(body, &n);
	thp_err err;

	/* Only the close of an epoch may be late: nobody was there to make it in time. */
	if (made.epoch != ledger->epoch.number ||
	    (type != THP_LEAF_CLOSE && !thp_epoch_has(&ledger->epoch, made.ts_ms)))
		return THP_LEDGER_CLOCK;
	thp_leaf_commit(bytes, n, &made.commit);
	bytes = g_bytes_get_data(stored, &n);
	thp_merkle_sha256(bytes, n, &made.pch);

	g_autofree char *text = thp_leaf_print(&made);

	ledger->next.ts_ms = made.ts_ms;
	err = put_leaf(ledger, text, stored, ref);
	if (!err)
		err = sign_head(ledger);
	if (!err && leaf)
		*leaf = g_steal_pointer(&text);
	return err;
}

thp_err thp_ledger_add_clear(thp_ledger *ledger, thp_leaf_type type, const char *record,
			     const thp_hash *shown, gint64 now_ms)
{
	g_autoptr(GBytes) body = thp_leaf_body(shown, NULL, record, strlen(record));

	return thp_ledger_add(ledger, type, body, body, NULL, now_ms, NULL);
}
