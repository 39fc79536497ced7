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
