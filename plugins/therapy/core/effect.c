/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of effects. */
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

void effect_state(thp_effects *fx, const participant *p)
{
	if (p->link != 0)
		effect_add(fx, THP_FX_STATE, p);
}
