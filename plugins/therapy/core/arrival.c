/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link that is too narrow for what is sent anyhow shows it within a second or two: packets are lost, or late while
 * the browser's own estimate falls. One that is not shows nothing, and is not thought ill of.
 */
#include <therapy/arrival.h>

#include <string.h>

#define MS            1000
#define SLOT_US       100000
#define WHOLE_US      1000000 /* of slots, before anything is judged */
#define AROUND_BYTES  44      /* of a packet: IP, UDP, SRTP's tag */
#define ENOUGH_US     4000000 /* without a sign of trouble */
#define JAMMED_US     900000  /* of it: as long as what is then measured */
#define LOST_PERMILLE 80
#define SOME_PERMILLE 20
#define LEAST_PACKETS 8
#define LATE_MS       200
#define SLOW_MS       60
#define NARROW_KBPS                                                                                \
	250 /* above it an estimate is no sign of trouble: the small picture does not need more */

static uint32_t packets_of(const thp_received *r)
{
	return r->audio_packets + r->video_packets;
}

static uint64_t bytes_of(const thp_received *r)
{
	return r->audio_bytes + r->video_bytes + (uint64_t)AROUND_BYTES * packets_of(r);
}

void thp_arrival_init(thp_arrival *a, const thp_network_rules *rules, const thp_received *received)
{
	memset(a, 0, sizeof *a);
	a->most_us = (int64_t)rules->ms * MS;
	a->base = *received;
}

static void answer(thp_arrival *a, bool limited, uint32_t kbps)
{
	a->found = (thp_network_way){.known = kbps > 0, .limited = limited, .kbps = kbps};
	a->over = true;
}

void thp_arrival_on_report(thp_arrival *a, const thp_sender_report *report)
{
	if (a->begun_us == 0)
		return;
	if (report->available_kbps > 0)
		a->available_kbps = report->available_kbps;
	if (report->rtt_ms >= 0)
		a->rtt_ms = report->rtt_ms;
}

static uint32_t lost_permille(const thp_received *from, const thp_received *to)
{
	int64_t lost = (int64_t)(int32_t)(to->audio_lost - from->audio_lost) +
		       (int32_t)(to->video_lost - from->video_lost);
	uint32_t got = packets_of(to) - packets_of(from);

	return lost > 0 && lost + got >= LEAST_PACKETS ? (uint32_t)(lost * 1000 / (lost + got)) : 0;
}

static uint32_t kbps_of(uint64_t bytes, int64_t us)
{
	return us > 0 ? (uint32_t)(bytes * 8 * MS / (uint64_t)us) : 0;
}

/* The oldest there is. */
static uint32_t oldest(const thp_arrival *a)
{
	return (a->slot + 1) % THP_ARRIVAL_SLOTS;
}

/* Speech does not count in the browser's estimate. */
static uint32_t speech_kbps(const thp_arrival *a, const thp_received *now, int64_t now_us)
{
	const thp_received *from = &a->slots[oldest(a)];

	return kbps_of(now->audio_bytes - from->audio_bytes +
			       (uint64_t)AROUND_BYTES * (now->audio_packets - from->audio_packets),
		       now_us - a->slots_us[oldest(a)]);
}

static bool is_narrow(const thp_arrival *a)
{
	return a->available_kbps > 0 && a->available_kbps < NARROW_KBPS;
}

/* Browsers without an estimate (Firefox): RTCP stands in the same queue as speech. */
static bool is_slow(const thp_arrival *a)
{
	return a->available_kbps == 0 && a->rtt_ms > LATE_MS;
}

/* A busy page is late as well, so being late is not enough. */
static bool is_jammed(const thp_arrival *a, uint32_t lost, uint32_t queue_ms)
{
	return lost > LOST_PERMILLE ||
	       (queue_ms > LATE_MS && (lost > SOME_PERMILLE || is_narrow(a) || is_slow(a)));
}

/* Nothing clear so far, and it has been long enough. */
static void sum_up(thp_arrival *a, const thp_received *now, int64_t now_us)
{
	bool pictures = now->video_packets != a->base.video_packets;
	bool limited = pictures && is_narrow(a) && a->was_slow;
	uint32_t estimate = a->available_kbps > 0
				    ? (uint32_t)a->available_kbps + speech_kbps(a, now, now_us)
				    : 0;

	/* Of a narrow way, what came is the better measure. */
	if (limited && estimate > a->best_kbps)
		estimate = a->best_kbps;
	answer(a, limited, limited || estimate > a->best_kbps ? estimate : a->best_kbps);
}

static void judge(thp_arrival *a, const thp_received *now, int64_t now_us)
{
	const thp_received *from = &a->slots[oldest(a)];
	uint32_t kbps = kbps_of(bytes_of(now) - bytes_of(from), now_us - a->slots_us[oldest(a)]);
	uint32_t lost = lost_permille(from, now);

	a->was_slow = a->was_slow || now->queue_ms > SLOW_MS || lost > SOME_PERMILLE;
	if (kbps > a->best_kbps)
		a->best_kbps = kbps;
	/* It comes and goes while the browser adapts. */
	if (is_jammed(a, lost, now->queue_ms))
		a->jammed_us += now_us - a->judged_us;
	else
		a->jammed_us = a->jammed_us > SLOT_US ? a->jammed_us - SLOT_US : 0;
	a->judged_us = now_us;
	if (a->jammed_us >= JAMMED_US)
		answer(a, true, kbps);
	else if (now_us - a->begun_us >= (a->jammed_us > 0 ? a->most_us : ENOUGH_US))
		sum_up(a, now, now_us);
}

void thp_arrival_tick(thp_arrival *a, const thp_received *now, int64_t now_us)
{
	if (a->over)
		return;
	if (a->begun_us == 0) {
		if (packets_of(now) == packets_of(&a->base))
			return;
		a->begun_us = a->judged_us = now_us;
		for (int i = 0; i < THP_ARRIVAL_SLOTS; i++) {
			a->slots[i] = *now;
			a->slots_us[i] = now_us;
		}
	}
	if (now_us - a->begun_us >= WHOLE_US)
		judge(a, now, now_us);
	else
		a->judged_us = now_us;
	if (now_us - a->slots_us[a->slot] < SLOT_US)
		return;
	a->slot = oldest(a);
	a->slots[a->slot] = *now;
	a->slots_us[a->slot] = now_us;
}
