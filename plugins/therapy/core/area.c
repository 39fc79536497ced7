/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The area itself: its life, its clock, and the one door by which events come in. */
#include "inside.h"

thp_area *thp_area_new(const char *name, const thp_area_limits *limits)
{
	thp_area *area = g_new0(thp_area, 1);

	g_strlcpy(area->name, name, sizeof area->name);
	area->limits = *limits;
	area->people = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, participant_free);
	area->rooms = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, room_free);
	area->bindings = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	area->list_sent_us = G_MININT64 / 2;
	written_init(area);
	return area;
}

void thp_area_free(thp_area *area)
{
	if (!area)
		return;
	g_hash_table_unref(area->people);
	g_hash_table_unref(area->rooms);
	g_hash_table_unref(area->bindings);
	written_clear(area);
	remembered_free(area->kept);
	g_free(area);
}

const char *thp_area_name(const thp_area *area)
{
	return area->name;
}

gboolean thp_area_is_idle(const thp_area *area)
{
	return g_hash_table_size(area->people) == 0 && g_hash_table_size(area->bindings) == 0 &&
	       g_hash_table_size(area->rooms) == 0;
}

gboolean thp_area_self(const thp_area *area, const char *id, thp_self *self)
{
	const participant *p = participant_find(area, id);

	if (!p)
		return FALSE;
	*self = (thp_self){.invitation = &p->invitation,
			   .state = p->state,
			   .reason = p->reason,
			   .room = p->room ? p->room->name : "",
			   .locked = p->room && p->room->locked,
			   .audio = p->audio,
			   .video = p->video,
			   .echo = p->echo,
			   .therapist_present = therapist_present(area, p),
			   .link = p->link};
	return TRUE;
}

thp_area_count thp_area_count_heads(const thp_area *area)
{
	thp_area_count n = {.rooms = g_hash_table_size(area->rooms),
			    .participants = g_hash_table_size(area->people)};
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		n.away += p->state == THP_AWAY;
		n.admitted += p->state == THP_ADMITTED;
		n.waiting += !is_therapist(p) && (p->state == THP_WAITING || p->state == THP_HELD);
	}
	return n;
}

/* What a person says of their own media. Echo is for those who wait. */
static thp_err set_media(thp_area *area, participant *p, const thp_event *event, thp_effects *fx)
{
	gboolean shows_again = event->video == 1 && !p->video;

	if (event->echo == 1 && p->state == THP_ADMITTED)
		return THP_WRONG_STATE;
	p->audio = event->audio < 0 ? p->audio : event->audio;
	p->video = event->video < 0 ? p->video : event->video;
	p->echo = event->echo < 0 ? p->echo : event->echo;
	if (p->state == THP_ADMITTED)
		room_changed(area, p->room, FALSE, fx);
	else
		effect_add(fx, THP_FX_ROUTE, p);
	if (shows_again || p->echo)
		effect_add(fx, THP_FX_KEYFRAME, p);
	return THP_OK;
}

/* Whose handle the event comes from, or NULL. An away person has none. */
static participant *actor_of(const thp_area *area, const thp_event *event)
{
	participant *p = participant_find(area, event->actor);

	return p && p->link != 0 && p->link == event->link ? p : NULL;
}

static thp_err request(thp_area *area, const thp_event *event, thp_now now, thp_effects *fx)
{
	participant *p = actor_of(area, event);

	if (!p)
		return THP_NOT_JOINED;
	thp_err err = thp_policy_actor(event->request, p->invitation.role, p->state);
	if (err != THP_OK)
		return err;
	if (event->request == THP_REQ_PUBLISH || event->request == THP_REQ_MEDIA)
		return set_media(area, p, event, fx);
	if (event->request == THP_REQ_E2EE)
		return keys_request(area, p, event->keys, fx);
	if (event->request == THP_REQ_CLOCK || event->request == THP_REQ_EXTEND ||
	    event->request == THP_REQ_PAUSE || event->request == THP_REQ_RESUME)
		return timing_request(area, p, event, fx);
	if (event->request >= THP_REQ_CONSENT_TEXT && event->request <= THP_REQ_CONSENT_WITHDRAW)
		return consent_request(area, p, event, fx);
	if (event->request >= THP_REQ_RECORD && event->request <= THP_REQ_RECORD_KEY)
		return recording_request(area, p, event);
	if (event->request != THP_REQ_LEAVE)
		return therapist_request(area, p, event, now, fx);
	depart(area, p, THP_LEFT, THP_BY_LEAVING, NULL, fx);
	tell_lists_soon(area, now, fx);
	return THP_OK;
}

static thp_err link_lost(thp_area *area, const thp_event *event, thp_now now, thp_effects *fx)
{
	participant *p = actor_of(area, event);

	if (!p)
		return THP_NOT_JOINED;
	lose_link(area, p, now, fx);
	tell_lists_soon(area, now, fx);
	return THP_OK;
}

static void set_paths(participant *p, const thp_event *event)
{
	if (event->publisher_up >= 0)
		p->publisher_up = event->publisher_up;
	if (event->receiver_up >= 0)
		p->receiver_up = event->receiver_up;
	if (event->pairs > 0)
		p->pairs = MIN(event->pairs, THP_PAIRS_MAX);
}

static thp_err paths(thp_area *area, const thp_event *event, thp_now now, thp_effects *fx)
{
	participant *p = actor_of(area, event);

	if (!p)
		return THP_NOT_JOINED;
	set_paths(p, event);
	if (p->state == THP_ADMITTED) {
		room_changed(area, p->room, TRUE, fx);
	} else {
		effect_add(fx, THP_FX_ROUTE, p);
		want_pairs(area, p, fx); /* for those who knocked while the connection was made */
	}
	if (p->echo && p->publisher_up && p->receiver_up)
		effect_add(fx, THP_FX_KEYFRAME, p);
	if (!is_therapist(p))
		tell_lists_soon(area, now, fx);
	return THP_OK;
}

static thp_err network(thp_area *area, const thp_event *event, thp_now now, thp_effects *fx)
{
	participant *p = actor_of(area, event);

	if (!p)
		return THP_NOT_JOINED;
	p->network = event->network;
	if (!is_therapist(p))
		tell_lists_soon(area, now, fx);
	return THP_OK;
}

/* The last moment at which @p may be as it is: monotonic microseconds. */
static gint64 patience_us(const thp_area *area, const participant *p, thp_now now)
{
	gint64 until = G_MAXINT64;

	if (p->state == THP_AWAY)
		until = p->away_us + area->limits.grace_us;
	if (lasting_state(p) == THP_ADMITTED)
		return until;
	gint64 valid_s = p->invitation.exp_s + area->limits.skew_s + 1 - now.wall_s;
	return MIN(until, now.mono_us + CLAMP(valid_s, 0, 86400) * G_USEC_PER_SEC);
}

static void tick(thp_area *area, thp_now now, thp_effects *fx)
{
	g_autoptr(GList) people = g_hash_table_get_values(area->people);
	gboolean changed = FALSE;

	for (GList *l = people; l; l = l->next) {
		participant *p = l->data;
		if (patience_us(area, p, now) > now.mono_us)
			continue;
		gboolean away = p->state == THP_AWAY;
		depart(area, p, away ? THP_LEFT : THP_ENDED, THP_BY_EXPIRY, NULL, fx);
		changed = TRUE;
	}
	changed |= timing_tick(area, fx);
	changed |= consent_tick(area, fx);
	bindings_purge(area, now.wall_s);
	keys_tick(area, fx);
	if (changed ||
	    (area->list_dirty && now.mono_us >= area->list_sent_us + area->limits.list_us))
		tell_lists(area, now, fx);
}

static void shut_down(thp_area *area, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (p->link == 0)
			continue;
		thp_effect *e = effect_add(fx, THP_FX_STATE, p);
		e->state = THP_LEFT;
		e->reason = THP_BY_SHUTDOWN;
		effect_add(fx, THP_FX_CLOSE, p);
	}
}

thp_err thp_area_apply(thp_area *area, const thp_event *event, thp_now now, thp_effects *fx)
{
	guint from = fx->list->len;
	thp_err err = THP_OK;

	area->now = now;
	switch (event->kind) {
	case THP_EV_KNOCK:
		err = knock(area, event, now, fx);
		break;
	case THP_EV_REQUEST:
		err = request(area, event, now, fx);
		break;
	case THP_EV_LINK_LOST:
		err = link_lost(area, event, now, fx);
		break;
	case THP_EV_PATHS:
		err = paths(area, event, now, fx);
		break;
	case THP_EV_NETWORK:
		err = network(area, event, now, fx);
		break;
	case THP_EV_TICK:
		tick(area, now, fx);
		break;
	case THP_EV_SHUTDOWN:
		shut_down(area, fx);
		break;
	case THP_EV_DRAIN:
		area->draining = event->draining;
		tell_draining(area, fx);
		break;
	case THP_EV_CONSENT:
	case THP_EV_WITHDRAWN:
		err = consent_event(area, event, fx);
		break;
	case THP_EV_RECORDING_FAILED:
		err = recording_failed(area, event);
		break;
	default:
		return THP_INTERNAL;
	}
	company_settle(area, fx);
	timing_settle(area, fx);
	recording_settle(area, fx);
	rooms_sweep(area);
	effects_settle(area, fx, from);
	return err;
}

gint64 thp_area_deadline(const thp_area *area, thp_now now)
{
	GHashTableIter iter;
	participant *p;
	binding *b;
	gint64 at = area->list_dirty ? area->list_sent_us + area->limits.list_us : G_MAXINT64;

	at = MIN(at, keys_deadline_us(area));
	at = MIN(at, timing_deadline_us(area));
	at = MIN(at, consent_deadline_us(area, now));
	at = MIN(at, recording_deadline_us(area));
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p))
		at = MIN(at, patience_us(area, p, now));
	g_hash_table_iter_init(&iter, area->bindings);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&b)) {
		gint64 in_s = b->exp_s + area->limits.skew_s + 1 - now.wall_s;
		at = MIN(at, now.mono_us + CLAMP(in_s, 60, 86400) * G_USEC_PER_SEC);
	}
	return at;
}
