/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the link to one receiver: losses by count, delay over the shortest, liveness. */
#include "sense.h"

#include <string.h>

#define SLOT_US          INT64_C(100000)
#define BUCKET_US        10000000
#define FAST_SLOTS       12
#define SLOW_SLOTS       50
#define HALF_SLOTS       5
#define RATE_SLOTS       10
#define FAST_LEAST       8 /* packets that say something about a loss */
#define SLOW_LEAST       15
#define STALE_RTT_US     4000000
#define STALE_LAG_US     1500000
#define LAG_NOISE_MS     130 /* two packets of 60 ms, and a machine that is busy */
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
#define HELD_UP_US       300000
#define NEVER            INT32_MAX
#define UDP_IP_BYTES     28
#define PEAK_FALLS       64 /* of the peak of the estimate, a 64th is forgotten each tenth */
#define DEAF_MS          450
#define DEAF_SLOTS       3 /* in each of which something was sent */
#define LATE_SENT_US     (SLOT_US * (THP_DOWNLINK_SLOTS - 2 - DEAF_SLOTS))
#define CLOSE_US         700000 /* signs of life that follow each other closely */
#define USUAL_MAX_US     1500000

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

void sense_init(thp_downlink_sense *sense, int64_t now_us)
{
	memset(sense, 0, sizeof *sense);
	sense->rtt_ms = -1;
	forget_floor(sense->rtt_floor_ms);
	forget_floor(sense->lag_floor_ms);
	forget_floor(sense->late_floor_ms);
	sense->begun_us = sense->lagging_us = now_us;
	sense->slot_us = sense->bucket_us = now_us;
	sense->alive_us = sense->alive_for_us = now_us;
}

void sense_alive(thp_downlink_sense *sense, int64_t now_us)
{
	int64_t gap_us = now_us - sense->alive_us;

	/* Heard before this began, which is a sign of life itself. */
	if (gap_us < 0)
		return;
	if (gap_us > CLOSE_US)
		sense->alive_for_us = now_us;
	/* Several signs at once are one; the usual gap rises at once and falls slowly. */
	if (gap_us > sense->usual_us)
		sense->usual_us = gap_us < USUAL_MAX_US ? gap_us : USUAL_MAX_US;
	else
		sense->usual_us -= (sense->usual_us - gap_us) / 64;
	sense->alive_us = now_us;
}

static bool is_busy(const thp_downlink_sense *sense, int64_t now_us)
{
	return sense->busy_us > 0 && now_us - sense->busy_us < BUSY_FOR_US;
}

static void note_tick(int32_t ticks_ms[THP_BACK_TICKS], uint32_t ms)
{
	memmove(&ticks_ms[1], &ticks_ms[0], (THP_BACK_TICKS - 1) * sizeof ticks_ms[0]);
	ticks_ms[0] = ms < BACK_MAX_MS ? (int32_t)ms : BACK_MAX_MS;
}

static int32_t most_of(const int32_t ticks_ms[THP_BACK_TICKS])
{
	int32_t most = 0;

	for (int i = 0; i < THP_BACK_TICKS; i++)
		most = ticks_ms[i] > most ? ticks_ms[i] : most;
	return most;
}

void sense_back(thp_downlink_sense *sense, uint32_t queue_ms, uint32_t late_ms)
{
	note_tick(sense->back_ms, queue_ms);
	sense->back_late_ms[1] = sense->back_late_ms[0];
	sense->back_late_ms[0] = late_ms < BACK_MAX_MS ? (int32_t)late_ms : BACK_MAX_MS;
}

/* By the newest packets, if those at the last tick were late as well. */
int32_t sense_back_now_ms(const thp_downlink_sense *sense, int64_t now_us)
{
	const int32_t *late_ms = sense->back_late_ms;

	return is_busy(sense, now_us) || late_ms[1] < BACK_LEAST_MS ? 0 : late_ms[0];
}

int32_t sense_back_ms(const thp_downlink_sense *sense)
{
	return most_of(sense->back_ms);
}

/* Without what the other way has added, but never shorter than the shortest. */
static int32_t this_way(const thp_downlink_sense *sense, int32_t rtt_ms)
{
	int32_t back_ms = sense_back_ms(sense);
	int32_t least = least_of(sense->rtt_floor_ms);

	if (rtt_ms <= least)
		return rtt_ms;
	return rtt_ms - back_ms > least ? rtt_ms - back_ms : least;
}

static void note_rtt(thp_downlink_sense *sense, int32_t both_ms, int64_t now_us)
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
		int64_t begin_us = sense->slot_us - (int64_t)(i - 1) * SLOT_US;
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
static int64_t seen_us(thp_downlink_sense *sense, const thp_receiver_report *report, int64_t now_us)
{
	int64_t late_ms = (now_us - sense->begun_us) / 1000 - report->at_ms;

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
	if (sense->in_time >= IN_TIME_REPORTS &&
	    above_least(ms, sense->lag_floor_ms) > LAG_NOISE_MS)
		forget_floor(sense->lag_floor_ms);
	if (ms < sense->lag_floor_ms[0])
		sense->lag_floor_ms[0] = ms;
	sense->lag_ms[1] = sense->lag_ms[0];
	sense->lag_ms[0] = ms;
	sense->lag_us = now_us;
	sense->lag_at_us = at_us;
	if (above_least(ms, sense->lag_floor_ms) <= LAG_NOISE_MS)
		sense->lagging_us = now_us;
}

/* Of @lost more packets, those that were lost on this link; others had never come to it. */
static int32_t lost_here(thp_line_state *state, const thp_rr *rr, int32_t lost)
{
	int32_t missing = rr->skipped - state->excused;
	int32_t excused = lost < missing ? lost : missing;

	if (!state->known) {
		state->excused = rr->skipped < rr->lost ? rr->skipped : rr->lost;
		return lost;
	}
	if (missing < 0)
		state->excused = rr->skipped;
	if (excused <= 0)
		return lost;
	state->excused += excused;
	return lost - excused;
}

void sense_rr(thp_downlink_sense *sense, uint32_t line, const thp_rr *rr, int64_t now_us)
{
	thp_line_state *state = &sense->lines[line % THP_LINES_MAX];
	int32_t expected = (int32_t)(rr->highest_seq - state->highest_seq);
	int32_t lost = lost_here(state, rr, rr->lost - state->lost);
	thp_downlink_slot *slot = &sense->slots[sense->slot];

	sense_alive(sense, now_us);
	note_rtt(sense, rr->rtt_ms, now_us);
	/* A report that covers what does not count says nothing that does. */
	if (state->known && state->at_us >= sense->from_us && expected > 0 && expected < 65536) {
		uint32_t n = lost <= 0 ? 0 : (uint32_t)(lost < expected ? lost : expected);

		slot->expected += (uint32_t)expected;
		slot->lost += n;
		sense->expected += (uint32_t)expected;
		sense->lost += n;
	}
	/* What it covers was sent before it had been under way. */
	*state = (thp_line_state){true, rr->highest_seq, rr->lost, state->excused,
				  now_us - (int64_t)above_least(rr->rtt_ms, sense->rtt_floor_ms) *
						   1000};
}

void sense_remb(thp_downlink_sense *sense, uint64_t bps, int64_t now_us)
{
	uint64_t kbps = bps / 1000;

	sense_alive(sense, now_us);
	sense->remb_kbps = kbps > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)kbps;
	if (sense->remb_kbps > sense->remb_peak_kbps)
		sense->remb_peak_kbps = sense->remb_kbps;
	sense->remb_us = now_us;
}

/* In each tenth but the newest two before the page looked, @late_us ago, something was sent. */
static bool was_sent(const thp_downlink_sense *sense, int64_t late_us)
{
	uint32_t from = 2 + (uint32_t)((late_us < LATE_SENT_US ? late_us : LATE_SENT_US) / SLOT_US);

	for (uint32_t i = from; i < from + DEAF_SLOTS; i++) {
		const thp_downlink_slot *slot =
			&sense->slots[(sense->slot + THP_DOWNLINK_SLOTS - i) % THP_DOWNLINK_SLOTS];

		if (slot->audio_bytes == 0 && slot->video_bytes == 0)
			return false;
	}
	return true;
}

void sense_report(thp_downlink_sense *sense, const thp_receiver_report *report, int64_t now_us)
{
	thp_downlink_slot *slot = &sense->slots[sense->slot];
	int64_t at_us = seen_us(sense, report, now_us);

	sense_alive(sense, now_us);
	sense->report_us = now_us;
	sense->seen_us = at_us;
	sense->deaf = report->quiet_ms >= DEAF_MS && was_sent(sense, now_us - at_us);
	if (report->busy_ms > BUSY_MS)
		sense->busy_us = now_us;
	if (report->span_ms == 0)
		return;
	/* What came late may tell of what has been dealt with since. */
	bool counts = now_us - at_us < HELD_UP_US || at_us >= sense->from_us;

	if (counts && report->audio_samples > 0 && report->concealed_samples >= 0) {
		slot->samples += (uint32_t)report->audio_samples;
		slot->concealed += (uint32_t)report->concealed_samples;
	}
	if (report->video_bytes >= 0) {
		sense->got_before_kbps = sense->got_kbps;
		sense->got_kbps = (uint32_t)((uint64_t)report->video_bytes * 8 / report->span_ms);
		sense->got_us = now_us;
		sense->got_from_us = at_us - (int64_t)report->span_ms * 1000;
	}
	note_rtt(sense, report->rtt_ms, now_us);
	note_lag(sense, report, at_us, now_us);
	sense->late_ms = report->late_ms;
	sense->late_us = now_us;
	sense->late_at_us = at_us;
}

void sense_recount(thp_downlink_sense *sense)
{
	sense->lag_us = 0;
}

void sense_forget_losses(thp_downlink_sense *sense, int64_t until_us)
{
	sense->from_us = until_us;
	for (int i = 0; i < THP_DOWNLINK_SLOTS; i++) {
		sense->slots[i].lost = sense->slots[i].expected = 0;
		sense->slots[i].concealed = sense->slots[i].samples = 0;
	}
}

uint32_t sense_estimate_kbps(const thp_downlink_sense *sense, int64_t age_us, int64_t now_us)
{
	return sense->remb_us > 0 && now_us - sense->remb_us <= age_us ? sense->remb_kbps : 0;
}

/* ---- the figures ---- */

static thp_downlink_slot sum_of(const thp_downlink_sense *sense, uint32_t slots)
{
	thp_downlink_slot sum = {0};

	for (uint32_t i = 0; i < slots; i++) {
		const thp_downlink_slot *slot =
			&sense->slots[(sense->slot + THP_DOWNLINK_SLOTS - i) % THP_DOWNLINK_SLOTS];
		sum.lost += slot->lost;
		sum.expected += slot->expected;
		sum.concealed += slot->concealed;
		sum.samples += slot->samples;
		sum.audio_bytes += slot->audio_bytes;
		sum.video_bytes += slot->video_bytes;
		sum.padding_bytes += slot->padding_bytes;
	}
	return sum;
}

static uint32_t permille(uint32_t part, uint32_t whole, uint32_t least)
{
	return whole >= least && whole > 0 ? (uint32_t)((uint64_t)part * 1000 / whole) : 0;
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
			 LAG_NOISE_MS;
	if (by_lag > by_rtt)
		return (uint32_t)by_lag;
	return by_rtt > 0 ? (uint32_t)by_rtt : 0;
}

/* What was seen before the last cut had its effect is no reason for another. */
static uint32_t lag_now_ms(const thp_downlink_sense *sense, int64_t now_us)
{
	if (is_busy(sense, now_us) || sense->lag_us == 0 || sense->lag_at_us < sense->from_us ||
	    now_us - sense->lag_us > STALE_LAG_US / 2)
		return 0;
	int32_t ms = above_least(sense->lag_ms[0], sense->lag_floor_ms) - LAG_NOISE_MS;

	return ms > 0 ? (uint32_t)ms : 0;
}

/* What was late when it came here says nothing of this link. */
static uint32_t late_now_ms(const thp_downlink_sense *sense, int64_t now_us)
{
	bool counts = (sense->came_us == 0 || now_us - sense->came_us > CAME_FOR_US) &&
		      !is_busy(sense, now_us) && sense->late_at_us >= sense->from_us &&
		      now_us - sense->late_us <= LATE_FOR_US;

	return counts && sense->late_ms > 0 ? (uint32_t)sense->late_ms : 0;
}

static void next_slot(thp_downlink_sense *sense)
{
	sense->slot = (sense->slot + 1) % THP_DOWNLINK_SLOTS;
	memset(&sense->slots[sense->slot], 0, sizeof sense->slots[0]);
	sense->slots[sense->slot].audio_packets = sense->sent.audio_packets;
	sense->slot_us += SLOT_US;
	sense->remb_peak_kbps -= sense->remb_peak_kbps / PEAK_FALLS;
	if (sense->remb_peak_kbps < sense->remb_kbps)
		sense->remb_peak_kbps = sense->remb_kbps;
}

static void turn(thp_downlink_sense *sense, int64_t now_us)
{
	if (now_us - sense->slot_us > SLOT_US * 2 * THP_DOWNLINK_SLOTS)
		sense->slot_us = now_us - SLOT_US * 2 * THP_DOWNLINK_SLOTS;
	while (now_us - sense->slot_us >= SLOT_US)
		next_slot(sense);
	while (now_us - sense->bucket_us >= BUCKET_US) {
		next_bucket(sense->rtt_floor_ms);
		next_bucket(sense->lag_floor_ms);
		next_bucket(sense->late_floor_ms);
		sense->bucket_us += BUCKET_US;
	}
}

/* A link that goes on, in another room or after a rest, has counted before: none of that was sent just now. */
static void begin_counting(thp_downlink_sense *sense, const thp_sent *sent)
{
	sense->sent = *sent;
	sense->arrived = sent->audio_packets;
	for (int i = 0; i < THP_DOWNLINK_SLOTS; i++)
		sense->slots[i].audio_packets = sent->audio_packets;
}

static void take_sent(thp_downlink_sense *sense, const thp_sent *sent, int64_t now_us)
{
	thp_downlink_slot *slot = &sense->slots[sense->slot];
	const thp_sent *was = &sense->sent;
	uint32_t audio = sent->audio_packets - was->audio_packets;
	uint32_t video = sent->video_packets - was->video_packets + sent->padding_packets -
			 was->padding_packets;

	slot->audio_packets = sent->audio_packets;
	slot->audio_bytes +=
		(uint32_t)(sent->audio_bytes - was->audio_bytes) + audio * UDP_IP_BYTES;
	slot->video_bytes += (uint32_t)(sent->video_bytes - was->video_bytes + sent->padding_bytes -
					was->padding_bytes) +
			     video * UDP_IP_BYTES;
	slot->padding_bytes += (uint32_t)(sent->padding_bytes - was->padding_bytes) +
			       (sent->padding_packets - was->padding_packets) * UDP_IP_BYTES;
	sense->sent = *sent;
	sense->sent_us = now_us;
}

void sense_tick(thp_downlink_sense *sense, const thp_sent *sent, int64_t now_us)
{
	if (sense->sent_us == 0)
		begin_counting(sense, sent);
	else if (now_us - sense->sent_us > BUSY_TICK_US)
		sense->busy_us = now_us;
	take_sent(sense, sent, now_us);
	if (sent->late_ms >= CAME_LATE_MS)
		sense->came_us = now_us;
	thp_downlink_slot fast = sum_of(sense, FAST_SLOTS);
	thp_downlink_slot slow = sum_of(sense, SLOW_SLOTS);
	thp_downlink_slot rate = sum_of(sense, RATE_SLOTS);

	sense->loss_known = slow.expected >= SLOW_LEAST;
	sense->loss_fast = permille(fast.lost, fast.expected, FAST_LEAST);
	sense->loss_slow = permille(slow.lost, slow.expected, SLOW_LEAST);
	sense->concealed_fast = permille(fast.concealed, fast.samples, 1);
	sense->concealed_slow = permille(slow.concealed, slow.samples, 1);
	sense->video_fast_kbps = sum_of(sense, HALF_SLOTS).video_bytes * 8 / (HALF_SLOTS * 100);
	sense->audio_kbps = rate.audio_bytes * 8 / (RATE_SLOTS * 100);
	sense->video_kbps = rate.video_bytes * 8 / (RATE_SLOTS * 100);
	sense->picture_kbps = (rate.video_bytes - rate.padding_bytes) * 8 / (RATE_SLOTS * 100);
	sense->queue_ms = queue_ms(sense, now_us);
	sense->lag_now_ms = lag_now_ms(sense, now_us);
	sense->late_now_ms = late_now_ms(sense, now_us);
	turn(sense, now_us);
}
