/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file area_view.h
 * What an area shows of itself: a person's own state, the roster, the waiting list, the routes.
 *
 * Strings and arrays' contents are borrowed from the area until its next event. For whoever owns the area.
 */
#pragma once

#include <therapy/area.h>

/** One person as the therapist's waiting list shows them. Borrowed from the area until its next event. */
typedef struct thp_person {
	const char *id;
	const char *name;
	const char *room;
	thp_role role;
	thp_state state; /* an away person: the state to come back to */
	gboolean away;
	gboolean ready; /* both connections stand */
	gboolean locked;
	guint32 knock;
	gint64 waited_s;
} thp_person;

/** One person as the others in the room see them. Borrowed from the area until its next event. */
typedef struct thp_peer {
	const char *id;
	const char *name;
	thp_role role;
	gboolean audio, video, away;
	int slot; /* pair of the viewer's receiver handle, -1 for none */
} thp_peer;

/** What one person sends, and where to. */
typedef struct thp_route_plan {
	gboolean audio, video; /* whether each is forwarded at all */
	guint n_hops;
	struct {
		guint64 link;                /* participant handle of the receiving person */
		char who[THP_WHO_LEN + 1];
		guint slot;                  /* pair on that person's receiver handle */
	} hops[THP_PAIRS_MAX];
} thp_route_plan;

/** What one joined person is told of themselves. Borrowed from the area until its next event. */
typedef struct thp_self {
	const thp_invitation *invitation;
	thp_state state;
	thp_reason reason; /* of the last change of state */
	const char *room;  /* "" for none */
	gboolean locked;   /* that room */
	gboolean audio, video, echo;
	gboolean therapist_present;
	guint64 link;
} thp_self;

/** Fills @self for participant @id; FALSE if there is none. */
gboolean thp_area_self(const thp_area *area, const char *id, thp_self *self);

/** Fills @plan: what flows from @id, by the state of this moment. Nothing for unknown people. */
void thp_area_route(const thp_area *area, const char *id, thp_route_plan *plan);

/** Pairs that the receiver handle of @id should have: at least 1. */
guint thp_area_pairs(const thp_area *area, const char *id);

/** Where the group of the room of @id stands; both 0 if there is none. */
void thp_area_group(const thp_area *area, const char *id, guint32 *gi, guint64 *epoch);

/** A new array of thp_peer: the others in the room of @id. Free with g_array_unref(). */
GArray *thp_area_roster(const thp_area *area, const char *id);

/** A new array of thp_person: those whom therapist @id may see. Free with g_array_unref(). */
GArray *thp_area_people(const thp_area *area, const char *id, thp_now now);

/** Heads in the area, for operators' counters. */
typedef struct thp_area_count {
	guint rooms, participants, waiting, admitted, away;
} thp_area_count;

/** Counts heads. */
thp_area_count thp_area_count_heads(const thp_area *area);
