/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the random walk is held against. */
#include "walk_watch.h"

#include <string.h>

struct walk_watch {
	GHashTable *routes;   /* link -> thp_route_plan in force */
	GHashTable *rosters;  /* link -> text last told */
	GHashTable *presence; /* link -> "0" or "1" last told */
	GHashTable *lists;    /* link -> text last told */
};

static GHashTable *by_link(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

walk_watch *walk_watch_new(void)
{
	walk_watch *w = g_new0(walk_watch, 1);

	w->routes = by_link();
	w->rosters = by_link();
	w->presence = by_link();
	w->lists = by_link();
	return w;
}

void walk_watch_free(walk_watch *w)
{
	g_hash_table_unref(w->routes);
	g_hash_table_unref(w->rosters);
	g_hash_table_unref(w->presence);
	g_hash_table_unref(w->lists);
	g_free(w);
}

static void put(GHashTable *table, guint64 link, gpointer taken)
{
	g_hash_table_replace(table, g_memdup2(&link, sizeof link), taken);
}

/* ---- the views, as text in an order of their own ---- */

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(GPtrArray *words)
{
	g_ptr_array_sort(words, by_text);
	g_ptr_array_add(words, NULL);
	char *text = g_strjoinv(" ", (char **)words->pdata);
	g_ptr_array_unref(words);
	return text;
}

static char *roster_text(const thp_area *area, const char *id)
{
	g_autoptr(GArray) peers = thp_area_roster(area, id);
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < peers->len; i++) {
		const thp_peer *p = &g_array_index(peers, thp_peer, i);
		g_ptr_array_add(words, g_strdup_printf("%s(%s,%d%d%d,%d)", p->id, p->name, p->audio,
						       p->video, p->away, p->slot));
	}
	return sorted(words);
}

static char *list_text(const thp_area *area, const char *id, thp_now now)
{
	g_autoptr(GArray) people = thp_area_people(area, id, now);
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < people->len; i++) {
		const thp_person *p = &g_array_index(people, thp_person, i);
		g_ptr_array_add(words, g_strdup_printf("%s(%s,%s,%d%d%d,%u)", p->id, p->room,
						       thp_state_name(p->state), p->away, p->ready,
						       p->locked, p->knock));
	}
	return sorted(words);
}

static char *route_text(const thp_route_plan *plan)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; plan && i < plan->n_hops; i++)
		g_ptr_array_add(words,
				g_strdup_printf("%s@%" G_GUINT64_FORMAT ":%u/%d%d",
						plan->hops[i].who, plan->hops[i].link,
						plan->hops[i].slot, plan->audio, plan->video));
	return sorted(words);
}

char *walk_digest(const thp_area *area, const walk_model *m)
{
	GString *out = g_string_new(NULL);

	for (int i = 0; i < WALK_CAST; i++) {
		const char *id = m->people[i].id;
		g_autofree char *roster = roster_text(area, id);
		g_autofree char *list = list_text(area, id, m->now);
		thp_route_plan plan;
		thp_self self = {0};

		thp_area_route(area, id, &plan);
		g_autofree char *route = route_text(&plan);
		gboolean in = thp_area_self(area, id, &self);
		g_string_append_printf(
			out, "%s: %d %d %d %s %d%d%d%d%d %" G_GUINT64_FORMAT " [%s] [%s] [%s]\n",
			id, in, self.state, self.reason, self.room ? self.room : "", self.locked,
			self.audio, self.video, self.echo, self.therapist_present, self.link,
			roster, list, route);
	}
	g_string_append_printf(out, "%" G_GINT64_FORMAT "\n", thp_area_deadline(area, m->now));
	return g_string_free(out, FALSE);
}

/* ---- effects, one after the other ---- */

static int who_has(const walk_model *m, guint64 link)
{
	for (int i = 0; i < WALK_CAST; i++) {
		if (m->people[i].in && !m->people[i].away && m->people[i].link == link)
			return i;
	}
	return WALK_NOBODY;
}

static gboolean flow_is_right(const walk_model *m, guint64 from, guint64 to)
{
	int a = who_has(m, from);
	int b = who_has(m, to);

	return a != WALK_NOBODY && b != WALK_NOBODY && walk_may_flow(m, a, b);
}

/* What flows just now: right as things stand, or a rest of how they stood until it is cut. */
static char *check_flows(const walk_watch *w, const walk_model *before, const walk_model *after,
			 gboolean strictly)
{
	GHashTableIter iter;
	guint64 *from;
	thp_route_plan *plan;

	g_hash_table_iter_init(&iter, w->routes);
	while (g_hash_table_iter_next(&iter, (gpointer *)&from, (gpointer *)&plan)) {
		for (guint i = 0; i < plan->n_hops; i++) {
			guint64 to = plan->hops[i].link;

			if (flow_is_right(after, *from, to) ||
			    (!strictly && flow_is_right(before, *from, to)))
				continue;
			return g_strdup_printf("media of link %" G_GUINT64_FORMAT
					       " reach link %" G_GUINT64_FORMAT " (%s)%s",
					       *from, to, plan->hops[i].who,
					       strictly ? " when somebody is told" : "");
		}
	}
	return NULL;
}

static void carry_out(walk_watch *w, const thp_area *area, const thp_effect *e, thp_now now)
{
	thp_route_plan plan;
	thp_self self;

	switch (e->kind) {
	case THP_FX_ROUTE:
		thp_area_route(area, e->who, &plan);
		put(w->routes, e->link, g_memdup2(&plan, sizeof plan));
		break;
	case THP_FX_SILENCE:
	case THP_FX_CLOSE:
		g_hash_table_remove(w->routes, &e->link);
		break;
	case THP_FX_ROSTER:
		put(w->rosters, e->link, roster_text(area, e->who));
		break;
	case THP_FX_LIST:
		put(w->lists, e->link, list_text(area, e->who, now));
		break;
	case THP_FX_PRESENCE:
		put(w->presence, e->link, g_strdup(e->flag ? "1" : "0"));
		break;
	case THP_FX_JOINED:
		if (thp_area_self(area, e->who, &self))
			put(w->presence, e->link, g_strdup(self.therapist_present ? "1" : "0"));
		break;
	default:
		break;
	}
}

/* Who may be told such a thing at all. */
static gboolean is_for(const thp_effect *e, const walk_model *after)
{
	int who = who_has(after, e->link);
	gboolean inside = who != WALK_NOBODY && after->people[who].state == THP_ADMITTED;

	switch (e->kind) {
	case THP_FX_ROSTER:
	case THP_FX_CLOCK:
		return inside;
	case THP_FX_LIST:
		return who != WALK_NOBODY && walk_is_therapist(who);
	case THP_FX_PRESENCE:
	case THP_FX_MESSAGE:
		return who != WALK_NOBODY && !walk_is_therapist(who) && !inside;
	case THP_FX_STATE:
	case THP_FX_CLOSE:
	case THP_FX_SILENCE:
		return e->link != 0;
	default:
		return who != WALK_NOBODY;
	}
}

static char *check_states(const walk_model *before, const walk_model *after, const thp_effects *fx)
{
	for (int i = 0; i < WALK_CAST; i++) {
		const walk_person *was = &before->people[i];
		const walk_person *is = &after->people[i];
		const thp_effect *told = NULL;
		guint closed = 0;

		if (!was->in || was->away)
			continue;
		for (guint k = 0; k < fx->list->len; k++) {
			const thp_effect *e = &g_array_index(fx->list, thp_effect, k);

			if (e->link == was->link && e->kind == THP_FX_STATE)
				told = e;
			closed += e->link == was->link && e->kind == THP_FX_CLOSE;
		}
		gboolean stays = is->in && is->link == was->link;
		gboolean changes = !stays || is->state != was->state || is->room != was->room;
		if (stays && is->away)
			continue; /* nobody is there to hear it */
		if ((told != NULL) != changes)
			return g_strdup_printf("%s is %stold a state", was->id, told ? "" : "not ");
		/* The last word counts. */
		if (told && (stays ? told->state != is->state : told->state < THP_LEFT))
			return g_strdup_printf("%s is told to be %s", was->id,
					       thp_state_name(told->state));
		if (closed != (stays ? 0 : 1))
			return g_strdup_printf("%s is closed %u times", was->id, closed);
	}
	return NULL;
}

char *walk_watch_effects(walk_watch *w, const thp_area *area, const walk_model *before,
			 const walk_model *after, const thp_effects *fx)
{
	for (guint i = 0; i < fx->list->len; i++) {
		const thp_effect *e = &g_array_index(fx->list, thp_effect, i);

		if (!before) {
			carry_out(w, area, e, after->now);
			continue;
		}
		gboolean is_route = e->kind == THP_FX_SILENCE || e->kind == THP_FX_ROUTE;
		char *wrong = is_route ? NULL : check_flows(w, before, after, TRUE);

		if (wrong)
			return wrong;
		if (!is_for(e, after))
			return g_strdup_printf("effect %d is not for %s", e->kind, e->who);
		carry_out(w, area, e, after->now);
		wrong = check_flows(w, before, after, FALSE);
		if (wrong)
			return wrong;
	}
	return before ? check_states(before, after, fx) : NULL;
}

/* ---- the area as it stands ---- */

static char *differ(const walk_model *m, int who, const char *what)
{
	return g_strdup_printf("%s (%s): %s", walk_name(who), m->people[who].id, what);
}

static char *check_self(const thp_area *area, const walk_model *m, int who)
{
	const walk_person *p = &m->people[who];
	gboolean locked = p->room != WALK_NOBODY && m->locked[p->room];
	thp_self self;
	gboolean in = thp_area_self(area, p->id, &self);

	if (in != p->in)
		return differ(m, who, in ? "should be gone" : "should be here");
	if (!in)
		return NULL;
	if (self.state != (p->away ? THP_AWAY : p->state))
		return differ(m, who, thp_state_name(self.state));
	if (strcmp(self.room, walk_room_name(p->room)) != 0 || self.locked != locked)
		return differ(m, who, "is in another room");
	if (self.link != (p->away ? 0 : p->link))
		return differ(m, who, "has another link");
	if (self.audio != p->audio || self.video != p->video || self.echo != p->echo)
		return differ(m, who, "has other media");
	if (self.therapist_present != walk_therapist_present(m, who))
		return differ(m, who, "hears otherwise of the therapist");
	return NULL;
}

static char *check_list(const thp_area *area, const walk_model *m, int therapist)
{
	g_autofree char *text = list_text(area, m->people[therapist].id, m->now);
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (int i = 0; i < WALK_CAST; i++) {
		const walk_person *p = &m->people[i];
		gboolean observes = walk_invitation(i).role == THP_ROLE_OBSERVER;

		if (p->in && !walk_is_therapist(i) && walk_sees(therapist, i))
			g_ptr_array_add(words, g_strdup_printf("%s(%s,%s,%d%d%d,%u)", p->id,
							       walk_room_name(p->room),
							       thp_state_name(p->state), p->away,
							       p->receiver_up && (p->publisher_up ||
										  observes),
							       m->locked[p->room], p->knock));
	}
	g_autofree char *expected = sorted(words);
	return strcmp(text, expected) == 0 ? NULL : differ(m, therapist, "sees other people");
}

/* The others are exactly those with a seat, each on a pair of their own while there are enough. */
static char *check_roster(const thp_area *area, const walk_model *m, int who)
{
	const walk_person *me = &m->people[who];
	g_autoptr(GArray) peers = thp_area_roster(area, me->id);
	gboolean inside = me->in && !me->away && me->state == THP_ADMITTED;
	gboolean taken[THP_PAIRS_MAX] = {FALSE};
	guint senders = 0, placed = 0, found = 0;

	for (int i = 0; i < WALK_CAST; i++) {
		const walk_person *p = &m->people[i];

		if (!inside || i == who || !walk_has_seat(m, i, me->room))
			continue;
		senders += walk_invitation(i).role != THP_ROLE_OBSERVER;
		found++;
		for (guint k = 0; k < peers->len; k++) {
			const thp_peer *peer = &g_array_index(peers, thp_peer, k);

			if (strcmp(peer->id, p->id) != 0)
				continue;
			found--;
			if (peer->away != p->away || peer->audio != p->audio ||
			    peer->video != p->video)
				return differ(m, who, "has a wrong roster");
			if (peer->slot < 0)
				continue;
			if (peer->slot >= (int)me->pairs || taken[peer->slot]++)
				return differ(m, who, "has a pair too many");
			placed++;
		}
	}
	if (found != 0 || (!inside && peers->len > 0))
		return differ(m, who, "has the wrong people on the roster");
	if (inside && me->receiver_up && placed != MIN(senders, me->pairs))
		return differ(m, who, "does not use the pairs there are");
	return NULL;
}

/* Who should receive, does, on the pair that the roster says; nobody else does. */
static char *check_route(const walk_watch *w, const thp_area *area, const walk_model *m, int who)
{
	const walk_person *p = &m->people[who];
	thp_route_plan plan;

	thp_area_route(area, p->id, &plan);
	for (guint i = 0; i < plan.n_hops; i++) {
		if (!flow_is_right(m, p->link, plan.hops[i].link))
			return differ(m, who, "reaches somebody");
	}
	if (!p->in || p->away)
		return plan.n_hops == 0 ? NULL : differ(m, who, "sends from nowhere");
	if (plan.n_hops > 0 && (plan.audio != p->audio || plan.video != p->video))
		return differ(m, who, "sends what is off");
	g_autofree char *planned = route_text(&plan);
	g_autofree char *in_force = route_text(g_hash_table_lookup(w->routes, &p->link));
	return strcmp(planned, in_force) == 0 ? NULL : differ(m, who, "has an old route in force");
}

static char *check_hears(const thp_area *area, const walk_model *m, int who)
{
	const walk_person *me = &m->people[who];
	g_autoptr(GArray) peers = thp_area_roster(area, me->id);

	for (guint k = 0; k < peers->len; k++) {
		const thp_peer *peer = &g_array_index(peers, thp_peer, k);
		thp_route_plan plan;
		gboolean heard = FALSE;
		int from = WALK_NOBODY;

		for (int i = 0; i < WALK_CAST; i++)
			from = strcmp(m->people[i].id, peer->id) == 0 ? i : from;
		thp_area_route(area, peer->id, &plan);
		for (guint h = 0; h < plan.n_hops; h++)
			heard = heard || (plan.hops[h].link == me->link &&
					  (int)plan.hops[h].slot == peer->slot);
		if (heard != (peer->slot >= 0 && walk_may_flow(m, from, who)))
			return differ(m, who, "does not hear whom they should");
	}
	return NULL;
}

/* What they were told last is what is so. */
static char *check_told(const walk_watch *w, const thp_area *area, const walk_model *m, int who)
{
	const walk_person *p = &m->people[who];

	if (!p->in || p->away)
		return NULL;
	if (p->state == THP_ADMITTED) {
		g_autofree char *roster = roster_text(area, p->id);
		if (g_strcmp0(roster, g_hash_table_lookup(w->rosters, &p->link)) != 0)
			return differ(m, who, "was told an old roster");
	} else if (!walk_is_therapist(who)) {
		const char *told = g_hash_table_lookup(w->presence, &p->link);
		if (g_strcmp0(told, walk_therapist_present(m, who) ? "1" : "0") != 0)
			return differ(m, who, "was told wrongly of the therapist");
	}
	if (walk_is_therapist(who)) {
		g_autofree char *list = list_text(area, p->id, m->now);
		gint64 due_us = thp_area_deadline(area, m->now);
		if (g_strcmp0(list, g_hash_table_lookup(w->lists, &p->link)) != 0 &&
		    due_us > m->now.mono_us + m->limits.list_us)
			return differ(m, who, "was told an old list, and none is due");
	}
	return NULL;
}

static char *check_heads(const thp_area *area, const walk_model *m)
{
	thp_area_count expected = {0};
	thp_area_count n = thp_area_count_heads(area);

	for (int i = 0; i < WALK_CAST; i++) {
		const walk_person *p = &m->people[i];

		if (!p->in)
			continue;
		expected.participants++;
		expected.away += p->away;
		expected.admitted += !p->away && p->state == THP_ADMITTED;
		expected.waiting += !p->away && p->state != THP_ADMITTED && !walk_is_therapist(i);
	}
	return n.participants == expected.participants && n.away == expected.away &&
			       n.admitted == expected.admitted && n.waiting == expected.waiting
		       ? NULL
		       : g_strdup("the heads are counted wrongly");
}

char *walk_watch_area(const walk_watch *w, const thp_area *area, const walk_model *m)
{
	const char *violation = thp_area_violation(area);
	char *wrong = violation ? g_strdup(violation) : check_heads(area, m);

	for (int i = 0; i < WALK_CAST && !wrong; i++) {
		wrong = check_self(area, m, i);
		wrong = wrong ? wrong : check_roster(area, m, i);
		wrong = wrong ? wrong : check_route(w, area, m, i);
		wrong = wrong ? wrong : check_hears(area, m, i);
		wrong = wrong ? wrong : check_told(w, area, m, i);
		if (!wrong && walk_is_therapist(i) && m->people[i].in)
			wrong = check_list(area, m, i);
	}
	return wrong;
}
