/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a therapist does: admit, hold, deny, remove, message, lock, end. All checks come before any change. */
#include "inside.h"

static gboolean has_company(const thp_area *area, const participant *therapist)
{
	return therapist->room && room_seats_taken(area, therapist->room) > 1;
}

static thp_err check_admission(const thp_area *area, const participant *actor,
			       const participant *target)
{
	const room *r = target->room;
	gboolean moves = !has_seat(actor, r);
	guint seats_wanted = moves ? 2 : 1;

	if (area->draining && !thp_clock_is_on(&r->clock))
		return THP_DRAINING;
	if (!consent_is_given(area, target))
		return THP_CONSENT_MISSING;
	if (!company_agrees(area, target))
		return THP_CONSENT_OF_OTHERS;
	if (moves && has_company(area, actor))
		return THP_IN_ANOTHER_ROOM;
	if (r->locked)
		return THP_ROOM_LOCKED;
	if (room_seats_taken(area, r) + seats_wanted > (guint)r->seats)
		return THP_ROOM_FULL;
	return THP_OK;
}

static void enter(participant *p, room *r, thp_effects *fx)
{
	p->room = r;
	p->state = THP_ADMITTED;
	p->reason = THP_BY_ADMISSION;
	p->echo = FALSE;
	memset(p->slots, 0, sizeof p->slots);
	effect_add(fx, THP_FX_SILENCE, p);
}

static thp_err admit(thp_area *area, participant *actor, participant *target, const thp_keys *keys,
		     thp_effects *fx)
{
	thp_err err = check_admission(area, actor, target);
	gboolean moves = !has_seat(actor, target->room);
	gboolean alone = room_seats_taken(area, target->room) <= (moves ? 0 : 1);

	if (err == THP_OK)
		err = keys_check_admission(area, actor, target, keys);
	if (err != THP_OK)
		return err;
	if (moves)
		enter(actor, target->room, fx);
	enter(target, target->room, fx);
	binding_admit(area, target->key, target->room);
	timing_start(area, target->room, actor, target);
	keys_admit(area, actor, target, alone, keys, fx);
	/* An observer whom this person has not agreed to goes before anything flows. */
	company_settle(area, fx);
	room_changed(area, target->room, TRUE, fx);
	effect_state(fx, target);
	if (moves)
		effect_state(fx, actor);
	tell_clock(area, target->room, fx);
	return THP_OK;
}

static thp_err out_of_the_room(thp_area *area, const participant *actor, participant *target,
			       const thp_event *event, thp_effects *fx)
{
	if (!has_seat(actor, target->room))
		return THP_WRONG_STATE;
	if (event->request == THP_REQ_HOLD) {
		send_back(area, target, THP_BY_HOLD, fx);
		room_changed(area, target->room, FALSE, fx);
	} else {
		depart(area, target, THP_REMOVED, THP_BY_REMOVAL, NULL, fx);
	}
	return THP_OK;
}

static thp_err end_room(thp_area *area, room *r, thp_effects *fx)
{
	if (!r)
		return THP_WRONG_STATE;
	end_session(area, r, THP_BY_END, fx);
	return THP_OK;
}

static thp_err lock_room(thp_area *area, const participant *actor, const thp_event *event,
			 thp_effects *fx)
{
	room *r = room_find(area, event->room);
	const char *own = actor->invitation.room;

	if (!r || (own[0] != '\0' && strcmp(own, r->name) != 0))
		return THP_NO_SUCH_ROOM;
	r->locked = event->request == THP_REQ_LOCK;
	room_changed(area, r, FALSE, fx);
	return THP_OK;
}

/* May @actor's request be aimed at @target, and at the very knock that the therapist saw? */
static thp_err check_target(const participant *actor, const participant *target,
			    const thp_event *event)
{
	if (!target || !sees(actor, target))
		return THP_NO_SUCH_PARTICIPANT;
	thp_role role = target->invitation.role;
	thp_err err = thp_policy_target(event->request, role, target->state);
	if (err == THP_OK)
		err = thp_policy_target(event->request, role, lasting_state(target));
	if (err != THP_OK)
		return err;
	gboolean by_knock = event->request == THP_REQ_ADMIT || event->request == THP_REQ_DENY;
	return by_knock && event->knock != target->knock ? THP_STALE_KNOCK : THP_OK;
}

static thp_err aimed_request(thp_area *area, participant *actor, const thp_event *event,
			     thp_effects *fx)
{
	participant *target = participant_find(area, event->target);
	thp_err err = check_target(actor, target, event);

	if (err != THP_OK)
		return err;
	switch (event->request) {
	case THP_REQ_ADMIT:
		return admit(area, actor, target, event->keys, fx);
	case THP_REQ_DENY:
		depart(area, target, THP_DENIED, THP_BY_DENIAL, event->text, fx);
		return THP_OK;
	case THP_REQ_MESSAGE:
		effect_add(fx, THP_FX_MESSAGE, target)->text = g_strdup(event->text);
		return THP_OK;
	case THP_REQ_CONSENT_DETAIL:
		return has_seat(actor, target->room) ? THP_OK : THP_WRONG_STATE;
	default:
		return out_of_the_room(area, actor, target, event, fx);
	}
}

thp_err therapist_request(thp_area *area, participant *actor, const thp_event *event, thp_now now,
			  thp_effects *fx)
{
	thp_err err = THP_OK;

	if (event->request == THP_REQ_LOCK || event->request == THP_REQ_UNLOCK)
		err = lock_room(area, actor, event, fx);
	else if (event->request == THP_REQ_END)
		err = end_room(area, actor->room, fx);
	else
		err = aimed_request(area, actor, event, fx);
	if (err == THP_OK && event->request != THP_REQ_MESSAGE &&
	    event->request != THP_REQ_CONSENT_DETAIL)
		tell_lists(area, now, fx);
	return err;
}
