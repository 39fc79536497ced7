/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bookkeeping of one MLS group (RFC 9420 section 14): one commit an epoch, and who is a member. */
#include "inside.h"

static const char *const names[THP_N_KEYS] = {
	[THP_KEYS_KEYPACKAGE] = "keypackage", [THP_KEYS_COMMIT] = "commit",
	[THP_KEYS_RESET] = "reset",           [THP_KEYS_APP] = "app",
	[THP_KEYS_RESYNC] = "resync",         [THP_KEYS_WELCOME] = "welcome",
	[THP_KEYS_PENDING] = "pending",       [THP_KEYS_STATE] = "state",
};

const char *thp_keys_name(thp_keys_kind kind)
{
	return (unsigned)kind < THP_N_KEYS ? names[kind] : "unknown";
}

gboolean thp_keys_find(const char *name, thp_keys_kind *kind)
{
	for (int i = 0; i < THP_N_KEYS_REQUESTS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*kind = (thp_keys_kind)i;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean group_has(const group *g, const char *id)
{
	for (guint i = 0; i < g->n_members; i++) {
		if (strcmp(g->members[i], id) == 0)
			return TRUE;
	}
	return FALSE;
}

void group_add(group *g, const char *id)
{
	if (!group_has(g, id) && g->n_members < THP_SEATS_MAX)
		g_strlcpy(g->members[g->n_members++], id, sizeof g->members[0]);
}

void group_drop(group *g, const char *id)
{
	guint kept = 0;

	for (guint i = 0; i < g->n_members; i++) {
		if (strcmp(g->members[i], id) == 0)
			continue;
		if (kept != i)
			memcpy(g->members[kept], g->members[i], sizeof g->members[0]);
		kept++;
	}
	g->n_members = kept;
}

void group_dissolve(group *g)
{
	for (guint i = 0; i < THP_KEYS_LOG; i++)
		g_clear_pointer(&g->log[i].data, g_free);
	g->n_members = 0;
	g->pending_us = 0;
	g->passed_over = 0;
}

void group_log(group *g, const char *from, const char *data)
{
	logged_commit *at = &g->log[g->epoch % THP_KEYS_LOG];

	g_free(at->data);
	at->data = g_strdup(data);
	at->epoch = g->epoch++;
	g_strlcpy(at->from, from, sizeof at->from);
}

const logged_commit *group_logged(const group *g, guint64 epoch)
{
	const logged_commit *at = &g->log[epoch % THP_KEYS_LOG];

	return at->data && at->epoch == epoch ? at : NULL;
}

void group_clear(group *g)
{
	group_dissolve(g);
	memset(g, 0, sizeof *g);
}
