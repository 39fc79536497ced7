/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file allot.h
 * Who gets what, and who sends what, in one room: from every link's decision to what is done.
 *
 * Two people: one encoding, and the sender is capped to what its only receiver can take. More: a camera
 * has one size for all, that of who can take most, or simulcast layers where it can send them; each receiver
 * takes what its own budget allows, the therapist first, then whom they look at; what nobody takes is switched
 * off. A weak receiver changes nobody else's picture.
 */
#pragma once

#include <therapy/downlink.h>
#include <therapy/uplink.h>

#define THP_CROWD_MAX (THP_FEEDS_MAX + 1) /* people in one room */

#define THP_NO_VIEW THP_CROWD_MAX

/** One person of the room. Their index must stay the same while they are in it. */
typedef struct thp_allot_person {
	bool present;         /* false: the place is free, the rest is not read */
	bool first;           /* the therapist: served before the others */
	bool audio, video;    /* sends it, wants to and is able to */
	bool red_out, red_in; /* can send RED, can hear it */
	bool simulcast;       /* can send several encodings of its camera */
	uint32_t view; /* whose picture this one wants first after the therapist's; THP_NO_VIEW */
	const thp_downlink_decision *down; /* NULL: receives nothing */
	const thp_uplink_decision *up;     /* NULL: sends nothing */
} thp_allot_person;

/** One encoding of a camera. */
typedef struct thp_encoding {
	bool active;
	uint32_t height_px, fps, kbps; /* at most */
} thp_encoding;

/** What one person's page is told to send. It may send less, never more. */
typedef struct thp_directive {
	uint32_t tier;        /* the ladder's tier that it is nearest to */
	bool camera_paused;   /* no encoding is active, and that is not the person's own doing */
	uint32_t n_encodings; /* 1, or THP_LAYERS_MAX at most; lowest first */
	thp_encoding encodings[THP_LAYERS_MAX];
	uint32_t audio_kbps, ptime_ms;
	bool fec, dtx, red;
	uint32_t remb_kbps; /* for a REMB to this sender: video of all encodings, on the wire */
	thp_why why;
} thp_directive;

/** What is done in the room from now on. */
typedef struct thp_allotment {
	thp_directive send[THP_CROWD_MAX];
	/* which encoding of [the second] goes to [the first]; THP_NO_LAYER: none */
	int8_t layer[THP_CROWD_MAX][THP_CROWD_MAX];
	/* set where the layer has just changed: the picture needs a key frame to change with it */
	bool switched[THP_CROWD_MAX][THP_CROWD_MAX];
	uint32_t down_kbps[THP_CROWD_MAX]; /* video to this receiver, for its pacer; on the wire */
	/* among several people: what the picture that is served first takes; 0: there is none */
	uint32_t first_kbps[THP_CROWD_MAX];
	uint32_t sent_changed; /* bit per person: their directive is a new one */
} thp_allotment;

/** State of one room; only the functions below know what it means. */
typedef struct thp_allot {
	const thp_ladder *ladder;
	const thp_tuning *tuning;
	thp_allotment now;
	int64_t least_us[THP_CROWD_MAX]; /* since when a receiver's budget is no less than that */
	uint32_t least_kbps[THP_CROWD_MAX];
	int64_t raised_us[THP_CROWD_MAX]; /* when a sender was last told to send more */
	int64_t red_us[THP_CROWD_MAX];    /* when somebody last needed RED of a sender; 0: never */
	int64_t taken_us[THP_CROWD_MAX][THP_LAYERS_MAX]; /* when somebody last took a layer */
} thp_allot;

/** Starts anew, for an empty room. @ladder and @tuning are borrowed as by thp_downlink_init(). */
void thp_allot_init(thp_allot *allot, const thp_ladder *ladder, const thp_tuning *tuning);

/** Puts other tiers and thresholds in force. */
void thp_allot_reload(thp_allot *allot, const thp_ladder *ladder, const thp_tuning *tuning);

/**
 * Decides for the whole room; call it after the ticks of its links. Returns what is done from now
 * on, valid until the next call.
 */
const thp_allotment *thp_allot_tick(thp_allot *allot, const thp_allot_person people[THP_CROWD_MAX],
				    int64_t now_us);
