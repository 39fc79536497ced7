/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the link to one receiver bears: down at once and far enough, up by proof. */
#include "link.h"

#include <string.h>

#define LOSSY_US       1000000
#define HARM_PERMILLE  80 /* 20 ms of a quarter second */
#define FILLED_PERCENT 95

static void begin_on(thp_downlink *link, uint32_t tier)
{
	link->tier = link->was_tier = tier;
	link->kbps = link_ceiling_kbps(link, tier);
}

void thp_downlink_init(thp_downlink *link, const thp_ladder *ladder, const thp_tuning *tuning,
		       uint32_t start, int64_t now_us)
{
	memset(link, 0, sizeof *link);
	link->ladder = ladder;
	link->tuning = tuning;
	link->range.cap = ladder->n - 1;
	link->feeds = (thp_feeds){.audios = 1, .videos = 1, .others = 1};
	begin_on(link, start < ladder->n ? start : ladder->n - 1);
	link->begun_us = link->tier_us = link->ticked_us = link->dirty_us = now_us;
	thp_playout_init(&link->playout, now_us);
	sense_init(&link->sense, now_us);
}

void thp_downlink_waited(thp_downlink *link, int64_t for_us, bool swung)
{
	uint32_t second = thp_tier_first_video(link->ladder) + 1;

	if (!swung)
		thp_playout_watched(&link->playout, for_us);
	if (!swung || second >= link->ladder->n)
		return;
	if (link->tier > second)
		begin_on(link, second);
	link->lid_us = link->begun_us;
	link->lid_kbps = link_ceiling_kbps(link, second);
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

void thp_downlink_on_late(thp_downlink *link, int32_t late_ms, int64_t now_us)
{
	sense_alive(&link->sense, now_us);
	lag_late(&link->sense, late_ms, now_us, now_us);
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

static bool is_large(const thp_downlink *link)
{
	return link->tier > thp_tier_first_video(link->ladder);
}

/* Speech comes late beside large pictures, if not so late that they are cut. */
static void mind_late(thp_downlink *link, int64_t now_us)
{
	bool late = link->sense.late_now_ms > 0 && is_large(link);

	if (late && !link->was_late)
		link_ease(link, now_us);
	if (late)
		thp_playout_late(&link->playout, now_us);
	link->was_late = late;
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
	d->hold = open && link_holds(link, now_us);
	d->changed = link->tier != link->was_tier || open != link->was_video ||
		     d->gated != link->was_gated;
	d->video_kbps = link->kbps;
	/* It comes back smaller if the words say that it was too much, and the camera may as well be so by then. */
	if (d->gated && link->blind && least_kbps < d->video_kbps)
		d->video_kbps = least_kbps;
	d->budget_kbps = link_speech_kbps(link, link->tier) + thp_tier_video_wire_kbps(link->kbps);
	d->buffer_ms = thp_playout_ms(&link->playout, link->tuning, is_large(link), now_us);
	d->padding_kbps = d->hold ? 0 : link_padding_kbps(link, now_us);
	d->queue_ms = link->sense.queue_ms;
	d->loss_permille = link->sense.loss_slow;
	d->red = repeats_speech(link, now_us);
	/* What arrives meanwhile tells of what was not sent. */
	if (d->hold || (open && !link->was_video))
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
	link_watch_life(link, now_us);
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
