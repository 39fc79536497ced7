/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which device an invitation belongs to since its first use, and whether it is dead. */
#include "inside.h"

static binding *find(const thp_area *area, const char *jti)
{
	return g_hash_table_lookup(area->bindings, jti);
}

thp_err binding_check(const thp_area *area, const thp_event *knock)
{
	const binding *b = find(area, knock->invitation->jti);

	if (!b)
		return g_hash_table_size(area->bindings) < area->limits.bindings ? THP_OK
										 : THP_AREA_FULL;
	/* The device first: a stolen link learns nothing of what became of its owner. */
	if (memcmp(b->device_key, knock->device_key, sizeof b->device_key) != 0)
		return THP_TOKEN_USED;
	return b->revoked ? THP_TOKEN_REVOKED : THP_OK;
}

binding *binding_take(thp_area *area, const thp_event *knock)
{
	binding *b = find(area, knock->invitation->jti);

	if (b)
		return b;
	b = g_new0(binding, 1);
	g_strlcpy(b->jti, knock->invitation->jti, sizeof b->jti);
	memcpy(b->device_key, knock->device_key, sizeof b->device_key);
	b->exp_s = knock->invitation->exp_s;
	g_hash_table_insert(area->bindings, b->jti, b);
	return b;
}

void binding_revoke(thp_area *area, const char *jti)
{
	binding *b = find(area, jti);

	if (b)
		b->revoked = TRUE;
}

void binding_admit(thp_area *area, const char *jti, const room *r)
{
	binding *b = find(area, jti);

	if (b)
		g_strlcpy(b->session, r->name, sizeof b->session);
}

gboolean binding_was_in(const thp_area *area, const char *jti, const room *r)
{
	const binding *b = find(area, jti);

	return b && strcmp(b->session, r->name) == 0;
}

void bindings_revoke(thp_area *area, const room *r)
{
	GHashTableIter iter;
	binding *b;

	g_hash_table_iter_init(&iter, area->bindings);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&b))
		b->revoked = b->revoked || strcmp(b->session, r->name) == 0;
}

void bindings_purge(thp_area *area, gint64 wall_s)
{
	GHashTableIter iter;
	binding *b;

	g_hash_table_iter_init(&iter, area->bindings);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&b)) {
		if (b->exp_s + area->limits.skew_s < wall_s && !participant_of_jti(area, b->jti))
			g_hash_table_iter_remove(&iter);
	}
}
