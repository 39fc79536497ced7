/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model of the random walk: an array of people and plain loops. */
#include "walk_model.h"

#include <string.h>

#define START_S 1700000000

static const struct {
	const char *name;
	thp_role role;
	int room; /* WALK_NOBODY: all of them */
	int seats;
	int minutes; /* from the start until the invitation expires */
} cast[WALK_CAST] = {
	{"tom", THP_ROLE_THERAPIST, WALK_NOBODY, 2, 600},
	{"tim", THP_ROLE_THERAPIST, WALK_NOBODY, 2, 8},
	{"tia", THP_ROLE_THERAPIST, 0, 2, 600},
	{"ann", THP_ROLE_CLIENT, 0, 3, 600},
	{"bob", THP_ROLE_CLIENT, 0, 4, 5},
	{"eve", THP_ROLE_CLIENT, 1, 2, 600},
	{"gus", THP_ROLE_GUEST, 0, 5, 600},
	{"oda", THP_ROLE_OBSERVER, 0, 3, 600},
	{"dan", THP_ROLE_CLIENT, 2, 8, 12},
	{"ora", THP_ROLE_OBSERVER, 1, 3, 600},
};

void walk_model_init(walk_model *m)
{
	*m = (walk_model){.limits = {.people = WALK_CAST - 2,
				     .bindings = WALK_CAST - 1,
				     .grace_us = 60 * G_USEC_PER_SEC,
				     .skew_s = 20,
				     .list_us = G_USEC_PER_SEC,
				     .session = {.clock = {.max_us = G_MAXINT64 / 4},
						 .length_us = G_MAXINT64 / 8,
						 .clients_see = TRUE}},
			  .now = {.mono_us = 500 * G_USEC_PER_SEC, .wall_s = START_S}};
}

const char *walk_room_name(int room)
{
	static const char *const names[WALK_ROOMS] = {"r1", "r2", "r3", "r4"};

	return room < 0 ? "" : names[room];
}

const char *walk_name(int who)
{
	return who < 0 ? "nobody" : cast[who].name;
}

thp_invitation walk_invitation(int who)
{
	thp_invitation invitation = {.role = cast[who].role,
				     .seats = cast[who].seats,
				     .exp_s = START_S + 60 * cast[who].minutes};

	g_snprintf(invitation.jti, sizeof invitation.jti, "jti-%s", cast[who].name);
	g_strlcpy(invitation.name, cast[who].name, sizeof invitation.name);
	g_strlcpy(invitation.area, "khan", sizeof invitation.area);
	g_strlcpy(invitation.room, walk_room_name(cast[who].room), sizeof invitation.room);
	return invitation;
}

gboolean walk_is_therapist(int who)
{
	return cast[who].role == THP_ROLE_THERAPIST;
}

gboolean walk_sees(int therapist, int who)
{
	return cast[therapist].room == WALK_NOBODY || cast[therapist].room == cast[who].room;
}

gboolean walk_therapist_present(const walk_model *m, int who)
{
	for (int t = 0; t < WALK_CAST; t++) {
		if (walk_is_therapist(t) && m->people[t].in && !m->people[t].away &&
		    walk_sees(t, who))
			return TRUE;
	}
	return FALSE;
}

gboolean walk_has_seat(const walk_model *m, int who, int room)
{
	const walk_person *p = &m->people[who];

	return p->in && p->state == THP_ADMITTED && p->room == room;
}

static int seats_taken(const walk_model *m, int room)
{
	int taken = 0;

	for (int i = 0; i < WALK_CAST; i++)
		taken += walk_has_seat(m, i, room);
	return taken;
}

gboolean walk_may_flow(const walk_model *m, int from, int to)
{
	const walk_person *a = &m->people[from];
	const walk_person *b = &m->people[to];

	if (!a->in || !b->in || a->away || b->away || !a->publisher_up || !b->receiver_up ||
	    cast[from].role == THP_ROLE_OBSERVER)
		return FALSE;
	if (from == to)
		return a->echo && a->state != THP_ADMITTED && a->pairs > 0;
	return a->state == THP_ADMITTED && b->state == THP_ADMITTED && a->room == b->room;
}

/* ---- the ways out ---- */

static void go_out(walk_model *m, int who, gboolean for_good)
{
	walk_person *p = &m->people[who];
	int room = p->state == THP_ADMITTED ? p->room : WALK_NOBODY;
	gboolean therapist_left = FALSE;

	p->in = p->away = FALSE;
	p->revoked = p->revoked || for_good;
	for (int t = 0; t < WALK_CAST; t++)
		therapist_left =
			therapist_left || (walk_is_therapist(t) && walk_has_seat(m, t, room));
	/* Nobody stays in a room without a therapist. */
	for (int i = 0; i < WALK_CAST && room != WALK_NOBODY && !therapist_left; i++) {
		if (walk_has_seat(m, i, room))
			m->people[i].state = THP_HELD;
	}
}

/* Rooms to which nobody belongs any more, and whose session is not on, are forgotten. */
static void sweep(walk_model *m)
{
	for (int room = 0; room < WALK_ROOMS; room++) {
		gboolean used = FALSE;

		for (int i = 0; i < WALK_CAST; i++)
			used = used || (m->people[i].in && m->people[i].room == room);
		if (!used && !m->on[room]) {
			m->locked[room] = FALSE;
			m->seats[room] = 0;
		}
	}
}

/* ---- knocks ---- */

static void come_in(walk_model *m, int who)
{
	walk_person *p = &m->people[who];

	p->in = TRUE;
	p->state = THP_WAITING;
	p->room = walk_is_therapist(who) ? WALK_NOBODY : cast[who].room;
	p->knocked_us = m->now.mono_us;
	g_snprintf(p->id, sizeof p->id, "%s-%" G_GUINT64_FORMAT, cast[who].name, m->links);
	if (p->room != WALK_NOBODY)
		m->seats[p->room] = MAX(m->seats[p->room], cast[who].seats);
}

static thp_err knock(walk_model *m, const walk_step *step)
{
	walk_person *p = &m->people[step->who];
	guint people = 0, bound = 0;

	for (int i = 0; i < WALK_CAST; i++) {
		people += m->people[i].in;
		bound += m->people[i].bound;
	}
	if (!p->bound && bound >= m->limits.bindings)
		return THP_AREA_FULL;
	if (p->bound && p->device != step->device)
		return THP_TOKEN_USED;
	if (p->bound && p->revoked)
		return THP_TOKEN_REVOKED;
	if (!p->in && people >= m->limits.people)
		return THP_AREA_FULL;
	p->bound = TRUE;
	p->device = step->device;
	p->knock++;
	p->link = ++m->links;
	p->away = p->echo = p->publisher_up = p->receiver_up = FALSE;
	p->pairs = 0;
	p->audio = p->video = TRUE;
	if (!p->in)
		come_in(m, step->who);
	return THP_OK;
}

/* ---- requests ---- */

static thp_err media(walk_person *p, const walk_step *step, thp_role role)
{
	if (role == THP_ROLE_OBSERVER)
		return THP_NOT_ALLOWED;
	if (step->echo == 1 && p->state == THP_ADMITTED)
		return THP_WRONG_STATE;
	p->audio = step->audio < 0 ? p->audio : step->audio;
	p->video = step->video < 0 ? p->video : step->video;
	p->echo = step->echo < 0 ? p->echo : step->echo;
	return THP_OK;
}

static thp_err lock(walk_model *m, const walk_step *step)
{
	int own = cast[step->who].room;

	if (m->seats[step->room] == 0)
		return THP_NO_SUCH_ROOM;
	if (own != WALK_NOBODY && own != step->room)
		return THP_NO_SUCH_ROOM;
	m->locked[step->room] = step->request == THP_REQ_LOCK;
	return THP_OK;
}

static thp_err end(walk_model *m, int room)
{
	for (int i = 0; i < WALK_CAST; i++) {
		walk_person *p = &m->people[i];

		/* Also who was let in once, and has left since. */
		p->revoked = p->revoked || p->was_in == room + 1;
		if (!p->in || p->room != room)
			continue;
		if (walk_is_therapist(i)) {
			p->state = THP_WAITING;
			p->room = WALK_NOBODY;
		} else if (p->was_in == room + 1) {
			p->in = p->away = FALSE;
			p->revoked = TRUE;
		}
	}
	m->locked[room] = m->on[room] = FALSE;
	return THP_OK;
}

static thp_err admit(walk_model *m, int who, int target)
{
	walk_person *t = &m->people[who];
	walk_person *p = &m->people[target];
	gboolean inside = walk_has_seat(m, who, p->room);

	if (!inside && t->state == THP_ADMITTED && seats_taken(m, t->room) > 1)
		return THP_IN_ANOTHER_ROOM;
	if (m->locked[p->room])
		return THP_ROOM_LOCKED;
	if (seats_taken(m, p->room) + (inside ? 1 : 2) > m->seats[p->room])
		return THP_ROOM_FULL;
	p->state = t->state = THP_ADMITTED;
	p->echo = FALSE;
	p->was_in = p->room + 1;
	m->on[p->room] = TRUE;
	if (!inside)
		t->echo = FALSE;
	t->room = p->room;
	return THP_OK;
}

static thp_err aimed(walk_model *m, const walk_step *step)
{
	int target = step->target;
	walk_person *p = target == WALK_NOBODY ? NULL : &m->people[target];

	if (!p || !p->in || !walk_sees(step->who, target))
		return THP_NO_SUCH_PARTICIPANT;
	if (walk_is_therapist(target))
		return THP_NOT_ALLOWED;
	gboolean inside = p->state == THP_ADMITTED;
	switch (step->request) {
	case THP_REQ_ADMIT:
		if (inside || p->away)
			return THP_WRONG_STATE;
		return step->off != 0 ? THP_STALE_KNOCK : admit(m, step->who, target);
	case THP_REQ_DENY:
		if (inside)
			return THP_WRONG_STATE;
		if (step->off != 0)
			return THP_STALE_KNOCK;
		go_out(m, target, TRUE);
		return THP_OK;
	case THP_REQ_MESSAGE:
		return inside || p->away ? THP_WRONG_STATE : THP_OK;
	default:
		if (!inside || !walk_has_seat(m, step->who, p->room))
			return THP_WRONG_STATE;
		if (step->request == THP_REQ_HOLD)
			p->state = THP_HELD;
		else if (step->request != THP_REQ_CONSENT_DETAIL)
			go_out(m, target, TRUE);
		return THP_OK;
	}
}

static thp_err request(walk_model *m, const walk_step *step)
{
	walk_person *p = &m->people[step->who];

	switch (step->request) {
	case THP_REQ_PUBLISH:
	case THP_REQ_MEDIA:
		return media(p, step, cast[step->who].role);
	case THP_REQ_LEAVE:
		go_out(m, step->who, FALSE);
		return THP_OK;
	case THP_REQ_ADMIT:
	case THP_REQ_DENY:
	case THP_REQ_REMOVE:
	case THP_REQ_MESSAGE:
		return walk_is_therapist(step->who) ? aimed(m, step) : THP_NOT_ALLOWED;
	case THP_REQ_LOCK:
	case THP_REQ_UNLOCK:
		return walk_is_therapist(step->who) ? lock(m, step) : THP_NOT_ALLOWED;
	case THP_REQ_CLOCK:
		return p->state == THP_ADMITTED ? THP_OK : THP_WRONG_STATE;
	/* Nobody is asked to agree to anything here; that is told in consent.c. */
	case THP_REQ_CONSENT_TEXT:
	case THP_REQ_CONSENT_SHOWN:
	case THP_REQ_CONSENT_DECIDE:
	case THP_REQ_CONSENT_WITHDRAW:
		return walk_is_therapist(step->who) ? THP_NOT_ALLOWED : THP_WRONG_STATE;
	case THP_REQ_CONSENT_DETAIL:
	case THP_REQ_HOLD:
	case THP_REQ_END:
		if (!walk_is_therapist(step->who))
			return THP_NOT_ALLOWED;
		if (p->state != THP_ADMITTED)
			return THP_WRONG_STATE;
		return step->request == THP_REQ_END ? end(m, p->room) : aimed(m, step);
	default:
		return THP_NOT_ALLOWED;
	}
}

static thp_err paths(walk_person *p, const walk_step *step)
{
	p->publisher_up = step->publisher_up < 0 ? p->publisher_up : step->publisher_up;
	p->receiver_up = step->receiver_up < 0 ? p->receiver_up : step->receiver_up;
	p->pairs = step->pairs > 0 ? MIN(step->pairs, THP_PAIRS_MAX) : p->pairs;
	return THP_OK;
}

static thp_err from_a_link(walk_model *m, const walk_step *step)
{
	walk_person *p = &m->people[step->who];

	if (!p->in || p->away || step->link != 0)
		return THP_NOT_JOINED;
	if (step->kind == WALK_REQUEST)
		return request(m, step);
	if (step->kind == WALK_PATHS)
		return paths(p, step);
	p->away = TRUE;
	p->away_us = m->now.mono_us;
	p->echo = p->publisher_up = p->receiver_up = FALSE;
	p->pairs = 0;
	return THP_OK;
}

thp_err walk_model_apply(walk_model *m, const walk_step *step)
{
	thp_err err = THP_OK;

	if (step->kind == WALK_KNOCK)
		err = knock(m, step);
	else if (step->kind != WALK_SHUTDOWN)
		err = from_a_link(m, step);
	sweep(m);
	return err;
}

/* ---- time ---- */

static gboolean is_expired(const walk_model *m, int who)
{
	return m->now.wall_s > walk_invitation(who).exp_s + m->limits.skew_s;
}

void walk_model_tick(walk_model *m)
{
	gboolean changed = TRUE;

	while (changed) {
		changed = FALSE;
		for (int i = 0; i < WALK_CAST; i++) {
			walk_person *p = &m->people[i];
			gboolean lost =
				p->away && m->now.mono_us >= p->away_us + m->limits.grace_us;

			if (!p->in || (!lost && (p->state == THP_ADMITTED || !is_expired(m, i))))
				continue;
			go_out(m, i, !p->away);
			changed = TRUE;
		}
	}
	for (int i = 0; i < WALK_CAST; i++) {
		if (!m->people[i].in && is_expired(m, i))
			m->people[i] = (walk_person){0};
	}
	sweep(m);
}
