/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting: no lock of its own, no allocation, no judgement. */
#include "meter.h"

#include <string.h>
#include <time.h>

#include <therapy/rtcp.h>

#define NTP_FROM_UNIX_S G_GUINT64_CONSTANT(2208988800)
#define PAUSE_MAX_US    1000000
#define SWUNG_US        INT64_C(300000000) /* so long a way that was too narrow is not trusted */
#define PAUSE_FALLS     32                 /* with each packet, by a 32nd */
#define JUMP_MAX        3000               /* further off is another numbering, not a loss */

/* After a larger jump browsers count anew, of speech and of video, and call nothing in it lost. */
static const gint16 gaps_max[2] = {50, 450};

/* ---- in ---- */

static void begin(thp_meter_in *in, const thp_rtp_header *header)
{
	in->lost_before = atomic_load_explicit(&in->lost, memory_order_relaxed);
	in->packets_before += in->packets_now;
	in->packets_now = 0;
	in->started = TRUE;
	in->ssrc = header->ssrc;
	in->first = in->highest = 65536 + header->seq;
}

void thp_meter_take(thp_meter_in *in, const thp_rtp_header *header, gsize bytes)
{
	gint64 step = (gint16)(guint16)(header->seq - (guint16)in->highest);

	if (!in->started || header->ssrc != in->ssrc || ABS(step) > JUMP_MAX)
		begin(in, header);
	else if (step > 0)
		in->highest += step;
	else
		in->first = MIN(in->first, in->highest + step);
	in->packets_now++;
	gint64 missing = in->highest - in->first + 1 - in->packets_now;

	atomic_fetch_add_explicit(&in->bytes, bytes, memory_order_relaxed);
	atomic_store_explicit(&in->packets, in->packets_before + in->packets_now,
			      memory_order_relaxed);
	atomic_store_explicit(&in->lost, in->lost_before + (guint32)MAX(missing, 0),
			      memory_order_relaxed);
}

/* The usual time rises at once and falls slowly. */
static void note_pause(thp_meter_in *in, gint64 now_us)
{
	gint64 was_us = atomic_load_explicit(&in->came_us, memory_order_relaxed);
	guint usual_us = atomic_load_explicit(&in->usual_us, memory_order_relaxed);
	guint pause_us = was_us > 0 ? (guint)MIN(now_us - was_us, PAUSE_MAX_US) : 0;

	if (was_us == 0)
		atomic_store_explicit(&in->begun_us, now_us, memory_order_relaxed);
	usual_us = MAX(pause_us, usual_us - usual_us / PAUSE_FALLS);
	atomic_store_explicit(&in->usual_us, usual_us, memory_order_relaxed);
	atomic_store_explicit(&in->came_us, now_us, memory_order_relaxed);
}

void thp_meter_take_speech(thp_meter_in *in, const thp_rtp_header *header, gsize bytes, guint32 hz)
{
	gint64 now_us = g_get_monotonic_time();
	guint32 ms = thp_delay_take(&in->delay, header->ts, hz, now_us);

	thp_meter_take(in, header, bytes);
	note_pause(in, now_us);
	atomic_store_explicit(&in->queue_ms, ms, memory_order_relaxed);
	atomic_store_explicit(&in->late_ms, in->delay.late_ms, memory_order_relaxed);
	if (in->delay.late_ms > atomic_load_explicit(&in->latest_ms, memory_order_relaxed))
		atomic_store_explicit(&in->latest_ms, in->delay.late_ms, memory_order_relaxed);
	atomic_store_explicit(&in->swung_us, in->delay.swung_us, memory_order_relaxed);
}

void thp_meter_received(const thp_meter_in in[THP_METERS_IN], thp_received *out)
{
	out->audio_bytes = atomic_load_explicit(&in[0].bytes, memory_order_relaxed);
	out->audio_packets = atomic_load_explicit(&in[0].packets, memory_order_relaxed);
	out->audio_lost = atomic_load_explicit(&in[0].lost, memory_order_relaxed);
	out->queue_ms = atomic_load_explicit(&in[0].queue_ms, memory_order_relaxed);
	out->late_ms = atomic_load_explicit(&in[0].late_ms, memory_order_relaxed);
	out->came_us = atomic_load_explicit(&in[0].came_us, memory_order_relaxed);
	out->usual_us = atomic_load_explicit(&in[0].usual_us, memory_order_relaxed);
	out->video_bytes = out->video_packets = out->video_lost = 0;
	for (guint i = 1; i < THP_METERS_IN; i++) {
		out->video_bytes += atomic_load_explicit(&in[i].bytes, memory_order_relaxed);
		out->video_packets += atomic_load_explicit(&in[i].packets, memory_order_relaxed);
		out->video_lost += atomic_load_explicit(&in[i].lost, memory_order_relaxed);
	}
}

guint32 thp_meter_latest(thp_meter_in *speech)
{
	return atomic_exchange_explicit(&speech->latest_ms, 0, memory_order_relaxed);
}

gint64 thp_meter_calm(const thp_meter_in *speech, gboolean *swung)
{
	gint64 begun_us = atomic_load_explicit(&speech->begun_us, memory_order_relaxed);
	gint64 swung_us = atomic_load_explicit(&speech->swung_us, memory_order_relaxed);
	gint64 for_us = atomic_load_explicit(&speech->came_us, memory_order_relaxed) -
			MAX(begun_us, swung_us);

	*swung = swung_us > 0 && for_us < SWUNG_US;
	return for_us;
}

/* ---- out ---- */

void thp_meter_give(thp_meter_out *meter, guint line, gint16 ahead, gsize bytes)
{
	guint video = line % 2;

	if (ahead > gaps_max[video])
		ahead = 1;
	atomic_fetch_add_explicit(&meter->bytes[video], bytes, memory_order_relaxed);
	if (ahead > 0)
		atomic_fetch_add_explicit(&meter->numbers[video], (guint)ahead,
					  memory_order_relaxed);
	atomic_fetch_add_explicit(&meter->skipped[line], ahead > 0 ? ahead - 1 : -1,
				  memory_order_relaxed);
}

void thp_meter_sent(const thp_meter_out *meter, thp_sent *out)
{
	out->audio_bytes = atomic_load_explicit(&meter->bytes[0], memory_order_relaxed);
	out->video_bytes = atomic_load_explicit(&meter->bytes[1], memory_order_relaxed);
	out->audio_packets = atomic_load_explicit(&meter->numbers[0], memory_order_relaxed);
	out->video_packets = atomic_load_explicit(&meter->numbers[1], memory_order_relaxed);
	out->padding_bytes = atomic_load_explicit(&meter->padding_bytes, memory_order_relaxed);
	out->padding_packets = atomic_load_explicit(&meter->padding_packets, memory_order_relaxed);
}

/* ---- what receivers say ---- */

/* The clock of Janus's sender reports, as the middle 32 bits of NTP time. */
static guint32 ntp_mid(void)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	return (guint32)(((guint64)at.tv_sec + NTP_FROM_UNIX_S) << 16) |
	       (guint32)(((guint64)at.tv_nsec << 16) / 1000000000);
}

void thp_meter_hear(thp_meter_heard *heard, guint line, const guint8 *packet, gsize length)
{
	gint64 now_us = g_get_monotonic_time();
	thp_rtcp_block block;
	guint64 remb_bps = thp_rtcp_remb_bps(packet, length);

	heard->alive_us = now_us;
	if (remb_bps > 0) {
		heard->remb_bps = remb_bps;
		heard->remb_us = now_us;
	}
	/* One block a packet is what browsers send; Janus says which line it is about. */
	if (line >= THP_LINES_MAX || thp_rtcp_blocks(packet, length, ntp_mid(), &block, 1) == 0)
		return;
	heard->rr[line] = (thp_rr){block.highest_seq, block.lost, block.rtt_ms, 0};
	heard->rr_us[line] = now_us;
}

void thp_meter_tell(const thp_meter_heard *heard, const thp_meter_out *meter, thp_downlink *link)
{
	for (guint i = 0; i < THP_LINES_MAX; i++) {
		thp_rr rr = heard->rr[i];

		if (heard->rr_us[i] == 0)
			continue;
		rr.skipped = atomic_load_explicit(&meter->skipped[i], memory_order_relaxed);
		thp_downlink_on_rr(link, i, &rr, heard->rr_us[i]);
	}
	if (heard->remb_us > 0)
		thp_downlink_on_remb(link, heard->remb_bps, heard->remb_us);
	if (heard->alive_us > 0)
		thp_downlink_on_alive(link, heard->alive_us);
}
