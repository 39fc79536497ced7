/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger_opened.h"

#include <string.h>

#include <sodium.h>

GBytes *thp_ledger_unseal(thp_ledger *ledger, const guint8 *organisation_secret, const guint8 *ref,
			  GBytes *stored)
{
	guint8 secret_key[THP_SEAL_KEY_BYTES];
	sqlite3_stmt *s = NULL;
	GBytes *body = NULL;

	if (thp_db_prepare(ledger->keys, "SELECT wrapped FROM person WHERE ref = ?1", &s))
		return NULL;
	thp_ledger_bind(s, 1, ref, THP_SEAL_REF_BYTES);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == THP_SEAL_WRAPPED_BYTES &&
	    !thp_seal_unwrap(organisation_secret, sqlite3_column_blob(s, 0), secret_key) &&
	    thp_seal_open(secret_key, stored, &body))
		body = NULL;
	(void)sqlite3_finalize(s);
	sodium_memzero(secret_key, sizeof secret_key);
	return body;
}

thp_err thp_ledger_place_read(thp_ledger *ledger, const guint8 *ref, const char *record, gsize len,
			      thp_ledger_place *out)
{
	memset(out, 0, sizeof *out);
	memcpy(out->ref, ref, sizeof out->ref);

	const thp_err err = thp_consent_record_read(record, len, &out->state);

	if (!err && out->state.scope[0] != '\0') {
		thp_seal_ref(ledger->pepper, out->state.scope, out->scope);
		out->scope_len = sizeof out->scope;
	}
	return err;
}

char *thp_ledger_place_key(const thp_ledger_place *place)
{
	char ref[2 * THP_SEAL_REF_BYTES + 1];
	char scope[2 * THP_SEAL_REF_BYTES + 1];

	sodium_bin2hex(ref, sizeof ref, place->ref, sizeof place->ref);
	sodium_bin2hex(scope, sizeof scope, place->scope, place->scope_len);
	return g_strdup_printf("%s %s %s", ref, place->state.kind, scope);
}

gboolean thp_ledger_place_has(thp_ledger *ledger, const thp_ledger_place *place, guint64 seq)
{
	sqlite3_stmt *const s = thp_ledger_statement(ledger, THP_LEDGER_GET_STATE);
	gboolean has;

	thp_ledger_bind(s, 1, place->ref, sizeof place->ref);
	(void)sqlite3_bind_text(s, 2, place->state.kind, -1, SQLITE_STATIC);
	thp_ledger_bind(s, 3, place->scope, place->scope_len);
	has = sqlite3_step(s) == SQLITE_ROW && (guint64)sqlite3_column_int64(s, 0) == seq;
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return has;
}

char *thp_ledger_prove(thp_ledger *ledger, guint64 seq)
{
	thp_merkle_proof proof;

	if (thp_merkle_prove(seq, ledger->top.size, thp_ledger_get_node, ledger, &proof))
		return NULL;
	return thp_checkpoint_proof_print(seq, &proof, ledger->note);
}
