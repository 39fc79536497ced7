/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways out: sent back to wait, link lost, gone for good. */
#include "inside.h"

void send_back(thp_area *area, participant *p, thp_reason reason, thp_effects *fx)
{
	room *r = p->room;

	p->reason = reason;
	if (p->state == THP_AWAY) {
		p->before = THP_HELD;
	} else {
		p->state = THP_HELD;
		effect_add(fx, THP_FX_SILENCE, p);
		effect_state(fx, p);
		effect_add(fx, THP_FX_PRESENCE, p)->flag = therapist_present(area, p);
	}
	keys_ask_removal(area, r, fx);
	recording_end(area, r);
}

/* Nobody is left in a room without the therapist who let them in. */
static void send_all_back(thp_area *area, room *r, thp_effects *fx)
{
	g_autoptr(GList) people = g_hash_table_get_values(area->people);

	group_dissolve(&r->group);
	for (GList *l = people; l; l = l->next) {
		participant *p = l->data;
		if (!is_therapist(p) && has_seat(p, r))
			send_back(area, p, THP_BY_THERAPIST_LEAVING, fx);
	}
}

/* The others' pairs must not point at someone who is freed. */
static void forget_slots_of(thp_area *area, const participant *gone)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		for (int k = 0; k < THP_PAIRS_MAX; k++) {
			if (p->slots[k] == gone)
				p->slots[k] = NULL;
		}
	}
}

void depart(thp_area *area, participant *p, thp_state final, thp_reason reason, const char *text,
	    thp_effects *fx)
{
	gboolean was_seated = lasting_state(p) == THP_ADMITTED;
	gboolean therapist = is_therapist(p);
	room *r = p->room;

	if (final == THP_DENIED || final == THP_REMOVED || final == THP_ENDED)
		binding_revoke(area, p->key);
	if (was_seated && r && !therapist)
		r->goodbye = reason == THP_BY_LEAVING || reason == THP_BY_REMOVAL;
	p->state = final;
	p->reason = reason;
	if (p->link != 0) {
		effect_add(fx, THP_FX_SILENCE, p);
		effect_add(fx, THP_FX_STATE, p)->text = g_strdup(text);
		effect_add(fx, THP_FX_CLOSE, p);
	}
	forget_slots_of(area, p);
	g_hash_table_remove(area->people, p->id);
	if (was_seated && r && therapist && !room_has_therapist(area, r, NULL))
		send_all_back(area, r, fx);
	if (was_seated && r) {
		room_changed(area, r, FALSE, fx);
		keys_ask_removal(area, r, fx);
	}
	if (therapist)
		tell_presence(area, fx);
}

/* A therapist without company is at the desk again. */
static void back_to_desk(participant *p, thp_reason reason, thp_effects *fx)
{
	p->room = NULL;
	p->reason = reason;
	if (p->state == THP_AWAY) {
		p->before = THP_WAITING;
		return;
	}
	p->state = THP_WAITING;
	effect_add(fx, THP_FX_SILENCE, p);
	effect_state(fx, p);
}

void end_session(thp_area *area, room *r, thp_reason reason, thp_effects *fx)
{
	g_autoptr(GList) people = g_hash_table_get_values(area->people);

	timing_end(area, r);
	group_dissolve(&r->group);
	r->locked = FALSE;
	for (GList *l = people; l; l = l->next) {
		participant *p = l->data;
		if (is_therapist(p) && has_seat(p, r))
			back_to_desk(p, reason, fx);
	}
	for (GList *l = people; l; l = l->next) {
		participant *p = l->data;
		if (!is_therapist(p) && p->room == r && binding_was_in(area, p->key, r))
			depart(area, p, THP_ENDED, reason, NULL, fx);
	}
	bindings_revoke(area, r);
}

void lose_link(thp_area *area, participant *p, thp_now now, thp_effects *fx)
{
	participant_forget_paths(p);
	if (p->link != 0)
		effect_add(fx, THP_FX_SILENCE, p);
	p->before = p->state;
	p->state = THP_AWAY;
	p->away_us = now.mono_us;
	p->link = 0;
	if (p->before == THP_ADMITTED && p->room)
		room_changed(area, p->room, FALSE, fx);
	if (is_therapist(p))
		tell_presence(area, fx);
}
