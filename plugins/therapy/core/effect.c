/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of effects, and the order in which they are carried out. */
#include "inside.h"

static void clear_effect(gpointer data)
{
	thp_effect *e = data;

	if (e->text)
		explicit_bzero(e->text, strlen(e->text));
	g_free(e->text);
	if (e->keys)
		g_free(e->keys->data);
	g_free(e->keys);
}

void thp_effects_init(thp_effects *fx)
{
	fx->list = g_array_new(FALSE, TRUE, sizeof(thp_effect));
	g_array_set_clear_func(fx->list, clear_effect);
}

void thp_effects_clear(thp_effects *fx)
{
	g_clear_pointer(&fx->list, g_array_unref);
}

thp_effect *effect_add(thp_effects *fx, thp_effect_kind kind, const participant *p)
{
	thp_effect e = {.kind = kind, .link = p->link, .state = p->state, .reason = p->reason};

	memcpy(e.who, p->id, sizeof e.who);
	if (p->room)
		memcpy(e.room, p->room->name, sizeof e.room);
	g_array_append_val(fx->list, e);
	return &g_array_index(fx->list, thp_effect, fx->list->len - 1);
}

thp_effect *effect_add_room(thp_effects *fx, thp_effect_kind kind, const room *r)
{
	thp_effect e = {.kind = kind};

	memcpy(e.room, r->name, sizeof e.room);
	g_array_append_val(fx->list, e);
	return &g_array_index(fx->list, thp_effect, fx->list->len - 1);
}

void effect_state(thp_effects *fx, const participant *p)
{
	if (p->link != 0)
		effect_add(fx, THP_FX_STATE, p);
}

/* ---- the order ---- */

#define TURNS 4

/*
 * First what must not flow or be recorded stops, then what may flow begins, then what may be recorded,
 * and only then is anybody told.
 */
static int turn_of(const thp_effect *e)
{
	if (e->kind == THP_FX_RECORD)
		return e->flag ? 2 : 0;
	return e->kind == THP_FX_SILENCE ? 0 : e->kind == THP_FX_ROUTE ? 1 : 3;
}

/* These show how things stand at the end, however often they changed on the way there. */
static gboolean is_view(const thp_effect *e)
{
	return e->kind == THP_FX_ROUTE || e->kind == THP_FX_KEYFRAME || e->kind == THP_FX_ROSTER ||
	       e->kind == THP_FX_LIST || e->kind == THP_FX_PRESENCE || e->kind == THP_FX_CLOCK ||
	       e->kind == THP_FX_CONSENT || e->kind == THP_FX_RECORDING;
}

static gboolean is_stale(const thp_area *area, const thp_effect *e)
{
	const participant *p = participant_find(area, e->who);

	if (!p || p->link != e->link)
		return TRUE;
	return ((e->kind == THP_FX_ROSTER || e->kind == THP_FX_CLOCK ||
		 e->kind == THP_FX_RECORDING) &&
		p->state != THP_ADMITTED) ||
	       (e->kind == THP_FX_PRESENCE && p->state == THP_ADMITTED);
}

/* Of what would be done twice, marks the last: *@stays[i] for @fx[i]. */
static void choose(const thp_area *area, const thp_effect *fx, guint n, gboolean *stays)
{
	g_autofree guint64 *keys = g_new0(guint64, n);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (guint i = n; i-- > 0;) {
		keys[i] = fx[i].link << 5 | fx[i].kind;
		stays[i] = !is_view(&fx[i]) ||
			   (!is_stale(area, &fx[i]) && g_hash_table_add(seen, &keys[i]));
	}
}

void effects_settle(const thp_area *area, thp_effects *fx, guint from)
{
	guint n = fx->list->len - from;
	guint kept = 0;

	if (n == 0)
		return;
	thp_effect *at = &g_array_index(fx->list, thp_effect, from);
	g_autofree thp_effect *all = g_memdup2(at, n * sizeof *at);
	g_autofree gboolean *stays = g_new0(gboolean, n);
	choose(area, all, n, stays);
	for (int turn = 0; turn < TURNS; turn++) {
		for (guint i = 0; i < n; i++) {
			if (stays[i] && turn_of(&all[i]) == turn)
				at[kept++] = all[i];
		}
	}
	/* A view owns nothing: what falls out of the list needs no freeing. */
	memset(at + kept, 0, (n - kept) * sizeof *at);
	g_array_set_size(fx->list, from + kept);
}
