/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transit times, of which only the difference to the shortest of late means anything. */
#include <therapy/delay.h>

#define WHILE_US 20000000
#define REST_US                                                                                    \
	1000000 /* after so long without a packet the source may count on from where it rested */
#define AT_ONCE_US 30000
#define JUMP_US    5000000 /* further off is another clock */
#define BACK_US    500000  /* further back than packets overtake each other */
#define SWING_MS   80
#define SWING_US   100000 /* a busy machine sends at once what it has */
#define AWAY_MS    400
#define SETTLES_US 1000000 /* and a browser that begins is busy */

static void begin(thp_delay *delay)
{
	delay->known = true;
	delay->transit_us = delay->late_us = 0;
	delay->least_us[0] = delay->least_us[1] = INT64_MAX;
	delay->while_us = delay->at_us;
	delay->n = 0;
}

/* Of the last packets, those that came in the last @within_us. */
static int64_t quickest(const thp_delay *delay, int64_t within_us)
{
	uint32_t n = delay->n < THP_DELAY_LAST ? delay->n : THP_DELAY_LAST;
	int64_t least_us = delay->transit_us;

	for (uint32_t i = 0; i < n; i++) {
		if (delay->at_us - delay->came_us[i] <= within_us && delay->last_us[i] < least_us)
			least_us = delay->last_us[i];
	}
	return least_us;
}

static int64_t shortest(thp_delay *delay)
{
	if (delay->at_us - delay->while_us >= WHILE_US) {
		delay->least_us[1] = delay->least_us[0];
		delay->least_us[0] = INT64_MAX;
		delay->while_us = delay->at_us;
	}
	if (delay->transit_us < delay->least_us[0])
		delay->least_us[0] = delay->transit_us;
	return delay->least_us[0] < delay->least_us[1] ? delay->least_us[0] : delay->least_us[1];
}

/* Late for longer than it takes to send what has been waiting; or so late that the way was away. */
static void note_swing(thp_delay *delay)
{
	if (delay->late_ms < SWING_MS)
		delay->late_us = 0;
	else if (delay->late_us == 0)
		delay->late_us = delay->at_us;
	bool lasts = delay->late_us > 0 && delay->at_us - delay->late_us >= SWING_US;
	bool settled = delay->at_us - delay->begun_us >= SETTLES_US;

	if (settled && (lasts || delay->late_ms >= AWAY_MS))
		delay->swung_us = delay->at_us;
}

uint32_t thp_delay_take(thp_delay *delay, uint32_t ts, uint32_t hz, int64_t now_us)
{
	int64_t since_us = now_us - delay->at_us;
	int64_t later_us = (int64_t)(int32_t)(ts - delay->ts) * 1000000 / hz;
	int64_t step_us = since_us - later_us;

	delay->ts = ts;
	delay->at_us = now_us;
	if (delay->begun_us == 0)
		delay->begun_us = now_us;
	delay->transit_us += step_us;
	if (!delay->known || since_us > REST_US || later_us < -BACK_US || step_us > JUMP_US ||
	    step_us < -JUMP_US)
		begin(delay);
	delay->came_us[delay->n % THP_DELAY_LAST] = now_us;
	delay->last_us[delay->n++ % THP_DELAY_LAST] = delay->transit_us;
	int64_t least_us = shortest(delay);

	delay->late_ms = (uint32_t)((quickest(delay, AT_ONCE_US) - least_us) / 1000);
	note_swing(delay);
	return (uint32_t)((quickest(delay, INT64_MAX) - least_us) / 1000);
}
