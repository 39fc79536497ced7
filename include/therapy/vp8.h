/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file vp8.h
 * The little of VP8 in RTP (RFC 7741) that a relay has to see, and that end-to-end encryption leaves in
 * clear. Pure; any thread.
 */
#pragma once

#include <glib.h>

#define THP_VP8_NUMBERS_MAX                                                                        \
	5 /* bytes from the beginning of a payload, of which some are rewritten */

/** The numbers of pictures that one receiver has been sent. All zero: none yet. */
typedef struct thp_vp8_numbers {
	gboolean started;
	guint16 picture, picture_offset; /* the newest sent; sent = received + offset */
	guint8 tl0, tl0_offset;          /* the same of TL0PICIDX */
} thp_vp8_numbers;

/**
 * Rewrites the numbers in the descriptor in front of @payload so that they go on while a receiver's pictures come
 * from changing encodings; with @begins, this packet's picture is the next one after the newest sent. At most
 * THP_VP8_NUMBERS_MAX bytes are touched. Calls on the same @numbers must not overlap.
 */
void thp_vp8_renumber(thp_vp8_numbers *numbers, gboolean begins, guint8 *payload, gsize length);

/** TRUE if @payload is the beginning of a key frame. */
gboolean thp_vp8_starts_key_frame(const guint8 *payload, gsize length);
