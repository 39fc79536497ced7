/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The organisation's folder of texts: the samples as they are, and one thing wrong with them at a time. */
#include <therapy/consent_text.h>

#include <string.h>

#include <glib/gstdio.h>

#include "folder.h"

/* In @file @from becomes @to (NULL: the file is away; @from NULL: it has only @to), and that is told. */
typedef struct damage {
	const char *file, *from, *to, *told;
} damage;

#define NEVER_ENDS "'explains' does not end in a newline, or has a line that begins with '==='"
#define NO_OBJECT  "is too long or not one JSON object"

static const damage damages[] = {
	{"organisation.json", NULL, NULL, "is missing, too long or not one JSON object"},
	{"organisation.json", NULL, "[]", "is missing, too long or not one JSON object"},
	{"organisation.json", "Example Clinic", "",
	 "'name' is missing, empty, too long or no text"},
	{"words.en.json", NULL, "{", NO_OBJECT},
	{"words.en.json", "\"no_end\"", "\"never\"",
	 "'no_end' is missing, empty, too long or no text"},
	{"words.en.json", "\"explains\": \"", "\"explains\": \"===\\n", NEVER_ENDS},
	{"words.@.json", NULL, "{}", "its language is no tag"},
	{"telehealth.json", NULL, "{\"version\": \"1.0\", \"version\": \"1.0\"}", NO_OBJECT},
	{"telehealth.json", NULL, NULL, "belongs to a kind that has no .json"},
	{"tele health.json", NULL, "{}",
	 "its name is not that of a kind (a-z, 0-9 and '-', at most 32)"},
	{"telehealth.json", "\"1.0\"", "\"1\"", "'version' is not like \"2.1\""},
	{"telehealth.json", "[\"client\"]", "[]", "'who' is asked is missing"},
	{"telehealth.json", "\"client\"", "\"aunt\"", "'who' names somebody who is no role"},
	{"telehealth.json", "\"standing\"", "\"ever\"",
	 "'scope' is neither \"session\" nor \"standing\""},
	{"telehealth.json", "365", "3661", "'valid_days' is not between 0 and 3660"},
	{"telehealth.json", "\"media\"", "\"sound\"",
	 "'gate' is none of \"none\", \"media\", \"observer\" and \"interpreter\""},
	{"telehealth.json", "\"required\": true", "\"required\": false",
	 "'required' and 'gate' do not fit: \"media\" is for what is required, and for nothing else"},
	{"emergency-contact.json", "\"place\"", "\"shoes\"",
	 "'detail' is a list of \"place\" and \"contact\""},
	{"emergency-contact.json", "\"session\"", "\"standing\"",
	 "'detail' lists what is asked each time: with \"session\", 1 day, and not required"},
	{"telehealth.en.txt", "# ", "", "does not begin with '# ' and a title"},
	{"telehealth.en.txt", NULL, "# Title\n",
	 "has no last section '## …' that says what happens when somebody says no"},
	{"telehealth.e@.txt", NULL, "# Title\n", "its language is no tag, or one too many"},
	{"hiking.en.txt", NULL, "# Title\n", "belongs to a kind that has no .json"},
	{"words.ur.json", NULL, NULL, "has a text in a language without words.LANG.json"},
	{"words.ur.json", "\"guardian\"", "\"uncle\"",
	 "asks a guardian in a language whose words.LANG.json has no 'guardian'"},
};

static char *make_texts(void)
{
	char *const folder = g_dir_make_tmp("therapy-texts-XXXXXX", NULL);

	folder_fill("conf/consent", folder);
	return folder;
}

static void harm(const char *folder, const damage *d)
{
	g_autofree char *path = g_build_filename(folder, d->file, NULL);
	g_autofree char *text = NULL;

	if (!d->to) {
		g_assert_cmpint(g_unlink(path), ==, 0);
		return;
	}
	if (d->from) {
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		const char *const at = strstr(text, d->from);

		g_assert_nonnull(at);
		g_autofree char *front = g_strndup(text, (gsize)(at - text));
		g_autofree char *harmed = g_strconcat(front, d->to, at + strlen(d->from), NULL);
		g_assert_true(g_file_set_contents(path, harmed, -1, NULL));
	} else {
		g_assert_true(g_file_set_contents(path, d->to, -1, NULL));
	}
}

static void test_samples(void)
{
	g_autoptr(GString) why = g_string_new(NULL);
	g_autoptr(thp_consent_texts) texts = NULL;
	g_autofree char *folder = make_texts();
	thp_consent_rules rules;

	/* What is no part of them does not matter. */
	harm(folder, &(damage){.file = ".telehealth.en.txt.swp", .to = "x"});
	harm(folder, &(damage){.file = "README", .to = "x"});
	g_assert_cmpint(thp_consent_text_load(folder, why, &texts), ==, THP_OK);
	g_assert_true(texts->organisation.sample);
	thp_consent_text_rules(texts, &rules);
	g_assert_cmpuint(rules.n, ==, texts->kinds->len);
	g_assert_true(rules.kinds[0].required);

	const thp_consent_kind *kind = thp_consent_text_kind(texts, "telehealth");
	g_assert_nonnull(kind);
	g_assert_null(thp_consent_text_kind(texts, "hiking"));
	g_assert_nonnull(thp_consent_text_in(kind, "ur"));
	g_assert_null(thp_consent_text_in(kind, "fr"));
	g_assert_true(g_str_has_prefix(thp_consent_text_in(kind, "en")->text, "# "));
	g_assert_cmpstr(thp_consent_text_in(kind, "en")->title, !=, "");
	g_assert_cmpuint(strlen(thp_consent_text_in(kind, "en")->sha256), ==,
			 THP_CONSENT_SHA256_LEN);
	folder_remove(folder);
}

static void test_damages(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(damages); i++) {
		g_autoptr(GString) why = g_string_new(NULL);
		g_autofree char *folder = make_texts();
		thp_consent_texts *texts = NULL;

		harm(folder, &damages[i]);
		g_assert_cmpint(thp_consent_text_load(folder, why, &texts), ==, THP_TEXT_FILE);
		g_assert_null(texts);
		g_assert_true(g_str_has_prefix(why->str, folder));
		g_assert_cmpstr(strstr(why->str, ": "), !=, NULL);
		g_assert_cmpstr(strstr(why->str, ": ") + 2, ==, damages[i].told);
		folder_remove(folder);
	}
}

static void test_empty(void)
{
	g_autoptr(GString) why = g_string_new(NULL);
	g_autofree char *folder = g_dir_make_tmp("therapy-texts-XXXXXX", NULL);
	thp_consent_texts *texts = NULL;

	g_assert_cmpint(thp_consent_text_load(folder, why, &texts), ==, THP_TEXT_FILE);
	folder_remove(folder);
	g_assert_cmpint(thp_consent_text_load(folder, why, &texts), ==, THP_TEXT_FILE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/consent_text/samples", test_samples);
	g_test_add_func("/consent_text/damages", test_damages);
	g_test_add_func("/consent_text/empty", test_empty);
	return g_test_run();
}
