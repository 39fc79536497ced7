/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a browser estimates what arrives: groups of packets, a filter for the growth of delay, a
 * threshold that adapts, and a rate that falls by 15 % and rises slowly.
 */
#include "sim.h"

#include <math.h>
#include <string.h>

#define GROUP_MS     5
#define SILENCE_MS   2000
#define FIRST_MS     5000
#define LEAST_BPS    5000
#define TELL_MS      500
#define TELL_AT_ONCE .97

void sim_remb_init(sim_remb *remb)
{
	memset(remb, 0, sizeof *remb);
	remb->slope = 8.0 / 512;
	remb->noise = 50;
	remb->e[0][0] = 100;
	remb->e[1][1] = .1;
	remb->threshold = 12.5;
	remb->first_ms = -1;
}

static double incoming_bps(const sim_remb *remb)
{
	double bytes = 0;

	for (int i = 0; i < 10; i++)
		bytes += remb->bytes_in[i];
	return bytes * 8;
}

static void count(sim_remb *remb, uint32_t bytes, int64_t now_ms)
{
	int64_t tenth = now_ms / 100;

	if (tenth - remb->in_ms > 10)
		memset(remb->bytes_in, 0, sizeof remb->bytes_in);
	else
		for (int64_t t = remb->in_ms + 1; t <= tenth; t++)
			remb->bytes_in[t % 10] = 0;
	remb->in_ms = tenth;
	remb->bytes_in[tenth % 10] += bytes;
}

/* ---- is delay growing? ---- */

static void filter(sim_remb *remb, double sent_ms, double grown_ms, double grown_bytes)
{
	bool back = (remb->state > 0 && remb->offset < remb->former_offset) ||
		    (remb->state < 0 && remb->offset > remb->former_offset);

	if (remb->deltas < 1000)
		remb->deltas++;
	remb->e[0][0] += 1e-13;
	remb->e[1][1] += back ? 1e-2 : 1e-3;
	double gain0 = remb->e[0][0] * grown_bytes + remb->e[0][1];
	double gain1 = remb->e[1][0] * grown_bytes + remb->e[1][1];
	double residual = grown_ms - remb->slope * grown_bytes - remb->offset;
	double most = 3 * sqrt(remb->noise);

	if (remb->state == 0) {
		double r = fmax(-most, fmin(most, residual));
		double keep = pow(remb->deltas > 300 ? .998 : .99, sent_ms * 30 / 1000);
		remb->noise = fmax(1, keep * remb->noise + (1 - keep) * r * r);
	}
	double all = remb->noise + grown_bytes * gain0 + gain1;
	double k0 = gain0 / all, k1 = gain1 / all;
	double e00 = remb->e[0][0], e01 = remb->e[0][1];

	remb->e[0][0] = e00 * (1 - k0 * grown_bytes) - k0 * remb->e[1][0];
	remb->e[0][1] = e01 * (1 - k0 * grown_bytes) - k0 * remb->e[1][1];
	remb->e[1][0] = remb->e[1][0] * (1 - k1) - k1 * grown_bytes * e00;
	remb->e[1][1] = remb->e[1][1] * (1 - k1) - k1 * grown_bytes * e01;
	remb->former_offset = remb->offset;
	remb->slope += k0 * residual;
	remb->offset += k1 * residual;
}

static void adapt_threshold(sim_remb *remb, double t, int64_t now_ms)
{
	double size = fabs(t);
	double passed = fmin(100, (double)(now_ms - remb->threshold_ms));

	remb->threshold_ms = now_ms;
	if (size > remb->threshold + 15)
		return;
	remb->threshold +=
		(size < remb->threshold ? .039 : .0087) * (size - remb->threshold) * passed;
	remb->threshold = fmax(6, fmin(600, remb->threshold));
}

static void detect(sim_remb *remb, double sent_ms, int64_t now_ms)
{
	double t = fmin(remb->deltas, 60) * remb->offset;

	if (remb->deltas < 2)
		return;
	if (t > remb->threshold) {
		remb->over_ms += remb->over_count == 0 ? sent_ms / 2 : sent_ms;
		remb->over_count++;
		if (remb->over_ms > 10 && remb->over_count > 1 &&
		    remb->offset >= remb->former_offset) {
			remb->over_ms = 0;
			remb->over_count = 0;
			remb->state = 1;
		}
	} else {
		remb->over_ms = 0;
		remb->over_count = 0;
		remb->state = t < -remb->threshold ? -1 : 0;
	}
	adapt_threshold(remb, t, now_ms);
}

/* ---- the rate ---- */

static void learn_capacity(sim_remb *remb, double bps)
{
	double kbps = bps / 1000;

	if (remb->capacity_bps <= 0) {
		remb->capacity_bps = kbps;
		remb->capacity_deviation = .4;
		return;
	}
	double error = remb->capacity_bps - kbps;
	remb->capacity_bps = .95 * remb->capacity_bps + .05 * kbps;
	remb->capacity_deviation =
		.95 * remb->capacity_deviation + .05 * error * error / fmax(1, remb->capacity_bps);
	remb->capacity_deviation = fmax(.4, fmin(2.5, remb->capacity_deviation));
}

static double capacity_edge(const sim_remb *remb, double sign)
{
	return remb->capacity_bps +
	       sign * 3 * sqrt(remb->capacity_deviation * fmax(1, remb->capacity_bps));
}

static void decrease(sim_remb *remb, double in, double rtt_ms, int64_t now_ms)
{
	double wait_ms = fmax(10, fmin(200, rtt_ms));

	if (remb->bps > 0 && now_ms - remb->decreased_ms < wait_ms && in > .5 * remb->bps)
		return;
	double to = .85 * in;

	if (to > 5000 && remb->capacity_bps > 0)
		to -= 5000;
	if (remb->capacity_bps > 0 && in / 1000 < capacity_edge(remb, -1))
		remb->capacity_bps = 0;
	learn_capacity(remb, in);
	if (remb->bps <= 0 || to < remb->bps)
		remb->bps = to;
	remb->decreased_ms = remb->changed_ms = now_ms;
	remb->holding = true;
}

static void increase(sim_remb *remb, double in, double rtt_ms, int64_t now_ms)
{
	double passed_s = fmin(1, (double)(now_ms - remb->changed_ms) / 1000);

	if (remb->capacity_bps > 0 && in / 1000 > capacity_edge(remb, 1))
		remb->capacity_bps = 0;
	double more = remb->capacity_bps > 0
			      ? passed_s * fmax(4000, 1000 * 8 * fmin(1200, remb->bps / 8 / 30) /
							      (2 * (rtt_ms + 100)))
			      : fmax(1000 * passed_s, remb->bps * (pow(1.08, passed_s) - 1));
	double most = 1.5 * in + 10000;

	remb->changed_ms = now_ms;
	if (remb->bps < most)
		remb->bps = fmin(remb->bps + more, most);
}

static void move(sim_remb *remb, double rtt_ms, int64_t now_ms)
{
	double in = incoming_bps(remb);

	if (remb->bps <= 0 && remb->state <= 0 && now_ms - remb->first_ms < FIRST_MS)
		return;
	if (remb->bps <= 0 && remb->state <= 0) {
		remb->bps = in;
		remb->changed_ms = now_ms;
		return;
	}
	if (remb->state > 0)
		decrease(remb, in, rtt_ms, now_ms);
	else if (remb->state == 0 && !remb->holding)
		increase(remb, in, rtt_ms, now_ms);
	else {
		remb->holding = remb->state < 0;
		remb->changed_ms = now_ms;
	}
	remb->bps = fmax(LEAST_BPS, remb->bps);
}

static void close_group(sim_remb *remb, int64_t now_ms)
{
	if (remb->has_former) {
		double sent = (double)(remb->group_sent_ms - remb->former_sent_ms);
		double arrived = (double)(remb->group_arrived_ms - remb->former_arrived_ms);

		filter(remb, sent, arrived - sent, remb->group_bytes - remb->former_bytes);
		detect(remb, sent, now_ms);
	}
	remb->has_former = true;
	remb->former_sent_ms = remb->group_sent_ms;
	remb->former_arrived_ms = remb->group_arrived_ms;
	remb->former_bytes = remb->group_bytes;
}

static bool same_group(const sim_remb *remb, int64_t sent_ms, int64_t now_ms)
{
	int64_t arrived = now_ms - remb->group_arrived_ms;

	if (sent_ms - remb->group_first_ms <= GROUP_MS)
		return true;
	/* What comes out of a queue in one go is one group, too. */
	return arrived <= GROUP_MS && arrived - (sent_ms - remb->group_sent_ms) < 0;
}

void sim_remb_packet(sim_remb *remb, uint32_t bytes, int64_t sent_ms, int64_t now_ms, double rtt_ms)
{
	if (remb->last_packet_ms > 0 && now_ms - remb->last_packet_ms > SILENCE_MS) {
		double told = remb->last_told_bps, bps = remb->bps;
		sim_remb_init(remb);
		remb->last_told_bps = told;
		remb->bps = bps;
	}
	if (remb->first_ms < 0)
		remb->first_ms = remb->changed_ms = now_ms;
	remb->last_packet_ms = now_ms;
	count(remb, bytes, now_ms);
	if (!remb->has_group || !same_group(remb, sent_ms, now_ms)) {
		if (remb->has_group)
			close_group(remb, now_ms);
		remb->has_group = true;
		remb->group_first_ms = sent_ms;
		remb->group_bytes = 0;
	}
	remb->group_sent_ms = sent_ms;
	remb->group_arrived_ms = now_ms;
	remb->group_bytes += bytes;
	move(remb, rtt_ms, now_ms);
}

double sim_remb_tell(sim_remb *remb, int64_t now_ms)
{
	if (remb->bps <= 0 || now_ms - remb->last_packet_ms > SILENCE_MS)
		return 0;
	if (remb->bps >= TELL_AT_ONCE * remb->last_told_bps &&
	    now_ms - remb->last_told_ms < TELL_MS)
		return 0;
	remb->last_told_bps = remb->bps;
	remb->last_told_ms = now_ms;
	return remb->bps;
}
