/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file area_event.h
 * What comes into an area, and what comes out of it: events and effects. Plain data.
 */
#pragma once

#include <therapy/consent.h>
#include <therapy/keys.h>
#include <therapy/network.h>
#include <therapy/policy.h>
#include <therapy/recording.h>

#define THP_PAIRS_MAX        (THP_SEATS_MAX - 1) /* others one person can receive */
#define THP_DEVICE_KEY_BYTES 32

/** The two clocks the machine is told. */
typedef struct thp_now {
	gint64 mono_us; /* monotonic, for waiting and grace */
	gint64 wall_s;  /* Unix time, for the validity of invitations */
} thp_now;

typedef enum thp_event_kind {
	THP_EV_KNOCK,            /* a valid invitation with a proven device key */
	THP_EV_REQUEST,          /* a request of somebody who has joined */
	THP_EV_LINK_LOST,        /* the handle or its Janus session is gone */
	THP_EV_PATHS,            /* a connection came up or went down */
	THP_EV_TICK,             /* a deadline has passed */
	THP_EV_SHUTDOWN,         /* the gateway stops */
	THP_EV_DRAIN,            /* no session may begin any more, or may again */
	THP_EV_CONSENT,          /* the ledger has said how actor stands */
	THP_EV_RECORDING_FAILED, /* the recording with that number of room cannot be written */
	THP_EV_NETWORK,          /* actor's link was tested, or is being tested */
	THP_EV_WITHDRAWN, /* actor, who may be in another area, has taken back what sub had agreed to */
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
	gint64 extend_us;       /* EXTEND */
	const thp_keys *keys;   /* E2EE, and ADMIT with keys; else NULL */
	gboolean draining;      /* DRAIN */
	const char *consent;    /* CONSENT_…, WITHDRAWN: name of the kind */
	const char *sub;     /* WITHDRAWN: whose it was; with room, if it was for that room only */
	const char *version; /* CONSENT_SHOWN, CONSENT_DECIDE */
	gboolean guardian;   /* CONSENT_DECIDE: it is the guardian who answers */
	/* CONSENT: one for each rule, as of the turn that thp_area_consent() said then */
	const thp_consent_standing *standings;
	guint32 turn;
	guint32 number;             /* RECORDING_FAILED */
	const thp_details *details; /* CONSENT: said with the answer; NULL if it was only asked */
	guint rule;                 /* CONSENT, with details: which was answered */
	thp_network_word network;   /* NETWORK */
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
	THP_FX_DRAIN,    /* tell who whether sessions may begin: flag: not any more */
	THP_FX_KEYS,     /* tell who keys */
	THP_FX_CLOCK,    /* tell who thp_area_time() */
	THP_FX_CUE,      /* tell who cue, at left_us before the limit; flag = everybody is told */
	THP_FX_SILENCE,  /* nothing flows from who any more: before any later effect */
	THP_FX_ROUTE,    /* put thp_area_route() of who in force: before any later effect */
	THP_FX_KEYFRAME, /* ask who for a key frame */
	THP_FX_PAIRS,    /* offer who thp_area_pairs() pairs */
	THP_FX_CONSENT,  /* tell who thp_area_consent() */
	THP_FX_CONSENT_READ, /* ask the ledger how who stands */
	THP_FX_RECORD, /* put thp_area_recording() of room in force; about nobody; flag: somebody is recorded */
	THP_FX_RECORDING, /* tell who thp_area_recording() of room */
	THP_FX_CLOSE, /* close the connections of link: its person is gone or has another link */
} thp_effect_kind;

/** What is said once about time. */
typedef enum thp_cue {
	THP_CUE_TIME,    /* so much is left */
	THP_CUE_OVER,    /* the limit is reached */
	THP_CUE_RESUMED, /* the pause was as long as it may be: the clock runs again */
	THP_CUE_NO_SHOW, /* nobody has come whom one could wait for */
	THP_N_CUES
} thp_cue;

/** The name of @cue as on the wire ("time"). Static string. */
const char *thp_cue_name(thp_cue cue);

typedef struct thp_effect {
	thp_effect_kind kind;
	char who[THP_WHO_LEN + 1];
	guint64 link; /* of who, when the effect arose */
	thp_state state;
	thp_reason reason;
	gboolean flag;
	char room[THP_ID_MAX + 1];
	thp_cue cue;
	gint64 left_us;
	char *text;            /* owned; may be NULL */
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
