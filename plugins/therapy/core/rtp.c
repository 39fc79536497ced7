/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RTP headers, and one unbroken numbering over changing sources. */
#include <therapy/rtp.h>

#include <string.h>

#define FIXED_BYTES   12
#define HAS_PADDING   0x20
#define HAS_EXTENSION 0x10
#define ONE_BYTE      0xbede /* forms of header extensions: the element's number in one byte, */
#define TWO_BYTES     0x1000 /* or in two */
#define NO_MORE       15

/* A jump forward by more than this is not loss (RFC 3550 A.1). */
#define JUMP_MAX 3000
/* How long packets under a source's former SSRC may still be on their way. */
#define FORMER_US G_GINT64_CONSTANT(2000000)

static guint16 read_16(const guint8 *at)
{
	return (guint16)(at[0] << 8 | at[1]);
}

static guint32 read_32(const guint8 *at)
{
	return (guint32)read_16(at) << 16 | read_16(at + 2);
}

gboolean thp_rtp_read(const guint8 *packet, gsize length, thp_rtp_header *out)
{
	if (length < THP_RTP_MIN || length > THP_RTP_MAX || packet[0] >> 6 != 2)
		return FALSE;
	gsize header = FIXED_BYTES + 4 * (gsize)(packet[0] & 0x0f);

	if (packet[0] & HAS_EXTENSION) {
		if (header + 4 > length)
			return FALSE;
		header += 4 + 4 * (gsize)read_16(packet + header + 2);
	}
	if (header > length)
		return FALSE;
	/* The last byte counts the padding, itself included. */
	if ((packet[0] & HAS_PADDING) &&
	    (packet[length - 1] == 0 || packet[length - 1] > length - header))
		return FALSE;
	*out = (thp_rtp_header){
		.payload_type = packet[1] & 0x7f,
		.marker = packet[1] >> 7,
		.seq = read_16(packet + 2),
		.ts = read_32(packet + 4),
		.ssrc = read_32(packet + 8),
		.header_bytes = (guint16)header,
	};
	return TRUE;
}

gboolean thp_rtp_extension(const guint8 *packet, const thp_rtp_header *header, guint8 id,
			   const guint8 **value, gsize *length)
{
	gsize at = FIXED_BYTES + 4 * (gsize)(packet[0] & 0x0f);
	gsize end = header->header_bytes;

	if (!(packet[0] & HAS_EXTENSION))
		return FALSE;
	guint16 form = read_16(packet + at);
	gboolean short_form = form == ONE_BYTE;

	if (!short_form && (form & 0xfff0) != TWO_BYTES)
		return FALSE;
	for (at += 4; at < end;) {
		guint8 number = packet[at++];

		if (number == 0)
			continue;
		if (!short_form && at == end)
			return FALSE;
		gsize n = short_form ? (number & 15) + 1U : packet[at++];

		number = short_form ? number >> 4 : number;
		if (n > end - at || (short_form && number == NO_MORE))
			return FALSE;
		if (number == id) {
			*value = packet + at;
			*length = n;
			return TRUE;
		}
		at += n;
	}
	return FALSE;
}

void thp_rtp_patch(guint8 *packet, guint16 seq, guint32 ts)
{
	const guint8 bytes[6] = {(guint8)(seq >> 8), (guint8)seq,       (guint8)(ts >> 24),
				 (guint8)(ts >> 16), (guint8)(ts >> 8), (guint8)ts};

	memcpy(packet + 2, bytes, sizeof bytes);
}

void thp_rtp_rename(guint8 *packet, guint32 ssrc)
{
	const guint8 bytes[4] = {(guint8)(ssrc >> 24), (guint8)(ssrc >> 16), (guint8)(ssrc >> 8),
				 (guint8)ssrc};

	memcpy(packet + 8, bytes, sizeof bytes);
}

void thp_rtp_continuity_init(thp_rtp_continuity *ctx)
{
	memset(ctx, 0, sizeof *ctx);
}

static guint64 *word_of(thp_rtp_continuity *ctx, gint64 ext, guint64 *bit)
{
	guint at = (guint)(ext % THP_RTP_WINDOW);

	*bit = G_GUINT64_CONSTANT(1) << (at % 64);
	return &ctx->seen[at / 64];
}

static void mark(thp_rtp_continuity *ctx, gint64 ext)
{
	guint64 bit;
	guint64 *word = word_of(ctx, ext, &bit);

	*word |= bit;
}

static gboolean was_seen(thp_rtp_continuity *ctx, gint64 ext)
{
	guint64 bit;
	const guint64 *word = word_of(ctx, ext, &bit);

	return (*word & bit) != 0;
}

/* Moves the window up to @ext, forgetting what falls out of it. */
static void advance(thp_rtp_continuity *ctx, gint64 ext)
{
	if (ext - ctx->newest_in >= THP_RTP_WINDOW) {
		memset(ctx->seen, 0, sizeof ctx->seen);
	} else {
		for (gint64 i = ctx->newest_in + 1; i <= ext; i++) {
			guint64 bit;
			guint64 *word = word_of(ctx, i, &bit);

			*word &= ~bit;
		}
	}
	ctx->newest_in = ext;
}

/* The clock's ticks since the newest timestamp was sent: at least 1, and never so many as to look
 * like going back. */
static guint32 ticks_since(const thp_rtp_continuity *ctx, gint64 now_us, guint32 clock_hz)
{
	gint64 elapsed_us =
		CLAMP(now_us - ctx->newest_us, 0, G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC);

	return (guint32)CLAMP(elapsed_us * clock_hz / G_USEC_PER_SEC, 1, G_MAXINT32);
}

/* Makes the packet at hand the first of its source, right after what was sent last. */
static void start_source(thp_rtp_continuity *ctx, guint16 seq, guint32 ts, gint64 now_us,
			 guint32 clock_hz)
{
	if (ctx->started) {
		ctx->newest_seq++;
		ctx->newest_ts += ticks_since(ctx, now_us, clock_hz);
	} else {
		ctx->newest_seq = seq;
		ctx->newest_ts = ts;
	}
	ctx->started = TRUE;
	ctx->seq_offset = (guint16)(ctx->newest_seq - seq);
	ctx->ts_offset = ctx->newest_ts - ts;
	ctx->switched_us = now_us;
	ctx->newest_us = now_us;
	ctx->has_odd = FALSE;
	ctx->resumes = FALSE;
	ctx->n_pads = 0;
	/* Extended numbers start high enough that none below the first is negative. */
	ctx->first_in = 2 * 65536 + seq;
	ctx->newest_in = ctx->first_in;
	ctx->pads_from = 0;
	memset(ctx->seen, 0, sizeof ctx->seen);
	mark(ctx, ctx->first_in);
}

/* Whether the packet is of the present source; if it is of the next one, *@is_new. FALSE: of a
 * former one. */
static gboolean take_source(thp_rtp_continuity *ctx, guint64 source_id, guint32 ssrc, gint64 now_us,
			    gboolean *is_new)
{
	*is_new = !ctx->started || source_id > ctx->source_id;
	if (*is_new) {
		ctx->has_former = FALSE;
	} else if (source_id < ctx->source_id) {
		return FALSE;
	} else if (ssrc != ctx->ssrc) {
		if (!ctx->resumes && ctx->has_former && ssrc == ctx->former_ssrc &&
		    now_us - ctx->switched_us < FORMER_US)
			return FALSE;
		*is_new = TRUE;
		ctx->has_former = TRUE;
		ctx->former_ssrc = ctx->ssrc;
	}
	ctx->source_id = source_id;
	ctx->ssrc = ssrc;
	return TRUE;
}

/* Finds the place of a packet of the present source; FALSE to drop it, *@restarts if it begins
 * anew. */
static gboolean find_place(thp_rtp_continuity *ctx, guint16 seq, gboolean *restarts)
{
	gint64 step = (gint16)(guint16)(seq - (guint16)ctx->newest_in);
	gint64 ext = ctx->newest_in + step;

	*restarts = FALSE;
	if (step > JUMP_MAX || step <= -THP_RTP_WINDOW) {
		*restarts = ctx->has_odd && seq == ctx->odd_next;
		ctx->has_odd = TRUE;
		ctx->odd_next = (guint16)(seq + 1);
		return *restarts;
	}
	if (ext < ctx->first_in || (step <= 0 && was_seen(ctx, ext)))
		return FALSE;
	if (step > 0) {
		ctx->has_odd = FALSE;
		advance(ctx, ext);
	}
	mark(ctx, ext);
	return TRUE;
}

/* The offset for a packet of the present source; FALSE if it is from before all that is remembered. */
static gboolean offset_for(const thp_rtp_continuity *ctx, guint16 seq, guint16 *offset)
{
	gint64 ext = ctx->newest_in + (gint16)(guint16)(seq - (guint16)ctx->newest_in);

	*offset = ctx->seq_offset;
	for (guint i = ctx->n_pads; i > 0 && ext <= ctx->pads[i - 1].after_in; i--)
		*offset = ctx->pads[i - 1].seq_offset;
	return ext > ctx->pads_from;
}

void thp_rtp_resume(thp_rtp_continuity *ctx)
{
	ctx->resumes = TRUE;
}

/* Remembers the offset that holds for packets up to the newest. */
static void remember_pad(thp_rtp_continuity *ctx)
{
	if (ctx->n_pads > 0 && ctx->pads[ctx->n_pads - 1].after_in == ctx->newest_in)
		return;
	if (ctx->n_pads == THP_RTP_PADS) {
		ctx->pads_from = ctx->pads[0].after_in;
		memmove(&ctx->pads[0], &ctx->pads[1], sizeof ctx->pads - sizeof ctx->pads[0]);
		ctx->n_pads--;
	}
	ctx->pads[ctx->n_pads].after_in = ctx->newest_in;
	ctx->pads[ctx->n_pads].seq_offset = ctx->seq_offset;
	ctx->n_pads++;
}

void thp_rtp_pad(thp_rtp_continuity *ctx, gint64 now_us, guint16 *out_seq, guint32 *out_ts)
{
	if (!ctx->started) {
		ctx->started = TRUE;
		ctx->newest_us = now_us;
	}
	remember_pad(ctx);
	ctx->seq_offset++;
	*out_seq = ++ctx->newest_seq;
	*out_ts = ctx->newest_ts;
}

gboolean thp_rtp_rewrite(thp_rtp_continuity *ctx, guint64 source_id, guint32 ssrc, guint16 seq,
			 guint32 ts, gint64 now_us, guint32 clock_hz, guint16 *out_seq,
			 guint32 *out_ts)
{
	gboolean begins = FALSE;
	guint16 offset;

	if (!take_source(ctx, source_id, ssrc, now_us, &begins))
		return FALSE;
	begins = begins || ctx->resumes;
	if (!begins && !find_place(ctx, seq, &begins))
		return FALSE;
	if (begins)
		start_source(ctx, seq, ts, now_us, clock_hz);
	if (!offset_for(ctx, seq, &offset))
		return FALSE;
	*out_seq = (guint16)(seq + offset);
	*out_ts = ts + ctx->ts_offset;
	if ((gint16)(guint16)(*out_seq - ctx->newest_seq) > 0)
		ctx->newest_seq = *out_seq;
	if ((gint32)(*out_ts - ctx->newest_ts) > 0) {
		ctx->newest_ts = *out_ts;
		ctx->newest_us = now_us;
	}
	return TRUE;
}
