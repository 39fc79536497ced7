/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A virtual queue that empties a little faster than video is made. */
#include <therapy/pacer.h>

#define HEADROOM_PERCENT 140
#define PACKET_BYTES     56 /* around an RTP packet of video on the wire */

/*
 * What may go at once grows with the rate. Where it is low, the packets of a usual picture: with the next packet of
 * speech, which is never far, what waits goes on. Where it is high, and a queue soon gone, a small key frame.
 */
#define BURST_LEAST_US 20000
#define BURST_MOST_US  40000
#define BURST_PER_KBPS 24

static int64_t time_of(uint32_t bytes, uint32_t kbps)
{
	return (int64_t)(bytes + PACKET_BYTES) * 8000 / kbps;
}

static int64_t burst_us(uint32_t kbps)
{
	int64_t us = (int64_t)kbps * BURST_PER_KBPS;

	if (us < BURST_LEAST_US)
		return BURST_LEAST_US;
	return us < BURST_MOST_US ? us : BURST_MOST_US;
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
		return 0;
	int64_t wait_us = pacer->full_us - now_us - burst_us(pacer->kbps);

	if (wait_us > patience_us)
		return -1;
	if (wait_us > 0)
		return wait_us;
	if (pacer->full_us < now_us)
		pacer->full_us = now_us;
	pacer->full_us += time_of(bytes, pacer->kbps);
	return 0;
}
