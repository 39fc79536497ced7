/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file area.h
 * A waiting area and all that happens in it: who waits, who is admitted to which room, what flows where.
 *
 * A pure state machine: events in, effects out. It never calls Janus, takes no lock, reads no clock and
 * logs nothing. One area belongs to one thread at a time. When thp_area_apply() fails, nothing has changed
 * and there are no effects.
 */
#pragma once

#include <therapy/area_event.h>
#include <therapy/clock.h>

typedef struct thp_area thp_area;

/** What holds for the time of the sessions of an area. */
typedef struct thp_session_rules {
	thp_clock_rules clock;
	gint64 length_us;      /* of a session whose invitations say nothing */
	gint64 buffer_us;      /* to be free before the next appointment */
	gint64 no_show_us;     /* until one who waits is told that nobody has come; 0: never */
	gboolean keep_next;    /* no session is extended into the next appointment */
	gboolean late_extends; /* who comes late has the whole time all the same */
	gboolean clients_see;  /* not only therapists see the clock */
} thp_session_rules;

/** Limits of an area; all are set by configuration. */
typedef struct thp_area_limits {
	guint people;          /* waiting and admitted people in an area */
	guint bindings;        /* invitations remembered in an area */
	gint64 grace_us;       /* how long an away person may come back */
	gint64 skew_s;         /* tolerated difference of clocks */
	gint64 retention_s;    /* an invitation not used for so long is dead; 0: never */
	gint64 list_us;        /* least time between two waiting lists caused by arrivals */
	gint64 commit_us;      /* time to commit a removal before another is asked */
	gboolean require_keys; /* nobody is admitted without */
	const thp_consent_rules *consent; /* borrowed; NULL: nobody is asked */
	thp_session_rules session;
	thp_recording_rules recording;
} thp_area_limits;

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
	thp_consent_summary consent;
	thp_consent_summary others; /* whether those in the room agree to their presence */
	thp_network_word network;
	int details; /* -1: not asked of them; 0: nothing said; grows with each change */
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
		guint64 link; /* participant handle of the receiving person */
		char who[THP_WHO_LEN + 1];
		guint slot; /* pair on that person's receiver handle */
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

/** Makes an empty area called @name. @limits are copied. Free with thp_area_free(). */
thp_area *thp_area_new(const char *name, const thp_area_limits *limits);

/** Frees the area and wipes what it knew. NULL is allowed. */
void thp_area_free(thp_area *area);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_area, thp_area_free)

/**
 * Takes one event to its end, appending what must be done to @fx.
 * On error nothing has changed, and @fx is as it was.
 */
thp_err thp_area_apply(thp_area *area, const thp_event *event, thp_now now,
		       thp_effects *fx) G_GNUC_WARN_UNUSED_RESULT;

/** When THP_EV_TICK is wanted: monotonic microseconds, G_MAXINT64 for never. */
gint64 thp_area_deadline(const thp_area *area, thp_now now);

/** TRUE if nobody is in the area and no invitation needs to be remembered. */
gboolean thp_area_is_idle(const thp_area *area);

/** The name of the area. Borrowed. */
const char *thp_area_name(const thp_area *area);

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

/** Fills @view: what is asked of @id, and how they stand; FALSE if nothing is. */
gboolean thp_area_consent(const thp_area *area, const char *id, thp_consent_view *view);

/** Fills @now: how the recording of @room stands; STOPPED if there is no such room. */
void thp_area_recording(const thp_area *area, const char *room, thp_recording *now);

/** TRUE if @id has agreed to what is, was, or is to be recorded in their room. */
gboolean thp_area_recording_agreed(const thp_area *area, const char *id);

/** TRUE if somebody would lose their seat by @id's taking @kind back: it is granted, and opens a gate. */
gboolean thp_area_has_granted(const thp_area *area, const char *id, const char *kind);

/** Who has no seat without @id's yes to @kind: themself, or others in the room. An array of ids, borrowed likewise. */
GPtrArray *thp_area_depend(const thp_area *area, const char *id, const char *kind);

/** Who would lose their seat by @event, a WITHDRAWN: an array of ids, borrowed until the next event. */
GPtrArray *thp_area_withdrawn(const thp_area *area, const thp_event *event);

/** What @id has said for an emergency; NULL if there is no such person. Borrowed until the next event. */
const thp_details *thp_area_details(const thp_area *area, const char *id);

/** How the time of a session stands, for one person in it. */
typedef struct thp_session_time {
	gboolean paused, hard;
	gint64 ran_us, left_us; /* session time until now, and until the limit */
	gint64 length_us;       /* limit, with extensions */
	gint64 end_us;          /* until the end that nobody can put off but the therapist */
	gint64 closes_us;       /* until it ends for lack of company; -1: it does not */
	/* for a therapist */
	gboolean is_therapist;
	gint64 extendable_us, pause_left_us;
	gboolean next_waits; /* a client of another appointment is waiting */
	gint64 next_start_s; /* when that is; 0: not known */
} thp_session_time;

/** Fills @time; FALSE if @id is in no session, or may not see its clock. */
gboolean thp_area_time(const thp_area *area, const char *id, thp_now now, thp_session_time *time);

/** The clock of @room, or NULL if there is no such room. Borrowed until the next event. */
const thp_clock *thp_area_clock(const thp_area *area, const char *room);

/** Heads in the area, for operators' counters. */
typedef struct thp_area_count {
	guint rooms, participants, waiting, admitted, away;
} thp_area_count;

/** Counts heads. */
thp_area_count thp_area_count_heads(const thp_area *area);

/** Checks the invariants; NULL if all hold, else a static sentence naming the first that does not. For tests. */
const char *thp_area_violation(const thp_area *area);
