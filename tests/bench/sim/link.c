/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One direction of a link: a drop-tail queue, a rate that changes, delay, jitter, loss. */
#include "sim.h"

#include <string.h>

#define LEAST_QUEUE 3000 /* bytes; two packets always fit */

void sim_link_init(sim_link *link, const sim_link_conf *conf, uint64_t seed)
{
	memset(link, 0, sizeof *link);
	link->conf = *conf;
	sim_seed(&link->rng, seed ^ 0x6c696e6b);
}

uint32_t sim_link_kbps(const sim_link *link, int64_t now_ms)
{
	uint32_t i = (uint32_t)(now_ms / SIM_SLICE_MS);

	return link->conf.trace->kbps[i % link->conf.trace->n];
}

void sim_link_put(sim_link *link, const sim_packet *packet, int64_t now_ms)
{
	uint32_t room = link->conf.queue_bytes;

	if (link->conf.queue_ms > 0)
		room = sim_link_kbps(link, now_ms) * link->conf.queue_ms / 8;
	if (room < LEAST_QUEUE)
		room = LEAST_QUEUE;
	if (link->queued_bytes + packet->bytes > room || link->tail - link->head >= SIM_QUEUE_MAX)
		return;
	link->queue[link->tail++ % SIM_QUEUE_MAX] = *packet;
	link->queued_bytes += packet->bytes;
}

/* Gilbert: a run of losses goes on with a chance that gives its mean length. */
static bool lose(sim_link *link)
{
	double burst = link->conf.burst > 1 ? link->conf.burst : 1;

	if (link->conf.loss <= 0)
		return false;
	if (burst <= 1)
		return sim_uniform(&link->rng) < link->conf.loss;
	if (link->losing)
		link->losing = sim_uniform(&link->rng) < 1 - 1 / burst;
	else
		link->losing =
			sim_uniform(&link->rng) < link->conf.loss / (burst * (1 - link->conf.loss));
	return link->losing;
}

static void send_on(sim_link *link, const sim_packet *packet, int64_t now_ms)
{
	int64_t due_ms = now_ms + link->conf.delay_ms;

	if (lose(link) || link->air_tail - link->air_head >= SIM_QUEUE_MAX)
		return;
	if (link->conf.jitter_ms > 0)
		due_ms += (int64_t)(sim_uniform(&link->rng) * sim_uniform(&link->rng) *
				    link->conf.jitter_ms);
	if (due_ms < link->last_due_ms)
		due_ms = link->last_due_ms;
	link->last_due_ms = due_ms;
	link->air[link->air_tail % SIM_QUEUE_MAX] = *packet;
	link->air[link->air_tail++ % SIM_QUEUE_MAX].due_ms = due_ms;
}

void sim_link_step(sim_link *link, int64_t now_ms)
{
	if (link->head == link->tail) {
		link->credit = 0;
		return;
	}
	link->credit += sim_link_kbps(link, now_ms) / 8.0;
	while (link->head != link->tail) {
		const sim_packet *next = &link->queue[link->head % SIM_QUEUE_MAX];

		if (next->bytes > link->credit)
			return;
		link->credit -= next->bytes;
		link->queued_bytes -= next->bytes;
		send_on(link, next, now_ms);
		link->head++;
	}
}

bool sim_link_take(sim_link *link, sim_packet *packet, int64_t now_ms)
{
	if (link->air_head == link->air_tail ||
	    link->air[link->air_head % SIM_QUEUE_MAX].due_ms > now_ms)
		return false;
	*packet = link->air[link->air_head++ % SIM_QUEUE_MAX];
	return true;
}
