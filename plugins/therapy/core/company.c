/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may be with whom: observers and interpreters are in a room only while everybody asked there agrees. */
#include "inside.h"

/* How those whom it concerns stand; on other people's presence than @p's there is none. */
typedef struct opinion {
	guint asked, granted, declined;
	guint unknown; /* the ledger has not spoken of them yet */
} opinion;

static gboolean admits(const thp_consent_rule *rule, const participant *p)
{
	return (rule->admits >> p->invitation.role & 1) != 0;
}

static void ask(const thp_area *area, const participant *q, guint rule, opinion *o)
{
	thp_consent_state state = consent_of(area, q, rule);

	o->asked++;
	o->unknown += !q->consents.known;
	o->granted += state == THP_CONSENT_GRANTED;
	o->declined += state == THP_CONSENT_REFUSED || state == THP_CONSENT_WITHDRAWN;
}

/* Whoever is away may be back at any moment, so they count. */
static opinion opinion_of(const thp_area *area, const participant *p)
{
	const thp_consent_rules *rules = area->limits.consent;
	GHashTableIter iter;
	participant *q;
	opinion o = {0};

	for (guint i = 0; rules && p->room && i < rules->n; i++) {
		const thp_consent_rule *rule = &rules->kinds[i];

		if (!admits(rule, p))
			continue;
		g_hash_table_iter_init(&iter, area->people);
		while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&q)) {
			if ((q == p || has_seat(q, p->room)) &&
			    (rule->roles >> q->invitation.role & 1))
				ask(area, q, i, &o);
		}
	}
	return o;
}

gboolean company_agrees(const thp_area *area, const participant *p)
{
	opinion o = opinion_of(area, p);

	return o.granted == o.asked;
}

gboolean company_objects(const thp_area *area, const participant *p)
{
	opinion o = opinion_of(area, p);

	return o.granted + o.unknown < o.asked;
}

thp_consent_summary company_summary(const thp_area *area, const participant *p)
{
	opinion o = opinion_of(area, p);

	if (o.asked == 0)
		return THP_CONSENT_UNASKED;
	if (o.granted == o.asked)
		return THP_CONSENT_GIVEN;
	return o.declined > 0 ? THP_CONSENT_DECLINED : THP_CONSENT_ASKED;
}

void company_settle(thp_area *area, thp_effects *fx)
{
	g_autoptr(GList) people = g_hash_table_get_values(area->people);

	for (GList *l = people; area->limits.consent && l; l = l->next) {
		participant *p = l->data;

		if (lasting_state(p) != THP_ADMITTED || is_therapist(p) ||
		    !company_objects(area, p))
			continue;
		send_back(area, p, THP_BY_OTHERS, fx);
		room_changed(area, p->room, FALSE, fx);
		tell_lists(area, area->now, fx);
	}
}

void company_depend(const thp_area *area, participant *p, guint rule, GPtrArray *ids)
{
	const thp_consent_rule *asked = &area->limits.consent->kinds[rule];
	GHashTableIter iter;
	participant *q;

	if (asked->required)
		g_ptr_array_add(ids, p->id);
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&q)) {
		if (q != p && q->room == p->room && admits(asked, q))
			g_ptr_array_add(ids, q->id);
	}
}
