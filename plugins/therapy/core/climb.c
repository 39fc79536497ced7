/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Room for more: growth within a tier, and a step up that has been tried with padding first. */
#include "link.h"

#define GROW_PERMILLE  16 /* of the rate, each fifth of a second */
#define REMB_USABLE_US 2500000
#define SWINGS_US      200000000 /* a link that has not swung for so long is steady again */
#define SWING_US       5000000   /* what comes sooner belongs to the same swing */
#define OFTEN          3
#define HARM_PERCENT   10
#define EASE_PERCENT   85
#define PROBED_US      2000000
#define PROBE_LATE_MS  90 /* speech, by its own clock */
#define DEAD_KBPS      40
#define DOUBLINGS      5 /* in a probe of a crowd */

/*
 * After a swing, and on a link that does so often: how much is kept of what is above the least, and for how long, before
 * the lid is lifted a little at a time.
 */
typedef struct lid_rule {
	uint32_t percent;
	int64_t us;
} lid_rule;

static const lid_rule usual = {60, 45000000}, often = {0, 120000000};

/* ---- more ---- */

static uint32_t highest_tier(const thp_downlink *link)
{
	uint32_t cap = link->range.cap;
	uint32_t first = thp_tier_first_video(link->ladder);

	if (link->base_permille > link->tuning->lossy_low_permille && cap > first)
		cap = first;
	return cap;
}

static bool is_first(const thp_downlink *link, uint32_t tier)
{
	return tier == thp_tier_first_video(link->ladder);
}

static bool clean(const thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	uint32_t base = link->base_permille * 12 / 10;

	return s->loss_slow <= base + link->tuning->loss_clean_permille &&
	       s->queue_ms <= link->tuning->queue_clean_ms && s->concealed_slow < 30 + base &&
	       now_us - link->dirty_us >= (int64_t)link->tuning->clean_ms * MS /
						  (is_first(link, link->tier + 1) ? 2 : 1) &&
	       link->experiment_us == 0;
}

/* A lid at @percent of what is above the least; one that is lower stays. */
static void put_lid(thp_downlink *link, uint32_t percent, int64_t now_us)
{
	uint32_t least = link_ceiling_kbps(link, thp_tier_first_video(link->ladder));
	uint32_t lid = least + (link->kbps - least) * percent / 100;

	/* In a crowd that is nothing of the picture below, which may well be borne. */
	if (link_in_crowd(link) && lid < link_floor_kbps(link, link->tier - 1))
		lid = link_floor_kbps(link, link->tier - 1);
	link->lid_us = now_us;
	if (link->lid_kbps == 0 || lid < link->lid_kbps)
		link->lid_kbps = lid;
}

static void count_swing(thp_downlink *link, int64_t now_us)
{
	if (link->swing_us == 0 || now_us - link->swing_us > SWINGS_US)
		link->swings = 1;
	else if (now_us - link->swing_us > SWING_US && link->swings < OFTEN)
		link->swings++;
	link->swing_us = now_us;
	thp_playout_swung(&link->playout, now_us);
}

static const lid_rule *rule_of(const thp_downlink *link)
{
	return link->swings < OFTEN ? &usual : &often;
}

/* What is below any picture's rate does no harm. */
void link_swings(thp_downlink *link, int64_t now_us)
{
	uint32_t least = link_ceiling_kbps(link, thp_tier_first_video(link->ladder));

	if (link_has_video(link, link->tier) && link->kbps > least && !link_in_crowd(link)) {
		count_swing(link, now_us);
		put_lid(link, rule_of(link)->percent, now_us);
	}
	thp_playout_late(&link->playout, now_us);
}

/* A little less than what was too much; growth goes on from there. */
void link_ease(thp_downlink *link, int64_t now_us)
{
	uint32_t least = link_floor_kbps(link, link->tier);

	if (link_in_crowd(link) || link->phase == THP_DOWNLINK_PROBE || now_us < link->amnesty_us)
		return;
	put_lid(link, EASE_PERCENT, now_us);
	if (link->kbps > link->lid_kbps)
		link->kbps = link->lid_kbps > least ? link->lid_kbps : least;
}

void link_harmed(thp_downlink *link, int64_t now_us)
{
	uint32_t least = link_ceiling_kbps(link, thp_tier_first_video(link->ladder));

	/* What a probe does is over when it is. */
	if (link->phase == THP_DOWNLINK_PROBE || now_us - link->probed_us < PROBED_US)
		return;
	thp_playout_swung(&link->playout, now_us);
	if (!link_has_video(link, link->tier) || link->kbps <= least ||
	    now_us - link->lid_us < 2000000)
		return;
	if (link->sense.lag_now_ms == 0 && link->sense.queue_ms < link->tuning->queue_proof_ms)
		return;
	/* Where next to nothing came through, less would not have either. */
	if (link->sense.got_kbps < DEAD_KBPS || link->sense.got_before_kbps < DEAD_KBPS)
		return;
	put_lid(link, HARM_PERCENT, now_us);
}

static void lift_lid(thp_downlink *link, int64_t now_us)
{
	if (link->lid_kbps == 0 || now_us - link->lid_us < rule_of(link)->us)
		return;
	link->lid_kbps += link->lid_kbps / 500 + 2;
	if (link->lid_kbps >= link_ceiling_kbps(link, link->ladder->n - 1))
		link->lid_kbps = 0;
}

static uint32_t under_lid(const thp_downlink *link, uint32_t kbps)
{
	return link->lid_kbps > 0 && kbps > link->lid_kbps ? link->lid_kbps : kbps;
}

static void grow(thp_downlink *link, int64_t now_us)
{
	uint32_t most = under_lid(link, link_ceiling_kbps(link, link->tier));
	uint32_t remb = sense_estimate_kbps(&link->sense, REMB_USABLE_US, now_us);

	if (now_us < link->grown_us || link->kbps >= most)
		return;
	/* An estimate that stays below what arrives well is stuck: it makes growth slower, no more. */
	bool stuck = remb > 0 && remb < thp_tier_video_wire_kbps(link->kbps);

	if (link->ticks % (stuck ? 4 : 2) != 0)
		return;
	link->kbps = link_limit(link->kbps + 1 + link->kbps * GROW_PERMILLE / 1000, 0, most);
}

/* A picture of a crowd does not grow after the step: half of what is asked for beyond it will do. */
static uint32_t probe_percent(const thp_downlink *link)
{
	uint32_t percent = link->tuning->probe_percent;

	return link_in_crowd(link) ? 100 + (percent - 100) / 2 : percent;
}

static uint32_t probe_target_kbps(const thp_downlink *link)
{
	uint32_t next = link->tier + 1;
	uint32_t start = link_floor_kbps(link, next);

	if (start < link->kbps)
		start = link->kbps;
	return thp_tier_video_wire_kbps(start) * probe_percent(link) / 100 +
	       link_speech_kbps(link, next) - link_speech_kbps(link, link->tier);
}

static bool may_probe(const thp_downlink *link, int64_t now_us)
{
	uint32_t next = link->tier + 1;

	return link->phase == THP_DOWNLINK_STEADY && link->tier < highest_tier(link) &&
	       now_us >= link->barred_us[next] && now_us >= link->trial_until_us &&
	       link->kbps * 100 >= link_ceiling_kbps(link, link->tier) * 95 &&
	       under_lid(link, link_floor_kbps(link, next)) == link_floor_kbps(link, next);
}

static void begin_probe(thp_downlink *link, int64_t now_us)
{
	uint32_t next = link->tier + 1;
	bool soon = is_first(link, next) && link->hold_us[next] == 0 && !link_in_crowd(link);

	link_enter(link, THP_DOWNLINK_PROBE, now_us,
		   (int64_t)link->tuning->probe_ms * MS / (soon ? 2 : 1));
	link->counters.probes++;
	link->probe_queue_ms = link->sense.queue_ms;
	link->probe_remb_kbps = 0;
}

static bool probe_hurts(thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	uint32_t remb = sense_estimate_kbps(s, REMB_FRESH_US, now_us);

	if (remb > link->probe_remb_kbps)
		link->probe_remb_kbps = remb;
	return (remb > 0 && remb * 100 < link->probe_remb_kbps * 97) ||
	       s->queue_ms > link->probe_queue_ms + 60 || s->late_now_ms > PROBE_LATE_MS ||
	       s->lag_now_ms >
		       link->probe_queue_ms + 60 + 2 * link_tier(link, link->tier)->ptime_ms ||
	       link_excess(link, s->loss_fast) > 30 || s->concealed_fast > 40 + link->base_permille;
}

static void succeed(thp_downlink *link, int64_t now_us)
{
	link_stop_probe(link, true, now_us);
	link->former = link->tier;
	link->trial_until_us = now_us + (int64_t)link->tuning->trial_ms * MS;
	link->ups_us[link->n_ups++ % THP_FLAPS_MAX] = now_us;
	link_go(link, link->tier + 1, link->kbps, THP_WHY_CLEAN, now_us);
	link->decision.keyframe = true;
	link->grown_us = now_us + 1000000;
	if (link->tier + 1 < THP_TIERS_MAX)
		link->barred_us[link->tier + 1] = now_us + 4000000;
}

void link_climb(thp_downlink *link, int64_t now_us)
{
	if (link->phase == THP_DOWNLINK_PROBE) {
		if (link->tier >= link->range.cap) {
			/* It may not be gone to any more. */
			link_stop_probe(link, false, now_us);
		} else if (probe_hurts(link, now_us)) {
			link_bar(link, link->tier + 1, link->tuning->hold_max_ms, now_us);
			link_stop_probe(link, false, now_us);
			link->dirty_us = now_us;
			/* Its queue goes by itself, and soonest where there is a picture to make smaller. */
			link->cut_us = now_us + 500000;
			if (!link_has_video(link, link->tier))
				link->cut_us = link->amnesty_us = now_us + 2500000;
			link->soft_us = 0;
			sense_forget_losses(&link->sense, now_us + 500000);
		} else if (now_us >= link->until_us) {
			succeed(link, now_us);
		}
		return;
	}
	lift_lid(link, now_us);
	if (link->trial_until_us > 0 && now_us >= link->trial_until_us) {
		/* It has held. */
		link->trial_until_us = 0;
		link->hold_us[link->tier] = 0;
	}
	if (!clean(link, now_us))
		return;
	grow(link, now_us);
	if (may_probe(link, now_us))
		begin_probe(link, now_us);
	for (uint32_t i = 0; i < THP_TIERS_MAX; i++) {
		if (now_us - link->tier_us > 30000000 && i <= link->tier)
			link->hold_us[i] = 0;
	}
}

/* Which of @n equal parts of the probe it is in; 0 is the first. */
static uint32_t part_of_probe(const thp_downlink *link, uint32_t n, int64_t now_us)
{
	int64_t whole_us = link->until_us - link->phase_us;
	uint32_t part = (uint32_t)((now_us - link->phase_us) * n / (whole_us > 0 ? whole_us : 1));

	return part < n ? part : n - 1;
}

/*
 * To one of two people in four even steps. In a crowd whole pictures have to fit, and a link may bear far less
 * than the next one: there each step doubles the last, and the one that is too much is not much too much.
 */
uint32_t link_padding_kbps(const thp_downlink *link, int64_t now_us)
{
	if (link->phase != THP_DOWNLINK_PROBE)
		return 0;
	uint32_t have = thp_tier_video_wire_kbps(link->kbps);
	/* Of several pictures some may be withheld; then padding has to stand in for them too. */
	if (link_in_crowd(link) && have > link->sense.picture_kbps)
		have = link->sense.picture_kbps;
	uint32_t want = probe_target_kbps(link);

	if (want <= have)
		return 0;
	if (link_in_crowd(link))
		return (want - have) >> (DOUBLINGS - part_of_probe(link, DOUBLINGS + 1, now_us));
	return (want - have) * (1 + part_of_probe(link, 4, now_us)) / 4;
}
