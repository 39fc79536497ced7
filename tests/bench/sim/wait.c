/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before a call: whoever waits speaks and films a little, and how late that comes tells something of the link. */
#include "call.h"

#include <stdlib.h>
#include <therapy/delay.h>

#define SPEECH_KBPS  24
#define PTIME_MS     20
#define CLOCK_HZ     48000
#define PICTURE_KBPS 90
#define PICTURE_FPS  12
#define PICTURE_PX   180
#define AROUND_BYTES 84

typedef struct wait {
	sim_link up;
	sim_camera camera;
	thp_delay delay;
} wait;

static void send_on(wait *w, int64_t now_ms)
{
	bool key = false;
	uint32_t bytes = sim_camera_frame(&w->camera, now_ms, &key);
	sim_packet picture = {.kind = SIM_VIDEO, .bytes = bytes + AROUND_BYTES};
	sim_packet speech = {.kind = SIM_AUDIO,
			     .made_ms = now_ms,
			     .bytes = SPEECH_KBPS * PTIME_MS / 8 + AROUND_BYTES};

	if (bytes > 0)
		sim_link_put(&w->up, &picture, now_ms);
	if (now_ms % PTIME_MS == 0)
		sim_link_put(&w->up, &speech, now_ms);
}

static void take(wait *w, int64_t now_ms)
{
	sim_packet packet;

	while (sim_link_take(&w->up, &packet, now_ms)) {
		uint32_t ts = (uint32_t)(packet.made_ms * (CLOCK_HZ / 1000));

		if (packet.kind == SIM_AUDIO)
			(void)thp_delay_take(&w->delay, ts, CLOCK_HZ, now_ms * 1000);
	}
}

bool sim_wait(const sim_conf *conf, uint64_t seed)
{
	wait *w = calloc(1, sizeof *w);
	/* On the trace's end: a call begins at its beginning. */
	int64_t end_ms = conf->seconds * 1000LL, now_ms = end_ms - SIM_WAIT_US / 1000;
	sim_order small = {
		.at_ms = now_ms, .kbps = PICTURE_KBPS, .fps = PICTURE_FPS, .height = PICTURE_PX};

	sim_link_init(&w->up, &conf->down, ~seed);
	sim_seed(&w->camera.rng, seed ^ 0x77616974);
	sim_camera_order(&w->camera, &small);
	for (; now_ms < end_ms; now_ms++) {
		send_on(w, now_ms);
		sim_link_step(&w->up, now_ms);
		take(w, now_ms);
	}
	bool swung = w->delay.swung_us > 0;

	free(w);
	return swung;
}
