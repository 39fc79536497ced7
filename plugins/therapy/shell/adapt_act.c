/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions of one room, carried out ten times a second; what has not changed costs a comparison. */
#include "adapt_act.h"

#include <therapy/reply.h>

#include "log.h"
#include "media.h"

#define REMB_US  G_TIME_SPAN_SECOND /* a cap is repeated, for RTCP gets lost: */
#define SOON_US  250000             /* the sooner the fuller its way may be */
#define ASK_US   G_TIME_SPAN_SECOND /* between requests for the key frame of a layer */
#define ASKS_MAX 3

/* The pair of @receiver's handle that carries @sender, or -1. */
static int slot_of(const thp_session *sender, const thp_session *receiver)
{
	const thp_route *route = sender->publisher.route;

	for (guint i = 0; route && i < route->n_hops; i++) {
		if (route->hops[i].receiver == receiver)
			return (int)route->hops[i].slot;
	}
	return -1;
}

/* ---- pictures to a receiver ---- */

/*
 * The layer that is wanted now. It begins with a key frame of its own, which the encoder makes when it begins with the
 * layer; where it had that already, or the frame is lost, somebody has to ask, but not for ever.
 */
static void want_layer(thp_gate *gate, const thp_seat *from, int layer, gint64 now_us)
{
	if (atomic_exchange(&gate->layer, layer) != layer)
		gate->asks = 0;
	if (atomic_load(&gate->shown) == layer || gate->asks >= ASKS_MAX ||
	    (gate->asks > 0 && now_us - gate->asked_us < ASK_US))
		return;
	gate->asks++;
	gate->asked_us = now_us;
	thp_media_keyframe(from->participant, FALSE);
}

/*
 * How fast the picture may go, on the wire: as it is asked for in the size that this receiver gets. Of two people that
 * is what the link bears. Kept as it is while none is asked for.
 */
static void pace(thp_gate *gate, const thp_seat *to, const thp_directive *send, int layer)
{
	guint32 i = (guint32)layer < send->n_encodings ? (guint32)layer : 0;
	guint32 kbps = to->room->n > 2 ? send->encodings[i].kbps : to->down.decision.video_kbps;

	if (kbps > 0)
		atomic_store(&gate->paced_kbps, thp_tier_video_wire_kbps(kbps));
}

/* TRUE if the picture of @from flows to @to now. */
static gboolean open_or_close(const thp_seat *to, const thp_seat *from, const thp_allotment *a,
			      gint64 now_us)
{
	thp_session *receiver = to->participant->partner;
	int slot = receiver ? slot_of(from->participant, receiver) : -1;
	int8_t layer = a->layer[to->place][from->place];
	gboolean flows = to->down.decision.video && layer != THP_NO_LAYER;

	if (slot < 0)
		return flows;
	thp_gate *gate = &receiver->subscriber.gates[slot];

	if (flows)
		pace(gate, to, &a->send[from->place], layer);
	atomic_store(&gate->hold, to->down.decision.hold);
	gboolean was_closed = atomic_exchange(&gate->closed, !flows);

	/* A larger picture begins with a key frame by itself. */
	if (flows && (was_closed || atomic_load(&gate->waits)))
		thp_media_keyframe(from->participant, FALSE);
	if (flows)
		want_layer(gate, from, layer, now_us);
	return flows;
}

static void pad(const thp_seat *to, const thp_seat *from, guint kbps)
{
	thp_session *receiver = to->participant->partner;
	int slot = receiver ? slot_of(from->participant, receiver) : -1;

	if (slot >= 0)
		atomic_store(&receiver->subscriber.gates[slot].padding_kbps, kbps);
}

/* For the way to @seat, and for those of whom it hears. */
static guint32 buffer_ms(const thp_seat *seat, const thp_adapt_room *room)
{
	guint32 most_ms = seat->down.decision.buffer_ms;

	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		const thp_seat *other = room->seats[i];

		if (other && other != seat)
			most_ms = MAX(most_ms, other->up.decision.buffer_ms);
	}
	return most_ms;
}

static void tell_tier(thp_seat *seat, const thp_adapt_room *room, gboolean video, guint paused,
		      const thp_ladder *ladder)
{
	const thp_downlink_decision *d = &seat->down.decision;
	const char *who[THP_CROWD_MAX];
	thp_reply_tier tier = {.tier = ladder->tiers[d->tier].name,
			       .why = thp_controller_why_name(d->why),
			       .video = video,
			       .nack = ladder->tiers[d->tier].nack,
			       .buffer_ms = buffer_ms(seat, room),
			       .paused = who};

	if (seat->told && seat->told_tier == d->tier && seat->told_video == video &&
	    seat->told_nack == tier.nack && seat->told_paused == paused &&
	    seat->told_buffer_ms == tier.buffer_ms)
		return;
	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		if (paused & 1u << i)
			who[tier.n_paused++] = room->seats[i]->participant->who;
	}
	seat->told = TRUE;
	seat->told_tier = d->tier;
	seat->told_video = video;
	seat->told_nack = tier.nack;
	seat->told_paused = paused;
	seat->told_buffer_ms = tier.buffer_ms;
	thp_session_push(seat->participant, NULL, thp_reply_tier_new(&tier), NULL);
}

static gboolean has_picture(const thp_seat *seat)
{
	const thp_route *route = seat->participant->publisher.route;

	return route && route->flows[1];
}

/* Padding goes with the packets of one feed, best of somebody who speaks: those come evenly. */
static const thp_seat *padded_feed(const thp_seat *to, const thp_adapt_room *room)
{
	const thp_seat *any = NULL;

	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		const thp_seat *from = room->seats[i];
		const thp_route *route = from ? from->participant->publisher.route : NULL;

		if (!route || from == to)
			continue;
		if (route->flows[0])
			return from;
		any = any ? any : from;
	}
	return any;
}

static void act_on_receiver(thp_seat *to, const thp_adapt_room *room, const thp_allotment *a,
			    const thp_ladder *ladder, gint64 now_us)
{
	const thp_seat *padded = padded_feed(to, room);
	guint paused = 0, pictures = 0, shown = 0;

	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		const thp_seat *from = room->seats[i];
		if (!from || from == to)
			continue;
		gboolean flows = open_or_close(to, from, a, now_us);
		if (has_picture(from)) {
			pictures++;
			shown += flows;
			paused |= !flows || a->send[i].camera_paused ? 1u << i : 0;
		}
		pad(to, from, from == padded ? to->down.decision.padding_kbps : 0);
	}
	tell_tier(to, room, to->down.decision.video && (pictures == 0 || shown > 0), paused,
		  ladder);
}

/* ---- what a sender is asked for ---- */

/* The highest that is sent; as it was while none is. */
static void record_highest(thp_session *participant, const thp_directive *send)
{
	for (guint i = 0; i < send->n_encodings && i < THP_LAYERS_MAX; i++) {
		if (send->encodings[i].active)
			atomic_store(&participant->publisher.recorded_layer, (int)i);
	}
}

static guint32 asked_of(const thp_directive *send)
{
	guint32 kbps = 0;

	for (guint i = 0; i < send->n_encodings && i < THP_LAYERS_MAX; i++)
		kbps += send->encodings[i].active ? send->encodings[i].kbps : 0;
	return kbps;
}

/*
 * A browser takes its speech out of what a REMB leaves it, and calls its link weak when that binds before
 * the directive does: so it gets a little more.
 */
static void cap_sender(thp_seat *seat, const thp_directive *send, const thp_tier *tier,
		       gint64 now_us)
{
	guint32 kbps = send->remb_kbps * 12 / 10 + thp_tier_audio_wire_kbps(tier, send->red);

	gint64 every_us = now_us - seat->lowered_us < 2 * REMB_US ? SOON_US : REMB_US;

	if (send->remb_kbps == 0 || (kbps == seat->remb_kbps && now_us - seat->remb_us < every_us))
		return;
	if (kbps < seat->remb_kbps)
		seat->lowered_us = now_us;
	seat->remb_kbps = kbps;
	seat->remb_us = now_us;
	if (!atomic_load(&seat->participant->gone))
		gateway.janus->send_remb(seat->participant->handle, kbps * 1000);
}

static void act_on_sender(thp_seat *seat, const thp_allotment *a, const thp_ladder *ladder,
			  gint64 now_us)
{
	const thp_directive *send = &a->send[seat->place];

	if (a->sent_changed & 1u << seat->place) {
		seat->asked_kbps = has_picture(seat) ? asked_of(send) : 0;
		record_highest(seat->participant, send);
		thp_session_push(seat->participant, NULL,
				 thp_reply_send(send, ladder->tiers[send->tier].name), NULL);
	}
	cap_sender(seat, send, &ladder->tiers[send->tier], now_us);
}

/* ---- the room ---- */

/* For the log and for event handlers: never who. */
static void write_down(const thp_seat *seat, const thp_ladder *ladder)
{
	const thp_downlink_decision *d = &seat->down.decision;
	const char *tier = ladder->tiers[d->tier].name;
	const char *why = thp_controller_why_name(d->why);

	log_verb("link %" G_GUINT64_FORMAT ": %s%s (%s), queue %u ms, loss %u/1000%s",
		 seat->participant->link, tier, d->gated ? ", video gated" : "", why, d->queue_ms,
		 d->loss_permille, gateway.conf.shadow ? ", shadow" : "");
	if (gateway.conf.events && gateway.janus->events_is_enabled())
		gateway.janus->notify_event(
			gateway.plugin, seat->participant->handle,
			json_pack("{s:s, s:s, s:s, s:b, s:i, s:i, s:b}", "event", "tier", "tier",
				  tier, "why", why, "video", d->video, "queue_ms", (int)d->queue_ms,
				  "loss_permille", (int)d->loss_permille, "shadow",
				  (int)gateway.conf.shadow));
}

static void write_down_camera(const thp_seat *seat, const thp_directive *send,
			      const thp_ladder *ladder)
{
	const char *tier = ladder->tiers[send->tier].name;
	const char *why = thp_controller_why_name(send->why);

	log_verb("link %" G_GUINT64_FORMAT " sends: %s (%s)%s, queue %u ms, loss %u/1000",
		 seat->participant->link, tier, why, send->camera_paused ? ", camera paused" : "",
		 seat->up.decision.queue_ms, seat->up.decision.loss_permille);
}

void thp_act(thp_adapt_room *room, const thp_allotment *a, const thp_ladder *ladder, gint64 now_us)
{
	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		thp_seat *seat = room->seats[i];
		if (!seat)
			continue;
		if (seat->down.decision.changed)
			write_down(seat, ladder);
		if (seat->up.decision.changed)
			write_down_camera(seat, &a->send[i], ladder);
		if (gateway.conf.shadow)
			continue;
		act_on_receiver(seat, room, a, ladder, now_us);
		act_on_sender(seat, a, ladder, now_us);
	}
	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		if (room->seats[i])
			thp_media_release(room->seats[i]->participant);
	}
}

void thp_act_release(thp_seat *seat)
{
	thp_session *receiver = seat->participant->partner;

	for (guint k = 0; receiver && k < THP_SDP_PAIRS_MAX; k++) {
		atomic_store(&receiver->subscriber.gates[k].closed, FALSE);
		atomic_store(&receiver->subscriber.gates[k].layer, 0);
		atomic_store(&receiver->subscriber.gates[k].hold, FALSE);
		atomic_store(&receiver->subscriber.gates[k].paced_kbps, 0);
		atomic_store(&receiver->subscriber.gates[k].padding_kbps, 0);
	}
}
