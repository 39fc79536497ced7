/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Epoch keys: a seed that only moves forward, and certificates made before it moved. */
#include <therapy/epoch.h>

#include <string.h>

#include <sodium.h>

#define HEAD "therapy-consent/epoch-key/v1\n"

static void derive(const guint8 seed[static THP_EPOCH_SEED_BYTES], const char *purpose,
		   guint8 out[static THP_EPOCH_SEED_BYTES])
{
	crypto_generichash(out, THP_EPOCH_SEED_BYTES, (const guint8 *)purpose, strlen(purpose),
			   seed, THP_EPOCH_SEED_BYTES);
}

void thp_epoch_keys(const guint8 seed[static THP_EPOCH_SEED_BYTES],
		    guint8 public_key[static THP_PUBLIC_KEY_BYTES],
		    guint8 secret_key[static THP_SECRET_KEY_BYTES])
{
	guint8 own[THP_EPOCH_SEED_BYTES];

	derive(seed, "epoch-sign", own);
	crypto_sign_seed_keypair(public_key, secret_key, own);
	sodium_memzero(own, sizeof own);
}

void thp_epoch_next(guint8 seed[static THP_EPOCH_SEED_BYTES])
{
	guint8 next[THP_EPOCH_SEED_BYTES];

	derive(seed, "epoch-next", next);
	memcpy(seed, next, sizeof next);
	sodium_memzero(next, sizeof next);
}

void thp_epoch_root_key(thp_note_key *key, const char *origin,
			const guint8 public_key[static THP_PUBLIC_KEY_BYTES])
{
	g_autofree char *name = g_strconcat(origin, "/root", NULL);

	thp_note_key_init(key, THP_NOTE_ED25519, name, public_key);
}

static char *print(const thp_epoch *e)
{
	g_autofree char *vkey = thp_note_key_print(&e->key);

	return g_strdup_printf(HEAD "%s\nepoch %" G_GUINT64_FORMAT "\nnot-before %" G_GINT64_FORMAT
				    "\nnot-after %" G_GINT64_FORMAT "\nkey %s\n",
			       e->origin, e->number, e->from_s, e->until_s, vkey);
}

char *thp_epoch_certify(const thp_epoch *epoch, const thp_note_key *root,
			const guint8 root_secret[static THP_SECRET_KEY_BYTES])
{
	g_autofree char *text = print(epoch);

	return thp_note_sign(text, root, root_secret);
}

/* The rest of a line after @label, if the line begins with it. */
static const char *after(const char *line, const char *label)
{
	return line && g_str_has_prefix(line, label) ? line + strlen(label) : NULL;
}

static gboolean number_after(const char *line, const char *label, guint64 *out)
{
	const char *const digits = after(line, label);

	return digits && g_ascii_string_to_unsigned(digits, 10, 0, G_MAXINT32 * 1024LL, out, NULL);
}

/* What does not print the same again was not written in its one form. */
static thp_err parse(const char *text, gsize len, thp_epoch *out)
{
	g_autofree char *copy = g_strndup(text, len);
	g_auto(GStrv) lines = g_strsplit(copy, "\n", 8);
	guint64 from = 0, until = 0;

	if (g_strv_length(lines) != 7 || !thp_note_is_name(lines[1]) ||
	    g_strlcpy(out->origin, lines[1], sizeof out->origin) >= sizeof out->origin ||
	    !number_after(lines[2], "epoch ", &out->number) ||
	    !number_after(lines[3], "not-before ", &from) ||
	    !number_after(lines[4], "not-after ", &until) || until <= from ||
	    !after(lines[5], "key ") || thp_note_key_parse(after(lines[5], "key "), &out->key))
		return THP_PROOF_MALFORMED;
	out->from_s = (gint64)from;
	out->until_s = (gint64)until;

	g_autofree char *again = print(out);

	return strcmp(again, copy) == 0 ? THP_OK : THP_PROOF_MALFORMED;
}

thp_err thp_epoch_open(const char *note, gsize len, const thp_note_key *root, thp_epoch *out)
{
	gsize text_len = 0;
	thp_err err = thp_note_verify(note, len, root, &text_len);

	memset(out, 0, sizeof *out);
	if (!err)
		err = parse(note, text_len, out);
	return err;
}

gboolean thp_epoch_has(const thp_epoch *epoch, gint64 ts_ms)
{
	return ts_ms >= epoch->from_s * 1000 && ts_ms < epoch->until_s * 1000;
}
