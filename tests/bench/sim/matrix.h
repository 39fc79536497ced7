/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The links that the controller is measured on. */
#pragma once

#include "sim.h"

#define SIM_STEP_S    40
#define SIM_WINDOW_S  120
#define SIM_RESTORE_S 190
#define SIM_END_S     280

typedef enum sim_shape {
	SIM_STEP,   /* wide, then kbps, then wide again */
	SIM_STEADY, /* kbps all the time */
	SIM_OUTAGE, /* wide, then nothing for ms */
	SIM_VARIED, /* RFC 8867 5.1 */
	SIM_RADIO,
} sim_shape;

/** One row: what the link does. */
typedef struct sim_row {
	const char *name;
	sim_shape shape;
	uint32_t kbps;     /* SIM_STEP, SIM_STEADY */
	uint32_t ms;       /* SIM_OUTAGE */
	sim_radio radio;   /* SIM_RADIO */
	uint32_t queue_ms; /* 0: 300 */
	uint32_t rtt_ms;   /* 0: 40 */
	uint32_t jitter_ms;
	double loss, burst;
	bool back_dies;     /* the way back is dead when the link is */
	bool silent;        /* the page does not report */
	uint32_t wide_kbps; /* 0: 2000 */
	uint32_t others;    /* 0: one other person */
} sim_row;

extern const sim_row sim_rows[];
extern const uint32_t sim_n_rows;

/** Makes the call of a row; @trace is filled, and borrowed by @conf. */
void sim_row_conf(const sim_row *row, uint64_t seed, sim_trace *trace, sim_conf *conf);
