/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from a test: words, and the tier that a session begins on. */
#include <glib.h>
#include <string.h>
#include <therapy/network.h>

static thp_ladder ladder;
static thp_network_rules rules;

static thp_network_verdict judge(thp_network_way down, thp_network_way up)
{
	return thp_network_judge(&rules, &ladder, &down, &up);
}

static thp_network_way most(uint32_t kbps)
{
	return (thp_network_way){true, true, kbps};
}

static thp_network_way least(uint32_t kbps)
{
	return (thp_network_way){true, false, kbps};
}

static const thp_network_way unknown;

static void test_tiers(void)
{
	static const struct {
		uint32_t kbps;
		const char *tier;
	} cases[] = {{10, "audio_min"}, {35, "audio_min"}, {60, "audio"}, {140, "audio"},
		     {150, "low"},      {200, "low"},      {400, "low"},  {440, "medium"},
		     {1000, "medium"},  {1400, "high"},    {9000, "high"}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		thp_network_verdict v = judge(most(cases[i].kbps), unknown);

		g_test_message("%u kbit/s", cases[i].kbps);
		g_assert_cmpstr(ladder.tiers[v.down_tier].name, ==, cases[i].tier);
		g_assert_cmpuint(v.up_tier, ==, ladder.start);
	}
	g_assert_cmpuint(judge(unknown, most(200)).up_tier, ==, thp_tier_find(&ladder, "low"));
	/* What is enough for the highest tier is worth testing, and not much more. */
	g_assert_cmpuint(judge(most(thp_network_most_kbps(&ladder)), unknown).down_tier, ==,
			 ladder.n - 1);
	g_assert_cmpuint(thp_network_most_kbps(&ladder), <, 1500);
}

static void test_at_least(void)
{
	/* nothing bad is thought of a link that showed no limit */
	g_assert_cmpuint(judge(least(90), least(90)).down_tier, ==, ladder.start);
	g_assert_cmpint(judge(least(90), unknown).word.level, ==, THP_NETWORK_GOOD);
	ladder.start = 2;
	g_assert_cmpuint(judge(least(90), unknown).down_tier, ==, 2);
	g_assert_cmpuint(judge(least(1500), unknown).down_tier, ==, 4);
	g_assert_cmpuint(judge(unknown, unknown).up_tier, ==, 2);
	ladder.start = 4;
}

static void test_words(void)
{
	g_assert_cmpint(judge(unknown, unknown).word.level, ==, THP_NETWORK_UNKNOWN);
	g_assert_cmpint(judge(most(300), unknown).word.level, ==, THP_NETWORK_GOOD);
	g_assert_cmpint(judge(most(299), most(2000)).word.level, ==, THP_NETWORK_FAIR);
	g_assert_cmpint(judge(least(2000), most(109)).word.level, ==, THP_NETWORK_WEAK);
	g_assert_cmpint(judge(most(110), least(2000)).word.level, ==, THP_NETWORK_FAIR);
}

static void test_policies(void)
{
	static const struct {
		thp_network_policy policy;
		bool warns_fair, warns_weak, voice;
	} cases[] = {{THP_NETWORK_INFORM, false, false, false},
		     {THP_NETWORK_WARN, true, true, false},
		     {THP_NETWORK_VOICE, true, true, true}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		rules.policy = cases[i].policy;
		g_assert_false(judge(most(2000), most(2000)).word.warn);
		g_assert_cmpint(judge(most(200), unknown).word.warn, ==, cases[i].warns_fair);
		g_assert_false(judge(most(200), unknown).word.voice_only);
		thp_network_verdict v = judge(most(100), most(2000));
		g_assert_cmpint(v.word.warn, ==, cases[i].warns_weak);
		g_assert_cmpint(v.word.voice_only, ==, cases[i].voice);
		/* The other way may bear a picture: with voice only it is not asked for one. */
		g_assert_cmpint(v.up_tier < thp_tier_first_video(&ladder), ==, cases[i].voice);
	}
	/* A threshold above what a small picture costs keeps voices alone on links that would bear one. */
	rules.picture_kbps = 250;
	g_assert_cmpuint(judge(most(240), unknown).down_tier, <, thp_tier_first_video(&ladder));
	thp_network_rules_default(&rules);
}

static void test_table(void)
{
	size_t n = 0;
	const thp_tier_key *keys = thp_network_keys(&n);

	g_assert_cmpuint(n, ==, 5);
	for (size_t i = 0; i < n; i++)
		g_assert_true(keys[i].number >= keys[i].min && keys[i].number <= keys[i].max);
	g_assert_cmpint(rules.policy, ==, THP_NETWORK_WARN);
	g_assert_cmpuint(rules.kbytes, ==, 400);
	g_assert_null(thp_network_fault(&rules));
	rules.picture_kbps = rules.good_kbps + 1;
	g_assert_cmpstr(thp_network_fault(&rules), ==, "picture_kbps");
	thp_network_rules_default(&rules);
	g_assert_cmpstr(thp_network_level_name(THP_NETWORK_FAIR), ==, "fair");
	g_assert_cmpstr(thp_network_level_name((thp_network_level)99), ==, "unknown");
	g_assert_cmpstr(thp_network_policy_name((thp_network_policy)99), ==, "off");
}

/* A better link never begins lower, nor is it called worse. */
static void test_monotone(void)
{
	for (uint32_t kbps = 1; kbps < 3000; kbps++) {
		thp_network_verdict less = judge(most(kbps), unknown);
		thp_network_verdict more = judge(most(kbps + 1), unknown);

		g_assert_cmpuint(more.down_tier, >=, less.down_tier);
		g_assert_cmpint(more.word.level, <=, less.word.level);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	thp_tier_ladder_default(&ladder);
	thp_network_rules_default(&rules);
	g_test_add_func("/network/tiers", test_tiers);
	g_test_add_func("/network/at-least", test_at_least);
	g_test_add_func("/network/words", test_words);
	g_test_add_func("/network/policies", test_policies);
	g_test_add_func("/network/table", test_table);
	g_test_add_func("/network/monotone", test_monotone);
	return g_test_run();
}
