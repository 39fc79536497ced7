/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file clock.h
 * The clock of one session: how long it lasts, what is said on the way, when it ends.
 *
 * Pure: it is told the time, and answers with news, one at a time, in the order in which they fell due. It counts
 * session time, which begins with the first admission and stops only in a pause. It allocates nothing and has no
 * clock of its own. All times are microseconds; `mono_us` is a monotonic time that never goes back.
 */
#pragma once

#include <therapy/clock_record.h>
#include <therapy/error.h>

#define THP_CLOCK_CUES_MAX 8

/** When something is said of the time left. */
typedef struct thp_clock_cue {
	gint64 left_us;  /* above 0 */
	gboolean shared; /* for everybody in the room; else for the therapist alone */
} thp_clock_cue;

/** What holds for a session from its start to its end. */
typedef struct thp_clock_rules {
	gint64 max_us;     /* session time that is never passed, whoever asks; above 0 */
	gint64 pause_us;   /* all pauses of a session together; 0: none is allowed */
	gint64 wrap_up_us; /* a therapist stays after the others have left; 0: as long as they like */
	gint64 alone_us;   /* somebody may wait in vain for the others; 0: as long as they like */
	gboolean hard;     /* the limit ends the session; else it is only told */
	gint64 grace_us;   /* hard: from the limit to the end */
	guint n_cues;
	thp_clock_cue cues[THP_CLOCK_CUES_MAX];
} thp_clock_rules;

/** A clock. All zero: idle. */
typedef struct thp_clock {
	thp_clock_rules rules;
	thp_clock_phase phase;
	thp_clock_cause cause;
	thp_clock_company company;
	guint n_extensions;
	gint64 started_wall_us, ended_wall_us;
	gint64 length_us, extended_us;
	gint64 ran_us, paused_us; /* as of since_us; of both only one grows */
	gint64 since_us;          /* monotonic */
	gint64 lonely_since_us;   /* monotonic; company is not TOGETHER */
	gint64 cued_us;
} thp_clock;

typedef enum thp_clock_news_kind {
	THP_CLOCK_CUE,     /* left_us are left */
	THP_CLOCK_LIMIT,   /* the time is over; the session goes on, in overtime or in the grace */
	THP_CLOCK_RESUMED, /* no more pause is allowed: the clock runs again */
	THP_CLOCK_END,     /* the last there is; the cause is in the clock */
} thp_clock_news_kind;

typedef struct thp_clock_news {
	thp_clock_news_kind kind;
	gint64 left_us;
	gboolean shared; /* CUE: for everybody */
} thp_clock_news;

/** Starts an idle or ended clock. @rules are copied; @length_us is cut to what they allow. */
void thp_clock_start(thp_clock *clock, const thp_clock_rules *rules, gint64 length_us,
		     thp_clock_moment at);

/** TRUE between start and end. */
gboolean thp_clock_is_on(const thp_clock *clock);

/** Session time used up so far. */
gint64 thp_clock_ran_us(const thp_clock *clock, gint64 mono_us);

/** Session time left until the limit; below 0 in overtime. */
gint64 thp_clock_left_us(const thp_clock *clock, gint64 mono_us);

/** From now to the end that nobody can put off: session time to the hard limit or the maximum. */
gint64 thp_clock_end_us(const thp_clock *clock, gint64 mono_us);

/** Pauses that are left to the therapist. */
gint64 thp_clock_pause_left_us(const thp_clock *clock, gint64 mono_us);

/**
 * How much longer the limit may be moved from where it is (in overtime: from now), if the next appointment is
 * at monotonic @next_us (G_MAXINT64: none). 0 if not at all.
 */
gint64 thp_clock_extendable_us(const thp_clock *clock, gint64 next_us, gint64 mono_us);

/**
 * Moves the limit by @by_us; in overtime the new limit is that far from now. Cues that are ahead again will be given
 * again. WRONG_STATE if the clock is not on; SESSION_MAXIMUM, NEXT_APPOINTMENT if that is too long.
 */
thp_err thp_clock_extend(thp_clock *clock, gint64 by_us, gint64 next_us,
			 gint64 mono_us) G_GNUC_WARN_UNUSED_RESULT;

/** Stops counting. WRONG_STATE unless running, PAUSE_LIMIT if there is no pause left. */
thp_err thp_clock_pause(thp_clock *clock, gint64 mono_us) G_GNUC_WARN_UNUSED_RESULT;

/** Counts on. WRONG_STATE unless paused. */
thp_err thp_clock_resume(thp_clock *clock, gint64 mono_us) G_GNUC_WARN_UNUSED_RESULT;

/** Says who is in the room now. Repeating what holds changes nothing. */
void thp_clock_meet(thp_clock *clock, thp_clock_company company, gint64 mono_us);

/** The therapist ends the session at once. No news follow. WRONG_STATE if it is not on. */
thp_err thp_clock_end(thp_clock *clock, thp_clock_moment at) G_GNUC_WARN_UNUSED_RESULT;

/** How long until it ends for lack of company; -1 if it does not. */
gint64 thp_clock_closes_us(const thp_clock *clock, gint64 mono_us);

/** When there will be news if nothing else happens: monotonic; G_MAXINT64 for never. */
gint64 thp_clock_deadline(const thp_clock *clock);

/**
 * Takes the oldest news that are due; FALSE if there are none. Call it until then. Of cues that were all
 * missed (after a restart, a suspension) only the last is given. Nothing comes after END.
 */
gboolean thp_clock_next(thp_clock *clock, thp_clock_moment at,
			thp_clock_news *news) G_GNUC_WARN_UNUSED_RESULT;

/** Writes down how the clock stands at @at. */
void thp_clock_save(const thp_clock *clock, thp_clock_moment at, thp_clock_record *record);

/**
 * Makes @clock go on from @record under @rules: the time since counts as it would have without the restart,
 * by the monotonic clock if the machine has not started anew, else by the wall clock, as far as that went forward.
 * FALSE if the record contradicts itself: @clock is then idle.
 */
gboolean thp_clock_restore(thp_clock *clock, const thp_clock_rules *rules,
			   const thp_clock_record *record,
			   thp_clock_moment at) G_GNUC_WARN_UNUSED_RESULT;
