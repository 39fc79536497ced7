/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compound RTCP packets: what is found in them, and that nothing malformed is believed. */
#include <therapy/rtcp.h>

#include <string.h>

#define RR                                                                                         \
	0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,   \
		0, 0, 0, 0
#define PLI  0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2
#define FIR  0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 7, 0, 0, 0
#define NACK 0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 9, 0, 0
/* 1,279,944 bit/s as Chromium said it: 159993 * 2^3. */
#define REMB                                                                                       \
	0x8f, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 1, 0x0e, 0x70, 0xf9, 0, 0, 0, 2

static gboolean wants(const guint8 *bytes, gsize length)
{
	/* Of exactly this size, so that the sanitizer sees a read too far. */
	g_autofree guint8 *exact = g_memdup2(bytes, length);

	return thp_rtcp_wants_keyframe(exact, length);
}

static guint64 remb(const guint8 *bytes, gsize length)
{
	g_autofree guint8 *exact = g_memdup2(bytes, length);

	return thp_rtcp_remb_bps(exact, length);
}

static void test_keyframe(void)
{
	static const guint8 pli[] = {PLI};
	static const guint8 fir[] = {FIR};
	static const guint8 late_pli[] = {RR, NACK, PLI};
	static const guint8 early_fir[] = {RR, FIR, NACK};

	g_assert_true(wants(pli, sizeof pli));
	g_assert_true(wants(fir, sizeof fir));
	g_assert_true(wants(late_pli, sizeof late_pli));
	g_assert_true(wants(early_fir, sizeof early_fir));
}

static void test_no_keyframe(void)
{
	static const guint8 others[] = {RR, NACK, REMB};
	/* Feedback of the transport (205) with the same number is something else. */
	static const guint8 rtpfb[] = {0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
	static const guint8 sli[] = {0x82, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0};
	static const guint8 short_pli[] = {0x81, 206, 0, 1, 0, 0, 0, 1};
	static const guint8 empty_fir[] = {0x84, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0};

	g_assert_false(wants(others, sizeof others));
	g_assert_false(wants(rtpfb, sizeof rtpfb));
	g_assert_false(wants(sli, sizeof sli));
	g_assert_false(wants(short_pli, sizeof short_pli));
	g_assert_false(wants(empty_fir, sizeof empty_fir));
	g_assert_false(thp_rtcp_wants_keyframe(NULL, 0));
}

static void test_malformed(void)
{
	static const guint8 whole[] = {PLI, REMB};
	static const guint8 long_tail[] = {PLI, 0x81, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2};
	static const guint8 version[] = {PLI, 0x41, 206, 0, 0};

	/* Cut anywhere but between two packets, it says nothing. */
	for (gsize n = 0; n < sizeof whole; n++) {
		g_assert_cmpint(wants(whole, n), ==, n == 12);
		g_assert_cmpuint(remb(whole, n), ==, 0);
	}
	g_assert_true(wants(whole, sizeof whole));
	g_assert_false(wants(long_tail, sizeof long_tail));
	g_assert_false(wants(version, sizeof version));
}

static void test_remb(void)
{
	static const guint8 one[] = {REMB};
	static const guint8 compound[] = {RR, REMB, PLI};
	static const guint8 none[] = {RR, PLI};
	guint8 bytes[] = {REMB};

	g_assert_cmpuint(remb(one, sizeof one), ==, 1279944);
	g_assert_cmpuint(remb(compound, sizeof compound), ==, 1279944);
	g_assert_cmpuint(remb(none, sizeof none), ==, 0);
	/* The largest rate that fits, and one that does not. */
	bytes[17] = 45 << 2 | 3;
	bytes[18] = bytes[19] = 0xff;
	g_assert_cmpuint(remb(bytes, sizeof bytes), ==, G_GUINT64_CONSTANT(0x3ffff) << 45);
	bytes[17] = 63 << 2 | 3;
	g_assert_cmpuint(remb(bytes, sizeof bytes), ==, G_MAXUINT64);
	bytes[17] = 63 << 2;
	bytes[18] = bytes[19] = 0;
	g_assert_cmpuint(remb(bytes, sizeof bytes), ==, 0);
	bytes[12] = 'r';
	g_assert_cmpuint(remb(bytes, sizeof bytes), ==, 0);
}

#define TEN_LOST 0, 0, 0, 9, 25, 0, 0, 10, 0, 2, 3, 4, 0, 0, 0, 7, 16, 0, 0, 0, 0, 1, 0, 0
/* Two came twice; and no sender report was seen. */
#define TWO_TWICE 0, 0, 0, 8, 0, 255, 255, 254, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0

static void test_blocks(void)
{
	static const guint8 report[] = {0x82, 201, 0, 13, 0, 0, 0, 1, TEN_LOST, TWO_TWICE, REMB};
	thp_rtcp_block blocks[4];

	g_assert_cmpuint(thp_rtcp_blocks(report, sizeof report, 0x10018000, blocks, 4), ==, 2);
	g_assert_cmpuint(blocks[0].ssrc, ==, 9);
	g_assert_cmpuint(blocks[0].highest_seq, ==, 0x00020304);
	g_assert_cmpint(blocks[0].lost, ==, 10);
	g_assert_cmpint(blocks[0].rtt_ms, ==, 500);
	g_assert_cmpint(blocks[1].lost, ==, -2);
	g_assert_cmpint(blocks[1].rtt_ms, ==, -1);
	/* No more than there is room for. */
	g_assert_cmpuint(thp_rtcp_blocks(report, sizeof report, 0, blocks, 1), ==, 1);
	g_assert_cmpint(blocks[0].rtt_ms, ==, -1);
	/* A clock that ticks a little slower than ours is no reason to refuse. */
	g_assert_cmpuint(thp_rtcp_blocks(report, sizeof report, 0x1000ff00, blocks, 1), ==, 1);
	g_assert_cmpint(blocks[0].rtt_ms, ==, 0);
}

static void test_blocks_malformed(void)
{
	/* More blocks announced than are there; and none of them of a sender. */
	static const guint8 greedy[] = {0x9f, 201, 0, 7, 0, 0, 0, 1, TEN_LOST};
	static const guint8 sender[] = {0x81, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
					0,    0,   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	thp_rtcp_block blocks[4];

	g_assert_cmpuint(thp_rtcp_blocks(greedy, sizeof greedy, 0, blocks, 4), ==, 1);
	for (gsize n = 1; n < sizeof greedy; n++)
		g_assert_cmpuint(thp_rtcp_blocks(greedy, n, 0, blocks, 4), ==, 0);
	g_assert_cmpuint(thp_rtcp_blocks(sender, sizeof sender, 0, blocks, 4), ==, 0);
	g_assert_cmpuint(thp_rtcp_blocks(NULL, 0, 0, blocks, 4), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rtcp/keyframe", test_keyframe);
	g_test_add_func("/rtcp/no-keyframe", test_no_keyframe);
	g_test_add_func("/rtcp/malformed", test_malformed);
	g_test_add_func("/rtcp/remb", test_remb);
	g_test_add_func("/rtcp/blocks", test_blocks);
	g_test_add_func("/rtcp/blocks-malformed", test_blocks_malformed);
	return g_test_run();
}
