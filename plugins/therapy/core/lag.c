/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long what is sent to one receiver is under way, beyond the shortest of the last minute: by round trips, by
 * speech that was sent and is not accounted for, and by the page's own clock.
 */
#include "lag.h"

#include <string.h>

#define STALE_RTT_US     4000000
#define STALE_LAG_US     1500000
#define NOISE_MS         130 /* two packets of 60 ms, and a machine that is busy */
#define LATE_MAX_MS      10000
#define AHEAD_MAX        20      /* packets: so many more cannot have arrived than were counted */
#define DENIED_US        3000000 /* for so long a queue may be denied by nothing */
#define IN_TIME_REPORTS  3       /* one after the other */
#define IN_TIME_LEAST    3
#define IN_TIME_QUIET_MS 50
#define DENIED_MS        50
#define BUSY_MS          120
#define BUSY_TICK_US     350000
#define BUSY_FOR_US      2500000 /* delays of a busy machine are over so long after it */
#define BACK_MAX_MS      10000
#define BACK_LEAST_MS    60
#define LATE_FOR_US      400000
#define CAME_LATE_MS     40
#define CAME_FOR_US      1000000
#define NEVER            INT32_MAX

static int32_t least_of(const int32_t floors_ms[THP_RTT_BUCKETS])
{
	int32_t least = NEVER;

	for (int i = 0; i < THP_RTT_BUCKETS; i++)
		least = floors_ms[i] < least ? floors_ms[i] : least;
	return least;
}

/* By how much @ms is more than the least of the last minute; 0 while nothing is known of that. */
static int32_t above_least(int32_t ms, const int32_t floors_ms[THP_RTT_BUCKETS])
{
	int32_t least = least_of(floors_ms);

	return ms > least ? ms - least : 0;
}

static void forget_floor(int32_t floors_ms[THP_RTT_BUCKETS])
{
	for (int i = 0; i < THP_RTT_BUCKETS; i++)
		floors_ms[i] = NEVER;
}

void lag_init(thp_downlink_sense *sense, int64_t now_us)
{
	sense->rtt_ms = -1;
	forget_floor(sense->rtt_floor_ms);
	forget_floor(sense->lag_floor_ms);
	forget_floor(sense->late_floor_ms);
	sense->begun_us = sense->lagging_us = now_us;
}

static bool is_busy(const thp_downlink_sense *sense, int64_t now_us)
{
	return sense->busy_us > 0 && now_us - sense->busy_us < BUSY_FOR_US;
}

void lag_other_way(thp_downlink_sense *sense, const thp_received *received)
{
	uint32_t queue_ms = received->queue_ms, late_ms = received->late_ms;

	memmove(&sense->back_ms[1], &sense->back_ms[0],
		sizeof sense->back_ms - sizeof sense->back_ms[0]);
	sense->back_ms[0] = (int32_t)(queue_ms < BACK_MAX_MS ? queue_ms : BACK_MAX_MS);
	sense->back_late_ms[1] = sense->back_late_ms[0];
	sense->back_late_ms[0] = (int32_t)(late_ms < BACK_MAX_MS ? late_ms : BACK_MAX_MS);
}

int32_t lag_back_ms(const thp_downlink_sense *sense)
{
	int32_t most_ms = 0;

	for (int i = 0; i < THP_BACK_TICKS; i++)
		most_ms = sense->back_ms[i] > most_ms ? sense->back_ms[i] : most_ms;
	return most_ms;
}

int32_t lag_back_now_ms(const thp_downlink_sense *sense, int64_t now_us)
{
	const int32_t *late_ms = sense->back_late_ms;

	/* If those at the last tick were late as well. */
	return is_busy(sense, now_us) || late_ms[1] < BACK_LEAST_MS ? 0 : late_ms[0];
}

int32_t lag_beyond_ms(const thp_downlink_sense *sense, int32_t rtt_ms)
{
	return above_least(rtt_ms, sense->rtt_floor_ms);
}

/* Without what the other way has added, but never shorter than the shortest. */
static int32_t this_way(const thp_downlink_sense *sense, int32_t rtt_ms)
{
	int32_t back_ms = lag_back_ms(sense);
	int32_t least = least_of(sense->rtt_floor_ms);

	if (rtt_ms <= least)
		return rtt_ms;
	return rtt_ms - back_ms > least ? rtt_ms - back_ms : least;
}

void lag_round_trip(thp_downlink_sense *sense, int32_t both_ms, int64_t now_us)
{
	int32_t rtt_ms = this_way(sense, both_ms);

	if (both_ms < 0 || is_busy(sense, now_us))
		return;
	sense->rtt_before_ms = sense->rtt_ms < 0 ? rtt_ms : sense->rtt_ms;
	sense->rtt_ms = rtt_ms;
	sense->rtt_us = now_us;
	if (rtt_ms < sense->rtt_floor_ms[0])
		sense->rtt_floor_ms[0] = rtt_ms;
	/* Round trips as short as ever deny a queue: packets were counted wrongly. */
	if (now_us - sense->lagging_us > DENIED_US && sense->lag_us > sense->lagging_us &&
	    above_least(rtt_ms, sense->rtt_floor_ms) < DENIED_MS) {
		forget_floor(sense->lag_floor_ms);
		sense->lag_floor_ms[0] = sense->lag_ms[0];
		sense->lagging_us = now_us;
	}
}

static int64_t silent_in(int64_t begin_us, int64_t end_us, int64_t at_us)
{
	int64_t until_us = end_us < at_us ? end_us : at_us;

	return until_us > begin_us ? until_us - begin_us : 0;
}

static int32_t ms_from(int64_t begin_us, int64_t end_us)
{
	return end_us > begin_us ? (int32_t)((end_us - begin_us) / 1000) : 0;
}

/*
 * How long the oldest packet of speech was under way at @at_us that had not arrived then; 0: all had. Tenths
 * in which none was sent are no time: a packet that was miscounted would grow old in a silence.
 */
static int32_t age_ms(const thp_downlink_sense *sense, int64_t at_us)
{
	uint32_t later = sense->sent.audio_packets;
	int64_t end_us = sense->sent_us;
	int64_t silent_us = 0;

	if ((int32_t)(later - sense->arrived) <= 0)
		return 0;
	for (uint32_t i = 1; i < THP_DOWNLINK_SLOTS; i++) {
		const thp_downlink_slot *slot =
			&sense->slots[(sense->slot + THP_DOWNLINK_SLOTS - i) % THP_DOWNLINK_SLOTS];
		int64_t begin_us = sense->slot_us - (int64_t)(i - 1) * THP_DOWNLINK_SLOT_US;
		uint32_t earlier = slot->audio_packets;

		if (earlier == later) {
			/* The newest one has only begun. */
			silent_us += i > 1 ? silent_in(begin_us, end_us, at_us) : 0;
		} else if ((int32_t)(sense->arrived - earlier) >= 0) {
			int64_t in_us = (end_us - begin_us) * (sense->arrived - earlier + 1) /
					(later - earlier);
			return ms_from(begin_us + in_us + silent_us, at_us);
		}
		later = earlier;
		end_us = begin_us;
	}
	return ms_from(end_us + silent_us, at_us);
}

/*
 * When the page saw what it tells. A page may be busy and its report slow on a way of its own: both are known
 * by its clock, of which only the difference to the quickest report of the last minute means anything.
 */
int64_t lag_seen_us(thp_downlink_sense *sense, const thp_receiver_report *report, int64_t now_us)
{
	int64_t late_ms = (now_us - sense->begun_us) / 1000 - report->at_ms;

	if (report->busy_ms > BUSY_MS)
		sense->busy_us = now_us;
	if (report->at_ms <= 0)
		return now_us;
	/* another page, another clock */
	if (late_ms > (int64_t)least_of(sense->late_floor_ms) + LATE_MAX_MS)
		forget_floor(sense->late_floor_ms);
	if (late_ms < sense->late_floor_ms[0])
		sense->late_floor_ms[0] = (int32_t)late_ms;
	return now_us - (late_ms - least_of(sense->late_floor_ms)) * 1000;
}

/* By its own clock, of which the page says so. */
static bool comes_in_time(const thp_receiver_report *report)
{
	return report->late_ms == 0 && report->audio_packets >= IN_TIME_LEAST &&
	       report->quiet_ms >= 0 && report->quiet_ms <= IN_TIME_QUIET_MS;
}

/*
 * Speech is sent evenly, so packets of it that were sent and are not accounted for are time: the path's
 * own, and a queue's. Only the difference to the least of the last minute means anything.
 */
static void note_lag(thp_downlink_sense *sense, const thp_receiver_report *report, int64_t at_us,
		     int64_t now_us)
{
	if (report->audio_packets < 0 || report->audio_lost < 0)
		return;
	/* What was sent before the page began to count is not on its way. */
	sense->arrived += (uint32_t)(report->audio_packets + report->audio_lost);
	if (sense->lag_us == 0 || (int32_t)(sense->arrived - sense->sent.audio_packets) > AHEAD_MAX)
		sense->arrived = sense->sent.audio_packets;
	int32_t ms = age_ms(sense, at_us);

	if (is_busy(sense, now_us)) {
		sense->lagging_us = now_us;
		sense->lag_us = now_us;
		return;
	}

	/* What comes is in time: there is no queue, and packets were counted wrongly. */
	sense->in_time = comes_in_time(report) ? sense->in_time + 1 : 0;
	if (sense->in_time >= IN_TIME_REPORTS && above_least(ms, sense->lag_floor_ms) > NOISE_MS)
		forget_floor(sense->lag_floor_ms);
	if (ms < sense->lag_floor_ms[0])
		sense->lag_floor_ms[0] = ms;
	sense->lag_ms[1] = sense->lag_ms[0];
	sense->lag_ms[0] = ms;
	sense->lag_us = now_us;
	sense->lag_at_us = at_us;
	if (above_least(ms, sense->lag_floor_ms) <= NOISE_MS)
		sense->lagging_us = now_us;
}

void lag_report(thp_downlink_sense *sense, const thp_receiver_report *report, int64_t at_us,
		int64_t now_us)
{
	lag_round_trip(sense, report->rtt_ms, now_us);
	note_lag(sense, report, at_us, now_us);
	lag_late(sense, report->late_ms, at_us, now_us);
}

void lag_late(thp_downlink_sense *sense, int32_t late_ms, int64_t at_us, int64_t now_us)
{
	sense->late_ms = late_ms;
	sense->late_us = now_us;
	sense->late_at_us = at_us;
}

void lag_recount(thp_downlink_sense *sense)
{
	sense->lag_us = 0;
}

static void next_bucket(int32_t floors_ms[THP_RTT_BUCKETS])
{
	memmove(&floors_ms[1], &floors_ms[0], (THP_RTT_BUCKETS - 1) * sizeof floors_ms[0]);
	floors_ms[0] = NEVER;
}

/* The worse of two views; of each, the better of its last two looks. */
static uint32_t queue_ms(const thp_downlink_sense *sense, int64_t now_us)
{
	int32_t by_rtt = 0, by_lag = 0;

	if (is_busy(sense, now_us))
		return 0;
	if (sense->rtt_ms >= 0 && now_us - sense->rtt_us <= STALE_RTT_US)
		by_rtt = above_least(sense->rtt_ms < sense->rtt_before_ms ? sense->rtt_ms
									  : sense->rtt_before_ms,
				     sense->rtt_floor_ms);
	if (sense->lag_us > 0 && now_us - sense->lag_us <= STALE_LAG_US)
		by_lag = above_least(sense->lag_ms[0] < sense->lag_ms[1] ? sense->lag_ms[0]
									 : sense->lag_ms[1],
				     sense->lag_floor_ms) -
			 NOISE_MS;
	if (by_lag > by_rtt)
		return (uint32_t)by_lag;
	return by_rtt > 0 ? (uint32_t)by_rtt : 0;
}

/* What was seen before the last cut had its effect is no reason for another. */
static uint32_t told_lag_ms(const thp_downlink_sense *sense, int64_t now_us)
{
	if (is_busy(sense, now_us) || sense->lag_us == 0 || sense->lag_at_us < sense->from_us ||
	    now_us - sense->lag_us > STALE_LAG_US / 2)
		return 0;
	int32_t ms = above_least(sense->lag_ms[0], sense->lag_floor_ms) - NOISE_MS;

	return ms > 0 ? (uint32_t)ms : 0;
}

/* What was late when it came here says nothing of this link. */
static uint32_t told_late_ms(const thp_downlink_sense *sense, int64_t now_us)
{
	bool counts = (sense->came_us == 0 || now_us - sense->came_us > CAME_FOR_US) &&
		      !is_busy(sense, now_us) && now_us - sense->late_us <= LATE_FOR_US;

	return counts && sense->late_ms > 0 ? (uint32_t)sense->late_ms : 0;
}

void lag_turn(thp_downlink_sense *sense)
{
	next_bucket(sense->rtt_floor_ms);
	next_bucket(sense->lag_floor_ms);
	next_bucket(sense->late_floor_ms);
}

void lag_await(thp_downlink_sense *sense, int64_t now_us)
{
	if (now_us - sense->sent_us > BUSY_TICK_US)
		sense->busy_us = now_us;
}

void lag_tick(thp_downlink_sense *sense, const thp_sent *sent, int64_t now_us)
{
	if (sent->late_ms >= CAME_LATE_MS)
		sense->came_us = now_us;
	sense->queue_ms = queue_ms(sense, now_us);
	sense->lag_now_ms = told_lag_ms(sense, now_us);
	sense->late_told_ms = told_late_ms(sense, now_us);
	sense->late_now_ms = sense->late_at_us >= sense->from_us ? sense->late_told_ms : 0;
}
