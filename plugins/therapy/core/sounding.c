/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How old is what arrives? Each report says how much had come by a moment of the page's own clock: so how long ago
 * the last of that was sent. While the link bears the rate, that age stays what it was; a queue makes it grow. Then
 * what comes meanwhile is what the link bears.
 */
#include <therapy/sounding.h>

#include <string.h>

#define MS               1000
#define HELD_US          600000 /* for so long a rate has to hold */
#define HELD_PERCENT     68 /* of it, there was at least: a little too much does not show so soon */
#define LATE_US          170000 /* so much older than the youngest is a queue */
#define SLOW_PERCENT     75     /* of what was sent */
#define LOST_PERMILLE    200
#define STARVED_PERMILLE 100 /* when words were kept away as well */
#define LOST_SOME        3   /* packets: reason to wait for more */
#define LOST_LEAST       8   /* fewer may be chance */
#define SILENCE_US       1000000 /* without a report nothing is sent: padding may keep its answer away */
#define SILENCES         2       /* so much longer after the first time, or losses would not show */
#define PATIENCE_US      1500000 /* for reports of what was sent last */
#define SPAN_MS          200     /* of reports, and */
#define PACKETS          12      /* less is no measure, */
#define LONG_MS          1000    /* but for what is as narrow as that */
#define BUSY_MS          120     /* a page that looks so late knows nothing of delays */
#define FEW_PERMILLE     850 /* of what was sent, when nothing better is known: less is a limit */

static uint32_t stage_kbps(const thp_sounding *s)
{
	return s->most_kbps >> (THP_SOUNDING_STAGES - 1 - s->stage);
}

static uint32_t kbps_of(uint32_t packets, int64_t us)
{
	return us > 0 ? (uint32_t)((uint64_t)packets * THP_SOUNDING_PACKET_BYTES * 8 * MS /
				   (uint64_t)us)
		      : 0;
}

void thp_sounding_init(thp_sounding *s, const thp_network_rules *rules, uint32_t most_kbps,
		       int64_t now_us)
{
	memset(s, 0, sizeof *s);
	s->most_kbps = most_kbps;
	s->most_packets = rules->kbytes * 1000 / THP_SOUNDING_PACKET_BYTES;
	s->most_us = (int64_t)rules->ms * MS;
	s->made_us = now_us;
	s->patience_us = SILENCE_US;
	s->age_us = INT64_MAX;
}

bool thp_sounding_is_over(const thp_sounding *s)
{
	return s->phase == THP_SOUNDING_OVER;
}

static void answer(thp_sounding *s, bool limited, uint32_t kbps)
{
	s->found = (thp_network_way){.known = kbps > 0, .limited = limited, .kbps = kbps};
	s->phase = THP_SOUNDING_OVER;
}

/* ---- what was sent ---- */

static void note_sent(thp_sounding *s, uint32_t packets, int64_t now_us)
{
	int64_t slot = (now_us - s->begun_us) / THP_SOUNDING_SLOT_US;

	if (slot >= THP_SOUNDING_SLOTS)
		slot = THP_SOUNDING_SLOTS - 1;
	for (; s->slot < (uint32_t)slot; s->slot++)
		s->slots[s->slot + 1] = s->slots[s->slot];
	s->sent = packets - s->base;
	s->slots[s->slot] = s->sent;
}

/* When the packet with that number, from 1, was sent; within a slot by its share. */
static int64_t when_sent(const thp_sounding *s, uint32_t number)
{
	uint32_t i = 0;

	while (i < s->slot && s->slots[i] < number)
		i++;
	uint32_t before = i > 0 ? s->slots[i - 1] : 0;
	uint32_t within = s->slots[i] - before;
	uint32_t share = number > before ? number - before : 0;

	if (share > within)
		share = within;
	return s->begun_us + (int64_t)i * THP_SOUNDING_SLOT_US +
	       (within > 0 ? (int64_t)THP_SOUNDING_SLOT_US * share / within : 0);
}

/* ---- what the page says ---- */

/* When the page saw what it says, by our clock: its way here may have been a slow one. */
static int64_t seen_us(thp_sounding *s, const thp_receiver_report *r, int64_t now_us)
{
	int64_t offset_ms = now_us / MS - r->at_ms;

	if (r->at_ms <= 0)
		return now_us;
	if (s->offset_ms == 0 || offset_ms < s->offset_ms)
		s->offset_ms = offset_ms;
	return now_us - (offset_ms - s->offset_ms) * MS;
}

/* This rate has held long enough: on to the next. */
static void climb(thp_sounding *s, int64_t now_us)
{
	s->proven_kbps = stage_kbps(s);
	if (s->stage + 1 == THP_SOUNDING_STAGES) {
		answer(s, false, s->proven_kbps);
		return;
	}
	s->stage++;
	s->stage_us = now_us;
	s->stage_got = s->got;
	s->stage_lost = s->lost;
}

/* Of this stage, at least so many packets and too large a share. */
static bool loses(const thp_sounding *s, uint32_t least, uint32_t permille)
{
	uint32_t got = s->got - s->stage_got, lost = s->lost - s->stage_lost;

	return lost >= least && lost * 1000 > permille * (lost + got);
}

static bool is_late(thp_sounding *s, int64_t age_us)
{
	if (s->got > 0 && age_us < s->age_us)
		s->age_us = age_us;
	return age_us - (s->got > 0 ? s->age_us : 0) > LATE_US ||
	       loses(s, LOST_LEAST, LOST_PERMILLE);
}

/* Less than was sent, by a report that is of this stage alone. */
static bool comes_slowly(const thp_sounding *s, const thp_receiver_report *r)
{
	return r->span_ms >= SPAN_MS &&
	       kbps_of((uint32_t)r->video_packets, (int64_t)r->span_ms * MS) * 100 <
		       stage_kbps(s) * SLOW_PERCENT;
}

static uint32_t at_least_held(const thp_sounding *s, uint32_t kbps)
{
	uint32_t held = s->proven_kbps * HELD_PERCENT / 100;

	return kbps > held ? kbps : held;
}

/* What came while the way was full. */
static uint32_t full_kbps(const thp_sounding *s)
{
	return at_least_held(s, kbps_of(s->full, (int64_t)s->full_ms * MS));
}

/* What came of all that was sent by then: the last of it stood in a queue. */
static uint32_t come_kbps(const thp_sounding *s)
{
	return kbps_of(s->got, s->got_us + LATE_US);
}

/* When sending has paused since, all of it was sent; else what a report tells was seen a while ago. */
static int64_t sent_for_us(const thp_sounding *s, bool rested, int64_t ago_us)
{
	return rested || ago_us > s->active_us ? s->active_us : s->active_us - ago_us;
}

static void judge(thp_sounding *s, const thp_receiver_report *r, int64_t at_us, bool rested,
		  int64_t now_us)
{
	int64_t until_us = when_sent(s, s->got + s->lost);
	bool was_late = s->late, whole = s->until_us >= s->stage_us && !rested;

	/* A queue that was full before the first report makes nothing older any more; but it lets less through. */
	s->until_us = until_us;
	s->late = is_late(s, at_us - until_us) || (whole && comes_slowly(s, r));
	if (!s->late) {
		s->full_ms = s->full = 0;
		if (whole && until_us - s->stage_us >= HELD_US &&
		    !loses(s, LOST_SOME, LOST_PERMILLE))
			climb(s, now_us);
		return;
	}
	/* From the second one in a row on: the way was full from its beginning to its end, if it was being filled. */
	if (was_late && !rested) {
		s->full_ms += r->span_ms;
		s->full += (uint32_t)r->video_packets;
	}
	if (s->full_ms >= SPAN_MS && (s->full >= PACKETS || s->full_ms >= LONG_MS))
		answer(s, true, full_kbps(s));
	else if (rested && loses(s, LOST_LEAST, STARVED_PERMILLE) && s->got >= PACKETS)
		answer(s, true, at_least_held(s, come_kbps(s)));
}

void thp_sounding_on_report(thp_sounding *s, const thp_receiver_report *r, int64_t now_us)
{
	int64_t at_us = seen_us(s, r, now_us);
	bool rested = s->rests;

	s->heard = true;
	s->rests = false;
	s->heard_us = now_us;
	if (s->phase != THP_SOUNDING_SENDS && s->phase != THP_SOUNDING_WAITS)
		return;
	if (r->span_ms == 0 || r->video_packets < 0)
		return;
	s->got += (uint32_t)r->video_packets;
	s->lost += r->video_lost > 0 ? (uint32_t)r->video_lost : 0;
	s->got_us = sent_for_us(s, rested, now_us - at_us);
	if (s->phase == THP_SOUNDING_SENDS && r->busy_ms < BUSY_MS)
		judge(s, r, at_us, rested, now_us);
}

/* ---- the end of it ---- */

static void stop(thp_sounding *s, int64_t now_us)
{
	s->phase = THP_SOUNDING_WAITS;
	s->stopped_us = now_us;
	if (s->proven_kbps > 0)
		answer(s, s->late, s->full_ms >= SPAN_MS ? full_kbps(s) : s->proven_kbps);
}

/* No report was clear: was most of it received at all? Then at least as fast as it came on the whole. */
static void sum_up(thp_sounding *s)
{
	int64_t heard_us = s->heard_us > s->stopped_us ? s->heard_us : s->stopped_us;

	if ((uint64_t)s->got * 1000 < (uint64_t)s->sent * FEW_PERMILLE)
		answer(s, true, come_kbps(s));
	else
		answer(s, false, kbps_of(s->got, heard_us - s->begun_us));
}

uint32_t thp_sounding_tick(thp_sounding *s, uint32_t packets, int64_t now_us)
{
	if (s->phase == THP_SOUNDING_READY && s->heard) {
		s->phase = THP_SOUNDING_SENDS;
		s->begun_us = s->stage_us = s->ticked_us = now_us;
		s->base = packets;
	} else if (s->phase == THP_SOUNDING_READY && now_us - s->made_us > s->most_us) {
		answer(s, false, 0);
	}
	if (s->phase == THP_SOUNDING_SENDS) {
		note_sent(s, packets, now_us);
		s->active_us += s->rests ? 0 : now_us - s->ticked_us;
		if (s->sent >= s->most_packets || now_us - s->begun_us > s->most_us - PATIENCE_US)
			stop(s, now_us);
	}
	if (s->phase == THP_SOUNDING_WAITS && now_us - s->stopped_us > PATIENCE_US)
		sum_up(s);
	if (s->phase == THP_SOUNDING_SENDS && !s->rests && now_us - s->heard_us > s->patience_us) {
		s->rests = true;
		s->patience_us = (int64_t)SILENCES * SILENCE_US;
	}
	s->ticked_us = now_us;
	return s->phase == THP_SOUNDING_SENDS && !s->rests ? stage_kbps(s) : 0;
}
