/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session clock. What has passed is kept as of one moment (since_us), and reckoned from there. */
#include <therapy/clock.h>

#include <string.h>

gboolean thp_clock_is_on(const thp_clock *c)
{
	return c->phase == THP_CLOCK_RUNNING || c->phase == THP_CLOCK_PAUSED;
}

/* ---- reckoning ---- */

static gint64 since(const thp_clock *c, gint64 mono_us)
{
	return MAX(mono_us - c->since_us, 0);
}

gint64 thp_clock_ran_us(const thp_clock *c, gint64 mono_us)
{
	return c->ran_us + (c->phase == THP_CLOCK_RUNNING ? since(c, mono_us) : 0);
}

static gint64 paused_us(const thp_clock *c, gint64 mono_us)
{
	return c->paused_us + (c->phase == THP_CLOCK_PAUSED ? since(c, mono_us) : 0);
}

/* The session time at which the limit is. */
static gint64 limit_us(const thp_clock *c)
{
	return c->length_us + c->extended_us;
}

/* The session time at which it ends whatever happens. */
static gint64 last_us(const thp_clock *c)
{
	return c->rules.hard ? MIN(limit_us(c) + c->rules.grace_us, c->rules.max_us)
			     : c->rules.max_us;
}

gint64 thp_clock_left_us(const thp_clock *c, gint64 mono_us)
{
	return limit_us(c) - thp_clock_ran_us(c, mono_us);
}

gint64 thp_clock_end_us(const thp_clock *c, gint64 mono_us)
{
	return MAX(last_us(c) - thp_clock_ran_us(c, mono_us), 0);
}

gint64 thp_clock_pause_left_us(const thp_clock *c, gint64 mono_us)
{
	return MAX(c->rules.pause_us - paused_us(c, mono_us), 0);
}

/* From here on, all is reckoned from @mono_us. */
static void settle(thp_clock *c, gint64 mono_us)
{
	c->ran_us = thp_clock_ran_us(c, mono_us);
	c->paused_us = paused_us(c, mono_us);
	c->since_us = MAX(mono_us, c->since_us);
}

/* ---- what people do ---- */

void thp_clock_start(thp_clock *c, const thp_clock_rules *rules, gint64 length_us,
		     thp_clock_moment at)
{
	*c = (thp_clock){.rules = *rules,
			 .phase = THP_CLOCK_RUNNING,
			 .started_wall_us = at.wall_us,
			 .length_us = CLAMP(length_us, 1, rules->max_us),
			 .since_us = at.mono_us};
	/* A session shorter than a cue is not told of it. */
	c->cued_us = c->length_us;
}

gint64 thp_clock_extendable_us(const thp_clock *c, gint64 next_us, gint64 mono_us)
{
	if (!thp_clock_is_on(c))
		return 0;
	gint64 left_us = MAX(thp_clock_left_us(c, mono_us), 0);
	gint64 most_us = c->rules.max_us - thp_clock_ran_us(c, mono_us);

	if (next_us != G_MAXINT64)
		most_us = MIN(most_us, next_us - mono_us);
	return MAX(most_us - left_us, 0);
}

thp_err thp_clock_extend(thp_clock *c, gint64 by_us, gint64 next_us, gint64 mono_us)
{
	if (!thp_clock_is_on(c) || by_us <= 0)
		return THP_WRONG_STATE;
	if (by_us > thp_clock_extendable_us(c, G_MAXINT64, mono_us))
		return THP_SESSION_MAXIMUM;
	if (by_us > thp_clock_extendable_us(c, next_us, mono_us))
		return THP_NEXT_APPOINTMENT;
	gint64 left_us = thp_clock_left_us(c, mono_us);
	c->extended_us += by_us + MAX(-left_us, 0);
	c->n_extensions++;
	c->cued_us = thp_clock_left_us(c, mono_us);
	return THP_OK;
}

thp_err thp_clock_pause(thp_clock *c, gint64 mono_us)
{
	if (c->phase != THP_CLOCK_RUNNING)
		return THP_WRONG_STATE;
	if (thp_clock_pause_left_us(c, mono_us) == 0)
		return THP_PAUSE_LIMIT;
	settle(c, mono_us);
	c->phase = THP_CLOCK_PAUSED;
	return THP_OK;
}

thp_err thp_clock_resume(thp_clock *c, gint64 mono_us)
{
	if (c->phase != THP_CLOCK_PAUSED)
		return THP_WRONG_STATE;
	settle(c, mono_us);
	c->phase = THP_CLOCK_RUNNING;
	return THP_OK;
}

void thp_clock_meet(thp_clock *c, thp_clock_company company, gint64 mono_us)
{
	if (c->company == company || !thp_clock_is_on(c))
		return;
	c->company = company;
	c->lonely_since_us = mono_us;
}

static void finish(thp_clock *c, thp_clock_cause cause, gint64 wall_us)
{
	c->phase = THP_CLOCK_ENDED;
	c->cause = cause;
	c->ended_wall_us = wall_us;
}

thp_err thp_clock_end(thp_clock *c, thp_clock_moment at)
{
	if (!thp_clock_is_on(c))
		return THP_WRONG_STATE;
	settle(c, at.mono_us);
	finish(c, THP_CLOCK_BY_THERAPIST, at.wall_us);
	return THP_OK;
}

/* ---- what time does ---- */

/* The monotonic time at which session time will be @ran_us; never in a pause. */
static gint64 when(const thp_clock *c, gint64 ran_us)
{
	return c->phase == THP_CLOCK_RUNNING ? c->since_us + ran_us - c->ran_us : G_MAXINT64;
}

static gint64 pause_over_us(const thp_clock *c)
{
	return c->phase == THP_CLOCK_PAUSED ? c->since_us + c->rules.pause_us - c->paused_us
					    : G_MAXINT64;
}

static gint64 patience_us(const thp_clock *c)
{
	gint64 patience = c->company == THP_CLOCK_WRAP_UP ? c->rules.wrap_up_us
			  : c->company == THP_CLOCK_ALONE ? c->rules.alone_us
							  : 0;

	return patience > 0 ? c->lonely_since_us + patience : G_MAXINT64;
}

/* The next cue, NULL if none is ahead: the one with the most time left below what was cued. */
static const thp_clock_cue *next_cue(const thp_clock *c)
{
	const thp_clock_cue *next = NULL;

	for (guint i = 0; i < c->rules.n_cues; i++) {
		const thp_clock_cue *cue = &c->rules.cues[i];
		if (cue->left_us < c->cued_us && (!next || cue->left_us > next->left_us))
			next = cue;
	}
	return next;
}

/* The time left at which something is said next: of a cue, or 0 for the limit itself. */
static gint64 next_mark_us(const thp_clock *c)
{
	const thp_clock_cue *cue = next_cue(c);

	return cue ? cue->left_us : 0;
}

static gint64 mark_due_us(const thp_clock *c)
{
	return c->cued_us > 0 ? when(c, limit_us(c) - next_mark_us(c)) : G_MAXINT64;
}

/* Two cues at the same time left are one, and for everybody if one of them is. */
static gboolean is_shared(const thp_clock *c, gint64 left_us)
{
	for (guint i = 0; i < c->rules.n_cues; i++) {
		if (c->rules.cues[i].left_us == left_us && c->rules.cues[i].shared)
			return TRUE;
	}
	return FALSE;
}

static gint64 end_due_us(const thp_clock *c)
{
	return MIN(when(c, last_us(c)), patience_us(c));
}

gint64 thp_clock_closes_us(const thp_clock *c, gint64 mono_us)
{
	gint64 at_us = thp_clock_is_on(c) ? patience_us(c) : G_MAXINT64;

	return at_us == G_MAXINT64 ? -1 : MAX(at_us - mono_us, 0);
}

gint64 thp_clock_deadline(const thp_clock *c)
{
	if (!thp_clock_is_on(c))
		return G_MAXINT64;
	return MIN(MIN(mark_due_us(c), pause_over_us(c)), end_due_us(c));
}

static thp_clock_cause cause_of_end(const thp_clock *c)
{
	if (patience_us(c) < when(c, last_us(c)))
		return c->company == THP_CLOCK_WRAP_UP ? THP_CLOCK_BY_WRAP_UP : THP_CLOCK_BY_ALONE;
	return last_us(c) < c->rules.max_us ? THP_CLOCK_BY_LIMIT : THP_CLOCK_BY_MAXIMUM;
}

/* Passes one mark; FALSE if that is not worth a word, because a later one was passed as well. */
static gboolean pass_mark(thp_clock *c, gint64 left_us, thp_clock_news *news)
{
	gint64 mark_us = next_mark_us(c);

	c->cued_us = mark_us;
	if (mark_us == 0) {
		*news = (thp_clock_news){.kind = THP_CLOCK_LIMIT};
		return TRUE;
	}
	*news = (thp_clock_news){
		.kind = THP_CLOCK_CUE, .left_us = mark_us, .shared = is_shared(c, mark_us)};
	return left_us > next_mark_us(c);
}

/* What falls due at @due_us happens as of then, however late it is looked at. */
static gboolean happen(thp_clock *c, gint64 due_us, thp_clock_moment at, thp_clock_news *news)
{
	if (due_us == mark_due_us(c))
		return pass_mark(c, thp_clock_left_us(c, at.mono_us), news);
	if (due_us == pause_over_us(c)) {
		settle(c, due_us);
		c->phase = THP_CLOCK_RUNNING;
		*news = (thp_clock_news){.kind = THP_CLOCK_RESUMED};
		return TRUE;
	}
	thp_clock_cause cause = cause_of_end(c);
	settle(c, due_us);
	finish(c, cause, at.wall_us);
	*news = (thp_clock_news){.kind = THP_CLOCK_END};
	return TRUE;
}

gboolean thp_clock_next(thp_clock *c, thp_clock_moment at, thp_clock_news *news)
{
	for (gint64 due_us = thp_clock_deadline(c); due_us <= at.mono_us;
	     due_us = thp_clock_deadline(c)) {
		if (happen(c, due_us, at, news))
			return TRUE;
	}
	return FALSE;
}

/* ---- what lasts ---- */

void thp_clock_save(const thp_clock *c, thp_clock_moment at, thp_clock_record *record)
{
	gboolean lonely = c->company != THP_CLOCK_TOGETHER && thp_clock_is_on(c);

	*record = (thp_clock_record){.phase = c->phase,
				     .cause = c->cause,
				     .company = c->company,
				     .n_extensions = c->n_extensions,
				     .started_wall_us = c->started_wall_us,
				     .ended_wall_us = c->ended_wall_us,
				     .length_us = c->length_us,
				     .extended_us = c->extended_us,
				     .ran_us = thp_clock_ran_us(c, at.mono_us),
				     .paused_us = paused_us(c, at.mono_us),
				     .lonely_us =
					     lonely ? MAX(at.mono_us - c->lonely_since_us, 0) : 0,
				     .cued_us = c->cued_us,
				     .saved = at};
}

#define DAYS_MAX_US (G_GINT64_CONSTANT(366) * 86400 * G_USEC_PER_SEC)

static gboolean is_duration(gint64 us)
{
	return us >= 0 && us <= DAYS_MAX_US;
}

static gboolean makes_sense(const thp_clock_record *r)
{
	if (r->phase >= THP_N_CLOCK_PHASES || r->cause >= THP_N_CLOCK_CAUSES ||
	    r->company >= THP_N_CLOCK_COMPANIES)
		return FALSE;
	if ((r->phase == THP_CLOCK_ENDED) != (r->cause != THP_CLOCK_NOT_ENDED))
		return FALSE;
	if (r->phase != THP_CLOCK_IDLE && r->length_us <= 0)
		return FALSE;
	return is_duration(r->length_us) && is_duration(r->extended_us) && is_duration(r->ran_us) &&
	       is_duration(r->paused_us) && is_duration(r->lonely_us) && is_duration(r->cued_us);
}

/* What passed between saving and @at. A wall clock that was set back meanwhile tells nothing. */
static gint64 gone_by_us(const thp_clock_record *r, thp_clock_moment at)
{
	gboolean same_boot = at.boot != 0 && at.boot == r->saved.boot;
	gint64 from = same_boot ? r->saved.mono_us : r->saved.wall_us;
	gint64 to = same_boot ? at.mono_us : at.wall_us;

	return to > from && from >= to - DAYS_MAX_US ? to - from : to > from ? DAYS_MAX_US : 0;
}

gboolean thp_clock_restore(thp_clock *c, const thp_clock_rules *rules,
			   const thp_clock_record *record, thp_clock_moment at)
{
	*c = (thp_clock){0};
	if (!makes_sense(record))
		return FALSE;
	gint64 saved_mono_us = at.mono_us - gone_by_us(record, at);
	*c = (thp_clock){.rules = *rules,
			 .phase = (thp_clock_phase)record->phase,
			 .cause = (thp_clock_cause)record->cause,
			 .company = (thp_clock_company)record->company,
			 .n_extensions = record->n_extensions,
			 .started_wall_us = record->started_wall_us,
			 .ended_wall_us = record->ended_wall_us,
			 .length_us = record->length_us,
			 .extended_us = record->extended_us,
			 .ran_us = record->ran_us,
			 .paused_us = record->paused_us,
			 .since_us = saved_mono_us,
			 .lonely_since_us = saved_mono_us - record->lonely_us,
			 .cued_us = record->cued_us};
	return TRUE;
}
