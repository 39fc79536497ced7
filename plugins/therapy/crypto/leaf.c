/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaves and bodies. */
#include <therapy/leaf.h>

#include <string.h>

#include <sodium.h>
#include <therapy/base64.h>

#define COMMIT_LABEL "therapy-consent/commit/v1" /* and its NUL */
#define HASH_LEN     THP_BASE64_LEN(THP_HASH_BYTES)

static const char *const names[] = {
#define NAME(name, text) text,
	THP_LEAF_TYPES(NAME)
#undef NAME
};

const char *thp_leaf_type_name(thp_leaf_type type)
{
	return type < THP_LEAF_N_TYPES ? names[type] : "";
}

char *thp_leaf_print(const thp_leaf *leaf)
{
	char commit[HASH_LEN + 1];
	char pch[HASH_LEN + 1];

	thp_base64_encode(leaf->commit.b, THP_HASH_BYTES, commit);
	thp_base64_encode(leaf->pch.b, THP_HASH_BYTES, pch);
	return g_strdup_printf("{\"commit\":\"%s\",\"epoch\":%" G_GUINT64_FORMAT
			       ",\"pch\":\"%s\",\"seq\":%" G_GUINT64_FORMAT
			       ",\"ts\":%" G_GINT64_FORMAT ",\"type\":\"%s\",\"v\":1}",
			       commit, leaf->epoch, pch, leaf->seq, leaf->ts_ms,
			       thp_leaf_type_name(leaf->type));
}

static gboolean skip(const char **at, const char *literal)
{
	if (!g_str_has_prefix(*at, literal))
		return FALSE;
	*at += strlen(literal);
	return TRUE;
}

static gboolean hash(const char **at, thp_hash *out)
{
	if (strnlen(*at, HASH_LEN) < HASH_LEN ||
	    !thp_base64_exact(*at, HASH_LEN, out->b, sizeof out->b))
		return FALSE;
	*at += HASH_LEN;
	return TRUE;
}

/* At most 16 digits: such a number is exact in JavaScript too. */
static gboolean number(const char **at, guint64 *out)
{
	const char *const from = *at;

	*out = 0;
	for (; g_ascii_isdigit(**at); (*at)++) {
		if (*at - from == 16)
			return FALSE;
		*out = *out * 10 + (guint64)(**at - '0');
	}
	return *at > from && *out <= THP_MERKLE_SIZE_MAX;
}

static gboolean type(const char **at, thp_leaf_type *out)
{
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *quoted = g_strconcat(names[i], "\"", NULL);

		*out = (thp_leaf_type)i;
		if (skip(at, quoted))
			return TRUE;
	}
	return FALSE;
}

/* What does not print the same again was not written in its one form. */
thp_err thp_leaf_parse(const char *text, gsize len, thp_leaf *out)
{
	char copy[THP_LEAF_MAX + 1] = "";
	const char *at = copy;
	guint64 ts = 0;

	memset(out, 0, sizeof *out);
	if (len > THP_LEAF_MAX)
		return THP_PROOF_MALFORMED;
	memcpy(copy, text, len);
	if (!skip(&at, "{\"commit\":\"") || !hash(&at, &out->commit) ||
	    !skip(&at, "\",\"epoch\":") || !number(&at, &out->epoch) || !skip(&at, ",\"pch\":\"") ||
	    !hash(&at, &out->pch) || !skip(&at, "\",\"seq\":") || !number(&at, &out->seq) ||
	    !skip(&at, ",\"ts\":") || !number(&at, &ts) || !skip(&at, ",\"type\":\"") ||
	    !type(&at, &out->type))
		return THP_PROOF_MALFORMED;
	out->ts_ms = (gint64)ts;

	g_autofree char *again = thp_leaf_print(out);

	return strlen(again) == len && memcmp(again, text, len) == 0 ? THP_OK : THP_PROOF_MALFORMED;
}

GBytes *thp_leaf_body(const thp_hash *shown, const thp_hash *explains, const char *record,
		      gsize record_len)
{
	guint8 *const body = g_malloc0(THP_LEAF_BODY_HEAD + record_len);

	randombytes_buf(body, THP_LEAF_SALT_BYTES);
	if (shown)
		memcpy(body + THP_LEAF_SALT_BYTES, shown->b, THP_HASH_BYTES);
	if (explains)
		memcpy(body + THP_LEAF_SALT_BYTES + THP_HASH_BYTES, explains->b, THP_HASH_BYTES);
	memcpy(body + THP_LEAF_BODY_HEAD, record, record_len);
	return g_bytes_new_take(body, THP_LEAF_BODY_HEAD + record_len);
}

void thp_leaf_commit(const void *body, gsize n, thp_hash *out)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const guint8 *)COMMIT_LABEL, sizeof COMMIT_LABEL);
	crypto_hash_sha256_update(&state, body, n);
	crypto_hash_sha256_final(&state, out->b);
}
