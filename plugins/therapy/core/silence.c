/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is anybody there? Pictures wait as soon as nothing comes from a receiver, or no word of their page; stop when it lasts;
 * and come back once somebody is heard again.
 */
#include "link.h"

#define FIRST_US      1000000
#define SHOWN_KBPS    40     /* of pictures: then the page reports four times a second */
#define BLIND_US      500000 /* without a word */
#define BLIND_BACK_MS 250    /* a machine that is busy is late as well, but rarely as much */
#define OLD_US        330000 /* what the last word tells of, */
#define AGED_US       200000 /* the same, when waiting costs nothing yet, */
#define FILLS_MS      110    /* late: a way is filling */
#define FILLED_US     1500000
#define FULL_MAX_US   6000000
#define EVENLY_US     100000 /* at most, between two packets of speech */
#define HOLD_US       100000
#define SPOKE_US      3000000
#define WORDLESS_US   600000
/* Somebody who is there has a word of their page through by then, on most links. */
#define WORD_US 2500000

/* Pictures are on their way, of which the page reports. */
static bool needs_words(const thp_downlink *link)
{
	const thp_downlink_sense *s = &link->sense;
	bool shown = link->phase == THP_DOWNLINK_GATED || s->video_kbps > SHOWN_KBPS;

	return shown && s->report_us > 0;
}

/* What comes back is late, and what the last word tells of is older than @most_us. */
static bool ages(const thp_downlink *link, int64_t most_us, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;

	return now_us - s->seen_us > most_us && lag_back_now_ms(s, now_us) > FILLS_MS;
}

/*
 * What would tell of a full link stands in a queue itself, on the other way: radio that becomes narrow does so both
 * ways, and until the next word pictures may fill this one for seconds.
 */
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

/* Speech comes late to them. If that lasts without any pictures, it is no queue of ours: the way is longer now. */
static bool fills(thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;

	if (s->late_ms <= FILLS_MS)
		link->filled_us = 0;
	if (s->late_told_ms <= FILLS_MS)
		return false;
	if (link->filled_us == 0)
		link->filled_us = now_us;
	return now_us - link->filled_us < FILLED_US;
}

/*
 * Speech comes late; or theirs came evenly, and now nothing comes at all, or it comes late and their page's last word
 * begins to be old. Sooner than it is known what is wrong pictures would fill the queue, and speech would not find room
 * there.
 */
bool link_holds(thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;
	int64_t heard_us = s->spoke_us > s->alive_us ? s->spoke_us : s->alive_us;

	if (fills(link, now_us) || (needs_words(link) && ages(link, AGED_US, now_us)))
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

void link_watch_life(thp_downlink *link, int64_t now_us)
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
