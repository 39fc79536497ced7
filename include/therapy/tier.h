/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file tier.h
 * A tier is a named set of limits for what one person receives; a ladder is all of them, cheapest
 * first. The thresholds and timers by which people move on the ladder are here as well.
 *
 * Plain values and two tables that say what each may be. Constant once loaded; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THP_TIERS_MAX     8
#define THP_TIER_NAME_MAX 15
#define THP_LAYERS_MAX    3 /* simulcast encodings of one camera */
#define THP_NO_LAYER      (-1)

/** Redundant audio (RFC 2198, one former frame in each packet). */
typedef enum thp_red {
	THP_RED_OFF,
	THP_RED_ON,
	THP_RED_AUTO, /* on while packets are lost for another reason than too much traffic */
} thp_red;

typedef struct thp_tier {
	char name[THP_TIER_NAME_MAX + 1]; /* a-z, 0-9 and _ */
	uint32_t video_height_px;         /* of a 16:9 picture; 0: no video */
	uint32_t video_fps;
	uint32_t video_kbps; /* of the encoder */
	uint32_t audio_kbps; /* of the encoder */
	uint32_t ptime_ms;   /* speech in one packet */
	bool fec;            /* Opus in-band error correction */
	bool dtx;            /* no packets in silence; shows who speaks */
	thp_red red;
	bool nack; /* lost video packets are sent again, where the browser lets the page choose */
} thp_tier;

typedef struct thp_ladder {
	uint32_t n;     /* tiers in use, at least 1 */
	uint32_t start; /* where a connection begins about which nothing is known */
	thp_tier tiers[THP_TIERS_MAX];
} thp_ladder;

/* X(name, lowest, highest, default, one line): thresholds and timers, all of them uint32_t. */
#define THP_TUNING_TABLE(X)                                                                        \
	/* a link is overloaded */                                                                 \
	X(loss_soft_permille, 5, 500, 50, "loss that lowers the tier after 1 s")                   \
	X(loss_hard_permille, 10, 900, 100, "loss that lowers the tier at once")                   \
	X(queue_soft_ms, 20, 2000, 180, "added delay that lowers the tier after 1 s")              \
	X(queue_hard_ms, 40, 5000, 350, "added delay that lowers the tier at once")                \
	X(queue_proof_ms, 10, 1000, 60, "added delay that makes a falling estimate believed")      \
	X(concealed_hard_permille, 10, 500, 60, "concealed speech that lowers the tier at once")   \
	X(settle_ms, 200, 10000, 1200, "time for a queue to drain before the next step down")      \
	/* a link is dead for the moment */                                                        \
	X(gate_ms, 300, 5000, 900, "silence of the receiver after which video stops")              \
	X(reopen_ms, 50, 5000, 300, "feedback after which video goes on")                          \
	X(outage_ms, 1000, 30000, 3000, "silence after which video comes back smaller")            \
	/* a link can bear more */                                                                 \
	X(loss_clean_permille, 1, 200, 25, "loss up to which a link is clean")                     \
	X(queue_clean_ms, 10, 1000, 90, "added delay up to which a link is clean")                 \
	X(clean_ms, 500, 60000, 3000, "clean time before a step up is tried")                      \
	X(hold_ms, 1000, 300000, 4000, "time on a tier before a step up is tried")                 \
	X(hold_max_ms, 1000, 600000, 20000, "the same at most, doubled with each failure")         \
	X(probe_ms, 500, 20000, 3600, "padding sent before a step up")                             \
	X(probe_percent, 100, 300, 130, "padding, as a share of the step")                         \
	X(trial_ms, 1000, 60000, 10000, "time in which a step up can still fail")                  \
	X(flap_ups, 1, 20, 3,                                                                      \
	  "steps up within flap_window_ms, the last one failed, that are enough")                  \
	X(flap_window_ms, 10000, 1800000, 180000, "see flap_ups")                                  \
	X(flap_rest_ms, 1000, 1800000, 60000, "time without a step up after that")                 \
	/* a link that swings */                                                                   \
	X(ahead_ms, 0, 300, 80,                                                                    \
	  "speech that the receiver holds back while its pictures are large")                      \
	X(buffer_ms, 0, 500, 250,                                                                  \
	  "speech that the receiver holds back for 2 min after a gap, or a swing")                 \
	/* what the network loses anyway */                                                        \
	X(red_loss_permille, 5, 500, 8, "loss from which RED is on, where a tier says auto")       \
	X(lossy_low_permille, 20, 500, 100,                                                        \
	  "such loss from which the lowest video tier is the highest")                             \
	/* a camera's own link */                                                                  \
	X(uplink_loss_permille, 10, 500, 80, "loss on the way in that lowers what is sent")        \
	X(uplink_rtt_ms, 50, 5000, 200, "added round trip that lowers what is sent")               \
	X(uplink_up_ms, 1000, 60000, 5000, "time with room to spare before more is asked for")     \
	/* several people */                                                                       \
	X(layer_hold_ms, 500, 30000, 5000,                                                         \
	  "time for which a budget has to hold for a larger picture")

typedef struct thp_tuning {
#define THP_TUNING_FIELD(name, min, max, def, doc) uint32_t name;
	THP_TUNING_TABLE(THP_TUNING_FIELD)
#undef THP_TUNING_FIELD
} thp_tuning;

typedef enum thp_tier_type {
	THP_TIER_NUMBER,
	THP_TIER_SWITCH,
	THP_TIER_RED,
	THP_TIER_POLICY, /* thp_network_policy, see network.h */
} thp_tier_type;

/** One value of a tier, of the tuning (always THP_TIER_NUMBER there), or of the network test. */
typedef struct thp_tier_key {
	const char *key;
	size_t offset; /* in its struct; a uint32_t, a bool, or an enum as its type says */
	thp_tier_type type;
	uint32_t min, max;
	uint32_t number; /* default; of a tier, of its last resort */
	const char *doc; /* one line */
} thp_tier_key;

/** The values of a tier, but for its name; @n is set to their number. Static. */
const thp_tier_key *thp_tier_keys(size_t *n);

/** The thresholds and timers; @n is set to their number. Static. */
const thp_tier_key *thp_tier_tuning_keys(size_t *n);

/** Fills @ladder with the default tiers, from audio_min to high. */
void thp_tier_ladder_default(thp_ladder *ladder);

/** Fills @tuning with the defaults of the table. */
void thp_tier_tuning_default(thp_tuning *tuning);

/**
 * NULL if every value is in its range and the tiers rise; otherwise the key to blame, a static
 * string, and *@tier is the index of the tier it is in (THP_TIERS_MAX: the ladder or the tuning).
 */
const char *thp_tier_fault(const thp_ladder *ladder, const thp_tuning *tuning, uint32_t *tier);

/** The index of the tier called @name; THP_TIERS_MAX if there is none. */
uint32_t thp_tier_find(const thp_ladder *ladder, const char *name);

/** From how many permille of loss on RED is worth it on tier @t: where no picture can make room, half as many again. */
uint32_t thp_tier_red_permille(const thp_ladder *ladder, const thp_tuning *tuning, uint32_t t);

/** kbit/s on the wire one way, with IP, UDP, RTP, SRTP and SFrame: the speech of one person. */
uint32_t thp_tier_audio_wire_kbps(const thp_tier *tier, bool red);

/** The same of one camera at @video_kbps of the encoder. */
uint32_t thp_tier_video_wire_kbps(uint32_t video_kbps);

/**
 * An encoder's rate of each of @n pictures (at least 1) that one person gets on tier @t: together they are one
 * at the tier's own rate and the others at that of the tier below. 0 if the tier has no video.
 */
uint32_t thp_tier_share_kbps(const thp_ladder *ladder, uint32_t t, uint32_t n);

/** The lowest tier with video; @ladder->n if there is none. */
uint32_t thp_tier_first_video(const thp_ladder *ladder);
