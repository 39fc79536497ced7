/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chance that repeats itself (splitmix64). */
#include "sim.h"

#include <math.h>

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Mixed first: seeds that are neighbours would else be the same row of numbers, one apart. */
void sim_seed(sim_rng *rng, uint64_t seed)
{
	rng->state = mix(mix(seed + 0x9e3779b97f4a7c15u) ^ 0x7468657261707921u);
}

static uint64_t next(sim_rng *rng)
{
	return mix(rng->state += 0x9e3779b97f4a7c15u);
}

double sim_uniform(sim_rng *rng)
{
	return (double)(next(rng) >> 11) / 9007199254740992.0;
}

/* Twelve of them add up to nearly a bell. */
double sim_normal(sim_rng *rng)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += sim_uniform(rng);
	return sum;
}

double sim_exponential(sim_rng *rng, double mean)
{
	return -mean * log(1 - sim_uniform(rng));
}
