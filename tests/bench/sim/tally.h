/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many calls on one row, as figures. */
#pragma once

#include "matrix.h"

#define SIM_SEEDS_MAX 200
#define SIM_NEVER     9999.0
#define SIM_START     3 /* tiers of the default ladder */
#define SIM_LOW       2

/* X(field, digits after the point): what is taken of each call; two figures of each, p50 and p95 */
#define SIM_FIGURES(X)                                                                             \
	X(concealed_pct, 2)                                                                        \
	X(longest_gap_ms, 0)                                                                       \
	X(first_down_s, 1)                                                                         \
	X(moving_s, 1)                                                                             \
	X(switches, 0)                                                                             \
	X(first_up_s, 1)                                                                           \
	X(full_s, 1)                                                                               \
	X(gated_s, 1)                                                                              \
	X(voice_back_s, 1)                                                                         \
	X(video_back_s, 1)                                                                         \
	X(video_kbps, 0)                                                                           \
	X(fps, 1)                                                                                  \
	X(above_low, 2)                                                                            \
	X(speech_sent_pct, 1)

typedef enum sim_figure {
#define SIM_FIGURE_ENUM(name, digits) SIM_##name,
	SIM_FIGURES(SIM_FIGURE_ENUM)
#undef SIM_FIGURE_ENUM
		SIM_N_FIGURES
} sim_figure;

typedef struct sim_tally {
	uint32_t n;
	double values[SIM_N_FIGURES][SIM_SEEDS_MAX];
	double end_tier_share[THP_TIERS_MAX];
	uint64_t digest;
	bool made_smaller; /* some camera was, that others see as well */
} sim_tally;

/** Plays @row with the seeds from @first on, every @step-th, @n of them. */
void sim_tally_row(const sim_row *row, sim_policy policy, uint32_t tier, uint32_t first,
		   uint32_t step, uint32_t n, sim_tally *tally);

/** The value that a share of @p of the calls stays below or at. Never (-1) counts as endless. */
double sim_tally_share(const sim_tally *tally, sim_figure figure, double p);

double sim_tally_mean(const sim_tally *tally, sim_figure figure);

const char *sim_figure_name(sim_figure figure);
int sim_figure_digits(sim_figure figure);
