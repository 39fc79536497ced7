/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file playout.h
 * How much speech a receiver holds back before it is played, on account of one way: its own, or that of somebody who is
 * heard. Large pictures can fill a way that becomes narrow faster than anybody knows of it, so the more it may swing
 * beside them, the more is held back.
 *
 * Pure; times in microseconds of one clock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <therapy/tier.h>

/** What is known of one way's swings. */
typedef struct thp_playout {
	int64_t seen_us;  /* since when it is watched */
	int64_t swung_us; /* when it last was too narrow; 0: never */
	int64_t late_us;  /* when speech last came a little late; 0: never */
} thp_playout;

/** Nothing is known at @now_us. */
void thp_playout_init(thp_playout *playout, int64_t now_us);

/** Speech came well for @for_us before: so long it is watched already. */
void thp_playout_watched(thp_playout *playout, int64_t for_us);

/** The way was too narrow, and is for now. */
void thp_playout_swung(thp_playout *playout, int64_t now_us);

/** Speech came late, if not so late as to be missed. */
void thp_playout_late(thp_playout *playout, int64_t now_us);

/** Milliseconds of speech to hold back; @large: beside pictures that are larger than the smallest. */
uint32_t thp_playout_ms(const thp_playout *playout, const thp_tuning *tuning, bool large,
			int64_t now_us);
