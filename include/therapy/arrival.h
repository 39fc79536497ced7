/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file arrival.h
 * The way up from somebody who waits, judged from what arrives: their speech and small picture are on their way
 * anyhow, and their browser tries the link by itself when it begins.
 *
 * A plain struct and pure functions, as sounding.h.
 */
#pragma once

#include <therapy/network.h>
#include <therapy/uplink.h>

#define THP_ARRIVAL_SLOTS 11 /* tenths of a second: the oldest is one old */

/** State of one test; only the functions below know what it means. */
typedef struct thp_arrival {
	thp_network_way found;
	bool over;
	int64_t most_us;                       /* for all of it */
	int64_t begun_us;                      /* the first packet; 0: none yet */
	thp_received base;                     /* before that */
	thp_received slots[THP_ARRIVAL_SLOTS]; /* totals, a ring, */
	int64_t slots_us[THP_ARRIVAL_SLOTS];   /* and as of when */
	uint32_t slot;
	int64_t judged_us; /* when it was last looked at */
	int64_t jammed_us; /* for so long packets were lost or late, less the time since when they were not */
	bool was_slow;          /* there was a queue, or a loss, at some time */
	int32_t available_kbps; /* by the browser's estimate, the newest; 0: none */
	int32_t rtt_ms;         /* by the browser, the newest; 0: none */
	uint32_t best_kbps;     /* in any second */
} thp_arrival;

/** Starts anew: what arrives from now on counts. */
void thp_arrival_init(thp_arrival *a, const thp_network_rules *rules, const thp_received *received);

/** A report of the sender's page. */
void thp_arrival_on_report(thp_arrival *a, const thp_sender_report *report);

/** Call about every 100 ms with totals as of now, until @a->over; then @a->found is the answer. */
void thp_arrival_tick(thp_arrival *a, const thp_received *received, int64_t now_us);
