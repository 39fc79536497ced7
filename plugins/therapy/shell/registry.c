/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions by link, and by the digest of a ticket: a look-up must not tell how much of a guess was right. */
#include "registry.h"

static struct {
	thp_locked lock;
	GHashTable *links;   /* LOCK: link -> session, a reference each */
	GHashTable *tickets; /* LOCK: digest -> session, borrowed from links */
} registry = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void release(gpointer session)
{
	thp_session_unref(session);
}

void thp_registry_init(void)
{
	registry.links = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, release);
	registry.tickets = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
}

void thp_registry_clear(void)
{
	g_clear_pointer(&registry.tickets, g_hash_table_unref);
	g_clear_pointer(&registry.links, g_hash_table_unref);
}

void thp_registry_add(thp_session *session)
{
	THP_LOCK(&registry.lock);
	g_hash_table_insert(registry.links, &session->link, thp_session_ref(session));
}

void thp_registry_remove(thp_session *session)
{
	THP_LOCK(&registry.lock);
	if (session->ticket_digest[0] != '\0')
		g_hash_table_remove(registry.tickets, session->ticket_digest);
	session->ticket_digest[0] = '\0';
	g_hash_table_remove(registry.links, &session->link);
}

thp_session *thp_registry_get(guint64 link)
{
	THP_LOCK(&registry.lock);
	return thp_session_ref(g_hash_table_lookup(registry.links, &link));
}

void thp_registry_issue(thp_session *session, char ticket[static THP_TICKET_CHARS + 1])
{
	thp_random_id(ticket, THP_TICKET_BYTES);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, ticket, -1);

	THP_LOCK(&registry.lock);
	if (session->ticket_digest[0] != '\0')
		g_hash_table_remove(registry.tickets, session->ticket_digest);
	g_strlcpy(session->ticket_digest, digest, sizeof session->ticket_digest);
	g_hash_table_insert(registry.tickets, session->ticket_digest, session);
}

thp_session *thp_registry_redeem(const char *ticket)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, ticket, -1);

	THP_LOCK(&registry.lock);
	return thp_session_ref(g_hash_table_lookup(registry.tickets, digest));
}

void thp_registry_count(guint64 *relayed, guint64 *dropped)
{
	GHashTableIter iter;
	thp_session *session;

	THP_LOCK(&registry.lock);
	g_hash_table_iter_init(&iter, registry.links);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&session)) {
		*relayed += atomic_load(&session->publisher.relayed);
		*dropped += atomic_load(&session->publisher.dropped);
	}
}
