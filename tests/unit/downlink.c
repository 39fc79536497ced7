/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One receiver's link: ranges, silence, reloads, and any signals in any order. */
#include <glib.h>
#include <string.h>
#include <therapy/downlink.h>

static thp_ladder ladder;
static thp_tuning tuning;
static thp_downlink link;
static thp_sent sent;
static const thp_downlink_decision *d;
static int64_t now_us;
static bool speaks, films; /* the other person */
static int64_t heard_us;

static void begin(uint32_t tier)
{
	thp_tier_ladder_default(&ladder);
	thp_tier_tuning_default(&tuning);
	memset(&sent, 0, sizeof sent);
	now_us = heard_us = 1000000;
	speaks = films = true;
	thp_downlink_init(&link, &ladder, &tuning, tier, now_us);
	d = &link.decision;
}

/* @ticks tenths of a second of a link on which everything arrives. */
static void run(uint32_t ticks, bool heard)
{
	for (uint32_t i = 0; i < ticks; i++) {
		bool video = d->video && films;

		now_us += 100000;
		if (speaks || video)
			heard_us = now_us - 10000;
		if (speaks) {
			sent.audio_packets += 5;
			sent.audio_bytes += 5 * 100;
		}
		if (video) {
			sent.video_packets += 10;
			sent.video_bytes += d->video_kbps * 100 / 8;
		}
		thp_receiver_report report = {.span_ms = 200,
					      .audio_samples = 9600,
					      .audio_packets = speaks ? 10 : 0,
					      .video_bytes =
						      (int32_t)(video ? d->video_kbps * 25 : 0),
					      .freeze_ms = -1,
					      .rtt_ms = 40,
					      .quiet_ms = (int32_t)((now_us - heard_us) / 1000)};
		if (heard && i % 2 == 1) {
			thp_downlink_on_report(&link, &report, now_us);
			thp_downlink_on_remb(&link, 3000000, now_us);
		}
		d = thp_downlink_tick(&link, &sent, now_us);
	}
}

static void test_climbs(void)
{
	begin(0);
	run(1200, true);
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

static void limit(uint32_t floor, uint32_t cap)
{
	thp_tier_range range = {.floor = floor, .cap = cap, .why = THP_WHY_OPS};

	thp_downlink_limit(&link, &range);
}

/* So many seconds in which @lost of a hundred packets of the picture do not arrive, and all is well otherwise. */
static void lose(uint32_t seconds, int32_t lost)
{
	static thp_rr rr;

	for (uint32_t i = 0; i < seconds; i++) {
		run(10, true);
		rr.highest_seq += 100;
		rr.lost += lost;
		rr.rtt_ms = 40;
		thp_downlink_on_rr(&link, 1, &rr, now_us);
	}
}

/* Long before it is known that losses are not ours, where there is room; what is always lost is learnt. */
static void test_red(void)
{
	begin(4);
	lose(10, 0);
	g_assert_false(d->red);
	lose(4, 2);
	g_assert_true(d->red);
	g_assert_cmpuint(d->tier, ==, 4);
	lose(10, 0);
	g_assert_false(d->red);
	limit(2, 2);
	lose(4, 2);
	g_assert_false(d->red);
	lose(90, 2);
	g_assert_true(d->red);
}

static void test_range(void)
{
	begin(3);
	run(20, true);
	limit(1, 1);
	run(1, true);
	g_assert_cmpuint(d->tier, ==, 1);
	g_assert_true(d->changed);
	g_assert_false(d->video);
	g_assert_cmpint(d->why, ==, THP_WHY_OPS);
	run(600, true);
	g_assert_cmpuint(d->tier, ==, 1);
	g_assert_cmpuint(d->padding_kbps, ==, 0);
	limit(4, 4);
	run(1, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_true(d->video);
	g_assert_true(d->keyframe);
}

static void test_silence(void)
{
	begin(3);
	run(50, true);
	run(8, false);
	g_assert_true(d->video);
	run(3, false);
	g_assert_false(d->video);
	g_assert_true(d->gated);
	g_assert_cmpuint(d->tier, ==, 3);
	run(50, false);
	run(3, true);
	g_assert_false(d->video);
	run(4, true);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 2); /* after so long, smaller */
	g_assert_cmpuint(link.counters.gates, ==, 1);
	g_assert_cmpuint(link.counters.gated_ms, >=, 4900);
}

/* What was sent in an outage has not arrived, and no browser says that so much was lost. */
static void test_outage(void)
{
	begin(3);
	run(50, true);
	run(20, false);
	g_assert_true(d->gated);
	run(6, true);
	for (int i = 0; i < 20; i++) {
		run(2, true);
		g_assert_cmpuint(d->queue_ms, ==, 0);
		g_assert_true(d->video);
		g_assert_cmpuint(d->tier, ==, 3);
	}
}

/* The page lives and says that nothing arrives there. */
/* Signs of life that have stood in the other way's queue, and no word. */
static void go_blind(void)
{
	begin(4);
	run(50, true);
	for (int i = 0; i < 9; i++) {
		thp_downlink_other_way(&link, 450, 450);
		thp_downlink_on_alive(&link, now_us);
		run(1, false);
		g_assert_true(i > 3 || d->video);
	}
	g_assert_true(d->gated);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->video_kbps, ==, 605);
}

static void catch_up(int32_t packets)
{
	thp_receiver_report report = {
		.span_ms = 1000, .audio_packets = packets, .rtt_ms = -1, .quiet_ms = 10};

	thp_downlink_on_report(&link, &report, now_us);
}

/* While the words about this way stand in the other one pictures wait; whether they were too much the next ones tell. */
static void test_blind(void)
{
	go_blind();
	catch_up(45);
	run(6, true);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 4);
	go_blind();
	catch_up(5); /* the rest is on its way still */
	run(6, true);
	g_assert_true(d->gated);
	catch_up(40);
	run(12, true);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 2);
}

static void test_deaf(void)
{
	thp_receiver_report report = {.span_ms = 250, .quiet_ms = 600, .rtt_ms = -1};

	begin(3);
	run(50, true);
	thp_downlink_on_report(&link, &report, now_us);
	run(1, false);
	g_assert_true(d->gated);
}

static uint64_t downs(void)
{
	uint64_t n = 0;

	for (int i = 0; i < THP_N_WHY; i++)
		n += link.counters.downs[i];
	return n;
}

/* Who mutes or hides themselves, or is sent back to wait, has not made the link a weak one. */
static void test_says_nothing(void)
{
	begin(4);
	run(60, true);
	speaks = false;
	run(100, true);
	g_assert_cmpuint(d->queue_ms, ==, 0);
	speaks = true;
	run(30, true);
	speaks = films = false;
	run(35, true);
	g_assert_cmpuint(d->queue_ms, ==, 0);
	speaks = films = true;
	run(30, true);
	g_assert_cmpuint(d->queue_ms, ==, 0);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(downs(), ==, 0);
	g_assert_cmpuint(link.counters.gates, ==, 0);
}

/* What went over the same connection before is no burst of now. */
static void test_counts_from_now(void)
{
	begin(4);
	sent = (thp_sent){.audio_bytes = 10000000,
			  .video_bytes = 100000000,
			  .audio_packets = 100000,
			  .video_packets = 100000};
	run(1, true);
	g_assert_cmpuint(link.sense.video_kbps, <, 2000);
	run(50, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(downs(), ==, 0);
}

/* A machine that was busy from the first report on: nothing is known yet of what is usual. */
static void test_busy(void)
{
	thp_receiver_report report = {
		.span_ms = 200, .audio_packets = 10, .rtt_ms = 40, .quiet_ms = 10, .busy_ms = 500};

	begin(4);
	run(1, true);
	thp_downlink_on_report(&link, &report, now_us);
	for (int i = 0; i < 20; i++) {
		run(2, true);
		g_assert_true(d->video);
		g_assert_cmpuint(d->video_kbps, ==, 1100);
	}
}

/* Round trips that are long because the receiver's own camera fills its link say nothing of this way. */
static void test_other_way(void)
{
	thp_rr rr = {.highest_seq = 1, .rtt_ms = 40};

	begin(4);
	thp_downlink_on_rr(&link, 0, &rr, now_us);
	run(20, true);
	for (int i = 0; i < 20; i++) {
		thp_downlink_other_way(&link, 400, 400);
		rr.rtt_ms = 440;
		rr.highest_seq += 5;
		thp_downlink_on_rr(&link, 0, &rr, now_us);
		run(1, false);
		g_assert_cmpuint(d->queue_ms, ==, 0);
	}
	/* And this way's own queue is seen behind it. */
	for (int i = 0; i < 2; i++) {
		thp_downlink_other_way(&link, 100, 100);
		rr.rtt_ms = 840;
		thp_downlink_on_rr(&link, 0, &rr, now_us);
		run(1, false);
	}
	g_assert_cmpuint(d->queue_ms, >=, 390);
}

static void test_reload(void)
{
	thp_ladder shorter;

	begin(4);
	run(10, true);
	shorter = ladder;
	shorter.n = 3;
	thp_downlink_reload(&link, &shorter, &tuning);
	run(1, true);
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

/* What was lost on the camera's own way, this link has not lost. */
static void test_lost_before(void)
{
	thp_rr rr = {.highest_seq = 1000, .rtt_ms = 40};

	begin(4);
	for (int i = 0; i < 100; i++) {
		rr.highest_seq += 20;
		rr.lost += 2;
		rr.skipped += i % 2 ? 0 : 4; /* it may be heard of late */
		thp_downlink_on_rr(&link, 0, &rr, now_us);
		run(2, true);
		g_assert_cmpuint(d->loss_permille, ==, 0);
		g_assert_cmpuint(d->tier, ==, 4);
	}
	for (int i = 0; i < 20; i++) {
		rr.highest_seq += 20;
		rr.lost += 2;
		thp_downlink_on_rr(&link, 0, &rr, now_us);
		run(2, true);
	}
	g_assert_cmpuint(d->loss_permille, >=, 60);
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
	begin(1);
	run(1, true);
	feeds(2, 700);
	run(1200, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->video_kbps, ==, 1400);
	g_assert_cmpuint(link.counters.ups[THP_WHY_CLEAN], ==, 3);
	g_assert_cmpuint(link.counters.probes_aborted, ==, 0);
	limit(0, 3);
	run(1, true);
	g_assert_cmpuint(d->video_kbps, ==, 700);
	limit(0, 2);
	run(1, true);
	g_assert_cmpuint(d->video_kbps, ==, 180);
	limit(0, 4);
	feeds(1, 0);
	run(1, true);
	g_assert_cmpuint(d->video_kbps, ==, 90);
}

/* Before a picture comes to one of several, padding doubles until it is more than the picture will be. */
static void test_crowd_probe(void)
{
	uint32_t last = 0, steps = 0;

	begin(2);
	run(1, true);
	feeds(2, 700);
	for (int i = 0; i < 100 && d->padding_kbps == 0; i++)
		run(2, true);
	g_assert_cmpuint(d->padding_kbps, >, 0);
	for (; d->padding_kbps > 0; run(2, true)) {
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
	begin(4);
	run(50, true);
	feeds(2, 0);
	run(1, true);
	g_assert_cmpuint(d->tier, ==, 4);
	begin(4);
	link.kbps = 700;
	run(1, true);
	feeds(2, 0);
	run(1, true);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_true(d->video);
	feeds(2, 700);
	run(1, true);
	g_assert_cmpuint(d->tier, ==, 3);
	/* And back: what was borne then is not forgotten. */
	feeds(1, 0);
	run(1, true);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_cmpuint(d->video_kbps, ==, 300);
}

/* Somebody else's camera got larger: this link has not been seen to bear that. */
static void test_crowd_first_grows(void)
{
	begin(3);
	limit(0, 3);
	run(1, true);
	feeds(2, 195);
	run(1, true);
	g_assert_cmpuint(d->video_kbps, ==, 390);
	feeds(2, 700);
	run(1, true);
	g_assert_cmpuint(d->tier, ==, 2);
	run(150, true);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_cmpuint(d->video_kbps, ==, 700);
	/* Smaller for a moment, and as large again: that it has borne. */
	feeds(2, 30);
	run(1, true);
	feeds(2, 700);
	run(1, true);
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
		begin((uint32_t)g_rand_int_range(rand, 0, 8));
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
	g_test_add_func("/downlink/red", test_red);
	g_test_add_func("/downlink/range", test_range);
	g_test_add_func("/downlink/silence", test_silence);
	g_test_add_func("/downlink/outage", test_outage);
	g_test_add_func("/downlink/blind", test_blind);
	g_test_add_func("/downlink/deaf", test_deaf);
	g_test_add_func("/downlink/says-nothing", test_says_nothing);
	g_test_add_func("/downlink/counts-from-now", test_counts_from_now);
	g_test_add_func("/downlink/busy", test_busy);
	g_test_add_func("/downlink/other-way", test_other_way);
	g_test_add_func("/downlink/reload", test_reload);
	g_test_add_func("/downlink/lost-before", test_lost_before);
	g_test_add_func("/downlink/crowd/steps", test_crowd_steps);
	g_test_add_func("/downlink/crowd/probe", test_crowd_probe);
	g_test_add_func("/downlink/crowd/begins", test_crowd_begins);
	g_test_add_func("/downlink/crowd/first-grows", test_crowd_first_grows);
	g_test_add_func("/downlink/anything", test_anything);
	return g_test_run();
}
