/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which layer a packet is of, which receiver gets it, and that its numbers stay whole. */
#include <string.h>

#include <therapy/layer.h>

static const thp_simulcast agreed = {.n = 3, .mindex = 1, .ext = 10, .rids = {"l", "m", "h"}};

/* ---- a camera ---- */

/* A packet under @ssrc that names its layer @rid in an extension, or none. */
static int find(thp_layers *layers, guint32 ssrc, const char *rid, gboolean two_bytes)
{
	guint8 packet[40] = {0x80, 96, 0, 1};
	thp_rtp_header header;
	gsize n = 12;

	thp_rtp_rename(packet, ssrc);
	if (rid) {
		gsize length = strlen(rid);

		packet[0] |= 0x10;
		packet[12] = two_bytes ? 0x10 : 0xbe;
		packet[13] = two_bytes ? 0x00 : 0xde;
		packet[15] = 3; /* words */
		n = 16;
		packet[n++] = 0; /* padding in front */
		if (two_bytes) {
			packet[n++] = 10;
			packet[n++] = (guint8)length;
		} else {
			packet[n++] = (guint8)(10 << 4 | (length - 1));
		}
		memcpy(packet + n, rid, length);
		n = 28;
	}
	g_assert_true(thp_rtp_read(packet, n + 4, &header));
	return thp_layer_find(layers, packet, &header);
}

static void test_names(void)
{
	thp_layers layers = {0};
	thp_simulcast other = agreed;

	g_assert_cmpint(find(&layers, 7, NULL, FALSE), ==, 0); /* one size only */
	thp_layer_agree(&layers, &agreed);
	g_assert_cmpint(find(&layers, 7, NULL, FALSE), ==, THP_NO_LAYER);
	g_assert_cmpint(find(&layers, 7, "x", FALSE), ==, THP_NO_LAYER);
	g_assert_cmpint(find(&layers, 7, "mm", FALSE), ==, THP_NO_LAYER);
	g_assert_cmpint(find(&layers, 7, "m", FALSE), ==, 1);
	g_assert_cmpint(find(&layers, 8, "h", TRUE), ==, 2);
	g_assert_cmpint(find(&layers, 9, "l", FALSE), ==, 0);
	/* Names come only at first. */
	g_assert_cmpint(find(&layers, 8, NULL, FALSE), ==, 2);
	/* Agreed on again, the same: what is known stays. Anything else: it does not. */
	thp_layer_agree(&layers, &agreed);
	g_assert_cmpint(find(&layers, 7, NULL, FALSE), ==, 1);
	/* A layer that comes under another SSRC. */
	g_assert_cmpint(find(&layers, 17, "m", FALSE), ==, 1);
	g_assert_cmpint(find(&layers, 17, NULL, FALSE), ==, 1);
	g_assert_cmpint(find(&layers, 7, NULL, FALSE), ==, THP_NO_LAYER);
	other.ext = 11;
	thp_layer_agree(&layers, &other);
	g_assert_cmpint(find(&layers, 8, NULL, FALSE), ==, THP_NO_LAYER);
	g_assert_cmpint(find(&layers, 8, "h", FALSE), ==, THP_NO_LAYER);
}

/* ---- a receiver ---- */

static thp_layer_view view;
static gint64 now_us;

static thp_layer_pass take(int layer, gboolean key, int wanted, gboolean waits)
{
	const guint8 payload[] = {0x90, 0x80, 5, key ? 0x00 : 0x01, 0};
	const thp_layer_packet packet = {.source_id = view.source_id,
					 .layer = layer,
					 .payload = payload,
					 .length = sizeof payload};

	return thp_layer_take(&view, &packet, wanted, waits, now_us);
}

static void begin(int layer)
{
	view = (thp_layer_view){0};
	now_us = 5000000;
	g_assert_cmpint(take(layer, FALSE, layer, FALSE), ==, THP_LAYER_GOES_ON);
}

static void test_one(void)
{
	begin(0);
	g_assert_cmpint(take(0, FALSE, 0, FALSE), ==, THP_LAYER_GOES_ON);
	g_assert_cmpint(take(0, FALSE, 0, TRUE), ==, THP_LAYER_HELD);
	g_assert_cmpint(take(0, TRUE, 0, TRUE), ==, THP_LAYER_BEGINS);
	g_assert_cmpint(take(0, FALSE, 0, FALSE), ==, THP_LAYER_GOES_ON);
	/* A pause is no reason for anything. */
	now_us += 10000000;
	g_assert_cmpint(take(0, FALSE, 0, FALSE), ==, THP_LAYER_GOES_ON);
}

static void test_up(void)
{
	begin(0);
	/* Until the larger one begins, the smaller one goes on. */
	g_assert_cmpint(take(0, FALSE, 2, FALSE), ==, THP_LAYER_GOES_ON);
	g_assert_cmpint(take(2, FALSE, 2, FALSE), ==, THP_LAYER_HELD);
	g_assert_cmpint(take(0, FALSE, 2, FALSE), ==, THP_LAYER_GOES_ON);
	g_assert_cmpint(take(1, TRUE, 2, FALSE), ==, THP_LAYER_BEGINS); /* better than nothing */
	g_assert_cmpint(take(0, TRUE, 2, FALSE), ==, THP_LAYER_HELD);
	g_assert_cmpint(take(2, TRUE, 2, FALSE), ==, THP_LAYER_BEGINS);
	g_assert_cmpint(take(1, TRUE, 2, FALSE), ==, THP_LAYER_HELD);
	g_assert_cmpint(take(2, FALSE, 2, FALSE), ==, THP_LAYER_GOES_ON);
}

static void test_down(void)
{
	begin(2);
	g_assert_cmpint(take(2, FALSE, 0, FALSE), ==, THP_LAYER_GOES_ON);
	now_us += 400000;
	g_assert_cmpint(take(2, FALSE, 0, FALSE), ==, THP_LAYER_GOES_ON);
	g_assert_cmpint(take(1, TRUE, 0, FALSE), ==, THP_LAYER_HELD);
	now_us += 200000;
	/* Too much is not sent for long, whatever comes of the smaller one. */
	g_assert_cmpint(take(2, FALSE, 0, FALSE), ==, THP_LAYER_HELD);
	g_assert_cmpint(take(0, FALSE, 0, FALSE), ==, THP_LAYER_HELD);
	g_assert_cmpint(take(0, TRUE, 0, FALSE), ==, THP_LAYER_BEGINS);
	g_assert_cmpint(take(0, FALSE, 0, FALSE), ==, THP_LAYER_GOES_ON);
	/* Wanted again before anything else came: nothing has happened. */
	begin(2);
	g_assert_cmpint(take(2, FALSE, 0, FALSE), ==, THP_LAYER_GOES_ON);
	now_us += 400000;
	g_assert_cmpint(take(2, FALSE, 2, FALSE), ==, THP_LAYER_GOES_ON);
	now_us += 400000;
	g_assert_cmpint(take(2, FALSE, 0, FALSE), ==, THP_LAYER_GOES_ON);
}

/* A camera that makes the largest no more: what there is below it is asked for, and taken. */
static void test_gone(void)
{
	begin(2);
	now_us += 300000;
	g_assert_cmpint(take(1, TRUE, 2, FALSE), ==, THP_LAYER_HELD);
	now_us += 500000;
	g_assert_cmpint(take(1, FALSE, 2, FALSE), ==, THP_LAYER_MISSED);
	g_assert_cmpint(take(1, TRUE, 2, FALSE), ==, THP_LAYER_BEGINS);
	g_assert_cmpint(take(1, FALSE, 2, FALSE), ==, THP_LAYER_GOES_ON);
	g_assert_cmpint(take(2, TRUE, 2, FALSE), ==, THP_LAYER_BEGINS);
}

static void test_sources(void)
{
	const guint8 payload[] = {0x10, 0x01};
	thp_layer_packet packet = {.source_id = 5, .payload = payload, .length = sizeof payload};

	begin(0);
	view.source_id = 4;
	packet.layer = 1;
	g_assert_cmpint(thp_layer_take(&view, &packet, 0, FALSE, now_us), ==, THP_LAYER_HELD);
	g_assert_cmpint(thp_layer_take(&view, &packet, 2, FALSE, now_us), ==, THP_LAYER_GOES_ON);
	g_assert_cmpint(view.now, ==, 1);
	packet.source_id = 4; /* late */
	g_assert_cmpint(thp_layer_take(&view, &packet, 2, FALSE, now_us), ==, THP_LAYER_HELD);
	g_assert_cmpint(thp_layer_take(&view, &packet, 2, TRUE, now_us), ==, THP_LAYER_HELD);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/layer/names", test_names);
	g_test_add_func("/layer/one", test_one);
	g_test_add_func("/layer/up", test_up);
	g_test_add_func("/layer/down", test_down);
	g_test_add_func("/layer/gone", test_gone);
	g_test_add_func("/layer/sources", test_sources);
	return g_test_run();
}
