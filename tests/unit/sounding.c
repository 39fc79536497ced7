/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way down is found out through a link in a box: drop-tail queue, delay both ways, losses, a page that reports. */
#include <glib.h>
#include <string.h>
#include <therapy/sounding.h>

#define MOST_KBPS 1400
#define FLIGHT    4096 /* packets on their way at once, at most */

/* A link, and the page at its end. */
typedef struct box {
	uint32_t kbps, queue_ms, delay_ms, lost_permille;
	gboolean mute;       /* the page never reports, or */
	uint32_t words;      /* if not 0: after so many reports not any more */
	uint32_t busy_ms;    /* it says so in every report */
	int64_t no_clock;    /* its clock is not known */
	uint32_t up_late_ms; /* every third report takes so much longer */
	gboolean starves; /* an answer comes through only once the link has been idle for a while */
} box;

#define IDLE_US 400000 /* of that link, until what was lost of an answer is sent again */

static thp_sounding s;
static thp_network_rules rules;
static GRand *chance;
static int64_t now_us, free_us; /* the link is busy until then */
static int64_t arrives_us[FLIGHT];
static uint32_t in, out; /* packets put into the link, and taken out of it */
static uint32_t sent, got, lost, lost_before, told_got;
static double credit;
static int64_t look_us, looked_us, report_at_us;
static gboolean unanswered;
static thp_receiver_report report;
static uint32_t reports;

static void send_one(const box *b)
{
	int64_t each_us = (int64_t)THP_SOUNDING_PACKET_BYTES * 8 * 1000 / b->kbps;

	sent++;
	if (free_us < now_us)
		free_us = now_us;
	if (free_us - now_us > (int64_t)b->queue_ms * 1000 ||
	    (uint32_t)g_rand_int_range(chance, 0, 1000) < b->lost_permille) {
		lost++;
		return;
	}
	free_us += each_us;
	arrives_us[in++ % FLIGHT] = free_us + (int64_t)b->delay_ms * 1000;
	g_assert_cmpuint(in - out, <, FLIGHT);
}

/* The page looks, and what it saw is on its way for as long as the delay. */
static void look(const box *b)
{
	uint32_t late_ms = reports % 3 == 2 ? b->up_late_ms : 0;

	report = (thp_receiver_report){
		.span_ms = reports == 0 ? 0 : (uint32_t)((now_us - looked_us) / 1000),
		.video_packets = reports == 0 ? -1 : (int32_t)(got - told_got),
		.video_lost = reports == 0 ? -1 : (int32_t)(lost - lost_before),
		.at_ms = b->no_clock ? -1 : (int32_t)(now_us / 1000 + 777000),
		.busy_ms = (int32_t)b->busy_ms};
	told_got = got;
	lost_before = lost;
	looked_us = now_us;
	look_us = INT64_MAX;
	report_at_us = now_us + (int64_t)(b->delay_ms + late_ms) * 1000;
	reports++;
}

/* The answer goes back through the queue; then the page waits. */
static void answer_report(const box *b)
{
	look_us = now_us + (int64_t)b->delay_ms * 1000 + MAX(free_us - now_us, 0) + 250000;
	unanswered = FALSE;
}

static void step(const box *b, uint32_t kbps)
{
	now_us += 1000;
	for (credit += kbps; credit >= THP_SOUNDING_PACKET_BYTES * 8;
	     credit -= THP_SOUNDING_PACKET_BYTES * 8)
		send_one(b);
	while (out != in && arrives_us[out % FLIGHT] <= now_us) {
		out++;
		got++;
	}
	if (!b->mute && now_us >= look_us && (b->words == 0 || reports < b->words))
		look(b);
	if (now_us >= report_at_us) {
		thp_sounding_on_report(&s, &report, now_us);
		report_at_us = INT64_MAX;
		unanswered = TRUE;
	}
	if (unanswered && (!b->starves || now_us - free_us > IDLE_US))
		answer_report(b);
}

/* Returns how long it took, in milliseconds. */
static int64_t run(const box *b)
{
	uint32_t kbps = 0;
	int64_t begun_us;

	now_us = 5000000;
	begun_us = now_us;
	free_us = 0;
	in = out = sent = got = lost = lost_before = told_got = reports = 0;
	credit = 0;
	look_us = now_us + 300000;
	report_at_us = INT64_MAX;
	unanswered = FALSE;
	thp_sounding_init(&s, &rules, MOST_KBPS, now_us);
	while (!thp_sounding_is_over(&s) && now_us - begun_us < 30000000) {
		if (now_us % 20000 == 0)
			kbps = thp_sounding_tick(&s, sent, now_us);
		step(b, kbps);
	}
	g_test_message("%u kbit/s, queue %u ms, delay %u ms, loss %u: %s, %s %u kbit/s, %u bytes, "
		       "%d ms",
		       b->kbps, b->queue_ms, b->delay_ms, b->lost_permille,
		       s.found.known ? "known" : "unknown",
		       s.found.limited ? "at most" : "at least", s.found.kbps,
		       sent * THP_SOUNDING_PACKET_BYTES, (int)((now_us - begun_us) / 1000));
	g_assert_true(thp_sounding_is_over(&s));
	g_assert_cmpuint(sent * THP_SOUNDING_PACKET_BYTES, <=, rules.kbytes * 1000 + 4000);
	return (now_us - begun_us) / 1000;
}

/* ---- one link after the other ---- */

static void test_good(void)
{
	const box links[] = {{.kbps = 2000, .queue_ms = 300, .delay_ms = 20},
			     {.kbps = 20000, .queue_ms = 50, .delay_ms = 5},
			     {.kbps = 4000, .queue_ms = 300, .delay_ms = 150},
			     {.kbps = 4000, .queue_ms = 300, .delay_ms = 20, .lost_permille = 50}};
	const box slow_way_back = {
		.kbps = 4000, .queue_ms = 300, .delay_ms = 20, .up_late_ms = 900};

	for (guint i = 0; i < G_N_ELEMENTS(links); i++) {
		g_assert_cmpint(run(&links[i]), <, 8500);
		g_assert_true(s.found.known && !s.found.limited);
		g_assert_cmpuint(s.found.kbps, ==, MOST_KBPS);
	}
	/* What is full up there is not taken for full down here: at most less can be tried in the time. */
	g_assert_cmpint(run(&slow_way_back), <, 8500);
	g_assert_true(s.found.known && !s.found.limited);
	g_assert_cmpuint(s.found.kbps, >=, 300);
}

static void assert_limit(const box *b, double least, double most)
{
	g_assert_cmpint(run(b), <, 8500);
	g_assert_true(s.found.known && s.found.limited);
	g_assert_cmpfloat(s.found.kbps, >=, b->kbps * least);
	g_assert_cmpfloat(s.found.kbps, <=, b->kbps * most);
}

static void test_narrow(void)
{
	const uint32_t kbps[] = {35, 60, 80, 120, 200, 300, 500, 800};

	for (guint i = 0; i < G_N_ELEMENTS(kbps); i++) {
		for (uint32_t queue_ms = 50; queue_ms <= 2000; queue_ms *= 6) {
			box b = {.kbps = kbps[i], .queue_ms = queue_ms, .delay_ms = 20};
			assert_limit(&b, 0.7, queue_ms > 1000 ? 1.25 : 1.1);
		}
	}
}

/* It stops when the answer is clear: what is narrow is not flooded with all that there is to send. */
static void test_stops_early(void)
{
	box b = {.kbps = 60, .queue_ms = 300, .delay_ms = 20};

	g_assert_cmpint(run(&b), <, 4000);
	g_assert_cmpuint(sent * THP_SOUNDING_PACKET_BYTES, <, 50000);
}

/* What fills the link keeps the page's words away as well: so it is not filled for long without any. */
static void test_starving(void)
{
	for (uint32_t kbps = 35; kbps <= 65; kbps += 10) {
		for (uint32_t queue_ms = 50; queue_ms <= 350; queue_ms += 50) {
			box b = {.kbps = kbps,
				 .queue_ms = queue_ms,
				 .delay_ms = 20,
				 .starves = TRUE};
			assert_limit(&b, 0.7, 1.3);
		}
	}
}

/* A few reports, and then the way up is full: what came is known until then, and no longer. */
static void test_unfinished(void)
{
	for (uint32_t words = 2; words <= 4; words++) {
		const box b = {.kbps = 60, .queue_ms = 300, .delay_ms = 20, .words = words};

		run(&b);
		g_assert_true(s.found.known && s.found.limited);
		g_test_message("after %u reports: %u kbit/s", words, s.found.kbps);
		g_assert_cmpuint(s.found.kbps, >=, 20);
		g_assert_cmpuint(s.found.kbps, <=, 75);
	}
}

static void test_busy_and_mute(void)
{
	box mute = {.kbps = 4000, .queue_ms = 300, .delay_ms = 20, .mute = TRUE};
	box busy = {.kbps = 4000, .queue_ms = 300, .delay_ms = 20, .busy_ms = 400};
	box busy_narrow = {.kbps = 40, .queue_ms = 300, .delay_ms = 20, .busy_ms = 400};
	box clockless = {.kbps = 150, .queue_ms = 300, .delay_ms = 20, .no_clock = TRUE};

	g_assert_cmpint(run(&mute), <, 8500);
	g_assert_false(s.found.known);
	g_assert_cmpuint(sent, ==, 0);
	g_assert_cmpint(run(&busy), <, 8500);
	g_assert_false(s.found.limited);
	run(&busy_narrow);
	g_assert_true(s.found.known && s.found.limited);
	g_assert_cmpuint(s.found.kbps, <, 60);
	assert_limit(&clockless, 0.7, 1.1);
}

/* As long as it is full nothing gets any older: what comes is less than what was sent. */
static void test_full_before(void)
{
	thp_receiver_report r = {.at_ms = 100000, .video_packets = -1, .video_lost = -1};
	uint32_t packets = 0;

	now_us = 5000000;
	thp_sounding_init(&s, &rules, MOST_KBPS, now_us);
	thp_sounding_on_report(&s, &r, now_us);
	for (int i = 1; i <= 100 && !thp_sounding_is_over(&s); i++) {
		now_us += 50000;
		/* 87 kbit/s go out, 50 arrive; no loss is told of, for what is lost is sent again */
		packets = (uint32_t)(i * 87 * 50 / 8 / THP_SOUNDING_PACKET_BYTES);
		(void)thp_sounding_tick(&s, packets, now_us);
		if (i % 10 != 0)
			continue;
		r = (thp_receiver_report){.span_ms = 500, .at_ms = 100000 + i * 50};
		r.video_packets = 50 * 500 / 8 / THP_SOUNDING_PACKET_BYTES + (i / 10) % 2;
		thp_sounding_on_report(&s, &r, now_us);
	}
	g_assert_true(s.found.known && s.found.limited);
	g_assert_cmpuint(s.found.kbps, >=, 40);
	g_assert_cmpuint(s.found.kbps, <=, 62);
}

static void test_budget(void)
{
	box b = {.kbps = 20000, .queue_ms = 300, .delay_ms = 20};

	rules.kbytes = 60;
	run(&b);
	g_assert_true(s.found.known && !s.found.limited);
	g_assert_cmpuint(s.found.kbps, <, MOST_KBPS);
	rules.kbytes = 400;
	rules.ms = 3000;
	g_assert_cmpint(run(&b), <, 3500);
	g_assert_false(s.found.limited);
	rules.ms = 8000;
}

/* ---- any link ---- */

static void test_any(void)
{
	for (guint i = 0; i < 400; i++) {
		box b = {.kbps = (uint32_t)g_rand_int_range(chance, 30, 4000),
			 .queue_ms = (uint32_t)g_rand_int_range(chance, 50, 2000),
			 .delay_ms = (uint32_t)g_rand_int_range(chance, 5, 300),
			 .lost_permille = (uint32_t)g_rand_int_range(chance, 0, 60),
			 .up_late_ms = (uint32_t)g_rand_int_range(chance, 0, 600)};

		g_assert_cmpint(run(&b), <, 10000);
		g_assert_true(s.found.known);
		/* Never much more than there is; and not much less, unless it is only said to be at least that. */
		g_assert_cmpfloat(s.found.kbps, <=, b.kbps * 1.5);
		if (s.found.limited)
			g_assert_cmpfloat(s.found.kbps, >=, MIN(b.kbps, MOST_KBPS) * 0.5);
		if (b.kbps > 2 * MOST_KBPS)
			g_assert_false(s.found.limited);
		if (b.kbps < 250)
			g_assert_true(s.found.limited || s.found.kbps <= b.kbps);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	chance = g_rand_new_with_seed(1);
	thp_network_rules_default(&rules);
	g_test_add_func("/sounding/good", test_good);
	g_test_add_func("/sounding/narrow", test_narrow);
	g_test_add_func("/sounding/stops-early", test_stops_early);
	g_test_add_func("/sounding/starving", test_starving);
	g_test_add_func("/sounding/busy-and-mute", test_busy_and_mute);
	g_test_add_func("/sounding/full-before", test_full_before);
	g_test_add_func("/sounding/budget", test_budget);
	g_test_add_func("/sounding/any", test_any);
	g_test_add_func("/sounding/unfinished", test_unfinished);
	int failed = g_test_run();

	g_rand_free(chance);
	return failed;
}
