/* SPDX-License-Identifier: GPL-3.0-or-later */
/* c2sp.org/tlog-checkpoint, tlog-proof and tlog-cosignature. */
#include <therapy/checkpoint.h>

#include <string.h>

#include <sodium.h>
#include <therapy/base64.h>

#define PROOF_HEAD "c2sp.org/tlog-proof@v1\nindex "
#define HASH_LEN   THP_BASE64_LEN(THP_HASH_BYTES)

/* What is left to read. */
typedef struct reader {
	const char *at;
	const char *end;
} reader;

/* The next line without its newline; FALSE if there is no whole one. */
static gboolean next_line(reader *r, const char **line, gsize *len)
{
	const char *const stop = memchr(r->at, '\n', (gsize)(r->end - r->at));

	if (!stop)
		return FALSE;
	*line = r->at;
	*len = (gsize)(stop - r->at);
	r->at = stop + 1;
	return TRUE;
}

/* A decimal number without needless zeros, at most THP_MERKLE_SIZE_MAX. */
static gboolean next_number(reader *r, guint64 *out)
{
	const char *line;
	gsize len;

	*out = 0;
	if (!next_line(r, &line, &len) || len == 0 || len > 16 || (len > 1 && line[0] == '0'))
		return FALSE;
	for (gsize i = 0; i < len; i++) {
		if (!g_ascii_isdigit(line[i]))
			return FALSE;
		*out = *out * 10 + (guint64)(line[i] - '0');
	}
	return *out <= THP_MERKLE_SIZE_MAX;
}

static gboolean next_hash(reader *r, thp_hash *out)
{
	const char *line;
	gsize len;

	return next_line(r, &line, &len) && thp_base64_exact(line, len, out->b, sizeof out->b);
}

char *thp_checkpoint_print(const thp_checkpoint *c)
{
	char root[HASH_LEN + 1];

	thp_base64_encode(c->root.b, sizeof c->root.b, root);
	return g_strdup_printf("%s\n%" G_GUINT64_FORMAT "\n%s\n", c->origin, c->size, root);
}

thp_err thp_checkpoint_parse(const char *text, gsize len, thp_checkpoint *out)
{
	reader r = {text, text + len};
	const char *origin;
	gsize origin_len;

	memset(out, 0, sizeof *out);
	if (!next_line(&r, &origin, &origin_len) || origin_len > THP_NOTE_NAME_MAX ||
	    memchr(origin, '\0', origin_len))
		return THP_PROOF_MALFORMED;
	memcpy(out->origin, origin, origin_len);
	if (!thp_note_is_name(out->origin) || !next_number(&r, &out->size) ||
	    !next_hash(&r, &out->root) || r.at != r.end)
		return THP_PROOF_MALFORMED;
	return THP_OK;
}

thp_err thp_checkpoint_open(const char *note, gsize len, const thp_note_key *key,
			    thp_checkpoint *out)
{
	gsize text_len = 0;
	const thp_err err = thp_note_verify(note, len, key, &text_len);

	memset(out, 0, sizeof *out);
	return err ? err : thp_checkpoint_parse(note, text_len, out);
}

static char *cosigned_text(const char *note, gsize text_len, guint64 time_s)
{
	return g_strdup_printf("cosignature/v1\ntime %" G_GUINT64_FORMAT "\n%.*s", time_s,
			       (int)text_len, note);
}

thp_err thp_checkpoint_cosign(const char *note, const thp_note_key *key,
			      const guint8 secret_key[static THP_SECRET_KEY_BYTES], guint64 time_s,
			      char **out)
{
	guint8 bytes[THP_CHECKPOINT_COSIGNATURE_BYTES];
	const guint64 stamp = GUINT64_TO_BE(time_s);
	gsize text_len = 0;
	const thp_err err = thp_note_text(note, strlen(note), &text_len);

	*out = NULL;
	if (err)
		return err;

	g_autofree char *text = cosigned_text(note, text_len, time_s);

	memcpy(bytes, &stamp, sizeof stamp);
	crypto_sign_detached(bytes + sizeof stamp, NULL, (const guint8 *)text, strlen(text),
			     secret_key);
	*out = thp_note_add(note, key, bytes, sizeof bytes);
	return THP_OK;
}

thp_err thp_checkpoint_cosigned(const char *note, gsize len, const thp_note_key *key,
				guint64 *time_s)
{
	guint8 bytes[THP_CHECKPOINT_COSIGNATURE_BYTES];
	guint64 stamp;
	gsize text_len = 0, n = 0;
	thp_err err = thp_note_find(note, len, key, bytes, sizeof bytes, &n);

	if (!err)
		err = thp_note_text(note, len, &text_len);
	if (err)
		return err;
	memcpy(&stamp, bytes, sizeof stamp);
	*time_s = GUINT64_FROM_BE(stamp);

	g_autofree char *text = cosigned_text(note, text_len, *time_s);

	if (n != sizeof bytes ||
	    crypto_sign_verify_detached(bytes + sizeof stamp, (const guint8 *)text, strlen(text),
					key->public_key) != 0)
		return THP_PROOF_SIGNATURE;
	return THP_OK;
}

char *thp_checkpoint_proof_print(guint64 index, const thp_merkle_proof *proof, const char *note)
{
	GString *const out = g_string_new(NULL);

	g_string_printf(out, PROOF_HEAD "%" G_GUINT64_FORMAT "\n", index);
	for (guint i = 0; i < proof->n; i++) {
		char hash[HASH_LEN + 1];

		thp_base64_encode(proof->hashes[i].b, THP_HASH_BYTES, hash);
		g_string_append(out, hash);
		g_string_append_c(out, '\n');
	}
	g_string_append_c(out, '\n');
	g_string_append(out, note);
	return g_string_free(out, FALSE);
}

thp_err thp_checkpoint_proof_parse(const char *text, gsize len, guint64 *index,
				   thp_merkle_proof *proof, const char **note)
{
	const gsize head = strlen(PROOF_HEAD);
	reader r = {text + head, text + len};

	proof->n = 0;
	*note = NULL;
	if (len < head || memcmp(text, PROOF_HEAD, head) != 0 || !next_number(&r, index))
		return THP_PROOF_MALFORMED;
	while (r.at < r.end && *r.at != '\n') {
		if (proof->n == THP_PROOF_MAX || !next_hash(&r, &proof->hashes[proof->n++]))
			return THP_PROOF_MALFORMED;
	}
	if (r.at == r.end)
		return THP_PROOF_MALFORMED;
	*note = r.at + 1;
	return THP_OK;
}
