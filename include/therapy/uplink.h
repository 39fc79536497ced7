/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file uplink.h
 * What the link from one camera bears: what arrives and what its page reports in, a tier out.
 */
#pragma once

#include <therapy/controller.h>
#include <therapy/playout.h>
#include <therapy/signals.h>

/** What the sender's page saw since its last report; -1: not known. */
typedef struct thp_sender_report {
	uint32_t span_ms;
	int32_t available_kbps;     /* the browser's own estimate for video */
	int32_t rtt_ms;             /* remote-inbound */
	int32_t lost_permille;      /* remote-inbound, since the last report */
	int32_t bandwidth_permille; /* share of the time in which bandwidth limited the encoder */
	int32_t cpu_permille;       /* share of the time in which the machine did */
	int32_t fps;                /* encoded */
} thp_sender_report;

/** What holds from now on. */
typedef struct thp_uplink_decision {
	uint32_t tier; /* the highest that the way in bears */
	bool changed;
	bool red; /* RED does good on the way in */
	thp_why why;
	uint32_t video_kbps; /* an encoder's: at most that */
	uint32_t buffer_ms;  /* of their speech that those who hear it should hold back at least */
	uint32_t queue_ms, loss_permille;
} thp_uplink_decision;

#define THP_UPLINK_SLOTS 32 /* tenths of a second; a ring of the last 3.2 s */

/** Sums of one tenth of a second. */
typedef struct thp_uplink_slot {
	uint32_t audio_packets, video_packets;
	int32_t audio_lost, video_lost; /* below 0 when gaps were filled */
	uint32_t video_bytes;           /* on the wire */
} thp_uplink_slot;

/** State of one sender; only the functions below know what it means. */
typedef struct thp_uplink {
	const thp_ladder *ladder;
	const thp_tuning *tuning;
	thp_uplink_decision decision;
	thp_counters counters; /* anybody may read; see controller.h */
	thp_tier_range range;
	thp_uplink_slot slots[THP_UPLINK_SLOTS];
	uint32_t slot;
	int64_t slot_us;
	int64_t quick_us;   /* when round trips were last short */
	int64_t lossy_us;   /* since then packets are lost, and that is not for a full link */
	int64_t came_us[2]; /* when speech and video last came */
	bool counting;
	thp_received received;
	thp_sender_report report;
	int64_t report_us;
	int32_t rtt_floor_ms;
	int64_t ticked_us;
	uint32_t tier, kbps;
	int64_t drain_us; /* until then next to no picture is asked for, for a queue to go */
	int64_t cut_us, bad_us, clean_us; /* cut: none before; bad, clean: since when; 0: not so */
	int64_t raised_us, barred_us, hold_us;
	thp_playout playout;
	uint32_t asked_kbps;
	int64_t asked_us; /* since when that much is asked for */
} thp_uplink;

/** Starts anew at tier @start. @ladder and @tuning are borrowed as by thp_downlink_init(). */
void thp_uplink_init(thp_uplink *link, const thp_ladder *ladder, const thp_tuning *tuning,
		     uint32_t start, int64_t now_us);

/**
 * Right after thp_uplink_init(): for how long speech has come well on this way, and whether it was too narrow of late. If
 * so, it begins on the second tier with a picture at most, and stays there for a while.
 */
void thp_uplink_waited(thp_uplink *link, int64_t for_us, bool swung);

/** Puts other tiers and thresholds in force. */
void thp_uplink_reload(thp_uplink *link, const thp_ladder *ladder, const thp_tuning *tuning);

/** Says between which tiers the decision may move. Obeyed at the next tick. */
void thp_uplink_limit(thp_uplink *link, const thp_tier_range *range);

/** A report of the sender's page. */
void thp_uplink_on_report(thp_uplink *link, const thp_sender_report *report, int64_t now_us);

/**
 * Decides. Call about every 100 ms. @asked_kbps is the encoder's rate that the camera was last told
 * to send at most, 0 while it is off or paused. Returns the decision, valid until the next tick.
 */
const thp_uplink_decision *thp_uplink_tick(thp_uplink *link, const thp_received *received,
					   uint32_t asked_kbps, int64_t now_us);
