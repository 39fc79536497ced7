/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring between media thread and recorder: nothing torn, nothing in the wrong order, all losses counted. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "../../plugins/therapy/shell/ring.h"

#define PACKETS 200000

static void test_edges(void)
{
	thp_ring *ring = thp_ring_new(4096);
	guint8 packet[THP_RING_PACKET_MAX] = {7}, out[THP_RING_PACKET_MAX];

	g_assert_cmpuint(thp_ring_take(ring, out), ==, 0);
	g_assert_false(thp_ring_put(ring, packet, 0));
	g_assert_false(thp_ring_put(ring, packet, THP_RING_PACKET_MAX + 1));
	for (int round = 0; round < 5; round++) {
		g_assert_true(thp_ring_put(ring, packet, THP_RING_PACKET_MAX));
		g_assert_true(thp_ring_put(ring, packet, THP_RING_PACKET_MAX));
		g_assert_false(thp_ring_put(ring, packet, THP_RING_PACKET_MAX));
		/* Full to the last byte. */
		g_assert_true(thp_ring_put(ring, packet, 4096 - 2 * (THP_RING_PACKET_MAX + 2) - 2));
		g_assert_false(thp_ring_put(ring, packet, 1));
		g_assert_cmpuint(thp_ring_take(ring, out), ==, THP_RING_PACKET_MAX);
		g_assert_cmpuint(thp_ring_take(ring, out), ==, THP_RING_PACKET_MAX);
		g_assert_cmpuint(thp_ring_take(ring, out), ==, 1090);
		g_assert_cmpuint(thp_ring_take(ring, out), ==, 0);
	}
	thp_ring_free(ring);
}

typedef struct race {
	thp_ring *ring;
	guint lost;
	atomic_bool done;
} race;

/* Each packet says its number again and again, as often as its number wants. */
static guint length_of(guint32 n)
{
	return 4 * (1 + n % 300);
}

static void *put_all(void *data)
{
	race *r = data;
	guint32 packet[300];

	for (guint32 n = 0; n < PACKETS; n++) {
		for (guint i = 0; i < length_of(n) / 4; i++)
			packet[i] = n;
		r->lost += !thp_ring_put(r->ring, packet, length_of(n));
		if (n % 64 == 0)
			g_usleep(50);
	}
	atomic_store(&r->done, TRUE);
	return NULL;
}

static void test_two_threads(void)
{
	race r = {.ring = thp_ring_new(1 << 14)};
	guint8 bytes[THP_RING_PACKET_MAX];
	guint32 packet[300], last = 0;
	guint taken = 0;
	pthread_t thread;

	g_assert_cmpint(pthread_create(&thread, NULL, put_all, &r), ==, 0);
	for (;;) {
		gboolean done = atomic_load(&r.done);
		guint n = thp_ring_take(r.ring, bytes);

		if (n == 0 && done)
			break;
		if (n == 0)
			continue;
		memcpy(packet, bytes, n);
		g_assert_true(taken == 0 || packet[0] > last);
		last = packet[0];
		g_assert_cmpuint(n, ==, length_of(last));
		for (guint i = 0; i < n / 4; i++)
			g_assert_cmpuint(packet[i], ==, last);
		taken++;
	}
	pthread_join(thread, NULL);
	g_test_message("%u taken, %u did not fit", taken, r.lost);
	g_assert_cmpuint(taken + r.lost, ==, PACKETS);
	g_assert_cmpuint(taken, >, 0);
	thp_ring_free(r.ring);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ring/edges", test_edges);
	g_test_add_func("/ring/two-threads", test_two_threads);
	return g_test_run();
}
