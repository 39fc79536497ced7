/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two counters that only grow: whoever puts owns one, whoever takes the other. */
#include "ring.h"

#include <stdatomic.h>
#include <string.h>

struct thp_ring {
	guint mask;
	atomic_uint put;   /* bytes ever put; written by the putting thread */
	atomic_uint taken; /* bytes ever taken; written by the taking thread */
	guint8 bytes[];
};

thp_ring *thp_ring_new(guint bytes)
{
	g_return_val_if_fail(bytes >= 4096 && (bytes & (bytes - 1)) == 0, NULL);

	thp_ring *ring = g_malloc0(sizeof *ring + bytes);
	ring->mask = bytes - 1;
	return ring;
}

void thp_ring_free(thp_ring *ring)
{
	g_free(ring);
}

static void copy_in(thp_ring *ring, guint at, const guint8 *from, guint n)
{
	guint first = MIN(n, ring->mask + 1 - (at & ring->mask));

	memcpy(ring->bytes + (at & ring->mask), from, first);
	memcpy(ring->bytes, from + first, n - first);
}

static void copy_out(const thp_ring *ring, guint at, guint8 *to, guint n)
{
	guint first = MIN(n, ring->mask + 1 - (at & ring->mask));

	memcpy(to, ring->bytes + (at & ring->mask), first);
	memcpy(to + first, ring->bytes, n - first);
}

gboolean thp_ring_put(thp_ring *ring, const void *packet, guint n)
{
	guint put = atomic_load_explicit(&ring->put, memory_order_relaxed);
	guint taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
	guint8 length[2] = {(guint8)(n >> 8), (guint8)n};

	if (n == 0 || n > THP_RING_PACKET_MAX || ring->mask + 1 - (put - taken) < n + 2)
		return FALSE;
	copy_in(ring, put, length, 2);
	copy_in(ring, put + 2, packet, n);
	atomic_store_explicit(&ring->put, put + 2 + n, memory_order_release);
	return TRUE;
}

guint thp_ring_take(thp_ring *ring, guint8 packet[static THP_RING_PACKET_MAX])
{
	guint taken = atomic_load_explicit(&ring->taken, memory_order_relaxed);
	guint put = atomic_load_explicit(&ring->put, memory_order_acquire);
	guint8 length[2];

	if (put == taken)
		return 0;
	copy_out(ring, taken, length, 2);
	guint n = (guint)length[0] << 8 | length[1];
	copy_out(ring, taken + 2, packet, n);
	atomic_store_explicit(&ring->taken, taken + 2 + n, memory_order_release);
	return n;
}
