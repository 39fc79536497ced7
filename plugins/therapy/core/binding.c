/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which device an invitation belongs to since its first use, and whether it is dead. */
#include "inside.h"

void binding_key(const char *jti, char key[static THP_JTI_KEY_LEN + 1])
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, jti, -1);

	g_strlcpy(key, digest, THP_JTI_KEY_LEN + 1);
}

static binding *find(const thp_area *area, const char *key)
{
	return g_hash_table_lookup(area->bindings, key);
}

/* Before every change. */
static void touch(thp_area *area, const char *key)
{
	g_hash_table_add(area->touched, g_strdup(key));
	remember_binding(area, key);
}

thp_err binding_check(const thp_area *area, const thp_event *knock)
{
	char key[THP_JTI_KEY_LEN + 1];

	binding_key(knock->invitation->jti, key);
	const binding *b = find(area, key);
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
	char key[THP_JTI_KEY_LEN + 1];

	binding_key(knock->invitation->jti, key);
	touch(area, key);
	binding *b = find(area, key);
	if (b) {
		b->used_s = area->now.wall_s;
		return b;
	}
	b = g_new0(binding, 1);
	memcpy(b->key, key, sizeof b->key);
	b->used_s = area->now.wall_s;
	memcpy(b->device_key, knock->device_key, sizeof b->device_key);
	b->exp_s = knock->invitation->exp_s;
	g_hash_table_insert(area->bindings, b->key, b);
	return b;
}

void binding_revoke(thp_area *area, const char *key)
{
	binding *b = find(area, key);

	touch(area, key);
	if (b)
		b->revoked = TRUE;
}

void binding_admit(thp_area *area, const char *key, const room *r)
{
	binding *b = find(area, key);

	touch(area, key);
	if (b)
		g_strlcpy(b->session, r->name, sizeof b->session);
}

gboolean binding_was_in(const thp_area *area, const char *key, const room *r)
{
	const binding *b = find(area, key);

	return b && strcmp(b->session, r->name) == 0;
}

void bindings_revoke(thp_area *area, const room *r)
{
	GHashTableIter iter;
	binding *b;

	g_hash_table_iter_init(&iter, area->bindings);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&b)) {
		if (b->revoked || strcmp(b->session, r->name) != 0)
			continue;
		touch(area, b->key);
		b->revoked = TRUE;
	}
}

/* What has not been used for so long is dead, and whose it was is forgotten; that it is dead lasts as long as it. */
static void retire(thp_area *area, binding *b)
{
	if (area->limits.retention_s == 0 || b->revoked ||
	    area->now.wall_s - b->used_s < area->limits.retention_s)
		return;
	touch(area, b->key);
	b->revoked = TRUE;
	memset(b->device_key, 0, sizeof b->device_key);
}

void bindings_purge(thp_area *area, gint64 wall_s)
{
	GHashTableIter iter;
	binding *b;

	g_hash_table_iter_init(&iter, area->bindings);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&b)) {
		if (participant_of_key(area, b->key))
			continue;
		if (b->exp_s + area->limits.skew_s < wall_s) {
			touch(area, b->key);
			g_hash_table_iter_remove(&iter);
		} else {
			retire(area, b);
		}
	}
}
