/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What workers put in the way of packets: routes, layers, tracks. */
#include "media.h"

#include "pacing.h"
#include "registry.h"
#include "track.h"

void thp_route_free(thp_route *route)
{
	if (!route)
		return;
	for (guint i = 0; i < route->n_hops; i++) {
		thp_pacing_free(route->hops[i].pacing);
		thp_session_unref(route->hops[i].receiver);
	}
	g_free(route);
}

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

static thp_hop *find_hop(thp_route *route, const thp_hop *like)
{
	for (guint i = 0; route && i < route->n_hops; i++) {
		if (route->hops[i].receiver == like->receiver && route->hops[i].slot == like->slot)
			return &route->hops[i];
	}
	return NULL;
}

/* Unpaced until the first decision: what was decided was about another picture. */
static thp_pacing *pacing_new(const thp_hop *hop)
{
	atomic_store(&hop->receiver->subscriber.gates[hop->slot].paced_kbps, 0);
	return thp_pacing_new();
}

/*
 * What begins to flow, or flows again, is a new assignment of the m-line: no gap is seen there. A picture that goes on
 * keeps what waits of it; the former route has that as well, until it is out of force.
 */
static void number_sources(thp_hop *hop, const thp_route *route, thp_route *former)
{
	const thp_hop *before = find_hop(former, hop);

	for (int video = 0; video < 2; video++) {
		gboolean goes_on = before && former->flows[video] && route->flows[video];
		hop->source_ids[video] = goes_on ? before->source_ids[video]
						 : ++hop->receiver->subscriber.source_ids;
		if (video && route->flows[1])
			hop->pacing = goes_on ? before->pacing : pacing_new(hop);
	}
}

static thp_route *route_new(const thp_route_plan *plan, thp_route *former)
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

/* What the route in force has taken over is no longer @former's, which no packet travels any more. */
static void hand_over(thp_route *former, thp_route *route)
{
	for (guint i = 0; former && i < former->n_hops; i++) {
		const thp_hop *now = find_hop(route, &former->hops[i]);

		if (now && now->pacing == former->hops[i].pacing)
			former->hops[i].pacing = NULL;
	}
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
	hand_over(former, route);
	thp_route_free(former);
}

void thp_route_set(thp_session *publisher, const thp_route_plan *plan)
{
	thp_route *former = publisher->publisher.route;
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

void thp_media_agree(thp_session *session, const thp_simulcast *agreed)
{
	THP_LOCK(&session->publisher.lock);
	thp_layer_agree(&session->publisher.layers, agreed);
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
