/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An area made again from what has lasted. What comes from a file is checked like what comes from a page. */
#include "inside.h"

static gboolean is_id(const char *text, gsize size)
{
	return memchr(text, '\0', size) != NULL;
}

static gboolean restore_binding(thp_area *area, const thp_lasting_binding *fact)
{
	if (!is_id(fact->key, sizeof fact->key) || strlen(fact->key) != THP_JTI_KEY_LEN ||
	    !is_id(fact->session, sizeof fact->session) ||
	    g_hash_table_contains(area->bindings, fact->key))
		return FALSE;
	binding *b = g_new0(binding, 1);
	memcpy(b->key, fact->key, sizeof b->key);
	memcpy(b->device_key, fact->device_key, sizeof b->device_key);
	memcpy(b->session, fact->session, sizeof b->session);
	b->exp_s = fact->exp_s;
	b->used_s = fact->used_s;
	b->knock = fact->knock;
	b->revoked = fact->revoked;
	g_hash_table_insert(area->bindings, b->key, b);
	return TRUE;
}

static gboolean restore_group(group *g, const thp_lasting_room *fact)
{
	if (fact->n_members > THP_SEATS_MAX)
		return FALSE;
	g->gi = fact->gi;
	g->epoch = fact->epoch;
	for (guint i = 0; i < fact->n_members; i++) {
		if (!is_id(fact->members[i], sizeof fact->members[i]))
			return FALSE;
		group_add(g, fact->members[i]);
	}
	return TRUE;
}

static gboolean restore_room(thp_area *area, const thp_lasting_room *fact, thp_clock_moment at)
{
	thp_invitation like = {.seats = (int)fact->seats,
			       .minutes = (int)fact->minutes,
			       .max_minutes = (int)fact->max_minutes};

	if (!is_id(fact->name, sizeof fact->name) || fact->name[0] == '\0' || fact->seats < 2 ||
	    fact->seats > THP_SEATS_MAX || fact->minutes > G_MAXINT16 ||
	    fact->max_minutes > G_MAXINT16 || room_find(area, fact->name))
		return FALSE;
	memcpy(like.room, fact->name, sizeof like.room);
	room *r = room_take(area, &like);
	r->locked = fact->locked;
	r->goodbye = fact->goodbye;
	if (!restore_group(&r->group, fact))
		group_clear(&r->group);
	return timing_restore(area, r, &fact->clock, at);
}

static gboolean is_possible(const thp_area *area, const thp_lasting_person *fact)
{
	const binding *b = g_hash_table_lookup(area->bindings, fact->key);
	gboolean therapist = fact->role == THP_ROLE_THERAPIST;

	if (!b || b->revoked || fact->role >= THP_N_ROLES || fact->id[0] == '\0' ||
	    participant_find(area, fact->id) || participant_of_key(area, fact->key))
		return FALSE;
	if (fact->state != THP_WAITING && fact->state != THP_HELD && fact->state != THP_ADMITTED)
		return FALSE;
	if (fact->room[0] != '\0' && !room_find(area, fact->room))
		return FALSE;
	return therapist ? (fact->room[0] != '\0') == (fact->state == THP_ADMITTED)
			 : fact->room[0] != '\0' && strcmp(fact->room, fact->own_room) == 0;
}

static gboolean restore_person(thp_area *area, const thp_lasting_person *fact)
{
	thp_invitation invitation = {.role = (thp_role)fact->role};
	gint64 waited_s = area->now.wall_s - fact->knocked_s;

	if (!is_id(fact->key, sizeof fact->key) || !is_id(fact->id, sizeof fact->id) ||
	    !is_id(fact->own_room, sizeof fact->own_room) ||
	    !is_id(fact->room, sizeof fact->room) || !is_possible(area, fact))
		return FALSE;
	const binding *b = g_hash_table_lookup(area->bindings, fact->key);
	memcpy(invitation.room, fact->own_room, sizeof invitation.room);
	g_strlcpy(invitation.area, area->name, sizeof invitation.area);
	invitation.exp_s = b->exp_s;
	participant *p = participant_new(fact->id, &invitation);
	memcpy(p->key, fact->key, sizeof p->key);
	p->restored = TRUE;
	p->state = THP_AWAY;
	p->before = (thp_state)fact->state;
	p->room = room_find(area, fact->room);
	p->knock = b->knock;
	p->knocked_us = area->now.mono_us - CLAMP(waited_s, 0, 86400) * G_USEC_PER_SEC;
	p->away_us = area->now.mono_us;
	g_hash_table_insert(area->people, p->id, p);
	return TRUE;
}

/* A seat needs a therapist in the room, and there are only so many. */
static guint unseat_the_unattended(thp_area *area)
{
	GHashTableIter iter;
	participant *p;
	guint n = 0;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (is_therapist(p) || p->before != THP_ADMITTED)
			continue;
		if (room_has_therapist(area, p->room, NULL) &&
		    room_seats_taken(area, p->room) <= (guint)p->room->seats)
			continue;
		p->before = THP_HELD;
		n++;
	}
	return n;
}

static void ask_removals(thp_area *area)
{
	g_auto(thp_effects) nobody_hears = {0};
	GHashTableIter iter;
	room *r;

	thp_effects_init(&nobody_hears);
	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r))
		keys_ask_removal(area, r, &nobody_hears);
}

/* What was read need not be written again. */
static void is_written(thp_area *area, thp_clock_moment at)
{
	g_autoptr(GArray) same = thp_area_changes(area, at);

	(void)same;
}

guint thp_area_restore(thp_area *area, const thp_lasting *facts, guint n, thp_now now,
		       thp_clock_moment at)
{
	guint left_out = 0;

	area->now = now;
	for (int kind = 0; kind < THP_N_LASTING; kind++) {
		for (guint i = 0; i < n; i++) {
			const thp_lasting *fact = &facts[i];

			if ((int)fact->kind != kind)
				continue;
			gboolean done =
				kind == THP_LASTING_BINDING ? restore_binding(area, &fact->binding)
				: kind == THP_LASTING_ROOM  ? restore_room(area, &fact->room, at)
							    : restore_person(area, &fact->person);
			left_out += !done;
		}
	}
	left_out += unseat_the_unattended(area);
	ask_removals(area);
	if (left_out == 0)
		is_written(area, at);
	return left_out;
}
