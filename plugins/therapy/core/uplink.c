/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the link from one camera bears. */
#include <therapy/uplink.h>

#include <string.h>

void thp_uplink_init(thp_uplink *link, const thp_ladder *ladder, const thp_tuning *tuning,
		     uint32_t start, int64_t now_us)
{
	memset(link, 0, sizeof *link);
	link->ladder = ladder;
	link->tuning = tuning;
	link->range.cap = ladder->n - 1;
	link->decision.tier = start < ladder->n ? start : ladder->n - 1;
	link->slot_us = link->ticked_us = now_us;
}

void thp_uplink_reload(thp_uplink *link, const thp_ladder *ladder, const thp_tuning *tuning)
{
	link->ladder = ladder;
	link->tuning = tuning;
	link->range = (thp_tier_range){.cap = ladder->n - 1};
}

void thp_uplink_limit(thp_uplink *link, const thp_tier_range *range)
{
	link->range = *range;
}

void thp_uplink_on_report(thp_uplink *link, const thp_sender_report *report, int64_t now_us)
{
	(void)link, (void)report, (void)now_us;
}

const thp_uplink_decision *thp_uplink_tick(thp_uplink *link, const thp_received *received,
					   uint32_t asked_kbps, int64_t now_us)
{
	(void)asked_kbps;
	link->received = *received;
	link->ticked_us = now_us;
	link->decision.tier = link->range.cap;
	link->decision.video_kbps = link->ladder->tiers[link->range.cap].video_kbps;
	return &link->decision;
}
