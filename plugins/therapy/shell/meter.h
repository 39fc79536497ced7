/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file meter.h
 * What the media threads count for the workers: packets in, packets out, and what receivers say of them.
 */
#pragma once

#include <stdatomic.h>

#include <therapy/delay.h>
#include <therapy/downlink.h>
#include <therapy/rtp.h>
#include <therapy/uplink.h>

/** What came in on one m-line of a publisher. Members without a mark: the media thread's. */
typedef struct thp_meter_in {
	gboolean started;
	guint32 ssrc;
	gint64 first, highest; /* extended sequence numbers since the source began */
	guint32 packets_before, packets_now;
	guint32 lost_before;
	thp_delay delay;     /* of speech */
	atomic_ullong bytes; /* from here on: anybody reads */
	atomic_uint packets;
	atomic_uint lost;
	atomic_uint queue_ms, late_ms, latest_ms;
	atomic_llong swung_us;          /* as of thp_delay */
	atomic_llong begun_us, came_us; /* the first and the newest packet of speech, */
	atomic_uint usual_us;           /* and the longest time between two of late */
} thp_meter_in;

/** What was handed to one receiver. Written under the locks of publishers, read by anybody. */
typedef struct thp_meter_out {
	atomic_ullong bytes[2]; /* audio, video */
	atomic_uint
		numbers[2]; /* used up: packets, and those that were missing when they came here */
	atomic_int skipped[THP_LINES_MAX]; /* the missing ones, less what came after all */
	atomic_ullong padding_bytes;
	atomic_uint padding_packets;
} thp_meter_out;

/** What a receiver said since the worker last looked. Under the subscriber's lock. */
typedef struct thp_meter_heard {
	gint64 alive_us; /* 0: nothing */
	guint64 remb_bps;
	gint64 remb_us; /* 0: no REMB */
	thp_rr rr[THP_LINES_MAX];
	gint64 rr_us[THP_LINES_MAX]; /* 0: no report of that line */
} thp_meter_heard;

/** Speech, and each layer of a camera: lines of their own, as far as counting goes. */
#define THP_METERS_IN (1 + THP_LAYERS_MAX)

/** Counts one packet that came in. The publisher's media thread. */
void thp_meter_take(thp_meter_in *in, const thp_rtp_header *header, gsize bytes);

/** The same for a packet of speech, whose timestamp of @hz tells how long it waited on its way. */
void thp_meter_take_speech(thp_meter_in *in, const thp_rtp_header *header, gsize bytes, guint32 hz);

/** By how much a packet of speech was late at most since this was asked last, in milliseconds. W. */
guint32 thp_meter_latest(thp_meter_in *speech);

/**
 * For how long speech has come since its way was last too narrow, or since it began, in microseconds; and in @swung
 * whether the way was so in the last five minutes. Any thread.
 */
gint64 thp_meter_calm(const thp_meter_in *speech, gboolean *swung);

/** Adds up the lines of a publisher, speech first. Any thread. */
void thp_meter_received(const thp_meter_in in[THP_METERS_IN], thp_received *out);

/**
 * Counts one packet handed to a receiver on m-line @line; its number is @ahead of the newest before it, below 1
 * if it comes late. Under the lock of the publisher that has the line.
 */
void thp_meter_give(thp_meter_out *meter, guint line, gint16 ahead, gsize bytes);

/** Totals handed to a receiver. Any thread. */
void thp_meter_sent(const thp_meter_out *meter, thp_sent *out);

/** Puts one compound packet of feedback about m-line @line into @heard. */
void thp_meter_hear(thp_meter_heard *heard, guint line, const guint8 *packet, gsize length);

/** Tells @link what was @heard of what @meter counted, in the order of its arrival as far as that matters. W. */
void thp_meter_tell(const thp_meter_heard *heard, const thp_meter_out *meter, thp_downlink *link);
