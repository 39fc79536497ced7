/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call, from the inside. */
#pragma once

#include "camera.h"
#include "sim.h"

#include <therapy/allot.h>
#include <therapy/pacer.h>

#define SIM_HELD  1024
#define SIM_SENT  4096
#define SIM_WORDS 1024

typedef enum sim_word_kind {
	SIM_RR,
	SIM_REMB,
	SIM_REPORT,
	SIM_LATE,
	SIM_NACK,
	SIM_PLI
} sim_word_kind;

/** Something on its way from the receiver to the server. */
typedef struct sim_word {
	sim_word_kind kind;
	int64_t due_ms;
	uint32_t line, seq;
	thp_rr rr;
	int32_t sr_delay_ms;
	uint64_t bps;
	thp_receiver_report report;
} sim_word;

typedef struct sim_told {
	double spoken_ms, concealed_ms;
	uint32_t got_audio, lost_audio, video_bytes, decoded;
} sim_told;

typedef struct sim_call {
	const sim_conf *conf;
	sim_rng rng;
	int64_t now_ms;
	sim_camera camera;
	sim_link down;
	sim_listener ears;
	sim_remb remb;
	thp_downlink link;
	thp_allot allot; /* of more than two */
	uint32_t asked_kbps[THP_CROWD_MAX];
	bool made_smaller; /* a camera was, of those that others see as well */
	thp_pacer pacer;
	thp_sent sent;
	/* the server's way out */
	bool open, flowing;
	uint32_t audio_seq, video_seq, frame;
	uint64_t spoken_ms;
	sim_packet held[SIM_HELD];
	uint32_t held_first, held_last;
	bool hold;        /* whatever the pacer says */
	int64_t heard_ms; /* when the receiver's own speech last came */
	int64_t ticked_ms;
	bool hurries; /* a tick is due as soon as may be */
	sim_packet sent_parts[SIM_SENT];
	uint32_t padding_kbps;
	double padding_credit;
	int64_t asked_key_ms;
	sim_order ordered;
	/* the receiver's words */
	sim_word words[SIM_WORDS], lost_word;
	uint32_t words_first, words_last;
	int64_t next_rr_ms[2], reported_ms;
	int32_t sr_delay_ms;
	sim_told told;
	int32_t late_ms, told_late_ms; /* as the page knows it, and its last report said */
	int64_t worded_ms;             /* when it last said so in between, */
	uint32_t late_words;           /* and how often since speech was in time */
	uint32_t seen;
	int64_t seen_ms;
} sim_call;

#define SIM_WAIT_US 30000000

/** Whether the way to the server was too narrow while the receiver waited for the call. */
bool sim_wait(const sim_conf *conf, uint64_t seed);

void sim_call_init(sim_call *call, const sim_conf *conf, uint64_t seed);
void sim_call_step(sim_call *call);
