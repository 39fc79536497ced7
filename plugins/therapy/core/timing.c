/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clocks of an area's sessions: when they start, who is told, and what time itself does. */
#include "inside.h"

static const char *const cue_names[THP_N_CUES] = {
	[THP_CUE_TIME] = "time",
	[THP_CUE_OVER] = "over",
	[THP_CUE_RESUMED] = "resumed",
	[THP_CUE_NO_SHOW] = "no_show",
};

const char *thp_cue_name(thp_cue cue)
{
	return (unsigned)cue < THP_N_CUES ? cue_names[cue] : "unknown";
}

#define MINUTE_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define LEAST_US  (5 * MINUTE_US) /* what even the latest is given */

static thp_clock_moment moment(const thp_area *area)
{
	return (thp_clock_moment){.mono_us = area->now.mono_us,
				  .wall_us = area->now.wall_s * G_USEC_PER_SEC};
}

/* ---- start ---- */

/* How much later than appointed somebody knocked; who knocked in time has lost nothing by waiting. */
static gint64 late_us(const thp_area *area, const participant *first)
{
	gint64 waited_us = area->now.mono_us - first->knocked_us;
	gint64 start_s = first->invitation.start_s;

	if (area->limits.session.late_extends || start_s == 0)
		return 0;
	return MAX((area->now.wall_s - start_s) * G_USEC_PER_SEC - waited_us, 0);
}

static thp_clock_rules rules_of(const thp_area *area, const room *r)
{
	thp_clock_rules rules = area->limits.session.clock;

	if (r->max_minutes > 0)
		rules.max_us = MIN(rules.max_us, r->max_minutes * MINUTE_US);
	return rules;
}

gboolean timing_restore(const thp_area *area, room *r, const thp_clock_record *record,
			thp_clock_moment at)
{
	thp_clock_rules rules = rules_of(area, r);

	return thp_clock_restore(&r->clock, &rules, record, at);
}

void timing_start(thp_area *area, room *r, const participant *therapist, const participant *first)
{
	const thp_session_rules *session = &area->limits.session;
	thp_clock_rules rules = rules_of(area, r);
	int minutes = r->minutes > 0 ? r->minutes : therapist->invitation.minutes;
	gint64 length_us = minutes > 0 ? minutes * MINUTE_US : session->length_us;
	gint64 least_us = MIN(length_us, LEAST_US);

	r->goodbye = FALSE;
	if (thp_clock_is_on(&r->clock))
		return;
	length_us = MAX(length_us - late_us(area, first), least_us);
	thp_clock_start(&r->clock, &rules, length_us, moment(area));
}

/* ---- who is told ---- */

static gboolean may_see(const thp_area *area, const participant *p)
{
	return is_therapist(p) || area->limits.session.clients_see;
}

void tell_clock(thp_area *area, const room *r, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (is_inside(p, r) && may_see(area, p))
			effect_add(fx, THP_FX_CLOCK, p);
	}
}

static void tell_cue(thp_area *area, const room *r, thp_cue cue, gint64 left_us, gboolean shared,
		     thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (!is_inside(p, r) || !(shared || is_therapist(p)))
			continue;
		thp_effect *e = effect_add(fx, THP_FX_CUE, p);
		e->cue = cue;
		e->left_us = left_us;
		e->flag = shared;
	}
}

/* ---- the next appointment ---- */

/* Whose session could be next for @therapist. */
static gboolean waits_for_another(const participant *therapist, const participant *p)
{
	thp_state state = lasting_state(p);

	return !is_therapist(p) && p->room != therapist->room && sees(therapist, p) &&
	       (state == THP_WAITING || state == THP_HELD);
}

/* TRUE if somebody waits for another session of @therapist; the earliest appointment, 0 if none is known. */
static gboolean next_appointment(const thp_area *area, const participant *therapist,
				 gint64 *start_s)
{
	gboolean any = FALSE;
	GHashTableIter iter;
	participant *p;

	*start_s = 0;
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		gint64 at_s = p->invitation.start_s;

		if (!waits_for_another(therapist, p))
			continue;
		any = TRUE;
		if (at_s != 0 && (*start_s == 0 || at_s < *start_s))
			*start_s = at_s;
	}
	return any;
}

/* Until when a session of @therapist may be extended: monotonic, G_MAXINT64 for as long as it likes. */
static gint64 free_until_us(const thp_area *area, const participant *therapist, thp_now now)
{
	const thp_session_rules *session = &area->limits.session;
	gint64 start_s;

	if (!session->keep_next || !next_appointment(area, therapist, &start_s) || start_s == 0)
		return G_MAXINT64;
	return now.mono_us + (start_s - now.wall_s) * G_USEC_PER_SEC - session->buffer_us;
}

/* ---- requests ---- */

thp_err timing_request(thp_area *area, participant *actor, const thp_event *event, thp_effects *fx)
{
	room *r = actor->room;
	gint64 now_us = area->now.mono_us;
	thp_err err = THP_WRONG_STATE;

	if (!r || !thp_clock_is_on(&r->clock))
		return err;
	if (event->request == THP_REQ_CLOCK)
		return may_see(area, actor) ? THP_OK : THP_NOT_ALLOWED;
	if (event->request == THP_REQ_EXTEND)
		err = thp_clock_extend(&r->clock, event->extend_us,
				       free_until_us(area, actor, area->now), now_us);
	else if (event->request == THP_REQ_PAUSE)
		err = thp_clock_pause(&r->clock, now_us);
	else if (event->request == THP_REQ_RESUME)
		err = thp_clock_resume(&r->clock, now_us);
	if (err == THP_OK)
		tell_clock(area, r, fx);
	return err;
}

void timing_end(const thp_area *area, room *r)
{
	if (thp_clock_is_on(&r->clock) && thp_clock_end(&r->clock, moment(area)) != THP_OK)
		g_assert_not_reached();
}

/* ---- company ---- */

static thp_clock_company company_in(const thp_area *area, const room *r)
{
	gboolean therapist = FALSE, other = FALSE, held = FALSE;
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		therapist |= is_therapist(p) && has_seat(p, r);
		other |= !is_therapist(p) && has_seat(p, r);
		held |= !is_therapist(p) && p->room == r && lasting_state(p) == THP_HELD;
	}
	if (therapist && (other || held))
		return THP_CLOCK_TOGETHER;
	return r->goodbye && !other && !held ? THP_CLOCK_WRAP_UP : THP_CLOCK_ALONE;
}

void timing_settle(thp_area *area, thp_effects *fx)
{
	GHashTableIter iter;
	room *r;

	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r)) {
		thp_clock_company was = r->clock.company;

		if (!thp_clock_is_on(&r->clock))
			continue;
		thp_clock_meet(&r->clock, company_in(area, r), area->now.mono_us);
		if (r->clock.company != was)
			tell_clock(area, r, fx);
	}
}

/* ---- time ---- */

static thp_reason reason_of(thp_clock_cause cause)
{
	return cause == THP_CLOCK_BY_ALONE     ? THP_BY_SOLITUDE
	       : cause == THP_CLOCK_BY_WRAP_UP ? THP_BY_END
					       : THP_BY_TIME;
}

/* Where nothing is said to everybody on the way, a soft limit is the therapist's alone, too. */
static gboolean limit_is_shared(const thp_clock_rules *rules)
{
	gboolean shared = rules->hard;

	for (guint i = 0; i < rules->n_cues; i++)
		shared |= rules->cues[i].shared;
	return shared;
}

static void take_news(thp_area *area, room *r, const thp_clock_news *news, thp_effects *fx)
{
	switch (news->kind) {
	case THP_CLOCK_CUE:
		tell_cue(area, r, THP_CUE_TIME, news->left_us, news->shared, fx);
		break;
	case THP_CLOCK_LIMIT:
		tell_cue(area, r, THP_CUE_OVER, 0, limit_is_shared(&r->clock.rules), fx);
		break;
	case THP_CLOCK_RESUMED:
		tell_cue(area, r, THP_CUE_RESUMED, 0, FALSE, fx);
		tell_clock(area, r, fx);
		break;
	case THP_CLOCK_END:
		end_session(area, r, reason_of(r->clock.cause), fx);
		break;
	default:
		break;
	}
}

/* When @p should be told that nobody has come: monotonic. */
static gint64 no_show_us(const thp_area *area, const participant *p)
{
	gint64 start_s = p->invitation.start_s;
	gint64 knocked_s = area->now.wall_s - (area->now.mono_us - p->knocked_us) / G_USEC_PER_SEC;
	gint64 early_us = start_s == 0 ? 0 : MAX(start_s - knocked_s, 0) * G_USEC_PER_SEC;

	if (area->limits.session.no_show_us == 0 || p->no_show_told || p->state != THP_WAITING ||
	    (is_therapist(p) && p->invitation.room[0] == '\0'))
		return G_MAXINT64;
	return p->knocked_us + early_us + area->limits.session.no_show_us;
}

/* The other side of @p: a therapist, or for a therapist of one room, anybody else there. */
static gboolean has_come(const thp_area *area, const participant *p)
{
	GHashTableIter iter;
	participant *other;

	if (!is_therapist(p))
		return therapist_present(area, p);
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&other)) {
		if (!is_therapist(other) && sees(p, other))
			return TRUE;
	}
	return FALSE;
}

static void tell_no_shows(thp_area *area, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (no_show_us(area, p) > area->now.mono_us)
			continue;
		p->no_show_told = TRUE;
		if (!has_come(area, p))
			effect_add(fx, THP_FX_CUE, p)->cue = THP_CUE_NO_SHOW;
	}
}

gboolean timing_tick(thp_area *area, thp_effects *fx)
{
	gboolean ended = FALSE;
	GHashTableIter iter;
	thp_clock_news news;
	room *r;

	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r)) {
		while (thp_clock_next(&r->clock, moment(area), &news)) {
			take_news(area, r, &news, fx);
			ended |= news.kind == THP_CLOCK_END;
		}
	}
	tell_no_shows(area, fx);
	return ended;
}

gint64 timing_deadline_us(const thp_area *area)
{
	gint64 at = G_MAXINT64;
	GHashTableIter iter;
	participant *p;
	room *r;

	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r))
		at = MIN(at, thp_clock_deadline(&r->clock));
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p))
		at = MIN(at, no_show_us(area, p));
	return at;
}

/* ---- how it stands ---- */

const thp_clock *thp_area_clock(const thp_area *area, const char *name)
{
	const room *r = room_find(area, name);

	return r ? &r->clock : NULL;
}

gboolean thp_area_time(const thp_area *area, const char *id, thp_now now, thp_session_time *time)
{
	const participant *p = participant_find(area, id);
	const room *r = p ? p->room : NULL;

	if (!r || p->state != THP_ADMITTED || !thp_clock_is_on(&r->clock) || !may_see(area, p))
		return FALSE;
	gint64 closes_us = thp_clock_closes_us(&r->clock, now.mono_us);
	*time = (thp_session_time){.paused = r->clock.phase == THP_CLOCK_PAUSED,
				   .hard = r->clock.rules.hard,
				   .ran_us = thp_clock_ran_us(&r->clock, now.mono_us),
				   .left_us = thp_clock_left_us(&r->clock, now.mono_us),
				   .length_us = r->clock.length_us + r->clock.extended_us,
				   .end_us = thp_clock_end_us(&r->clock, now.mono_us),
				   .closes_us = closes_us};
	if (!is_therapist(p))
		return TRUE;
	time->is_therapist = TRUE;
	time->extendable_us =
		thp_clock_extendable_us(&r->clock, free_until_us(area, p, now), now.mono_us);
	time->pause_left_us = thp_clock_pause_left_us(&r->clock, now.mono_us);
	time->next_waits = next_appointment(area, p, &time->next_start_s);
	return TRUE;
}
