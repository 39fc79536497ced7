/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The organisation's consent files. Whoever wrote them is told which file, and what about it. */
#include <therapy/consent_text.h>

#include <string.h>

#include <jansson.h>

#include "text.h"

#define JSON_FILE_MAX 16384
#define EXPLAINS_MAX  4000 /* characters of what a receipt says of itself */

/* What is being read, for sentences. */
typedef struct reading {
	const char *dir;
	char *file;
	GString *why;
} reading;

static thp_err fail(const reading *r, const char *what)
{
	g_string_printf(r->why, "%s/%s: %s", r->dir, r->file, what);
	return THP_TEXT_FILE;
}

/* ---- the text itself ---- */

static gboolean has_refusal(const char *text)
{
	const char *last = NULL;

	for (const char *at = strstr(text, "\n## "); at; at = strstr(at + 1, "\n## "))
		last = at;
	if (!last)
		return FALSE;

	const char *const end = strchr(last + 1, '\n');

	return end && end[1] != '\0' && strlen(end) > 3;
}

thp_err thp_consent_text_check(const char *text, gsize len, const char **why)
{
	g_autofree char *normal = NULL;

	*why = "is longer than 16384 bytes, or empty";
	if (len == 0 || len > THP_CONSENT_TEXT_MAX)
		return THP_TEXT_FILE;
	*why = "is not plain UTF-8 text with LF at the end of each line";
	if (memchr(text, '\0', len) || !thp_text_is_clean(text, len, THP_CONSENT_TEXT_MAX))
		return THP_TEXT_FILE;
	normal = g_utf8_normalize(text, (gssize)len, G_NORMALIZE_NFC);
	*why = "is not in Unicode's form NFC (uconv -x any-nfc)";
	if (!normal || strlen(normal) != len || memcmp(normal, text, len) != 0)
		return THP_TEXT_FILE;
	*why = "does not begin with '# ' and a title";
	if (!g_str_has_prefix(normal, "# ") || normal[2] == '\n')
		return THP_TEXT_FILE;
	*why = "does not end in exactly one LF";
	if (!g_str_has_suffix(normal, "\n") || g_str_has_suffix(normal, "\n\n"))
		return THP_TEXT_FILE;
	*why = "has a line that begins with '==='";
	if (strstr(normal, "\n==="))
		return THP_TEXT_FILE;
	*why = "has no last section '## …' that says what happens when somebody says no";
	if (!has_refusal(normal))
		return THP_TEXT_FILE;
	*why = "";
	return THP_OK;
}

/* ---- files ---- */

static gboolean read_file(const reading *r, char **text, gsize *len)
{
	g_autofree char *path = g_build_filename(r->dir, r->file, NULL);

	return g_file_get_contents(path, text, len, NULL);
}

static json_t *read_json(const reading *r)
{
	g_autofree char *text = NULL;
	gsize len = 0;
	json_t *root = NULL;

	if (read_file(r, &text, &len) && len <= JSON_FILE_MAX)
		root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (root && !json_is_object(root))
		g_clear_pointer(&root, json_decref);
	return root;
}

/* A string of the object: required, clean, not empty, at most @max characters. */
static thp_err take(const reading *r, const json_t *root, const char *key, guint max, char **out)
{
	const json_t *const value = json_object_get(root, key);
	const char *const text = json_string_value(value);
	g_autofree char *what = g_strdup_printf("'%s' is missing, empty, too long or no text", key);

	if (!text || text[0] == '\0' || strlen(text) != json_string_length(value) ||
	    !thp_text_is_clean(text, strlen(text), max))
		return fail(r, what);
	*out = g_strdup(text);
	return THP_OK;
}

typedef struct text_row {
	const char *key;
	gsize offset;
} text_row;

static thp_err take_rows(const reading *r, const json_t *root, const text_row *rows, gsize n,
			 void *at)
{
	thp_err err = THP_OK;

	for (gsize i = 0; !err && i < n; i++)
		err = take(r, root, rows[i].key, THP_CONSENT_STRING_MAX,
			   (char **)(void *)((char *)at + rows[i].offset));
	return err;
}

static gboolean is_word(const char *text, gsize max)
{
	gsize n = 0;

	for (; text[n] != '\0'; n++) {
		if (n == max || (!g_ascii_isalnum(text[n]) && !strchr("._-", text[n])))
			return FALSE;
	}
	return n > 0;
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

static thp_err read_organisation(reading *r, thp_consent_organisation *o)
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
	json_auto_t *root = NULL;

	g_free(r->file);
	r->file = g_strdup("organisation.json");
	root = read_json(r);
	if (!root)
		return fail(r, "is missing, too long or not one JSON object");
	o->sample = json_is_true(json_object_get(root, "sample"));
	return take_rows(r, root, rows, G_N_ELEMENTS(rows), o);
}

static void words_free(gpointer data)
{
	thp_consent_words *const words = data;

	for (guint i = 0; i < G_N_ELEMENTS(words->answers); i++)
		g_free(words->answers[i]);
	g_free(words->explains);
	g_free(words->no_end);
	g_free(words->guardian);
	g_free(words);
}

static thp_err read_words(reading *r, const char *lang, thp_consent_texts *texts)
{
	static const text_row rows[] = {
		{"shown", G_STRUCT_OFFSET(thp_consent_words, answers[0])},
		{"granted", G_STRUCT_OFFSET(thp_consent_words, answers[1])},
		{"refused", G_STRUCT_OFFSET(thp_consent_words, answers[2])},
		{"withdrawn", G_STRUCT_OFFSET(thp_consent_words, answers[3])},
		{"no_end", G_STRUCT_OFFSET(thp_consent_words, no_end)},
	};
	thp_consent_words *const words = g_new0(thp_consent_words, 1);
	json_auto_t *root = read_json(r);
	thp_err err;

	g_strlcpy(words->lang, lang, sizeof words->lang);
	g_ptr_array_add(texts->words, words);
	if (!root)
		return fail(r, "is too long or not one JSON object");
	err = take_rows(r, root, rows, G_N_ELEMENTS(rows), words);
	if (!err)
		err = take(r, root, "explains", EXPLAINS_MAX, &words->explains);
	if (!err && json_object_get(root, "guardian"))
		err = take(r, root, "guardian", THP_CONSENT_STRING_MAX, &words->guardian);
	if (!err && (!g_str_has_suffix(words->explains, "\n") || strstr(words->explains, "\n===") ||
		     g_str_has_prefix(words->explains, "===")))
		err = fail(
			r,
			"'explains' does not end in a newline, or has a line that begins with '==='");
	return err;
}

/* ---- kinds ---- */

static void language_free(gpointer data)
{
	thp_consent_language *const language = data;

	g_free(language->text);
	g_free(language->title);
	g_free(language);
}

static void kind_free(gpointer data)
{
	thp_consent_kind *const kind = data;

	g_free(kind->nature);
	g_free(kind->lawful_basis);
	g_free(kind->purpose);
	g_free(kind->data);
	g_free(kind->recipients);
	g_ptr_array_unref(kind->languages);
	g_free(kind);
}

static thp_err read_roles(const reading *r, const json_t *root, thp_consent_kind *kind)
{
	const json_t *const list = json_object_get(root, "who");
	const json_t *value;
	gsize i;

	json_array_foreach (list, i, value) {
		const char *const name = json_string_value(value);
		thp_role role;

		if (!name || !thp_role_find(name, &role))
			return fail(r, "'who' names somebody who is no role");
		kind->roles |= 1u << role;
	}
	return kind->roles ? THP_OK : fail(r, "'who' is asked is missing");
}

static thp_err read_numbers(const reading *r, const json_t *root, thp_consent_kind *kind)
{
	const char *const version = json_string_value(json_object_get(root, "version"));
	const char *const gate = json_string_value(json_object_get(root, "gate"));
	const char *const scope = json_string_value(json_object_get(root, "scope"));
	const json_int_t days = json_integer_value(json_object_get(root, "valid_days"));

	if (!version || !is_version(version))
		return fail(r, "'version' is not like \"2.1\"");
	g_strlcpy(kind->version, version, sizeof kind->version);
	while (kind->gate < THP_N_CONSENT_GATES &&
	       g_strcmp0(gate, thp_consent_gate_name(kind->gate)) != 0)
		kind->gate++;
	if (kind->gate == THP_N_CONSENT_GATES)
		return fail(r, "'gate' is none of \"none\", \"media\", \"observer\" and "
			       "\"interpreter\"");
	if (!scope || (strcmp(scope, "session") != 0 && strcmp(scope, "standing") != 0))
		return fail(r, "'scope' is neither \"session\" nor \"standing\"");
	kind->session = scope[1] == 'e';
	if (days < 0 || days > 3660)
		return fail(r, "'valid_days' is not between 0 and 3660");
	kind->valid_days = (int)days;
	kind->required = json_is_true(json_object_get(root, "required"));
	kind->guardian = json_is_true(json_object_get(root, "guardian"));
	/* What does not open the person's own gate cannot be required: nothing would happen. */
	if (kind->required != (kind->gate == THP_CONSENT_GATE_MEDIA))
		return fail(r,
			    "'required' and 'gate' do not fit: \"media\" is for what is required, "
			    "and for nothing else");
	return THP_OK;
}

/* Asked each time, and kept only while it may be needed; nothing hangs on it. */
static thp_err read_details(const reading *r, const json_t *root, thp_consent_kind *kind)
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
			return fail(r, "'detail' is a list of \"place\" and \"contact\"");
		kind->details |= 1U << d;
	}
	if ((list && kind->details == 0) ||
	    (kind->details && (!kind->session || kind->valid_days != 1 || kind->required)))
		return fail(r, "'detail' lists what is asked each time: with \"session\", 1 day, "
			       "and not required");
	return THP_OK;
}

static thp_err read_kind(reading *r, const char *name, thp_consent_texts *texts)
{
	static const text_row rows[] = {
		{"nature", G_STRUCT_OFFSET(thp_consent_kind, nature)},
		{"lawful_basis", G_STRUCT_OFFSET(thp_consent_kind, lawful_basis)},
		{"purpose", G_STRUCT_OFFSET(thp_consent_kind, purpose)},
		{"data", G_STRUCT_OFFSET(thp_consent_kind, data)},
		{"recipients", G_STRUCT_OFFSET(thp_consent_kind, recipients)},
	};
	thp_consent_kind *const kind = g_new0(thp_consent_kind, 1);
	json_auto_t *root = read_json(r);
	thp_err err;

	kind->languages = g_ptr_array_new_with_free_func(language_free);
	g_ptr_array_add(texts->kinds, kind);
	g_strlcpy(kind->name, name, sizeof kind->name);
	if (!is_word(name, sizeof kind->name - 1))
		return fail(r, "its name is not that of a kind (a-z, 0-9 and '-', at most 32)");
	if (!root)
		return fail(r, "is too long or not one JSON object");
	err = take_rows(r, root, rows, G_N_ELEMENTS(rows), kind);
	if (!err)
		err = read_roles(r, root, kind);
	if (!err)
		err = read_numbers(r, root, kind);
	return err ? err : read_details(r, root, kind);
}

static thp_err read_text(reading *r, const char *name, const char *lang, thp_consent_texts *texts)
{
	const thp_consent_kind *const kind = thp_consent_text_kind(texts, name);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *text = NULL;
	thp_consent_language *language;
	const char *why;
	gsize len = 0;

	if (!kind)
		return fail(r, "belongs to a kind that has no .json");
	if (!is_word(lang, 16) || kind->languages->len == THP_CONSENT_LANGS_MAX)
		return fail(r, "its language is no tag, or one too many");
	if (!read_file(r, &text, &len))
		return fail(r, "cannot be read");
	if (thp_consent_text_check(text, len, &why))
		return fail(r, why);
	language = g_new0(thp_consent_language, 1);
	g_strlcpy(language->lang, lang, sizeof language->lang);
	language->title = g_strndup(text + 2, strcspn(text, "\n") - 2);
	g_checksum_update(sum, (const guchar *)text, (gssize)len);
	g_strlcpy(language->sha256, g_checksum_get_string(sum), sizeof language->sha256);
	language->text = g_steal_pointer(&text);
	g_ptr_array_add(kind->languages, language);
	return THP_OK;
}

/* ---- the folder ---- */

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *list_files(const char *dir)
{
	GPtrArray *const names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
	const char *name;

	while (folder && (name = g_dir_read_name(folder))) {
		if (name[0] != '.')
			g_ptr_array_add(names, g_strdup(name));
	}
	g_ptr_array_sort(names, by_name);
	return names;
}

/* First every .json, so that each .txt finds its kind. */
static thp_err read_one(reading *r, gboolean json, thp_consent_texts *texts)
{
	g_auto(GStrv) parts = g_strsplit(r->file, ".", 4);
	const guint n = g_strv_length(parts);

	if (json && n == 3 && strcmp(parts[0], "words") == 0 && strcmp(parts[2], "json") == 0)
		return is_word(parts[1], 16) ? read_words(r, parts[1], texts)
					     : fail(r, "its language is no tag");
	if (json && n == 2 && strcmp(parts[1], "json") == 0 &&
	    strcmp(parts[0], "organisation") != 0)
		return texts->kinds->len < THP_CONSENT_KINDS_MAX ? read_kind(r, parts[0], texts)
								 : fail(r, "is one kind too many");
	if (!json && n == 3 && strcmp(parts[2], "txt") == 0)
		return read_text(r, parts[0], parts[1], texts);
	return THP_OK;
}

static thp_err read_all(reading *r, thp_consent_texts *texts)
{
	g_autoptr(GPtrArray) names = list_files(r->dir);
	thp_err err = read_organisation(r, &texts->organisation);

	for (guint i = 0; !err && i < 2 * names->len; i++) {
		g_free(r->file);
		r->file = g_strdup(g_ptr_array_index(names, i % names->len));
		err = read_one(r, i < names->len, texts);
	}
	return err;
}

static const thp_consent_words *find_words(const thp_consent_texts *texts, const char *lang)
{
	for (guint i = 0; i < texts->words->len; i++) {
		const thp_consent_words *const words = g_ptr_array_index(texts->words, i);

		if (strcmp(words->lang, lang) == 0)
			return words;
	}
	return NULL;
}

static thp_err check_together(reading *r, const thp_consent_texts *texts)
{
	guint details = 0;

	g_free(r->file);
	r->file = g_strdup("");
	if (texts->kinds->len == 0)
		return fail(r, "there is no kind of consent");
	for (guint i = 0; i < texts->kinds->len; i++) {
		const thp_consent_kind *const kind = g_ptr_array_index(texts->kinds, i);

		g_free(r->file);
		r->file = g_strconcat(kind->name, ".json", NULL);
		if (kind->languages->len == 0)
			return fail(r, "has no text in any language");
		if (kind->details & details)
			return fail(r, "'detail' asks for what another kind asks for already");
		details |= kind->details;
		for (guint j = 0; j < kind->languages->len; j++) {
			const thp_consent_language *const language =
				g_ptr_array_index(kind->languages, j);

			const thp_consent_words *const words = find_words(texts, language->lang);

			if (!words)
				return fail(r, "has a text in a language without words.LANG.json");
			if (kind->guardian && !words->guardian)
				return fail(r,
					    "asks a guardian in a language whose words.LANG.json "
					    "has no 'guardian'");
		}
	}
	return THP_OK;
}

thp_err thp_consent_text_load(const char *dir, GString *why, thp_consent_texts **out)
{
	g_autoptr(thp_consent_texts) texts = g_new0(thp_consent_texts, 1);
	reading r = {.dir = dir, .why = why};
	thp_err err;

	texts->kinds = g_ptr_array_new_with_free_func(kind_free);
	texts->words = g_ptr_array_new_with_free_func(words_free);
	err = read_all(&r, texts);
	if (!err)
		err = check_together(&r, texts);
	g_free(r.file);
	if (!err)
		*out = g_steal_pointer(&texts);
	return err;
}

void thp_consent_text_free(thp_consent_texts *texts)
{
	if (!texts)
		return;
	g_free(texts->organisation.name);
	g_free(texts->organisation.address);
	g_free(texts->organisation.contact);
	g_free(texts->organisation.jurisdiction);
	g_free(texts->organisation.storage);
	g_free(texts->organisation.retention);
	g_free(texts->organisation.withdrawal);
	g_ptr_array_unref(texts->kinds);
	g_ptr_array_unref(texts->words);
	g_free(texts);
}

const thp_consent_kind *thp_consent_text_kind(const thp_consent_texts *texts, const char *name)
{
	for (guint i = 0; i < texts->kinds->len; i++) {
		const thp_consent_kind *const kind = g_ptr_array_index(texts->kinds, i);

		if (strcmp(kind->name, name) == 0)
			return kind;
	}
	return NULL;
}

static void add_rules(const thp_consent_texts *texts, gboolean required, thp_consent_rules *rules)
{
	for (guint i = 0; i < texts->kinds->len && rules->n < THP_CONSENT_KINDS_MAX; i++) {
		const thp_consent_kind *const kind = g_ptr_array_index(texts->kinds, i);
		thp_consent_rule *const rule = &rules->kinds[rules->n];

		if (kind->required != required)
			continue;
		g_strlcpy(rule->name, kind->name, sizeof rule->name);
		g_strlcpy(rule->version, kind->version, sizeof rule->version);
		rule->roles = kind->roles & ~(1U << THP_ROLE_THERAPIST);
		rule->required = kind->required;
		rule->details = kind->details;
		rule->guardian = kind->guardian;
		rule->admits = kind->gate == THP_CONSENT_GATE_OBSERVER ? 1U << THP_ROLE_OBSERVER
			       : kind->gate == THP_CONSENT_GATE_INTERPRETER
				       ? 1U << THP_ROLE_INTERPRETER
				       : 0;
		rule->at = i;
		rules->n++;
	}
}

void thp_consent_text_rules(const thp_consent_texts *texts, thp_consent_rules *rules)
{
	memset(rules, 0, sizeof *rules);
	add_rules(texts, TRUE, rules);
	add_rules(texts, FALSE, rules);
}

const thp_consent_language *thp_consent_text_in(const thp_consent_kind *kind, const char *lang)
{
	for (guint i = 0; i < kind->languages->len; i++) {
		const thp_consent_language *const language = g_ptr_array_index(kind->languages, i);

		if (strcmp(language->lang, lang) == 0)
			return language;
	}
	return NULL;
}

gboolean thp_consent_text_holds(const thp_consent_kind *kind, const char *version)
{
	const gsize n = strcspn(kind->version, ".");

	return strncmp(kind->version, version, n) == 0 && version[n] == '.';
}
