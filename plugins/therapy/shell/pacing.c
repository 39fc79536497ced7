/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Part of the packet path: a ring made beforehand, no allocation, no lock of its own, no log. */
#include "pacing.h"

#include <stddef.h>
#include <string.h>

#include <therapy/pacer.h>

#define RING_BYTES  131072 /* of `high`, what goes in the time below */
#define SOON_US     100000 /* until whoever holds it looks again */
#define PATIENCE_US 600000 /* pictures that are older are of no use */
/* A key frame that takes longer than that would never be through: each that fails gives the next twice the time. */
#define DOUBLINGS 2
#define ALIGNED   8

/* A packet that waits, its bytes behind it. */
typedef struct held {
	thp_packet is;
	gint64 came_us;
	guint16 length;
} held;

struct thp_pacing {
	thp_pacer pacer;
	guint n;           /* packets in the ring: in [first, last), or, once wrapped, */
	guint first, last; /* in [first, end) and then [0, last) */
	guint end;
	gboolean wrapped;
	int newest;     /* the layer that was put in last */
	guint failures; /* how often somebody ran out of patience since all was through */
	_Alignas(ALIGNED) guint8 bytes[RING_BYTES];
};

/* Memory that is never written to is never there: only what is in front of the ring is made zero. */
thp_pacing *thp_pacing_new(void)
{
	thp_pacing *pacing = g_malloc(sizeof *pacing);

	memset(pacing, 0, offsetof(thp_pacing, bytes));
	return pacing;
}

/* ---- the ring ---- */

static guint size_of(guint length)
{
	return (guint)(sizeof(held) + length + ALIGNED - 1) / ALIGNED * ALIGNED;
}

static held *oldest(thp_pacing *pacing)
{
	return (held *)(void *)(pacing->bytes + pacing->first);
}

/* From the front again, so that a ring with little in it stays small. */
static void reset(thp_pacing *pacing)
{
	pacing->n = pacing->first = pacing->last = 0;
	pacing->wrapped = FALSE;
}

/* Whether @size bytes in one piece are there; if so at last. */
static gboolean make_room(thp_pacing *pacing, guint size)
{
	if (pacing->wrapped)
		return pacing->first - pacing->last >= size;
	if (RING_BYTES - pacing->last >= size)
		return TRUE;
	if (pacing->first < size)
		return FALSE;
	pacing->end = pacing->last;
	pacing->last = 0;
	pacing->wrapped = TRUE;
	return TRUE;
}

static gboolean put(thp_pacing *pacing, const janus_plugin_rtp *out, const thp_packet *packet,
		    gint64 now_us)
{
	guint size = size_of(out->length);

	if (!make_room(pacing, size))
		return FALSE;
	held *h = (held *)(void *)(pacing->bytes + pacing->last);

	*h = (held){.is = *packet, .came_us = now_us, .length = out->length};
	memcpy(h + 1, out->buffer, out->length);
	pacing->last += size;
	pacing->newest = packet->layer;
	pacing->n++;
	return TRUE;
}

static void take(thp_pacing *pacing)
{
	pacing->first += size_of(oldest(pacing)->length);
	if (--pacing->n == 0)
		reset(pacing);
	else if (pacing->wrapped && pacing->first == pacing->end) {
		pacing->first = 0;
		pacing->wrapped = FALSE;
	}
}

/* ---- what is dropped ---- */

static void clear(thp_pacing *pacing)
{
	atomic_fetch_add_explicit(&gateway.paced_dropped, pacing->n, memory_order_relaxed);
	reset(pacing);
}

void thp_pacing_free(thp_pacing *pacing)
{
	if (pacing)
		clear(pacing);
	g_free(pacing);
}

gboolean thp_pacing_holds(const thp_pacing *pacing)
{
	return pacing && pacing->n > 0;
}

static thp_gate *gate_of(const thp_hop *hop)
{
	return &hop->receiver->subscriber.gates[hop->slot];
}

void thp_pacing_drop(const thp_hop *hop)
{
	if (!thp_pacing_holds(hop->pacing))
		return;
	clear(hop->pacing);
	atomic_store_explicit(&gate_of(hop)->waits, TRUE, memory_order_relaxed);
}

/* Too slow for what comes. */
static void give_up(const thp_hop *hop, thp_fate *fate)
{
	thp_pacing_drop(hop);
	hop->pacing->failures = MIN(hop->pacing->failures + 1, DOUBLINGS);
	fate->missed = TRUE;
}

/* ---- what goes, and when ---- */

static void set_rate(const thp_hop *hop, gint64 now_us)
{
	guint kbps = atomic_load_explicit(&gate_of(hop)->paced_kbps, memory_order_relaxed);

	thp_pacer_rate(&hop->pacing->pacer, kbps, now_us);
}

static gboolean is_held(const thp_hop *hop)
{
	return atomic_load_explicit(&gate_of(hop)->hold, memory_order_relaxed);
}

/* As thp_pacer_wait(). */
static gint64 wait_of(const thp_hop *hop, const held *h, gint64 now_us)
{
	thp_pacing *pacing = hop->pacing;
	gint64 patience_us = (gint64)PATIENCE_US << pacing->failures;
	gboolean hold = is_held(hop);

	if ((pacing->pacer.kbps > 0 || hold) && now_us - h->came_us > patience_us)
		return -1;
	if (hold)
		return SOON_US;
	return thp_pacer_wait(&pacing->pacer, h->length, patience_us, now_us);
}

static void let_go(const thp_hop *hop, held *h, thp_fate *fate)
{
	janus_plugin_rtp out;

	janus_plugin_rtp_reset(&out);
	out.video = TRUE;
	out.buffer = (char *)(h + 1);
	out.length = h->length;
	fate->relayed += thp_relay(hop, &out, &h->is, h->came_us);
	take(hop->pacing);
}

void thp_pacing_release(const thp_hop *hop, gint64 now_us, thp_fate *fate)
{
	thp_pacing *pacing = hop->pacing;

	if (!thp_pacing_holds(pacing))
		return;
	if (atomic_load_explicit(&gate_of(hop)->closed, memory_order_relaxed)) {
		thp_pacing_drop(hop);
		return;
	}
	set_rate(hop, now_us);
	while (pacing->n > 0) {
		held *h = oldest(pacing);
		gint64 wait_us = wait_of(hop, h, now_us);

		if (wait_us < 0)
			give_up(hop, fate);
		if (wait_us != 0)
			return;
		let_go(hop, h, fate);
	}
	pacing->failures = 0;
}

void thp_pacing_give(const thp_hop *hop, janus_plugin_rtp *out, const thp_packet *packet,
		     gint64 now_us, thp_fate *fate)
{
	thp_pacing *pacing = hop->pacing;

	set_rate(hop, now_us);
	/* A smaller size begins: what waits of the larger one would only stand before it. */
	if (packet->begins && packet->layer < pacing->newest)
		clear(pacing);
	if (pacing->n == 0 && !is_held(hop) &&
	    thp_pacer_wait(&pacing->pacer, out->length, PATIENCE_US, now_us) == 0) {
		gboolean relayed = thp_relay(hop, out, packet, now_us);

		fate->relayed += relayed;
		fate->taken |= relayed;
		return;
	}
	if (put(pacing, out, packet, now_us)) {
		atomic_fetch_add_explicit(&gateway.paced_held, 1, memory_order_relaxed);
		fate->taken = TRUE;
		return;
	}
	atomic_fetch_add_explicit(&gateway.paced_dropped, 1, memory_order_relaxed);
	give_up(hop, fate);
}
