/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over the packets of one compound RTCP packet. */
#include <therapy/rtcp.h>

#include <string.h>

#define PSFB     206 /* payload-specific feedback */
#define FMT_PLI  1
#define FMT_FIR  4
#define FMT_AFB  15 /* application layer: REMB */
#define FEEDBACK 12 /* bytes before the feedback itself */

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
