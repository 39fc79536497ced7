/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file lasting.h
 * What must last of an area, so that after a restart everybody is where they were: plain facts, by their keys.
 *
 * No names, no texts, no invitations: a person is known by the digest of their invitation's jti, and finds
 * their place again by bringing the invitation and the device key. Each fact is complete by itself, and
 * replaces the former one with its key.
 */
#pragma once

#include <therapy/area.h>

#define THP_JTI_KEY_LEN 64 /* hexadecimal SHA-256 of a jti */

/** Which device an invitation belongs to, and whether it is dead. */
typedef struct thp_lasting_binding {
	char key[THP_JTI_KEY_LEN + 1];
	guint8 device_key[THP_DEVICE_KEY_BYTES];
	gint64 exp_s;
	gint64 used_s; /* when somebody last joined with it */
	guint32 knock;
	gboolean revoked;
	char session[THP_ID_MAX + 1]; /* the room of the session they were let into; may be empty */
} thp_lasting_binding;

/** Where somebody is. */
typedef struct thp_lasting_person {
	char key[THP_JTI_KEY_LEN + 1]; /* of a binding */
	char id[THP_WHO_LEN + 1];
	guint32 role;  /* thp_role */
	guint32 state; /* WAITING, HELD or ADMITTED: away people will be there again */
	char own_room[THP_ID_MAX + 1]; /* that the invitation is for; may be empty */
	char room[THP_ID_MAX + 1];     /* that they are in or belong to; may be empty */
	gint64 knocked_s;
} thp_lasting_person;

/** A room, its clock, and where its group stands. */
typedef struct thp_lasting_room {
	char name[THP_ID_MAX + 1];
	guint32 seats, minutes, max_minutes;
	gboolean locked, goodbye;
	guint32 gi;
	guint64 epoch;
	guint32 n_members;
	char members[THP_SEATS_MAX][THP_WHO_LEN + 1];
	thp_clock_record clock;
} thp_lasting_room;

typedef enum thp_lasting_kind {
	THP_LASTING_BINDING,
	THP_LASTING_ROOM,
	THP_LASTING_PERSON,
	THP_N_LASTING
} thp_lasting_kind;

/** One fact. */
typedef struct thp_lasting {
	thp_lasting_kind kind;
	gboolean gone; /* there is no such thing any more; only its key is set */
	union {
		thp_lasting_binding binding;
		thp_lasting_room room;
		thp_lasting_person person;
	};
} thp_lasting;

/**
 * The facts that have changed since the last call, as of @at; the first time, all. NULL if there are none.
 * An array of thp_lasting, the caller's to g_array_unref().
 */
GArray *thp_area_changes(thp_area *area, thp_clock_moment at) G_GNUC_WARN_UNUSED_RESULT;

/** Makes the next thp_area_changes() give all there is. */
void thp_area_forget_written(thp_area *area);

/**
 * Fills an empty area with @n facts; everybody in it is away, and has the grace from now to come back.
 * What contradicts itself or the rest is left out, and counted in the result.
 */
guint thp_area_restore(thp_area *area, const thp_lasting *facts, guint n, thp_now now,
		       thp_clock_moment at);

/** TRUE if @event may change what lasts, and somebody can be told that it was refused after all. */
gboolean thp_event_can_be_undone(const thp_event *event);

/** Remembers how things are, until thp_area_settle() or thp_area_undo(): before an event that can be undone. */
void thp_area_remember(thp_area *area);

/** What has happened since stays. Harmless if nothing is remembered. */
void thp_area_settle(thp_area *area);

/** Nothing has happened since. The next thp_area_changes() gives all there is. */
void thp_area_undo(thp_area *area);
