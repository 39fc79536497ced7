/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue before packets of speech: found while it lasts, and not where there is none. */
#include <glib.h>
#include <therapy/delay.h>

#define HZ 48000

static thp_delay delay;
static uint32_t ts;
static int64_t made_us;

static void begin(uint32_t first_ts)
{
	delay = (thp_delay){0};
	ts = first_ts;
	made_us = 1000000;
}

/* @n packets of 20 ms, each on its way for @transit_ms. Returns the queue at the last one. */
static uint32_t take(int n, int64_t transit_ms)
{
	uint32_t ms = 0;

	for (int i = 0; i < n; i++) {
		ts += HZ / 50;
		made_us += 20000;
		ms = thp_delay_take(&delay, ts, HZ, made_us + transit_ms * 1000);
	}
	return ms;
}

static void test_queue(void)
{
	/* The timestamp goes round meanwhile. */
	begin(UINT32_MAX - 10 * HZ);
	g_assert_cmpuint(take(500, 40), ==, 0);
	g_assert_cmpuint(take(50, 300), ==, 260);
	g_assert_cmpuint(take(500, 340), ==, 300);
	g_assert_cmpuint(take(4, 40), ==, 0);
}

/* A page that was busy sends what it has at once: nothing stands in a queue. */
static void test_hiccup(void)
{
	begin(0);
	(void)take(100, 40);
	g_assert_cmpuint(take(3, 400), ==, 0);
	g_assert_cmpuint(take(1, 40), ==, 0);
}

/* The first packet that is late says so; of several that come at once, the quickest. */
static void test_late(void)
{
	begin(0);
	(void)take(100, 40);
	g_assert_cmpuint(take(1, 200), ==, 0);
	g_assert_cmpuint(delay.late_ms, ==, 160);
	(void)take(1, 40);
	g_assert_cmpuint(delay.late_ms, ==, 0);
	made_us -= 15000;
	(void)take(1, 400);
	made_us -= 15000;
	(void)take(1, 60);
	g_assert_cmpuint(delay.late_ms, <, 20);
}

/* Where it always takes longer, that is the way. */
static void test_longer_way(void)
{
	begin(0);
	(void)take(100, 40);
	(void)take(2200, 140);
	g_assert_cmpuint(take(1, 140), ==, 0);
}

/* Who says nothing for a while may count on from where they stopped, or from anywhere. */
static void test_rest(void)
{
	begin(0);
	(void)take(100, 40);
	made_us += 3000000;
	g_assert_cmpuint(take(20, 40), ==, 0);
	ts += 12345678;
	g_assert_cmpuint(take(20, 40), ==, 0);
	/* Back by more than packets overtake each other: no queue grows faster than time goes. */
	ts -= 2 * HZ;
	g_assert_cmpuint(take(1, 40), ==, 0);
	g_assert_cmpuint(delay.late_ms, ==, 0);
}

/* Late for a tenth of a second, once it has settled; a page that was busy sends all that at once. */
static void test_swung(void)
{
	begin(0);
	(void)take(10, 40);
	(void)take(15, 500);
	(void)take(50, 40);
	g_assert_cmpint(delay.swung_us, ==, 0);
	for (int64_t ms = 439; ms > 40; ms -= 19)
		(void)take(1, ms);
	(void)take(50, 40);
	g_assert_cmpint(delay.swung_us, ==, 0);
	(void)take(5, 120);
	g_assert_cmpint(delay.swung_us, ==, 0);
	(void)take(1, 120);
	g_assert_cmpint(delay.swung_us, >, 0);
	(void)take(50, 40);
	g_assert_cmpint(delay.swung_us, >, 0);
	/* Nothing came for so long that the way was away. */
	begin(0);
	(void)take(100, 40);
	(void)take(1, 440);
	g_assert_cmpint(delay.swung_us, >, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/delay/queue", test_queue);
	g_test_add_func("/delay/hiccup", test_hiccup);
	g_test_add_func("/delay/swung", test_swung);
	g_test_add_func("/delay/late", test_late);
	g_test_add_func("/delay/longer-way", test_longer_way);
	g_test_add_func("/delay/rest", test_rest);
	return g_test_run();
}
