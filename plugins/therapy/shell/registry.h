/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file registry.h
 * How to find a session: by its link (effects do) or by a ticket (receiver handles do).
 * One lock, held for a look-up only. Any thread.
 */
#pragma once

#include "session.h"

void thp_registry_init(void);
void thp_registry_clear(void);

/** Makes @session findable by its link. The registry holds a reference. */
void thp_registry_add(thp_session *session);

/** Forgets @session and its ticket. */
void thp_registry_remove(thp_session *session);

/** A new reference to the session of @link, or NULL. */
thp_session *thp_registry_get(guint64 link);

/** Makes a ticket for @session, forgetting an earlier one; @ticket gets THP_TICKET_CHARS characters. */
void thp_registry_issue(thp_session *session, char ticket[static THP_TICKET_CHARS + 1]);

/** A new reference to the participant's session that holds @ticket, or NULL. */
thp_session *thp_registry_redeem(const char *ticket);

/** Packets relayed and dropped by the living sessions. */
void thp_registry_count(guint64 *relayed, guint64 *dropped);
