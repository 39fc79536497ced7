/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the link to one receiver: what was sent and lost, liveness, and the delays of lag.c. */
#include "sense.h"

#include <string.h>

#define BUCKET_US    10000000
#define FAST_SLOTS   12
#define SLOW_SLOTS   50
#define HALF_SLOTS   5
#define RATE_SLOTS   10
#define FAST_LEAST   8 /* packets that say something about a loss */
#define SLOW_LEAST   15
#define HELD_UP_US   300000
#define UDP_IP_BYTES 28
#define DEAF_MS      450
#define DEAF_SLOTS   3 /* in each of which something was sent */
#define LATE_SENT_US (THP_DOWNLINK_SLOT_US * (THP_DOWNLINK_SLOTS - 2 - DEAF_SLOTS))
#define CLOSE_US     700000 /* signs of life that follow each other closely */
#define USUAL_MAX_US 1500000

void sense_init(thp_downlink_sense *sense, int64_t now_us)
{
	memset(sense, 0, sizeof *sense);
	lag_init(sense, now_us);
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
	lag_round_trip(sense, rr->rtt_ms, now_us);
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
				  now_us - (int64_t)lag_beyond_ms(sense, rr->rtt_ms) * 1000};
}

void sense_remb(thp_downlink_sense *sense, uint64_t bps, int64_t now_us)
{
	uint64_t kbps = bps / 1000;

	sense_alive(sense, now_us);
	sense->remb_kbps = kbps > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)kbps;
	sense->remb_us = now_us;
}

/* In each tenth but the newest two before the page looked, @late_us ago, something was sent. */
static bool was_sent(const thp_downlink_sense *sense, int64_t late_us)
{
	uint32_t from = 2 + (uint32_t)((late_us < LATE_SENT_US ? late_us : LATE_SENT_US) /
				       THP_DOWNLINK_SLOT_US);

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
	int64_t at_us = lag_seen_us(sense, report, now_us);

	sense_alive(sense, now_us);
	sense->report_us = now_us;
	sense->seen_us = at_us;
	sense->deaf = report->quiet_ms >= DEAF_MS && was_sent(sense, now_us - at_us);
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
		sense->got_full = report->late_ms > 0;
		sense->got_from_us = at_us - (int64_t)report->span_ms * 1000;
	}
	lag_report(sense, report, at_us, now_us);
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

static void next_slot(thp_downlink_sense *sense)
{
	sense->slot = (sense->slot + 1) % THP_DOWNLINK_SLOTS;
	memset(&sense->slots[sense->slot], 0, sizeof sense->slots[0]);
	sense->slots[sense->slot].audio_packets = sense->sent.audio_packets;
	sense->slot_us += THP_DOWNLINK_SLOT_US;
}

static void turn(thp_downlink_sense *sense, int64_t now_us)
{
	if (now_us - sense->slot_us > THP_DOWNLINK_SLOT_US * 2 * THP_DOWNLINK_SLOTS)
		sense->slot_us = now_us - THP_DOWNLINK_SLOT_US * 2 * THP_DOWNLINK_SLOTS;
	while (now_us - sense->slot_us >= THP_DOWNLINK_SLOT_US)
		next_slot(sense);
	while (now_us - sense->bucket_us >= BUCKET_US) {
		lag_turn(sense);
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
	else
		lag_await(sense, now_us);
	take_sent(sense, sent, now_us);
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
	lag_tick(sense, sent, now_us);
	turn(sense, now_us);
}
