/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What losses and delays are signs of: this link, another one, a machine, or the network itself. */
#include <glib.h>

#include "calm.h"

/* So many seconds in which @lost of a hundred packets of the picture do not arrive, and all is well otherwise. */
static void lose(uint32_t seconds, int32_t lost)
{
	static thp_rr rr;

	for (uint32_t i = 0; i < seconds; i++) {
		calm_run(10, true);
		rr.highest_seq += 100;
		rr.lost += lost;
		rr.rtt_ms = 40;
		thp_downlink_on_rr(&link, 1, &rr, now_us);
	}
}

/* Long before it is known that losses are not ours, where there is room; what is always lost is learnt. */
static void test_red(void)
{
	calm_begin(4);
	lose(10, 0);
	g_assert_false(d->red);
	lose(4, 2);
	g_assert_true(d->red);
	g_assert_cmpuint(d->tier, ==, 4);
	lose(10, 0);
	g_assert_false(d->red);
	calm_limit(2, 2);
	lose(4, 2);
	g_assert_false(d->red);
	lose(90, 2);
	g_assert_true(d->red);
}

/* A machine that was busy from the first report on: nothing is known yet of what is usual. */
static void test_busy(void)
{
	thp_receiver_report report = {
		.span_ms = 200, .audio_packets = 10, .rtt_ms = 40, .quiet_ms = 10, .busy_ms = 500};

	calm_begin(4);
	calm_run(1, true);
	thp_downlink_on_report(&link, &report, now_us);
	for (int i = 0; i < 20; i++) {
		calm_run(2, true);
		g_assert_true(d->video);
		g_assert_cmpuint(d->video_kbps, ==, 1100);
	}
}

/* Round trips that are long because the receiver's own camera fills its link say nothing of this way. */
static void test_other_way(void)
{
	thp_rr rr = {.highest_seq = 1, .rtt_ms = 40};

	calm_begin(4);
	thp_downlink_on_rr(&link, 0, &rr, now_us);
	calm_run(20, true);
	for (int i = 0; i < 20; i++) {
		thp_downlink_other_way(&link, &(thp_received){.queue_ms = 400, .late_ms = 400});
		rr.rtt_ms = 440;
		rr.highest_seq += 5;
		thp_downlink_on_rr(&link, 0, &rr, now_us);
		calm_run(1, false);
		g_assert_cmpuint(d->queue_ms, ==, 0);
	}
	/* And this way's own queue is seen behind it. */
	for (int i = 0; i < 2; i++) {
		thp_downlink_other_way(&link, &(thp_received){.queue_ms = 100, .late_ms = 100});
		rr.rtt_ms = 840;
		thp_downlink_on_rr(&link, 0, &rr, now_us);
		calm_run(1, false);
	}
	g_assert_cmpuint(d->queue_ms, >=, 390);
}

/* What was lost on the camera's own way, this link has not lost. */
static void test_lost_before(void)
{
	thp_rr rr = {.highest_seq = 1000, .rtt_ms = 40};

	calm_begin(4);
	for (int i = 0; i < 100; i++) {
		rr.highest_seq += 20;
		rr.lost += 2;
		rr.skipped += i % 2 ? 0 : 4; /* it may be heard of late */
		thp_downlink_on_rr(&link, 0, &rr, now_us);
		calm_run(2, true);
		g_assert_cmpuint(d->loss_permille, ==, 0);
		g_assert_cmpuint(d->tier, ==, 4);
	}
	for (int i = 0; i < 20; i++) {
		rr.highest_seq += 20;
		rr.lost += 2;
		thp_downlink_on_rr(&link, 0, &rr, now_us);
		calm_run(2, true);
	}
	g_assert_cmpuint(d->loss_permille, >=, 60);
}

/* One report that speech comes @late_ms late, while @permille of the pictures arrive. */
static void tell_late(int32_t late_ms, uint32_t permille)
{
	thp_receiver_report report = {.span_ms = 150,
				      .audio_packets = 7,
				      .video_bytes =
					      (int32_t)(d->video_kbps * 150 / 8 * permille / 1000),
				      .rtt_ms = -1,
				      .quiet_ms = 10,
				      .late_ms = late_ms};

	thp_downlink_on_report(&link, &report, now_us);
	sent.audio_packets += 5;
	sent.video_bytes += d->video_kbps * 100 / 8;
	now_us += 30000;
	d = thp_downlink_tick(&link, &sent, now_us);
}

/* Speech that is late, and much less of the picture than was sent: at once, to what arrives. */
static void test_late(void)
{
	calm_begin(4);
	calm_run(50, true);
	tell_late(90, 900);
	g_assert_true(d->video);
	tell_late(110, 200);
	g_assert_false(d->video);
	g_assert_cmpuint(d->video_kbps, <, 300);
	/* Very late is enough, and what comes meanwhile is what the link bears. */
	calm_begin(4);
	calm_run(50, true);
	tell_late(200, 950);
	g_assert_false(d->video);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->video_kbps, <, 700);
	calm_begin(4);
	calm_run(50, true);
	tell_late(200, 600);
	g_assert_cmpuint(d->tier, ==, 3);
}

/* It was late before it was sent here, or the page was too busy to be asked. */
static void test_late_elsewhere(void)
{
	calm_begin(4);
	calm_run(50, true);
	sent.late_ms = 250;
	tell_late(300, 950);
	g_assert_true(d->video);
	sent.late_ms = 0;
	tell_late(300, 950);
	g_assert_true(d->video);
	calm_begin(4);
	calm_run(50, true);
	link.sense.busy_us = now_us;
	tell_late(300, 200);
	g_assert_true(d->video);
}

/* Packets that nobody accounts for, and what comes is in time: that is no queue. */
static void test_miscounted(void)
{
	calm_begin(4);
	calm_run(50, true);
	sent.audio_packets += 36;
	calm_run(6, true);
	g_assert_cmpuint(d->queue_ms, >, 0);
	calm_begin(4);
	times = true;
	calm_run(50, true);
	sent.audio_packets += 36;
	for (int i = 0; i < 30; i++) {
		calm_run(2, true);
		g_assert_cmpuint(d->queue_ms, ==, 0);
		g_assert_true(d->video);
	}
}

/* A little late: less is sent, a little more speech held back, and no picture waits. */
static void test_ease(void)
{
	calm_begin(4);
	calm_run(650, true);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms);
	uint32_t before_kbps = d->video_kbps;

	tell_late(90, 950);
	g_assert_true(d->video);
	g_assert_false(d->hold);
	g_assert_cmpuint(d->tier, ==, 4);
	uint32_t kbps = d->video_kbps;
	g_assert_cmpuint(kbps, <, before_kbps);
	g_assert_cmpuint(kbps, >, before_kbps * 4 / 5);
	g_assert_cmpuint(d->buffer_ms, ==, (tuning.ahead_ms + tuning.buffer_ms) / 2);
	/* Once for as long as it is late. */
	tell_late(95, 950);
	g_assert_cmpuint(d->video_kbps, ==, kbps);
	tell_late(0, 950);
	calm_run(200, true);
	g_assert_cmpuint(d->video_kbps, ==, kbps);
	tell_late(90, 950);
	g_assert_cmpuint(d->video_kbps, <, kbps);
}

/* Later than that: pictures wait until a word says that it is over, but not for ever: the way may have become longer. */
static void test_hold_late(void)
{
	calm_begin(3);
	calm_run(50, true);
	tell_late(130, 950);
	g_assert_true(d->hold);
	g_assert_true(d->video);
	tell_late(0, 0);
	g_assert_false(d->hold);
	g_assert_true(d->video);
	calm_run(50, true);
	int64_t from_us = now_us;

	for (tell_late(130, 950); d->hold; tell_late(130, 0))
		g_assert_cmpint(now_us - from_us, <, 2000000);
	g_assert_cmpint(now_us - from_us, >, 1000000);
	g_assert_true(d->video);
	for (int i = 0; i < 50; i++) {
		tell_late(130, 950);
		g_assert_false(d->hold);
	}
	tell_late(0, 950);
	tell_late(130, 950);
	g_assert_true(d->hold);
}

/* After a cut the rate keeps well below what it was, for a while; after the third, for longer. */
static void test_swings(void)
{
	calm_begin(4);
	calm_run(50, true);
	tell_late(200, 950);
	g_assert_false(d->video);
	for (int swing = 1; swing <= 2; swing++) {
		for (int i = 0; i < 20; i++) {
			calm_run(20, true);
			/* 90, and six tenths of the rest. */
			g_assert_cmpuint(d->video_kbps, <=, 696);
		}
		calm_run(300, true);
		g_assert_cmpuint(d->video_kbps, >, 900);
		tell_late(200, 950);
	}
	calm_run(1100, true);
	g_assert_cmpuint(d->video_kbps, ==, 605);
	calm_run(600, true);
	g_assert_cmpuint(d->video_kbps, >, 900);
	calm_begin(4);
	calm_run(650, true);
	tell_late(200, 950);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms + tuning.buffer_ms);
}

/* A little speech is held back ahead of trouble where pictures are large, more after it. */
static void test_buffer(void)
{
	thp_receiver_report gap = {.span_ms = 200,
				   .audio_samples = 9600,
				   .concealed_samples = 2000,
				   .audio_packets = 10,
				   .rtt_ms = 40};

	calm_begin(2);
	calm_run(1, true);
	g_assert_cmpuint(d->buffer_ms, ==, 0);
	/* For a minute nobody knows whether the link swings. */
	calm_begin(3);
	calm_run(598, true);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms + tuning.buffer_ms);
	calm_run(2, true);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms);
	thp_downlink_on_report(&link, &gap, now_us);
	calm_run(1, true);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms + tuning.buffer_ms);
	calm_run(1300, true);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms);
	calm_begin(3);
	tuning.ahead_ms = 0;
	calm_run(1, true);
	g_assert_cmpuint(d->buffer_ms, ==, 0);
}

/* How speech came while its person waited: evenly, which counts as seen, or late, and then with care. */
static void test_waited(void)
{
	calm_begin(4);
	uint32_t all_ms = tuning.ahead_ms + tuning.buffer_ms;

	thp_downlink_waited(&link, 20000000, false);
	calm_run(398, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->buffer_ms, ==, all_ms);
	calm_run(2, true);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms);
	calm_begin(4);
	thp_downlink_waited(&link, 20000000, true);
	calm_run(449, true);
	g_assert_cmpuint(d->tier, ==, 3);
	g_assert_cmpuint(d->video_kbps, ==, 300);
	g_assert_cmpuint(d->buffer_ms, ==, all_ms);
	calm_run(300, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->buffer_ms, ==, tuning.ahead_ms);
	/* The smallest needs no care. */
	calm_begin(2);
	thp_downlink_waited(&link, 20000000, true);
	calm_run(1, true);
	g_assert_cmpuint(d->tier, ==, 2);
	g_assert_cmpuint(d->buffer_ms, ==, 0);
}

/* What was held up comes in one burst: the link was narrow for a moment, and is what it was. */
static void test_fade(void)
{
	calm_begin(4);
	calm_run(50, true);
	tell_late(110, 100);
	g_assert_false(d->video);
	g_assert_cmpuint(d->tier, <, 4);
	tell_late(-1, 1000 * 1100 / d->video_kbps);
	calm_run(5, false);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpint(d->why, ==, THP_WHY_BACK);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/signs/red", test_red);
	g_test_add_func("/signs/busy", test_busy);
	g_test_add_func("/signs/other-way", test_other_way);
	g_test_add_func("/signs/lost-before", test_lost_before);
	g_test_add_func("/signs/late", test_late);
	g_test_add_func("/signs/late-elsewhere", test_late_elsewhere);
	g_test_add_func("/signs/miscounted", test_miscounted);
	g_test_add_func("/signs/ease", test_ease);
	g_test_add_func("/signs/hold-late", test_hold_late);
	g_test_add_func("/signs/swings", test_swings);
	g_test_add_func("/signs/buffer", test_buffer);
	g_test_add_func("/signs/waited", test_waited);
	g_test_add_func("/signs/fade", test_fade);
	return g_test_run();
}
