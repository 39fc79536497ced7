/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One of the organisation's consent files. Whoever wrote it is told what about it is wrong. */
#include <string.h>

#include <jansson.h>
#include <therapy/word.h>

#include "consent_text_inside.h"
#include "text.h"

#define JSON_FILE_MAX 16384
#define EXPLAINS_MAX  4000 /* characters of what a receipt says of itself */
#define LANG_CHARS    16

thp_err thp_consent_file_fail(const thp_consent_file *f, const char *what)
{
	g_string_printf(f->why, "%s/%s: %s", f->dir, f->name, what);
	return THP_TEXT_FILE;
}

static gboolean read_file(const thp_consent_file *f, char **text, gsize *len)
{
	g_autofree char *path = g_build_filename(f->dir, f->name, NULL);

	return g_file_get_contents(path, text, len, NULL);
}

static json_t *read_json(const thp_consent_file *f)
{
	g_autofree char *text = NULL;
	gsize len = 0;
	json_t *root = NULL;

	if (read_file(f, &text, &len) && len <= JSON_FILE_MAX)
		root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (root && !json_is_object(root))
		g_clear_pointer(&root, json_decref);
	return root;
}

/* A string of the object: required, clean, not empty, at most @max characters. */
static thp_err take(const thp_consent_file *f, const json_t *root, const char *key, guint max,
		    char **out)
{
	const json_t *const value = json_object_get(root, key);
	const char *const text = json_string_value(value);
	g_autofree char *what = g_strdup_printf("'%s' is missing, empty, too long or no text", key);

	if (!text || text[0] == '\0' || strlen(text) != json_string_length(value) ||
	    !thp_text_is_clean(text, strlen(text), max))
		return thp_consent_file_fail(f, what);
	*out = g_strdup(text);
	return THP_OK;
}

typedef struct text_row {
	const char *key;
	gsize offset;
} text_row;

static thp_err take_rows(const thp_consent_file *f, const json_t *root, const text_row *rows,
			 gsize n, void *at)
{
	thp_err err = THP_OK;

	for (gsize i = 0; !err && i < n; i++)
		err = take(f, root, rows[i].key, THP_CONSENT_STRING_MAX,
			   (char **)(void *)((char *)at + rows[i].offset));
	return err;
}

/* "2.1" */
static gboolean is_version(const char *text)
{
	gsize dots = 0;
	gsize n = 0;

	for (; text[n] != '\0'; n++) {
		dots += text[n] == '.';
		if (n == 16 || (!g_ascii_isdigit(text[n]) && text[n] != '.'))
			return FALSE;
	}
	return n >= 3 && dots == 1 && text[0] != '.' && text[n - 1] != '.';
}

/* ---- the organisation and its words ---- */

thp_err thp_consent_file_organisation(const thp_consent_file *f, thp_consent_texts *texts)
{
	static const text_row rows[] = {
		{"name", G_STRUCT_OFFSET(thp_consent_organisation, name)},
		{"address", G_STRUCT_OFFSET(thp_consent_organisation, address)},
		{"contact", G_STRUCT_OFFSET(thp_consent_organisation, contact)},
		{"jurisdiction", G_STRUCT_OFFSET(thp_consent_organisation, jurisdiction)},
		{"storage", G_STRUCT_OFFSET(thp_consent_organisation, storage)},
		{"retention", G_STRUCT_OFFSET(thp_consent_organisation, retention)},
		{"withdrawal", G_STRUCT_OFFSET(thp_consent_organisation, withdrawal)},
	};
	thp_consent_organisation *const o = &texts->organisation;
	json_auto_t *root = read_json(f);

	if (!root)
		return thp_consent_file_fail(f, "is missing, too long or not one JSON object");
	o->sample = json_is_true(json_object_get(root, "sample"));
	return take_rows(f, root, rows, G_N_ELEMENTS(rows), o);
}

thp_err thp_consent_file_words(const thp_consent_file *f, const char *lang,
			       thp_consent_texts *texts)
{
	static const text_row rows[] = {
		{"shown", G_STRUCT_OFFSET(thp_consent_words, answers[0])},
		{"granted", G_STRUCT_OFFSET(thp_consent_words, answers[1])},
		{"refused", G_STRUCT_OFFSET(thp_consent_words, answers[2])},
		{"withdrawn", G_STRUCT_OFFSET(thp_consent_words, answers[3])},
		{"no_end", G_STRUCT_OFFSET(thp_consent_words, no_end)},
	};
	json_auto_t *root = read_json(f);
	thp_consent_words *words;
	thp_err err;

	if (!thp_word_is_plain(lang, LANG_CHARS, "._-"))
		return thp_consent_file_fail(f, "its language is no tag");
	words = thp_consent_text_add_words(texts, lang);
	if (!root)
		return thp_consent_file_fail(f, "is too long or not one JSON object");
	err = take_rows(f, root, rows, G_N_ELEMENTS(rows), words);
	if (!err)
		err = take(f, root, "explains", EXPLAINS_MAX, &words->explains);
	if (!err && json_object_get(root, "guardian"))
		err = take(f, root, "guardian", THP_CONSENT_STRING_MAX, &words->guardian);
	if (!err && (!g_str_has_suffix(words->explains, "\n") || strstr(words->explains, "\n===") ||
		     g_str_has_prefix(words->explains, "===")))
		err = thp_consent_file_fail(
			f,
			"'explains' does not end in a newline, or has a line that begins with '==='");
	return err;
}

/* ---- kinds and their texts ---- */

static thp_err read_roles(const thp_consent_file *f, const json_t *root, thp_consent_kind *kind)
{
	const json_t *const list = json_object_get(root, "who");
	const json_t *value;
	gsize i;

	json_array_foreach (list, i, value) {
		const char *const name = json_string_value(value);
		thp_role role;

		if (!name || !thp_role_find(name, &role))
			return thp_consent_file_fail(f, "'who' names somebody who is no role");
		kind->roles |= 1u << role;
	}
	return kind->roles ? THP_OK : thp_consent_file_fail(f, "'who' is asked is missing");
}

static thp_err read_numbers(const thp_consent_file *f, const json_t *root, thp_consent_kind *kind)
{
	const char *const version = json_string_value(json_object_get(root, "version"));
	const char *const gate = json_string_value(json_object_get(root, "gate"));
	const char *const scope = json_string_value(json_object_get(root, "scope"));
	const json_int_t days = json_integer_value(json_object_get(root, "valid_days"));

	if (!version || !is_version(version))
		return thp_consent_file_fail(f, "'version' is not like \"2.1\"");
	g_strlcpy(kind->version, version, sizeof kind->version);
	while (kind->gate < THP_N_CONSENT_GATES &&
	       g_strcmp0(gate, thp_consent_gate_name(kind->gate)) != 0)
		kind->gate++;
	if (kind->gate == THP_N_CONSENT_GATES)
		return thp_consent_file_fail(
			f, "'gate' is none of \"none\", \"media\", \"observer\" and "
			   "\"interpreter\"");
	if (!scope || (strcmp(scope, "session") != 0 && strcmp(scope, "standing") != 0))
		return thp_consent_file_fail(f, "'scope' is neither \"session\" nor \"standing\"");
	kind->session = scope[1] == 'e';
	if (days < 0 || days > 3660)
		return thp_consent_file_fail(f, "'valid_days' is not between 0 and 3660");
	kind->valid_days = (int)days;
	kind->required = json_is_true(json_object_get(root, "required"));
	kind->guardian = json_is_true(json_object_get(root, "guardian"));
	/* What does not open the person's own gate cannot be required: nothing would happen. */
	if (kind->required != (kind->gate == THP_CONSENT_GATE_MEDIA))
		return thp_consent_file_fail(
			f, "'required' and 'gate' do not fit: \"media\" is for what is required, "
			   "and for nothing else");
	return THP_OK;
}

/* Asked each time, and kept only while it may be needed; nothing hangs on it. */
static thp_err read_details(const thp_consent_file *f, const json_t *root, thp_consent_kind *kind)
{
	const json_t *const list = json_object_get(root, "detail");
	const json_t *value;
	gsize i;

	json_array_foreach (list, i, value) {
		guint d = 0;

		while (d < THP_N_DETAILS &&
		       g_strcmp0(json_string_value(value), thp_detail_name((thp_detail)d)) != 0)
			d++;
		if (d == THP_N_DETAILS)
			return thp_consent_file_fail(
				f, "'detail' is a list of \"place\" and \"contact\"");
		kind->details |= 1U << d;
	}
	if ((list && kind->details == 0) ||
	    (kind->details && (!kind->session || kind->valid_days != 1 || kind->required)))
		return thp_consent_file_fail(
			f, "'detail' lists what is asked each time: with \"session\", 1 day, "
			   "and not required");
	return THP_OK;
}

thp_err thp_consent_file_kind(const thp_consent_file *f, const char *name, thp_consent_texts *texts)
{
	static const text_row rows[] = {
		{"nature", G_STRUCT_OFFSET(thp_consent_kind, nature)},
		{"lawful_basis", G_STRUCT_OFFSET(thp_consent_kind, lawful_basis)},
		{"purpose", G_STRUCT_OFFSET(thp_consent_kind, purpose)},
		{"data", G_STRUCT_OFFSET(thp_consent_kind, data)},
		{"recipients", G_STRUCT_OFFSET(thp_consent_kind, recipients)},
	};
	thp_consent_kind *const kind = thp_consent_text_add_kind(texts, name);
	json_auto_t *root = read_json(f);
	thp_err err;

	if (!thp_word_is_plain(name, sizeof kind->name - 1, "._-"))
		return thp_consent_file_fail(
			f, "its name is not that of a kind (a-z, 0-9 and '-', at most 32)");
	if (!root)
		return thp_consent_file_fail(f, "is too long or not one JSON object");
	err = take_rows(f, root, rows, G_N_ELEMENTS(rows), kind);
	if (!err)
		err = read_roles(f, root, kind);
	if (!err)
		err = read_numbers(f, root, kind);
	return err ? err : read_details(f, root, kind);
}

thp_err thp_consent_file_text(const thp_consent_file *f, const char *name, const char *lang,
			      thp_consent_texts *texts)
{
	const thp_consent_kind *const kind = thp_consent_text_kind(texts, name);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *text = NULL;
	thp_consent_language *language;
	const char *why;
	gsize len = 0;

	if (!kind)
		return thp_consent_file_fail(f, "belongs to a kind that has no .json");
	if (!thp_word_is_plain(lang, LANG_CHARS, "._-") ||
	    kind->languages->len == THP_CONSENT_LANGS_MAX)
		return thp_consent_file_fail(f, "its language is no tag, or one too many");
	if (!read_file(f, &text, &len))
		return thp_consent_file_fail(f, "cannot be read");
	if (thp_consent_text_check(text, len, &why))
		return thp_consent_file_fail(f, why);
	language = thp_consent_text_add_language(kind, lang);
	language->title = g_strndup(text + 2, strcspn(text, "\n") - 2);
	g_checksum_update(sum, (const guchar *)text, (gssize)len);
	g_strlcpy(language->sha256, g_checksum_get_string(sum), sizeof language->sha256);
	language->text = g_steal_pointer(&text);
	return THP_OK;
}
