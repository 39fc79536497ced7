/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file controller.h
 * The words that the parts of the bandwidth controller share: why it did something, and counters.
 *
 * Its parts: downlink.h, what one receiver's link bears; uplink.h, what one camera's link bears;
 * allot.h, who gets and sends what in one room; pacer.h, when a packet of video may go.
 * All of them are plain structs and pure functions: no clock, no lock, no allocation. Times are
 * microseconds of one monotonic clock and never go back. A struct belongs to one thread at a time.
 * Rates are kbit/s on the wire unless they are called an encoder's.
 */
#pragma once

#include <therapy/tier.h>

/* X(NAME, "name on the wire and in metrics") */
#define THP_WHY_TABLE(X)                                                                           \
	X(START, "start")         /* nothing has happened yet */                                   \
	X(LOSS, "loss")           /* packets are lost and more traffic would lose more */          \
	X(DELAY, "delay")         /* a queue grows */                                              \
	X(ESTIMATE, "estimate")   /* the receiver's estimate fell, and something proves it */      \
	X(CONCEALED, "concealed") /* speech had to be made up */                                   \
	X(SILENCE, "silence")     /* the receiver is not heard */                                  \
	X(TRIAL, "trial")         /* a step up did not hold */                                     \
	X(CLEAN, "clean")         /* a step up after a probe */                                    \
	X(RELEASED, "released")   /* a step down undone: what was lost was not ours */             \
	X(BACK, "back")           /* the link is back as it was before a short outage */           \
	X(UPLINK, "uplink")       /* the camera's own link is too weak */                          \
	X(CHOICE, "choice")       /* the person wants voice only */                                \
	X(OPS, "ops")             /* an operator's pin, cap or floor */                            \
	X(ENCODER, "encoder")     /* the sender's machine is too slow */                           \
	X(NOBODY, "nobody")       /* nobody takes it */

typedef enum thp_why {
#define THP_WHY_ENUM(name, text) THP_WHY_##name,
	THP_WHY_TABLE(THP_WHY_ENUM)
#undef THP_WHY_ENUM
		THP_N_WHY
} thp_why;

/** The name of @why ("loss"). Static string. */
const char *thp_controller_why_name(thp_why why);

#define THP_HISTOGRAM_BUCKETS 8 /* each bound holds what is at most that; the last one the rest */
#define THP_HISTOGRAM_LOSS_PERMILLE                                                                \
	{                                                                                          \
		0, 5, 10, 20, 50, 100, 200                                                         \
	}
#define THP_HISTOGRAM_QUEUE_MS                                                                     \
	{                                                                                          \
		10, 30, 60, 120, 250, 500, 1000                                                    \
	}

/** What a downlink or uplink has done since it was made. Only ever counts up. */
typedef struct thp_counters {
	uint64_t tier_ms[THP_TIERS_MAX]; /* time spent on each tier */
	uint32_t ups[THP_N_WHY];
	uint32_t downs[THP_N_WHY];
	uint32_t probes;         /* begun */
	uint32_t probes_ok;      /* that led to a step up */
	uint32_t probes_aborted; /* for a sign of too much */
	uint64_t padding_bytes;
	uint32_t gates; /* times video was stopped for silence */
	uint64_t gated_ms;
	uint32_t loss_permille[THP_HISTOGRAM_BUCKETS]; /* windows of about a second */
	uint32_t queue_ms[THP_HISTOGRAM_BUCKETS];
} thp_counters;

/** Adds @more to @sum, value by value. */
void thp_controller_add(thp_counters *sum, const thp_counters *more);

/** The tiers within which somebody may be: what ops, the invitation and the person leave. */
typedef struct thp_tier_range {
	uint32_t floor, cap; /* indices; floor <= cap; both the same is a pin */
	thp_why why;         /* the reason given while the range, not the link, decides */
} thp_tier_range;

typedef enum thp_override_mode {
	THP_OVERRIDE_AUTO,
	THP_OVERRIDE_PIN,
	THP_OVERRIDE_CAP,
	THP_OVERRIDE_FLOOR,
} thp_override_mode;

/** What an operator asked for. */
typedef struct thp_override {
	thp_override_mode mode;
	uint32_t tier;
	int64_t until_us; /* 0: for good */
} thp_override;

/** Narrows @range by @override if it still holds at @now_us, and by @cap; a cap wins over a floor. */
void thp_controller_narrow(thp_tier_range *range, const thp_override *override, uint32_t cap,
			   thp_why cap_why, int64_t now_us);
