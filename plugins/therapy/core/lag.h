/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the downlink asks of lag.c: delays of one link. It writes its own fields of the sense. */
#pragma once

#include <therapy/downlink.h>

void lag_init(thp_downlink_sense *sense, int64_t now_us);

/* How long the receiver's own packets wait on the other way. */
void lag_other_way(thp_downlink_sense *sense, const thp_received *received);

/* The longest queue on the other way in the last half second. */
int32_t lag_back_ms(const thp_downlink_sense *sense);

/* The queue on the other way as it is now; of a machine that is busy nothing can be said. */
int32_t lag_back_now_ms(const thp_downlink_sense *sense, int64_t now_us);

/* A round trip, of both ways; negative: none is known. */
void lag_round_trip(thp_downlink_sense *sense, int32_t rtt_ms, int64_t now_us);

/* What of a round trip is more than the shortest of the last minute. */
int32_t lag_beyond_ms(const thp_downlink_sense *sense, int32_t rtt_ms);

/* When the page saw what it tells, by our clock. Notes a page that is busy. */
int64_t lag_seen_us(thp_downlink_sense *sense, const thp_receiver_report *report, int64_t now_us);

/* What a report that was seen at @at_us says of delays. */
void lag_report(thp_downlink_sense *sense, const thp_receiver_report *report, int64_t at_us,
		int64_t now_us);

/* How late speech was when it was seen at @at_us; negative: nobody knows. */
void lag_late(thp_downlink_sense *sense, int32_t late_ms, int64_t at_us, int64_t now_us);

/*
 * Speech that was sent and is not accounted for is gone. Browsers take a gap of more than 50 packets for a new
 * beginning and count no loss.
 */
void lag_recount(thp_downlink_sense *sense);

/* Ten seconds more have gone by: what was shortest a minute ago is forgotten. */
void lag_turn(thp_downlink_sense *sense);

/* A tick has come; one that comes late is a busy machine's. Before what was sent by it is taken. */
void lag_await(thp_downlink_sense *sense, int64_t now_us);

/* Works the figures out, from what was sent by now. */
void lag_tick(thp_downlink_sense *sense, const thp_sent *sent, int64_t now_us);
