/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the link from one camera bears. The browser's own estimate follows a link, but seconds late and at
 * the cost of speech: what arrives here says it earlier, and one command is enough.
 */
#include <therapy/uplink.h>

#include <string.h>

#define MS              1000
#define SLOT_US         INT64_C(100000)
#define FAST_SLOTS      5
#define SLOW_SLOTS      20
#define LEAST_PACKETS   8
#define FLOOR_PERCENT   55
#define BAD_US          300000  /* for so long it has to be bad */
#define SLOW_US         1200000 /* the same for round trips, which are measured once a second */
#define ASKED_US        15000000
#define SHORT_PERCENT   35 /* of what was asked for */
#define SPEECH_PERMILLE 50
#define PROOF_PERMILLE  20
#define TRIAL_QUEUE_MS  120
#define LONG_QUEUE      2 /* times the delay that is too much with losses */
#define REPORT_US       2500000
#define GROW_PERMILLE   8
#define UDP_IP_BYTES    28
#define DRAIN_US        2500000 /* at most */
#define DRAIN_KBPS      30
#define LOSSY_US        2000000
#define AWAY_US         500000
#define AWAY_MAX_US     10000000 /* who sends nothing for longer has nothing to send */
#define RTT_FORGETS     512      /* of the distance, at each report */
#define SWINGS_MS       80
#define CARE_US         45000000 /* on a way that swung before there was a session */

static uint32_t most_kbps(const thp_uplink *link, uint32_t t)
{
	return link->ladder->tiers[t].video_kbps;
}

static uint32_t least_kbps(const thp_uplink *link, uint32_t t)
{
	return most_kbps(link, t) * FLOOR_PERCENT / 100;
}

static uint32_t limit(uint32_t value, uint32_t low, uint32_t high)
{
	return value < low ? low : value > high ? high : value;
}

/* ---- what arrived ---- */

static thp_uplink_slot sum_of(const thp_uplink *link, uint32_t slots)
{
	thp_uplink_slot sum = {0};

	for (uint32_t i = 0; i < slots; i++) {
		const thp_uplink_slot *slot =
			&link->slots[(link->slot + THP_UPLINK_SLOTS - i) % THP_UPLINK_SLOTS];
		sum.audio_packets += slot->audio_packets;
		sum.video_packets += slot->video_packets;
		sum.audio_lost += slot->audio_lost;
		sum.video_lost += slot->video_lost;
		sum.video_bytes += slot->video_bytes;
	}
	return sum;
}

static uint32_t permille(int32_t lost, uint32_t got)
{
	if (lost <= 0 || (uint32_t)lost + got < LEAST_PACKETS)
		return 0;
	return (uint32_t)((uint64_t)lost * 1000 / ((uint32_t)lost + got));
}

/*
 * Of one kind, what was lost besides what came. What comes after a silence tells of a link that was away, not of one
 * that is too full.
 */
static int32_t lost_now(int64_t *came_us, uint32_t came, uint32_t lost, int64_t now_us)
{
	bool was_away = now_us - *came_us > AWAY_US;

	if (came > 0)
		*came_us = now_us;
	return was_away ? 0 : (int32_t)lost;
}

static void take(thp_uplink *link, const thp_received *now, int64_t now_us)
{
	const thp_received *was = &link->received;
	thp_uplink_slot *slot = &link->slots[link->slot];
	uint32_t audio, video;

	/* What came in before this began says nothing of now. */
	if (!link->counting)
		link->received = *now;
	link->counting = true;
	audio = now->audio_packets - was->audio_packets;
	video = now->video_packets - was->video_packets;
	slot->audio_packets += audio;
	slot->video_packets += video;
	slot->audio_lost +=
		lost_now(&link->came_us[0], audio, now->audio_lost - was->audio_lost, now_us);
	slot->video_lost +=
		lost_now(&link->came_us[1], video, now->video_lost - was->video_lost, now_us);
	slot->video_bytes += (uint32_t)(now->video_bytes - was->video_bytes) + video * UDP_IP_BYTES;
	link->received = *now;
	if (now_us - link->slot_us > SLOT_US * 2 * THP_UPLINK_SLOTS)
		link->slot_us = now_us - SLOT_US * 2 * THP_UPLINK_SLOTS;
}

/* Nothing comes: until something does there is nothing to judge. */
static bool is_away(thp_uplink *link, int64_t now_us)
{
	int64_t came_us = link->came_us[0] > link->came_us[1] ? link->came_us[0] : link->came_us[1];

	if (now_us - came_us <= AWAY_US || now_us - came_us > AWAY_MAX_US)
		return false;
	link->quick_us = link->asked_us = now_us;
	link->bad_us = link->clean_us = 0;
	return true;
}

static void turn(thp_uplink *link, int64_t now_us)
{
	for (; now_us - link->slot_us >= SLOT_US; link->slot_us += SLOT_US) {
		link->slot = (link->slot + 1) % THP_UPLINK_SLOTS;
		memset(&link->slots[link->slot], 0, sizeof link->slots[0]);
	}
}

/* A queue that is going tells of losses when they are over. */
static void forget_losses(thp_uplink *link)
{
	for (int i = 0; i < THP_UPLINK_SLOTS; i++)
		link->slots[i].audio_lost = link->slots[i].video_lost = 0;
}

/* ---- down ---- */

static const thp_sender_report *fresh_report(const thp_uplink *link, int64_t now_us)
{
	return link->report_us > 0 && now_us - link->report_us <= REPORT_US ? &link->report : NULL;
}

static uint32_t round_trip_queue_ms(const thp_uplink *link, int64_t now_us)
{
	const thp_sender_report *r = fresh_report(link, now_us);

	return r && r->rtt_ms >= 0 && r->rtt_ms > link->rtt_floor_ms
		       ? (uint32_t)(r->rtt_ms - link->rtt_floor_ms)
		       : 0;
}

/* Of this way alone, while speech comes. */
static uint32_t way_queue_ms(const thp_uplink *link)
{
	return sum_of(link, FAST_SLOTS).audio_packets > 0 ? link->received.queue_ms : 0;
}

static uint32_t queue_ms(const thp_uplink *link, int64_t now_us)
{
	uint32_t both = round_trip_queue_ms(link, now_us), way = way_queue_ms(link);

	return both > way ? both : way;
}

/* Much less comes than was asked for, and the browser says that its link is why. */
static bool falls_short(const thp_uplink *link, uint32_t kbps, int64_t now_us)
{
	const thp_sender_report *r = fresh_report(link, now_us);

	return link->asked_kbps > 0 && now_us - link->asked_us >= ASKED_US && r &&
	       r->bandwidth_permille > 500 && kbps * 100 < link->asked_kbps * SHORT_PERCENT;
}

/* Without a queue it takes twice as much: that may be the network's own, and less would be lost likewise. */
static bool loses(const thp_uplink *link, const thp_uplink_slot *fast, const thp_uplink_slot *slow,
		  int64_t now_us)
{
	uint32_t most = link->tuning->uplink_loss_permille;

	if (queue_ms(link, now_us) <= link->tuning->queue_proof_ms)
		return permille(fast->audio_lost + fast->video_lost,
				fast->audio_packets + fast->video_packets) > 2 * most;
	return permille(slow->audio_lost, slow->audio_packets) > SPEECH_PERMILLE ||
	       permille(fast->video_lost, fast->video_packets) > most;
}

/* A step up may turn out not to hold. */
static bool is_on_trial(const thp_uplink *link, int64_t now_us)
{
	return now_us - link->raised_us < (int64_t)link->tuning->trial_ms * MS;
}

static bool is_bad(const thp_uplink *link, thp_why *why, int64_t now_us)
{
	thp_uplink_slot fast = sum_of(link, 2 * FAST_SLOTS);
	thp_uplink_slot slow = sum_of(link, SLOW_SLOTS);

	*why = THP_WHY_LOSS;
	if (loses(link, &fast, &slow, now_us))
		return true;
	*why = THP_WHY_DELAY;
	if (now_us - link->quick_us > SLOW_US)
		return true;
	if (is_on_trial(link, now_us) && way_queue_ms(link) > TRIAL_QUEUE_MS)
		return true;
	/* A page that is busy is late with its speech as well; a full queue also loses, or becomes very long. */
	if (way_queue_ms(link) > LONG_QUEUE * link->tuning->uplink_rtt_ms)
		return true;
	if (way_queue_ms(link) > link->tuning->uplink_rtt_ms &&
	    permille(slow.audio_lost + slow.video_lost, slow.audio_packets + slow.video_packets) >
		    PROOF_PERMILLE)
		return true;
	*why = THP_WHY_ESTIMATE;
	return falls_short(link, slow.video_bytes * 8 / (SLOW_SLOTS * 100), now_us);
}

static void go(thp_uplink *link, uint32_t tier, uint32_t kbps, thp_why why, int64_t now_us)
{
	if (tier > link->tier)
		link->counters.ups[why]++;
	if (tier < link->tier) {
		link->counters.downs[why]++;
		/* A step up that has not held: wait twice as long for the next one. */
		if (is_on_trial(link, now_us) &&
		    link->hold_us < (int64_t)link->tuning->hold_max_ms * MS)
			link->hold_us *= 2;
		link->barred_us = now_us + link->hold_us;
	}
	if (tier != link->tier)
		link->decision.why = why;
	link->tier = tier;
	link->kbps = limit(kbps, least_kbps(link, tier), most_kbps(link, tier));
}

/* Down to what arrives now, and at least a fifth down. */
static void cut(thp_uplink *link, thp_why why, int64_t now_us)
{
	const thp_sender_report *r = fresh_report(link, now_us);
	uint32_t kbps = sum_of(link, FAST_SLOTS).video_bytes * 8 / (FAST_SLOTS * 100) * 90 / 100;
	uint32_t t = link->tier;

	if (r && r->available_kbps >= 0 && (uint32_t)r->available_kbps < kbps)
		kbps = (uint32_t)r->available_kbps;
	if (kbps > link->kbps * 8 / 10)
		kbps = link->kbps * 8 / 10;
	while (t > link->range.floor && most_kbps(link, t) > 0 && kbps < least_kbps(link, t))
		t--;
	if (most_kbps(link, link->tier) == 0 && t > link->range.floor)
		t--;
	go(link, t, kbps, why, now_us);
	link->cut_us = now_us + (int64_t)link->tuning->settle_ms * MS;
	if (way_queue_ms(link) > 0)
		link->drain_us = now_us + DRAIN_US;
	link->clean_us = 0;
}

/* ---- up ---- */

static bool has_room(const thp_uplink *link, int64_t now_us)
{
	const thp_sender_report *r = fresh_report(link, now_us);
	uint32_t next = link->tier + 1;

	/* Without video the browser estimates nothing: the step itself is the test. */
	if (most_kbps(link, link->tier) == 0 || !r)
		return true;
	if (r->available_kbps > 0 &&
	    (uint32_t)r->available_kbps >= least_kbps(link, next) * 13 / 10)
		return true;
	return r->bandwidth_permille >= 0 && r->bandwidth_permille < 100;
}

static void climb(thp_uplink *link, int64_t now_us)
{
	uint32_t most = most_kbps(link, link->tier);

	if (link->clean_us == 0)
		link->clean_us = now_us;
	if (now_us - link->clean_us > 1000000 && link->kbps < most)
		link->kbps = limit(link->kbps + 1 + link->kbps * GROW_PERMILLE / 1000, 0, most);
	if (link->tier >= link->range.cap || now_us < link->barred_us || link->kbps < most ||
	    now_us - link->clean_us < (int64_t)link->tuning->uplink_up_ms * MS ||
	    !has_room(link, now_us))
		return;
	go(link, link->tier + 1, least_kbps(link, link->tier + 1), THP_WHY_CLEAN, now_us);
	link->raised_us = link->clean_us = now_us;
	if (link->hold_us > (int64_t)link->tuning->hold_ms * MS &&
	    now_us - link->cut_us > (int64_t)link->tuning->flap_rest_ms * MS)
		link->hold_us /= 2;
}

/* ---- the module ---- */

static void begin_on(thp_uplink *link, uint32_t tier)
{
	link->tier = link->decision.tier = tier;
	link->kbps = link->decision.video_kbps = most_kbps(link, tier);
}

void thp_uplink_init(thp_uplink *link, const thp_ladder *ladder, const thp_tuning *tuning,
		     uint32_t start, int64_t now_us)
{
	memset(link, 0, sizeof *link);
	link->ladder = ladder;
	link->tuning = tuning;
	link->range.cap = ladder->n - 1;
	begin_on(link, start < ladder->n ? start : ladder->n - 1);
	link->hold_us = (int64_t)tuning->hold_ms * MS;
	link->rtt_floor_ms = INT32_MAX;
	link->slot_us = link->ticked_us = link->quick_us = link->lossy_us = now_us;
	link->raised_us = INT64_MIN / 2;
	thp_playout_init(&link->playout, now_us);
}

void thp_uplink_waited(thp_uplink *link, int64_t for_us, bool swung)
{
	uint32_t second = thp_tier_first_video(link->ladder) + 1;

	if (!swung)
		thp_playout_watched(&link->playout, for_us);
	if (!swung || link->tier < second)
		return;
	begin_on(link, second);
	link->barred_us = link->ticked_us + CARE_US;
}

void thp_uplink_reload(thp_uplink *link, const thp_ladder *ladder, const thp_tuning *tuning)
{
	link->ladder = ladder;
	link->tuning = tuning;
	link->range = (thp_tier_range){.cap = ladder->n - 1};
	link->hold_us = (int64_t)tuning->hold_ms * MS;
	link->tier = limit(link->tier, 0, ladder->n - 1);
	link->kbps = limit(link->kbps, least_kbps(link, link->tier), most_kbps(link, link->tier));
}

void thp_uplink_limit(thp_uplink *link, const thp_tier_range *range)
{
	link->range = *range;
}

void thp_uplink_on_report(thp_uplink *link, const thp_sender_report *report, int64_t now_us)
{
	link->report = *report;
	link->report_us = now_us;
	if (report->rtt_ms < 0)
		return;
	if (report->rtt_ms < link->rtt_floor_ms)
		link->rtt_floor_ms = report->rtt_ms;
	else
		link->rtt_floor_ms +=
			(report->rtt_ms - link->rtt_floor_ms + RTT_FORGETS / 2) / RTT_FORGETS;
}

static void note_asked(thp_uplink *link, uint32_t kbps, int64_t now_us)
{
	/* More was asked for, or the camera came back: give it time. */
	if (kbps > link->asked_kbps * 12 / 10)
		link->asked_us = now_us;
	link->asked_kbps = kbps;
}

/* The camera sends more than the smallest picture. */
static bool is_large(const thp_uplink *link)
{
	return link->asked_kbps > most_kbps(link, thp_tier_first_video(link->ladder));
}

static void tell(thp_uplink *link, uint32_t was, int64_t now_us)
{
	thp_uplink_decision *d = &link->decision;
	thp_uplink_slot slow = sum_of(link, SLOW_SLOTS);

	d->tier = link->tier;
	d->changed = link->tier != was;
	d->video_kbps = now_us < link->drain_us ? limit(link->kbps, 0, DRAIN_KBPS) : link->kbps;
	d->queue_ms = queue_ms(link, now_us);
	d->loss_permille = permille(slow.audio_lost + slow.video_lost,
				    slow.audio_packets + slow.video_packets);
	/* What a full link loses is not made good by more traffic. */
	if (d->loss_permille < thp_tier_red_permille(link->ladder, link->tuning, link->tier) ||
	    d->queue_ms > link->tuning->queue_proof_ms || now_us < link->cut_us + LOSSY_US)
		link->lossy_us = now_us;
	d->red = link->ladder->tiers[link->tier].red == THP_RED_ON ||
		 (link->ladder->tiers[link->tier].red == THP_RED_AUTO &&
		  now_us - link->lossy_us >= LOSSY_US);
	if (is_large(link) && way_queue_ms(link) >= SWINGS_MS)
		thp_playout_swung(&link->playout, now_us);
	d->buffer_ms = thp_playout_ms(&link->playout, link->tuning, is_large(link), now_us);
	link->counters.tier_ms[link->tier] += (uint64_t)(now_us - link->ticked_us) / MS;
	link->ticked_us = now_us;
}

const thp_uplink_decision *thp_uplink_tick(thp_uplink *link, const thp_received *received,
					   uint32_t asked_kbps, int64_t now_us)
{
	uint32_t was = link->tier;
	uint32_t within = limit(link->tier, link->range.floor, link->range.cap);
	thp_why why;

	take(link, received, now_us);
	if (round_trip_queue_ms(link, now_us) <= link->tuning->uplink_rtt_ms)
		link->quick_us = now_us;
	note_asked(link, asked_kbps, now_us);
	if (within != link->tier)
		go(link, within, most_kbps(link, within), link->range.why, now_us);
	if (way_queue_ms(link) < link->tuning->queue_proof_ms)
		link->drain_us = 0;
	if (now_us < link->drain_us)
		forget_losses(link);
	if (is_away(link, now_us)) {
		link->drain_us = 0;
	} else if (!is_bad(link, &why, now_us)) {
		link->bad_us = 0;
		climb(link, now_us);
	} else {
		link->clean_us = 0;
		if (link->bad_us == 0)
			link->bad_us = now_us;
		if (now_us - link->bad_us >= BAD_US && now_us >= link->cut_us)
			cut(link, why, now_us);
	}
	tell(link, was, now_us);
	turn(link, now_us);
	return &link->decision;
}
