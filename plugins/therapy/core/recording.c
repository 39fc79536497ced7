/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording of a room: asked for by a therapist, on while everybody there has agreed, stopped by anybody. */
#include "inside.h"

#define PATIENCE_US (G_GINT64_CONSTANT(300) * G_USEC_PER_SEC) /* for everybody to answer */

typedef enum verdict { AGREED, UNANSWERED, DECLINED } verdict;

static gboolean is_active(const recording *rec)
{
	return rec->state == THP_RECORDING_WAITING || rec->state == THP_RECORDING_ON ||
	       rec->state == THP_RECORDING_PAUSED;
}

/* ---- who has agreed ---- */

static verdict worse(verdict a, verdict b)
{
	return MAX(a, b);
}

static verdict of_kind(const thp_area *area, const participant *p, guint rule)
{
	switch (consent_of(area, p, rule)) {
	case THP_CONSENT_GRANTED:
		return AGREED;
	case THP_CONSENT_REFUSED:
	case THP_CONSENT_WITHDRAWN:
		return DECLINED;
	default:
		return UNANSWERED;
	}
}

/* A therapist agrees by asking for it; the others in the ledger. */
static verdict of_person(const thp_area *area, const participant *p, gboolean video)
{
	const thp_recording_rules *rules = &area->limits.recording;

	if (is_therapist(p))
		return p->recording.agrees ? AGREED : UNANSWERED;
	verdict so_far = of_kind(area, p, rules->audio);
	return video ? worse(so_far, of_kind(area, p, rules->video)) : so_far;
}

typedef struct company {
	guint seats;
	gboolean therapist; /* one is there, with a link */
	verdict verdict;    /* the worst */
} company;

/* Whoever is away may be back at any moment, so they count. */
static company look_around(const thp_area *area, const room *r, gboolean video)
{
	company c = {0, FALSE, AGREED};
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (!has_seat(p, r))
			continue;
		c.seats++;
		c.therapist |= is_therapist(p) && is_inside(p, r);
		c.verdict = worse(c.verdict, of_person(area, p, video));
	}
	return c;
}

gboolean recording_may_be_on(const thp_area *area, const room *r)
{
	company c = look_around(area, r, r->recording.video);

	return c.seats > 0 && c.verdict == AGREED;
}

/* ---- requests ---- */

static void stop(thp_area *area, room *r, thp_recording_reason reason)
{
	GHashTableIter iter;
	participant *p;

	r->recording.state = THP_RECORDING_STOPPED;
	r->recording.reason = reason;
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (p->room == r)
			p->recording.agrees = FALSE;
	}
}

static thp_err start(thp_area *area, participant *p, gboolean video)
{
	recording *rec = &p->room->recording;

	if (area->limits.recording.max_us == 0)
		return THP_RECORDING_OFF;
	if (is_active(rec)) {
		/* A second therapist agrees to what the first has asked for. */
		if (p->recording.agrees || rec->video != video)
			return THP_WRONG_STATE;
		p->recording.agrees = TRUE;
		return THP_OK;
	}
	company c = look_around(area, p->room, video);
	if (c.seats < 2)
		return THP_WRONG_STATE;
	if (c.verdict == DECLINED)
		return THP_RECORDING_DECLINED;
	*rec = (recording){.state = THP_RECORDING_WAITING,
			   .video = video,
			   .number = rec->number + 1,
			   .asked_us = area->now.mono_us};
	p->recording.agrees = TRUE;
	return THP_OK;
}

thp_err recording_request(thp_area *area, participant *p, const thp_event *event)
{
	room *r = p->room;

	switch (event->request) {
	case THP_REQ_RECORD:
		return start(area, p, event->video == 1);
	case THP_REQ_RECORD_STOP:
		if (is_active(&r->recording))
			stop(area, r, THP_RECORDING_BY_SOMEBODY);
		return THP_OK;
	default:
		return is_active(&r->recording) ? THP_OK : THP_WRONG_STATE;
	}
}

void recording_end(thp_area *area, room *r)
{
	if (is_active(&r->recording))
		stop(area, r, THP_RECORDING_BY_END);
}

thp_err recording_failed(thp_area *area, const thp_event *event)
{
	room *r = room_find(area, event->room);

	if (r && is_active(&r->recording) && r->recording.number == event->number)
		stop(area, r, THP_RECORDING_BY_DISK);
	return THP_OK;
}

/* ---- after every event ---- */

static gint64 ends_us(const thp_area *area, const recording *rec)
{
	if (rec->state == THP_RECORDING_WAITING)
		return rec->asked_us + PATIENCE_US;
	return is_active(rec) ? rec->begun_us + area->limits.recording.max_us : G_MAXINT64;
}

static void go_on(const thp_area *area, recording *rec, const company *c)
{
	if (c->verdict == AGREED && c->therapist) {
		if (rec->begun_us == 0)
			rec->begun_us = area->now.mono_us;
		rec->state = THP_RECORDING_ON;
	} else if (rec->state == THP_RECORDING_ON) {
		rec->state = THP_RECORDING_PAUSED;
	}
}

static void decide(thp_area *area, room *r)
{
	recording *rec = &r->recording;

	if (!is_active(rec))
		return;
	company c = look_around(area, r, rec->video);
	if (c.verdict == DECLINED)
		stop(area, r, THP_RECORDING_BY_REFUSAL);
	else if (c.seats < 2 || !room_has_therapist(area, r, NULL))
		stop(area, r, THP_RECORDING_BY_END);
	else if (area->now.mono_us >= ends_us(area, rec))
		stop(area, r,
		     rec->state == THP_RECORDING_WAITING ? THP_RECORDING_BY_SILENCE
							 : THP_RECORDING_BY_TIME);
	else
		go_on(area, rec, &c);
}

/* What the shell was told last, and what holds now: a number that differs when they do. */
static guint32 mark_of(const recording *rec)
{
	return rec->number << 4 | (guint32)rec->state << 1 | (rec->video ? 1 : 0);
}

static guint64 crowd_of(const thp_recording *now)
{
	/* Observers are asked, and have no track. */
	guint64 crowd = now->n | (guint64)now->n_asked << 60;

	/* In any order: links are never used twice. */
	for (guint i = 0; i < now->n; i++)
		crowd += now->tracks[i].link << 4;
	return crowd;
}

static void put_in_force(thp_area *area, room *r, thp_effects *fx)
{
	thp_recording now;

	thp_area_recording(area, r->name, &now);
	guint64 crowd = crowd_of(&now);
	if (r->recording.shell_mark == mark_of(&r->recording) && r->recording.shell_crowd == crowd)
		return;
	r->recording.shell_mark = mark_of(&r->recording);
	r->recording.shell_crowd = crowd;
	thp_effect *e = effect_add_room(fx, THP_FX_RECORD, r);
	e->flag = now.n > 0;
}

/* Told to whoever is in the room and was not told so; how it once stopped is no news to newcomers. */
static void tell(const thp_area *area, const room *r, participant *p, thp_effects *fx)
{
	const recording *rec = &r->recording;
	gboolean agreed = of_person(area, p, rec->video) == AGREED;
	guint32 mark = mark_of(rec) << 1 | (agreed ? 1 : 0);
	gboolean told = p->recording.told != 0 && p->recording.told_link == p->link;

	if ((told && p->recording.told == mark) || rec->state == THP_RECORDING_IDLE ||
	    (!told && rec->state == THP_RECORDING_STOPPED))
		return;
	p->recording.told = mark;
	p->recording.told_link = p->link;
	effect_add(fx, THP_FX_RECORDING, p);
}

void recording_settle(thp_area *area, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;
	room *r;

	if (area->limits.recording.max_us == 0)
		return;
	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r)) {
		decide(area, r);
		put_in_force(area, r, fx);
	}
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (p->room && is_inside(p, p->room))
			tell(area, p->room, p, fx);
		else
			p->recording.told = 0;
		p->recording.agrees = p->recording.agrees && p->room && has_seat(p, p->room);
	}
}

gint64 recording_deadline_us(const thp_area *area)
{
	gint64 at = G_MAXINT64;
	GHashTableIter iter;
	room *r;

	if (area->limits.recording.max_us == 0)
		return at;
	g_hash_table_iter_init(&iter, area->rooms);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&r))
		at = MIN(at, ends_us(area, &r->recording));
	return at;
}

/* ---- for the shell ---- */

static void add_track(thp_recording *now, const participant *p)
{
	if (now->n >= G_N_ELEMENTS(now->tracks) || p->invitation.role == THP_ROLE_OBSERVER)
		return;
	now->tracks[now->n].link = p->link;
	now->tracks[now->n].who = p->id;
	now->tracks[now->n++].role = p->invitation.role;
}

static void add_asked(thp_recording *now, const participant *p)
{
	if (now->n_asked < G_N_ELEMENTS(now->asked) && !is_therapist(p))
		now->asked[now->n_asked++] = p->invitation.sub;
}

void thp_area_recording(const thp_area *area, const char *name, thp_recording *now)
{
	const room *r = room_find(area, name);
	GHashTableIter iter;
	participant *p;

	*now = (thp_recording){.state = THP_RECORDING_STOPPED, .reason = THP_RECORDING_BY_END};
	if (!r)
		return;
	const recording *rec = &r->recording;
	now->state = rec->state;
	now->reason = rec->reason;
	now->video = rec->video;
	now->number = rec->number;
	if (rec->begun_us > 0 && is_active(rec))
		now->left_us = MAX(ends_us(area, rec) - area->now.mono_us, 0);
	g_hash_table_iter_init(&iter, area->people);
	while (rec->state == THP_RECORDING_ON &&
	       g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (has_seat(p, r))
			add_asked(now, p);
		if (is_inside(p, r))
			add_track(now, p);
	}
}

gboolean thp_area_recording_agreed(const thp_area *area, const char *id)
{
	const participant *p = participant_find(area, id);

	return p && p->room && of_person(area, p, p->room->recording.video) == AGREED;
}

/* ---- names ---- */

const char *thp_recording_state_name(thp_recording_state state)
{
	static const char *const names[THP_N_RECORDING_STATES] = {
		[THP_RECORDING_IDLE] = "idle",       [THP_RECORDING_WAITING] = "waiting",
		[THP_RECORDING_ON] = "on",           [THP_RECORDING_PAUSED] = "paused",
		[THP_RECORDING_STOPPED] = "stopped",
	};

	return (unsigned)state < THP_N_RECORDING_STATES ? names[state] : "idle";
}

const char *thp_recording_reason_name(thp_recording_reason reason)
{
	static const char *const names[THP_N_RECORDING_REASONS] = {
		[THP_RECORDING_BY_SOMEBODY] = "stopped", [THP_RECORDING_BY_REFUSAL] = "refused",
		[THP_RECORDING_BY_SILENCE] = "silence",  [THP_RECORDING_BY_TIME] = "time",
		[THP_RECORDING_BY_END] = "ended",        [THP_RECORDING_BY_DISK] = "failed",
	};

	return (unsigned)reason < THP_N_RECORDING_REASONS ? names[reason] : NULL;
}
