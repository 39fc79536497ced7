/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One appointment's private room. It exists while somebody in the area belongs to it. */
#include "inside.h"

void room_free(gpointer data)
{
	room *r = data;

	group_clear(&r->group);
	g_free(r);
}

room *room_find(const thp_area *area, const char *name)
{
	return g_hash_table_lookup(area->rooms, name);
}

room *room_take(thp_area *area, const thp_invitation *invitation)
{
	room *r = room_find(area, invitation->room);

	if (!r) {
		r = g_new0(room, 1);
		g_strlcpy(r->name, invitation->room, sizeof r->name);
		g_hash_table_insert(area->rooms, r->name, r);
	}
	r->seats = MAX(r->seats, invitation->seats);
	r->minutes = MAX(r->minutes, invitation->minutes);
	r->max_minutes = MAX(r->max_minutes, invitation->max_minutes);
	return r;
}

guint room_seats_taken(const thp_area *area, const room *r)
{
	GHashTableIter iter;
	participant *p;
	guint taken = 0;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (has_seat(p, r))
			taken++;
	}
	return taken;
}

gboolean room_has_therapist(const thp_area *area, const room *r, const participant *but)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (p != but && is_therapist(p) && has_seat(p, r))
			return TRUE;
	}
	return FALSE;
}

/* A session that is on keeps its room: whoever comes back finds the clock where it stands. */
static gboolean is_abandoned(const thp_area *area, const room *r)
{
	GHashTableIter iter;
	participant *p;

	if (thp_clock_is_on(&r->clock))
		return FALSE;
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (p->room == r)
			return FALSE;
	}
	return TRUE;
}

void rooms_sweep(thp_area *area)
{
	GHashTableIter iter;
	room *r;

	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r)) {
		if (is_abandoned(area, r))
			g_hash_table_iter_remove(&iter);
	}
}
