/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links in a box, and how a receiver estimates one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* ---- chance ---- */

typedef struct sim_rng {
	uint64_t state;
} sim_rng;

void sim_seed(sim_rng *rng, uint64_t seed);
double sim_uniform(sim_rng *rng); /* 0 to 1 */
double sim_normal(sim_rng *rng);  /* mean 0, deviation 1 */
double sim_exponential(sim_rng *rng, double mean);

/* ---- what a link can carry ---- */

#define SIM_SLICE_MS    20
#define SIM_SECONDS_MAX 900
#define SIM_SLICES_MAX  (SIM_SECONDS_MAX * 1000 / SIM_SLICE_MS)

/** kbit/s, for every 20 ms of the call. */
typedef struct sim_trace {
	uint32_t n;
	uint32_t kbps[SIM_SLICES_MAX];
} sim_trace;

/** One step of a link that is changed by hand. */
typedef struct sim_step {
	uint32_t at_s, kbps;
} sim_step;

void sim_trace_steps(sim_trace *trace, uint32_t seconds, const sim_step *steps, uint32_t n);

typedef enum sim_radio {
	SIM_LTE_GOOD,
	SIM_LTE_BUSY,
	SIM_LTE_MOVING,
	SIM_UMTS,
	SIM_EVDO,
	SIM_N_RADIOS
} sim_radio;

const char *sim_radio_name(sim_radio radio);
void sim_trace_radio(sim_trace *trace, uint32_t seconds, sim_radio radio, uint64_t seed);

/* ---- a link ---- */

typedef enum sim_kind { SIM_AUDIO, SIM_VIDEO, SIM_PADDING, SIM_SR, SIM_ACK } sim_kind;

typedef struct sim_packet {
	sim_kind kind;
	uint32_t bytes; /* on the wire */
	uint32_t seq;   /* of its kind; video and padding share one */
	int64_t made_ms, sent_ms, due_ms;
	/* audio */
	uint32_t ptime_ms;
	bool red;
	/* video */
	uint32_t frame, part, parts;
	bool key, again;
} sim_packet;

#define SIM_QUEUE_MAX 8192

typedef struct sim_link_conf {
	const sim_trace *trace;
	uint32_t queue_ms; /* of traffic at the present rate; 0: queue_bytes holds */
	uint32_t queue_bytes;
	uint32_t delay_ms;  /* one way */
	uint32_t jitter_ms; /* at most, more; order is kept */
	double loss;        /* at random */
	double burst;       /* mean length of a run of losses; 0 or 1: none */
} sim_link_conf;

typedef struct sim_link {
	sim_link_conf conf;
	sim_rng rng;
	sim_packet queue[SIM_QUEUE_MAX];
	uint32_t head, tail, queued_bytes;
	double credit;
	sim_packet air[SIM_QUEUE_MAX]; /* sent, and not there yet */
	uint32_t air_head, air_tail;
	int64_t last_due_ms;
	bool losing;
} sim_link;

void sim_link_init(sim_link *link, const sim_link_conf *conf, uint64_t seed);
void sim_link_put(sim_link *link, const sim_packet *packet, int64_t now_ms);
/** Moves what can move in this millisecond. */
void sim_link_step(sim_link *link, int64_t now_ms);
/** The next packet that has arrived; false if there is none. */
bool sim_link_take(sim_link *link, sim_packet *packet, int64_t now_ms);
uint32_t sim_link_kbps(const sim_link *link, int64_t now_ms);

/* ---- a receiver's bandwidth estimate ---- */

typedef struct sim_remb {
	/* packets that left within 5 ms of each other are one group */
	bool has_group, has_former;
	int64_t group_sent_ms, group_first_ms, group_arrived_ms, former_sent_ms, former_arrived_ms;
	double group_bytes, former_bytes;
	/* filter */
	double slope, offset, former_offset, noise, e[2][2];
	uint32_t deltas;
	/* detector */
	double threshold;
	double over_ms;
	uint32_t over_count;
	int64_t threshold_ms;
	int state; /* -1 underuse, 0 normal, 1 overuse */
	/* rate */
	double bps;
	double capacity_bps, capacity_deviation; /* 0: not known */
	int64_t changed_ms, decreased_ms, first_ms;
	bool holding;
	uint32_t bytes_in[10]; /* of the last second */
	int64_t in_ms;
	double last_told_bps;
	int64_t last_told_ms, last_packet_ms;
} sim_remb;

void sim_remb_init(sim_remb *remb);
void sim_remb_packet(sim_remb *remb, uint32_t bytes, int64_t sent_ms, int64_t now_ms,
		     double rtt_ms);
/** The estimate, when it is time to tell it; 0 otherwise. */
double sim_remb_tell(sim_remb *remb, int64_t now_ms);
