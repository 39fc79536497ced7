/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs of too much: what they prove, and how far to go down. */
#include "link.h"

#define STARVING_PERMILLE 250
#define SOFT_US           1000000
#define DRAIN_MAX_MS      1500
#define DRAIN_MIN_MS      300
#define EXPERIMENT_US     INT64_C(3800000)
#define EARLY_US          6000000
#define OPENED_US         300000
#define BURST_TENTHS      8
#define LATE_MS           150     /* speech, by its own clock: that is exact */
#define AGAIN_US          3000000 /* a cut so soon after another has settled is the same trouble */

/* ---- signs of too much ---- */

uint32_t link_excess(const thp_downlink *link, uint32_t loss)
{
	uint32_t base = link->base_permille * 13 / 10;

	return loss > base ? loss - base : 0;
}

static bool proven(const thp_downlink *link)
{
	const thp_downlink_sense *s = &link->sense;

	/*
	 * Speech that is made up proves nothing by itself: a busy machine does that as well. Nor do a few losses: an
	 * estimate that follows a growing picture is low anyhow, and whose the losses are an experiment will tell.
	 */
	return s->queue_ms > link->tuning->queue_proof_ms ||
	       link_excess(link, s->loss_fast) > link->tuning->loss_hard_permille;
}

/* The estimate has fallen below @percent of what is sent. Without video it says nothing. */
static bool estimate_below(const thp_downlink *link, uint32_t percent, int64_t now_us)
{
	uint32_t kbps = sense_estimate_kbps(&link->sense, REMB_FRESH_US, now_us);

	return kbps > 0 && link->sense.video_kbps > 20 &&
	       (uint64_t)kbps * 100 < (uint64_t)link->sense.video_kbps * percent;
}

/* All of what the last report covers came after pictures had been on their way for a while. */
static bool is_about_now(const thp_downlink *link)
{
	return link->sense.got_from_us > link->opened_us + OPENED_US;
}

/* Less than half of the video arrives, by the last report, and not for losses that are as ever. */
static bool starves(const thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	uint32_t proof_ms = link->tuning->queue_proof_ms;
	bool less = now_us - s->got_us < 600000 && is_about_now(link) && s->video_kbps > 40 &&
		    s->got_kbps * 2 < s->video_kbps && s->got_kbps * 2 < s->video_fast_kbps;

	return less && (s->queue_ms > proof_ms || s->late_now_ms > proof_ms ||
			s->lag_now_ms > link->tuning->queue_soft_ms ||
			link_excess(link, s->loss_fast) > STARVING_PERMILLE);
}

typedef enum verdict { FINE, ODD, UNEASY, BAD, PROVEN_BAD } verdict;

static verdict judge(const thp_downlink *link, thp_why *why, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	const thp_tuning *t = link->tuning;
	uint32_t lost = now_us < link->amnesty_us ? 0 : link_excess(link, s->loss_fast);
	bool proof = proven(link);
	/* The smallest picture is not given up for an estimate, if anything better is known. */
	uint32_t small = link_ceiling_kbps(link, thp_tier_first_video(link->ladder));
	bool known = s->lag_us > 0 && now_us - s->lag_us < 1500000;
	bool by_estimate = now_us >= link->amnesty_us && (link->kbps > small || !known);

	*why = THP_WHY_ESTIMATE;
	/* A receiver's first estimates are about itself; and a crowd's pictures go altogether, so there it takes more. */
	bool settled = now_us - link->begun_us > EARLY_US && !link_in_crowd(link);
	bool full =
		s->queue_ms > t->queue_soft_ms || lost > STARVING_PERMILLE || (settled && proof);

	if ((by_estimate && estimate_below(link, 60, now_us) && full) || starves(link, now_us))
		return PROVEN_BAD;
	*why = THP_WHY_DELAY;
	if (s->queue_ms > t->queue_hard_ms)
		return now_us < link->amnesty_us ? UNEASY : BAD;
	if ((link->kbps > small || now_us < link->trial_until_us) && now_us >= link->amnesty_us &&
	    (s->lag_now_ms > t->queue_soft_ms || s->late_now_ms > LATE_MS))
		return BAD;
	*why = THP_WHY_LOSS;
	if (lost > t->loss_hard_permille && s->queue_ms > t->queue_proof_ms)
		return PROVEN_BAD;
	*why = THP_WHY_CONCEALED;
	if (now_us >= link->amnesty_us && s->concealed_slow > t->concealed_hard_permille &&
	    s->queue_ms > t->queue_proof_ms)
		return BAD;
	*why = THP_WHY_DELAY;
	if (s->queue_ms > t->queue_soft_ms)
		return UNEASY;
	*why = THP_WHY_ESTIMATE;
	if (by_estimate && estimate_below(link, 85, now_us) && proof)
		return UNEASY;
	*why = THP_WHY_LOSS;
	if (lost > t->loss_soft_permille)
		return s->queue_ms > t->queue_proof_ms ? UNEASY : ODD;
	return FINE;
}

/* What the link carries, when it is full: all that arrived, or what the receiver makes of it. */
static uint32_t capacity_kbps(const thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	uint32_t sent = s->audio_kbps + s->video_kbps;
	uint32_t most = (uint32_t)((uint64_t)sent * (1000 - s->loss_fast) / 1000 * 90 / 100);
	uint32_t remb = sense_estimate_kbps(s, REMB_FRESH_US, now_us);
	/* Only what was sent can have arrived. */
	bool got = (is_about_now(link) || s->got_full) && now_us - s->got_us < 1200000;
	uint32_t video = got ? s->got_kbps * 80 / 100 : remb;

	if (video > 0 && video + s->audio_kbps < most)
		return video + s->audio_kbps;
	return most;
}

static void fit(thp_downlink *link, uint32_t kbps, uint32_t highest, bool again, thp_why why,
		int64_t now_us)
{
	uint32_t first = thp_tier_first_video(link->ladder);
	uint32_t t = highest;
	uint32_t video;

	for (;; t--) {
		uint32_t speech = link_speech_kbps(link, t);

		video = kbps > speech ? (kbps - speech) * 100 / 109 : 0;
		if (t <= link->range.floor)
			break;
		if (link_has_video(link, t) ? video >= link_floor_kbps(link, t) : speech <= kbps)
			break;
	}
	/*
	 * What seems too little for any picture may be a moment's: without one, speech is safe meanwhile. The
	 * picture that comes back to one of a crowd is as large as before, so there it has to be proven.
	 */
	if (t < first && highest >= first && !again && !link_in_crowd(link))
		t = first;
	link_go(link, t, video, why, now_us);
}

static void drain(thp_downlink *link, int64_t now_us)
{
	uint32_t ms = link_limit(link->sense.queue_ms + 200, DRAIN_MIN_MS, DRAIN_MAX_MS);

	link_enter(link, THP_DOWNLINK_DRAIN, now_us, (int64_t)ms * MS);
	link->burst_kbps = 0;
}

static void settle(thp_downlink *link, int64_t now_us)
{
	uint32_t q = link_limit(link->sense.queue_ms, 0, 1500);

	link->cut_us = link->settled_us = now_us + (int64_t)(link->tuning->settle_ms + q) * MS;
	link->grown_us = now_us + GROW_WAIT_US;
	link->soft_us = 0;
	/* What tells of it comes by the other way, which may be full as well. */
	sense_forget_losses(&link->sense,
			    now_us + (int64_t)(300 + q + 2 * (uint32_t)lag_back_ms(&link->sense)) *
					     MS);
}

static void cut(thp_downlink *link, verdict v, thp_why why, int64_t now_us)
{
	bool again = link->settled_us > 0 && now_us - link->settled_us < AGAIN_US;
	uint32_t highest = link->tier;

	if (now_us - link->uncut_us > UNCUT_US) {
		link->uncut_us = now_us;
		link->uncut_tier = link->tier;
		link->uncut_kbps = link->kbps;
	}
	link->before_tier = 0;
	link->borne_kbps = 0;
	if (v != UNEASY && link->phase != THP_DOWNLINK_PROBE)
		link_swings(link, now_us);
	link_stop_probe(link, false, now_us);
	link_fail_trial(link, now_us);
	if (v != PROVEN_BAD && again && highest > link->range.floor)
		highest--;
	/* With no room left in the tier, there is nothing but the one below. */
	bool least = link->kbps <= link_floor_kbps(link, link->tier) * 11 / 10;

	bool full = link->sense.got_full && now_us - link->sense.got_us < 600000;

	if (v == PROVEN_BAD || full || again || least || !link_has_video(link, link->tier))
		fit(link, capacity_kbps(link, now_us), highest, again, why, now_us);
	else
		link->kbps = link_floor_kbps(link, link->tier);
	if (v != UNEASY && link_has_video(link, link->tier))
		drain(link, now_us);
	settle(link, now_us);
}

/* What was held up has come, as fast as ever: the link was narrow for a moment only. */
static bool was_fade(const thp_downlink *link, int64_t now_us)
{
	uint32_t small = link_ceiling_kbps(link, thp_tier_first_video(link->ladder));

	return now_us - link->uncut_us < UNCUT_US && link->uncut_tier >= link->tier &&
	       link->uncut_tier <= link->range.cap && link->uncut_kbps > small &&
	       link->burst_kbps * 10 > link->uncut_kbps * BURST_TENTHS;
}

/* A queue that speech alone does not empty: the link bears no picture. */
static void end_drain(thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	bool looked = s->lag_us > link->phase_us + (int64_t)DRAIN_MIN_MS * MS;

	if (now_us < link->until_us && !(looked && s->queue_ms <= link->tuning->queue_proof_ms))
		return;
	link_enter(link, THP_DOWNLINK_STEADY, now_us, 0);
	if (was_fade(link, now_us))
		link_go(link, link->uncut_tier, link->uncut_kbps * 3 / 4, THP_WHY_BACK, now_us);
	else if (looked && s->queue_ms > link->tuning->queue_soft_ms &&
		 link->tier > link->range.floor) {
		link_go(link, link->tier - 1, 0, THP_WHY_DELAY, now_us);
		if (link_has_video(link, link->tier))
			drain(link, now_us);
	}
}

/* ---- losses without delay: are they ours? ---- */

/* In a crowd it costs somebody's picture: not for a moment's losses. */
static bool is_worth_it(const thp_downlink *link)
{
	return !link_in_crowd(link) ||
	       link_excess(link, link->sense.loss_slow) > link->tuning->loss_soft_permille;
}

static void begin_experiment(thp_downlink *link, int64_t now_us)
{
	link_stop_probe(link, false, now_us);
	link->experiment_us = now_us;
	link->before_permille = link->sense.loss_fast;
	link->before_kbps = link->kbps;
	link->before_expected = 0;
	link->before_tier = 0;
	if (!link_in_crowd(link)) {
		link_go(link, link->tier, link->kbps * 65 / 100, link->decision.why, now_us);
	} else if (link->sense.picture_kbps > 0 && link->tier > link->range.floor) {
		link->before_tier = link->tier;
		link_go(link, link->tier - 1, 0, THP_WHY_LOSS, now_us);
	}
}

static bool is_calm(const thp_downlink *link, int64_t now_us)
{
	return link->phase == THP_DOWNLINK_STEADY && now_us >= link->cut_us + 2000000 &&
	       link->sense.queue_ms <= link->tuning->queue_proof_ms &&
	       !estimate_below(link, 100, now_us);
}

static void learn(thp_downlink *link, uint32_t base_x256)
{
	link->base_x256 = base_x256;
	link->base_permille = base_x256 / 256;
}

/* With less traffic as much is lost as before: it is not ours, and gets a name. */
static void end_experiment(thp_downlink *link, uint32_t after, int64_t now_us)
{
	link->experiment_us = 0;
	link->grown_us = now_us;
	if (after * 10 < link->before_permille * 6) {
		settle(link, now_us);
		return;
	}
	learn(link, after * 256);
	if (link->tier + 1 == link->before_tier)
		link_go(link, link->before_tier, 0, THP_WHY_RELEASED, now_us);
	else if (link->kbps < link->before_kbps)
		link_go(link, link->tier, link->before_kbps, link->decision.why, now_us);
}

void link_experiment(thp_downlink *link, int64_t now_us)
{
	thp_downlink_sense *s = &link->sense;
	uint32_t target = s->loss_slow;

	if (link->experiment_us == 0) {
		/* What is lost while nothing else is wrong goes on being learned, slowly. */
		if (s->loss_known && now_us >= link->amnesty_us &&
		    (target < link->base_permille * 3 / 2 ||
		     (target < link->tuning->loss_soft_permille && is_calm(link, now_us))))
			learn(link, link->base_x256 - link->base_x256 / 256 + target);
		return;
	}
	int64_t for_us = now_us - link->experiment_us;

	if (for_us >= 1000000 && link->before_expected == 0) {
		link->before_expected = s->expected;
		link->before_lost = s->lost;
	}
	uint64_t expected = s->expected - link->before_expected;

	if (for_us < EXPERIMENT_US || (expected < 60 && for_us < 2 * EXPERIMENT_US))
		return;
	end_experiment(link,
		       expected > 0 ? (uint32_t)((s->lost - link->before_lost) * 1000 / expected)
				    : 0,
		       now_us);
}

void link_heed(thp_downlink *link, int64_t now_us)
{
	thp_why why;
	verdict v = judge(link, &why, now_us);

	if (link->phase == THP_DOWNLINK_DRAIN)
		end_drain(link, now_us);

	if (v == FINE || v == ODD) {
		link->soft_us = 0;
		if (v == ODD && link->experiment_us == 0 && is_worth_it(link))
			begin_experiment(link, now_us);
		return;
	}
	link->dirty_us = now_us;
	if (link->soft_us == 0)
		link->soft_us = now_us;
	if (now_us < link->cut_us || link->phase == THP_DOWNLINK_DRAIN)
		return;
	if (v == UNEASY && now_us - link->soft_us < SOFT_US)
		return;
	cut(link, v, why, now_us);
}
