/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file session.h
 * One Janus handle: a newcomer, then either a participant or its receiver.
 *
 * Counted: each holder has a reference. Members marked W belong to the handle's present worker, those
 * marked ICE to the handle's own media thread (or whoever holds the lock named).
 */
#pragma once

#include <stdatomic.h>

#include <therapy/layer.h>
#include <therapy/network.h>
#include <therapy/request.h>
#include <therapy/rtp.h>
#include <therapy/sdp.h>
#include <therapy/secret.h>

#include "gateway.h"
#include "lock.h"
#include "meter.h"

typedef enum thp_kind { THP_NEW, THP_PARTICIPANT, THP_RECEIVER } thp_kind;

typedef struct thp_route thp_route;
typedef struct thp_track thp_track;
typedef struct thp_pacing thp_pacing;
typedef struct thp_session thp_session;
typedef struct thp_seat thp_seat;
typedef struct thp_adapt_room thp_adapt_room;
typedef struct thp_network_test thp_network_test;

/** What a participant handle sends. */
typedef struct thp_publisher {
	thp_locked lock;
	thp_route *route;     /* LOCK: lock; NULL: nowhere to send */
	thp_track *tracks[2]; /* LOCK: lock; owned; what audio and video are recorded on, or NULL */
	thp_layers layers;    /* LOCK: lock */
	thp_layer_view
		recorded; /* LOCK: lock; of a camera with layers, which one goes on the track, */
	thp_rtp_continuity recorded_line; /* and as what */
	atomic_int recorded_layer;        /* W writes: the highest that is asked for */
	atomic_int video_mindex;          /* m-line of the camera, -1 for none */
	atomic_int red_type;              /* the payload type of its RED, -1 for none */
	atomic_llong keyframe_us;         /* when a key frame was last asked for, monotonic */
	atomic_bool keyframe_due;         /* another was wanted too soon after it */
	atomic_ullong relayed, dropped;
	thp_meter_in meter[THP_METERS_IN]; /* audio, and the layers of video */
} thp_publisher;

/** Whether the picture of one pair goes on to the receiver, and what else goes with it. */
typedef struct thp_gate {
	atomic_bool closed;       /* W writes: no picture goes through */
	atomic_bool waits;        /* open again, but the picture needs a key frame to go on with */
	atomic_int layer;         /* W writes: which of the camera's layers is wanted, */
	atomic_int shown;         /* and which one passes */
	gint64 asked_us;          /* W: when a key frame was last asked for, to change to it, */
	guint asks;               /* W: and how often */
	atomic_bool hold;         /* W writes: what comes is kept for a moment, whatever the rate */
	atomic_uint paced_kbps;   /* W writes: the rate of the picture, on the wire; 0: unpaced */
	atomic_uint padding_kbps; /* W writes: padding to add */
	gint64 padded_us;         /* as lines: up to when padding has been added; 0: not at all */
	gboolean mid_frame;       /* as lines: the newest packet was not the last of its picture */
	thp_layer_view view;      /* as lines */
} thp_gate;

/** What a receiver handle is sent. */
typedef struct thp_subscriber {
	thp_locked lock;
	thp_session
		*feeds[THP_SDP_PAIRS_MAX]; /* LOCK: lock; owned: whose media each pair carries */
	guint64 source_ids;                /* W: numbers the assignments of all m-lines */
	/* Written under the lock of the publisher that has the m-line; the worker hands it from one
	 * publisher to the next by taking both locks in turn. */
	thp_rtp_continuity lines[THP_SDP_RECEIVE_MAX];
	thp_gate gates[THP_SDP_PAIRS_MAX];
	thp_meter_out meter;
	thp_meter_heard heard; /* LOCK: lock */
	gboolean hears_red;    /* W: on each m-line of speech */
} thp_subscriber;

struct thp_session {
	atomic_int refs;
	janus_plugin_session *handle; /* const; we hold a reference */
	guint64 link;                 /* const; unique for the life of the plugin */
	atomic_bool gone;             /* Janus has let go of the handle */
	atomic_int home;              /* index of the worker its jobs belong to */
	atomic_int queued;            /* its jobs in queues */
	atomic_int kind;              /* thp_kind, written by W */
	atomic_int state; /* thp_state for query_session, -1 before joining, written by W */

	guint8 nonce[THP_NONCE_BYTES]; /* W */
	gboolean has_nonce;            /* W */
	guint64 seq;                   /* W: highest handled */
	gdouble tokens;                /* W: of the rate limit's bucket */
	gint64 tokens_us;              /* W */
	guint misplaced_jseps;         /* W */

	char area[THP_ID_MAX + 1];         /* W: empty before joining */
	char who[THP_WHO_LEN + 1];         /* W: participant id, empty before joining */
	char ticket_digest[65];            /* W: participant: under which the ticket is known */
	thp_session *partner;              /* W: owned; the other handle of the person */
	guint pairs_offered, pairs_wanted; /* W: receiver */
	guint64 sdp_version;               /* W: receiver */
	gboolean answer_due;               /* W: receiver: an offer is out */
	gboolean is_e2ee;                  /* W: the page's claim */
	gboolean is_therapist;             /* W */
	gboolean voice_only;               /* W: the person wants no picture */
	char view[THP_WHO_LEN + 1];        /* W: whose picture they want large; may be empty */
	gboolean media_up;                 /* W: the connection stands */
	thp_seat *seat;                    /* W: borrowed; in a room */
	thp_network_test *test;            /* W: borrowed; of the person's link, while it is made */
	gboolean tested[2];                /* W: down, up: begun, or made */
	thp_network_way ways[2];           /* W: down, up: what was found */
	gdouble report_tokens;             /* W: as tokens, for reports */
	gint64 report_tokens_us;           /* W */
	char *waits;        /* W: owned; transaction of a withdrawal that is being written */
	gint64 waits_us;    /* W: since when */
	gboolean held_back; /* W: nothing goes to or from them, whatever the area says */

	thp_publisher publisher;
	thp_subscriber subscriber;
};

/** Makes the session of @handle and takes a reference on it for us. */
thp_session *thp_session_new(janus_plugin_session *handle);

/** Takes one more reference; NULL is allowed. */
thp_session *thp_session_ref(thp_session *session);

/** Gives a reference back; the last one frees. NULL is allowed. */
void thp_session_unref(thp_session *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_session, thp_session_unref)

/** Pushes @event (taken) as an answer to @transaction (NULL: unasked), with @jsep (taken, or NULL). */
void thp_session_push(thp_session *session, const char *transaction, json_t *event, json_t *jsep);

/** Takes one request off the rate limit's bucket; FALSE if it is empty. W. */
gboolean thp_session_may_ask(thp_session *session, gint64 now_us);

/** The same for a report, of which there may be five a second. W. */
gboolean thp_session_may_report(thp_session *session, gint64 now_us);
