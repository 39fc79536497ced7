/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A virtual queue that empties a little faster than video is made. */
#include <therapy/pacer.h>

#define HEADROOM_PERCENT 140
#define BURST_US         20000 /* what may go at once */
#define PACKET_BYTES     56    /* around an RTP packet of video on the wire */

static int64_t time_of(uint32_t bytes, uint32_t kbps)
{
	return (int64_t)(bytes + PACKET_BYTES) * 8000 / kbps;
}

void thp_pacer_rate(thp_pacer *pacer, uint32_t video_kbps, int64_t now_us)
{
	uint32_t kbps = video_kbps * HEADROOM_PERCENT / 100;

	if (kbps > 0 && pacer->kbps > 0 && pacer->full_us > now_us)
		pacer->full_us = now_us + (pacer->full_us - now_us) * pacer->kbps / kbps;
	pacer->kbps = kbps;
}

int64_t thp_pacer_wait(thp_pacer *pacer, uint32_t bytes, int64_t patience_us, int64_t now_us)
{
	if (pacer->kbps == 0)
		return -1;
	int64_t wait_us = pacer->full_us - now_us - BURST_US;

	if (wait_us > patience_us)
		return -1;
	if (wait_us > 0)
		return wait_us;
	if (pacer->full_us < now_us)
		pacer->full_us = now_us;
	pacer->full_us += time_of(bytes, pacer->kbps);
	return 0;
}
