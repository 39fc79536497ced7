/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file relay.h
 * A packet as it goes to one receiver: under the numbers of their m-line. Part of the packet path.
 */
#pragma once

#include "media.h"

/** What a packet is, beside its bytes. */
typedef struct thp_packet {
	thp_rtp_header header; /* as it came */
	int layer;             /* of its camera, */
	gboolean layered;      /* which has others */
	gboolean begins;       /* of a picture: numbers go on from the last one sent */
} thp_packet;

/** What became of a packet, and of those that went with it, all receivers together. */
typedef struct thp_fate {
	guint relayed;
	gboolean taken;  /* the packet was relayed, or is held for somebody */
	gboolean missed; /* somebody needs a key frame */
} thp_fate;

/**
 * Relays @out, which came at @came_us, on @hop; FALSE if that is too late for it, or it was there before. Of the bytes
 * the sequence number and the timestamp stay changed. Under the publisher's lock.
 */
gboolean thp_relay(const thp_hop *hop, janus_plugin_rtp *out, const thp_packet *packet,
		   gint64 came_us);
