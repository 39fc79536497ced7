/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The less is known of a way, or the worse, the more speech is held back beside large pictures. */
#include <glib.h>
#include <therapy/playout.h>

#define BEGUN_US INT64_C(5000000)

static thp_playout playout;
static thp_tuning tuning;

static void begin(void)
{
	thp_tier_tuning_default(&tuning);
	tuning.ahead_ms = 80;
	tuning.buffer_ms = 250;
	thp_playout_init(&playout, BEGUN_US);
}

static guint held_ms(gboolean large, gint64 after_s)
{
	return thp_playout_ms(&playout, &tuning, large, BEGUN_US + after_s * G_USEC_PER_SEC);
}

static void test_unknown(void)
{
	begin();
	g_assert_cmpuint(held_ms(TRUE, 59), ==, 330);
	g_assert_cmpuint(held_ms(TRUE, 60), ==, 80);
	g_assert_cmpuint(held_ms(FALSE, 0), ==, 0);
	/* Whoever wants none of it has none. */
	tuning.ahead_ms = 0;
	g_assert_cmpuint(held_ms(TRUE, 0), ==, 0);
}

static void test_watched(void)
{
	begin();
	thp_playout_watched(&playout, 20 * G_USEC_PER_SEC);
	g_assert_cmpuint(held_ms(TRUE, 39), ==, 330);
	g_assert_cmpuint(held_ms(TRUE, 40), ==, 80);
}

static void test_swung(void)
{
	begin();
	thp_playout_late(&playout, BEGUN_US + 100 * G_USEC_PER_SEC);
	g_assert_cmpuint(held_ms(TRUE, 219), ==, 165);
	g_assert_cmpuint(held_ms(FALSE, 219), ==, 165);
	g_assert_cmpuint(held_ms(TRUE, 220), ==, 80);
	thp_playout_swung(&playout, BEGUN_US + 200 * G_USEC_PER_SEC);
	g_assert_cmpuint(held_ms(TRUE, 319), ==, 330);
	g_assert_cmpuint(held_ms(FALSE, 319), ==, 250);
	g_assert_cmpuint(held_ms(FALSE, 320), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/playout/unknown", test_unknown);
	g_test_add_func("/playout/watched", test_watched);
	g_test_add_func("/playout/swung", test_swung);
	return g_test_run();
}
