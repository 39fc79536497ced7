/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold in an area after every event. For tests; nothing here changes anything. */
#include "inside.h"

static const char *check_person(const thp_area *area, const participant *p)
{
	const binding *b = g_hash_table_lookup(area->bindings, p->key);

	if (p->state > THP_AWAY)
		return "nobody in a final state is in the area";
	if ((p->state == THP_AWAY) != (p->link == 0))
		return "exactly the away people have no link";
	if (p->state == THP_AWAY && (p->publisher_up || p->receiver_up))
		return "an away person has no connection";
	if (!b || b->revoked)
		return "everybody holds a living invitation";
	if (lasting_state(p) == THP_ADMITTED && !p->room)
		return "whoever is admitted is in a room";
	if (is_therapist(p) && p->room && lasting_state(p) != THP_ADMITTED)
		return "a therapist at the desk is in no room";
	if (!is_therapist(p) && (!p->room || strcmp(p->room->name, p->invitation.room) != 0))
		return "a client belongs to the room of the invitation, always";
	if (p->consents.known && lasting_state(p) == THP_ADMITTED && !consent_is_given(area, p))
		return "whoever is inside has agreed to what is required";
	if (lasting_state(p) == THP_ADMITTED && company_objects(area, p))
		return "nobody is inside whom somebody there has not agreed to";
	if (p->room && room_find(area, p->room->name) != p->room)
		return "every room in use is known";
	return NULL;
}

static const char *check_hop(const thp_area *area, const participant *p, const thp_route_plan *plan,
			     guint i)
{
	const participant *to = participant_find(area, plan->hops[i].who);

	if (!to || to->link == 0 || to->link != plan->hops[i].link)
		return "media flows only to a living link";
	if (plan->hops[i].slot >= to->pairs)
		return "media flows only on pairs that were agreed";
	if (to == p)
		return p->state == THP_WAITING || p->state == THP_HELD
			       ? NULL
			       : "only those who wait hear themselves";
	if (p->state != THP_ADMITTED || to->state != THP_ADMITTED)
		return "media flows only between admitted people";
	if (p->room != to->room)
		return "media never leaves its room";
	if (!consent_is_given(area, p) || !consent_is_given(area, to))
		return "media flows only between those who have agreed";
	if (!company_agrees(area, p) || !company_agrees(area, to))
		return "media flows only where everybody has agreed to who is there";
	if (to->slots[plan->hops[i].slot] != p)
		return "media flows on the pair that was given for it";
	for (guint k = 0; k < i; k++) {
		if (strcmp(plan->hops[k].who, plan->hops[i].who) == 0)
			return "nobody receives the same person twice";
	}
	return NULL;
}

static const char *check_route(const thp_area *area, const participant *p)
{
	thp_route_plan plan;

	thp_area_route(area, p->id, &plan);
	if (plan.n_hops > 0 && p->invitation.role == THP_ROLE_OBSERVER)
		return "an observer sends nothing";
	for (guint i = 0; i < plan.n_hops; i++) {
		const char *wrong = check_hop(area, p, &plan, i);
		if (wrong)
			return wrong;
	}
	return NULL;
}

/* No ghost: whoever receives from somebody is on that person's roster. */
static const char *check_roster(const thp_area *area, const participant *p)
{
	g_autoptr(GArray) roster = thp_area_roster(area, p->id);
	thp_route_plan plan;
	guint found = 0;

	if (p->state != THP_ADMITTED)
		return roster->len == 0 ? NULL : "only admitted people learn who else is there";
	thp_area_route(area, p->id, &plan);
	for (guint i = 0; i < plan.n_hops; i++) {
		for (guint k = 0; k < roster->len; k++) {
			const thp_peer *peer = &g_array_index(roster, thp_peer, k);
			found += strcmp(peer->id, plan.hops[i].who) == 0;
		}
	}
	return found == plan.n_hops ? NULL : "whoever hears me is on my roster";
}

static const char *check_room(const thp_area *area, const room *r)
{
	guint taken = room_seats_taken(area, r);

	if (taken > (guint)r->seats)
		return "a room never has more people than seats";
	if (taken > 0 && !room_has_therapist(area, r, NULL))
		return "nobody is in a room without a therapist";
	if (taken > 0 && !thp_clock_is_on(&r->clock))
		return "a session that goes on has a clock that does";
	if (r->recording.state == THP_RECORDING_ON && !recording_may_be_on(area, r))
		return "nothing is recorded while somebody there has not agreed";
	return NULL;
}

const char *thp_area_violation(const thp_area *area)
{
	GHashTableIter iter;
	gpointer value;
	const char *wrong = NULL;

	g_hash_table_iter_init(&iter, area->people);
	while (!wrong && g_hash_table_iter_next(&iter, NULL, &value)) {
		wrong = check_person(area, value);
		wrong = wrong ? wrong : check_route(area, value);
		wrong = wrong ? wrong : check_roster(area, value);
	}
	g_hash_table_iter_init(&iter, area->rooms);
	while (!wrong && g_hash_table_iter_next(&iter, NULL, &value))
		wrong = check_room(area, value);
	if (!wrong && g_hash_table_size(area->people) > area->limits.people)
		wrong = "an area never has more people than its limit";
	return wrong;
}
