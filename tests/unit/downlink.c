/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One receiver's link: up, ranges, reloads, several people, and any signals in any order. */
#include <glib.h>

#include "calm.h"

static void test_climbs(void)
{
	calm_begin(0);
	calm_run(1200, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->video_kbps, ==, 1100);
	g_assert_cmpuint(link.counters.ups[THP_WHY_CLEAN], ==, 4);
	g_assert_cmpuint(link.counters.probes_ok, ==, 4);
	g_assert_cmpuint(link.counters.probes_aborted, ==, 0);
	uint64_t ms = 0;

	for (int i = 0; i < THP_TIERS_MAX; i++)
		ms += link.counters.tier_ms[i];
	g_assert_cmpuint(ms, ==, 120000);
}

static void test_range(void)
{
	calm_begin(3);
	calm_run(20, true);
	calm_limit(1, 1);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 1);
	g_assert_true(d->changed);
	g_assert_false(d->video);
	g_assert_cmpint(d->why, ==, THP_WHY_OPS);
	calm_run(600, true);
	g_assert_cmpuint(d->tier, ==, 1);
	g_assert_cmpuint(d->padding_kbps, ==, 0);
	calm_limit(4, 4);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_true(d->video);
	g_assert_true(d->keyframe);
}

static void test_reload(void)
{
	thp_ladder shorter;

	calm_begin(4);
	calm_run(10, true);
	shorter = ladder;
	shorter.n = 3;
	thp_downlink_reload(&link, &shorter, &tuning);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 2);
	g_assert_true(d->changed);
	g_assert_cmpuint(d->video_kbps, <=, 90);
}

/* ---- anything in any order ---- */

static void random_feeds(GRand *rand)
{
	thp_feeds feeds = {g_rand_int(rand) % 8, g_rand_int(rand) % 8, g_rand_int(rand) % 8,
			   g_rand_int(rand) % 2000};

	thp_downlink_feeds(&link, &feeds, now_us);
}

/* ---- more than two people ---- */

static void feeds(uint32_t others, uint32_t first_kbps)
{
	thp_feeds now = {others, others, others, first_kbps};

	thp_downlink_feeds(&link, &now, now_us);
}

/* Tiers are steps there: all pictures, the first one, room for small ones. */
static void test_crowd_steps(void)
{
	calm_begin(1);
	calm_run(1, true);
	feeds(2, 700);
	calm_run(1200, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->video_kbps, ==, 1400);
	g_assert_cmpuint(link.counters.ups[THP_WHY_CLEAN], ==, 3);
	g_assert_cmpuint(link.counters.probes_aborted, ==, 0);
	calm_limit(0, 3);
	calm_run(1, true);
	g_assert_cmpuint(d->video_kbps, ==, 700);
	calm_limit(0, 2);
	calm_run(1, true);
	g_assert_cmpuint(d->video_kbps, ==, 180);
	calm_limit(0, 4);
	feeds(1, 0);
	calm_run(1, true);
	g_assert_cmpuint(d->video_kbps, ==, 90);
}

/* Padding that makes speech late is too much, whatever else is known. */
static void test_late_probe(void)
{
	const thp_receiver_report late = {.span_ms = 100,
					  .audio_samples = 4800,
					  .audio_packets = 5,
					  .freeze_ms = -1,
					  .rtt_ms = 40,
					  .quiet_ms = 10,
					  .late_ms = 100};

	calm_begin(2);
	for (int i = 0; i < 100 && d->padding_kbps == 0; i++)
		calm_run(2, true);
	calm_run(4, true);
	g_assert_cmpuint(d->padding_kbps, >, 0);
	thp_downlink_on_report(&link, &late, now_us);
	calm_run(1, false);
	g_assert_cmpuint(d->padding_kbps, ==, 0);
	g_assert_cmpuint(link.counters.probes_aborted, ==, 1);
	g_assert_cmpuint(d->tier, ==, 2);
}

/* Before a picture comes to one of several, padding doubles until it is more than the picture will be. */
static void test_crowd_probe(void)
{
	uint32_t last = 0, steps = 0;

	calm_begin(2);
	calm_run(1, true);
	feeds(2, 700);
	for (int i = 0; i < 100 && d->padding_kbps == 0; i++)
		calm_run(2, true);
	g_assert_cmpuint(d->padding_kbps, >, 0);
	for (; d->padding_kbps > 0; calm_run(2, true)) {
		steps += d->padding_kbps != last;
		g_assert_true(last == 0 || d->padding_kbps <= 2 * last + 1);
		g_assert_cmpuint(d->padding_kbps, >=, last);
		g_assert_cmpuint(d->tier, ==, 2);
		last = d->padding_kbps;
	}
	g_assert_cmpuint(steps, ==, 6);
	g_assert_cmpuint(d->tier, ==, 3);
}

/* What a third person brings is expected of a link that was full, and of no other. */
static void test_crowd_begins(void)
{
	calm_begin(4);
	calm_run(50, true);
	feeds(2, 0);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 4);
	calm_begin(4);
	link.kbps = 700;
	calm_run(1, true);
	feeds(2, 0);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_true(d->video);
	feeds(2, 700);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 3);
	/* And back: what was borne then is not forgotten. */
	feeds(1, 0);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_cmpuint(d->video_kbps, ==, 300);
}

/* Somebody else's camera got larger: this link has not been seen to bear that. */
static void test_crowd_first_grows(void)
{
	calm_begin(3);
	calm_limit(0, 3);
	calm_run(1, true);
	feeds(2, 195);
	calm_run(1, true);
	g_assert_cmpuint(d->video_kbps, ==, 390);
	feeds(2, 700);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 2);
	calm_run(150, true);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_cmpuint(d->video_kbps, ==, 700);
	/* Smaller for a moment, and as large again: that it has borne. */
	feeds(2, 30);
	calm_run(1, true);
	feeds(2, 700);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 3);
}

static void random_event(GRand *rand)
{
	thp_rr rr = {g_rand_int(rand) % 100000, g_rand_int_range(rand, -100, 5000),
		     g_rand_int_range(rand, -1, 3000), g_rand_int_range(rand, -100, 5000)};
	thp_receiver_report report = {
		.span_ms = (uint32_t)g_rand_int_range(rand, 0, 3000),
		.audio_samples = g_rand_int_range(rand, -1, 200000),
		.concealed_samples = g_rand_int_range(rand, -1, 200000),
		.audio_packets = g_rand_int_range(rand, -1, 500),
		.audio_lost = g_rand_int_range(rand, -1, 500),
		.video_bytes = g_rand_int_range(rand, -1, 1000000),
		.rtt_ms = g_rand_int_range(rand, -1, 5000),
		.quiet_ms = g_rand_int_range(rand, -1, 1000),
		.late_ms = g_rand_int_range(rand, -1, 2000),
	};
	thp_tier_range range = {.cap = (uint32_t)g_rand_int_range(rand, 0, (gint32)ladder.n)};

	switch (g_rand_int_range(rand, 0, 12)) {
	case 0:
		thp_downlink_on_rr(&link, g_rand_int(rand) % THP_LINES_MAX, &rr, now_us);
		break;
	case 1:
		thp_downlink_on_remb(&link, g_rand_int(rand) % 2 ? g_rand_int(rand) : G_MAXUINT64,
				     now_us);
		break;
	case 2:
		thp_downlink_on_report(&link, &report, now_us);
		break;
	case 3:
		range.floor = (uint32_t)g_rand_int_range(rand, 0, (gint32)range.cap + 1);
		thp_downlink_limit(&link, &range);
		break;
	case 4:
		random_feeds(rand);
		break;
	case 5:
		thp_downlink_other_way(
			&link, &(thp_received){.queue_ms = g_rand_int(rand) % 1000,
					       .late_ms = g_rand_int(rand) % 1000,
					       .came_us = now_us - g_rand_int(rand) % 1000000,
					       .usual_us = g_rand_int(rand) % 200000});
		break;
	default:
		thp_downlink_on_alive(&link, now_us);
	}
}

static void check_decision(void)
{
	const thp_tier *tier = &ladder.tiers[d->tier];

	g_assert_cmpuint(d->tier, >=, link.range.floor);
	g_assert_cmpuint(d->tier, <=, link.range.cap);
	g_assert_true(!d->video || tier->video_height_px > 0);
	g_assert_true(tier->video_height_px > 0 || d->video_kbps == 0);
	g_assert_cmpuint(d->video_kbps, <=, 8 * tier->video_kbps);
	g_assert_cmpuint(d->padding_kbps, <=, 8 * 1100);
	g_assert_true(!d->gated || !d->video);
	g_assert_cmpuint(d->loss_permille, <=, 1000);
	g_assert_cmpint(d->why, <, THP_N_WHY);
}

static void test_anything(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int_range(0, G_MAXINT32));

	for (int round = 0; round < 20; round++) {
		calm_begin((uint32_t)g_rand_int_range(rand, 0, 8));
		for (int i = 0; i < 5000; i++) {
			for (int k = g_rand_int_range(rand, 0, 4); k > 0; k--)
				random_event(rand);
			now_us += g_rand_int_range(rand, 0, i % 100 == 0 ? 90000000 : 200000);
			sent.audio_packets += g_rand_int(rand) % 100;
			sent.audio_bytes += g_rand_int(rand) % 10000;
			sent.video_bytes += g_rand_int(rand) % 1000000;
			d = thp_downlink_tick(&link, &sent, now_us);
			check_decision();
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/downlink/climbs", test_climbs);
	g_test_add_func("/downlink/range", test_range);
	g_test_add_func("/downlink/reload", test_reload);
	g_test_add_func("/downlink/crowd/steps", test_crowd_steps);
	g_test_add_func("/downlink/late-probe", test_late_probe);
	g_test_add_func("/downlink/crowd/probe", test_crowd_probe);
	g_test_add_func("/downlink/crowd/begins", test_crowd_begins);
	g_test_add_func("/downlink/crowd/first-grows", test_crowd_first_grows);
	g_test_add_func("/downlink/anything", test_anything);
	return g_test_run();
}
