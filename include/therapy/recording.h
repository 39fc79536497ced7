/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file recording.h
 * How a room's recording stands, as the core decides it, and what of it is recorded.
 *
 * Nothing is recorded while anybody with a seat in the room has not agreed. Plain data.
 */
#pragma once

#include <therapy/invitation.h>

#define THP_RECORDING_AUDIO "recording-audio" /* the kinds of consent that it needs */
#define THP_RECORDING_VIDEO "recording-video"

#define THP_RECORDING_KEY_BYTES    32 /* the organisation's public key, of X25519 */
#define THP_RECORDING_SEALED_BYTES 93 /* one epoch's key, sealed to it: see recording_key.h */

typedef enum thp_recording_state {
	THP_RECORDING_IDLE,    /* nobody has asked for it in this room */
	THP_RECORDING_WAITING, /* until everybody has agreed */
	THP_RECORDING_ON,
	THP_RECORDING_PAUSED, /* somebody has come who has not agreed, or no therapist is there */
	THP_RECORDING_STOPPED,
	THP_N_RECORDING_STATES
} thp_recording_state;

/** Why it is STOPPED. */
typedef enum thp_recording_reason {
	THP_RECORDING_BY_NONE,
	THP_RECORDING_BY_SOMEBODY, /* one of the people in the room */
	THP_RECORDING_BY_REFUSAL,  /* somebody does not agree, or not any more */
	THP_RECORDING_BY_SILENCE,  /* somebody has not answered */
	THP_RECORDING_BY_TIME,     /* it was as long as it may be */
	THP_RECORDING_BY_END,      /* the session is over */
	THP_RECORDING_BY_DISK,     /* it could not be written */
	THP_N_RECORDING_REASONS
} thp_recording_reason;

/** What holds for the recordings of an area. */
typedef struct thp_recording_rules {
	gint64 max_us;      /* longest recording; 0: nothing is ever recorded */
	guint audio, video; /* which of the consent rules are the two kinds */
} thp_recording_rules;

/** How the recording of a room stands. Strings are borrowed until the next event of the area. */
typedef struct thp_recording {
	thp_recording_state state;
	thp_recording_reason reason;
	gboolean video;
	guint32 number; /* of the recording in its room, from 1 */
	gint64 left_us; /* until it stops by itself; 0 unless ON or PAUSED */
	guint n;
	/** Whose media are recorded now: nobody's unless ON. */
	struct {
		guint64 link;
		const char *who;
		thp_role role;
	} tracks[THP_SEATS_MAX];
	guint n_asked;
	const char *asked
		[THP_SEATS_MAX]; /* pseudonyms of whose agreement it needs; nobody's unless ON */
} thp_recording;

/** The name of @state as on the wire ("on"). Static string. */
const char *thp_recording_state_name(thp_recording_state state);

/** The name of @reason as on the wire ("refused"); NULL for none. Static string. */
const char *thp_recording_reason_name(thp_recording_reason reason);
