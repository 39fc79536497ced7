/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file pacer.h
 * When a packet of video may go to one receiver, so that a large picture does not stand before
 * speech in the link's queue. Speech never asks.
 *
 * A decision only: the caller keeps the packets. One pacer per receiver, one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct thp_pacer {
	uint32_t kbps;   /* 0: unpaced, everything goes at once */
	int64_t full_us; /* when everything sent so far will have left at that rate */
} thp_pacer;

/** Sets the rate, 1.4 times @video_kbps, or none (0); what has been sent already counts at the new rate. */
void thp_pacer_rate(thp_pacer *pacer, uint32_t video_kbps, int64_t now_us);

/**
 * How long a packet of @bytes has to wait, in microseconds: 0 to go now (and it counts as sent),
 * more to be asked again then, -1 if it would wait longer than @patience_us and is better dropped.
 */
int64_t thp_pacer_wait(thp_pacer *pacer, uint32_t bytes, int64_t patience_us, int64_t now_us);
