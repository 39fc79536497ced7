/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file delay.h
 * How long packets of speech wait on their way here. Speech is made evenly and says when, so a packet that
 * comes later than its timestamp makes it due has stood in a queue.
 *
 * One per source, one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define THP_DELAY_LAST 4 /* packets; the quickest of them counts */

typedef struct thp_delay {
	bool known;
	uint32_t ts;         /* of the last packet */
	int64_t at_us;       /* when it came */
	int64_t transit_us;  /* how long it took, from an arbitrary beginning */
	int64_t least_us[2]; /* the shortest in the last while, and in the one before */
	int64_t while_us;    /* since when the last while is */
	int64_t last_us[THP_DELAY_LAST], came_us[THP_DELAY_LAST];
	uint32_t n;
	uint32_t late_ms; /* the last packet alone; of several that came at once, the quickest */
	int64_t begun_us; /* when the first packet came */
	int64_t late_us;  /* since when they have come late; 0: they do not */
	int64_t swung_us; /* when they last did so for a while, the way being too narrow; 0: never */
} thp_delay;

/**
 * A packet with timestamp @ts of a clock of @hz came. Returns the queue that the last ones stood in, in
 * milliseconds; @delay->late_ms is sooner to rise, and wrong sooner.
 */
uint32_t thp_delay_take(thp_delay *delay, uint32_t ts, uint32_t hz, int64_t now_us);
