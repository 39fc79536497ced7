/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration: the table, the sample file beside it, and every value that is not allowed. */
#include <therapy/conf_tiers.h>

#include <string.h>

#include "sample.h"

/* A configuration file of one key at most. */
typedef struct one_key {
	const char *section, *key, *value;
} one_key;

static const char *get_one(void *ctx, const char *section, const char *key)
{
	const one_key *set = ctx;

	return g_strcmp0(set->section, section) == 0 && g_strcmp0(set->key, key) == 0 ? set->value
										      : NULL;
}

static thp_err load(const thp_conf_key *k, const char *value, thp_conf *conf, GString *why)
{
	one_key set = {k ? k->section : NULL, k ? k->key : NULL, value};

	g_string_truncate(why, 0);
	return thp_conf_load(conf, get_one, &set, why);
}

/* As the configuration writes it. */
static char *print_list(const thp_conf_list *list)
{
	GString *text = g_string_new(list->n == 0 ? "none" : NULL);

	for (guint i = 0; i < list->n; i++)
		g_string_append_printf(text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "",
				       list->values[i]);
	return g_string_free(text, FALSE);
}

static void assert_list(const void *at, const char *expected)
{
	g_autofree char *text = print_list(at);

	g_assert_cmpstr(text, ==, expected);
}

static void assert_default(const thp_conf *conf, const thp_conf_key *k)
{
	const void *at = (const char *)conf + k->offset;

	if (k->type == THP_CONF_TEXT)
		g_assert_cmpstr((const char *)at, ==, k->text);
	else if (k->type == THP_CONF_NUMBER)
		g_assert_cmpint(*(const gint64 *)at, ==, k->number);
	else if (k->type == THP_CONF_LIST)
		assert_list(at, k->text);
	else
		g_assert_cmpint(*(const gboolean *)at, ==, k->number);
}

static void test_defaults(void)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf conf;
	guint n = 0;
	const thp_conf_key *table = thp_conf_table(&n);

	memset(&conf, 0xAA, sizeof conf);
	g_assert_cmpint(load(NULL, NULL, &conf, why), ==, THP_OK);
	g_assert_cmpstr(why->str, ==, "");
	g_assert_cmpuint(n, >, 10);
	for (guint i = 0; i < n; i++)
		assert_default(&conf, &table[i]);
}

/* ---- one key at a time ---- */

static void assert_refused(const thp_conf_key *k, const char *value)
{
	g_autoptr(GString) why = g_string_new(NULL);
	g_autofree char *name = g_strdup_printf("%s.%s ", k->section, k->key);
	g_autofree char *range =
		g_strdup_printf("from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, k->min, k->max);
	thp_conf conf;

	g_test_message("%s= \"%.40s\"", name, value);
	g_assert_cmpint(load(k, value, &conf, why), ==, THP_CONF_VALUE);
	g_assert_true(g_str_has_prefix(why->str, name));
	g_assert_nonnull(strstr(why->str, k->type == THP_CONF_SWITCH ? "true or false" : range));
	/* The value may be a secret put into the wrong line. */
	g_assert_true(strlen(value) < 3 || strlen(value) > 100 || !strstr(why->str, value));
}

static void assert_number(const thp_conf_key *k, const char *value, gint64 expected)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf conf;

	g_assert_cmpint(load(k, value, &conf, why), ==, THP_OK);
	g_assert_cmpint(*(gint64 *)((char *)&conf + k->offset), ==, expected);
}

static void check_number(const thp_conf_key *k)
{
	static const char *const bad[] = {"",
					  " ",
					  "x",
					  "7 ",
					  " 7",
					  "7x",
					  "7.0",
					  "0x10",
					  "1e3",
					  "--7",
					  "99999999999999999999",
					  "-99999999999999999999"};
	g_autofree char *below = g_strdup_printf("%" G_GINT64_FORMAT, k->min - 1);
	g_autofree char *above = g_strdup_printf("%" G_GINT64_FORMAT, k->max + 1);
	g_autofree char *least = g_strdup_printf("%" G_GINT64_FORMAT, k->min);
	g_autofree char *most = g_strdup_printf("%" G_GINT64_FORMAT, k->max);

	g_assert_cmpint(k->min, <, k->max);
	assert_refused(k, below);
	assert_refused(k, above);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused(k, bad[i]);
	assert_number(k, least, k->min);
	assert_number(k, most, k->max);
}

static void check_list(const thp_conf_key *k)
{
	static const char *const bad[] = {
		"",    " ",   "x",       "None", "7,", ",7",  "7,,8",      "7 8",
		"7;8", "7,x", "none, 7", "0",    "-7", "1.5", "1,2,3,4,5", "1, 2, 99999999"};
	static const struct {
		const char *value, *meaning;
	} good[] = {{"none", "none"},       {"7", "7"},
		    {"7,8", "8, 7"},        {" 7 ", "7"},
		    {"1 , 3,2", "3, 2, 1"}, {"1,2,3,4", "4, 3, 2, 1"}};
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf conf;

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused(k, bad[i]);
	for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
		g_assert_cmpint(load(k, good[i].value, &conf, why), ==, THP_OK);
		assert_list((const char *)&conf + k->offset, good[i].meaning);
	}
}

static void check_text(const thp_conf_key *k)
{
	g_autoptr(GString) why = g_string_new(NULL);
	g_autofree char *longest = g_strnfill((gsize)k->max, 'x');
	g_autofree char *longer = g_strnfill((gsize)k->max + 1, 'x');
	thp_conf conf;

	if (k->min > 0)
		assert_refused(k, "");
	assert_refused(k, longer);
	g_assert_cmpint(load(k, longest, &conf, why), ==, THP_OK);
	g_assert_cmpstr((const char *)&conf + k->offset, ==, longest);
}

static void check_switch(const thp_conf_key *k)
{
	static const char *const bad[] = {"", "1", "0", "TRUE", "on", "truex", "maybe"};
	static const char *const good[] = {"false", "no", "true", "yes"};
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf conf;

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused(k, bad[i]);
	for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
		g_assert_cmpint(load(k, good[i], &conf, why), ==, THP_OK);
		g_assert_cmpint(*(gboolean *)((char *)&conf + k->offset), ==, i >= 2);
	}
}

static void test_values(void)
{
	guint n = 0;
	const thp_conf_key *table = thp_conf_table(&n);

	for (guint i = 0; i < n; i++) {
		if (table[i].type == THP_CONF_NUMBER)
			check_number(&table[i]);
		else if (table[i].type == THP_CONF_TEXT)
			check_text(&table[i]);
		else if (table[i].type == THP_CONF_LIST)
			check_list(&table[i]);
		else
			check_switch(&table[i]);
	}
}

static void test_table(void)
{
	guint n = 0;
	const thp_conf_key *table = thp_conf_table(&n);

	for (guint i = 0; i < n; i++) {
		g_assert_cmpuint(strlen(table[i].doc), >, 5);
		g_assert_cmpuint(table[i].offset, <, sizeof(thp_conf));
		for (guint k = 0; k < i; k++) {
			g_assert_cmpuint(table[k].offset, !=, table[i].offset);
			g_assert_true(strcmp(table[k].section, table[i].section) != 0 ||
				      strcmp(table[k].key, table[i].key) != 0);
		}
	}
}

/* ---- areas ---- */

static const char *get_areas(void *ctx, const char *section, const char *key)
{
	(void)ctx;
	if (strcmp(section, "area-khan") == 0)
		return strcmp(key, "length_s") == 0   ? "2700"
		       : strcmp(key, "hard_end") == 0 ? "true"
		       : strcmp(key, "grace_s") == 0  ? "7"
						      : NULL;
	if (strcmp(section, "area-odd") == 0 && strcmp(key, "max_s") == 0)
		return "0";
	return strcmp(key, "pause_s") == 0 ? "60" : NULL;
}

/* What an area does not say, the section of all sessions says; of nothing else it may say anything. */
static void test_areas(void)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf conf;
	thp_conf_session session;

	g_assert_cmpint(thp_conf_load(&conf, get_areas, NULL, why), ==, THP_OK);
	g_assert_cmpint(thp_conf_load_area(&conf, "area-khan", get_areas, NULL, &session, why), ==,
			THP_OK);
	g_assert_cmpint(session.length_s, ==, 2700);
	g_assert_true(session.hard_end);
	g_assert_cmpint(session.pause_s, ==, 60);
	g_assert_cmpint(session.max_s, ==, conf.session.max_s);
	g_assert_false(conf.session.hard_end);
	g_assert_cmpint(conf.grace_s, ==, 120);
	g_assert_cmpint(thp_conf_load_area(&conf, "area-odd", get_areas, NULL, &session, why), ==,
			THP_CONF_VALUE);
	g_assert_true(g_str_has_prefix(why->str, "area-odd.max_s must be a number from 1 to "));
	g_assert_cmpstr(thp_conf_area_of("area-khan"), ==, "khan");
	g_assert_null(thp_conf_area_of("area-"));
	g_assert_null(thp_conf_area_of("session"));
	g_assert_true(thp_conf_knows("area-x", "length_s"));
	g_assert_false(thp_conf_knows("area-x", "grace_s"));
	g_assert_true(thp_conf_knows("waiting", "grace_s"));
}

/* ---- the sample file ---- */

static void check_sample_line(const sample_line *line, const thp_conf_key *k)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf conf;

	g_test_message("%s.%s", k->section, k->key);
	g_assert_cmpstr(line->section, ==, k->section);
	g_assert_cmpint(load(k, line->value, &conf, why), ==, THP_OK);
	assert_default(&conf, k);
	if (k->type == THP_CONF_NUMBER || k->type == THP_CONF_LIST) {
		g_autofree char *range = g_strdup_printf(
			"%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ": ", k->min, k->max);
		g_assert_true(g_str_has_prefix(line->comment, range));
	}
}

/* Every key of the table is in the sample with its default and range, and nothing else is. */
static void test_sample(void)
{
	g_autoptr(GArray) lines = sample_read();
	guint n = 0, others = 0;
	const thp_conf_key *table = thp_conf_table(&n);

	for (guint l = 0; l < lines->len; l++) {
		const sample_line *line = &g_array_index(lines, sample_line, l);
		others += thp_conf_tiers_knows(line->section, line->key);
	}
	g_assert_cmpuint(lines->len, ==, n + others);
	for (guint i = 0; i < n; i++) {
		guint found = 0;

		for (guint l = 0; l < lines->len; l++) {
			const sample_line *line = &g_array_index(lines, sample_line, l);
			if (strcmp(line->section, table[i].section) != 0 ||
			    strcmp(line->key, table[i].key) != 0)
				continue;
			check_sample_line(line, &table[i]);
			found++;
		}
		g_test_message("%s.%s is there once", table[i].section, table[i].key);
		g_assert_cmpuint(found, ==, 1);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/conf/defaults", test_defaults);
	g_test_add_func("/conf/every-value", test_values);
	g_test_add_func("/conf/table", test_table);
	g_test_add_func("/conf/areas", test_areas);
	g_test_add_func("/conf/sample-file", test_sample);
	return g_test_run();
}
