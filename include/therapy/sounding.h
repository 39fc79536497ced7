/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file sounding.h
 * The way down to somebody who waits, tried with padding: twice as much each time it has held, until the receiver's
 * page says that it arrives late or not at all, or the most that is worth knowing came through.
 *
 * A plain struct and pure functions: no clock, no lock, no allocation. Times are microseconds of one monotonic
 * clock and never go back. Rates are kbit/s on the wire. One thread at a time.
 */
#pragma once

#include <therapy/network.h>
#include <therapy/signals.h>

#define THP_SOUNDING_PACKET_BYTES 323 /* of one packet of padding on the wire */
#define THP_SOUNDING_STAGES       5
#define THP_SOUNDING_SLOT_US      50000
#define THP_SOUNDING_SLOTS        240 /* 12 s */

typedef enum thp_sounding_phase {
	THP_SOUNDING_READY, /* the page has not reported yet */
	THP_SOUNDING_SENDS,
	THP_SOUNDING_WAITS, /* all is sent, and nothing clear yet: for the last reports */
	THP_SOUNDING_OVER,
} thp_sounding_phase;

/** State of one test; only the functions below know what it means. */
typedef struct thp_sounding {
	thp_network_way found;
	thp_sounding_phase phase;
	uint32_t most_kbps, most_packets;
	int64_t most_us;                       /* for all of it */
	int64_t made_us, begun_us, stopped_us; /* made; the first padding; the last */
	int64_t ticked_us, active_us;          /* the last tick; so long padding was sent in all */
	int64_t patience_us;                   /* for the next report */
	/* what was sent */
	uint32_t stage;
	int64_t stage_us;                   /* since when */
	uint32_t base;                      /* of the counter, when it began */
	uint32_t sent;                      /* packets since then, */
	uint32_t slots[THP_SOUNDING_SLOTS]; /* by the end of each slot */
	uint32_t slot;
	/* what the page said */
	uint32_t got, lost;             /* packets that arrived; that will not */
	uint32_t stage_got, stage_lost; /* the same when the stage began */
	int64_t got_us;                 /* so long padding was sent until that was seen */
	bool heard;
	int64_t heard_us;  /* when it last did */
	int64_t offset_ms; /* of our clock to the page's, at least */
	int64_t age_us;    /* of what has arrived, at least */
	int64_t until_us;  /* when the newest of it was sent */
	bool late;         /* the last report told of a queue, or of losses; and since then: */
	uint32_t full,
		full_ms; /* packets that came while the way was full, and how long that was */
	bool rests;      /* nothing was heard for a while: nothing is sent */
	uint32_t proven_kbps;
} thp_sounding;

/** Starts anew. @most_kbps: more is not worth knowing. */
void thp_sounding_init(thp_sounding *s, const thp_network_rules *rules, uint32_t most_kbps,
		       int64_t now_us);

/** A report of the receiver's page. */
void thp_sounding_on_report(thp_sounding *s, const thp_receiver_report *report, int64_t now_us);

/**
 * @packets: of padding sent to this receiver, ever. Returns the rate at which padding is to go on, 0 for none.
 * Call about every 20 ms while that is not 0, else about every 100 ms.
 */
uint32_t thp_sounding_tick(thp_sounding *s, uint32_t packets, int64_t now_us);

/** TRUE once @s->found is the answer. */
bool thp_sounding_is_over(const thp_sounding *s);
