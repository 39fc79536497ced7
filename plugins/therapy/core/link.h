/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the downlink share. */
#pragma once

#include "sense.h"

#define MS            1000 /* in microseconds */
#define GROW_WAIT_US  2000000
#define UNCUT_US      1500000 /* silence so soon after a cut explains it */
#define REMB_FRESH_US 1500000

/* ---- link.c: what a tier costs, and moves ---- */

const thp_tier *link_tier(const thp_downlink *link, uint32_t t);
bool link_has_video(const thp_downlink *link, uint32_t t);

/* More than two people: no camera follows this link alone. */
bool link_in_crowd(const thp_downlink *link);

/* All pictures at their best. An encoder's rate. */
uint32_t link_ceiling_kbps(const thp_downlink *link, uint32_t t);

/* The picture at the tier's worst; among several people the same as its best. */
uint32_t link_floor_kbps(const thp_downlink *link, uint32_t t);

/* Everybody's speech, on the wire. */
uint32_t link_speech_kbps(const thp_downlink *link, uint32_t t);

uint32_t link_limit(uint32_t value, uint32_t low, uint32_t high);

/* To a tier and a rate within it. */
void link_go(thp_downlink *link, uint32_t tier, uint32_t kbps, thp_why why, int64_t now_us);

void link_enter(thp_downlink *link, thp_downlink_phase phase, int64_t now_us, int64_t for_us);

/* No step up to @tier for a while; twice as long as the last time, at most @most_ms. */
void link_bar(thp_downlink *link, uint32_t tier, uint32_t most_ms, int64_t now_us);

void link_stop_probe(thp_downlink *link, bool good, int64_t now_us);

/* Called on each step down: a step up that has not held is not tried again so soon. */
void link_fail_trial(thp_downlink *link, int64_t now_us);

/* ---- cut.c ---- */

/* Of @loss, what is more than this link always loses. */
uint32_t link_excess(const thp_downlink *link, uint32_t loss);

/* Goes down if the signs say so. */
void link_heed(thp_downlink *link, int64_t now_us);

/* Learns which losses are not ours. */
void link_experiment(thp_downlink *link, int64_t now_us);

/* ---- silence.c ---- */

/* Stops pictures to whom is not heard, and lets them go on. */
void link_watch_life(thp_downlink *link, int64_t now_us);

/* Pictures should wait a moment: it may be nothing. */
bool link_holds(thp_downlink *link, int64_t now_us);

/* ---- unheard.c ---- */

/* Goes down while the page is not heard because the link is full. */
void link_mind_unheard(thp_downlink *link, int64_t now_us);

/* ---- climb.c ---- */

/* A report said that speech was made up: keep below that rate for a long while. */
void link_harmed(thp_downlink *link, int64_t now_us);

/* A cut for a queue: keep well below what it was for a while. */
void link_swings(thp_downlink *link, int64_t now_us);

/* Speech begins to come late. */
void link_ease(thp_downlink *link, int64_t now_us);

/* Grows, probes and steps up if there is room. */
void link_climb(thp_downlink *link, int64_t now_us);

/* Padding that the probe sends now. */
uint32_t link_padding_kbps(const thp_downlink *link, int64_t now_us);
