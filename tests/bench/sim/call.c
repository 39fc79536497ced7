/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call: who sends what when, what the server is told, and what it does. */
#include "call.h"

#include <string.h>

#define PART_BYTES     1100
#define AROUND_BYTES   84
#define UDP_IP_BYTES   28
#define PADDING_BYTES  295
#define PATIENCE_US    600000
#define ORDER_MS       80  /* from the server to the camera and into its encoder, beside the path */
#define KEPT_MS        300 /* sent packets are kept for so long */
#define RESENT_MS      200
#define REPORT_MS      250
#define REPORT_NOW_MS  150 /* and once that is answered, while speech comes late */
#define LATE_MS        70
#define IN_TIME_MS     50
#define LATE_WORD_MS   100 /* how often that is said between reports, as long as it is so */
#define LATE_WORDS     8   /* at most, until it is over */
#define ACK_BYTES      160 /* Janus's answer */
#define HEARD_MS       400
#define CALM_REPORT_MS 1000
#define TICK_MS        100
#define SOON_MS        30    /* since the last tick, when words tell of late speech */
#define SPEECH_US      25000 /* between two packets of the receiver's own */

/* ---- to the receiver ---- */

static void put(sim_call *call, sim_packet *packet)
{
	packet->sent_ms = call->now_ms;
	sim_link_put(&call->down, packet, call->now_ms);
	switch (packet->kind) {
	case SIM_AUDIO:
		call->sent.audio_bytes += packet->bytes - UDP_IP_BYTES;
		call->sent.audio_packets++;
		break;
	case SIM_VIDEO:
		call->sent.video_bytes += packet->bytes - UDP_IP_BYTES;
		call->sent.video_packets++;
		break;
	case SIM_PADDING:
		call->sent.padding_bytes += packet->bytes - UDP_IP_BYTES;
		call->sent.padding_packets++;
		break;
	default:
		break;
	}
}

/* Whether a packet of speech was sent. */
static bool speak(sim_call *call)
{
	sim_camera *camera = &call->camera;
	bool spoke = false;

	while (sim_camera_speech(camera, call->now_ms)) {
		uint32_t payload = camera->audio_kbps * camera->ptime_ms / 8;
		sim_packet packet = {
			.kind = SIM_AUDIO,
			.seq = ++call->audio_seq,
			.made_ms = call->now_ms,
			.ptime_ms = camera->ptime_ms,
			.red = camera->red,
			/* Of several voices each has its packet; that they go together does no good to anybody. */
			.bytes = (payload * (camera->red ? 2 : 1) + AROUND_BYTES) *
				 call->conf->others,
		};
		put(call, &packet);
		call->spoken_ms += camera->ptime_ms;
		spoke = true;
	}
	return spoke;
}

static void ask_key(sim_call *call)
{
	if (call->now_ms - call->asked_key_ms < 500)
		return;
	call->asked_key_ms = call->now_ms;
	sim_order order = {.is_key = true, .at_ms = call->now_ms + ORDER_MS};
	sim_camera_order(&call->camera, &order);
}

static void close_video(sim_call *call)
{
	call->held_first = call->held_last;
	call->flowing = false;
}

/*
 * The server holds back what the pacer does not let go yet; what waits too long takes the rest with it. It looks when a
 * packet of the camera or of the microphone comes, and ten times a second.
 */
static void pace(sim_call *call)
{
	while (call->held_first != call->held_last) {
		sim_packet *packet = &call->held[call->held_first % SIM_HELD];
		int64_t wait = call->hold
				       ? 1
				       : thp_pacer_wait(&call->pacer, packet->bytes - UDP_IP_BYTES,
							PATIENCE_US, call->now_ms * 1000);

		if (wait < 0 || call->now_ms - packet->made_ms > PATIENCE_US / 1000) {
			close_video(call);
			ask_key(call);
			return;
		}
		if (wait > 0)
			return;
		packet->seq = ++call->video_seq;
		put(call, packet);
		call->sent_parts[packet->seq % SIM_SENT] = *packet;
		call->held_first++;
	}
}

/* Whether a picture was made. */
static bool film(sim_call *call)
{
	bool key = false;
	uint32_t bytes = sim_camera_frame(&call->camera, call->now_ms, &key);

	if (bytes > 0 && call->open && (key || call->flowing)) {
		uint32_t parts = (bytes + PART_BYTES - 1) / PART_BYTES;

		call->flowing = true;
		call->frame++;
		for (uint32_t p = 0; p < parts && call->held_last - call->held_first < SIM_HELD;
		     p++) {
			call->held[call->held_last++ % SIM_HELD] = (sim_packet){
				.kind = SIM_VIDEO,
				.frame = call->frame,
				.part = p,
				.parts = parts,
				.key = key,
				.made_ms = call->now_ms,
				.bytes = bytes / parts + AROUND_BYTES,
			};
		}
	}
	return bytes > 0;
}

static void pad(sim_call *call)
{
	call->padding_credit += call->padding_kbps / 8.0;
	if (call->padding_kbps == 0)
		call->padding_credit = 0;
	/* Pictures are not torn by it. */
	if (call->held_first != call->held_last)
		return;
	while (call->padding_credit >= PADDING_BYTES) {
		sim_packet packet = {.kind = SIM_PADDING,
				     .seq = ++call->video_seq,
				     .made_ms = call->now_ms,
				     .bytes = PADDING_BYTES};
		call->padding_credit -= PADDING_BYTES;
		put(call, &packet);
		call->sent_parts[packet.seq % SIM_SENT] = packet;
	}
}

static void send_sr(sim_call *call)
{
	if (call->now_ms % 1000 != 7)
		return;
	sim_packet packet = {.kind = SIM_SR, .made_ms = call->now_ms, .bytes = 80};

	put(call, &packet);
}

/* ---- from the receiver ---- */

static bool back_is_dead(const sim_call *call)
{
	return call->conf->back_dies && sim_link_kbps(&call->down, call->now_ms) == 0;
}

static sim_word *say(sim_call *call, sim_word_kind kind)
{
	sim_word *word = &call->words[call->words_last % SIM_WORDS];

	/* What goes by UDP is lost on a dead link; what goes by TCP comes later. */
	if ((back_is_dead(call) && kind != SIM_REPORT && kind != SIM_LATE) ||
	    call->words_last - call->words_first >= SIM_WORDS)
		return &call->lost_word;
	memset(word, 0, sizeof *word);
	word->kind = kind;
	word->due_ms = call->now_ms + call->conf->back_ms;
	call->words_last++;
	return word;
}

static void say_rr(sim_call *call, uint32_t line)
{
	const sim_listener *ears = &call->ears;
	sim_word *word;

	if (line == 0 ? !ears->any_audio : !ears->any_video)
		return;
	word = say(call, SIM_RR);
	word->line = line;
	word->rr.highest_seq = line == 0 ? ears->audio_highest : ears->highest_video;
	word->rr.lost = (int32_t)(line == 0 ? ears->lost_audio : ears->lost_video);
	word->sr_delay_ms = call->sr_delay_ms;
}

/* By how much speech comes late, as the page knows it: or in time again, or as it was. */
static int32_t late_now_ms(const sim_call *call)
{
	int64_t quiet_ms = call->now_ms - call->ears.newest_ms;
	double late_ms = quiet_ms < HEARD_MS ? call->ears.late_ms : 0;

	if (late_ms >= LATE_MS)
		return (int32_t)late_ms;
	return late_ms < IN_TIME_MS ? 0 : call->late_ms;
}

/* It does not wait for a report with that, nor for the answer to one. */
static void say_late(sim_call *call)
{
	int32_t was_ms = call->late_ms;
	sim_packet ack = {.kind = SIM_ACK, .bytes = ACK_BYTES};

	call->late_ms = late_now_ms(call);
	if (!call->conf->reports || (call->late_ms == 0 && was_ms == 0) ||
	    (call->late_ms > 0 &&
	     (call->now_ms - call->worded_ms < LATE_WORD_MS || call->late_words >= LATE_WORDS)))
		return;
	call->late_words = call->late_ms > 0 ? call->late_words + 1 : 0;
	say(call, SIM_LATE)->report.late_ms = call->late_ms;
	call->worded_ms = call->now_ms;
	put(call, &ack);
}

/* A page reports no more until the answer has come, by the same way as speech. */
static int64_t answered_in_ms(const sim_call *call)
{
	int64_t trip_ms =
		call->conf->back_ms + call->conf->down.delay_ms + (int64_t)call->ears.late_ms;

	return trip_ms > REPORT_NOW_MS ? trip_ms : REPORT_NOW_MS;
}

static void report(sim_call *call)
{
	sim_listener *ears = &call->ears;
	int64_t quiet = ears->newest_ms < 0 ? 0 : call->now_ms - ears->newest_ms;
	bool calm = ears->concealed_ms == call->told.concealed_ms && quiet < 200 &&
		    ears->video_bytes == call->told.video_bytes;
	bool urgent = call->late_ms > 0 || call->told_late_ms > 0;
	int64_t every = urgent ? answered_in_ms(call) : calm ? CALM_REPORT_MS : REPORT_MS;

	if (!call->conf->reports || call->now_ms - call->reported_ms < every)
		return;
	sim_word *word = say(call, SIM_REPORT);
	word->report = (thp_receiver_report){
		.span_ms = (uint32_t)(call->now_ms - call->reported_ms),
		.at_ms = (int32_t)call->now_ms + 1,
		.audio_samples = (int32_t)((ears->spoken_ms - call->told.spoken_ms +
					    ears->concealed_ms - call->told.concealed_ms) *
					   48),
		.concealed_samples = (int32_t)((ears->concealed_ms - call->told.concealed_ms) * 48),
		.audio_packets = (int32_t)(ears->got_audio - call->told.got_audio),
		.audio_lost = (int32_t)(ears->lost_audio - call->told.lost_audio),
		.video_bytes = (int32_t)(ears->video_bytes - call->told.video_bytes),
		.frames = (int32_t)(ears->decoded - call->told.decoded),
		.freeze_ms = -1,
		.rtt_ms = -1,
		.quiet_ms = (int32_t)quiet,
		.late_ms = call->late_ms,
	};
	call->told_late_ms = call->late_ms;
	call->reported_ms = call->now_ms;
	call->told = (sim_told){ears->spoken_ms,  ears->concealed_ms, ears->got_audio,
				ears->lost_audio, ears->video_bytes,  ears->decoded};
}

static void ask_again(sim_call *call)
{
	sim_listener *ears = &call->ears;

	for (uint32_t i = 0; i < ears->n_missing; i++) {
		sim_missing *m = &ears->missing[i];

		if (call->now_ms - m->since_ms > 900 || m->tries >= 6) {
			ears->missing[i--] = ears->missing[--ears->n_missing];
			continue;
		}
		if (call->now_ms < m->ask_ms)
			continue;
		m->ask_ms = call->now_ms + call->conf->back_ms + call->conf->down.delay_ms + 60;
		m->tries++;
		sim_word *word = say(call, SIM_NACK);
		word->seq = m->seq;
	}
	/* No picture for a while although there should be: start again. */
	if (ears->decoded != call->seen) {
		call->seen = ears->decoded;
		call->seen_ms = call->now_ms;
	}
	if (ears->any_video && call->now_ms - call->seen_ms > 400 &&
	    call->now_ms - ears->asked_key_ms > 800) {
		ears->asked_key_ms = call->now_ms;
		say(call, SIM_PLI);
	}
}

static void listen(sim_call *call)
{
	sim_packet packet;
	double bps;

	while (sim_link_take(&call->down, &packet, call->now_ms)) {
		if (packet.kind == SIM_AUDIO)
			sim_listener_audio(&call->ears, &packet, call->now_ms);
		else if (packet.kind == SIM_ACK)
			continue;
		else if (packet.kind == SIM_SR)
			call->sr_delay_ms = (int32_t)(call->now_ms - packet.made_ms);
		else {
			sim_listener_video(&call->ears, &packet, call->now_ms);
			sim_remb_packet(&call->remb, packet.bytes, packet.sent_ms, call->now_ms,
					call->conf->back_ms + call->conf->down.delay_ms);
		}
	}
	bps = sim_remb_tell(&call->remb, call->now_ms);
	if (bps > 0) {
		say_rr(call, 1);
		say(call, SIM_REMB)->bps = (uint64_t)bps;
		call->next_rr_ms[1] =
			call->now_ms + 500 + (int64_t)(1000 * sim_uniform(&call->rng));
	}
	for (uint32_t line = 0; line < 2; line++) {
		if (call->now_ms < call->next_rr_ms[line])
			continue;
		call->next_rr_ms[line] =
			call->now_ms + (line == 0 ? 2500 : 500) +
			(int64_t)((line == 0 ? 5000 : 1000) * sim_uniform(&call->rng));
		say_rr(call, line);
	}
	say_late(call);
	report(call);
	ask_again(call);
}

/* As Janus does: what was sent a short while ago, and not twice in a row. */
static void resend(sim_call *call, uint32_t seq)
{
	sim_packet *kept = &call->sent_parts[seq % SIM_SENT];
	sim_packet packet = *kept;

	if (packet.seq != seq || packet.kind != SIM_VIDEO ||
	    call->now_ms - kept->sent_ms > KEPT_MS || call->now_ms - kept->due_ms < RESENT_MS)
		return;
	kept->due_ms = call->now_ms;
	packet.again = true;
	packet.sent_ms = call->now_ms;
	sim_link_put(&call->down, &packet, call->now_ms);
}

static void hear_page(sim_call *call, const sim_word *word)
{
	if (word->kind == SIM_LATE)
		thp_downlink_on_late(&call->link, word->report.late_ms, call->now_ms * 1000);
	else
		thp_downlink_on_report(&call->link, &word->report, call->now_ms * 1000);
	call->hurries = word->report.late_ms > 0 || call->hold;
}

static void hear(sim_call *call)
{
	int64_t now_us = call->now_ms * 1000;

	while (call->words_first != call->words_last) {
		sim_word *word = &call->words[call->words_first % SIM_WORDS];

		if (word->due_ms > call->now_ms)
			return;
		if (back_is_dead(call)) {
			word->due_ms = call->now_ms + 250;
			return;
		}
		call->words_first++;
		if (word->kind == SIM_RR) {
			word->rr.rtt_ms =
				call->sr_delay_ms < 0
					? -1
					: word->sr_delay_ms + (int32_t)call->conf->back_ms;
			thp_downlink_on_rr(&call->link, word->line, &word->rr, now_us);
		} else if (word->kind == SIM_REMB)
			thp_downlink_on_remb(&call->link, word->bps, now_us);
		else if (word->kind == SIM_REPORT || word->kind == SIM_LATE)
			hear_page(call, word);
		else if (word->kind == SIM_NACK)
			resend(call, word->seq);
		else if (word->kind == SIM_PLI)
			ask_key(call);
	}
}

/* ---- decisions ---- */

static void order(sim_call *call, const thp_tier *speech, sim_order order)
{
	order.at_ms = call->now_ms + ORDER_MS;
	call->camera.audio_kbps = speech->audio_kbps;
	call->camera.ptime_ms = speech->ptime_ms;
	if (order.kbps == call->ordered.kbps && order.height == call->ordered.height)
		return;
	call->ordered = order;
	sim_camera_order(&call->camera, &order);
}

static void order_tier(sim_call *call, uint32_t tier, uint32_t kbps)
{
	const thp_tier *t = &call->conf->ladder->tiers[tier];

	order(call, t,
	      (sim_order){.kbps = kbps, .fps = t->video_fps, .height = t->video_height_px});
}

/*
 * The receiver is the last of several; the others see each other on links that bear everything. Their cameras
 * stay as they are, and of the pictures as many go to the receiver as the room's sums say: one stream here.
 */
static bool order_pictures(sim_call *call, const thp_downlink_decision *d)
{
	const thp_ladder *ladder = call->conf->ladder;
	uint32_t others = call->conf->others, top = ladder->n - 1;
	thp_downlink_decision good = {.tier = top, .video = true};
	thp_uplink_decision up = {.tier = top, .video_kbps = ladder->tiers[top].video_kbps};
	thp_allot_person people[THP_CROWD_MAX] = {0};
	sim_order pictures = {.fps = ladder->tiers[top].video_fps};

	good.video_kbps = others * thp_tier_share_kbps(ladder, top, others);
	for (uint32_t i = 0; i <= others; i++)
		people[i] = (thp_allot_person){.present = true,
					       .first = i == 0,
					       .view = THP_NO_VIEW,
					       .audio = true,
					       .video = i < others,
					       .down = i < others ? &good : d,
					       .up = &up};
	const thp_allotment *a = thp_allot_tick(&call->allot, people, call->now_ms * 1000);

	for (uint32_t i = 0; i < others; i++) {
		uint32_t kbps = a->send[i].encodings[0].active ? a->send[i].encodings[0].kbps : 0;

		if (kbps < call->asked_kbps[i])
			call->made_smaller = true;
		call->asked_kbps[i] = kbps;
		if (!d->video || a->layer[others][i] == THP_NO_LAYER)
			continue;
		pictures.kbps += a->send[i].encodings[0].kbps;
		pictures.height += a->send[i].encodings[0].height_px;
	}
	order(call, &ladder->tiers[d->tier], pictures);
	thp_feeds feeds = {others, others, others, a->first_kbps[others]};
	thp_downlink_feeds(&call->link, &feeds, call->now_ms * 1000);
	return pictures.kbps > 0;
}

static void decide(sim_call *call)
{
	const thp_downlink_decision *d;

	if (!back_is_dead(call))
		call->heard_ms = call->now_ms;
	if (call->now_ms % TICK_MS != 0 &&
	    !(call->hurries && call->now_ms - call->ticked_ms >= SOON_MS))
		return;
	call->hurries = false;
	call->ticked_ms = call->now_ms;
	thp_downlink_other_way(&call->link, &(thp_received){.came_us = call->heard_ms * 1000 + 1,
							    .usual_us = SPEECH_US});
	d = thp_downlink_tick(&call->link, &call->sent, call->now_ms * 1000);
	bool open = d->video;

	if (call->conf->others > 1)
		open = order_pictures(call, d);
	else
		order_tier(call, d->tier, d->video_kbps);
	if (call->open && !open)
		close_video(call);
	call->open = open;
	call->hold = d->hold;
	call->ears.least_ms = d->buffer_ms;
	call->camera.red = d->red;
	thp_pacer_rate(&call->pacer, thp_tier_video_wire_kbps(d->video_kbps), call->now_ms * 1000);
	call->padding_kbps = d->padding_kbps;
	if (d->keyframe)
		ask_key(call);
}

/* ---- the call ---- */

void sim_call_init(sim_call *call, const sim_conf *conf, uint64_t seed)
{
	memset(call, 0, sizeof *call);
	call->conf = conf;
	sim_seed(&call->rng, seed ^ 0x63616c6c);
	sim_seed(&call->camera.rng, seed ^ 0x63616d);
	sim_link_init(&call->down, &conf->down, seed);
	sim_remb_init(&call->remb);
	sim_listener_init(&call->ears);
	thp_downlink_init(&call->link, conf->ladder, conf->tuning, conf->tier, 0);
	thp_downlink_waited(&call->link, SIM_WAIT_US, sim_wait(conf, seed));
	if (conf->policy == SIM_PINNED)
		thp_downlink_limit(&call->link, &(thp_tier_range){.floor = conf->tier,
								  .cap = conf->tier,
								  .why = THP_WHY_OPS});
	thp_allot_init(&call->allot, conf->ladder, conf->tuning);
	call->sr_delay_ms = -1;
	call->camera.ptime_ms = 20;
	call->camera.audio_kbps = 24;
}

void sim_call_step(sim_call *call)
{
	decide(call);
	bool comes = speak(call);

	if (film(call) || comes || call->now_ms % TICK_MS == 0)
		pace(call);
	pad(call);
	send_sr(call);
	sim_link_step(&call->down, call->now_ms);
	listen(call);
	hear(call);
	call->now_ms++;
}
