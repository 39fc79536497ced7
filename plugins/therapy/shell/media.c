/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packet path: no room, no JSON, no log, no allocation of ours, no payload read but the one bit
 * that tells a key frame. */
#include "media.h"

#include <therapy/rtcp.h>
#include <therapy/vp8.h>

#include "padding.h"
#include "registry.h"
#include "track.h"

#define OPUS_HZ  48000
#define VIDEO_HZ 90000

void thp_route_free(thp_route *route)
{
	if (!route)
		return;
	for (guint i = 0; i < route->n_hops; i++)
		thp_session_unref(route->hops[i].receiver);
	g_free(route);
}

/* ---- the worker's side ---- */

static void set_feed(thp_session *receiver, guint slot, thp_session *publisher)
{
	g_autoptr(thp_session) former = NULL;

	THP_LOCK(&receiver->subscriber.lock);
	former = receiver->subscriber.feeds[slot];
	receiver->subscriber.feeds[slot] = thp_session_ref(publisher);
}

static void drop_feed(const thp_hop *hop, const thp_session *publisher)
{
	g_autoptr(thp_session) former = NULL;
	thp_subscriber *subscriber = &hop->receiver->subscriber;

	THP_LOCK(&subscriber->lock);
	if (subscriber->feeds[hop->slot] == publisher)
		former = g_steal_pointer(&subscriber->feeds[hop->slot]);
}

static const thp_hop *find_hop(const thp_route *route, const thp_hop *like)
{
	for (guint i = 0; route && i < route->n_hops; i++) {
		if (route->hops[i].receiver == like->receiver && route->hops[i].slot == like->slot)
			return &route->hops[i];
	}
	return NULL;
}

/* What begins to flow, or flows again, is a new assignment of the m-line: no gap is seen there. */
static void number_sources(thp_hop *hop, const thp_route *route, const thp_route *former)
{
	const thp_hop *before = find_hop(former, hop);

	for (int video = 0; video < 2; video++) {
		gboolean goes_on = before && former->flows[video] && route->flows[video];
		hop->source_ids[video] = goes_on ? before->source_ids[video]
						 : ++hop->receiver->subscriber.source_ids;
	}
}

static thp_route *route_new(const thp_route_plan *plan, const thp_route *former)
{
	thp_route *route = g_new0(thp_route, 1);

	route->flows[0] = plan->audio;
	route->flows[1] = plan->video;
	for (guint i = 0; i < plan->n_hops; i++) {
		g_autoptr(thp_session) person = thp_registry_get(plan->hops[i].link);
		thp_session *receiver = person ? person->partner : NULL;
		if (!receiver || person->held_back || atomic_load(&receiver->gone))
			continue;
		thp_hop *hop = &route->hops[route->n_hops++];
		hop->receiver = thp_session_ref(receiver);
		hop->slot = plan->hops[i].slot;
		number_sources(hop, route, former);
	}
	return route;
}

/* @route is taken. Only the worker writes the pointer, so the worker may read it without the lock. */
static void put_in_force(thp_session *publisher, thp_route *route)
{
	thp_route *former = publisher->publisher.route;

	for (guint i = 0; former && i < former->n_hops; i++)
		drop_feed(&former->hops[i], publisher);
	pthread_mutex_lock(&publisher->publisher.lock);
	publisher->publisher.route = route;
	pthread_mutex_unlock(&publisher->publisher.lock);
	for (guint i = 0; route && i < route->n_hops; i++)
		set_feed(route->hops[i].receiver, route->hops[i].slot, publisher);
	thp_route_free(former);
}

void thp_route_set(thp_session *publisher, const thp_route_plan *plan)
{
	const thp_route *former = publisher->publisher.route;
	gboolean goes = plan->n_hops > 0 && !publisher->held_back;

	put_in_force(publisher, goes ? route_new(plan, former) : NULL);
}

/* The route in force without what goes to @receiver; the other hops go on as they are. */
static void cut(thp_session *publisher, const thp_session *receiver)
{
	const thp_route *former = publisher->publisher.route;
	thp_route *route = g_new0(thp_route, 1);

	memcpy(route->flows, former->flows, sizeof route->flows);
	for (guint i = 0; i < former->n_hops; i++) {
		if (former->hops[i].receiver == receiver)
			continue;
		thp_hop *hop = &route->hops[route->n_hops++];
		*hop = former->hops[i];
		hop->receiver = thp_session_ref(hop->receiver);
	}
	put_in_force(publisher, route);
}

void thp_route_hold_back(thp_session *person)
{
	person->held_back = TRUE;
	put_in_force(person, NULL);
	for (guint slot = 0; person->partner && slot < THP_SDP_PAIRS_MAX; slot++) {
		g_autoptr(thp_session) feed =
			thp_session_ref(person->partner->subscriber.feeds[slot]);
		if (feed && feed->publisher.route)
			cut(feed, person->partner);
	}
}

void thp_media_record(thp_session *session, thp_track *audio, thp_track *video)
{
	thp_track *former[2] = {thp_track_ref(audio), thp_track_ref(video)};

	pthread_mutex_lock(&session->publisher.lock);
	for (int i = 0; i < 2; i++) {
		thp_track *track = session->publisher.tracks[i];
		session->publisher.tracks[i] = former[i];
		former[i] = track;
	}
	pthread_mutex_unlock(&session->publisher.lock);
	thp_track_unref(former[0]);
	thp_track_unref(former[1]);
}

/* ---- the media threads' side ---- */

/* Whether a picture may pass: not while the gate is closed, and after that from a key frame on. */
static gboolean passes(const thp_hop *hop, const janus_plugin_rtp *out, const thp_rtp_header *in)
{
	thp_subscriber *subscriber = &hop->receiver->subscriber;
	thp_gate *gate = &subscriber->gates[hop->slot];

	if (atomic_load_explicit(&gate->closed, memory_order_relaxed)) {
		atomic_store_explicit(&gate->waits, TRUE, memory_order_relaxed);
		return FALSE;
	}
	if (!atomic_load_explicit(&gate->waits, memory_order_relaxed))
		return TRUE;
	if (!thp_vp8_starts_key_frame((const guint8 *)out->buffer + in->header_bytes,
				      (gsize)out->length - in->header_bytes))
		return FALSE;
	atomic_store_explicit(&gate->waits, FALSE, memory_order_relaxed);
	thp_rtp_resume(&subscriber->lines[2 * hop->slot + 1]);
	return TRUE;
}

static gboolean relay(const thp_hop *hop, janus_plugin_rtp *out, const thp_rtp_header *in,
		      gint64 now_us)
{
	thp_subscriber *subscriber = &hop->receiver->subscriber;
	int video = out->video ? 1 : 0;
	guint line = 2 * hop->slot + (guint)video;
	thp_rtp_continuity *numbers = &subscriber->lines[line];
	gint16 ahead = 1;
	guint16 before, seq;
	guint32 ts;

	if (video && !passes(hop, out, in))
		return FALSE;
	before = numbers->newest_seq;
	if (numbers->started)
		ahead = 0;
	if (!thp_rtp_rewrite(numbers, hop->source_ids[video], in->ssrc, in->seq, in->ts, now_us,
			     video ? VIDEO_HZ : OPUS_HZ, &seq, &ts))
		return FALSE;
	if (ahead == 0)
		ahead = (gint16)(guint16)(seq - before);
	if (video && seq == numbers->newest_seq)
		subscriber->gates[hop->slot].mid_frame = !in->marker;
	thp_meter_give(&subscriber->meter, line, ahead, (gsize)out->length);
	out->mindex = (int)line;
	thp_rtp_patch((guint8 *)out->buffer, seq, ts);
	gateway.janus->relay_rtp(hop->receiver->handle, out);
	return TRUE;
}

static void set_payload_type(char *buffer, guint8 payload_type)
{
	buffer[1] = (char)((buffer[1] & 0x80) | payload_type);
}

static guint8 type_for_receivers(gboolean video, gboolean red)
{
	return video ? THP_SDP_VP8_PT : red ? THP_SDP_RED_PT : THP_SDP_OPUS_PT;
}

static guint fan_out(const thp_route *route, janus_plugin_rtp *packet, const thp_rtp_header *in,
		     gboolean red)
{
	janus_plugin_rtp out;
	gint64 now_us = g_get_monotonic_time();
	guint relayed = 0;

	janus_plugin_rtp_reset(&out); /* no header extension of the sender goes on */
	out.video = packet->video;
	out.buffer = packet->buffer;
	out.length = packet->length;
	set_payload_type(out.buffer, type_for_receivers(out.video, red));
	for (guint i = 0; i < route->n_hops; i++) {
		relayed += relay(&route->hops[i], &out, in, now_us);
		thp_padding_add(&route->hops[i], now_us);
	}
	/* The buffer is Janus's: give it back as it was. */
	thp_rtp_patch((guint8 *)out.buffer, in->seq, in->ts);
	set_payload_type(out.buffer, in->payload_type);
	return relayed;
}

/* Recorded is what others are given, and nothing else. */
static void record(const thp_publisher *publisher, const janus_plugin_rtp *packet)
{
	thp_track *track = publisher->tracks[packet->video ? 1 : 0];

	if (track)
		thp_track_put(track, packet->buffer, (guint)packet->length);
}

void thp_media_rtp(thp_session *session, janus_plugin_rtp *packet)
{
	thp_publisher *publisher = &session->publisher;
	int video = packet->video ? 1 : 0;
	thp_rtp_header in;
	guint relayed = 0;

	if (!packet->buffer || !thp_rtp_read((const guint8 *)packet->buffer, packet->length, &in))
		return;
	if (packet->video)
		thp_meter_take(&publisher->meter[1], &in, packet->length);
	else
		thp_meter_take_speech(&publisher->meter[0], &in, packet->length, OPUS_HZ);
	pthread_mutex_lock(&publisher->lock);
	if (publisher->route && publisher->route->flows[video]) {
		gboolean red = !video && in.payload_type == atomic_load(&publisher->red_type);
		relayed = fan_out(publisher->route, packet, &in, red);
		/* While something is recorded RED is not asked for; what is still on its way is no Opus. */
		if (!red)
			record(publisher, packet);
	}
	pthread_mutex_unlock(&publisher->lock);
	/* What came too soon after another request is asked for when its time has come. */
	if (atomic_load_explicit(&publisher->keyframe_due, memory_order_relaxed))
		thp_media_keyframe(session, FALSE);
	if (relayed > 0)
		atomic_fetch_add_explicit(&publisher->relayed, relayed, memory_order_relaxed);
	else
		atomic_fetch_add_explicit(&publisher->dropped, 1, memory_order_relaxed);
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
