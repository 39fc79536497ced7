/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing is heard of a receiver, or nothing is sent: who is away, and who is only quiet. */
#include <glib.h>

#include "calm.h"

static void test_silence(void)
{
	calm_begin(3);
	calm_run(50, true);
	calm_run(8, false);
	g_assert_true(d->video);
	calm_run(3, false);
	g_assert_false(d->video);
	g_assert_true(d->gated);
	g_assert_cmpuint(d->tier, ==, 3);
	calm_run(50, false);
	calm_run(3, true);
	g_assert_false(d->video);
	calm_run(4, true);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 2); /* after so long, smaller */
	g_assert_cmpuint(link.counters.gates, ==, 1);
	g_assert_cmpuint(link.counters.gated_ms, >=, 4900);
}

/* Who has only waited until now was last heard a while ago. */
static void test_begins(void)
{
	calm_begin(4);
	thp_downlink_on_alive(&link, now_us - 850000);
	for (int i = 0; i < 8; i++) {
		calm_run(1, false);
		g_assert_true(d->video);
	}
}

/* What was sent in an outage has not arrived, and no browser says that so much was lost. */
static void test_outage(void)
{
	calm_begin(3);
	calm_run(50, true);
	calm_run(20, false);
	g_assert_true(d->gated);
	calm_run(6, true);
	for (int i = 0; i < 20; i++) {
		calm_run(2, true);
		g_assert_cmpuint(d->queue_ms, ==, 0);
		g_assert_true(d->video);
		g_assert_cmpuint(d->tier, ==, 3);
	}
}

/* Signs of life that have stood in the other way's queue, and no word. */
static void go_blind(void)
{
	calm_begin(4);
	calm_run(50, true);
	for (int i = 0; i < 9; i++) {
		thp_downlink_other_way(&link, &(thp_received){.queue_ms = 450, .late_ms = 450});
		thp_downlink_on_alive(&link, now_us);
		calm_run(1, false);
		g_assert_true(i > 2 || d->video);
	}
	g_assert_true(d->gated);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(d->video_kbps, ==, 605);
}

static void catch_up(int32_t packets)
{
	thp_receiver_report report = {.span_ms = 1000,
				      .audio_packets = packets,
				      .rtt_ms = -1,
				      .quiet_ms = 10,
				      .late_ms = -1};

	thp_downlink_on_report(&link, &report, now_us);
}

/* While the words about this way stand in the other one pictures wait; whether they were too much the next ones tell. */
static void test_blind(void)
{
	go_blind();
	catch_up(45);
	calm_run(6, true);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 4);
	go_blind();
	catch_up(5); /* the rest is on its way still */
	calm_run(6, true);
	g_assert_true(d->gated);
	g_assert_cmpuint(d->tier, ==, 2); /* speech makes room meanwhile */
	catch_up(40);
	calm_run(12, true);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 2);
}

/* No word gets through: speech, which may be all that fills the link, makes room. */
static void test_wordless(void)
{
	go_blind();
	for (int i = 0; i < 2; i++) {
		thp_downlink_on_alive(&link, now_us);
		calm_run(1, false);
	}
	g_assert_true(d->gated);
	g_assert_cmpuint(d->tier, ==, 2);
}

/* A tenth of a second, with speech of theirs that last came @ago_us before its end. */
static void hear_speech(int64_t ago_us, uint32_t usual_us)
{
	const thp_received received = {.came_us = now_us + 100000 - ago_us, .usual_us = usual_us};

	thp_downlink_other_way(&link, &received);
	calm_run(1, false);
}

/* Their speech came evenly, and now nothing comes at all: pictures wait before anybody knows whether the link is away. */
static void test_hold(void)
{
	calm_begin(4);
	calm_run(50, true);
	hear_speech(20000, 25000);
	hear_speech(120000, 25000);
	g_assert_false(d->hold);
	hear_speech(220000, 25000);
	g_assert_true(d->hold);
	g_assert_true(d->video);
	g_assert_cmpuint(d->padding_kbps, ==, 0);
	hear_speech(20000, 25000);
	g_assert_false(d->hold);
	g_assert_cmpuint(link.counters.gates, ==, 0);
}

/* What comes from them comes late, and their page's last word grows old: pictures wait a little before they stop. */
static void test_hold_unseen(void)
{
	calm_begin(4);
	calm_run(50, true);
	for (int i = 1; i <= 4; i++) {
		const thp_received late = {.queue_ms = 150,
					   .late_ms = 150,
					   .came_us = now_us + 90000,
					   .usual_us = 25000};

		thp_downlink_other_way(&link, &late);
		calm_run(1, false);
		g_assert_true(d->hold == (i == 3));
		g_assert_true(d->gated == (i == 4));
	}
}

/* Who speaks in bursts, or never, or is heard otherwise, is not taken for away. */
static void test_no_hold(void)
{
	calm_begin(4);
	calm_run(50, true);
	for (int64_t ago_us = 100000; ago_us <= 800000; ago_us += 100000) {
		hear_speech(ago_us, 400000);
		g_assert_false(d->hold);
	}
	calm_run(50, true);
	for (int64_t ago_us = 100000; ago_us <= 800000; ago_us += 100000) {
		thp_downlink_on_alive(&link, now_us);
		hear_speech(ago_us, 25000);
		g_assert_false(d->hold);
	}
	thp_downlink_other_way(&link, &(thp_received){0});
	calm_run(8, false);
	g_assert_false(d->hold);
	/* Who was muted a while ago. */
	calm_run(50, true);
	for (int64_t ago_us = 3000000; ago_us <= 4000000; ago_us += 100000) {
		if (ago_us % 300000 == 0)
			thp_downlink_on_alive(&link, now_us);
		hear_speech(ago_us, 25000);
		g_assert_false(d->hold);
	}
}

/* The page lives and says that nothing arrives there. */
static void test_deaf(void)
{
	thp_receiver_report report = {.span_ms = 250, .quiet_ms = 600, .rtt_ms = -1};

	calm_begin(3);
	calm_run(50, true);
	thp_downlink_on_report(&link, &report, now_us);
	calm_run(1, false);
	g_assert_true(d->gated);
}

/* Who mutes or hides themselves, or is sent back to wait, has not made the link a weak one. */
static void test_says_nothing(void)
{
	calm_begin(4);
	calm_run(60, true);
	speaks = false;
	calm_run(100, true);
	g_assert_cmpuint(d->queue_ms, ==, 0);
	speaks = true;
	calm_run(30, true);
	speaks = films = false;
	calm_run(35, true);
	g_assert_cmpuint(d->queue_ms, ==, 0);
	speaks = films = true;
	calm_run(30, true);
	g_assert_cmpuint(d->queue_ms, ==, 0);
	g_assert_true(d->video);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(calm_downs(), ==, 0);
	g_assert_cmpuint(link.counters.gates, ==, 0);
}

/* What went over the same connection before is no burst of now. */
static void test_counts_from_now(void)
{
	calm_begin(4);
	sent = (thp_sent){.audio_bytes = 10000000,
			  .video_bytes = 100000000,
			  .audio_packets = 100000,
			  .video_packets = 100000};
	calm_run(1, true);
	g_assert_cmpuint(link.sense.video_kbps, <, 2000);
	calm_run(50, true);
	g_assert_cmpuint(d->tier, ==, 4);
	g_assert_cmpuint(calm_downs(), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/silence/silence", test_silence);
	g_test_add_func("/silence/begins", test_begins);
	g_test_add_func("/silence/outage", test_outage);
	g_test_add_func("/silence/blind", test_blind);
	g_test_add_func("/silence/wordless", test_wordless);
	g_test_add_func("/silence/hold", test_hold);
	g_test_add_func("/silence/hold-unseen", test_hold_unseen);
	g_test_add_func("/silence/no-hold", test_no_hold);
	g_test_add_func("/silence/deaf", test_deaf);
	g_test_add_func("/silence/says-nothing", test_says_nothing);
	g_test_add_func("/silence/counts-from-now", test_counts_from_now);
	return g_test_run();
}
