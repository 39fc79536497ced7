/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A call in a box: a camera, the server's controller, one link that changes, and a receiver, in steps
 * of a millisecond. The same scenario and seed give the same call, to the last packet.
 */
#pragma once

#include "net.h"

#include <therapy/downlink.h>

/* ---- ears and eyes ---- */

#define SIM_MISSING_MAX 512
#define SIM_FRAMES_MAX  256

typedef struct sim_missing {
	uint32_t seq, frame, tries;
	int64_t ask_ms, since_ms;
} sim_missing;

typedef struct sim_listener {
	/* speech */
	bool playing;
	double play_ms; /* delay at which speech is played, over the shortest seen */
	double base_ms;
	double target_ms;    /* what the jitter buffer aims at */
	uint32_t next_audio; /* sequence number expected */
	double spoken_ms, concealed_ms;
	double least_ms; /* that the server asked for */
	double gap_ms;   /* the present one */
	double heard_ms; /* since it last grew */
	double longest_gap_ms;
	int64_t covered_ms; /* speech is accounted for up to here, by its time of making */
	/* pictures */
	uint32_t highest_video;
	bool any_video;
	sim_missing missing[SIM_MISSING_MAX];
	uint32_t n_missing;
	struct {
		uint32_t frame, got, parts, bytes;
		bool key;
		uint32_t first_seq;
	} frames[SIM_FRAMES_MAX];
	uint32_t next_frame;
	bool wants_key;
	int64_t asked_key_ms;
	uint32_t decoded, decoded_bytes;
	uint32_t lost_video, lost_audio, got_audio;
	uint32_t video_bytes;
	int64_t newest_ms; /* when the last packet of any kind arrived */
	uint32_t audio_highest;
	bool any_audio;
	double late_ms; /* the last packet of speech */
} sim_listener;

void sim_listener_init(sim_listener *ears);
void sim_listener_audio(sim_listener *ears, const sim_packet *packet, int64_t now_ms);
void sim_listener_video(sim_listener *ears, const sim_packet *packet, int64_t now_ms);
/** Time passes: speech that was never played is counted. */
void sim_listener_step(sim_listener *ears, int64_t now_ms);

/* ---- a call ---- */

typedef enum sim_policy {
	SIM_CONTROLLED,
	SIM_PINNED, /* by an operator, to one tier */
} sim_policy;

typedef struct sim_conf {
	const char *name;
	sim_link_conf down;
	sim_policy policy;
	uint32_t tier; /* to start on; of SIM_PINNED: for good */
	uint32_t seconds;
	uint32_t back_ms;  /* one way, from the receiver to the server */
	bool back_dies;    /* the way back is dead when the link is */
	bool reports;      /* the page reports */
	uint32_t others;   /* who are heard and seen: 1, or more with good links among each other */
	uint32_t step_s;   /* when the link changes: figures are taken from there */
	uint32_t window_s; /* over that long */
	uint32_t restore_ms; /* when it is whole again; 0: never */
	const thp_ladder *ladder;
	const thp_tuning *tuning;
} sim_conf;

#define SIM_LOG_MAX 512

typedef struct sim_change {
	int64_t at_ms;
	uint32_t tier;
	bool video;
	thp_why why;
} sim_change;

typedef struct sim_result {
	double concealed;     /* share of speech, in the window */
	double concealed_all; /* from the step to the end */
	double longest_gap_ms;
	double video_kbps;   /* decoded, from the step to the end */
	double fps;          /* decoded, in the window */
	double first_down_s; /* after the step; -1: never */
	double moving_s;     /* until 8 pictures in a second for good; -1: never */
	double first_up_s;   /* after the link is whole again */
	double full_s;       /* until the highest tier, after that */
	uint32_t switches;   /* of tier, in the 300 s after the step */
	uint32_t switches_all;
	uint32_t tier_end;
	double tier_share[THP_TIERS_MAX]; /* of the time after the step */
	double gated_s; /* from the step until video was first stopped; -1 never */
	double voice_back_s, video_back_s; /* after restore */
	thp_counters counters;
	uint32_t n_changes;
	sim_change changes[SIM_LOG_MAX];
	uint64_t digest;    /* of every decision */
	bool made_smaller;  /* some camera was, that others see as well */
	double speech_sent; /* of the speech that was made, handed to the link */
} sim_result;

void sim_run(const sim_conf *conf, uint64_t seed, sim_result *result);
