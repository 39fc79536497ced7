/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file media.h
 * The way of a packet, and the routes that workers put in its way.
 *
 * A route is immutable but for the worker that replaces it. Replacing takes the publisher's lock, so when
 * thp_route_set() returns, no packet travels by the former route any more; nor do pictures that waited there, unless
 * the hop goes on.
 */
#pragma once

#include "session.h"

typedef struct thp_hop {
	thp_session *receiver; /* owned */
	guint slot;
	guint64 source_ids[2]; /* of the audio and of the video m-line; grows at each assignment */
	thp_pacing *pacing;    /* owned; pictures that wait; NULL where none flow */
} thp_hop;

struct thp_route {
	gboolean flows[2]; /* audio, video */
	guint n_hops;
	thp_hop hops[THP_PAIRS_MAX];
};

/** Frees a route that is in force nowhere. NULL is allowed. */
void thp_route_free(thp_route *route);

/**
 * Puts what @plan says in force for @publisher, and tells the receivers whom to ask for key frames.
 * Worker of both. Hops whose receiver handle is gone are left out.
 */
void thp_route_set(thp_session *publisher, const thp_route_plan *plan);

/** In which layers the camera of @publisher comes. Worker. */
void thp_media_agree(thp_session *publisher, const thp_simulcast *agreed);

/**
 * From now on what @publisher sends to others is put on these tracks too (references are taken), or on none (NULL).
 * When it returns, no packet goes to the former ones any more. Worker.
 */
void thp_media_record(thp_session *publisher, thp_track *audio, thp_track *video);

/**
 * Nothing goes to or from @person any more, until held_back is taken off them and routes are set anew: for what
 * cannot wait until the area takes an event. Worker of all concerned.
 */
void thp_route_hold_back(thp_session *person);

/** One packet of @publisher. Its media thread. */
void thp_media_rtp(thp_session *publisher, janus_plugin_rtp *packet);

/** Relays what pictures of @publisher wait and are due: for when no packet comes that would see to it. W, no lock held. */
void thp_media_release(thp_session *publisher);

/** Feedback of @receiver: a wish for a key frame goes to whom it concerns. Its media thread. */
void thp_media_rtcp(thp_session *receiver, janus_plugin_rtcp *packet);

/**
 * Asks @publisher for a key frame; at most one in conf.keyframe_ms unless @at_once: what comes
 * sooner is asked for later. No lock held.
 */
void thp_media_keyframe(thp_session *publisher, gboolean at_once);
