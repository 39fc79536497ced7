/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person in an area. */
#include "inside.h"

participant *participant_new(const char *id, const thp_invitation *invitation)
{
	participant *p = g_new0(participant, 1);

	g_strlcpy(p->id, id, sizeof p->id);
	p->invitation = *invitation;
	binding_key(invitation->jti, p->key);
	p->state = THP_WAITING;
	p->before = THP_WAITING;
	return p;
}

void participant_free(gpointer data)
{
	participant *p = data;

	if (!p)
		return;
	g_free(p->keypackage);
	explicit_bzero(p, sizeof *p);
	g_free(p);
}

participant *participant_find(const thp_area *area, const char *id)
{
	return id ? g_hash_table_lookup(area->people, id) : NULL;
}

participant *participant_of_key(const thp_area *area, const char *key)
{
	GHashTableIter iter;
	participant *p;

	g_hash_table_iter_init(&iter, area->people);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&p)) {
		if (strcmp(p->key, key) == 0)
			return p;
	}
	return NULL;
}

gboolean is_therapist(const participant *p)
{
	return p->invitation.role == THP_ROLE_THERAPIST;
}

thp_state lasting_state(const participant *p)
{
	return p->state == THP_AWAY ? p->before : p->state;
}

gboolean is_inside(const participant *p, const room *r)
{
	return p->state == THP_ADMITTED && p->room == r;
}

gboolean has_seat(const participant *p, const room *r)
{
	return lasting_state(p) == THP_ADMITTED && p->room == r;
}

gboolean sees(const participant *therapist, const participant *p)
{
	const char *own = therapist->invitation.room;

	return own[0] == '\0' || strcmp(own, p->invitation.room) == 0;
}

void participant_forget_paths(participant *p)
{
	p->publisher_up = p->receiver_up = p->echo = FALSE;
	p->pairs = p->pairs_asked = 0;
	p->network = (thp_network_word){0};
	memset(p->slots, 0, sizeof p->slots);
}
