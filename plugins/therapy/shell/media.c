/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packet path: no room, no JSON, no log, no allocation of ours, no payload read but what no encryption hides:
 * the descriptor in front of a picture, and the one bit that tells a key frame. */
#include "media.h"

#include <therapy/rtcp.h>
#include <therapy/vp8.h>

#include "pacing.h"
#include "padding.h"
#include "track.h"

/*
 * Whether a picture may pass: not while the gate is closed, and after that from a key frame on; and only the layer
 * that is for this receiver. Sets whether the packet begins.
 */
static gboolean passes(const thp_hop *hop, const janus_plugin_rtp *out, thp_packet *in,
		       gint64 now_us, thp_fate *fate)
{
	thp_gate *gate = &hop->receiver->subscriber.gates[hop->slot];
	const thp_layer_packet packet = {.source_id = hop->source_ids[1],
					 .layer = in->layer,
					 .payload = (const guint8 *)out->buffer +
						    in->header.header_bytes,
					 .length = (gsize)out->length - in->header.header_bytes};

	if (atomic_load_explicit(&gate->closed, memory_order_relaxed)) {
		thp_pacing_drop(hop);
		atomic_store_explicit(&gate->waits, TRUE, memory_order_relaxed);
		return FALSE;
	}
	gboolean waits = atomic_load_explicit(&gate->waits, memory_order_relaxed);
	int wanted = atomic_load_explicit(&gate->layer, memory_order_relaxed);
	thp_layer_pass pass = thp_layer_take(&gate->view, &packet, wanted, waits, now_us);

	fate->missed |= pass == THP_LAYER_MISSED;
	if (pass < THP_LAYER_GOES_ON)
		return FALSE;
	in->begins = pass == THP_LAYER_BEGINS;
	atomic_store_explicit(&gate->shown, in->layer, memory_order_relaxed);
	if (waits)
		atomic_store_explicit(&gate->waits, FALSE, memory_order_relaxed);
	return TRUE;
}

static void give(const thp_hop *hop, janus_plugin_rtp *out, thp_packet *in, gint64 now_us,
		 thp_fate *fate)
{
	if (out->video) {
		if (passes(hop, out, in, now_us, fate))
			thp_pacing_give(hop, out, in, now_us, fate);
	} else if (thp_relay(hop, out, in, now_us)) {
		fate->relayed++;
		fate->taken = TRUE;
	}
}

static void set_payload_type(char *buffer, guint8 payload_type)
{
	buffer[1] = (char)((buffer[1] & 0x80) | payload_type);
}

static guint8 type_for_receivers(gboolean video, gboolean red)
{
	return video ? THP_SDP_VP8_PT : red ? THP_SDP_RED_PT : THP_SDP_OPUS_PT;
}

static void fan_out(const thp_route *route, janus_plugin_rtp *packet, thp_packet *in, gboolean red,
		    gint64 now_us, thp_fate *fate)
{
	janus_plugin_rtp out;

	janus_plugin_rtp_reset(&out); /* no header extension of the sender goes on */
	out.video = packet->video;
	out.buffer = packet->buffer;
	out.length = packet->length;
	set_payload_type(out.buffer, type_for_receivers(out.video, red));
	for (guint i = 0; i < route->n_hops; i++)
		give(&route->hops[i], &out, in, now_us, fate);
	/* The buffer is Janus's: give it back as it was. */
	thp_rtp_patch((guint8 *)out.buffer, in->header.seq, in->header.ts);
	set_payload_type(out.buffer, in->header.payload_type);
}

/* What goes when any packet of the sender comes: pictures that are due, and padding. */
static void follow_up(const thp_route *route, gboolean flows, gint64 now_us, thp_fate *fate)
{
	for (guint i = 0; i < route->n_hops; i++) {
		thp_pacing_release(&route->hops[i], now_us, fate);
		if (flows)
			thp_padding_add(&route->hops[i], now_us);
	}
}

/* Of a camera with layers the highest goes on the track, as one stream. */
static void record_layer(thp_publisher *publisher, janus_plugin_rtp *out, const thp_packet *in,
			 gint64 now_us, thp_fate *fate)
{
	guint8 *bytes = (guint8 *)out->buffer, saved[THP_RTP_MIN + THP_VP8_NUMBERS_MAX];
	guint8 *payload = bytes + in->header.header_bytes;
	gsize length = (gsize)out->length - in->header.header_bytes;
	gsize n = MIN(length, THP_VP8_NUMBERS_MAX);
	const thp_layer_packet packet = {.layer = in->layer, .payload = payload, .length = length};
	guint16 seq;
	guint32 ts;

	thp_layer_pass pass =
		thp_layer_take(&publisher->recorded, &packet,
			       atomic_load(&publisher->recorded_layer), FALSE, now_us);
	fate->missed |= pass == THP_LAYER_MISSED;
	if (pass < THP_LAYER_GOES_ON)
		return;
	if (pass == THP_LAYER_BEGINS)
		thp_rtp_resume(&publisher->recorded_line);
	if (!thp_rtp_rewrite(&publisher->recorded_line, 0, in->header.ssrc, in->header.seq,
			     in->header.ts, now_us, THP_VIDEO_HZ, &seq, &ts))
		return;
	memcpy(saved, bytes, THP_RTP_MIN);
	memcpy(saved + THP_RTP_MIN, payload, n);
	thp_rtp_patch(bytes, seq, ts);
	thp_rtp_rename(bytes, publisher->layers.ssrcs[0]);
	thp_vp8_renumber(&publisher->recorded.numbers, pass == THP_LAYER_BEGINS, payload, length);
	thp_track_put(publisher->tracks[1], bytes, (guint)out->length);
	memcpy(bytes, saved, THP_RTP_MIN);
	memcpy(payload, saved + THP_RTP_MIN, n);
}

/* Recorded is what others are given, and nothing else. */
static void record(thp_publisher *publisher, janus_plugin_rtp *packet, const thp_packet *in,
		   gint64 now_us, thp_fate *fate)
{
	thp_track *track = publisher->tracks[packet->video ? 1 : 0];

	if (track && packet->video && in->layered)
		record_layer(publisher, packet, in, now_us, fate);
	else if (track)
		thp_track_put(track, packet->buffer, (guint)packet->length);
}

static void count(thp_publisher *publisher, const thp_packet *in, const janus_plugin_rtp *packet)
{
	if (packet->video)
		thp_meter_take(&publisher->meter[1 + in->layer], &in->header, packet->length);
	else
		thp_meter_take_speech(&publisher->meter[0], &in->header, packet->length,
				      THP_OPUS_HZ);
}

/* What becomes of a packet, with the publisher's lock. */
static void pass_on(thp_publisher *publisher, janus_plugin_rtp *packet, thp_packet *in,
		    thp_fate *fate)
{
	const thp_route *route = publisher->route;
	int video = packet->video ? 1 : 0;
	gint64 now_us = g_get_monotonic_time();

	in->layered = publisher->layers.agreed.n > 0;
	in->layer = video ? thp_layer_find(&publisher->layers, (const guint8 *)packet->buffer,
					   &in->header)
			  : 0;
	if (in->layer == THP_NO_LAYER)
		return;
	count(publisher, in, packet);
	if (!route)
		return;
	if (route->flows[video]) {
		gboolean red =
			!video && in->header.payload_type == atomic_load(&publisher->red_type);
		fan_out(route, packet, in, red, now_us, fate);
		/* While something is recorded RED is not asked for; what is still on its way is no Opus. */
		if (!red)
			record(publisher, packet, in, now_us, fate);
	}
	follow_up(route, route->flows[video], now_us, fate);
}

void thp_media_rtp(thp_session *session, janus_plugin_rtp *packet)
{
	thp_publisher *publisher = &session->publisher;
	thp_packet in = {.begins = FALSE};
	thp_fate fate = {0};

	if (!packet->buffer ||
	    !thp_rtp_read((const guint8 *)packet->buffer, packet->length, &in.header))
		return;
	pthread_mutex_lock(&publisher->lock);
	pass_on(publisher, packet, &in, &fate);
	pthread_mutex_unlock(&publisher->lock);
	if (fate.missed)
		atomic_store_explicit(&publisher->keyframe_due, TRUE, memory_order_relaxed);
	/* What came too soon after another request is asked for when its time has come. */
	if (atomic_load_explicit(&publisher->keyframe_due, memory_order_relaxed))
		thp_media_keyframe(session, FALSE);
	if (fate.relayed > 0)
		atomic_fetch_add_explicit(&publisher->relayed, fate.relayed, memory_order_relaxed);
	if (!fate.taken)
		atomic_fetch_add_explicit(&publisher->dropped, 1, memory_order_relaxed);
}

void thp_media_release(thp_session *session)
{
	thp_publisher *publisher = &session->publisher;
	gint64 now_us = g_get_monotonic_time();
	thp_fate fate = {0};

	pthread_mutex_lock(&publisher->lock);
	if (publisher->route)
		follow_up(publisher->route, FALSE, now_us, &fate);
	pthread_mutex_unlock(&publisher->lock);
	if (fate.missed)
		thp_media_keyframe(session, FALSE);
	if (fate.relayed > 0)
		atomic_fetch_add_explicit(&publisher->relayed, fate.relayed, memory_order_relaxed);
}

void thp_media_rtcp(thp_session *session, janus_plugin_rtcp *packet)
{
	thp_subscriber *subscriber = &session->subscriber;
	g_autoptr(thp_session) publisher = NULL;
	int slot = packet->mindex / 2;

	if (!packet->buffer || packet->mindex < 0 || slot >= THP_SDP_PAIRS_MAX)
		return;
	const guint8 *bytes = (const guint8 *)packet->buffer;
	gboolean wants_keyframe = thp_rtcp_wants_keyframe(bytes, packet->length);

	pthread_mutex_lock(&subscriber->lock);
	thp_meter_hear(&subscriber->heard, (guint)packet->mindex, bytes, packet->length);
	if (wants_keyframe)
		publisher = thp_session_ref(subscriber->feeds[slot]);
	pthread_mutex_unlock(&subscriber->lock);
	if (publisher)
		thp_media_keyframe(publisher, FALSE);
}

void thp_media_keyframe(thp_session *session, gboolean at_once)
{
	thp_publisher *publisher = &session->publisher;
	int mindex = atomic_load(&publisher->video_mindex);
	long long last = atomic_load(&publisher->keyframe_us);
	gint64 now_us = g_get_monotonic_time();

	if (mindex < 0 || atomic_load(&session->gone))
		return;
	if (!at_once && now_us - last < gateway.conf.keyframe_ms * 1000) {
		atomic_store(&publisher->keyframe_due, TRUE);
		return;
	}
	/* Of several that ask at once, one does. */
	atomic_store(&publisher->keyframe_due, FALSE);
	if (atomic_compare_exchange_strong(&publisher->keyframe_us, &last, now_us))
		gateway.janus->send_pli_stream(session->handle, mindex);
}
