/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over the packets of one compound RTCP packet. */
#include <therapy/rtcp.h>

#include <string.h>

#define PSFB     206 /* payload-specific feedback */
#define FMT_PLI  1
#define FMT_FIR  4
#define FMT_AFB  15 /* application layer: REMB */
#define FEEDBACK 12 /* bytes before the feedback itself */

#define SENDER_REPORT   200
#define RECEIVER_REPORT 201
#define BLOCK           24 /* bytes of one report block */
#define RTT_MAX_S       30 /* what is longer is a wrong clock */

typedef struct part {
	const guint8 *at;
	gsize length;
	guint fmt, type;
} part;

/* Takes the next packet off @left; FALSE at the end, and *@whole FALSE if the rest is no packet. */
static gboolean next_part(part *left, part *out, gboolean *whole)
{
	if (left->length == 0)
		return FALSE;
	*whole = FALSE;
	if (left->length < 4 || left->at[0] >> 6 != 2)
		return FALSE;
	gsize length = 4 * (1 + (gsize)(left->at[2] << 8 | left->at[3]));

	if (length > left->length)
		return FALSE;
	*whole = TRUE;
	*out = (part){left->at, length, left->at[0] & 0x1f, left->at[1]};
	left->at += length;
	left->length -= length;
	return TRUE;
}

gboolean thp_rtcp_wants_keyframe(const guint8 *packet, gsize length)
{
	part left = {.at = packet, .length = length};
	gboolean whole = TRUE;
	gboolean wanted = FALSE;
	part p;

	while (next_part(&left, &p, &whole)) {
		if (p.type != PSFB)
			continue;
		wanted = wanted || (p.fmt == FMT_PLI && p.length >= FEEDBACK) ||
			 (p.fmt == FMT_FIR && p.length >= FEEDBACK + 8);
	}
	return whole && wanted;
}

guint64 thp_rtcp_remb_bps(const guint8 *packet, gsize length)
{
	part left = {.at = packet, .length = length};
	gboolean whole = TRUE;
	guint64 bps = 0;
	part p;

	while (next_part(&left, &p, &whole)) {
		if (p.type != PSFB || p.fmt != FMT_AFB || p.length < FEEDBACK + 8 ||
		    memcmp(p.at + FEEDBACK, "REMB", 4) != 0)
			continue;
		/* One byte counts SSRCs; then six bits of exponent and eighteen of mantissa. */
		const guint8 *rate = p.at + FEEDBACK + 5;
		guint exponent = rate[0] >> 2;
		guint64 mantissa = (guint64)(rate[0] & 3) << 16 | (guint64)rate[1] << 8 | rate[2];

		bps = exponent > 45 && mantissa ? G_MAXUINT64 : mantissa << (exponent & 63);
	}
	return whole ? bps : 0;
}

static guint32 read32(const guint8 *at)
{
	return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

static gint32 read24_signed(const guint8 *at)
{
	gint32 value = at[0] << 16 | at[1] << 8 | at[2];

	return value < 0x800000 ? value : value - 0x1000000;
}

/* The receiver's clock is not ours, so a round trip can come out a little below nothing. */
static gint32 round_trip_ms(guint32 ntp_mid, guint32 sender_report, guint32 delay)
{
	gint32 units = (gint32)(ntp_mid - sender_report - delay);

	if (sender_report == 0 || units > RTT_MAX_S * 65536 || units < -65536)
		return -1;
	return units > 0 ? (gint32)((gint64)units * 1000 / 65536) : 0;
}

guint thp_rtcp_blocks(const guint8 *packet, gsize length, guint32 ntp_mid, thp_rtcp_block *out,
		      guint max)
{
	part left = {.at = packet, .length = length};
	gboolean whole = TRUE;
	guint n = 0;
	part p;

	while (next_part(&left, &p, &whole)) {
		gsize at = p.type == RECEIVER_REPORT ? 8 : 28;

		if (p.type != RECEIVER_REPORT && p.type != SENDER_REPORT)
			continue;
		for (guint i = 0; i < p.fmt && at + BLOCK <= p.length && n < max; i++, at += BLOCK)
			out[n++] = (thp_rtcp_block){
				.ssrc = read32(p.at + at),
				.lost = read24_signed(p.at + at + 5),
				.highest_seq = read32(p.at + at + 8),
				.rtt_ms = round_trip_ms(ntp_mid, read32(p.at + at + 16),
							read32(p.at + at + 20)),
			};
	}
	return whole ? n : 0;
}
