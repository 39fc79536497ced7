/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payload descriptor, the numbers in it, and one bit of the frame behind it. */
#include <therapy/vp8.h>

#define EXTENDED  0x80 /* X: a second byte says what else there is */
#define START     0x10 /* S: the beginning of a partition */
#define PARTITION 0x07 /* PID */
#define PICTURE   0x80 /* I: picture id, */
#define LONG      0x80 /* M: of two bytes */
#define TL0       0x40 /* L */
#define TEMPORAL  0x30 /* T or K */
#define DELTA     0x01 /* P, of the frame itself */

/* What a descriptor has, and where; a place of 0: it has none. */
typedef struct descriptor {
	gsize bytes; /* of all of it */
	gsize picture_at, tl0_at;
	gboolean long_picture;
} descriptor;

/* FALSE if it is cut short. */
static gboolean read_descriptor(const guint8 *payload, gsize length, descriptor *out)
{
	gsize at = 1;

	*out = (descriptor){.bytes = at};
	if (length == 0 || !(payload[0] & EXTENDED))
		return length >= at;
	if (length <= at)
		return FALSE;
	guint8 what = payload[at++];

	if (what & PICTURE) {
		if (length <= at)
			return FALSE;
		out->picture_at = at;
		out->long_picture = (payload[at] & LONG) != 0;
		at += out->long_picture ? 2 : 1;
	}
	if (what & TL0)
		out->tl0_at = at++;
	at += what & TEMPORAL ? 1 : 0;
	out->bytes = at;
	return at <= length;
}

static guint16 picture_of(const guint8 *payload, const descriptor *d)
{
	const guint8 *at = payload + d->picture_at;

	return d->long_picture ? (guint16)((at[0] & 0x7f) << 8 | at[1]) : at[0];
}

static void set_picture(guint8 *payload, const descriptor *d, guint16 picture)
{
	guint8 *at = payload + d->picture_at;

	if (d->long_picture) {
		at[0] = (guint8)(LONG | picture >> 8);
		at[1] = (guint8)picture;
	} else {
		at[0] = (guint8)picture;
	}
}

void thp_vp8_renumber(thp_vp8_numbers *numbers, gboolean begins, guint8 *payload, gsize length)
{
	descriptor d;

	if (!read_descriptor(payload, length, &d) || d.picture_at == 0)
		return;
	guint16 mask = d.long_picture ? 0x7fff : 0x7f;
	guint16 picture = picture_of(payload, &d);
	guint8 tl0 = d.tl0_at > 0 ? payload[d.tl0_at] : 0;

	if (begins && numbers->started) {
		numbers->picture_offset = (guint16)(numbers->picture + 1 - picture);
		numbers->tl0_offset = (guint8)(numbers->tl0 + 1 - tl0);
	}
	picture = (guint16)(picture + numbers->picture_offset) & mask;
	tl0 = (guint8)(tl0 + numbers->tl0_offset);
	if (!numbers->started || ((guint16)(picture - numbers->picture) & mask) <= mask / 2) {
		numbers->picture = picture;
		numbers->tl0 = tl0;
	}
	numbers->started = TRUE;
	set_picture(payload, &d, picture);
	if (d.tl0_at > 0)
		payload[d.tl0_at] = tl0;
}

gboolean thp_vp8_starts_key_frame(const guint8 *payload, gsize length)
{
	descriptor d;

	if (length == 0 || !(payload[0] & START) || (payload[0] & PARTITION) != 0)
		return FALSE;
	return read_descriptor(payload, length, &d) && d.bytes < length &&
	       !(payload[d.bytes] & DELTA);
}
