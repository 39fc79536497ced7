/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A camera and a microphone that obey, after a while. */
#pragma once

#include "sim.h"

#define SIM_ORDERS 64

typedef struct sim_order {
	int64_t at_ms;
	bool is_key;
	uint32_t kbps, fps, height;
} sim_order;

typedef struct sim_camera {
	sim_rng rng;
	sim_order orders[SIM_ORDERS];
	uint32_t first, last;
	uint32_t kbps, fps, height;
	bool wants_key;
	double next_ms, debt_bytes;
	/* speech */
	uint32_t audio_kbps, ptime_ms;
	bool red;
	double next_audio_ms;
} sim_camera;

/** A frame that was made: its size and whether it is a key frame; 0: none in this millisecond. */
uint32_t sim_camera_frame(sim_camera *camera, int64_t now_ms, bool *key);

/** TRUE when a packet of speech is ready. */
bool sim_camera_speech(sim_camera *camera, int64_t now_ms);

void sim_camera_order(sim_camera *camera, const sim_order *order);
