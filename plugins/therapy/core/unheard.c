/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link so full in both directions that the words about it do not come through: the page's reports stand behind its
 * own packets, while these still arrive, late. What was sent before is then too much, and nobody can tell how much
 * would not be: first the pictures go, then all of speech that can be spared, and nothing comes back until it is heard.
 */
#include "link.h"

#define UNHEARD_US   2000000 /* many times what is usual between two reports */
#define THERE_US     500000
#define BACK_FULL_MS 200 /* a machine that is busy is late as well, but not as much */

static bool is_unheard(const thp_downlink *link, int64_t now_us)
{
	const thp_downlink_sense *s = &link->sense;

	if (s->report_us == 0 || now_us - s->report_us < UNHEARD_US)
		return false;
	/* The pictures are gone already, which may be all that it takes. */
	if (link->phase == THP_DOWNLINK_GATED && link->blind &&
	    now_us - link->phase_us < UNHEARD_US)
		return false;
	/* A link that was away a moment ago has other reasons. */
	if (now_us - s->alive_for_us < THERE_US)
		return false;
	return link->unheard_us > 0 || lag_back_ms(s) > BACK_FULL_MS;
}

void link_mind_unheard(thp_downlink *link, int64_t now_us)
{
	uint32_t first = thp_tier_first_video(link->ladder);
	uint32_t to = link->tier >= first ? first : link->tier;

	if (!is_unheard(link, now_us)) {
		link->unheard_us = 0;
		return;
	}
	link->dirty_us = now_us;
	if (link->unheard_us > 0 && now_us - link->unheard_us < UNHEARD_US)
		return;
	link->unheard_us = now_us;
	link_stop_probe(link, false, now_us);
	if (to > link->range.floor && to > 0)
		link_go(link, to - 1, 0, THP_WHY_SILENCE, now_us);
}
