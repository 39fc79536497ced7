/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Video goes out evenly, a little faster than it is made, and never late. */
#include <glib.h>
#include <therapy/pacer.h>

#define PATIENCE_US 500000

static void test_even(void)
{
	thp_pacer pacer = {0};
	int64_t now_us = 1000000, waited;
	guint sent = 0;

	thp_pacer_rate(&pacer, 300, now_us);
	/* A key frame of 40 packets comes at once. */
	for (int64_t end_us = now_us + 2000000; now_us < end_us && sent < 40; now_us += waited) {
		waited = thp_pacer_wait(&pacer, 1100, G_MAXINT64 / 2, now_us);
		g_assert_cmpint(waited, >=, 0);
		sent += waited == 0;
	}
	/* 40 × 1156 bytes at 420 kbit/s: 881 ms, less the last packet and what may go at once. */
	g_assert_cmpuint(sent, ==, 40);
	g_assert_cmpint(now_us - 1000000, >=, 820000);
	g_assert_cmpint(now_us - 1000000, <=, 850000);
}

static void test_patience(void)
{
	thp_pacer pacer = {0};

	thp_pacer_rate(&pacer, 50, 0);
	g_assert_cmpint(thp_pacer_wait(&pacer, 1100, PATIENCE_US, 0), ==, 0);
	g_assert_cmpint(thp_pacer_wait(&pacer, 60000, PATIENCE_US, 200000), ==, 0);
	g_assert_cmpint(thp_pacer_wait(&pacer, 1100, PATIENCE_US, 200000), ==, -1);
	/* At ten times the rate the same queue is shorter. */
	thp_pacer_rate(&pacer, 5000, 200000);
	g_assert_cmpint(thp_pacer_wait(&pacer, 1100, PATIENCE_US, 200000), >, 0);
	g_assert_cmpint(thp_pacer_wait(&pacer, 1100, PATIENCE_US, 300000), ==, 0);
}

/* Until there is a rate, everything goes at once; so it does when there is none any more. */
static void test_unpaced(void)
{
	thp_pacer pacer = {0};

	for (guint i = 0; i < 1000; i++)
		g_assert_cmpint(thp_pacer_wait(&pacer, 1100, 0, 0), ==, 0);
	thp_pacer_rate(&pacer, 50, 0);
	for (guint i = 0; i < 3; i++)
		(void)thp_pacer_wait(&pacer, 1100, PATIENCE_US, 0);
	g_assert_cmpint(thp_pacer_wait(&pacer, 1100, PATIENCE_US, 0), >, 0);
	thp_pacer_rate(&pacer, 0, 0);
	g_assert_cmpint(thp_pacer_wait(&pacer, 1100, PATIENCE_US, 0), ==, 0);
}

/* How many bytes of pictures may go at once. */
static guint at_once(guint video_kbps)
{
	thp_pacer pacer = {0};
	guint bytes = 0;

	thp_pacer_rate(&pacer, video_kbps, 0);
	while (thp_pacer_wait(&pacer, 1000, PATIENCE_US, 0) == 0)
		bytes += 1000;
	return bytes;
}

/* A usual picture is not held back for want of the packet that lets it go, nor the small key frame that is sent first. */
static void test_at_once(void)
{
	g_assert_cmpuint(at_once(1199), >=, 8000); /* `high`: 4.6 kB a picture */
	g_assert_cmpuint(at_once(1199), <=, 9000);
	g_assert_cmpuint(at_once(327), >=, 2000); /* `medium`: 1.9 kB */
	g_assert_cmpuint(at_once(327), <=, 3000);
	g_assert_cmpuint(at_once(99), >=, 1000); /* `low`: 0.9 kB */
	g_assert_cmpuint(at_once(99), <=, 2000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pacer/even", test_even);
	g_test_add_func("/pacer/patience", test_patience);
	g_test_add_func("/pacer/unpaced", test_unpaced);
	g_test_add_func("/pacer/at-once", test_at_once);
	return g_test_run();
}
