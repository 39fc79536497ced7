/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way up: what arrives, and what the browser makes of its own tries. */
#include <glib.h>
#include <string.h>
#include <therapy/arrival.h>

#define EACH_BYTES 200 /* of an RTP packet; 44 more on the wire */

static thp_network_rules rules;
static thp_arrival a;
static thp_received total;
static int64_t now_us;

static void begin(void)
{
	memset(&total, 0, sizeof total);
	total.audio_packets = 5000; /* from before */
	now_us = 1000000;
	thp_arrival_init(&a, &rules, &total);
}

/* One tenth of a second. */
static void tenth(uint32_t audio, uint32_t video, uint32_t lost, uint32_t queue_ms)
{
	now_us += 100000;
	total.audio_packets += audio;
	total.audio_bytes += audio * EACH_BYTES;
	total.video_packets += video;
	total.video_bytes += video * EACH_BYTES;
	total.video_lost += lost;
	total.queue_ms = queue_ms;
	thp_arrival_tick(&a, &total, now_us);
}

static void run(double seconds, uint32_t video, uint32_t lost, uint32_t queue_ms,
		int32_t available_kbps)
{
	const thp_sender_report report = {.available_kbps = available_kbps};

	for (int i = 0; i < (int)(seconds * 10) && !a.over; i++) {
		if (i % 10 == 5)
			thp_arrival_on_report(&a, &report);
		tenth(5, video, lost, queue_ms);
	}
}

static void test_nothing_comes(void)
{
	begin();
	for (int i = 0; i < 600; i++)
		tenth(0, 0, 0, 0);
	g_assert_false(a.over);
}

static void test_good(void)
{
	begin();
	run(5, 10, 0, 5, 1500);
	g_assert_true(a.over && a.found.known && !a.found.limited);
	g_assert_cmpuint(a.found.kbps, >=, 1500);
	/* without an estimate: what came */
	begin();
	run(5, 10, 0, 5, -1);
	g_assert_false(a.found.limited);
	g_assert_cmpuint(a.found.kbps, >=, 280);
	g_assert_cmpuint(a.found.kbps, <=, 300);
	/* speech alone */
	begin();
	run(5, 0, 0, 5, -1);
	g_assert_true(a.found.known && !a.found.limited);
}

static void test_losses(void)
{
	begin();
	run(4, 5, 2, 20, -1);
	g_assert_true(a.over && a.found.limited);
	/* what arrives: ten packets a tenth of a second */
	g_assert_cmpuint(a.found.kbps, >=, 185);
	g_assert_cmpuint(a.found.kbps, <=, 205);
	g_assert_cmpint(now_us, <, 4000000);
}

/* Late speech alone may be a busy page; an estimate alone may be too careful. */
static void test_proof(void)
{
	begin();
	run(5, 5, 0, 400, 900);
	g_assert_true(a.over && !a.found.limited);
	begin();
	run(5, 5, 0, 5, 90);
	g_assert_true(a.over && !a.found.limited);
	begin();
	run(5, 5, 0, 400, 90);
	g_assert_true(a.over && a.found.limited);
	begin();
	run(5, 3, 0, 90, 60);
	g_assert_true(a.over && a.found.limited);
	g_assert_cmpuint(a.found.kbps, >=, 150);
	g_assert_cmpuint(a.found.kbps, <=, 165);
}

/* Without an estimate a round trip says that it is no busy page; with one it says nothing. */
static void test_round_trip(void)
{
	const thp_sender_report slow = {.available_kbps = -1, .rtt_ms = 300};
	const thp_sender_report quick = {.available_kbps = -1, .rtt_ms = 60};
	const thp_sender_report wide = {.available_kbps = 900, .rtt_ms = 300};
	const struct {
		const thp_sender_report *report;
		uint32_t queue_ms;
		bool limited;
	} cases[] = {
		{&slow, 240, true}, {&quick, 240, false}, {&wide, 240, false}, {&slow, 150, false}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		begin();
		for (int k = 0; k < 100 && !a.over; k++) {
			thp_arrival_on_report(&a, cases[i].report);
			tenth(5, 5, 0, cases[i].queue_ms);
		}
		g_assert_true(a.over && a.found.known);
		g_assert_true(a.found.limited == cases[i].limited);
	}
}

/* A short loss, as while the page is busy to begin, is none of the link's. */
static void test_short_loss(void)
{
	begin();
	run(0.5, 5, 3, 0, 1000);
	run(4, 5, 0, 0, 1000);
	g_assert_true(a.over && !a.found.limited);
}

/* Whatever comes: an answer by the time that is given, and after that no other. */
static void test_any(void)
{
	GRand *chance = g_rand_new_with_seed(2);

	for (guint i = 0; i < 300; i++) {
		begin();
		for (int k = 0; k < 120; k++) {
			const thp_sender_report report = {
				.available_kbps = g_rand_int_range(chance, -1, 3000)};
			thp_network_way before = a.found;
			bool was_over = a.over;

			thp_arrival_on_report(&a, &report);
			tenth((uint32_t)g_rand_int_range(chance, 1, 6),
			      (uint32_t)g_rand_int_range(chance, 0, 20),
			      (uint32_t)g_rand_int_range(chance, 0, 4),
			      (uint32_t)g_rand_int_range(chance, 0, 500));
			if (was_over)
				g_assert_cmpmem(&before, sizeof before, &a.found, sizeof a.found);
			/* Nothing is told of a link before it was looked at for a second. */
			if (now_us < 2000000)
				g_assert_false(a.over);
		}
		g_assert_true(a.over && a.found.known);
	}
	g_rand_free(chance);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	thp_network_rules_default(&rules);
	g_test_add_func("/arrival/nothing-comes", test_nothing_comes);
	g_test_add_func("/arrival/good", test_good);
	g_test_add_func("/arrival/losses", test_losses);
	g_test_add_func("/arrival/proof", test_proof);
	g_test_add_func("/arrival/round-trip", test_round_trip);
	g_test_add_func("/arrival/short-loss", test_short_loss);
	g_test_add_func("/arrival/any", test_any);
	return g_test_run();
}
