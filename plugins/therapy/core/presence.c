/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What those who wait are told of the therapist, and the therapist of those who wait. */
#include "inside.h"

gboolean therapist_present(const thp_area *area, const participant *p)
{
	GHashTableIter iter;
	participant *other;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&other)) {
		if (is_therapist(other) && other->state != THP_AWAY && sees(other, p))
			return TRUE;
	}
	return FALSE;
}

void tell_presence(thp_area *area, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (is_therapist(p) || (p->state != THP_WAITING && p->state != THP_HELD))
			continue;
		effect_add(fx, THP_FX_PRESENCE, p)->flag = therapist_present(area, p);
	}
}

void tell_lists(thp_area *area, thp_now now, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (!is_therapist(p) || p->link == 0)
			continue;
		effect_add(fx, THP_FX_LIST, p);
		/* Who waits says how far the session may be extended. */
		effect_add(fx, THP_FX_CLOCK, p);
	}
	area->list_dirty = FALSE;
	area->list_sent_us = now.mono_us;
}

void tell_draining(const thp_area *area, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (is_therapist(p) && p->link != 0)
			effect_add(fx, THP_FX_DRAIN, p)->flag = area->draining;
	}
}

void tell_lists_soon(thp_area *area, thp_now now, thp_effects *fx)
{
	area->list_dirty = TRUE;
	if (now.mono_us >= area->list_sent_us + area->limits.list_us)
		tell_lists(area, now, fx);
}

GArray *thp_area_people(const thp_area *area, const char *id, thp_now now)
{
	GArray *people = g_array_new(FALSE, TRUE, sizeof(thp_person));
	const participant *me = participant_find(area, id);
	GHashTableIter iter;
	participant *p;

	if (!me || !is_therapist(me))
		return people;
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (is_therapist(p) || !sees(me, p))
			continue;
		thp_person person = {
			.id = p->id,
			.name = p->invitation.name,
			.room = p->invitation.room,
			.role = p->invitation.role,
			.state = lasting_state(p),
			.away = p->state == THP_AWAY,
			.ready = p->receiver_up &&
				 (p->publisher_up || p->invitation.role == THP_ROLE_OBSERVER),
			.locked = p->room && p->room->locked,
			.knock = p->knock,
			.network = p->network,
			.waited_s = (now.mono_us - p->knocked_us) / G_USEC_PER_SEC};
		consent_describe(area, p, &person);
		g_array_append_val(people, person);
	}
	return people;
}
