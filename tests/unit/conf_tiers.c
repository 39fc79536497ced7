/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tiers and thresholds: every key at its limits, what does not fit together, the sample file. */
#include <therapy/conf_tiers.h>

#include <string.h>

#include "sample.h"

/* A configuration file: section, key, value, …, NULL. */
typedef struct file {
	const char *lines[16];
} file;

static const char *get(void *ctx, const char *section, const char *key)
{
	const file *f = ctx;

	for (guint i = 0; f->lines[i]; i += 3) {
		if (strcmp(f->lines[i], section) == 0 && strcmp(f->lines[i + 1], key) == 0)
			return f->lines[i + 2];
	}
	return NULL;
}

static thp_err load(thp_conf_tiers *conf, file f, GString *why)
{
	g_string_truncate(why, 0);
	return thp_conf_tiers_load(conf, get, &f, why);
}

static void assert_refused(file f, const char *expected)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf_tiers conf;

	g_test_message("%s.%s = \"%s\"", f.lines[0], f.lines[1], f.lines[2]);
	g_assert_cmpint(load(&conf, f, why), ==, THP_CONF_VALUE);
	g_test_message("%s", why->str);
	g_assert_true(g_str_has_prefix(why->str, expected));
}

static void test_defaults(void)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf_tiers conf;
	thp_ladder ladder;
	thp_tuning tuning;

	g_assert_cmpint(load(&conf, (file){{NULL}}, why), ==, THP_OK);
	thp_tier_ladder_default(&ladder);
	thp_tier_tuning_default(&tuning);
	g_assert_cmpuint(conf.ladder.n, ==, ladder.n);
	g_assert_cmpuint(conf.ladder.start, ==, ladder.start);
	for (uint32_t i = 0; i < ladder.n; i++)
		g_assert_cmpstr(conf.ladder.tiers[i].name, ==, ladder.tiers[i].name);
	g_assert_cmpmem(&conf.tuning, sizeof conf.tuning, &tuning, sizeof tuning);
	g_assert_cmpint(conf.network.policy, ==, THP_NETWORK_WARN);
	g_assert_cmpstr(why->str, ==, "");
}

/* ---- each key by itself ---- */

static void assert_key(const char *section, const thp_tier_key *key)
{
	static const char *const bad[] = {
		"", " ", "x", "7 ", "-1", "1.5", "0x10", "maybe", "99999999999999999999"};
	g_autofree char *name = g_strdup_printf("%s.%s must be ", section, key->key);
	g_autofree char *above = g_strdup_printf("%u", key->max + 1);
	g_autofree char *below = g_strdup_printf("%d", (int)key->min - 1);

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused((file){{section, key->key, bad[i]}}, name);
	assert_refused((file){{section, key->key, above}}, name);
	assert_refused((file){{section, key->key, below}}, name);
	g_assert_cmpuint(strlen(key->doc), >, 5);
	g_assert_true(thp_conf_tiers_knows(section, key->key));
}

static void test_every_key(void)
{
	size_t n = 0;
	const thp_tier_key *keys = thp_tier_keys(&n);

	for (size_t i = 0; i < n; i++)
		assert_key("tier_low", &keys[i]);
	keys = thp_tier_tuning_keys(&n);
	for (size_t i = 0; i < n; i++)
		assert_key("adapt", &keys[i]);
	keys = thp_network_keys(&n);
	for (size_t i = 0; i < n; i++)
		assert_key("network_test", &keys[i]);
	g_assert_false(thp_conf_tiers_knows("network_test", "hold_ms"));
	g_assert_false(thp_conf_tiers_knows("adapt", "policy"));
	g_assert_false(thp_conf_tiers_knows("adapt", "video_kbps"));
	g_assert_false(thp_conf_tiers_knows("tier_low", "hold_ms"));
	g_assert_false(thp_conf_tiers_knows("general", "hold_ms"));
}

static void test_values(void)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf_tiers conf;

	g_assert_cmpint(load(&conf,
			     (file){{"tier_low", "video_kbps", "110", "tier_low", "dtx", "yes",
				     "tier_audio", "red", "on", "adapt", "hold_ms", "9000"}},
			     why),
			==, THP_OK);
	g_assert_cmpuint(conf.ladder.tiers[2].video_kbps, ==, 110);
	g_assert_true(conf.ladder.tiers[2].dtx);
	g_assert_cmpint(conf.ladder.tiers[1].red, ==, THP_RED_ON);
	g_assert_cmpuint(conf.tuning.hold_ms, ==, 9000);
	g_assert_cmpint(load(&conf,
			     (file){{"network_test", "policy", "voice", "network_test",
				     "picture_kbps", "250"}},
			     why),
			==, THP_OK);
	g_assert_cmpint(conf.network.policy, ==, THP_NETWORK_VOICE);
	g_assert_cmpuint(conf.network.picture_kbps, ==, 250);
}

/* ---- the ladder ---- */

static void test_other_ladder(void)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf_tiers conf;

	g_assert_cmpint(load(&conf,
			     (file){{"adapt", "tiers", " audio  tiny low", "tier_tiny",
				     "video_height_px", "180", "tier_tiny", "video_fps", "6",
				     "tier_tiny", "video_kbps", "45"}},
			     why),
			==, THP_OK);
	g_assert_cmpuint(conf.ladder.n, ==, 3);
	g_assert_cmpstr(conf.ladder.tiers[1].name, ==, "tiny");
	g_assert_cmpuint(conf.ladder.tiers[1].audio_kbps, ==, 20);
	g_assert_cmpuint(conf.ladder.tiers[2].video_kbps, ==, 90);
	g_assert_cmpuint(conf.ladder.start, ==, 1);
}

static void test_does_not_fit(void)
{
	assert_refused((file){{"adapt", "tiers", ""}}, "adapt.tiers must be ");
	assert_refused((file){{"adapt", "tiers", "a b c d e f g h i"}}, "adapt.tiers must be ");
	assert_refused((file){{"adapt", "tiers", "audio sixteen_letters_x"}},
		       "adapt.tiers must be ");
	assert_refused((file){{"adapt", "tiers", "audio Low"}}, "adapt.tiers must be ");
	assert_refused((file){{"adapt", "tiers", "audio low audio"}}, "adapt.tiers must be ");
	assert_refused((file){{"adapt", "start", "huge"}}, "adapt.start must be ");
	assert_refused((file){{"adapt", "tiers", "medium low"}}, "tier_low.");
	assert_refused((file){{"tier_low", "video_kbps", "400"}},
		       "tier_medium.video_kbps must fit");
	assert_refused((file){{"tier_low", "video_fps", "0"}}, "tier_low.video_fps must fit");
	assert_refused((file){{"adapt", "hold_ms", "50000"}}, "adapt.hold_ms must fit");
	assert_refused((file){{"adapt", "queue_soft_ms", "400"}}, "adapt.queue_soft_ms must fit");
	assert_refused((file){{"network_test", "good_kbps", "100"}},
		       "network_test.picture_kbps must fit");
}

/* ---- the sample file ---- */

static const char *get_sample(void *ctx, const char *section, const char *key)
{
	const GArray *lines = ctx;

	for (guint i = 0; i < lines->len; i++) {
		const sample_line *line = &g_array_index(lines, sample_line, i);
		if (strcmp(line->section, section) == 0 && strcmp(line->key, key) == 0)
			return line->value;
	}
	return NULL;
}

static void assert_documented(GArray *lines, const char *section, const thp_tier_key *keys,
			      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *range = g_strdup_printf("%u to %u: ", keys[i].min, keys[i].max);
		guint found = 0;

		for (guint l = 0; l < lines->len; l++) {
			const sample_line *line = &g_array_index(lines, sample_line, l);
			if (strcmp(line->section, section) != 0 ||
			    strcmp(line->key, keys[i].key) != 0)
				continue;
			found++;
			if (keys[i].type == THP_TIER_NUMBER)
				g_assert_true(g_str_has_prefix(line->comment, range));
			g_assert_nonnull(strstr(line->comment, keys[i].doc));
		}
		g_test_message("%s.%s is there once", section, keys[i].key);
		g_assert_cmpuint(found, ==, 1);
	}
}

/* The sample has each key of each default tier with its default, and makes the default ladder. */
static void test_sample(void)
{
	g_autoptr(GArray) lines = sample_read();
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf_tiers sample, plain;
	size_t n = 0;
	const thp_tier_key *keys = thp_tier_tuning_keys(&n);

	assert_documented(lines, "adapt", keys, n);
	keys = thp_network_keys(&n);
	assert_documented(lines, "network_test", keys, n);
	g_assert_cmpint(load(&plain, (file){{NULL}}, why), ==, THP_OK);
	g_assert_cmpint(thp_conf_tiers_load(&sample, get_sample, lines, why), ==, THP_OK);
	g_assert_cmpmem(&sample.tuning, sizeof sample.tuning, &plain.tuning, sizeof plain.tuning);
	g_assert_cmpmem(&sample.network, sizeof sample.network, &plain.network,
			sizeof plain.network);
	g_assert_cmpuint(sample.ladder.n, ==, plain.ladder.n);
	g_assert_cmpuint(sample.ladder.start, ==, plain.ladder.start);
	keys = thp_tier_keys(&n);
	for (uint32_t i = 0; i < plain.ladder.n; i++) {
		g_autofree char *section = g_strconcat("tier_", plain.ladder.tiers[i].name, NULL);

		assert_documented(lines, section, keys, n);
		g_assert_cmpmem(&sample.ladder.tiers[i], sizeof(thp_tier), &plain.ladder.tiers[i],
				sizeof(thp_tier));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/conf-tiers/defaults", test_defaults);
	g_test_add_func("/conf-tiers/every-key", test_every_key);
	g_test_add_func("/conf-tiers/values", test_values);
	g_test_add_func("/conf-tiers/other-ladder", test_other_ladder);
	g_test_add_func("/conf-tiers/does-not-fit", test_does_not_fit);
	g_test_add_func("/conf-tiers/sample-file", test_sample);
	return g_test_run();
}
