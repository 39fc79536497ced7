/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people are asked to agree to: one text, all that belong together, and where to find one of them. */
#include <therapy/consent_text.h>

#include <string.h>

#include "consent_text_inside.h"
#include "text.h"

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

/* ---- what belongs together ---- */

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

thp_consent_texts *thp_consent_text_new(void)
{
	thp_consent_texts *const texts = g_new0(thp_consent_texts, 1);

	texts->kinds = g_ptr_array_new_with_free_func(kind_free);
	texts->words = g_ptr_array_new_with_free_func(words_free);
	return texts;
}

thp_consent_kind *thp_consent_text_add_kind(thp_consent_texts *texts, const char *name)
{
	thp_consent_kind *const kind = g_new0(thp_consent_kind, 1);

	kind->languages = g_ptr_array_new_with_free_func(language_free);
	g_strlcpy(kind->name, name, sizeof kind->name);
	g_ptr_array_add(texts->kinds, kind);
	return kind;
}

thp_consent_words *thp_consent_text_add_words(thp_consent_texts *texts, const char *lang)
{
	thp_consent_words *const words = g_new0(thp_consent_words, 1);

	g_strlcpy(words->lang, lang, sizeof words->lang);
	g_ptr_array_add(texts->words, words);
	return words;
}

thp_consent_language *thp_consent_text_add_language(const thp_consent_kind *kind, const char *lang)
{
	thp_consent_language *const language = g_new0(thp_consent_language, 1);

	g_strlcpy(language->lang, lang, sizeof language->lang);
	g_ptr_array_add(kind->languages, language);
	return language;
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

/* ---- looking up ---- */

const thp_consent_kind *thp_consent_text_kind(const thp_consent_texts *texts, const char *name)
{
	for (guint i = 0; i < texts->kinds->len; i++) {
		const thp_consent_kind *const kind = g_ptr_array_index(texts->kinds, i);

		if (strcmp(kind->name, name) == 0)
			return kind;
	}
	return NULL;
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

const thp_consent_words *thp_consent_text_words(const thp_consent_texts *texts, const char *lang)
{
	for (guint i = 0; i < texts->words->len; i++) {
		const thp_consent_words *const words = g_ptr_array_index(texts->words, i);

		if (strcmp(words->lang, lang) == 0)
			return words;
	}
	return NULL;
}

/* ---- what the core is to know ---- */

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
