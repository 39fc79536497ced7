/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file ring.h
 * A bounded queue of packets from one thread to one other, without a lock and without an allocation.
 *
 * One thread puts at a time, one takes at a time. What does not fit is left out and said to be.
 */
#pragma once

#include <glib.h>

#define THP_RING_PACKET_MAX 1500 /* bytes of one packet */

typedef struct thp_ring thp_ring;

/** A ring for @bytes, a power of two; two bytes of each packet's length are counted with it. */
thp_ring *thp_ring_new(guint bytes);

/** Frees it, with what is left inside. NULL is allowed. */
void thp_ring_free(thp_ring *ring);

/** Copies a packet in; FALSE if there is no room for all of it, or it is too large. The putting thread. */
gboolean thp_ring_put(thp_ring *ring, const void *packet, guint n) G_GNUC_WARN_UNUSED_RESULT;

/** Copies the oldest packet out; its bytes, 0 if there is none. The taking thread. */
guint thp_ring_take(thp_ring *ring, guint8 packet[static THP_RING_PACKET_MAX]);
