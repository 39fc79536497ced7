/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has agreed to what: the gate before a room, and what opens and closes it. */
#include "inside.h"

static const thp_consent_rules nothing;

static const thp_consent_rules *rules_of(const thp_area *area)
{
	return area->limits.consent ? area->limits.consent : &nothing;
}

static gboolean is_asked(const thp_consent_rule *rule, const participant *p)
{
	return (rule->roles >> p->invitation.role & 1) != 0;
}

/* The invitation says that somebody is a minor, and who may answer. */
static gboolean is_for_guardian(const thp_consent_rule *rule, const participant *p)
{
	return rule->guardian && p->invitation.guardian[0] != '\0';
}

static gboolean is_over(const thp_consent_standing *standing, gint64 wall_s)
{
	return standing->state == THP_CONSENT_GRANTED && standing->until_s > 0 &&
	       standing->until_s <= wall_s;
}

/* What the gate looks at. Somebody inside keeps what runs out until they are out. */
static thp_consent_state state_of(const thp_area *area, const participant *p, guint i)
{
	const thp_consent_standing *standing = &p->consents.kinds[i].standing;
	gboolean inside = lasting_state(p) == THP_ADMITTED;

	return !inside && is_over(standing, area->now.wall_s) ? THP_CONSENT_EXPIRED
							      : standing->state;
}

static gboolean concerns(const thp_area *area, const participant *p)
{
	const thp_consent_rules *rules = rules_of(area);

	for (guint i = 0; i < rules->n; i++) {
		if (is_asked(&rules->kinds[i], p))
			return TRUE;
	}
	return FALSE;
}

thp_consent_state consent_of(const thp_area *area, const participant *p, guint rule)
{
	const thp_consent_rules *rules = rules_of(area);

	if (rule >= rules->n || !is_asked(&rules->kinds[rule], p) || !p->consents.known)
		return THP_CONSENT_NONE;
	return state_of(area, p, rule);
}

gboolean consent_is_given(const thp_area *area, const participant *p)
{
	const thp_consent_rules *rules = rules_of(area);

	for (guint i = 0; i < rules->n; i++) {
		const thp_consent_rule *rule = &rules->kinds[i];

		if (rule->required && is_asked(rule, p) &&
		    (!p->consents.known || state_of(area, p, i) != THP_CONSENT_GRANTED))
			return FALSE;
	}
	return TRUE;
}

static thp_consent_summary summary_of(const thp_area *area, const participant *p)
{
	const thp_consent_rules *rules = rules_of(area);

	if (!concerns(area, p))
		return THP_CONSENT_UNASKED;
	if (consent_is_given(area, p))
		return p->consents.known ? THP_CONSENT_GIVEN : THP_CONSENT_ASKED;
	for (guint i = 0; i < rules->n; i++) {
		thp_consent_state state = state_of(area, p, i);

		if (rules->kinds[i].required && is_asked(&rules->kinds[i], p) &&
		    (state == THP_CONSENT_REFUSED || state == THP_CONSENT_WITHDRAWN))
			return THP_CONSENT_DECLINED;
	}
	return THP_CONSENT_ASKED;
}

gboolean thp_area_consent(const thp_area *area, const char *id, thp_consent_view *view)
{
	const participant *p = participant_find(area, id);
	const thp_consent_rules *rules = rules_of(area);

	memset(view, 0, sizeof *view);
	if (!p || !concerns(area, p))
		return FALSE;
	view->known = p->consents.known;
	view->settled = p->consents.known;
	view->turn = p->consents.turn;
	for (guint i = 0; i < rules->n; i++) {
		const thp_consent_rule *rule = &rules->kinds[i];
		thp_consent_state state = state_of(area, p, i);

		if (!is_asked(rule, p))
			continue;
		view->kinds[view->n].rule = rule;
		view->kinds[view->n].state = state;
		view->kinds[view->n].guardian = is_for_guardian(rule, p);
		view->kinds[view->n++].shown_s = p->consents.kinds[i].shown_s;
		view->settled =
			view->settled && (state == THP_CONSENT_GRANTED ||
					  (!rule->required && (state == THP_CONSENT_REFUSED ||
							       state == THP_CONSENT_WITHDRAWN)));
	}
	return TRUE;
}

/* ---- what is said with a yes ---- */

static guint asks_for(const thp_area *area, const participant *p)
{
	const thp_consent_rules *rules = rules_of(area);
	guint details = 0;

	for (guint i = 0; i < rules->n; i++)
		details |= is_asked(&rules->kinds[i], p) ? rules->kinds[i].details : 0;
	return details;
}

/* Takes over of @said what @rule asks for; NULL: nothing any more. */
static void take_details(participant *p, const thp_consent_rule *rule, const thp_details *said)
{
	static const thp_details none;

	if (rule->details == 0)
		return;
	for (guint d = 0; d < THP_N_DETAILS; d++) {
		if (rule->details >> d & 1)
			memcpy(p->consents.details.words[d], (said ? said : &none)->words[d],
			       sizeof none.words[d]);
	}
	p->consents.said++;
}

static gboolean has_details(const participant *p, guint details)
{
	for (guint d = 0; d < THP_N_DETAILS; d++) {
		if (details >> d & 1 && p->consents.details.words[d][0] != '\0')
			return TRUE;
	}
	return FALSE;
}

/* The server remembers them no longer than the person is here: who comes anew is asked anew. */
static gboolean lacks_details(const participant *p, const thp_consent_rule *rule)
{
	return rule->details != 0 && !has_details(p, rule->details);
}

void consent_describe(const thp_area *area, const participant *p, thp_person *out)
{
	guint details = asks_for(area, p);

	out->consent = summary_of(area, p);
	out->others = company_summary(area, p);
	out->details = details == 0 ? -1 : has_details(p, details) ? (int)p->consents.said : 0;
}

const thp_details *thp_area_details(const thp_area *area, const char *id)
{
	const participant *p = participant_find(area, id);

	return p ? &p->consents.details : NULL;
}

/* ---- what happens to it ---- */

/* Inside, and not with leave any more: out, as a therapist's hold would do it. */
static void put_out(thp_area *area, participant *p, thp_effects *fx)
{
	room *r = p->room;

	if (lasting_state(p) != THP_ADMITTED || consent_is_given(area, p))
		return;
	send_back(area, p, THP_BY_CONSENT, fx);
	room_changed(area, r, FALSE, fx);
}

void consent_announce(const thp_area *area, const participant *p, thp_effects *fx)
{
	if (p->link != 0 && concerns(area, p))
		effect_add(fx, p->consents.known ? THP_FX_CONSENT : THP_FX_CONSENT_READ, p);
}

static void take_back(thp_area *area, participant *p, guint i, thp_effects *fx)
{
	p->consents.kinds[i].standing = (thp_consent_standing){.state = THP_CONSENT_WITHDRAWN};
	p->consents.turn++;
	take_details(p, &rules_of(area)->kinds[i], NULL);
	put_out(area, p, fx);
	consent_announce(area, p, fx);
	tell_lists(area, area->now, fx);
}

static gboolean find(const thp_area *area, const participant *p, const char *name, guint *at)
{
	const thp_consent_rules *rules = rules_of(area);

	for (guint i = 0; i < rules->n; i++) {
		if (is_asked(&rules->kinds[i], p) && strcmp(rules->kinds[i].name, name) == 0) {
			*at = i;
			return TRUE;
		}
	}
	return FALSE;
}

thp_err consent_request(thp_area *area, participant *p, const thp_event *event, thp_effects *fx)
{
	guint i = 0;

	if (!concerns(area, p) || !p->consents.known)
		return THP_WRONG_STATE;
	if (!event->consent || !find(area, p, event->consent, &i))
		return THP_BAD_FIELD;
	if (event->request == THP_REQ_CONSENT_TEXT)
		return THP_OK;
	if (event->request == THP_REQ_CONSENT_WITHDRAW) {
		thp_consent_state state = state_of(area, p, i);
		if (state != THP_CONSENT_GRANTED && state != THP_CONSENT_WITHDRAWN)
			return THP_WRONG_STATE;
		take_back(area, p, i, fx);
		return THP_OK;
	}
	if (g_strcmp0(event->version, rules_of(area)->kinds[i].version) != 0)
		return THP_CONSENT_STALE;
	const gboolean guardian = is_for_guardian(&rules_of(area)->kinds[i], p);
	if (event->request == THP_REQ_CONSENT_DECIDE && guardian != event->guardian)
		return guardian ? THP_GUARDIAN_REQUIRED : THP_BAD_FIELD;
	if (event->request == THP_REQ_CONSENT_SHOWN)
		p->consents.kinds[i].shown_s = area->now.wall_s;
	return p->consents.kinds[i].shown_s > 0 ? THP_OK : THP_CONSENT_NOT_SHOWN;
}

/* The ledger's word holds, unless something was taken back since it was asked. */
static thp_err learn(thp_area *area, const thp_event *event, thp_effects *fx)
{
	participant *p = participant_find(area, event->actor);

	if (!p || !event->standings || !concerns(area, p))
		return THP_NO_SUCH_PARTICIPANT;
	if (event->turn != p->consents.turn)
		return THP_OK;
	const thp_consent_rules *rules = rules_of(area);
	gboolean first = !p->consents.known;
	p->consents.known = TRUE;
	if (event->details && event->rule < rules->n)
		take_details(p, &rules->kinds[event->rule], event->details);
	for (guint i = 0; i < rules->n; i++) {
		thp_consent_standing *standing = &p->consents.kinds[i].standing;

		*standing = event->standings[i];
		if (first && is_over(standing, area->now.wall_s))
			standing->state = THP_CONSENT_EXPIRED;
		if (standing->state == THP_CONSENT_GRANTED && lacks_details(p, &rules->kinds[i]))
			standing->state = THP_CONSENT_NONE;
	}
	if (lasting_state(p) == THP_ADMITTED) {
		put_out(area, p, fx);
		if (first && lasting_state(p) == THP_ADMITTED)
			room_changed(area, p->room, TRUE, fx);
	}
	consent_announce(area, p, fx);
	tell_lists_soon(area, area->now, fx);
	return THP_OK;
}

static gboolean is_same_person(const participant *p, const thp_event *event)
{
	return strcmp(p->invitation.sub, event->sub) == 0 &&
	       (event->room[0] == '\0' || strcmp(p->invitation.room, event->room) == 0) &&
	       strcmp(p->id, event->actor) != 0;
}

/* The same person in another session, by another invitation. */
static void take_back_of(thp_area *area, const thp_event *event, thp_effects *fx)
{
	g_autoptr(GList) people = g_hash_table_get_values(area->people);

	for (GList *l = people; l; l = l->next) {
		participant *p = l->data;
		guint i = 0;

		if (!is_same_person(p, event) || !find(area, p, event->consent, &i))
			continue;
		if (!p->consents.known || state_of(area, p, i) == THP_CONSENT_GRANTED)
			take_back(area, p, i, fx);
	}
}

thp_err consent_event(thp_area *area, const thp_event *event, thp_effects *fx)
{
	if (event->kind == THP_EV_CONSENT)
		return learn(area, event, fx);
	take_back_of(area, event, fx);
	return THP_OK;
}

/* A yes by which somebody is inside. */
static gboolean holds_open(const thp_area *area, const participant *p, const char *kind, guint *at)
{
	if (!find(area, p, kind, at) || !p->consents.known ||
	    state_of(area, p, *at) != THP_CONSENT_GRANTED)
		return FALSE;
	const thp_consent_rule *rule = &rules_of(area)->kinds[*at];
	return rule->required || (rule->admits != 0 && lasting_state(p) == THP_ADMITTED);
}

gboolean thp_area_has_granted(const thp_area *area, const char *id, const char *kind)
{
	const participant *p = participant_find(area, id);
	guint i = 0;

	return p && holds_open(area, p, kind, &i);
}

GPtrArray *thp_area_depend(const thp_area *area, const char *id, const char *kind)
{
	GPtrArray *ids = g_ptr_array_new();
	participant *p = participant_find(area, id);
	guint i = 0;

	if (p && find(area, p, kind, &i))
		company_depend(area, p, i, ids);
	return ids;
}

GPtrArray *thp_area_withdrawn(const thp_area *area, const thp_event *event)
{
	GPtrArray *ids = g_ptr_array_new();
	GHashTableIter iter;
	participant *p;
	guint i = 0;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (is_same_person(p, event) && holds_open(area, p, event->consent, &i))
			company_depend(area, p, i, ids);
	}
	return ids;
}

/* ---- time ---- */

static gboolean expire(const thp_area *area, participant *p)
{
	gboolean any = FALSE;

	for (guint i = 0; i < rules_of(area)->n; i++) {
		thp_consent_standing *standing = &p->consents.kinds[i].standing;

		if (!is_over(standing, area->now.wall_s))
			continue;
		standing->state = THP_CONSENT_EXPIRED;
		take_details(p, &rules_of(area)->kinds[i], NULL);
		any = TRUE;
	}
	return any;
}

gboolean consent_tick(thp_area *area, thp_effects *fx)
{
	gboolean any = FALSE;
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (area->limits.consent && g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (lasting_state(p) == THP_ADMITTED || !expire(area, p))
			continue;
		consent_announce(area, p, fx);
		any = TRUE;
	}
	return any;
}

gint64 consent_deadline_us(const thp_area *area, thp_now now)
{
	gint64 in_s = G_MAXINT32;
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (area->limits.consent && g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		for (guint i = 0; lasting_state(p) != THP_ADMITTED && i < rules_of(area)->n; i++) {
			const thp_consent_standing *standing = &p->consents.kinds[i].standing;
			if (standing->state == THP_CONSENT_GRANTED && standing->until_s > 0)
				in_s = MIN(in_s, standing->until_s - now.wall_s);
		}
	}
	return in_s == G_MAXINT32 ? G_MAXINT64
				  : now.mono_us + CLAMP(in_s, 0, 86400) * G_USEC_PER_SEC;
}

/* ---- names ---- */

const char *thp_detail_name(thp_detail detail)
{
	static const char *const names[THP_N_DETAILS] = {
		[THP_DETAIL_PLACE] = "place",
		[THP_DETAIL_CONTACT] = "contact",
	};

	return (unsigned)detail < THP_N_DETAILS ? names[detail] : "unknown";
}

gboolean thp_details_are_empty(const thp_details *details)
{
	for (guint d = 0; d < THP_N_DETAILS; d++) {
		if (details->words[d][0] != '\0')
			return FALSE;
	}
	return TRUE;
}

const char *thp_consent_gate_name(thp_consent_gate gate)
{
	static const char *const names[THP_N_CONSENT_GATES] = {"none", "media", "observer",
							       "interpreter"};

	return (unsigned)gate < THP_N_CONSENT_GATES ? names[gate] : "none";
}

const char *thp_consent_state_name(thp_consent_state state)
{
	static const char *const names[THP_N_CONSENT_STATES] = {
		[THP_CONSENT_NONE] = "none",       [THP_CONSENT_GRANTED] = "granted",
		[THP_CONSENT_REFUSED] = "refused", [THP_CONSENT_WITHDRAWN] = "withdrawn",
		[THP_CONSENT_EXPIRED] = "expired",
	};

	return (unsigned)state < THP_N_CONSENT_STATES ? names[state] : "none";
}

const char *thp_consent_summary_name(thp_consent_summary summary)
{
	static const char *const names[] = {NULL, "asked", "given", "refused"};

	return (unsigned)summary < G_N_ELEMENTS(names) ? names[summary] : NULL;
}
