/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of the organisation's consent files: which are there, and whether they fit together. */
#include <string.h>

#include "consent_text_inside.h"

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

static thp_err read_one(const thp_consent_file *f, gboolean json, thp_consent_texts *texts)
{
	g_auto(GStrv) parts = g_strsplit(f->name, ".", 4);
	const guint n = g_strv_length(parts);

	if (json && n == 3 && strcmp(parts[0], "words") == 0 && strcmp(parts[2], "json") == 0)
		return thp_consent_file_words(f, parts[1], texts);
	if (json && n == 2 && strcmp(parts[1], "json") == 0 &&
	    strcmp(parts[0], "organisation") != 0)
		return texts->kinds->len < THP_CONSENT_KINDS_MAX
			       ? thp_consent_file_kind(f, parts[0], texts)
			       : thp_consent_file_fail(f, "is one kind too many");
	if (!json && n == 3 && strcmp(parts[2], "txt") == 0)
		return thp_consent_file_text(f, parts[0], parts[1], texts);
	return THP_OK;
}

static thp_err read_each(thp_consent_file f, const GPtrArray *names, gboolean json,
			 thp_consent_texts *texts)
{
	thp_err err = THP_OK;

	for (guint i = 0; !err && i < names->len; i++) {
		f.name = g_ptr_array_index(names, i);
		err = read_one(&f, json, texts);
	}
	return err;
}

/* First every .json, so that each .txt finds its kind. */
static thp_err read_all(thp_consent_file f, thp_consent_texts *texts)
{
	g_autoptr(GPtrArray) names = list_files(f.dir);
	thp_err err;

	f.name = "organisation.json";
	err = thp_consent_file_organisation(&f, texts);
	if (!err)
		err = read_each(f, names, TRUE, texts);
	return err ? err : read_each(f, names, FALSE, texts);
}

/* Each text that is shown has words for its receipt. */
static thp_err check_words(const thp_consent_file *f, const thp_consent_texts *texts,
			   const thp_consent_kind *kind)
{
	for (guint i = 0; i < kind->languages->len; i++) {
		const thp_consent_language *const language = g_ptr_array_index(kind->languages, i);
		const thp_consent_words *const words =
			thp_consent_text_words(texts, language->lang);

		if (!words)
			return thp_consent_file_fail(
				f, "has a text in a language without words.LANG.json");
		if (kind->guardian && !words->guardian)
			return thp_consent_file_fail(
				f, "asks a guardian in a language whose words.LANG.json "
				   "has no 'guardian'");
	}
	return THP_OK;
}

static thp_err check_together(thp_consent_file f, const thp_consent_texts *texts)
{
	guint details = 0;
	thp_err err = THP_OK;

	f.name = "";
	if (texts->kinds->len == 0)
		return thp_consent_file_fail(&f, "there is no kind of consent");
	for (guint i = 0; !err && i < texts->kinds->len; i++) {
		const thp_consent_kind *const kind = g_ptr_array_index(texts->kinds, i);
		g_autofree char *name = g_strconcat(kind->name, ".json", NULL);

		f.name = name;
		if (kind->languages->len == 0)
			return thp_consent_file_fail(&f, "has no text in any language");
		if (kind->details & details)
			return thp_consent_file_fail(
				&f, "'detail' asks for what another kind asks for already");
		details |= kind->details;
		err = check_words(&f, texts, kind);
	}
	return err;
}

thp_err thp_consent_text_load(const char *dir, GString *why, thp_consent_texts **out)
{
	g_autoptr(thp_consent_texts) texts = thp_consent_text_new();
	const thp_consent_file f = {.dir = dir, .why = why};
	thp_err err = read_all(f, texts);

	if (!err)
		err = check_together(f, texts);
	if (!err)
		*out = g_steal_pointer(&texts);
	return err;
}
