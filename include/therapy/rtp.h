/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file rtp.h
 * RTP headers (RFC 3550 §5.1), and how one receiver's stream stays whole while its source changes.
 *
 * Pure functions over the caller's bytes; the payload is never read. A thp_rtp_continuity belongs
 * to one m-line of one receiver; calls on it must not overlap, so whoever shares it between threads
 * locks it.
 */
#pragma once

#include <glib.h>

/* Ticks a second of timestamps: RFC 7587, section 4.1; RFC 7741, section 4.1. */
#define THP_OPUS_HZ  48000
#define THP_VIDEO_HZ 90000

#define THP_RTP_MIN 12   /* bytes of the fixed header */
#define THP_RTP_MAX 1500 /* bytes of a packet that is relayed */
#define THP_RTP_WINDOW                                                                             \
	1024 /* packets behind the newest that may still arrive; a multiple of 64 \
	      */

#define THP_RTP_PADS                                                                               \
	16 /* pictures back, between which padding was put, that late packets are placed among */

typedef struct thp_rtp_header {
	guint8 payload_type;
	gboolean marker;
	guint16 seq;
	guint32 ts;
	guint32 ssrc;
	guint16 header_bytes; /* with CSRCs and extension; at most the packet's length */
} thp_rtp_header;

/** Reads the header of a packet; FALSE if it is not a whole RTP packet of 12 to 1500 bytes. */
gboolean thp_rtp_read(const guint8 *packet, gsize length,
		      thp_rtp_header *out) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Finds the header extension @id (RFC 8285, either form) of a packet that was read into @header; *@value is borrowed.
 * FALSE if there is none, or one that does not end within the header.
 */
gboolean thp_rtp_extension(const guint8 *packet, const thp_rtp_header *header, guint8 id,
			   const guint8 **value, gsize *length) G_GNUC_WARN_UNUSED_RESULT;

/** Overwrites sequence number and timestamp. @packet has at least THP_RTP_MIN bytes. */
void thp_rtp_patch(guint8 *packet, guint16 seq, guint32 ts);

/** Overwrites the SSRC, likewise. */
void thp_rtp_rename(guint8 *packet, guint32 ssrc);

/** What a receiver has been sent on one m-line. All zero: nothing yet. */
typedef struct thp_rtp_continuity {
	gboolean started;
	guint64 source_id; /* the source now, and its SSRC */
	guint32 ssrc;
	gboolean has_former; /* the SSRC that this source had before */
	guint32 former_ssrc;
	gint64 switched_us;
	gint64 first_in; /* extended sequence numbers of the source: at the switch, and the newest
			  */
	gint64 newest_in;
	guint16 newest_seq; /* the highest number sent */
	guint32 newest_ts;  /* the highest timestamp sent, and when it was first */
	gint64 newest_us;
	guint16 seq_offset; /* sent = received + offset */
	guint32 ts_offset;
	gboolean has_odd; /* a packet far from the others; the next in line makes it a restart */
	guint16 odd_next;
	guint64 seen[THP_RTP_WINDOW / 64]; /* bit per packet of the window, by extended number */
	gboolean resumes; /* the next packet follows what was sent last, whatever its number */
	/* Where numbers of our own were put in between: late packets from before have the offset of then. */
	struct {
		gint64 after_in;
		guint16 seq_offset;
	} pads[THP_RTP_PADS];
	guint n_pads;
	gint64 pads_from; /* packets up to this one are too late to be numbered */
} thp_rtp_continuity;

/** Starts anew, as for a new connection. */
void thp_rtp_continuity_init(thp_rtp_continuity *ctx);

/**
 * Finds the sequence number and timestamp under which a packet goes on to the receiver.
 *
 * @source_id numbers the assignments of the m-line: it grows whenever another source is put on it,
 * and also when the same one comes back after its packets were held back, so that no gap is seen. A
 * packet of a smaller number is late. A new @ssrc under the same number is a source that started
 * again. After a switch the next number is sent, and a timestamp that has advanced as the clock
 * did, by at least 1.
 *
 * FALSE if the packet must be dropped: from before the switch, a duplicate, or far too old.
 * @clock_hz is the RTP clock: 48000 for Opus, 90000 for video. @now_us is monotonic.
 */
gboolean thp_rtp_rewrite(thp_rtp_continuity *ctx, guint64 source_id, guint32 ssrc, guint16 seq,
			 guint32 ts, gint64 now_us, guint32 clock_hz, guint16 *out_seq,
			 guint32 *out_ts) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Says that packets were held back: the next one goes on where the last one sent left off, also under another SSRC,
 * which may be one that the source has had before.
 */
void thp_rtp_resume(thp_rtp_continuity *ctx);

/**
 * Takes the next sequence number for a packet of our own without payload, after the newest one sent and
 * with its timestamp; what arrives later is numbered around it. Also before anything was sent.
 */
void thp_rtp_pad(thp_rtp_continuity *ctx, gint64 now_us, guint16 *out_seq, guint32 *out_ts);
