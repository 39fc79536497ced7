/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The delivery service of MLS (RFC 9750 section 5): orders what members say, and keeps none of it but the
 * last commits and the KeyPackages not used yet. Only therapists add people. */
#include "inside.h"

thp_keys_notice *keys_tell(thp_effects *fx, const participant *to, thp_keys_kind kind,
			   const group *g)
{
	thp_keys_notice *notice = g_new0(thp_keys_notice, 1);

	notice->kind = kind;
	notice->gi = g ? g->gi : 0;
	notice->epoch = g ? g->epoch : 0;
	effect_add(fx, THP_FX_KEYS, to)->keys = notice;
	return notice;
}

static void tell_from(thp_effects *fx, const participant *to, thp_keys_kind kind, const group *g,
		      const char *from, const char *data)
{
	thp_keys_notice *notice = keys_tell(fx, to, kind, g);

	g_strlcpy(notice->other, from, sizeof notice->other);
	notice->data = g_strdup(data);
}

/* A commit or an application message, to every other member that has a link. */
static void tell_members(const thp_area *area, const group *g, const participant *from,
			 thp_keys_kind kind, const char *data, thp_effects *fx)
{
	for (guint i = 0; i < g->n_members; i++) {
		const participant *p = participant_find(area, g->members[i]);
		if (p && p != from && p->link != 0)
			tell_from(fx, p, kind, g, from->id, data);
	}
}

static gboolean names_group(const thp_keys *keys, const room *r, guint32 gi, guint64 epoch)
{
	char id[THP_GROUP_ID_MAX + 1];

	g_snprintf(id, sizeof id, "%s.%u", r->name, gi);
	return strcmp(keys->group, id) == 0 && keys->mls_epoch == epoch;
}

/* ---- KeyPackages ---- */

static void tell_keypackage(thp_effects *fx, const participant *therapist, const participant *p)
{
	const group *g = p->room ? &p->room->group : NULL;
	thp_keys_notice *notice = keys_tell(fx, therapist, THP_KEYS_KEYPACKAGE, g);

	g_strlcpy(notice->other, p->id, sizeof notice->other);
	g_strlcpy(notice->room, p->invitation.room, sizeof notice->room);
	notice->knock = p->knock;
	notice->state = (int)lasting_state(p);
	notice->data = g_strdup(p->keypackage);
}

static thp_err keypackage(thp_area *area, participant *p, const thp_keys *keys, thp_effects *fx)
{
	GHashTableIter iter;
	participant *other;

	if (is_therapist(p))
		return THP_NOT_ALLOWED;
	g_free(p->keypackage);
	p->keypackage = g_strdup(keys->data);
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&other)) {
		if (is_therapist(other) && other->link != 0 && sees(other, p))
			tell_keypackage(fx, other, p);
	}
	return THP_OK;
}

static void tell_all_keypackages(thp_area *area, const participant *therapist, thp_effects *fx)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (p->keypackage && sees(therapist, p))
			tell_keypackage(fx, therapist, p);
	}
}

void keys_tell_joined(thp_area *area, const participant *p, thp_effects *fx)
{
	if (is_therapist(p))
		tell_all_keypackages(area, p, fx);
	if (p->state == THP_ADMITTED)
		keys_tell(fx, p, THP_KEYS_STATE, &p->room->group)->member =
			group_has(&p->room->group, p->id);
}

/* ---- admission ---- */

thp_err keys_check_admission(const thp_area *area, const participant *actor,
			     const participant *target, const thp_keys *keys)
{
	const room *r = target->room;
	const group *g = &r->group;
	gboolean inside = has_seat(actor, r);
	gboolean alone = room_seats_taken(area, r) <= (inside ? 1 : 0);
	guint32 gi = alone ? g->gi + 1 : g->gi;
	guint64 epoch = alone ? 0 : g->epoch;

	if (!keys)
		return area->limits.require_keys ? THP_E2EE_REQUIRED : THP_OK;
	if (!target->keypackage || keys->gi != gi || keys->epoch != epoch)
		return THP_E2EE_STALE;
	if (!alone && !group_has(g, actor->id))
		return THP_E2EE_NOT_MEMBER;
	return names_group(keys, r, gi, epoch) ? THP_OK : THP_E2EE_BAD;
}

static void take_in(participant *p, group *g, const char *from, const char *welcome,
		    thp_effects *fx)
{
	g_clear_pointer(&p->keypackage, g_free);
	group_add(g, p->id);
	if (p->link != 0)
		tell_from(fx, p, THP_KEYS_WELCOME, g, from, welcome);
}

void keys_admit(thp_area *area, const participant *actor, participant *target, gboolean alone,
		const thp_keys *keys, thp_effects *fx)
{
	group *g = &target->room->group;

	if (!keys)
		return;
	if (alone) {
		group_dissolve(g);
		g->gi++;
		g->epoch = 0;
		group_add(g, actor->id);
	}
	tell_members(area, g, actor, THP_KEYS_COMMIT, keys->data, fx);
	group_log(g, actor->id, keys->data);
	take_in(target, g, actor->id, keys->welcome, fx);
}

/* ---- commits ---- */

static gboolean is_named(const char ids[][THP_WHO_LEN + 1], guint n, const char *id)
{
	for (guint i = 0; i < n; i++) {
		if (strcmp(ids[i], id) == 0)
			return TRUE;
	}
	return FALSE;
}

static thp_err check_added(const thp_area *area, const participant *p, const thp_keys *keys)
{
	if (keys->n_added > 0 && !is_therapist(p))
		return THP_NOT_ALLOWED;
	if ((keys->n_added > 0) != (keys->welcome != NULL))
		return THP_BAD_FIELD;
	for (guint i = 0; i < keys->n_added; i++) {
		const participant *other = participant_find(area, keys->added[i]);
		if (!other || other == p || !has_seat(other, p->room))
			return THP_NO_SUCH_PARTICIPANT;
	}
	return THP_OK;
}

static thp_err check_dropped(const thp_area *area, const participant *p, const thp_keys *keys)
{
	for (guint i = 0; i < keys->n_dropped; i++) {
		const char *id = keys->dropped[i];
		const participant *other = participant_find(area, id);
		if (!group_has(&p->room->group, id))
			return THP_NO_SUCH_PARTICIPANT;
		if (other && has_seat(other, p->room) && !is_named(keys->added, keys->n_added, id))
			return THP_NOT_ALLOWED;
	}
	return THP_OK;
}

static thp_err check_commit(const thp_area *area, const participant *p, const thp_keys *keys)
{
	const group *g = &p->room->group;

	if (keys->epoch != g->epoch)
		return THP_E2EE_STALE;
	if (!names_group(keys, p->room, g->gi, g->epoch))
		return THP_E2EE_BAD;
	thp_err err = check_added(area, p, keys);
	return err == THP_OK ? check_dropped(area, p, keys) : err;
}

static thp_err commit(thp_area *area, participant *p, const thp_keys *keys, thp_effects *fx)
{
	group *g = &p->room->group;
	thp_err err = check_commit(area, p, keys);

	if (err != THP_OK)
		return err;
	for (guint i = 0; i < keys->n_dropped; i++)
		group_drop(g, keys->dropped[i]);
	tell_members(area, g, p, THP_KEYS_COMMIT, keys->data, fx);
	group_log(g, p->id, keys->data);
	for (guint i = 0; i < keys->n_added; i++)
		take_in(participant_find(area, keys->added[i]), g, p->id, keys->welcome, fx);
	keys_settle_removal(area, p->room);
	return THP_OK;
}

/* ---- the rest ---- */

static thp_err reset(thp_area *area, participant *p, thp_effects *fx)
{
	group *g = &p->room->group;
	GHashTableIter iter;
	participant *other;

	if (!is_therapist(p))
		return THP_NOT_ALLOWED;
	group_dissolve(g);
	g->gi++;
	g->epoch = 0;
	group_add(g, p->id);
	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&other)) {
		if (other != p && is_inside(other, p->room))
			keys_tell(fx, other, THP_KEYS_RESET, g);
	}
	return THP_OK;
}

static thp_err resync(const participant *p, const thp_keys *keys, thp_effects *fx)
{
	const group *g = &p->room->group;

	if (keys->epoch > g->epoch)
		return THP_E2EE_STALE;
	for (guint64 epoch = keys->epoch; epoch < g->epoch; epoch++) {
		if (!group_logged(g, epoch))
			return THP_E2EE_STALE;
	}
	for (guint64 epoch = keys->epoch; epoch < g->epoch; epoch++) {
		const logged_commit *logged = group_logged(g, epoch);
		tell_from(fx, p, THP_KEYS_COMMIT, g, logged->from, logged->data);
		g_array_index(fx->list, thp_effect, fx->list->len - 1).keys->epoch = epoch;
	}
	return THP_OK;
}

thp_err keys_request(thp_area *area, participant *p, const thp_keys *keys, thp_effects *fx)
{
	if (!keys)
		return THP_MISSING_FIELD;
	if (keys->kind == THP_KEYS_KEYPACKAGE)
		return keypackage(area, p, keys, fx);
	if (p->state != THP_ADMITTED)
		return THP_WRONG_STATE;
	if (keys->kind == THP_KEYS_RESET)
		return reset(area, p, fx);
	if (!group_has(&p->room->group, p->id))
		return THP_E2EE_NOT_MEMBER;
	if (keys->gi != p->room->group.gi)
		return THP_E2EE_STALE;
	if (keys->kind == THP_KEYS_COMMIT)
		return commit(area, p, keys, fx);
	if (keys->kind == THP_KEYS_RESYNC)
		return resync(p, keys, fx);
	tell_members(area, &p->room->group, p, THP_KEYS_APP, keys->data, fx);
	return THP_OK;
}

void thp_area_group(const thp_area *area, const char *id, guint32 *gi, guint64 *epoch)
{
	const participant *p = participant_find(area, id);

	*gi = p && p->room ? p->room->group.gi : 0;
	*epoch = p && p->room ? p->room->group.epoch : 0;
}
