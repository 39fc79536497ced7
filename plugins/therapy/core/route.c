/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What flows from whom to whom, and on which pair of the receiver's m-lines it arrives. */
#include "inside.h"

static gboolean publishes(const participant *p)
{
	return p->invitation.role != THP_ROLE_OBSERVER;
}

static int slot_of(const participant *receiver, const participant *publisher)
{
	for (int k = 0; k < THP_PAIRS_MAX; k++) {
		if (receiver->slots[k] == publisher)
			return k;
	}
	return -1;
}

/*
 * Pairs are given for as long as a person has a seat: a picture that comes back comes back in its place.
 * Only a receiver handle made anew, with fewer pairs, takes some away.
 */
static void release_slots(participant *receiver)
{
	for (guint k = 0; k < THP_PAIRS_MAX; k++) {
		const participant *p = receiver->slots[k];
		if (p && (receiver->state != THP_ADMITTED || !has_seat(p, receiver->room) ||
			  k >= receiver->pairs))
			receiver->slots[k] = NULL;
	}
}

static void give_slot(participant *receiver, participant *publisher)
{
	if (slot_of(receiver, publisher) >= 0)
		return;
	for (guint k = 0; k < MIN(receiver->pairs, THP_PAIRS_MAX); k++) {
		if (!receiver->slots[k]) {
			receiver->slots[k] = publisher;
			return;
		}
	}
}

static void settle_receiver(thp_area *area, participant *receiver, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	release_slots(receiver);
	if (receiver->state != THP_ADMITTED || !receiver->receiver_up)
		return;
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (p != receiver && publishes(p) && has_seat(p, receiver->room))
			give_slot(receiver, p);
	}
	want_pairs(area, receiver, fx);
}

void room_changed(thp_area *area, room *r, gboolean keyframes, thp_effects *fx)
{
	g_autoptr(GList) people = g_hash_table_get_values(area->people);

	for (GList *l = people; l; l = l->next) {
		participant *p = l->data;
		if (is_inside(p, r))
			settle_receiver(area, p, fx);
	}
	for (GList *l = people; l; l = l->next) {
		if (is_inside(l->data, r))
			effect_add(fx, THP_FX_ROUTE, l->data);
	}
	for (GList *l = people; l && keyframes; l = l->next) {
		const participant *p = l->data;
		if (is_inside(p, r) && p->publisher_up && p->video)
			effect_add(fx, THP_FX_KEYFRAME, p);
	}
	for (GList *l = people; l; l = l->next) {
		if (is_inside(l->data, r))
			effect_add(fx, THP_FX_ROSTER, l->data);
	}
}

static void add_hop(thp_route_plan *plan, const participant *receiver, guint slot)
{
	if (plan->n_hops >= G_N_ELEMENTS(plan->hops))
		return;
	plan->hops[plan->n_hops].link = receiver->link;
	plan->hops[plan->n_hops].slot = slot;
	memcpy(plan->hops[plan->n_hops].who, receiver->id, sizeof receiver->id);
	plan->n_hops++;
}

static gboolean plays_back(const participant *p)
{
	return p->echo && p->receiver_up && p->pairs > 0 &&
	       (p->state == THP_WAITING || p->state == THP_HELD);
}

/* Their own, and that of the others. */
static gboolean has_leave(const thp_area *area, const participant *p)
{
	return consent_is_given(area, p) && company_agrees(area, p);
}

void thp_area_route(const thp_area *area, const char *id, thp_route_plan *plan)
{
	const participant *p = participant_find(area, id);
	GHashTableIter iter;
	participant *other;

	memset(plan, 0, sizeof *plan);
	if (!p || !publishes(p) || !p->publisher_up)
		return;
	plan->audio = p->audio;
	plan->video = p->video;
	if (plays_back(p))
		add_hop(plan, p, 0);
	if (p->state != THP_ADMITTED || !has_leave(area, p))
		return;
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&other)) {
		int slot = slot_of(other, p);
		if (other != p && slot >= 0 && other->receiver_up && is_inside(other, p->room) &&
		    has_leave(area, other))
			add_hop(plan, other, (guint)slot);
	}
}

/* A therapist is ready for the largest room in sight; the others for the room they were invited to. */
guint thp_area_pairs(const thp_area *area, const char *id)
{
	const participant *p = participant_find(area, id);
	GHashTableIter iter;
	participant *other;
	int seats = p ? p->invitation.seats : 2;

	if (p && p->room)
		seats = MAX(seats, p->room->seats);
	g_hash_table_iter_init(&iter, area->people);
	while (p && is_therapist(p) && g_hash_table_iter_next(&iter, NULL, (gpointer *)&other)) {
		if (other->room && sees(p, other))
			seats = MAX(seats, other->room->seats);
	}
	return (guint)CLAMP(seats - 1, 1, THP_PAIRS_MAX);
}

void want_pairs(thp_area *area, participant *p, thp_effects *fx)
{
	guint wanted = thp_area_pairs(area, p->id);

	if (!p->receiver_up || wanted <= MAX(p->pairs, p->pairs_asked))
		return;
	p->pairs_asked = wanted;
	effect_add(fx, THP_FX_PAIRS, p);
}

GArray *thp_area_roster(const thp_area *area, const char *id)
{
	GArray *peers = g_array_new(FALSE, TRUE, sizeof(thp_peer));
	const participant *me = participant_find(area, id);
	GHashTableIter iter;
	participant *p;

	if (!me || me->state != THP_ADMITTED)
		return peers;
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (p == me || !has_seat(p, me->room))
			continue;
		thp_peer peer = {.id = p->id,
				 .name = p->invitation.name,
				 .role = p->invitation.role,
				 .audio = p->audio,
				 .video = p->video,
				 .away = p->state == THP_AWAY,
				 .slot = slot_of(me, p)};
		g_array_append_val(peers, peer);
	}
	return peers;
}
