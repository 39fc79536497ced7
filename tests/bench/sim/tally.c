/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void take(sim_tally *tally, const sim_result *r, const thp_ladder *ladder)
{
	double above = 0;
	uint32_t first = thp_tier_first_video(ladder);

	for (uint32_t t = first + 1; t < ladder->n; t++)
		above += r->tier_share[t];
	double values[SIM_N_FIGURES] = {
		[SIM_concealed_pct] = r->concealed * 100,
		[SIM_longest_gap_ms] = r->longest_gap_ms,
		[SIM_first_down_s] = r->first_down_s,
		[SIM_moving_s] = r->moving_s,
		[SIM_switches] = r->switches,
		[SIM_first_up_s] = r->first_up_s,
		[SIM_full_s] = r->full_s,
		[SIM_gated_s] = r->gated_s,
		[SIM_voice_back_s] = r->voice_back_s,
		[SIM_video_back_s] = r->video_back_s,
		[SIM_video_kbps] = r->video_kbps,
		[SIM_fps] = r->fps,
		[SIM_above_low] = above,
		[SIM_speech_sent_pct] = r->speech_sent * 100,
	};

	for (int f = 0; f < SIM_N_FIGURES; f++)
		tally->values[f][tally->n] = values[f];
	tally->n++;
	tally->made_smaller = tally->made_smaller || r->made_smaller;
	tally->end_tier_share[r->tier_end]++;
	tally->digest = tally->digest * 31 + r->digest;
}

void sim_tally_row(const sim_row *row, sim_policy policy, uint32_t tier, uint32_t first,
		   uint32_t step, uint32_t n, sim_tally *tally)
{
	static sim_trace trace;
	static sim_result result;
	thp_ladder ladder;
	thp_tuning tuning;
	sim_conf conf;

	memset(tally, 0, sizeof *tally);
	thp_tier_ladder_default(&ladder);
	thp_tier_tuning_default(&tuning);
	for (uint32_t i = 0; i < n && i < SIM_SEEDS_MAX; i++) {
		sim_row_conf(row, first + i * step, &trace, &conf);
		conf.policy = policy;
		conf.tier = tier;
		conf.ladder = &ladder;
		conf.tuning = &tuning;
		sim_run(&conf, first + i * step, &result);
		take(tally, &result, &ladder);
	}
	for (int t = 0; t < THP_TIERS_MAX; t++)
		tally->end_tier_share[t] /= tally->n;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double sim_tally_share(const sim_tally *tally, sim_figure figure, double p)
{
	double sorted[SIM_SEEDS_MAX];
	uint32_t at = (uint32_t)ceil(p * tally->n);

	for (uint32_t i = 0; i < tally->n; i++)
		sorted[i] = tally->values[figure][i] < 0 ? SIM_NEVER : tally->values[figure][i];
	qsort(sorted, tally->n, sizeof *sorted, by_size);
	return sorted[at > 0 ? at - 1 : 0];
}

double sim_tally_mean(const sim_tally *tally, sim_figure figure)
{
	double sum = 0;

	for (uint32_t i = 0; i < tally->n; i++)
		sum += tally->values[figure][i];
	return tally->n > 0 ? sum / tally->n : 0;
}

static const struct {
	const char *name;
	int digits;
} figures[] = {
#define FIGURE(name, digits) {#name, digits},
	SIM_FIGURES(FIGURE)
#undef FIGURE
};

const char *sim_figure_name(sim_figure figure)
{
	return figures[figure].name;
}

int sim_figure_digits(sim_figure figure)
{
	return figures[figure].digits;
}
