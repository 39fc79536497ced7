/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receiver's link that is too full for its page's reports to come through. */
#include <glib.h>
#include <string.h>
#include <therapy/downlink.h>

#define HIGH  4
#define AUDIO 1

static thp_ladder ladder;
static thp_tuning tuning;
static thp_downlink link;
static thp_sent sent;
static const thp_downlink_decision *d;
static int64_t now_us;

static void begin(void)
{
	thp_tier_ladder_default(&ladder);
	thp_tier_tuning_default(&tuning);
	memset(&sent, 0, sizeof sent);
	now_us = 1000000;
	thp_downlink_init(&link, &ladder, &tuning, HIGH, now_us);
	d = &link.decision;
}

/* A tenth of a second; the person is there in any case. */
static void tick(bool reports, uint32_t back_ms)
{
	thp_receiver_report report = {.span_ms = 100,
				      .audio_samples = 4800,
				      .audio_packets = 5,
				      .freeze_ms = -1,
				      .rtt_ms = 40};

	now_us += 100000;
	sent.audio_packets += 5;
	sent.audio_bytes += 5 * 100;
	sent.video_packets += d->video ? 10 : 0;
	sent.video_bytes += d->video ? d->video_kbps * 100 / 8 : 0;
	report.video_bytes = (int32_t)(d->video ? d->video_kbps * 100 / 8 : 0);
	thp_downlink_on_alive(&link, now_us);
	thp_downlink_other_way(&link, &(thp_received){.queue_ms = back_ms, .late_ms = back_ms});
	if (reports)
		thp_downlink_on_report(&link, &report, now_us);
	d = thp_downlink_tick(&link, &sent, now_us);
}

static void run(uint32_t ticks, bool reports, uint32_t back_ms)
{
	while (ticks-- > 0)
		tick(reports, back_ms);
}

static void test_goes_down(void)
{
	begin();
	run(50, true, 0);
	g_assert_cmpuint(d->tier, ==, HIGH);
	/* Pictures wait soon, and speech makes some room, which may be all that it takes. */
	run(4, false, 300);
	g_assert_true(d->gated);
	g_assert_cmpuint(d->tier, ==, HIGH);
	run(17, false, 300);
	g_assert_cmpuint(d->tier, ==, AUDIO + 1);
	run(6, false, 300);
	g_assert_cmpuint(d->tier, ==, AUDIO);
	g_assert_false(d->video);
	/* The queue may go as soon as less is sent: that is no word of what arrives. */
	run(25, false, 0);
	g_assert_cmpuint(d->tier, ==, 0);
	run(200, false, 0);
	g_assert_cmpuint(d->tier, ==, 0);
	g_assert_cmpuint(link.counters.probes, ==, 0);
	run(300, true, 0);
	g_assert_cmpuint(d->tier, >, AUDIO);
}

/* Reports that do not come on a way that is free have another reason. */
static void test_needs_a_queue(void)
{
	begin();
	run(50, true, 0);
	run(100, false, 0);
	g_assert_cmpuint(d->tier, ==, HIGH);
	g_assert_true(d->video);
}

/* A page that never reports is not missed. */
static void test_never_reports(void)
{
	begin();
	run(100, false, 300);
	g_assert_cmpuint(d->tier, ==, HIGH);
}

/* Operators hold whom they hold. */
static void test_floor(void)
{
	thp_tier_range range = {.floor = HIGH, .cap = HIGH, .why = THP_WHY_OPS};

	begin();
	thp_downlink_limit(&link, &range);
	run(50, true, 0);
	run(100, false, 300);
	g_assert_cmpuint(d->tier, ==, HIGH);
}

/* After a silence pictures wait for a word of the page, and without one begin small. */
static void test_back_without_a_word(void)
{
	begin();
	run(50, true, 0);
	for (int i = 0; i < 30; i++) {
		now_us += 100000;
		d = thp_downlink_tick(&link, &sent, now_us);
	}
	g_assert_true(d->gated);
	run(10, false, 0);
	g_assert_true(d->gated);
	run(20, false, 0);
	g_assert_false(d->gated);
	g_assert_cmpuint(d->tier, ==, AUDIO + 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/unheard/goes-down", test_goes_down);
	g_test_add_func("/unheard/needs-a-queue", test_needs_a_queue);
	g_test_add_func("/unheard/never-reports", test_never_reports);
	g_test_add_func("/unheard/floor", test_floor);
	g_test_add_func("/unheard/back-without-a-word", test_back_without_a_word);
	return g_test_run();
}
