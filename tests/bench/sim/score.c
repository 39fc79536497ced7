/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a call and says how it went. */
#include "call.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct score {
	sim_call call;
	sim_result *result;
	uint32_t tier;
	bool video;
	double at_step_concealed, at_end_concealed;
	uint32_t decoded_step, bytes_step, decoded_window;
	uint32_t frames_in[8]; /* of the last eight half seconds */
	uint32_t half, decoded_half;
	int64_t moving_since_ms;
	double concealed_restore;
	uint32_t decoded_restore, got_restore;
} score;

static void note(score *s, uint32_t tier, bool video, thp_why why)
{
	sim_result *r = s->result;
	int64_t now = s->call.now_ms, step = s->call.conf->step_s * 1000LL;
	double after = (double)(now - step) / 1000;

	r->digest = (r->digest ^ (uint64_t)now ^ (uint64_t)tier << 40 ^ (uint64_t)video << 50 ^
		     (uint64_t)why << 52) *
		    0x100000001b3u;
	if (r->n_changes < SIM_LOG_MAX)
		r->changes[r->n_changes++] = (sim_change){now, tier, video, why};
	if (now >= step && (tier < s->tier || (s->video && !video)) && r->first_down_s < 0)
		r->first_down_s = after;
	if (now >= step && s->video && !video && r->gated_s < 0)
		r->gated_s = after;
	if (tier == s->tier)
		return;
	r->switches_all++;
	if (now >= step && after <= 300)
		r->switches++;
	int64_t restore = s->call.conf->restore_ms;
	if (restore > 0 && now >= restore && tier > s->tier && r->first_up_s < 0)
		r->first_up_s = (double)(now - restore) / 1000;
}

static void watch(score *s)
{
	const sim_conf *conf = s->call.conf;
	const thp_downlink_decision *d = &s->call.link.decision;
	int64_t now = s->call.now_ms, step = conf->step_s * 1000LL, restore = conf->restore_ms;

	if (d->tier != s->tier || d->video != s->video) {
		note(s, d->tier, d->video, d->why);
		s->tier = d->tier;
		s->video = d->video;
	}
	if (now >= step)
		s->result->tier_share[d->tier] += 100;
	if (restore > 0 && now >= restore && d->tier + 1 == conf->ladder->n &&
	    s->result->full_s < 0)
		s->result->full_s = (double)(now - restore) / 1000;
	if (now % 500 == 1 && now >= step) {
		uint32_t made = s->call.ears.decoded - s->decoded_half;
		s->decoded_half = s->call.ears.decoded;
		/* Four in half a second, from here on. */
		if (made < 4)
			s->moving_since_ms = -1;
		else if (s->moving_since_ms < 0)
			s->moving_since_ms = now - 500;
		if (s->result->moving_s < 0 && s->moving_since_ms >= 0 &&
		    now - s->moving_since_ms >= 3000)
			s->result->moving_s = (double)(s->moving_since_ms - step) / 1000;
	}
}

static void at_marks(score *s)
{
	const sim_conf *conf = s->call.conf;
	sim_listener *ears = &s->call.ears;
	int64_t now = s->call.now_ms;

	if (now == conf->step_s * 1000LL) {
		s->at_step_concealed = ears->concealed_ms;
		s->decoded_step = s->decoded_half = ears->decoded;
		s->bytes_step = ears->decoded_bytes;
		ears->longest_gap_ms = 0;
	}
	if (conf->restore_ms > 0 && now == conf->restore_ms) {
		s->decoded_restore = ears->decoded;
		s->got_restore = ears->got_audio;
	}
	if (conf->restore_ms > 0 && now > conf->restore_ms) {
		double after = (double)(now - conf->restore_ms) / 1000;
		if (s->result->voice_back_s < 0 && ears->got_audio >= s->got_restore + 3)
			s->result->voice_back_s = after;
		if (s->result->video_back_s < 0 && ears->decoded >= s->decoded_restore + 3)
			s->result->video_back_s = after;
	}
	if (now == (conf->step_s + conf->window_s) * 1000LL - 1) {
		sim_listener copy = *ears;
		sim_listener_step(&copy, now);
		s->result->concealed =
			(copy.concealed_ms - s->at_step_concealed) / (conf->window_s * 1000.0);
		s->result->fps = (ears->decoded - s->decoded_step) / (double)conf->window_s;
	}
}

void sim_run(const sim_conf *conf, uint64_t seed, sim_result *result)
{
	score *s = calloc(1, sizeof *s);
	int64_t end = conf->seconds * 1000LL;

	memset(result, 0, sizeof *result);
	result->digest = 0xcbf29ce484222325u;
	result->first_down_s = result->moving_s = result->first_up_s = result->full_s = -1;
	result->gated_s = result->voice_back_s = result->video_back_s = -1;
	s->result = result;
	s->moving_since_ms = -1;
	sim_call_init(&s->call, conf, seed);
	s->tier = conf->tier;
	s->video = conf->ladder->tiers[conf->tier].video_height_px > 0;
	while (s->call.now_ms < end) {
		at_marks(s);
		if (s->call.now_ms % 100 == 1)
			watch(s);
		sim_call_step(&s->call);
	}
	sim_listener_step(&s->call.ears, end);
	double span_ms = (double)end - conf->step_s * 1000.0;
	result->concealed_all = (s->call.ears.concealed_ms - s->at_step_concealed) / span_ms;
	result->longest_gap_ms = s->call.ears.longest_gap_ms;
	result->video_kbps = (s->call.ears.decoded_bytes - s->bytes_step) * 8.0 / span_ms;
	result->tier_end = s->tier;
	for (uint32_t i = 0; i < THP_TIERS_MAX; i++)
		result->tier_share[i] /= span_ms;
	result->counters = s->call.link.counters;
	result->made_smaller = s->call.made_smaller;
	result->speech_sent = (double)s->call.spoken_ms / (double)end;
	free(s);
}
