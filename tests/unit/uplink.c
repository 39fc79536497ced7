/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A camera's own link: what arrives lowers the tier, and time without trouble raises it. */
#include <glib.h>
#include <string.h>
#include <therapy/uplink.h>

static thp_ladder ladder;
static thp_tuning tuning;
static thp_uplink link;
static thp_received got;
static const thp_uplink_decision *d;
static int64_t now_us;

static void begin(uint32_t tier)
{
	thp_tier_ladder_default(&ladder);
	thp_tier_tuning_default(&tuning);
	memset(&got, 0, sizeof got);
	now_us = 1000000;
	thp_uplink_init(&link, &ladder, &tuning, tier, now_us);
	d = &link.decision;
}

/* @seconds in which @kbps of video and all but @lost_permille arrive; the page reports once a second. */
static void run(double seconds, uint32_t kbps, uint32_t lost_permille,
		const thp_sender_report *report)
{
	for (int i = 0; i < (int)(seconds * 10); i++) {
		uint32_t packets = kbps * 100 / 8 / 1000 + 1;

		now_us += 100000;
		got.audio_packets += 5;
		got.video_packets += packets;
		got.video_bytes += kbps * 100 / 8;
		/* A loss of a tenth is one packet in ten. */
		if (lost_permille > 0 && i % 2 == 0) {
			got.video_lost += MAX(1, packets * 2 * lost_permille / 1000);
			got.audio_lost += (int)(10 * lost_permille / 1000);
		}
		if (report && i % 10 == 0)
			thp_uplink_on_report(&link, report, now_us);
		d = thp_uplink_tick(&link, &got, link.kbps, now_us);
	}
}

static const thp_sender_report fine = {1000, 3000, 40, 0, 0, 0, 30};

static void test_climbs(void)
{
	begin(2);
	run(40, 90, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(link.counters.ups[THP_WHY_CLEAN], ==, 2);
	/* Where nothing is wrong nothing changes, for however little a still picture needs. */
	run(60, 30, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->video_kbps, ==, 1100);
}

static void test_loss(void)
{
	int64_t from_us;

	begin(4);
	run(5, 1000, 0, &fine);
	from_us = now_us;
	while (d->tier == 4 && now_us < from_us + 5000000)
		run(.1, 150, 200, NULL);
	g_assert_cmpint(now_us - from_us, <=, 1500000);
	g_assert_cmpint(d->why, ==, THP_WHY_LOSS);
	g_assert_cmpuint(d->video_kbps, <=, 300);
	run(6, 150, 200, NULL);
	g_assert_cmpuint(d->tier, <, thp_tier_first_video(&ladder));
	g_assert_cmpuint(d->video_kbps, ==, 0);
}

static void test_round_trip(void)
{
	const thp_sender_report slow = {1000, 150, 500, 0, 1000, 0, 15};

	begin(4);
	run(5, 1000, 0, &fine);
	run(2, 150, 0, &slow);
	g_assert_cmpuint(d->tier, ==, 2);
	g_assert_cmpuint(d->queue_ms, >=, 450);
	g_assert_cmpint(d->why, ==, THP_WHY_DELAY);
}

/* A link that was away for a while is not one that is too full, whatever was lost meanwhile. */
static void test_outage(void)
{
	begin(4);
	run(5, 1000, 0, &fine);
	for (int i = 0; i < 30; i++) {
		now_us += 100000;
		d = thp_uplink_tick(&link, &got, link.kbps, now_us);
	}
	/* Each kind's gap is seen with its first packet. */
	now_us += 100000;
	got.audio_packets += 5;
	got.audio_lost += 150;
	d = thp_uplink_tick(&link, &got, link.kbps, now_us);
	got.video_lost += 300;
	run(5, 1000, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->video_kbps, ==, 1100);
}

/* It came late while they waited: it begins with care, and those who hear it hold more back. */
static void test_waited(void)
{
	begin(4);
	thp_uplink_waited(&link, 90000000, false);
	run(1, 1000, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms);
	begin(4);
	thp_uplink_waited(&link, 90000000, true);
	g_assert_cmpuint(d->tier, ==, 3);
	run(44, 300, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms + tuning.buffer_ms);
	run(20, 300, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms);
	/* A queue beside a large picture; beside the smallest it is nobody's fault. */
	got.queue_ms = 80;
	run(.1, 300, 0, &fine);
	got.queue_ms = 0;
	run(119, 1000, 0, &fine);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms + tuning.buffer_ms);
	run(2, 1000, 0, &fine);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms);
	begin(2);
	got.queue_ms = 80;
	run(1, 90, 0, &fine);
	g_assert_cmpuint(d->buffer_ms, ==, 0);
}

/* What is lost without a queue, on a link that is not full, is made good by RED, not by less. */
static void test_random_loss(void)
{
	begin(4);
	run(5, 1000, 0, &fine);
	g_assert_false(d->red);
	for (int i = 0; i < 600; i++) {
		now_us += 100000;
		got.audio_packets += 5;
		got.video_packets += 12;
		got.video_bytes += 12500;
		got.audio_lost += i % 4 == 0;
		got.video_lost += i % 2 == 0;
		if (i % 10 == 0)
			thp_uplink_on_report(&link, &fine, now_us);
		d = thp_uplink_tick(&link, &got, link.kbps, now_us);
		g_assert_cmpuint(d->tier, ==, 4);
		if (i > 40)
			g_assert_true(d->red);
	}
	/* The same losses with a queue are too much. */
	got.queue_ms = 280;
	for (int i = 0; i < 10; i++) {
		now_us += 100000;
		got.audio_packets += 5;
		got.audio_lost += i % 2 == 0;
		d = thp_uplink_tick(&link, &got, link.kbps, now_us);
	}
	g_assert_cmpuint(d->video_kbps, <, 1100);
	g_assert_false(d->red);
}

/* What speech tells of a full link needs no report: next to no picture is asked for until the queue has gone. */
static void test_queue(void)
{
	begin(4);
	run(5, 1000, 0, &fine);
	got.queue_ms = 280;
	/* Alone it may be a machine that is busy. */
	run(2, 1000, 0, NULL);
	g_assert_cmpuint(d->tier, ==, 4);
	run(1.3, 150, 200, NULL);
	g_assert_cmpuint(d->tier, <=, 3);
	g_assert_cmpuint(d->queue_ms, ==, 280);
	g_assert_cmpuint(d->video_kbps, <=, 30);
	/* What was lost in it is no reason for another cut. */
	run(.6, 150, 300, NULL);
	uint32_t tier = d->tier;

	got.queue_ms = 20;
	run(1, 150, 0, NULL);
	g_assert_cmpuint(d->tier, ==, tier);
	g_assert_cmpuint(d->video_kbps, >, 30);
}

/* A queue that is very long needs no losses: where it may be as deep as it likes nothing else says so in time. */
static void test_deep_queue(void)
{
	begin(4);
	run(5, 1000, 0, &fine);
	/* What an outage of a moment held up comes at once. */
	got.queue_ms = 450;
	run(.2, 1000, 0, NULL);
	got.queue_ms = 20;
	run(1, 1000, 0, NULL);
	g_assert_cmpuint(d->tier, ==, 4);
	got.queue_ms = 450;
	run(.6, 200, 0, NULL);
	g_assert_cmpuint(d->tier, <=, 3);
	g_assert_cmpint(d->why, ==, THP_WHY_DELAY);
	g_assert_cmpuint(d->video_kbps, <=, 30);
}

/* Who says nothing has no queue, whatever their last packet told. */
/* Right after a step up half of that delay is reason enough to take it back, and no other time. */
static void test_trial(void)
{
	begin(4);
	run(5, 1000, 0, &fine);
	got.queue_ms = 150;
	run(1, 1000, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 4);
	begin(2);
	while (d->tier == 2)
		run(.1, 90, 0, &fine);
	got.queue_ms = 150;
	run(.5, 90, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 2);
	g_assert_cmpint(d->why, ==, THP_WHY_DELAY);
}

static void test_mute(void)
{
	begin(4);
	run(5, 1000, 0, &fine);
	got.queue_ms = 280;
	for (int i = 0; i < 30; i++) {
		now_us += 100000;
		got.video_packets += 10;
		got.video_bytes += 12500;
		d = thp_uplink_tick(&link, &got, link.kbps, now_us);
		if (i < 5)
			got.queue_ms = 100;
	}
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->queue_ms, ==, 0);
}

static void test_falls_short(void)
{
	const thp_sender_report limited = {1000, 200, 60, 0, 1000, 0, 15};

	begin(4);
	run(5, 1000, 0, &fine);
	/* A browser takes a while to find out what its link bears. */
	run(8, 190, 0, &limited);
	g_assert_cmpuint(d->tier, ==, 4);
	run(8, 190, 0, &limited);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_cmpint(d->why, ==, THP_WHY_ESTIMATE);
	/* And stays while the browser sees no more room. */
	run(30, 190, 0, &limited);
	g_assert_cmpuint(d->tier, ==, 3);
}

static void test_range(void)
{
	const thp_tier_range voice = {.cap = 1, .why = THP_WHY_CHOICE};

	begin(4);
	thp_uplink_limit(&link, &voice);
	run(.1, 1000, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 1);
	g_assert_true(d->changed);
	g_assert_cmpint(d->why, ==, THP_WHY_CHOICE);
	run(60, 0, 0, &fine);
	g_assert_cmpuint(d->tier, ==, 1);
}

/* What was lost before, in another room or while waiting, is not lost now. */
static void test_counts_from_now(void)
{
	begin(4);
	got = (thp_received){.audio_packets = 1000,
			     .video_packets = 1000,
			     .audio_lost = 500,
			     .video_lost = 500,
			     .video_bytes = 1000000};
	for (int i = 0; i < 20; i++) {
		run(.1, 1000, 0, &fine);
		g_assert_cmpuint(d->loss_permille, ==, 0);
		g_assert_cmpuint(d->video_kbps, ==, 1100);
	}
}

/* A step up that fails is tried less and less often. */
static void test_backs_off(void)
{
	guint ups;

	begin(3);
	for (int i = 0; i < 300; i++)
		run(1, 300, d->tier > 3 ? 250 : 0, &fine);
	ups = link.counters.ups[THP_WHY_CLEAN];
	g_assert_cmpuint(ups, >=, 3);
	g_assert_cmpuint(ups, <=, 14);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/uplink/climbs", test_climbs);
	g_test_add_func("/uplink/loss", test_loss);
	g_test_add_func("/uplink/round-trip", test_round_trip);
	g_test_add_func("/uplink/outage", test_outage);
	g_test_add_func("/uplink/waited", test_waited);
	g_test_add_func("/uplink/random-loss", test_random_loss);
	g_test_add_func("/uplink/queue", test_queue);
	g_test_add_func("/uplink/deep-queue", test_deep_queue);
	g_test_add_func("/uplink/trial", test_trial);
	g_test_add_func("/uplink/mute", test_mute);
	g_test_add_func("/uplink/falls-short", test_falls_short);
	g_test_add_func("/uplink/range", test_range);
	g_test_add_func("/uplink/counts-from-now", test_counts_from_now);
	g_test_add_func("/uplink/backs-off", test_backs_off);
	return g_test_run();
}
