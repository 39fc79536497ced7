/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matrix.h"

#include <string.h>

const sim_row sim_rows[] = {
	{"step-1000", SIM_STEP, .kbps = 1000},
	{"step-500", SIM_STEP, .kbps = 500},
	{"step-300", SIM_STEP, .kbps = 300},
	{"step-200", SIM_STEP, .kbps = 200},
	{"step-120", SIM_STEP, .kbps = 120},
	{"step-80", SIM_STEP, .kbps = 80},
	{"step-50", SIM_STEP, .kbps = 50},
	{"step-35", SIM_STEP, .kbps = 35},
	{"step-500-queue-50", SIM_STEP, .kbps = 500, .queue_ms = 50},
	{"step-500-queue-1000", SIM_STEP, .kbps = 500, .queue_ms = 1000},
	{"step-200-queue-50", SIM_STEP, .kbps = 200, .queue_ms = 50},
	{"step-200-queue-1000", SIM_STEP, .kbps = 200, .queue_ms = 1000},
	{"step-200-queue-2000", SIM_STEP, .kbps = 200, .queue_ms = 2000},
	{"step-80-queue-1000", SIM_STEP, .kbps = 80, .queue_ms = 1000},
	{"step-200-rtt-100", SIM_STEP, .kbps = 200, .rtt_ms = 100},
	{"step-200-rtt-300", SIM_STEP, .kbps = 200, .rtt_ms = 300},
	{"step-200-rtt-600", SIM_STEP, .kbps = 200, .rtt_ms = 600},
	{"step-200-jitter-30", SIM_STEP, .kbps = 200, .jitter_ms = 30},
	{"step-200-jitter-60", SIM_STEP, .kbps = 200, .jitter_ms = 60},
	{"step-200-loss-2", SIM_STEP, .kbps = 200, .loss = .02},
	{"step-200-no-reports", SIM_STEP, .kbps = 200, .silent = true},
	{"loss-1", SIM_STEADY, .kbps = 2000, .loss = .01},
	{"loss-2", SIM_STEADY, .kbps = 2000, .loss = .02},
	{"loss-5", SIM_STEADY, .kbps = 2000, .loss = .05},
	{"loss-10", SIM_STEADY, .kbps = 2000, .loss = .10},
	{"loss-20", SIM_STEADY, .kbps = 2000, .loss = .20},
	{"burst-5", SIM_STEADY, .kbps = 2000, .loss = .05, .burst = 3},
	{"jitter-60", SIM_STEADY, .kbps = 2000, .jitter_ms = 60},
	{"rtt-600", SIM_STEADY, .kbps = 2000, .rtt_ms = 600},
	{"edge", SIM_STEADY, .kbps = 240, .rtt_ms = 840},
	{"3g-slow", SIM_STEADY, .kbps = 780, .rtt_ms = 200},
	{"outage-500", SIM_OUTAGE, .ms = 500},
	{"outage-1000", SIM_OUTAGE, .ms = 1000},
	{"outage-3000", SIM_OUTAGE, .ms = 3000},
	{"outage-8000", SIM_OUTAGE, .ms = 8000},
	{"outage-3000-both", SIM_OUTAGE, .ms = 3000, .back_dies = true},
	{"outage-8000-both", SIM_OUTAGE, .ms = 8000, .back_dies = true},
	{"rfc8867-5.1", SIM_VARIED, .rtt_ms = 100},
	{"lte-good", SIM_RADIO, .radio = SIM_LTE_GOOD, .rtt_ms = 60, .jitter_ms = 15,
	 .back_dies = true},
	{"lte-busy", SIM_RADIO, .radio = SIM_LTE_BUSY, .rtt_ms = 60, .jitter_ms = 15,
	 .back_dies = true},
	{"lte-moving", SIM_RADIO, .radio = SIM_LTE_MOVING, .rtt_ms = 60, .jitter_ms = 15,
	 .back_dies = true},
	{"three-1000", SIM_STEP, .kbps = 1000, .wide_kbps = 4000, .others = 2},
	{"three-500", SIM_STEP, .kbps = 500, .wide_kbps = 4000, .others = 2},
	{"three-150", SIM_STEP, .kbps = 150, .wide_kbps = 4000, .others = 2},
	{"three-loss-5", SIM_STEADY, .kbps = 4000, .loss = .05, .others = 2},
	{"three-outage-3000", SIM_OUTAGE, .ms = 3000, .wide_kbps = 4000, .others = 2},
	{"eight-1000", SIM_STEP, .kbps = 1000, .wide_kbps = 6000, .others = 7},
	{"umts", SIM_RADIO, .radio = SIM_UMTS, .rtt_ms = 100, .jitter_ms = 15, .back_dies = true},
	{"evdo", SIM_RADIO, .radio = SIM_EVDO, .rtt_ms = 120, .jitter_ms = 15, .back_dies = true},
};
const uint32_t sim_n_rows = sizeof sim_rows / sizeof *sim_rows;

static void fill_trace(const sim_row *row, uint64_t seed, sim_trace *trace)
{
	uint32_t wide = row->wide_kbps > 0 ? row->wide_kbps : 2000;
	sim_step step[] = {{0, wide}, {SIM_STEP_S, row->kbps}, {SIM_RESTORE_S, wide}};
	sim_step steady[] = {{0, row->kbps}};
	static const sim_step varied[] = {{0, 1000}, {80, 2500}, {120, 600}, {200, 1000}};

	switch (row->shape) {
	case SIM_STEP:
		sim_trace_steps(trace, SIM_END_S, step, 3);
		break;
	case SIM_STEADY:
		sim_trace_steps(trace, SIM_END_S, steady, 1);
		break;
	case SIM_VARIED:
		sim_trace_steps(trace, SIM_END_S, varied, 4);
		break;
	case SIM_OUTAGE:
		step[1].kbps = wide;
		sim_trace_steps(trace, SIM_END_S, step, 3);
		memset(&trace->kbps[SIM_STEP_S * 1000 / SIM_SLICE_MS], 0,
		       row->ms / SIM_SLICE_MS * sizeof *trace->kbps);
		break;
	case SIM_RADIO:
		sim_trace_radio(trace, SIM_END_S, row->radio, seed);
		break;
	}
}

void sim_row_conf(const sim_row *row, uint64_t seed, sim_trace *trace, sim_conf *conf)
{
	static const uint32_t radio_queues[] = {60000, 150000, 400000};
	uint32_t rtt_ms = row->rtt_ms > 0 ? row->rtt_ms : 40;

	fill_trace(row, seed, trace);
	memset(conf, 0, sizeof *conf);
	conf->name = row->name;
	conf->down.trace = trace;
	conf->down.queue_ms = row->queue_ms > 0 ? row->queue_ms : 300;
	conf->down.delay_ms = conf->back_ms = rtt_ms / 2;
	conf->down.jitter_ms = row->jitter_ms;
	conf->down.loss = row->loss;
	conf->down.burst = row->burst;
	conf->back_dies = row->back_dies;
	conf->reports = !row->silent;
	conf->others = row->others > 0 ? row->others : 1;
	conf->seconds = SIM_END_S;
	conf->step_s = SIM_STEP_S;
	conf->window_s = SIM_WINDOW_S;
	conf->restore_ms = row->shape == SIM_STEP ? SIM_RESTORE_S * 1000 : 0;
	if (row->shape == SIM_OUTAGE || row->shape == SIM_RADIO) {
		conf->down.queue_ms = 0;
		conf->down.queue_bytes = row->shape == SIM_OUTAGE ? 150000 : radio_queues[seed % 3];
	}
	if (row->shape == SIM_OUTAGE)
		conf->restore_ms = SIM_STEP_S * 1000 + row->ms;
	if (row->shape == SIM_RADIO) {
		conf->step_s = 10;
		conf->window_s = SIM_END_S - 10;
	}
}
