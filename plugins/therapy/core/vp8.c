/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payload descriptor, and one bit of the frame behind it. */
#include <therapy/vp8.h>

#define EXTENDED  0x80 /* X: a second byte says what else there is */
#define START     0x10 /* S: the beginning of a partition */
#define PARTITION 0x07 /* PID */
#define PICTURE   0x80 /* I: picture id, */
#define LONG      0x80 /* M: of two bytes */
#define TL0       0x40 /* L */
#define TEMPORAL  0x30 /* T or K */
#define DELTA     0x01 /* P, of the frame itself */

/* Bytes of the descriptor; @length or more if it is cut short. */
static gsize descriptor_bytes(const guint8 *payload, gsize length)
{
	gsize at = 1;

	if (!(payload[0] & EXTENDED))
		return at;
	if (length <= at)
		return length;
	guint8 what = payload[at++];

	if (what & PICTURE) {
		if (length <= at)
			return length;
		at += payload[at] & LONG ? 2 : 1;
	}
	at += what & TL0 ? 1 : 0;
	at += what & TEMPORAL ? 1 : 0;
	return at;
}

gboolean thp_vp8_starts_key_frame(const guint8 *payload, gsize length)
{
	if (length == 0 || !(payload[0] & START) || (payload[0] & PARTITION) != 0)
		return FALSE;
	gsize at = descriptor_bytes(payload, length);

	return at < length && !(payload[at] & DELTA);
}
