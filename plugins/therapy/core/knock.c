/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arriving: for the first time, again after leaving, after a lost link, or from a second tab. */
#include "inside.h"

/* A therapist has a pair for everybody before the first of them is admitted. */
static void prepare_therapists(thp_area *area, const participant *p, thp_effects *fx)
{
	GHashTableIter iter;
	participant *other;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&other)) {
		if (is_therapist(other) && sees(other, p))
			want_pairs(area, other, fx);
	}
}

static void announce(thp_area *area, participant *p, gboolean resumed, thp_now now, thp_effects *fx)
{
	effect_add(fx, THP_FX_JOINED, p)->flag = resumed;
	effect_state(fx, p);
	keys_tell_joined(area, p, fx);
	if (p->state == THP_ADMITTED) {
		room_changed(area, p->room, FALSE, fx);
		effect_add(fx, THP_FX_CLOCK, p);
	}
	if (is_therapist(p)) {
		if (area->draining)
			effect_add(fx, THP_FX_DRAIN, p)->flag = TRUE;
		tell_presence(area, fx);
		tell_lists(area, now, fx);
	} else {
		prepare_therapists(area, p, fx);
		tell_lists_soon(area, now, fx);
	}
}

/* The same device has two links: the newer one wins, and the older one is told so. */
static void replace_link(thp_area *area, participant *p, thp_now now, thp_effects *fx)
{
	thp_effect *e = effect_add(fx, THP_FX_STATE, p);

	e->state = THP_LEFT;
	e->reason = THP_BY_REPLACEMENT;
	effect_add(fx, THP_FX_CLOSE, p);
	lose_link(area, p, now, fx);
}

/* What a restart has forgotten is in the invitation; the place that was kept is not for another one to change. */
static void learn_names(participant *p, const thp_invitation *invitation)
{
	thp_invitation known = *invitation;

	known.role = p->invitation.role;
	known.exp_s = p->invitation.exp_s;
	memcpy(known.room, p->invitation.room, sizeof known.room);
	p->invitation = known;
	p->restored = FALSE;
}

static void resume(thp_area *area, participant *p, const thp_event *event, thp_now now,
		   thp_effects *fx)
{
	if (p->state != THP_AWAY)
		replace_link(area, p, now, fx);
	if (p->restored)
		learn_names(p, event->invitation);
	p->state = p->before;
	p->reason = THP_BY_RESUMING;
	p->link = event->link;
	p->audio = p->video = TRUE;
	announce(area, p, TRUE, now, fx);
}

static void arrive(thp_area *area, const thp_event *event, thp_now now, thp_effects *fx)
{
	const thp_invitation *invitation = event->invitation;
	participant *p = participant_new(event->actor, invitation);

	p->knock = ++binding_take(area, event)->knock;
	p->knocked_us = now.mono_us;
	p->link = event->link;
	p->audio = p->video = TRUE;
	p->reason = THP_BY_ARRIVAL;
	if (!is_therapist(p))
		p->room = room_take(area, invitation);
	g_hash_table_insert(area->people, p->id, p);
	announce(area, p, FALSE, now, fx);
}

static gboolean is_on(const thp_area *area, const char *name)
{
	const room *r = room_find(area, name);

	return r && thp_clock_is_on(&r->clock);
}

thp_err knock(thp_area *area, const thp_event *event, thp_now now, thp_effects *fx)
{
	char key[THP_JTI_KEY_LEN + 1];
	thp_err err = binding_check(area, event);

	binding_key(event->invitation->jti, key);
	participant *p = participant_of_key(area, key);

	if (err != THP_OK)
		return err;
	if (p) {
		/* Whoever waits is seen anew: an admission meant for the former link must miss. */
		p->knock = ++binding_take(area, event)->knock;
		resume(area, p, event, now, fx);
		return THP_OK;
	}
	if (area->draining && !is_on(area, event->invitation->room))
		return THP_DRAINING;
	if (g_hash_table_size(area->people) >= area->limits.people)
		return THP_AREA_FULL;
	arrive(area, event, now, fx);
	return THP_OK;
}
