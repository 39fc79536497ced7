/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moves on the ladder cost, and how they are made. */
#include "link.h"

#define FLOOR_PERCENT 55 /* of a tier's video: with less, the tier below looks better */

/* ---- what a tier costs ---- */

const thp_tier *link_tier(const thp_downlink *link, uint32_t t)
{
	return &link->ladder->tiers[t];
}

bool link_has_video(const thp_downlink *link, uint32_t t)
{
	return link_tier(link, t)->video_height_px > 0;
}

bool link_in_crowd(const thp_downlink *link)
{
	return link->feeds.others > 1;
}

/*
 * Among several people pictures come in the sizes that they have for everybody, or not at all. So a tier is
 * a step, not a span; and the last but one is at least the first picture, if that is less than all of them.
 */
static uint32_t step_kbps(const thp_downlink *link, uint32_t t)
{
	const thp_feeds *feeds = &link->feeds;
	uint32_t videos = feeds->videos > 0 ? feeds->videos : 1;
	uint32_t top = link->ladder->n - 1;
	uint32_t kbps = videos * thp_tier_share_kbps(link->ladder, t, feeds->others);
	uint32_t all = videos * thp_tier_share_kbps(link->ladder, top, feeds->others);

	if (t + 1 == top && kbps > 0 && feeds->first_kbps > kbps && feeds->first_kbps < all)
		return feeds->first_kbps;
	return kbps;
}

uint32_t link_ceiling_kbps(const thp_downlink *link, uint32_t t)
{
	return link_in_crowd(link) ? step_kbps(link, t) : link_tier(link, t)->video_kbps;
}

uint32_t link_floor_kbps(const thp_downlink *link, uint32_t t)
{
	return link_in_crowd(link) ? step_kbps(link, t)
				   : link_tier(link, t)->video_kbps * FLOOR_PERCENT / 100;
}

uint32_t link_speech_kbps(const thp_downlink *link, uint32_t t)
{
	uint32_t n = link->feeds.audios > 0 ? link->feeds.audios : 1;

	return n * thp_tier_audio_wire_kbps(link_tier(link, t), link->decision.red);
}

uint32_t link_limit(uint32_t value, uint32_t low, uint32_t high)
{
	return value < low ? low : value > high ? high : value;
}

/* ---- moves ---- */

static void count_switch(thp_downlink *link, uint32_t to, thp_why why)
{
	if (to > link->tier)
		link->counters.ups[why]++;
	else if (to < link->tier)
		link->counters.downs[why]++;
	link->decision.why = why;
}

void link_go(thp_downlink *link, uint32_t tier, uint32_t kbps, thp_why why, int64_t now_us)
{
	if (tier != link->tier) {
		count_switch(link, tier, why);
		link->tier = tier;
		link->tier_us = now_us;
	}
	link->kbps = link_limit(kbps, link_floor_kbps(link, tier), link_ceiling_kbps(link, tier));
}

void link_enter(thp_downlink *link, thp_downlink_phase phase, int64_t now_us, int64_t for_us)
{
	link->phase = phase;
	link->phase_us = now_us;
	link->until_us = now_us + for_us;
}

void link_bar(thp_downlink *link, uint32_t tier, uint32_t most_ms, int64_t now_us)
{
	if (tier >= THP_TIERS_MAX)
		return;
	int64_t hold_us = link->hold_us[tier] > 0 ? 2 * link->hold_us[tier]
						  : (int64_t)link->tuning->hold_ms * MS;

	if (hold_us > (int64_t)most_ms * MS)
		hold_us = (int64_t)most_ms * MS;
	link->hold_us[tier] = hold_us;
	link->barred_us[tier] = now_us + hold_us;
}

static bool flaps(const thp_downlink *link, int64_t now_us)
{
	uint32_t recent = 0;

	for (uint32_t i = 0; i < link->n_ups && i < THP_FLAPS_MAX; i++)
		recent += now_us - link->ups_us[i] < (int64_t)link->tuning->flap_window_ms * MS;
	return recent >= link->tuning->flap_ups;
}

void link_stop_probe(thp_downlink *link, bool good, int64_t now_us)
{
	if (link->phase != THP_DOWNLINK_PROBE)
		return;
	if (good)
		link->counters.probes_ok++;
	else
		link->counters.probes_aborted++;
	link->probed_us = now_us;
	link_enter(link, THP_DOWNLINK_STEADY, now_us, 0);
}

/* The step up did not hold: back to where it came from, and not again so soon. */
void link_fail_trial(thp_downlink *link, int64_t now_us)
{
	if (now_us >= link->trial_until_us)
		return;
	link->trial_until_us = 0;
	link_bar(link, link->former + 1, link->tuning->hold_max_ms, now_us);
	if (flaps(link, now_us))
		link->barred_us[link->former + 1] =
			now_us + (int64_t)link->tuning->flap_rest_ms * MS;
}
