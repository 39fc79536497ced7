/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must last, found by comparing with what was last written: so nothing that changes can be forgotten. */
#include "inside.h"

typedef struct written_room {
	thp_lasting_room fact;
	thp_clock_record clock; /* still() */
} written_room;

void written_init(thp_area *area)
{
	area->written_people = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	area->written_rooms = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	area->touched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void written_clear(thp_area *area)
{
	g_hash_table_unref(area->written_people);
	g_hash_table_unref(area->written_rooms);
	g_hash_table_unref(area->touched);
}

static void add(GArray **facts, const thp_lasting *fact)
{
	if (!*facts)
		*facts = g_array_new(FALSE, TRUE, sizeof(thp_lasting));
	g_array_append_val(*facts, *fact);
}

/* All of it zero, whichever member of the union is the largest. */
static thp_lasting blank(thp_lasting_kind kind)
{
	thp_lasting fact;

	memset(&fact, 0, sizeof fact);
	fact.kind = kind;
	return fact;
}

static thp_lasting gone(thp_lasting_kind kind)
{
	thp_lasting fact = blank(kind);

	fact.gone = TRUE;
	return fact;
}

/* ---- people ---- */

static thp_lasting person_fact(const thp_area *area, const participant *p)
{
	gint64 waited_us = area->now.mono_us - p->knocked_us;
	thp_lasting fact = blank(THP_LASTING_PERSON);
	thp_lasting_person *out = &fact.person;

	memcpy(out->key, p->key, sizeof out->key);
	memcpy(out->id, p->id, sizeof out->id);
	out->role = p->invitation.role;
	out->state = lasting_state(p);
	memcpy(out->own_room, p->invitation.room, sizeof out->own_room);
	if (p->room)
		memcpy(out->room, p->room->name, sizeof out->room);
	out->knocked_s = area->now.wall_s - waited_us / G_USEC_PER_SEC;
	return fact;
}

/* When they knocked is as it was first written: a wall clock that jumps is no news of theirs. */
static gboolean same_person(const thp_lasting_person *a, const thp_lasting_person *b)
{
	return strcmp(a->id, b->id) == 0 && a->role == b->role && a->state == b->state &&
	       strcmp(a->own_room, b->own_room) == 0 && strcmp(a->room, b->room) == 0;
}

static void add_people(thp_area *area, GArray **facts)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		thp_lasting fact = person_fact(area, p);
		thp_lasting_person *was = g_hash_table_lookup(area->written_people, p->key);

		if (was && same_person(was, &fact.person))
			continue;
		add(facts, &fact);
		was = g_memdup2(&fact.person, sizeof fact.person);
		g_hash_table_replace(area->written_people, was->key, was);
	}
}

static void add_people_gone(thp_area *area, GArray **facts)
{
	GHashTableIter iter;
	thp_lasting_person *was;

	g_hash_table_iter_init(&iter, area->written_people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&was)) {
		thp_lasting fact = gone(THP_LASTING_PERSON);

		if (participant_of_key(area, was->key))
			continue;
		memcpy(fact.person.key, was->key, sizeof was->key);
		add(facts, &fact);
		g_hash_table_iter_remove(&iter);
	}
}

/* ---- rooms ---- */

/* All but the clock's record. */
static thp_lasting room_fact(const room *r)
{
	thp_lasting fact = blank(THP_LASTING_ROOM);
	thp_lasting_room *out = &fact.room;

	memcpy(out->name, r->name, sizeof out->name);
	out->seats = (guint32)r->seats;
	out->minutes = (guint32)r->minutes;
	out->max_minutes = (guint32)r->max_minutes;
	out->locked = r->locked;
	out->goodbye = r->goodbye;
	out->gi = r->group.gi;
	out->epoch = r->group.epoch;
	out->n_members = r->group.n_members;
	for (guint i = 0; i < r->group.n_members; i++)
		memcpy(out->members[i], r->group.members[i], sizeof out->members[i]);
	return fact;
}

/* How the clock was when it last changed: what has only passed since is no news. */
static thp_clock_record still(const thp_clock *clock)
{
	thp_clock_moment changed = {.mono_us = clock->since_us};
	thp_clock_record record;

	thp_clock_save(clock, changed, &record);
	return record;
}

static gboolean same_room(const written_room *was, const thp_lasting_room *fact,
			  const thp_clock_record *clock)
{
	const thp_lasting_room *f = &was->fact;

	return f->seats == fact->seats && f->minutes == fact->minutes &&
	       f->max_minutes == fact->max_minutes && f->locked == fact->locked &&
	       f->goodbye == fact->goodbye && f->gi == fact->gi && f->epoch == fact->epoch &&
	       f->n_members == fact->n_members &&
	       memcmp(f->members, fact->members, sizeof f->members) == 0 &&
	       memcmp(&was->clock, clock, sizeof *clock) == 0;
}

static void add_rooms(thp_area *area, thp_clock_moment at, GArray **facts)
{
	GHashTableIter iter;
	room *r;

	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r)) {
		thp_lasting fact = room_fact(r);
		written_room *was = g_hash_table_lookup(area->written_rooms, r->name);

		thp_clock_record clock = still(&r->clock);
		if (was && same_room(was, &fact.room, &clock))
			continue;
		thp_clock_save(&r->clock, at, &fact.room.clock);
		add(facts, &fact);
		was = g_new0(written_room, 1);
		was->fact = fact.room;
		was->clock = clock;
		g_hash_table_replace(area->written_rooms, was->fact.name, was);
	}
}

static void add_rooms_gone(thp_area *area, GArray **facts)
{
	GHashTableIter iter;
	written_room *was;

	g_hash_table_iter_init(&iter, area->written_rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&was)) {
		thp_lasting fact = gone(THP_LASTING_ROOM);

		if (room_find(area, was->fact.name))
			continue;
		memcpy(fact.room.name, was->fact.name, sizeof fact.room.name);
		add(facts, &fact);
		g_hash_table_iter_remove(&iter);
	}
}

/* ---- bindings ---- */

static void add_binding(const thp_area *area, const char *key, GArray **facts)
{
	const binding *b = g_hash_table_lookup(area->bindings, key);
	thp_lasting fact = b ? blank(THP_LASTING_BINDING) : gone(THP_LASTING_BINDING);
	thp_lasting_binding *out = &fact.binding;

	g_strlcpy(out->key, key, sizeof out->key);
	if (b) {
		memcpy(out->device_key, b->device_key, sizeof out->device_key);
		memcpy(out->session, b->session, sizeof out->session);
		out->exp_s = b->exp_s;
		out->used_s = b->used_s;
		out->knock = b->knock;
		out->revoked = b->revoked;
	}
	add(facts, &fact);
}

static void add_bindings(thp_area *area, GArray **facts)
{
	GHashTable *from = area->written_all ? area->touched : area->bindings;
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, from);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		add_binding(area, key, facts);
}

/* ---- all of it ---- */

GArray *thp_area_changes(thp_area *area, thp_clock_moment at)
{
	GArray *facts = NULL;

	/* In this order each fact finds those it speaks of. */
	add_bindings(area, &facts);
	add_rooms(area, at, &facts);
	add_people(area, &facts);
	add_people_gone(area, &facts);
	add_rooms_gone(area, &facts);
	area->written_all = TRUE;
	g_hash_table_remove_all(area->touched);
	return facts;
}

void thp_area_forget_written(thp_area *area)
{
	g_hash_table_remove_all(area->written_people);
	g_hash_table_remove_all(area->written_rooms);
	area->written_all = FALSE;
}
