/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file downlink.h
 * What the link to one receiver bears: signals in, tier and budget out, ten times a second.
 *
 * Speech is never stopped here; there is no output that could.
 */
#pragma once

#include <therapy/controller.h>
#include <therapy/playout.h>
#include <therapy/signals.h>

#define THP_FLAPS_MAX 20 /* steps up that are remembered */

/** What holds from now on. */
typedef struct thp_downlink_decision {
	uint32_t tier; /* index in the ladder */
	bool video;    /* false: relay no packet of video to this receiver from this moment */
	bool gated;    /* video is stopped for silence only; the tier stays what it was */
	bool hold;    /* pictures wait a moment: speech comes late, or the receiver's has stopped */
	bool red;     /* RED does this receiver good */
	bool changed; /* tier, video or gated are not what they were at the last tick */
	bool keyframe;        /* ask for a key frame: video has just been opened or enlarged */
	thp_why why;          /* of the last change */
	uint32_t video_kbps;  /* an encoder's rate for all videos to this receiver together */
	uint32_t budget_kbps; /* all that may be sent: speech and video */
	uint32_t buffer_ms;   /* of speech that the receiver's jitter buffer should hold at least */
	uint32_t padding_kbps;            /* padding to send on a video m-line now; 0: none */
	uint32_t queue_ms, loss_permille; /* as seen now, for people to look at */
} thp_downlink_decision;

/** Whom a receiver gets. */
typedef struct thp_feeds {
	uint32_t audios, videos; /* who speak, who have a camera on: 0 to THP_FEEDS_MAX */
	uint32_t others; /* in the room; with 2 and more no camera follows this link alone */
	uint32_t
		first_kbps; /* then the encoder's rate of the picture that is served first; 0: none */
} thp_feeds;

typedef enum thp_downlink_phase {
	THP_DOWNLINK_STEADY,
	THP_DOWNLINK_DRAIN, /* video is stopped until a queue has gone */
	THP_DOWNLINK_GATED, /* video is stopped until the receiver is heard again */
	THP_DOWNLINK_PROBE,
} thp_downlink_phase;

/** State of one receiver; only the functions below know what it means. */
typedef struct thp_downlink {
	const thp_ladder *ladder;
	const thp_tuning *tuning;
	thp_downlink_decision decision;
	thp_counters counters; /* anybody may read; see controller.h */
	thp_tier_range range;
	thp_feeds feeds;
	uint32_t borne_kbps; /* before two people became more */
	thp_downlink_sense sense;
	thp_downlink_phase phase;
	int64_t phase_us, until_us; /* since when, until when */
	int64_t heard_us;           /* gated: since when it is heard again; 0: it is not */
	bool blind;       /* gated for want of words, which stand in the other way's queue */
	uint32_t told_ms; /* gated: the longest queue that words told of since */
	int64_t ticked_us;
	uint32_t ticks;
	uint32_t tier;
	uint32_t kbps; /* of the video encoder */
	int64_t begun_us, tier_us, grown_us, opened_us;
	int64_t cut_us, settled_us;      /* no cut before; when the last one has had its effect */
	uint32_t uncut_tier, uncut_kbps; /* what was before the last cut, and when that was */
	int64_t uncut_us;
	uint32_t burst_kbps; /* the most of pictures that has arrived in one report since */
	bool was_video, was_gated;
	uint32_t was_tier;
	int64_t soft_us, dirty_us; /* since when signs are bad; when they last were not clean */
	int64_t unheard_us;        /* when the page's reports were last missed; 0: they come */
	int64_t amnesty_us;        /* until then losses are an outage's */
	int64_t filled_us; /* since when speech has come late, by every word; 0: it does not */
	/* a step up */
	uint32_t former; /* the tier before it, while on trial */
	int64_t trial_until_us;
	int64_t probed_us; /* when the last one ended */
	uint32_t probe_queue_ms, probe_remb_kbps;
	int64_t hold_us[THP_TIERS_MAX], barred_us[THP_TIERS_MAX];
	int64_t ups_us[THP_FLAPS_MAX];
	uint32_t n_ups;
	/* a link that swings: what it bears without a word lost, and when it last did not */
	uint32_t lid_kbps;
	int64_t lid_us;
	thp_playout playout;
	uint32_t swings; /* of late, as far as they make a difference */
	int64_t swing_us;
	bool was_late;
	/* losses that are not ours */
	uint32_t base_permille, base_x256;
	uint32_t before_permille, before_kbps;
	uint32_t before_tier; /* one above the present, to go back to; 0: none */
	uint64_t before_lost, before_expected;
	int64_t experiment_us; /* since when; 0: none */
	int64_t spared_us;     /* when there last were none to speak of, or a queue beside them */
} thp_downlink;

/**
 * Starts anew at tier @start (a network test's, or ladder->start). @ladder and @tuning are borrowed
 * until thp_downlink_reload() gives others.
 */
void thp_downlink_init(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning,
		       uint32_t start, int64_t now_us);

/**
 * Right after thp_downlink_init(): for how long speech has come well from this person, and whether its way was too narrow
 * of late, as while they waited. If so, the one to them swings as well, most likely: it begins on the second tier with a
 * picture at most, and stays there for a while.
 */
void thp_downlink_waited(thp_downlink *link, int64_t for_us, bool swung);

/** Puts other tiers and thresholds in force; the tier becomes the nearest one that costs no more. */
void thp_downlink_reload(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning);

/**
 * Says whom this receiver gets from now on. The tier stays if what it costs now may be expected to fit, and
 * otherwise is the one below: when two people become more and it was not filled, or when the first picture has
 * grown beyond what the link has borne.
 */
void thp_downlink_feeds(thp_downlink *link, const thp_feeds *feeds, int64_t now_us);

/** Says between which tiers the decision may move. Obeyed at the next tick. */
void thp_downlink_limit(thp_downlink *link, const thp_tier_range *range);

/** One report block of m-line @line (0 to THP_LINES_MAX - 1). Also a sign of life. */
void thp_downlink_on_rr(thp_downlink *link, uint32_t line, const thp_rr *rr, int64_t now_us);

/** A REMB of the receiver. Also a sign of life. */
void thp_downlink_on_remb(thp_downlink *link, uint64_t bps, int64_t now_us);

/** A report of the receiver's page. Also a sign of life. */
void thp_downlink_on_report(thp_downlink *link, const thp_receiver_report *report, int64_t now_us);

/** How late speech comes to the receiver, by its page, between two reports; 0: in time. Also a sign of life. */
void thp_downlink_on_late(thp_downlink *link, int32_t late_ms, int64_t now_us);

/**
 * What comes from the receiver. How long it waits on that way makes round trips longer, and is not this link's; and
 * when their speech stops, this link has probably stopped as well. Before what is heard of the same tick.
 */
void thp_downlink_other_way(thp_downlink *link, const thp_received *received);

/** Anything else the receiver sent over this link: it lives. */
void thp_downlink_on_alive(thp_downlink *link, int64_t now_us);

/**
 * Decides. Call about every 100 ms; @sent are totals as of now. Returns the decision, valid until
 * the next tick.
 */
const thp_downlink_decision *thp_downlink_tick(thp_downlink *link, const thp_sent *sent,
					       int64_t now_us);
