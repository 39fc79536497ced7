/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file clock_record.h
 * What must last of a session's clock, so that it goes on after a restart as if nothing had happened. Plain data.
 *
 * A record is complete by itself: it says how far the clock had come when it was saved, and when that was, on every
 * clock of the machine. Save one whenever the clock has news, was extended, paused, resumed, or has other company; in
 * between nothing needs saving, for what has passed since is known from the moment of saving. Its fields keep their
 * meaning for good: a store may write them one by one, in this order.
 */
#pragma once

#include <glib.h>

/** What all clocks show at one moment. */
typedef struct thp_clock_moment {
	gint64 mono_us; /* counts on through suspension, and from one process to the next */
	gint64 wall_us; /* Unix time; may jump */
	guint64 boot;   /* which start of the machine @mono_us counts from; 0: not known */
} thp_clock_moment;

typedef enum thp_clock_phase {
	THP_CLOCK_IDLE,    /* nobody was admitted yet */
	THP_CLOCK_RUNNING, /* also past its limit, where the end is soft */
	THP_CLOCK_PAUSED,
	THP_CLOCK_ENDED,
	THP_N_CLOCK_PHASES
} thp_clock_phase;

/** Why a session has ended. */
typedef enum thp_clock_cause {
	THP_CLOCK_NOT_ENDED,
	THP_CLOCK_BY_THERAPIST, /* ended at once */
	THP_CLOCK_BY_LIMIT,     /* hard end: its time and the grace are over */
	THP_CLOCK_BY_MAXIMUM,   /* no session may be longer */
	THP_CLOCK_BY_WRAP_UP, /* the client has left, and the therapist's time to wrap up is over */
	THP_CLOCK_BY_ALONE,   /* somebody was left alone for too long */
	THP_N_CLOCK_CAUSES
} thp_clock_cause;

/** Who is in the room. */
typedef enum thp_clock_company {
	THP_CLOCK_TOGETHER, /* a therapist and somebody else, or those who are asked to wait a moment */
	THP_CLOCK_WRAP_UP, /* a therapist; the others have left for good */
	THP_CLOCK_ALONE,   /* somebody is missing who did not say goodbye */
	THP_N_CLOCK_COMPANIES
} thp_clock_company;

typedef struct thp_clock_record {
	guint32 phase;          /* thp_clock_phase */
	guint32 cause;          /* thp_clock_cause; NOT_ENDED until the phase is ENDED */
	guint32 company;        /* thp_clock_company */
	guint32 n_extensions;   /* how often it was extended */
	gint64 started_wall_us; /* when somebody was first admitted, as the wall clock said then */
	gint64 ended_wall_us;   /* when it ended; 0 before */
	gint64 length_us;       /* as agreed at the start */
	gint64 extended_us;     /* what was added since */
	gint64 ran_us;          /* session time used up, as of the saving */
	gint64 paused_us;       /* all pauses together, as of the saving */
	gint64 lonely_us; /* for how long company was not TOGETHER, as of the saving; else 0 */
	gint64 cued_us;   /* cues for so much time left, and for more, were given */
	thp_clock_moment saved;
} thp_clock_record;
