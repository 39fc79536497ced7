/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Part of the packet path: a packet of zeros on the stack, no allocation, no lock of its own. */
#include "padding.h"

#include <string.h>

#include "pacing.h"

#define PADDING_BYTES 255 /* the most that one packet can have (RFC 3550 §5.1) */
#define PACKET_BYTES  (THP_RTP_MIN + PADDING_BYTES)
#define BURST_US      100000 /* what was not sent for longer is not made up for */
#define AROUND_BYTES  56     /* IP, UDP, extensions, SRTP */

static void send_one(thp_session *receiver, guint line, gint64 now_us)
{
	thp_subscriber *subscriber = &receiver->subscriber;
	guint8 packet[PACKET_BYTES] = {[0] = 0xA0, /* version 2, padding */
				       [1] = THP_SDP_VP8_PT,
				       [PACKET_BYTES - 1] = PADDING_BYTES};
	janus_plugin_rtp out;
	guint16 seq;
	guint32 ts;

	thp_rtp_pad(&subscriber->lines[line], now_us, &seq, &ts);
	thp_rtp_patch(packet, seq, ts);
	janus_plugin_rtp_reset(&out);
	out.mindex = (int)line;
	out.video = TRUE;
	out.buffer = (char *)packet;
	out.length = PACKET_BYTES;
	gateway.janus->relay_rtp(receiver->handle, &out);
	atomic_fetch_add_explicit(&subscriber->meter.padding_bytes, PACKET_BYTES,
				  memory_order_relaxed);
	atomic_fetch_add_explicit(&subscriber->meter.padding_packets, 1, memory_order_relaxed);
}

void thp_padding_fill(thp_session *receiver, guint slot, gint64 now_us)
{
	thp_gate *gate = &receiver->subscriber.gates[slot];
	guint kbps = atomic_load_explicit(&gate->padding_kbps, memory_order_relaxed);

	if (kbps == 0) {
		gate->padded_us = 0;
		return;
	}
	/* On the wire each packet also has what IP, UDP, SRTP and the header extensions take. */
	gint64 each_us = (gint64)(PACKET_BYTES + AROUND_BYTES) * 8000 / kbps;

	if (gate->padded_us == 0 || now_us - gate->padded_us > BURST_US)
		gate->padded_us = now_us - MIN(each_us, BURST_US);
	for (; now_us - gate->padded_us >= each_us; gate->padded_us += each_us)
		send_one(receiver, 2 * slot + 1, now_us);
}

void thp_padding_add(const thp_hop *hop, gint64 now_us)
{
	const thp_gate *gate = &hop->receiver->subscriber.gates[hop->slot];

	/* A picture must not be torn; what is held back has none. */
	if (thp_pacing_holds(hop->pacing))
		return;
	if (!gate->mid_frame || atomic_load_explicit(&gate->closed, memory_order_relaxed) ||
	    atomic_load_explicit(&gate->padding_kbps, memory_order_relaxed) == 0)
		thp_padding_fill(hop->receiver, hop->slot, now_us);
}
