/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets what, and who sends what, in one room. */
#include <therapy/allot.h>

#include <string.h>

void thp_allot_init(thp_allot *allot, const thp_ladder *ladder, const thp_tuning *tuning)
{
	memset(allot, 0, sizeof *allot);
	memset(allot->now.layer, THP_NO_LAYER, sizeof allot->now.layer);
	thp_allot_reload(allot, ladder, tuning);
}

void thp_allot_reload(thp_allot *allot, const thp_ladder *ladder, const thp_tuning *tuning)
{
	allot->ladder = ladder;
	allot->tuning = tuning;
}

const thp_allotment *thp_allot_tick(thp_allot *allot, const thp_allot_person people[THP_CROWD_MAX],
				    int64_t now_us)
{
	(void)people, (void)now_us;
	return &allot->now;
}
