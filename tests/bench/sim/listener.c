/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person hears and sees of what arrives: a jitter buffer, and pictures put together. */
#include "sim.h"

#include <math.h>
#include <string.h>

#define LEAST_TARGET_MS   30
#define SHRINK_MS_PER_S   80 /* how fast speech is sped up when the buffer is too deep */
#define TARGET_FALL_PER_S .06
#define MERGE_MS          40 /* pieces of speech shorter than that do not end a gap */
#define ASK_AGAIN_MS      60
#define TRIES             6
#define STUCK_MS          400
#define KEY_AGAIN_MS      1000

void sim_listener_init(sim_listener *ears)
{
	memset(ears, 0, sizeof *ears);
	ears->target_ms = LEAST_TARGET_MS;
	ears->newest_ms = -1;
}

/* ---- speech ---- */

static void heard(sim_listener *ears, double ms)
{
	ears->spoken_ms += ms;
	ears->heard_ms += ms;
	if (ears->heard_ms >= MERGE_MS)
		ears->gap_ms = 0;
}

static void conceal(sim_listener *ears, double ms)
{
	ears->concealed_ms += ms;
	ears->gap_ms += ms;
	ears->heard_ms = 0;
	ears->longest_gap_ms = fmax(ears->longest_gap_ms, ears->gap_ms);
}

static void missed(sim_listener *ears, double ms)
{
	ears->spoken_ms += ms;
	conceal(ears, ms);
}

/* Speech that waited for longer than the buffer is deep was made up until it came; then it plays. */
static void play(sim_listener *ears, double late_ms, double ptime_ms)
{
	if (late_ms > ears->play_ms) {
		conceal(ears, late_ms - ears->play_ms);
		ears->play_ms = late_ms;
	}
	double aim = fmin(late_ms + 20, 2000);

	if (aim > ears->target_ms)
		ears->target_ms += fmin(aim - ears->target_ms, 40);
	else
		ears->target_ms -= (ears->target_ms - aim) * TARGET_FALL_PER_S * ptime_ms / 1000;
	ears->target_ms = fmax(fmax(LEAST_TARGET_MS, ears->least_ms), ears->target_ms);
	double deep = fmax(ears->target_ms, late_ms);

	/* Told to hold more back, it stretches speech until it does. */
	if (ears->play_ms < ears->least_ms)
		ears->play_ms =
			fmin(ears->least_ms, ears->play_ms + SHRINK_MS_PER_S * ptime_ms / 1000);
	if (ears->play_ms > deep)
		ears->play_ms = fmax(deep, ears->play_ms - SHRINK_MS_PER_S * ptime_ms / 1000);
	heard(ears, ptime_ms);
}

void sim_listener_audio(sim_listener *ears, const sim_packet *packet, int64_t now_ms)
{
	double late = (double)(now_ms - packet->made_ms);

	ears->newest_ms = now_ms;
	ears->got_audio++;
	if (!ears->any_audio) {
		ears->any_audio = true;
		ears->audio_highest = packet->seq - 1;
		ears->base_ms = late;
	}
	if (packet->seq <= ears->audio_highest)
		return;
	uint32_t lost = packet->seq - ears->audio_highest - 1;

	ears->base_ms = fmin(ears->base_ms, late);
	ears->late_ms = late - ears->base_ms;
	ears->lost_audio += lost;
	for (uint32_t i = 0; i < lost; i++) {
		/* The copy in this packet fills in for the one just before. */
		if (i + 1 == lost && packet->red)
			play(ears, late - ears->base_ms + packet->ptime_ms, packet->ptime_ms);
		else
			missed(ears, packet->ptime_ms);
	}
	ears->audio_highest = packet->seq;
	ears->covered_ms = packet->made_ms;
	play(ears, late - ears->base_ms, packet->ptime_ms);
}

/* The call ends: what should have been played by now and was not, is missing. */
void sim_listener_step(sim_listener *ears, int64_t now_ms)
{
	double waiting = (double)(now_ms - ears->covered_ms) - ears->base_ms - ears->play_ms;

	if (ears->any_audio && waiting > 100)
		missed(ears, waiting);
}

/* ---- pictures ---- */

static void note_missing(sim_listener *ears, uint32_t seq, int64_t now_ms)
{
	if (ears->n_missing >= SIM_MISSING_MAX)
		return;
	ears->missing[ears->n_missing++] =
		(sim_missing){.seq = seq, .since_ms = now_ms, .ask_ms = now_ms + 10};
	ears->lost_video++;
}

static void forget_missing(sim_listener *ears, uint32_t seq)
{
	for (uint32_t i = 0; i < ears->n_missing; i++) {
		if (ears->missing[i].seq != seq)
			continue;
		ears->missing[i] = ears->missing[--ears->n_missing];
		return;
	}
}

/* What was before a decoded picture is not missed any more. */
static void forget_before(sim_listener *ears, uint32_t seq)
{
	for (uint32_t i = 0; i < ears->n_missing; i++) {
		if (ears->missing[i].seq < seq)
			ears->missing[i--] = ears->missing[--ears->n_missing];
	}
}

static void decode(sim_listener *ears, int64_t now_ms)
{
	for (;;) {
		uint32_t i = ears->next_frame % SIM_FRAMES_MAX;
		bool whole = ears->frames[i].frame == ears->next_frame &&
			     ears->frames[i].parts > 0 &&
			     ears->frames[i].got == ears->frames[i].parts;

		if (!whole)
			return;
		ears->decoded++;
		ears->decoded_bytes += ears->frames[i].bytes;
		ears->wants_key = false;
		ears->asked_key_ms = now_ms;
		ears->next_frame++;
		forget_before(ears, ears->frames[i].first_seq);
	}
}

void sim_listener_video(sim_listener *ears, const sim_packet *packet, int64_t now_ms)
{
	uint32_t i = packet->frame % SIM_FRAMES_MAX;

	ears->newest_ms = now_ms;
	ears->video_bytes += packet->bytes;
	if (!ears->any_video)
		ears->highest_video = packet->seq - 1;
	ears->any_video = true;
	if (packet->seq <= ears->highest_video) {
		forget_missing(ears, packet->seq);
	} else {
		uint32_t from = ears->highest_video + 1;
		if (packet->seq - from > 200)
			from = packet->seq - 200;
		for (uint32_t s = from; s < packet->seq; s++)
			note_missing(ears, s, now_ms);
		ears->highest_video = packet->seq;
	}
	if (packet->kind == SIM_PADDING || packet->frame < ears->next_frame)
		return;
	if (ears->frames[i].frame != packet->frame || ears->frames[i].parts == 0) {
		memset(&ears->frames[i], 0, sizeof ears->frames[i]);
		ears->frames[i].frame = packet->frame;
		ears->frames[i].parts = packet->parts;
		ears->frames[i].key = packet->key;
		ears->frames[i].first_seq = packet->seq - packet->part;
	}
	ears->frames[i].got++;
	ears->frames[i].bytes += packet->bytes;
	/* A whole key frame needs nothing from before. */
	if (packet->key && ears->frames[i].got == packet->parts)
		ears->next_frame = packet->frame;
	decode(ears, now_ms);
}
