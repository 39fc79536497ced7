/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rooms and seats, and the tick: signals in, decisions out. */
#include "adapt.h"

#include <string.h>

#include "adapt_act.h"
#include "media.h"

#define TICK_US 100000
#define SOON_US 30000
#define SUM_US  G_USEC_PER_SEC

/* ---- what was done ---- */

static void sum_room(const thp_adapt_room *room, thp_metrics *sum)
{
	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		const thp_seat *seat = room->seats[i];
		if (!seat)
			continue;
		thp_controller_add(&sum->down, &seat->down.counters);
		thp_controller_add(&sum->up, &seat->up.counters);
		if (!seat->participant->partner)
			continue;
		sum->receivers[seat->down.decision.tier]++;
		sum->gated += seat->down.decision.gated;
	}
}

static void sum_up(thp_adapt *adapt, gint64 now_us)
{
	thp_metrics sum = {.down = adapt->gone[0], .up = adapt->gone[1]};
	GHashTableIter iter;
	thp_adapt_room *room;

	g_hash_table_iter_init(&iter, adapt->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&room))
		sum_room(room, &sum);
	adapt->summed_us = now_us;
	THP_LOCK(&adapt->lock);
	adapt->sum = sum;
}

/* ---- rooms and seats ---- */

static void seat_free(thp_seat *seat)
{
	seat->participant->seat = NULL;
	thp_session_unref(seat->participant);
	g_free(seat);
}

static void room_free(gpointer data)
{
	thp_adapt_room *room = data;

	for (guint i = 0; i < THP_CROWD_MAX; i++)
		g_clear_pointer(&room->seats[i], seat_free);
	g_free(room->key);
	g_free(room);
}

void thp_adapt_init(thp_adapt *adapt)
{
	adapt->tiers = thp_tiers_get();
	adapt->rooms = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, room_free);
	adapt->ticked_us = 0;
	pthread_mutex_init(&adapt->lock, NULL);
}

void thp_adapt_clear(thp_adapt *adapt)
{
	g_clear_pointer(&adapt->rooms, g_hash_table_unref);
	g_clear_pointer(&adapt->tiers, thp_tiers_unref);
	pthread_mutex_destroy(&adapt->lock);
}

static thp_adapt_room *find_room(thp_adapt *adapt, const thp_session *participant, const char *name)
{
	g_autofree char *key = thp_tiers_room_key(participant->area, name);
	thp_adapt_room *room = g_hash_table_lookup(adapt->rooms, key);

	if (room)
		return room;
	room = g_new0(thp_adapt_room, 1);
	room->key = g_steal_pointer(&key);
	thp_allot_init(&room->allot, &adapt->tiers->conf.ladder, &adapt->tiers->conf.tuning);
	g_hash_table_insert(adapt->rooms, room->key, room);
	return room;
}

/* How their speech has come of late says what the link is like. */
static void take_wait(thp_seat *seat)
{
	gboolean swung;
	gint64 for_us = thp_meter_calm(&seat->participant->publisher.meter[0], &swung);

	thp_downlink_waited(&seat->down, for_us, swung);
	thp_uplink_waited(&seat->up, for_us, swung);
}

static void sit(const thp_adapt *adapt, thp_adapt_room *room, guint place, thp_session *participant)
{
	const thp_conf_tiers *conf = &adapt->tiers->conf;
	gint64 now_us = g_get_monotonic_time();
	thp_seat *seat = g_new0(thp_seat, 1);
	thp_network_verdict first = thp_network_judge(&conf->network, &conf->ladder,
						      &participant->ways[0], &participant->ways[1]);

	seat->participant = thp_session_ref(participant);
	seat->room = room;
	seat->place = place;
	thp_downlink_init(&seat->down, &conf->ladder, &conf->tuning, first.down_tier, now_us);
	thp_uplink_init(&seat->up, &conf->ladder, &conf->tuning, first.up_tier, now_us);
	take_wait(seat);
	room->seats[place] = seat;
	room->n++;
	participant->seat = seat;
}

void thp_adapt_enter(thp_adapt *adapt, thp_session *participant, const char *name)
{
	thp_adapt_room *room = find_room(adapt, participant, name);

	if (participant->seat && participant->seat->room == room)
		return;
	thp_adapt_leave(adapt, participant);
	/* Leaving may have freed an empty room, but never this one: that had another key. */
	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		if (!room->seats[i]) {
			sit(adapt, room, i, participant);
			return;
		}
	}
}

void thp_adapt_leave(thp_adapt *adapt, thp_session *participant)
{
	thp_seat *seat = participant->seat;

	if (!seat)
		return;
	thp_adapt_room *room = seat->room;

	thp_act_release(seat);
	thp_controller_add(&adapt->gone[0], &seat->down.counters);
	thp_controller_add(&adapt->gone[1], &seat->up.counters);
	room->seats[seat->place] = NULL;
	seat_free(seat);
	if (--room->n == 0)
		g_hash_table_remove(adapt->rooms, room->key);
	/* No tick may follow that would. */
	if (g_hash_table_size(adapt->rooms) == 0)
		sum_up(adapt, g_get_monotonic_time());
}

/* ---- a reload ---- */

static void reload_room(const thp_adapt_room *room, const thp_conf_tiers *conf)
{
	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		thp_seat *seat = room->seats[i];
		if (!seat)
			continue;
		thp_downlink_reload(&seat->down, &conf->ladder, &conf->tuning);
		thp_uplink_reload(&seat->up, &conf->ladder, &conf->tuning);
		seat->told = FALSE;
	}
}

static void take_up(thp_adapt *adapt)
{
	g_autoptr(thp_tiers) tiers = thp_tiers_get();
	GHashTableIter iter;
	thp_adapt_room *room;

	if (tiers == adapt->tiers)
		return;
	g_hash_table_iter_init(&iter, adapt->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&room)) {
		thp_allot_reload(&room->allot, &tiers->conf.ladder, &tiers->conf.tuning);
		reload_room(room, &tiers->conf);
	}
	thp_tiers_unref(adapt->tiers);
	adapt->tiers = g_steal_pointer(&tiers);
}

/* ---- the tick ---- */

/* Between which tiers the person may be: what operators and they themselves leave. */
static void limit(const thp_adapt *adapt, const thp_adapt_room *room, thp_seat *seat, gint64 now_us)
{
	const thp_ladder *ladder = &adapt->tiers->conf.ladder;
	thp_tier_range range = {.cap = ladder->n - 1};
	thp_override override = {.mode = THP_OVERRIDE_AUTO};
	guint32 cap = ladder->n - 1;
	thp_tier_order order;

	if (thp_tiers_ordered(room->key, now_us, &order)) {
		override.tier = thp_tier_find(ladder, order.tier);
		override.until_us = order.until_us;
		/* The tier may have gone in a reload. */
		override.mode = override.tier < ladder->n ? order.mode : THP_OVERRIDE_AUTO;
	}
	if (seat->participant->voice_only && thp_tier_first_video(ladder) > 0)
		cap = thp_tier_first_video(ladder) - 1;
	thp_controller_narrow(&range, &override, cap, THP_WHY_CHOICE, now_us);
	thp_downlink_limit(&seat->down, &range);
	thp_uplink_limit(&seat->up, &range);
}

static gboolean sends(const thp_seat *seat, int video)
{
	const thp_route *route = seat->participant->publisher.route;

	return route && route->flows[video];
}

/* W writes the tracks, so W may look at them. A recording keeps speech as it is made, once. */
static gboolean can_send_red(const thp_session *participant)
{
	return atomic_load(&participant->publisher.red_type) >= 0 &&
	       !participant->publisher.tracks[0];
}

/* W writes them, so W may look at them. */
static gboolean has_layers(const thp_session *participant)
{
	return participant->publisher.layers.agreed.n > 0;
}

static gboolean hears_red(const thp_session *participant)
{
	return participant->partner && participant->partner->subscriber.hears_red;
}

static void count_feeds(const thp_adapt_room *room, thp_seat *seat, gint64 now_us)
{
	thp_feeds feeds = {.others = room->n - 1,
			   .first_kbps = room->allot.now.first_kbps[seat->place]};

	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		const thp_seat *other = room->seats[i];
		if (!other || other == seat)
			continue;
		feeds.audios += sends(other, 0);
		feeds.videos += sends(other, 1);
	}
	thp_downlink_feeds(&seat->down, &feeds, now_us);
}

static void hear(thp_seat *seat, thp_session *receiver)
{
	thp_meter_heard heard;

	pthread_mutex_lock(&receiver->subscriber.lock);
	heard = receiver->subscriber.heard;
	memset(&receiver->subscriber.heard, 0, sizeof receiver->subscriber.heard);
	pthread_mutex_unlock(&receiver->subscriber.lock);
	thp_meter_tell(&heard, &receiver->subscriber.meter, &seat->down);
}

/* From the tier where it is, with nothing known. */
static void start_anew(thp_adapt *adapt, thp_seat *seat, gint64 now_us)
{
	const thp_conf_tiers *conf = &adapt->tiers->conf;

	thp_controller_add(&adapt->gone[0], &seat->down.counters);
	thp_downlink_init(&seat->down, &conf->ladder, &conf->tuning, seat->down.decision.tier,
			  now_us);
}

/* Another receiver handle is another connection. */
static void follow_receiver(thp_adapt *adapt, thp_seat *seat, const thp_session *receiver,
			    gint64 now_us)
{
	if (seat->receiver_link != 0 && seat->receiver_link != receiver->link)
		start_anew(adapt, seat, now_us);
	seat->receiver_link = receiver->link;
}

/* How late the speech that goes to @seat is when it comes in: of several voices the least late. */
static guint32 late_before(const thp_adapt_room *room, const thp_seat *seat)
{
	guint32 least_ms = G_MAXUINT32;

	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		const thp_seat *other = room->seats[i];

		if (other && other != seat && sends(other, 0))
			least_ms = MIN(least_ms, other->late_ms);
	}
	return least_ms == G_MAXUINT32 ? 0 : least_ms;
}

static void look_for_late(const thp_adapt_room *room)
{
	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		thp_seat *seat = room->seats[i];

		if (seat)
			seat->late_ms = thp_meter_latest(&seat->participant->publisher.meter[0]);
	}
}

static void tick_seat(thp_adapt *adapt, const thp_adapt_room *room, thp_seat *seat, gint64 now_us)
{
	thp_session *receiver = seat->participant->partner;
	thp_received received;
	thp_sent sent = {0};

	if (receiver)
		follow_receiver(adapt, seat, receiver, now_us);
	count_feeds(room, seat, now_us);
	limit(adapt, room, seat, now_us);
	thp_meter_received(seat->participant->publisher.meter, &received);
	if (receiver) {
		thp_downlink_other_way(&seat->down, &received);
		hear(seat, receiver);
		thp_meter_sent(&receiver->subscriber.meter, &sent);
		sent.late_ms = late_before(room, seat);
		(void)thp_downlink_tick(&seat->down, &sent, now_us);
	}
	(void)thp_uplink_tick(&seat->up, &received, seat->asked_kbps, now_us);
}

/* Of somebody in the room; whoever has left it, or never was in it, is nobody. */
static guint place_of(const thp_adapt_room *room, const char *who)
{
	for (guint i = 0; who[0] != '\0' && i < THP_CROWD_MAX; i++) {
		if (room->seats[i] && strcmp(room->seats[i]->participant->who, who) == 0)
			return i;
	}
	return THP_NO_VIEW;
}

static void tick_room(thp_adapt *adapt, thp_adapt_room *room, gint64 now_us)
{
	thp_allot_person people[THP_CROWD_MAX] = {0};

	room->ticked_us = now_us;
	look_for_late(room);
	for (guint i = 0; i < THP_CROWD_MAX; i++) {
		thp_seat *seat = room->seats[i];
		if (!seat)
			continue;
		tick_seat(adapt, room, seat, now_us);
		people[i] = (thp_allot_person){
			.present = TRUE,
			.first = seat->participant->is_therapist,
			.view = place_of(room, seat->participant->view),
			.audio = sends(seat, 0),
			.video = sends(seat, 1),
			.red_out = can_send_red(seat->participant),
			.red_in = hears_red(seat->participant),
			.simulcast = has_layers(seat->participant),
			.down = seat->participant->partner ? &seat->down.decision : NULL,
			.up = &seat->up.decision};
	}
	thp_act(room, thp_allot_tick(&room->allot, people, now_us), &adapt->tiers->conf.ladder,
		now_us);
}

void thp_adapt_hurry(thp_adapt *adapt, thp_seat *seat, gint64 now_us)
{
	if (now_us - seat->room->ticked_us >= SOON_US)
		tick_room(adapt, seat->room, now_us);
}

void thp_adapt_sum(thp_adapt *adapt, thp_metrics *metrics)
{
	THP_LOCK(&adapt->lock);
	thp_controller_add(&metrics->down, &adapt->sum.down);
	thp_controller_add(&metrics->up, &adapt->sum.up);
	for (guint i = 0; i < THP_TIERS_MAX; i++)
		metrics->receivers[i] += adapt->sum.receivers[i];
	metrics->gated += adapt->sum.gated;
}

gint64 thp_adapt_deadline(const thp_adapt *adapt)
{
	return g_hash_table_size(adapt->rooms) > 0 ? adapt->ticked_us + TICK_US : G_MAXINT64;
}

void thp_adapt_tick(thp_adapt *adapt, gint64 now_us)
{
	GHashTableIter iter;
	thp_adapt_room *room;

	if (thp_adapt_deadline(adapt) > now_us)
		return;
	adapt->ticked_us = now_us;
	take_up(adapt);
	g_hash_table_iter_init(&iter, adapt->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&room))
		tick_room(adapt, room, now_us);
	if (now_us - adapt->summed_us >= SUM_US)
		sum_up(adapt, now_us);
}
