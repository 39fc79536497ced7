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

#include <therapy/keys.h>
#include <therapy/policy.h>

#define THP_PAIRS_MAX (THP_SEATS_MAX - 1)  /* others one person can receive */
#define THP_DEVICE_KEY_BYTES 32

typedef struct thp_area thp_area;

/** The two clocks the machine is told. */
typedef struct thp_now {
	gint64 mono_us; /* monotonic, for waiting and grace */
	gint64 wall_s;  /* Unix time, for the validity of invitations */
} thp_now;

/** Limits of an area; all are set by configuration. */
typedef struct thp_area_limits {
	guint people;     /* waiting and admitted people in an area */
	guint bindings;   /* invitations remembered in an area */
	gint64 grace_us;  /* how long an away person may come back */
	gint64 skew_s;    /* tolerated difference of clocks */
	gint64 list_us;   /* least time between two waiting lists caused by arrivals */
	gint64 commit_us; /* time to commit a removal before another is asked */
	gboolean require_keys; /* nobody is admitted without */
} thp_area_limits;

typedef enum thp_event_kind {
	THP_EV_KNOCK,     /* a valid invitation with a proven device key */
	THP_EV_REQUEST,   /* a request of somebody who has joined */
	THP_EV_LINK_LOST, /* the handle or its Janus session is gone */
	THP_EV_PATHS,     /* a connection came up or went down */
	THP_EV_TICK,      /* a deadline has passed */
	THP_EV_SHUTDOWN,  /* the gateway stops */
} thp_event_kind;

/** What happened. Strings are borrowed for the call. */
typedef struct thp_event {
	thp_event_kind kind;
	guint64 link;      /* the handle it comes from; 0 for TICK and SHUTDOWN */
	const char *actor; /* participant id; for KNOCK the id to give if the person is new */
	/* KNOCK */
	const thp_invitation *invitation;
	const guint8 *device_key; /* THP_DEVICE_KEY_BYTES */
	/* REQUEST */
	thp_request_kind request;
	const char *target; /* participant id */
	guint32 knock;      /* of the target, as the therapist saw it */
	const char *room;
	const char *text;
	int audio, video, echo; /* -1 absent, else a truth value */
	const thp_keys *keys;   /* E2EE, and ADMIT with keys; else NULL */
	/* PATHS: -1 unchanged, else a truth value; pairs 0: unchanged */
	int publisher_up, receiver_up;
	guint pairs; /* pairs agreed on the receiver handle */
} thp_event;

typedef enum thp_effect_kind {
	THP_FX_JOINED,   /* answer the knock of who: flag = resumed */
	THP_FX_STATE,    /* tell who its state, reason and room (and text, after a denial) */
	THP_FX_PRESENCE, /* tell who whether a therapist is here: flag */
	THP_FX_ROSTER,   /* tell who thp_area_roster() */
	THP_FX_LIST,     /* tell who thp_area_people() */
	THP_FX_MESSAGE,  /* tell who text */
	THP_FX_KEYS,     /* tell who keys */
	THP_FX_SILENCE,  /* nothing flows from who any more: before any later effect */
	THP_FX_ROUTE,    /* put thp_area_route() of who in force: before any later effect */
	THP_FX_KEYFRAME, /* ask who for a key frame */
	THP_FX_PAIRS,    /* offer who thp_area_pairs() pairs */
	THP_FX_CLOSE,    /* close the connections of link: its person is gone or has another link */
} thp_effect_kind;

typedef struct thp_effect {
	thp_effect_kind kind;
	char who[THP_WHO_LEN + 1];
	guint64 link; /* of who, when the effect arose */
	thp_state state;
	thp_reason reason;
	gboolean flag;
	char room[THP_ID_MAX + 1];
	char *text; /* owned; may be NULL */
	thp_keys_notice *keys; /* owned; NULL but for KEYS */
} thp_effect;

/** A growing list of effects, in the order to carry them out. */
typedef struct thp_effects {
	GArray *list; /* of thp_effect */
} thp_effects;

/** Starts an empty list. */
void thp_effects_init(thp_effects *fx);

/** Empties the list and wipes what it held. */
void thp_effects_clear(thp_effects *fx);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(thp_effects, thp_effects_clear)

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

/** Checks the invariants; NULL if all hold, else a static sentence naming the first that does not. For tests. */
const char *thp_area_violation(const thp_area *area);
