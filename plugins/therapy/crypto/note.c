/* SPDX-License-Identifier: GPL-3.0-or-later */
/* c2sp.org/signed-note. */
#include <therapy/note.h>

#include <string.h>

#include <sodium.h>
#include <therapy/base64.h>
#include <therapy/word.h>

#define DASH           "\xe2\x80\x94 " /* U+2014 and a space */
#define LINE_BYTES_MAX 256             /* key id and signature; cosignatures have 76 */

/* One line of signatures, taken apart. */
typedef struct line {
	const char *name;
	gsize name_len;
	guint8 bytes[LINE_BYTES_MAX];
	gsize n;
} line;

gboolean thp_note_is_name(const char *name)
{
	return thp_word_is_plain(name, THP_NOTE_NAME_MAX, "._~:/-");
}

static void make_id(thp_note_key *key)
{
	const guint8 between[] = {'\n', (guint8)key->type};
	crypto_hash_sha256_state state;
	guint8 hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const guint8 *)key->name, strlen(key->name));
	crypto_hash_sha256_update(&state, between, sizeof between);
	crypto_hash_sha256_update(&state, key->public_key, THP_PUBLIC_KEY_BYTES);
	crypto_hash_sha256_final(&state, hash);
	memcpy(key->id, hash, sizeof key->id);
}

void thp_note_key_init(thp_note_key *key, thp_note_type type, const char *name,
		       const guint8 public_key[static THP_PUBLIC_KEY_BYTES])
{
	memset(key, 0, sizeof *key);
	key->type = type;
	g_strlcpy(key->name, name, sizeof key->name);
	memcpy(key->public_key, public_key, THP_PUBLIC_KEY_BYTES);
	make_id(key);
}

char *thp_note_key_print(const thp_note_key *key)
{
	guint8 typed[1 + THP_PUBLIC_KEY_BYTES] = {(guint8)key->type};
	char text[THP_BASE64_LEN(sizeof typed) + 1];
	char hex[9];

	memcpy(typed + 1, key->public_key, THP_PUBLIC_KEY_BYTES);
	thp_base64_encode(typed, sizeof typed, text);
	sodium_bin2hex(hex, sizeof hex, key->id, sizeof key->id);
	return g_strdup_printf("%s+%s+%s", key->name, hex, text);
}

/* What does not print the same again was not written in its one form. */
thp_err thp_note_key_parse(const char *vkey, thp_note_key *key)
{
	guint8 typed[1 + THP_PUBLIC_KEY_BYTES];
	g_auto(GStrv) parts = NULL;

	memset(key, 0, sizeof *key);
	if (strnlen(vkey, THP_NOTE_VKEY_MAX + 1) > THP_NOTE_VKEY_MAX)
		return THP_KEY_FILE;
	parts = g_strsplit(vkey, "+", 3);
	if (g_strv_length(parts) != 3 || !thp_note_is_name(parts[0]) ||
	    !thp_base64_exact(parts[2], strlen(parts[2]), typed, sizeof typed) ||
	    (typed[0] != THP_NOTE_ED25519 && typed[0] != THP_NOTE_COSIGNATURE) ||
	    crypto_core_ed25519_is_valid_point(typed + 1) != 1)
		return THP_KEY_FILE;
	thp_note_key_init(key, (thp_note_type)typed[0], parts[0], typed + 1);

	g_autofree char *again = thp_note_key_print(key);

	return strcmp(again, vkey) == 0 ? THP_OK : THP_KEY_FILE;
}

char *thp_note_add(const char *note, const thp_note_key *key, const guint8 *bytes, gsize n)
{
	g_autofree guint8 *all = g_malloc(sizeof key->id + n);
	g_autofree char *text = g_malloc(THP_BASE64_LEN(sizeof key->id + n) + 1);

	memcpy(all, key->id, sizeof key->id);
	memcpy(all + sizeof key->id, bytes, n);
	thp_base64_encode(all, sizeof key->id + n, text);
	return g_strdup_printf("%s" DASH "%s %s\n", note, key->name, text);
}

char *thp_note_sign(const char *text, const thp_note_key *key,
		    const guint8 secret_key[static THP_SECRET_KEY_BYTES])
{
	g_autofree char *open = g_strconcat(text, "\n", NULL);
	guint8 signature[THP_SIGNATURE_BYTES];

	crypto_sign_detached(signature, NULL, (const guint8 *)text, strlen(text), secret_key);
	return thp_note_add(open, key, signature, sizeof signature);
}

static gboolean is_clean(const char *note, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		if ((guint8)note[i] < 0x20 && note[i] != '\n')
			return FALSE;
	}
	return g_utf8_validate_len(note, len, NULL);
}

thp_err thp_note_text(const char *note, gsize len, gsize *text_len)
{
	*text_len = 0;
	if (len < 4 || len > THP_NOTE_MAX || note[len - 1] != '\n' || !is_clean(note, len))
		return THP_PROOF_MALFORMED;
	/* The last blank line parts the text from the signatures. */
	for (gsize i = len - 1; i > 0; i--) {
		if (note[i] == '\n' && note[i - 1] == '\n') {
			*text_len = i;
			return i < len - 1 ? THP_OK : THP_PROOF_MALFORMED;
		}
	}
	return THP_PROOF_MALFORMED;
}

/* Reads the line from *@at on, and moves *@at behind it. */
static thp_err read_line(const char **at, const char *end, line *out)
{
	const char *const stop = memchr(*at, '\n', (gsize)(end - *at));
	const char *const name = *at + strlen(DASH);

	if (!stop || name >= stop || memcmp(*at, DASH, strlen(DASH)) != 0)
		return THP_PROOF_MALFORMED;

	const char *const space = memchr(name, ' ', (gsize)(stop - name));

	if (!space || space == name || memchr(name, '+', (gsize)(space - name)))
		return THP_PROOF_MALFORMED;
	out->name = name;
	out->name_len = (gsize)(space - name);
	if (!thp_base64_decode(space + 1, (gsize)(stop - space - 1), out->bytes, LINE_BYTES_MAX,
			       &out->n) ||
	    out->n <= 4)
		return THP_PROOF_MALFORMED;
	*at = stop + 1;
	return THP_OK;
}

static gboolean is_of(const line *l, const thp_note_key *key)
{
	return l->name_len == strlen(key->name) && memcmp(l->name, key->name, l->name_len) == 0 &&
	       memcmp(l->bytes, key->id, sizeof key->id) == 0;
}

/* Calls for each line in turn; the first error ends it. */
typedef thp_err (*line_fn)(void *ctx, const line *l);

static thp_err each_line(const char *note, gsize len, gsize *text_len, line_fn fn, void *ctx)
{
	const char *const end = note + len;
	thp_err err = thp_note_text(note, len, text_len);
	const char *at = note + *text_len + 1;
	guint lines = 0;
	line l;

	while (!err && at < end) {
		if (++lines > THP_NOTE_SIGNATURES_MAX)
			return THP_PROOF_MALFORMED;
		err = read_line(&at, end, &l);
		if (!err)
			err = fn(ctx, &l);
	}
	return err;
}

typedef struct search {
	const thp_note_key *key;
	guint8 *bytes;
	gsize max;
	gsize n;
	gboolean found;
} search;

static thp_err take_line(void *ctx, const line *l)
{
	search *const s = ctx;

	if (s->found || !is_of(l, s->key))
		return THP_OK;
	s->found = TRUE;
	s->n = l->n - 4;
	if (s->n > s->max)
		return THP_PROOF_MALFORMED;
	memcpy(s->bytes, l->bytes + 4, s->n);
	return THP_OK;
}

thp_err thp_note_find(const char *note, gsize len, const thp_note_key *key, guint8 *bytes,
		      gsize max, gsize *n)
{
	search s = {.key = key, .bytes = bytes, .max = max};
	gsize text_len;
	const thp_err err = each_line(note, len, &text_len, take_line, &s);

	*n = s.n;
	if (err)
		return err;
	return s.found ? THP_OK : THP_PROOF_SIGNATURE;
}

typedef struct check {
	const thp_note_key *key;
	const char *note;
	const gsize *text_len;
	gboolean good;
} check;

static thp_err check_line(void *ctx, const line *l)
{
	check *const c = ctx;

	if (!is_of(l, c->key))
		return THP_OK;
	if (l->n != 4 + THP_SIGNATURE_BYTES ||
	    crypto_sign_verify_detached(l->bytes + 4, (const guint8 *)c->note, *c->text_len,
					c->key->public_key) != 0)
		return THP_PROOF_SIGNATURE;
	c->good = TRUE;
	return THP_OK;
}

thp_err thp_note_verify(const char *note, gsize len, const thp_note_key *key, gsize *text_len)
{
	check c = {.key = key, .note = note, .text_len = text_len};
	const thp_err err = each_line(note, len, text_len, check_line, &c);

	if (err)
		return err;
	return c.good ? THP_OK : THP_PROOF_SIGNATURE;
}
