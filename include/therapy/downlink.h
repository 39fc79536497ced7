/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file downlink.h
 * What the link to one receiver bears: signals in, tier and budget out, ten times a second.
 *
 * Speech is never stopped here; there is no output that could.
 */
#pragma once

#include <therapy/controller.h>

#define THP_FEEDS_MAX 7                   /* others whom one person can receive */
#define THP_LINES_MAX (2 * THP_FEEDS_MAX) /* m-lines of a receiver: audio even, video odd */
#define THP_RUNGS_MAX (2 * THP_TIERS_MAX)

/** One report block of an RTCP RR (RFC 3550 §6.4.2). */
typedef struct thp_rr {
	uint32_t highest_seq; /* extended */
	int32_t lost;         /* cumulative; can fall, for duplicates */
	int32_t rtt_ms;       /* now - LSR - DLSR; -1 if the receiver has seen no SR */
} thp_rr;

/** What the receiver's page saw since its last report. Counts are differences; -1: not known. */
typedef struct thp_receiver_report {
	uint32_t span_ms; /* since the last report; 0 makes the report a mere sign of life */
	int32_t audio_samples;
	int32_t concealed_samples; /* without those concealed in silence */
	int32_t audio_packets;     /* received */
	int32_t audio_lost;        /* net of late arrivals */
	int32_t video_bytes;       /* received */
	int32_t frames;            /* decoded, of all videos */
	int32_t freeze_ms;
	int32_t rtt_ms;
	int32_t quiet_ms; /* since the newest packet of any kind arrived */
} thp_receiver_report;

/** All that was handed to the link since it came up; sizes are of RTP packets, without UDP and IP. */
typedef struct thp_sent {
	uint64_t audio_bytes, video_bytes, padding_bytes; /* video without padding */
	uint32_t audio_packets, video_packets, padding_packets;
} thp_sent;

/** What holds from now on. */
typedef struct thp_downlink_decision {
	uint32_t tier;       /* index in the ladder */
	bool video;          /* false: relay no packet of video to this receiver from this moment */
	bool gated;          /* video is stopped for silence only; the tier stays what it was */
	bool red;            /* RED does this receiver good */
	bool changed;        /* tier, video or gated are not what they were at the last tick */
	bool keyframe;       /* ask for a key frame: video has just been opened or enlarged */
	thp_why why;         /* of the last change */
	uint32_t video_kbps; /* an encoder's rate for all videos to this receiver together */
	uint32_t budget_kbps;             /* all that may be sent: speech and video */
	uint32_t padding_kbps;            /* padding to send on a video m-line now; 0: none */
	uint32_t queue_ms, loss_permille; /* as seen now, for people to look at */
} thp_downlink_decision;

typedef struct thp_line_state {
	bool known;
	uint32_t highest_seq;
	int32_t lost;
} thp_line_state;

#define THP_DOWNLINK_SLOTS 64 /* a ring of the last 6.4 s */

/** Sums of one tenth of a second. */
typedef struct thp_downlink_slot {
	uint32_t lost, expected; /* of all lines */
	uint32_t audio_lost, audio_expected;
	uint32_t concealed, samples;
	uint32_t sent_bytes; /* with IP and UDP */
	uint32_t budget_kbps;
} thp_downlink_slot;

/** State of one receiver; only the functions below know what it means. */
typedef struct thp_downlink {
	const thp_ladder *ladder;
	const thp_tuning *tuning;
	thp_downlink_decision decision;
	thp_counters counters; /* anybody may read; see controller.h */
	thp_tier_range range;
	uint32_t audios, videos;
	thp_line_state lines[THP_LINES_MAX];
	thp_downlink_slot slots[THP_DOWNLINK_SLOTS];
	uint32_t slot;
	int64_t slot_us;
	thp_sent sent;
	int64_t ticked_us;
} thp_downlink;

/**
 * Starts anew at tier @start (a network test's, or ladder->start). @ladder and @tuning are borrowed
 * until thp_downlink_reload() gives others.
 */
void thp_downlink_init(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning,
		       uint32_t start, int64_t now_us);

/** Puts other tiers and thresholds in force; the tier becomes the nearest one that costs no more. */
void thp_downlink_reload(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning);

/** Says whom this receiver gets: @audios who speak, @videos with a camera on. 0 to THP_FEEDS_MAX. */
void thp_downlink_feeds(thp_downlink *link, uint32_t audios, uint32_t videos);

/** Says between which tiers the decision may move. Obeyed at the next tick. */
void thp_downlink_limit(thp_downlink *link, const thp_tier_range *range);

/** One report block of m-line @line (0 to THP_LINES_MAX - 1). Also a sign of life. */
void thp_downlink_on_rr(thp_downlink *link, uint32_t line, const thp_rr *rr, int64_t now_us);

/** A REMB of the receiver. Also a sign of life. */
void thp_downlink_on_remb(thp_downlink *link, uint64_t bps, int64_t now_us);

/** A report of the receiver's page. Also a sign of life. */
void thp_downlink_on_report(thp_downlink *link, const thp_receiver_report *report, int64_t now_us);

/** Anything else the receiver sent over this link: it lives. */
void thp_downlink_on_alive(thp_downlink *link, int64_t now_us);

/**
 * Decides. Call about every 100 ms; @sent are totals as of now. Returns the decision, valid until
 * the next tick.
 */
const thp_downlink_decision *thp_downlink_tick(thp_downlink *link, const thp_sent *sent,
					       int64_t now_us);
