/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What links carry: steps by hand, and radio as it comes. */
#include "sim.h"

#include <math.h>

void sim_trace_steps(sim_trace *trace, uint32_t seconds, const sim_step *steps, uint32_t n)
{
	uint32_t at = 0;

	trace->n = seconds * 1000 / SIM_SLICE_MS;
	for (uint32_t i = 0; i < trace->n; i++) {
		while (at + 1 < n && i * SIM_SLICE_MS >= steps[at + 1].at_s * 1000)
			at++;
		trace->kbps[i] = steps[at].kbps;
	}
}

/*
 * A radio link: a rate that wanders about its middle (in its logarithm), fades of a fraction of a
 * second in which little goes through, and outages in which nothing does.
 */
static const struct {
	const char *name;
	double middle_kbps[2]; /* drawn between these */
	double swing;          /* deviation of the logarithm */
	double memory_s;
	double fade_every_s, fade_s, fade_depth;
	double outage_every_s, outage_s;
	double most_kbps;
} radios[SIM_N_RADIOS] = {
	[SIM_LTE_GOOD] = {"lte-good", {3000, 9000}, .5, 3, 12, .25, .15, 45, .5, 30000},
	[SIM_LTE_BUSY] = {"lte-busy", {500, 2500}, .8, 4, 8, .4, .12, 40, .8, 12000},
	[SIM_LTE_MOVING] = {"lte-moving", {700, 4000}, 1.1, 2.5, 10, .5, .08, 22, 1.4, 15000},
	[SIM_UMTS] = {"umts", {500, 2000}, .7, 5, 14, .8, .1, 50, 1.5, 4000},
	[SIM_EVDO] = {"evdo", {200, 700}, .7, 6, 15, 1, .1, 40, 2.5, 2000},
};

const char *sim_radio_name(sim_radio radio)
{
	return radios[radio].name;
}

void sim_trace_radio(sim_trace *trace, uint32_t seconds, sim_radio radio, uint64_t seed)
{
	sim_rng rng;
	double step_s = SIM_SLICE_MS / 1000.0;
	double keep = exp(-step_s / radios[radio].memory_s);
	double wander, fade_s = 0, outage_s = 0;

	sim_seed(&rng, seed * 31 + (uint64_t)radio);
	double low = log(radios[radio].middle_kbps[0]), high = log(radios[radio].middle_kbps[1]);
	double middle = low + (high - low) * sim_uniform(&rng);

	wander = radios[radio].swing * sim_normal(&rng);
	trace->n = seconds * 1000 / SIM_SLICE_MS;
	for (uint32_t i = 0; i < trace->n; i++) {
		wander = wander * keep +
			 radios[radio].swing * sqrt(1 - keep * keep) * sim_normal(&rng);
		if (fade_s <= 0 && sim_uniform(&rng) < step_s / radios[radio].fade_every_s)
			fade_s = sim_exponential(&rng, radios[radio].fade_s);
		if (outage_s <= 0 && sim_uniform(&rng) < step_s / radios[radio].outage_every_s)
			outage_s = sim_exponential(&rng, radios[radio].outage_s);
		double kbps = exp(middle + wander) * (fade_s > 0 ? radios[radio].fade_depth : 1);

		trace->kbps[i] = outage_s > 0 ? 0 : (uint32_t)fmin(kbps, radios[radio].most_kbps);
		fade_s -= step_s;
		outage_s -= step_s;
	}
}
