/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A little ahead of trouble, more after it, and while nobody knows. */
#include <therapy/playout.h>

#define WATCHED_US 60000000
#define LATELY_US  120000000

void thp_playout_init(thp_playout *playout, int64_t now_us)
{
	*playout = (thp_playout){.seen_us = now_us};
}

void thp_playout_watched(thp_playout *playout, int64_t for_us)
{
	playout->seen_us -= for_us;
}

void thp_playout_swung(thp_playout *playout, int64_t now_us)
{
	playout->swung_us = now_us;
}

void thp_playout_late(thp_playout *playout, int64_t now_us)
{
	playout->late_us = now_us;
}

static bool is_lately(int64_t at_us, int64_t now_us)
{
	return at_us > 0 && now_us - at_us < LATELY_US;
}

uint32_t thp_playout_ms(const thp_playout *playout, const thp_tuning *tuning, bool large,
			int64_t now_us)
{
	uint32_t ahead_ms = large ? tuning->ahead_ms : 0;
	bool unknown = ahead_ms > 0 && now_us - playout->seen_us < WATCHED_US;

	if (unknown || is_lately(playout->swung_us, now_us))
		return ahead_ms + tuning->buffer_ms;
	/* Once is a sign that it may come again. */
	if (is_lately(playout->late_us, now_us))
		return (tuning->ahead_ms + tuning->buffer_ms) / 2;
	return ahead_ms;
}
