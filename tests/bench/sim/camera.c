/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of a talking head: sizes that vary, key frames that are larger and paid back afterwards. */
#include "camera.h"

#include <math.h>

#define KEY_FACTOR 4.0 /* a key frame, in frames */

void sim_camera_order(sim_camera *camera, const sim_order *order)
{
	if (camera->last - camera->first < SIM_ORDERS)
		camera->orders[camera->last++ % SIM_ORDERS] = *order;
}

static void obey(sim_camera *camera, const sim_order *order)
{
	if (order->is_key) {
		camera->wants_key = true;
		return;
	}
	if (order->height != camera->height && order->kbps > 0)
		camera->wants_key = true; /* another size begins with one anyway */
	if (camera->kbps == 0)
		camera->debt_bytes = 0;
	camera->kbps = order->kbps;
	camera->fps = order->fps;
	camera->height = order->height;
}

uint32_t sim_camera_frame(sim_camera *camera, int64_t now_ms, bool *key)
{
	while (camera->first != camera->last &&
	       camera->orders[camera->first % SIM_ORDERS].at_ms <= now_ms)
		obey(camera, &camera->orders[camera->first++ % SIM_ORDERS]);
	if (camera->kbps == 0 || camera->fps == 0 || (double)now_ms < camera->next_ms)
		return 0;
	double mean = camera->kbps * 125.0 / camera->fps;

	camera->next_ms = fmax(camera->next_ms, (double)now_ms - 5) + 1000.0 / camera->fps;
	/* What was spent too much is made good by smaller frames, and at worst by leaving some out. */
	double pay = fmin(camera->debt_bytes, mean * .5);
	if (camera->debt_bytes > 6 * mean && !camera->wants_key) {
		camera->debt_bytes -= mean;
		return 0;
	}
	double size = (mean - pay) * (.6 + .8 * sim_uniform(&camera->rng));

	*key = camera->wants_key;
	if (*key)
		size = mean * KEY_FACTOR;
	camera->wants_key = false;
	camera->debt_bytes = fmax(0, camera->debt_bytes + size - mean);
	return (uint32_t)fmax(150, size);
}

bool sim_camera_speech(sim_camera *camera, int64_t now_ms)
{
	if ((double)now_ms < camera->next_audio_ms)
		return false;
	camera->next_audio_ms += camera->ptime_ms;
	return true;
}
