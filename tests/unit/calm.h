/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One receiver's link on which everything arrives, for tests to disturb. */
#pragma once

#include <therapy/downlink.h>

extern thp_ladder ladder;
extern thp_tuning tuning;
extern thp_downlink link;
extern thp_sent sent;
extern const thp_downlink_decision *d; /* the last one */
extern int64_t now_us;
extern bool speaks, films; /* the other person */
extern bool times;         /* the page knows how late speech comes */

/* Begins at @tier, with the default ladder. */
void calm_begin(uint32_t tier);

/* @ticks tenths of a second; if @heard, the receiver says every second time that all is well. */
void calm_run(uint32_t ticks, bool heard);

/* What operators leave. */
void calm_limit(uint32_t floor, uint32_t cap);

/* Steps down so far. */
uint64_t calm_downs(void);
