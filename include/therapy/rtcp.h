/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file rtcp.h
 * What a receiver says of its media: a key frame is wanted, or this much arrives at most.
 *
 * Pure readers of one compound packet (RFC 3550 §6.1); what is malformed says nothing. Any thread.
 */
#pragma once

#include <glib.h>

/** TRUE if the compound packet holds a PLI (RFC 4585 §6.3.1) or a FIR (RFC 5104 §4.3.1). */
gboolean thp_rtcp_wants_keyframe(const guint8 *packet, gsize length);

/** The bit rate of the last REMB in the compound packet, in bits per second; 0 if there is none. */
guint64 thp_rtcp_remb_bps(const guint8 *packet, gsize length);

/** What a receiver reports of one stream (RFC 3550 §6.4.1). */
typedef struct thp_rtcp_block {
	guint32 ssrc;
	guint32 highest_seq; /* extended */
	gint32 lost;         /* cumulative; can fall */
	gint32 rtt_ms;       /* -1: it has seen no sender report, or its times make no sense */
} thp_rtcp_block;

/**
 * Reads the report blocks of the compound packet, at most @max of them, and returns their number.
 * @ntp_mid is the present moment by the clock of the sender reports: the middle 32 bits of its NTP
 * time, in 1/65536 s.
 */
guint thp_rtcp_blocks(const guint8 *packet, gsize length, guint32 ntp_mid, thp_rtcp_block *out,
		      guint max) G_GNUC_WARN_UNUSED_RESULT;
