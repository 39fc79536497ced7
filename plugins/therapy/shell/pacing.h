/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file pacing.h
 * Packets of pictures that wait on a hop, so that a large picture does not stand before speech in the receiver's
 * link: each goes when the pacer lets it. Speech is never here.
 *
 * A hop owns one, which the worker makes; all else is under the publisher's lock, and allocates nothing. What is held
 * has no number yet, so whatever is dropped leaves no gap.
 */
#pragma once

#include "relay.h"

/** A pacer, and room for what it holds back: nothing yet. W. */
thp_pacing *thp_pacing_new(void);

/** Drops what is held. NULL is allowed. Whoever has taken it out of all routes. */
void thp_pacing_free(thp_pacing *pacing);

/** TRUE while packets wait. NULL is allowed: nothing does. */
gboolean thp_pacing_holds(const thp_pacing *pacing);

/** A picture's packet, which may pass @hop: relays it, or holds a copy of it. */
void thp_pacing_give(const thp_hop *hop, janus_plugin_rtp *out, const thp_packet *packet,
		     gint64 now_us, thp_fate *fate);

/** Relays what is due on @hop; drops all if the gate is closed or something has waited for too long. */
void thp_pacing_release(const thp_hop *hop, gint64 now_us, thp_fate *fate);

/** Drops all that @hop holds: its picture goes on with a key frame. */
void thp_pacing_drop(const thp_hop *hop);
