/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every event that we write, written again from the values of an example of it. */
#pragma once

#include <glib.h>
#include <jansson.h>

guint protocol_events_count(void);

/** What @index, below the count, is called. */
const char *protocol_event_name(guint index);

/** The event at @index with the values of @example, owned by the caller. */
json_t *protocol_event_again(guint index, const json_t *example);
