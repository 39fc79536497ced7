/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tiers and the tuning: defaults, ranges, what a ladder must be, what a tier costs. */
#include <glib.h>
#include <therapy/tier.h>

static thp_ladder ladder;
static thp_tuning tuning;
static uint32_t at;

static void fresh(void)
{
	thp_tier_ladder_default(&ladder);
	thp_tier_tuning_default(&tuning);
}

static void test_defaults(void)
{
	fresh();
	g_assert_null(thp_tier_fault(&ladder, &tuning, &at));
	g_assert_cmpuint(thp_tier_find(&ladder, "audio_min"), ==, 0);
	g_assert_cmpuint(thp_tier_find(&ladder, "high"), ==, ladder.n - 1);
	g_assert_cmpuint(thp_tier_find(&ladder, "higher"), ==, THP_TIERS_MAX);
	g_assert_cmpuint(thp_tier_first_video(&ladder), ==, thp_tier_find(&ladder, "low"));
}

/* Figures as measured on the wire, with end-to-end encryption. */
static void test_cost(void)
{
	fresh();
	g_assert_cmpuint(thp_tier_audio_wire_kbps(&ladder.tiers[0], false), ==, 29);
	g_assert_cmpuint(thp_tier_audio_wire_kbps(&ladder.tiers[1], false), ==, 46);
	g_assert_cmpuint(thp_tier_audio_wire_kbps(&ladder.tiers[1], true), ==, 63);
	g_assert_cmpuint(thp_tier_audio_wire_kbps(&ladder.tiers[3], false), ==, 85);
	g_assert_cmpuint(thp_tier_video_wire_kbps(300), ==, 327);
	g_assert_cmpuint(thp_tier_video_wire_kbps(0), ==, 0);
}

static void expect(const char *fault, uint32_t tier)
{
	g_assert_cmpstr(thp_tier_fault(&ladder, &tuning, &at), ==, fault);
	g_assert_cmpuint(at, ==, tier);
	fresh();
}

static void test_faults(void)
{
	fresh();
	ladder.n = 0;
	expect("tiers", THP_TIERS_MAX);
	ladder.start = ladder.n;
	expect("start", THP_TIERS_MAX);
	ladder.tiers[2].name[0] = 'L';
	expect("name", 2);
	ladder.tiers[3] = ladder.tiers[2];
	expect("name", 3);
	ladder.tiers[1].ptime_ms = 5;
	expect("ptime_ms", 1);
	ladder.tiers[2].video_fps = 0;
	expect("video_fps", 2);
	ladder.tiers[2].video_kbps = 0;
	expect("video_kbps", 2);
	ladder.tiers[4].video_height_px = 180;
	expect("video_height_px", 4);
	ladder.tiers[4].video_kbps = 200;
	expect("video_kbps", 4);
	ladder.tiers[0].audio_kbps = 40;
	expect("audio_kbps", 1);
	ladder.tiers[0].red = (thp_red)7;
	expect("red", 0);
	tuning.gate_ms = 1;
	expect("gate_ms", THP_TIERS_MAX);
	tuning.queue_soft_ms = tuning.queue_hard_ms + 1;
	expect("queue_soft_ms", THP_TIERS_MAX);
	tuning.loss_soft_permille = tuning.loss_hard_permille + 1;
	expect("loss_soft_permille", THP_TIERS_MAX);
	tuning.hold_ms = tuning.hold_max_ms + 1;
	expect("hold_ms", THP_TIERS_MAX);
}

/* Every key of the tables has words, and a default that it allows itself. */
static void test_tables(void)
{
	size_t n;
	const thp_tier_key *keys = thp_tier_tuning_keys(&n);

	g_assert_cmpuint(n, >, 20);
	for (size_t i = 0; i < n; i++) {
		g_assert_cmpuint(keys[i].number, >=, keys[i].min);
		g_assert_cmpuint(keys[i].number, <=, keys[i].max);
		g_assert_cmpuint(strlen(keys[i].doc), >, 10);
		g_assert_cmpuint(keys[i].offset, ==, i * sizeof(uint32_t));
	}
	keys = thp_tier_keys(&n);
	g_assert_cmpuint(n, ==, 9);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tier/defaults", test_defaults);
	g_test_add_func("/tier/cost", test_cost);
	g_test_add_func("/tier/faults", test_faults);
	g_test_add_func("/tier/tables", test_tables);
	return g_test_run();
}
