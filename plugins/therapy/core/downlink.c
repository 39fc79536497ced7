/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the link to one receiver bears: down at once and far enough, up by proof. */
#include "link.h"

#include <string.h>

#define LOSSY_US       1000000
#define HARM_PERMILLE  80 /* 20 ms of a quarter second */
#define BUFFER_US      120000000
#define FILLED_PERCENT 95
#define FIRST_US       1000000
#define SHOWN_KBPS     40 /* pictures are on their way, so the page reports four times a second */
#define BLIND_US       500000 /* without a word */
#define BLIND_BACK_MS  250    /* a machine that is busy is late as well, but rarely as much */
#define OLD_US         330000 /* what the last word tells of, */
#define AGED_US        200000 /* the same, when waiting costs nothing yet */
#define FILLS_BACK_MS  110    /* while the other way is filling */
#define FULL_MAX_US    6000000
#define EVENLY_US      100000
#define HOLD_US        100000
#define SPOKE_US       3000000
#define WORDLESS_US    600000
#define WORD_US                                                                                    \
	2500000 /* somebody who is there has a word of their page through by then, on most links */

/* ---- is anybody there? ---- */

/*
 * What would tell of a full link stands in a queue itself, on the other way: radio that becomes narrow does so both
 * ways, and until the next word pictures may fill this one for seconds.
 */
static bool needs_words(const thp_downlink *link)
{
	const thp_downlink_sense *s = &link->sense;
	bool shown = link->phase == THP_DOWNLINK_GATED || s->video_kbps > SHOWN_KBPS;

	return shown && s->report_us > 0;
}

static bool ages(const thp_downlink *link, int64_t most_us, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;

	return now_us - s->seen_us > most_us && lag_back_now_ms(s, now_us) > FILLS_BACK_MS;
}

static bool is_blind(const thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;

	if (!needs_words(link))
		return false;
	return (now_us - s->report_us > BLIND_US && lag_back_ms(s) > BLIND_BACK_MS) ||
	       ages(link, OLD_US, now_us);
}

static bool silent(const thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	int64_t patience_us = (int64_t)link->tuning->gate_ms * MS;

	if (patience_us < 2 * s->usual_us)
		patience_us = 2 * s->usual_us;
	return now_us - s->alive_us > patience_us || s->deaf || is_blind(link, now_us);
}

/*
 * Their speech came evenly, and now nothing comes at all, or it comes late and their page's last word begins to be old.
 * Sooner than it is known what is wrong pictures would fill the queue, and speech would not find room there.
 */
static bool holds(const thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	int64_t heard_us = s->spoke_us > s->alive_us ? s->spoke_us : s->alive_us;

	if (needs_words(link) && ages(link, AGED_US, now_us))
		return true;
	/* Who has not spoken for longer is away, which is found out otherwise, or has nothing to say. */
	bool spoke = s->spoke_us > 0 && now_us - s->spoke_us < SPOKE_US;

	return spoke && s->pause_us < EVENLY_US &&
	       now_us - heard_us > HOLD_US + (int64_t)s->pause_us;
}

static void gate(thp_downlink *link, int64_t now_us)
{
	link->blind = is_blind(link, now_us);
	link_stop_probe(link, false, now_us);
	/* What looked like too much traffic was the link going silent. */
	if (!link->blind && link->uncut_us > 0 && now_us - link->uncut_us < UNCUT_US &&
	    link->uncut_tier > link->tier && link->uncut_tier <= link->range.cap)
		link_go(link, link->uncut_tier, link->uncut_kbps, THP_WHY_BACK, now_us);
	link->told_ms = 0;
	link_enter(link, THP_DOWNLINK_GATED, now_us, 0);
	link->heard_us = 0;
	link->counters.gates++;
}

/* Once is enough here, where more than one word may be long in coming. */
static uint32_t told_queue_ms(const thp_downlink *link)
{
	const thp_downlink_sense *s = &link->sense;
	uint32_t most_ms = s->lag_now_ms > s->queue_ms ? s->lag_now_ms : s->queue_ms;

	return s->late_now_ms > most_ms ? s->late_now_ms : most_ms;
}

/* The page has said something since, if it ever says anything. */
static bool has_word(const thp_downlink *link)
{
	const thp_downlink_sense *s = &link->sense;

	return s->report_us == 0 || s->report_us >= link->phase_us;
}

static bool is_back(const thp_downlink *link, int64_t now_us)
{
	int64_t for_us = now_us - link->sense.alive_for_us;

	/* Words have come, but of what was before, or they say that it is full. */
	if (link->blind && now_us - link->phase_us < FULL_MAX_US &&
	    (link->sense.lag_at_us < link->phase_us ||
	     told_queue_ms(link) > link->tuning->queue_soft_ms))
		return false;
	return for_us >= (has_word(link) ? (int64_t)link->tuning->reopen_ms * MS : WORD_US);
}

static bool has_first_below(const thp_downlink *link)
{
	uint32_t first = thp_tier_first_video(link->ladder);

	return link->tier > first && first >= link->range.floor;
}

/* While pictures wait for words: if these tell of a queue, or do not get through at all, speech makes room as well. */
static void take_told(thp_downlink *link, int64_t now_us)
{
	if (told_queue_ms(link) > link->told_ms)
		link->told_ms = told_queue_ms(link);
	bool full = link->told_ms > link->tuning->queue_soft_ms;
	bool wordless =
		now_us - link->phase_us > WORDLESS_US && link->sense.seen_us < link->phase_us;

	if (link->blind && (full || wordless) && has_first_below(link))
		link_go(link, thp_tier_first_video(link->ladder), 0, THP_WHY_SILENCE, now_us);
}

/* Heard again: video comes back, and smaller the longer it was away, or the less is known. */
static void reopen(thp_downlink *link, int64_t now_us)
{
	/* Until it was heard again: what was waited for since is no outage. */
	int64_t away_us = link->heard_us - link->phase_us;
	uint32_t t = link->tier;
	uint32_t first = thp_tier_first_video(link->ladder);

	link->amnesty_us = now_us + 2000000;
	link->cut_us = now_us + 1000000;
	link->soft_us = 0;
	link->experiment_us = 0;
	link->sense.remb_us = 0;
	lag_recount(&link->sense);
	/* What was sent before the gate closed is told as lost when the first picture has come. */
	sense_forget_losses(&link->sense, now_us + (away_us > FIRST_US ? FIRST_US : 0));
	if (!has_word(link) && has_first_below(link))
		link_go(link, first, 0, THP_WHY_SILENCE, now_us);
	else if (away_us > (int64_t)link->tuning->outage_ms * MS && t > link->range.floor &&
		 link_has_video(link, t))
		link_go(link, t - 1, 0, THP_WHY_SILENCE, now_us);
	else
		link_go(link, t, link->kbps * 3 / 4, link->decision.why, now_us);
	link->grown_us = now_us + GROW_WAIT_US;
	link->dirty_us = now_us;
	link_enter(link, THP_DOWNLINK_STEADY, now_us, 0);
}

static void watch_life(thp_downlink *link, int64_t now_us)
{
	bool hears = !silent(link, now_us);

	if (link->phase != THP_DOWNLINK_GATED) {
		if (!hears)
			gate(link, now_us);
		return;
	}
	take_told(link, now_us);
	if (!hears)
		link->heard_us = 0;
	else if (link->heard_us == 0)
		link->heard_us = now_us;
	if (hears && is_back(link, now_us))
		reopen(link, now_us);
}

/* ---- the module ---- */

void thp_downlink_init(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning,
		       uint32_t start, int64_t now_us)
{
	memset(link, 0, sizeof *link);
	link->ladder = ladder;
	link->tuning = tuning;
	link->range.cap = ladder->n - 1;
	link->feeds = (thp_feeds){.audios = 1, .videos = 1, .others = 1};
	link->tier = link->was_tier = start < ladder->n ? start : ladder->n - 1;
	link->kbps = link_ceiling_kbps(link, link->tier);
	link->begun_us = link->tier_us = link->ticked_us = link->dirty_us = now_us;
	sense_init(&link->sense, now_us);
}

void thp_downlink_reload(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning)
{
	link->ladder = ladder;
	link->tuning = tuning;
	link->range = (thp_tier_range){.cap = ladder->n - 1};
	if (link->tier >= ladder->n)
		link->tier = ladder->n - 1;
	link->kbps = link_limit(link->kbps, link_floor_kbps(link, link->tier),
				link_ceiling_kbps(link, link->tier));
}

static bool same_people(const thp_feeds *a, const thp_feeds *b)
{
	return a->videos == b->videos && a->others == b->others;
}

/* Whether the present tier needs more with @feeds than there is reason to expect of the link. */
static bool outgrown(const thp_downlink *link, const thp_feeds *feeds)
{
	thp_downlink then = {.ladder = link->ladder, .feeds = *feeds};

	if (!link_in_crowd(&then) || link->ticks == 0)
		return false;
	if (!link_in_crowd(link))
		return link->kbps * 100 < link_ceiling_kbps(link, link->tier) * FILLED_PERCENT;
	uint32_t kbps = link_floor_kbps(&then, link->tier);

	return same_people(feeds, &link->feeds) && kbps > link->kbps && kbps > link->borne_kbps;
}

void thp_downlink_feeds(thp_downlink *link, const thp_feeds *feeds, int64_t now_us)
{
	uint32_t first = thp_tier_first_video(link->ladder);
	bool too_much = outgrown(link, feeds);
	bool same = same_people(feeds, &link->feeds);

	if (feeds->others != link->feeds.others)
		link_stop_probe(link, false, now_us);
	if (!link_in_crowd(link))
		link->borne_kbps = link->kbps;
	link->feeds = *feeds;
	if (too_much && link->tier > first && link->tier > link->range.floor)
		link_go(link, link->tier - 1, 0, link->decision.why, now_us);
	/* What was borne while the first picture was larger will be borne when it is again. */
	if (same && link_in_crowd(link) && link->kbps > link_floor_kbps(link, link->tier))
		return;
	link->kbps = link_limit(link->kbps, link_floor_kbps(link, link->tier),
				link_ceiling_kbps(link, link->tier));
}

void thp_downlink_limit(thp_downlink *link, const thp_tier_range *range)
{
	link->range = *range;
}

void thp_downlink_on_rr(thp_downlink *link, uint32_t line, const thp_rr *rr, int64_t now_us)
{
	sense_rr(&link->sense, line, rr, now_us);
}

void thp_downlink_on_remb(thp_downlink *link, uint64_t bps, int64_t now_us)
{
	sense_remb(&link->sense, bps, now_us);
}

void thp_downlink_on_report(thp_downlink *link, const thp_receiver_report *report, int64_t now_us)
{
	uint32_t concealed = report->audio_samples > 0 && report->concealed_samples > 0
				     ? (uint32_t)((uint64_t)report->concealed_samples * 1000 /
						  (uint32_t)report->audio_samples)
				     : 0;

	sense_report(&link->sense, report, now_us);
	if (link->phase == THP_DOWNLINK_DRAIN && link->sense.got_kbps > link->burst_kbps)
		link->burst_kbps = link->sense.got_kbps;
	if (concealed > HARM_PERMILLE + link->base_permille)
		link_harmed(link, now_us);
}

void thp_downlink_other_way(thp_downlink *link, const thp_received *received)
{
	lag_other_way(&link->sense, received);
	link->sense.spoke_us = received->came_us;
	link->sense.pause_us = received->usual_us;
}

void thp_downlink_on_alive(thp_downlink *link, int64_t now_us)
{
	sense_alive(&link->sense, now_us);
}

static void obey_range(thp_downlink *link, int64_t now_us)
{
	uint32_t to = link_limit(link->tier, link->range.floor, link->range.cap);

	if (to == link->tier)
		return;
	link_stop_probe(link, false, now_us);
	link_go(link, to, to > link->tier ? link_floor_kbps(link, to) : link_ceiling_kbps(link, to),
		link->range.why, now_us);
}

static uint32_t worth_permille(const thp_downlink *link)
{
	return thp_tier_red_permille(link->ladder, link->tuning, link->tier);
}

/* Losses, and nothing that says that the link is full: it takes long to learn that they are not ours. */
static bool loses_calmly(thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	bool calm = s->loss_slow >= worth_permille(link) &&
		    s->queue_ms <= link->tuning->queue_proof_ms &&
		    link->phase == THP_DOWNLINK_STEADY && now_us >= link->cut_us &&
		    now_us >= link->amnesty_us;

	if (!calm)
		link->spared_us = now_us;
	return now_us - link->spared_us >= LOSSY_US;
}

/* Until it is known whose losses they are, only where the picture is large and can make room. */
static bool repeats_speech(thp_downlink *link, int64_t now_us)
{
	thp_red red = link_tier(link, link->tier)->red;
	bool loses = loses_calmly(link, now_us) || link->experiment_us > 0;

	return red == THP_RED_ON || (red == THP_RED_AUTO &&
				     ((loses && link->tier > thp_tier_first_video(link->ladder)) ||
				      link->base_permille >= worth_permille(link)));
}

/* Large pictures may fill the link before anybody knows that it has become narrow. */
static uint32_t buffer_ms(const thp_downlink *link, int64_t now_us)
{
	if (link->harm_us > 0 && now_us - link->harm_us < BUFFER_US)
		return link->tuning->buffer_ms;
	/* Once is a sign that it may come again, as late speech is. */
	if (link->swung_us > 0 && now_us - link->swung_us < BUFFER_US)
		return (link->tuning->ahead_ms + link->tuning->buffer_ms) / 2;
	return link->tier > thp_tier_first_video(link->ladder) ? link->tuning->ahead_ms : 0;
}

/* Speech has come late beside large pictures, if not so late that they were cut. */
static void mind_late(thp_downlink *link, int64_t now_us)
{
	if (link->sense.late_now_ms > 0 && link->tier > thp_tier_first_video(link->ladder))
		link->swung_us = now_us;
}

static void tell(thp_downlink *link, int64_t now_us)
{
	thp_downlink_decision *d = &link->decision;
	bool open = link_has_video(link, link->tier) && link->phase != THP_DOWNLINK_GATED &&
		    link->phase != THP_DOWNLINK_DRAIN;
	uint32_t least_kbps = link_floor_kbps(link, link->tier);

	d->keyframe = d->keyframe || (open && !link->was_video);
	d->tier = link->tier;
	d->video = open;
	d->gated = link->phase == THP_DOWNLINK_GATED;
	d->hold = open && holds(link, now_us);
	d->changed = link->tier != link->was_tier || open != link->was_video ||
		     d->gated != link->was_gated;
	d->video_kbps = link->kbps;
	/* It comes back smaller if the words say that it was too much, and the camera may as well be so by then. */
	if (d->gated && link->blind && least_kbps < d->video_kbps)
		d->video_kbps = least_kbps;
	d->budget_kbps = link_speech_kbps(link, link->tier) + thp_tier_video_wire_kbps(link->kbps);
	d->buffer_ms = buffer_ms(link, now_us);
	d->padding_kbps = d->hold ? 0 : link_padding_kbps(link, now_us);
	d->queue_ms = link->sense.queue_ms;
	d->loss_permille = link->sense.loss_slow;
	d->red = repeats_speech(link, now_us);
	if (open && !link->was_video)
		link->opened_us = now_us;
	link->was_tier = link->tier;
	link->was_video = open;
	link->was_gated = d->gated;
	link->counters.tier_ms[link->tier] += (uint64_t)(now_us - link->ticked_us) / MS;
	link->counters.gated_ms += d->gated ? (uint64_t)(now_us - link->ticked_us) / MS : 0;
	link->ticked_us = now_us;
}

const thp_downlink_decision *thp_downlink_tick(thp_downlink *link, const thp_sent *sent,
					       int64_t now_us)
{
	link->decision.keyframe = false;
	link->ticks++;
	sense_tick(&link->sense, sent, now_us);
	obey_range(link, now_us);
	watch_life(link, now_us);
	link_mind_unheard(link, now_us);
	if (link->phase != THP_DOWNLINK_GATED) {
		link_heed(link, now_us);
		mind_late(link, now_us);
		link_experiment(link, now_us);
		link_climb(link, now_us);
	}
	tell(link, now_us);
	return &link->decision;
}
