/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Receipts, written and checked. */
#include <therapy/receipt.h>

#include <string.h>

#include <therapy/base64.h>
#include <therapy/checkpoint.h>

#define SALT_LEN THP_BASE64_LEN(THP_LEAF_SALT_BYTES)

static const char *const heads[] = {
	"=== therapy consent receipt 1 ===\n",
	"=== text ===\n",
	"=== record ===\n",
	"=== proof ===\n",
	"=== key ===\n",
	"=== end ===\n",
};

enum { EXPLAINS, TEXT, RECORD, PROOF, KEY, END };

gboolean thp_receipt_can_hold(const char *text)
{
	return g_str_has_suffix(text, "\n") && !g_str_has_prefix(text, "===") &&
	       !strstr(text, "\n===");
}

char *thp_receipt_print(const thp_receipt_parts *parts)
{
	gsize n;
	const char *const body = g_bytes_get_data(parts->body, &n);
	char salt[SALT_LEN + 1];

	thp_base64_encode(body, THP_LEAF_SALT_BYTES, salt);
	return g_strdup_printf("%s%s%s%s%s%.*s\n%ssalt %s\nleaf %s\n%s%sroot %s\n%s%s",
			       heads[EXPLAINS], parts->explains, heads[TEXT], parts->text,
			       heads[RECORD], (int)(n - THP_LEAF_BODY_HEAD),
			       body + THP_LEAF_BODY_HEAD, heads[PROOF], salt, parts->leaf,
			       parts->proof, heads[KEY], parts->root, parts->epoch, heads[END]);
}

/* Cuts at the first line that reads as the next head; the last must end the file. */
static thp_err cut(const char *receipt, gsize len, thp_receipt_part parts[static END])
{
	const char *at = receipt;
	const char *const end = receipt + len;

	if (len > THP_RECEIPT_MAX || !g_utf8_validate_len(receipt, len, NULL) ||
	    !g_strstr_len(receipt, (gssize)len, heads[EXPLAINS]) ||
	    memcmp(receipt, heads[EXPLAINS], strlen(heads[EXPLAINS])) != 0)
		return THP_PROOF_MALFORMED;
	at += strlen(heads[EXPLAINS]);
	for (guint i = 0; i < END; i++) {
		g_autofree char *head = g_strconcat("\n", heads[i + 1], NULL);
		const char *const next = g_strstr_len(at, end - at, head);

		if (!next)
			return THP_PROOF_MALFORMED;
		parts[i] = (thp_receipt_part){at, (gsize)(next + 1 - at)};
		at = next + strlen(head);
	}
	return at == end ? THP_OK : THP_PROOF_MALFORMED;
}

/* Takes "label rest\n" off a part. */
static gboolean labelled(thp_receipt_part *part, const char *label, thp_receipt_part *rest)
{
	const gsize n = strlen(label);
	const char *const stop = memchr(part->at, '\n', part->len);

	if (!stop || (gsize)(stop - part->at) < n || memcmp(part->at, label, n) != 0)
		return FALSE;
	*rest = (thp_receipt_part){part->at + n, (gsize)(stop - part->at) - n};
	part->len -= (gsize)(stop + 1 - part->at);
	part->at = stop + 1;
	return TRUE;
}

static thp_err check_key(thp_receipt_part key, const thp_note_key *root, thp_receipt *out,
			 const char **at)
{
	thp_receipt_part vkey;

	*at = "root";
	if (!labelled(&key, "root ", &vkey))
		return THP_PROOF_MALFORMED;

	g_autofree char *text = g_strndup(vkey.at, vkey.len);

	if (thp_note_key_parse(text, &out->root))
		return THP_PROOF_MALFORMED;
	if (root && (strcmp(root->name, out->root.name) != 0 ||
		     memcmp(root->public_key, out->root.public_key, THP_PUBLIC_KEY_BYTES) != 0))
		return THP_PROOF_SIGNATURE;
	*at = "key";

	thp_err err = thp_epoch_open(key.at, key.len, &out->root, &out->epoch);

	if (err)
		return err;

	thp_note_key named;

	thp_epoch_root_key(&named, out->epoch.origin, out->root.public_key);
	if (strcmp(named.name, out->root.name) != 0 ||
	    strcmp(out->epoch.key.name, out->epoch.origin) != 0)
		return THP_PROOF_SIGNATURE;
	return THP_OK;
}

/* From the leaf's bytes to the root that the epoch's key signed. */
static thp_err check_inclusion(thp_receipt_part proof, thp_receipt_part leaf, thp_receipt *out,
			       const char **at)
{
	thp_merkle_proof hashes;
	thp_checkpoint checkpoint;
	const char *note;
	guint64 index;
	thp_hash hash;
	thp_err err;

	*at = "leaf";
	err = thp_leaf_parse(leaf.at, leaf.len, &out->leaf);
	if (err)
		return err;
	*at = "proof";
	err = thp_checkpoint_proof_parse(proof.at, proof.len, &index, &hashes, &note);
	if (err)
		return err;
	*at = "checkpoint";
	err = thp_checkpoint_open(note, (gsize)(proof.at + proof.len - note), &out->epoch.key,
				  &checkpoint);
	if (err)
		return err;
	if (strcmp(checkpoint.origin, out->epoch.origin) != 0)
		return THP_PROOF_SIGNATURE;
	out->size = checkpoint.size;
	*at = "proof";
	thp_merkle_leaf(leaf.at, leaf.len, &hash);
	err = thp_merkle_check(index, checkpoint.size, &hash, &hashes, &checkpoint.root);
	if (err)
		return err;
	*at = "leaf";
	/* A later epoch's key proves nothing about an earlier one: who holds it may be another. */
	if (out->leaf.seq != index || out->leaf.type != THP_LEAF_CONSENT ||
	    out->leaf.epoch != out->epoch.number || !thp_epoch_has(&out->epoch, out->leaf.ts_ms))
		return THP_PROOF_MISMATCH;
	return THP_OK;
}

static thp_err check_body(const thp_receipt_part salt, const thp_receipt *r)
{
	guint8 body[THP_LEAF_BODY_HEAD + THP_LEAF_RECORD_MAX];
	thp_hash hash;

	if (r->record.len > THP_LEAF_RECORD_MAX ||
	    !thp_base64_exact(salt.at, salt.len, body, THP_LEAF_SALT_BYTES))
		return THP_PROOF_MALFORMED;
	thp_merkle_sha256(r->text.at, r->text.len, &hash);
	memcpy(body + THP_LEAF_SALT_BYTES, hash.b, THP_HASH_BYTES);
	thp_merkle_sha256(r->explains.at, r->explains.len, &hash);
	memcpy(body + THP_LEAF_SALT_BYTES + THP_HASH_BYTES, hash.b, THP_HASH_BYTES);
	memcpy(body + THP_LEAF_BODY_HEAD, r->record.at, r->record.len);
	thp_leaf_commit(body, THP_LEAF_BODY_HEAD + r->record.len, &hash);
	return thp_merkle_equal(&hash, &r->leaf.commit) ? THP_OK : THP_PROOF_MISMATCH;
}

thp_err thp_receipt_check(const char *receipt, gsize len, const thp_note_key *root,
			  thp_receipt *out, const char **at)
{
	thp_receipt_part parts[END];
	thp_receipt_part salt, leaf;

	memset(out, 0, sizeof *out);
	*at = "file";
	thp_err err = cut(receipt, len, parts);

	if (err)
		return err;
	if (!labelled(&parts[PROOF], "salt ", &salt) || !labelled(&parts[PROOF], "leaf ", &leaf))
		return THP_PROOF_MALFORMED;
	err = check_key(parts[KEY], root, out, at);
	if (!err)
		err = check_inclusion(parts[PROOF], leaf, out, at);
	if (err)
		return err;
	out->explains = parts[EXPLAINS];
	out->text = parts[TEXT];
	out->record = parts[RECORD];
	out->record.len--; /* the newline is the file's */
	*at = "record";
	return check_body(salt, out);
}
