/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, timestamps and numbers of pictures, whole on each m-line: given when a packet goes, not when it comes. */
#include "relay.h"

#include <string.h>

#include <therapy/vp8.h>

/* The numbers of pictures go on whatever layer they are of. What they were is the next receiver's again. */
static void relay_layer(const thp_hop *hop, janus_plugin_rtp *out, const thp_packet *packet)
{
	guint8 *payload = (guint8 *)out->buffer + packet->header.header_bytes;
	gsize length = (gsize)out->length - packet->header.header_bytes;
	guint8 saved[THP_VP8_NUMBERS_MAX];
	gsize n = MIN(length, sizeof saved);

	memcpy(saved, payload, n);
	thp_vp8_renumber(&hop->receiver->subscriber.gates[hop->slot].view.numbers, packet->begins,
			 payload, length);
	gateway.janus->relay_rtp(hop->receiver->handle, out);
	memcpy(payload, saved, n);
}

gboolean thp_relay(const thp_hop *hop, janus_plugin_rtp *out, const thp_packet *packet,
		   gint64 came_us)
{
	const thp_rtp_header *in = &packet->header;
	thp_subscriber *subscriber = &hop->receiver->subscriber;
	int video = out->video ? 1 : 0;
	guint line = 2 * hop->slot + (guint)video;
	thp_rtp_continuity *numbers = &subscriber->lines[line];
	guint16 before = numbers->newest_seq, seq;
	gboolean started = numbers->started;
	gint16 ahead = 1;
	guint32 ts;

	if (video && packet->begins)
		thp_rtp_resume(numbers);
	if (!thp_rtp_rewrite(numbers, hop->source_ids[video], in->ssrc, in->seq, in->ts, came_us,
			     video ? THP_VIDEO_HZ : THP_OPUS_HZ, &seq, &ts))
		return FALSE;
	if (video && seq == numbers->newest_seq)
		subscriber->gates[hop->slot].mid_frame = !in->marker;
	if (started)
		ahead = (gint16)(guint16)(seq - before);
	thp_meter_give(&subscriber->meter, line, ahead, (gsize)out->length);
	out->mindex = (int)line;
	thp_rtp_patch((guint8 *)out->buffer, seq, ts);
	if (video && packet->layered)
		relay_layer(hop, out, packet);
	else
		gateway.janus->relay_rtp(hop->receiver->handle, out);
	return TRUE;
}
