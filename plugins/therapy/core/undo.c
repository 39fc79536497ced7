/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event whose outcome could not be stored has not happened: people and rooms are copied before it, of the many
 * bindings only those that it touches. */
#include "inside.h"

struct remembered {
	GHashTable *people, *rooms;
	GHashTable *bindings; /* key -> binding as it was, owned; NULL: there was none */
	gboolean list_dirty;
	gint64 list_sent_us;
};

static const gboolean requests[THP_N_REQUESTS] = {
	[THP_REQ_LEAVE] = TRUE,  [THP_REQ_ADMIT] = TRUE,  [THP_REQ_HOLD] = TRUE,
	[THP_REQ_DENY] = TRUE,   [THP_REQ_REMOVE] = TRUE, [THP_REQ_LOCK] = TRUE,
	[THP_REQ_UNLOCK] = TRUE, [THP_REQ_END] = TRUE,    [THP_REQ_EXTEND] = TRUE,
	[THP_REQ_PAUSE] = TRUE,  [THP_REQ_RESUME] = TRUE,
};

gboolean thp_event_can_be_undone(const thp_event *event)
{
	if (event->kind == THP_EV_KNOCK)
		return TRUE;
	if (event->kind != THP_EV_REQUEST)
		return FALSE;
	if (event->request == THP_REQ_E2EE)
		return event->keys && (event->keys->kind == THP_KEYS_COMMIT ||
				       event->keys->kind == THP_KEYS_RESET);
	return requests[event->request];
}

/* ---- copies ---- */

static GHashTable *copy_rooms(const thp_area *area)
{
	GHashTable *copies = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, room_free);
	GHashTableIter iter;
	room *r;

	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r)) {
		room *copy = g_memdup2(r, sizeof *r);

		for (guint i = 0; i < THP_KEYS_LOG; i++)
			copy->group.log[i].data = g_strdup(r->group.log[i].data);
		g_hash_table_insert(copies, copy->name, copy);
	}
	return copies;
}

static GHashTable *copy_people(const thp_area *area, GHashTable *rooms)
{
	GHashTable *copies = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, participant_free);
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		participant *copy = g_memdup2(p, sizeof *p);

		copy->keypackage = g_strdup(p->keypackage);
		copy->room = p->room ? g_hash_table_lookup(rooms, p->room->name) : NULL;
		g_hash_table_insert(copies, copy->id, copy);
	}
	/* Each copy's pairs carry copies. */
	g_hash_table_iter_init(&iter, copies);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		for (int k = 0; k < THP_PAIRS_MAX; k++) {
			if (p->slots[k])
				p->slots[k] = g_hash_table_lookup(copies, p->slots[k]->id);
		}
	}
	return copies;
}

void remembered_free(remembered *k)
{
	if (!k)
		return;
	g_clear_pointer(&k->people, g_hash_table_unref);
	g_clear_pointer(&k->rooms, g_hash_table_unref);
	g_hash_table_unref(k->bindings);
	g_free(k);
}

/* ---- going back ---- */

void thp_area_remember(thp_area *area)
{
	remembered *k = g_new0(remembered, 1);

	k->rooms = copy_rooms(area);
	k->bindings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	k->people = copy_people(area, k->rooms);
	k->list_dirty = area->list_dirty;
	k->list_sent_us = area->list_sent_us;
	remembered_free(area->kept);
	area->kept = k;
}

void remember_binding(thp_area *area, const char *key)
{
	GHashTable *before = area->kept ? area->kept->bindings : NULL;
	const binding *b = g_hash_table_lookup(area->bindings, key);

	if (before && !g_hash_table_contains(before, key))
		g_hash_table_insert(before, g_strdup(key), b ? g_memdup2(b, sizeof *b) : NULL);
}

void thp_area_settle(thp_area *area)
{
	g_clear_pointer(&area->kept, remembered_free);
}

static void bindings_undo(thp_area *area)
{
	GHashTableIter iter;
	gpointer key, before;

	g_hash_table_iter_init(&iter, area->kept->bindings);
	while (g_hash_table_iter_next(&iter, &key, &before)) {
		g_hash_table_remove(area->bindings, key);
		if (!before)
			continue;
		binding *b = g_memdup2(before, sizeof *b);
		g_hash_table_insert(area->bindings, b->key, b);
	}
}

void thp_area_undo(thp_area *area)
{
	remembered *k = area->kept;

	if (!k)
		return;
	bindings_undo(area);
	g_hash_table_unref(area->people);
	g_hash_table_unref(area->rooms);
	area->people = g_steal_pointer(&k->people);
	area->rooms = g_steal_pointer(&k->rooms);
	area->list_dirty = k->list_dirty;
	area->list_sent_us = k->list_sent_us;
	thp_area_settle(area);
	thp_area_forget_written(area);
}
