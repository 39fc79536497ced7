/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as one RTCP packet, one RTP packet, and a row of RTP packets from changing sources. */
#include <stdint.h>
#include <string.h>

#include <therapy/rtcp.h>
#include <therapy/rtp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_packet(const uint8_t *data, size_t size)
{
	thp_rtp_header header, again;

	(void)thp_rtcp_wants_keyframe(data, size);
	(void)thp_rtcp_remb_bps(data, size);
	thp_rtcp_block blocks[3];
	g_assert_cmpuint(thp_rtcp_blocks(data, size, 0x12345678, blocks, 3), <=, 3);
	if (!thp_rtp_read(data, size, &header))
		return;
	g_autofree guint8 *copy = g_memdup2(data, size);

	g_assert_cmpuint(header.header_bytes, <=, size);
	thp_rtp_patch(copy, (guint16)~header.seq, ~header.ts);
	g_assert_true(thp_rtp_read(copy, size, &again));
	g_assert_cmpuint(again.seq, ==, (guint16)~header.seq);
	g_assert_cmpuint(again.ts, ==, (guint32)~header.ts);
	g_assert_cmpuint(again.ssrc, ==, header.ssrc);
}

/* Eight bytes a packet: source, SSRC, sequence number, timestamp, time. No number is ever sent
 * twice in a row. */
static void try_row(const uint8_t *data, size_t size)
{
	thp_rtp_continuity ctx;
	guint64 id = 1;
	gint64 now_us = 0;
	guint16 seq = 0, former = 0;
	guint32 ts = 0;
	gboolean any = FALSE;

	thp_rtp_continuity_init(&ctx);
	for (; size >= 8; data += 8, size -= 8) {
		id += data[0] & 1;
		now_us += (gint64)data[7] * 1000;
		if (!thp_rtp_rewrite(&ctx, id - ((data[0] >> 1) & 1), data[1] & 3,
				     (guint16)(data[2] << 8 | data[3]),
				     (guint32)data[4] << 24 | (guint32)data[5] << 12 | data[6],
				     now_us, data[0] & 4 ? 90000 : 48000, &seq, &ts))
			continue;
		g_assert_true(!any || seq != former);
		any = TRUE;
		former = seq;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_packet(data, size);
	try_row(data, size);
	return 0;
}
