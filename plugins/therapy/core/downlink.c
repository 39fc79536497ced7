/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the link to one receiver bears. */
#include <therapy/downlink.h>

#include <string.h>

void thp_downlink_init(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning,
		       uint32_t start, int64_t now_us)
{
	memset(link, 0, sizeof *link);
	link->ladder = ladder;
	link->tuning = tuning;
	link->range.cap = ladder->n - 1;
	link->decision.tier = start < ladder->n ? start : ladder->n - 1;
	link->slot_us = link->ticked_us = now_us;
	thp_downlink_feeds(link, 1, 1);
}

void thp_downlink_reload(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning)
{
	link->ladder = ladder;
	link->tuning = tuning;
	link->range = (thp_tier_range){.cap = ladder->n - 1};
}

void thp_downlink_feeds(thp_downlink *link, uint32_t audios, uint32_t videos)
{
	link->audios = audios;
	link->videos = videos;
}

void thp_downlink_limit(thp_downlink *link, const thp_tier_range *range)
{
	link->range = *range;
}

void thp_downlink_on_rr(thp_downlink *link, uint32_t line, const thp_rr *rr, int64_t now_us)
{
	link->lines[line].known = true;
	link->lines[line].lost = rr->lost;
	link->lines[line].highest_seq = rr->highest_seq;
	(void)now_us;
}

void thp_downlink_on_remb(thp_downlink *link, uint64_t bps, int64_t now_us)
{
	(void)link, (void)bps, (void)now_us;
}

void thp_downlink_on_report(thp_downlink *link, const thp_receiver_report *report, int64_t now_us)
{
	(void)link, (void)report, (void)now_us;
}

void thp_downlink_on_alive(thp_downlink *link, int64_t now_us)
{
	(void)link, (void)now_us;
}

const thp_downlink_decision *thp_downlink_tick(thp_downlink *link, const thp_sent *sent,
					       int64_t now_us)
{
	thp_downlink_decision *d = &link->decision;
	uint32_t before = d->tier;

	if (d->tier > link->range.cap)
		d->tier = link->range.cap;
	if (d->tier < link->range.floor)
		d->tier = link->range.floor;
	const thp_tier *tier = &link->ladder->tiers[d->tier];

	d->changed = d->tier != before;
	d->video = tier->video_height_px > 0;
	d->video_kbps = tier->video_kbps;
	d->budget_kbps = thp_tier_audio_wire_kbps(tier, false) * link->audios +
			 thp_tier_video_wire_kbps(tier->video_kbps);
	link->sent = *sent;
	link->ticked_us = now_us;
	return d;
}
