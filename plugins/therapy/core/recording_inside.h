/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file recording_inside.h
 * The recording of a room, inside an area. Private to core/, like inside.h, which includes it.
 */
#pragma once

#include "consent_inside.h"

/* Of a room. */
typedef struct recording {
	thp_recording_state state;
	thp_recording_reason reason; /* of STOPPED */
	gboolean video;
	guint32 number;
	gint64 asked_us, begun_us; /* when a therapist asked; when it was first on; 0: not yet */
	guint32 shell_mark;        /* what THP_FX_RECORD has said last */
	guint64 shell_crowd;
} recording;

/* Of somebody in it. */
typedef struct recording_seat {
	gboolean agrees;   /* a therapist: has asked for it */
	guint32 told;      /* what they know of it; 0: nothing */
	guint64 told_link; /* and on which link */
} recording_seat;

/* recording.c */
thp_err recording_request(thp_area *area, participant *p, const thp_event *event);
thp_err recording_failed(thp_area *area, const thp_event *event);
void recording_end(thp_area *area, room *r);            /* somebody was sent out of the room */
void recording_settle(thp_area *area, thp_effects *fx); /* after every event */
gint64 recording_deadline_us(const thp_area *area);
gboolean recording_may_be_on(const thp_area *area, const room *r);

/* effect.c: what only recording.c asks of it */
thp_effect *effect_add_room(thp_effects *fx, thp_effect_kind kind, const room *r);
