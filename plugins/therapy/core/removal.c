/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member without a seat must be removed from the group by somebody who is still there: a therapist, else
 * the member of longest standing; whoever is silent is passed over. */
#include "inside.h"

static gboolean is_gone(const thp_area *area, const room *r, const char *id)
{
	const participant *p = participant_find(area, id);

	return !p || !has_seat(p, r);
}

static guint count_gone(const thp_area *area, const room *r)
{
	guint n = 0;

	for (guint i = 0; i < r->group.n_members; i++)
		n += is_gone(area, r, r->group.members[i]);
	return n;
}

/* The @turn-th in the order in which members are asked; NULL if nobody can be. */
static participant *committer(const thp_area *area, const room *r, guint turn)
{
	participant *order[THP_SEATS_MAX] = {NULL};
	guint n = 0;

	for (int therapists = 1; therapists >= 0; therapists--) {
		for (guint i = 0; i < r->group.n_members; i++) {
			participant *p = participant_find(area, r->group.members[i]);
			if (p && is_inside(p, r) && is_therapist(p) == therapists)
				order[n++] = p;
		}
	}
	return n > 0 ? order[turn % n] : NULL;
}

void keys_ask_removal(thp_area *area, room *r, thp_effects *fx)
{
	group *g = &r->group;
	guint gone = count_gone(area, r);

	/* One who is alone needs no removal: the next admission makes a new group. */
	if (gone == 0 || g->n_members < gone + 2) {
		g->pending_us = 0;
		return;
	}
	const participant *p = committer(area, r, g->passed_over);
	g->pending_us = area->now.mono_us;
	if (!p)
		return;
	thp_keys_notice *notice = keys_tell(fx, p, THP_KEYS_PENDING, g);
	for (guint i = 0; i < g->n_members; i++) {
		if (is_gone(area, r, g->members[i]))
			memcpy(notice->removed[notice->n_removed++], g->members[i],
			       sizeof notice->removed[0]);
	}
}

void keys_settle_removal(const thp_area *area, room *r)
{
	r->group.passed_over = 0;
	if (count_gone(area, r) == 0)
		r->group.pending_us = 0;
}

void keys_tick(thp_area *area, thp_effects *fx)
{
	GHashTableIter iter;
	room *r;

	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r)) {
		group *g = &r->group;
		if (g->pending_us == 0 ||
		    area->now.mono_us < g->pending_us + area->limits.commit_us)
			continue;
		g->passed_over++;
		keys_ask_removal(area, r, fx);
	}
}

gint64 keys_deadline_us(const thp_area *area)
{
	GHashTableIter iter;
	room *r;
	gint64 at = G_MAXINT64;

	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r)) {
		if (r->group.pending_us != 0)
			at = MIN(at, r->group.pending_us + area->limits.commit_us);
	}
	return at;
}
