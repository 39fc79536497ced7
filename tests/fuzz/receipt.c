/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a stranger hands in as a receipt, and its parts; the first byte says which: (r)eceipt, (n)ote,
 * (c)heckpoint, (p)roof, (l)eaf, (k)ey, consent (t)ext, (j)son record. What is accepted prints the same again.
 */
#include <therapy/checkpoint.h>
#include <therapy/consent_record.h>
#include <therapy/consent_text.h>
#include <therapy/receipt.h>
#include <therapy/secret.h>

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_receipt(const char *text, gsize len)
{
	thp_receipt r;
	const char *at;

	if (thp_receipt_check(text, len, NULL, &r, &at))
		return;
	g_assert_true(r.explains.at >= text && r.record.at + r.record.len <= text + len);
	g_assert_cmpuint(r.leaf.seq, <, r.size);
}

static void try_note(const char *text, gsize len)
{
	static const guint8 nobody[THP_PUBLIC_KEY_BYTES] = {0x58, 0x66};
	thp_note_key key;
	guint8 bytes[THP_CHECKPOINT_COSIGNATURE_BYTES];
	gsize n = 0;

	thp_note_key_init(&key, THP_NOTE_ED25519, "a", nobody);
	if (!thp_note_text(text, len, &n))
		g_assert_cmpuint(n, <, len);
	g_assert_cmpint(thp_note_verify(text, len, &key, &n), !=, THP_OK);
	if (!thp_note_find(text, len, &key, bytes, sizeof bytes, &n))
		g_assert_cmpuint(n, <=, sizeof bytes);
}

static void try_checkpoint(const char *text, gsize len)
{
	thp_checkpoint c;

	if (thp_checkpoint_parse(text, len, &c))
		return;

	g_autofree char *again = thp_checkpoint_print(&c);

	g_assert_cmpmem(again, strlen(again), text, len);
}

static void try_proof(const char *text, gsize len)
{
	thp_merkle_proof proof;
	const char *note;
	guint64 index;
	thp_hash hash;

	if (thp_checkpoint_proof_parse(text, len, &index, &proof, &note))
		return;

	g_autofree char *rest = g_strndup(note, (gsize)(text + len - note));
	g_autofree char *again = thp_checkpoint_proof_print(index, &proof, rest);

	if (strlen(rest) == (gsize)(text + len - note))
		g_assert_cmpmem(again, strlen(again), text, len);
	thp_merkle_sha256("", 0, &hash);
	(void)!thp_merkle_check(index, index + 1, &hash, &proof, &hash);
	(void)!thp_merkle_check_growth(index, 2 * index, &hash, &hash, &proof);
}

static void try_leaf(const char *text, gsize len)
{
	thp_leaf leaf;

	if (thp_leaf_parse(text, len, &leaf))
		return;

	g_autofree char *again = thp_leaf_print(&leaf);

	g_assert_cmpmem(again, strlen(again), text, len);
}

static void try_key(const char *text, gsize len)
{
	g_autofree char *vkey = g_strndup(text, len);
	thp_note_key key;
	thp_epoch epoch;

	if (!thp_note_key_parse(vkey, &key)) {
		g_autofree char *again = thp_note_key_print(&key);

		g_assert_cmpstr(again, ==, vkey);
		(void)!thp_epoch_open(text, len, &key, &epoch);
	}
}

static void try_text(const char *text, gsize len)
{
	g_autofree char *exact = g_strndup(text, len);
	const char *why;

	if (!thp_consent_text_check(text, len, &why))
		g_assert_true(thp_receipt_can_hold(exact));
	g_assert_nonnull(why);
}

static void try_record(const char *text, gsize len)
{
	thp_consent_record_state state;

	if (!thp_consent_record_read(text, len, &state))
		g_assert_cmpuint(state.answer, <, THP_CONSENT_ANSWERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(const char *text, gsize len) = {
		['c'] = try_checkpoint, ['j'] = try_record, ['k'] = try_key,     ['l'] = try_leaf,
		['n'] = try_note,       ['p'] = try_proof,  ['r'] = try_receipt, ['t'] = try_text,
	};
	static gboolean ready;

	if (!ready)
		g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	ready = TRUE;
	if (size == 0 || data[0] >= G_N_ELEMENTS(tries) || !tries[data[0]])
		return 0;
	tries[data[0]]((const char *)data + 1, size - 1);
	return 0;
}
