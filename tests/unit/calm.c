/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calm.h"

#include <string.h>

thp_ladder ladder;
thp_tuning tuning;
thp_downlink link;
thp_sent sent;
const thp_downlink_decision *d;
int64_t now_us;
bool speaks, films, times;
static int64_t heard_us;

void calm_begin(uint32_t tier)
{
	thp_tier_ladder_default(&ladder);
	thp_tier_tuning_default(&tuning);
	memset(&sent, 0, sizeof sent);
	now_us = heard_us = 1000000;
	speaks = films = true;
	times = false;
	thp_downlink_init(&link, &ladder, &tuning, tier, now_us);
	d = &link.decision;
}

void calm_run(uint32_t ticks, bool heard)
{
	for (uint32_t i = 0; i < ticks; i++) {
		bool video = d->video && films;

		now_us += 100000;
		if (speaks || video)
			heard_us = now_us - 10000;
		if (speaks) {
			sent.audio_packets += 5;
			sent.audio_bytes += 5 * 100;
		}
		if (video) {
			sent.video_packets += 10;
			sent.video_bytes += d->video_kbps * 100 / 8;
		}
		thp_receiver_report report = {.span_ms = 200,
					      .audio_samples = 9600,
					      .audio_packets = speaks ? 10 : 0,
					      .video_bytes =
						      (int32_t)(video ? d->video_kbps * 25 : 0),
					      .freeze_ms = -1,
					      .rtt_ms = 40,
					      .quiet_ms = (int32_t)((now_us - heard_us) / 1000),
					      .late_ms = times ? 0 : -1};
		if (heard && i % 2 == 1) {
			thp_downlink_on_report(&link, &report, now_us);
			thp_downlink_on_remb(&link, 3000000, now_us);
		}
		d = thp_downlink_tick(&link, &sent, now_us);
	}
}

void calm_limit(uint32_t floor, uint32_t cap)
{
	thp_tier_range range = {.floor = floor, .cap = cap, .why = THP_WHY_OPS};

	thp_downlink_limit(&link, &range);
}

uint64_t calm_downs(void)
{
	uint64_t n = 0;

	for (int i = 0; i < THP_N_WHY; i++)
		n += link.counters.downs[i];
	return n;
}
