/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets in the order of their numbers; pictures put together again (RFC 7741). */
#include "recording.h"

#include <string.h>

#include <therapy/rtp.h>

#define PICTURE_MAX (1U << 22) /* bytes of one picture */

typedef struct packet {
	gint64 seq, ts; /* counted on over their wraps */
	const guint8 *payload;
	gsize n;
	gboolean marker, begins;
} packet;

typedef struct counter {
	gboolean started;
	guint32 ssrc;
	gint64 seq, ts; /* highest so far */
	gint64 shift_seq, shift_ts;
} counter;

/* ---- packets ---- */

/* The bytes of the payload descriptor in front; 0 if it is damaged. */
static gsize descriptor(const guint8 *p, gsize n, gboolean *begins)
{
	gsize at = 1;

	if (n < 1)
		return 0;
	*begins = (p[0] & 0x10) != 0 && (p[0] & 0x07) == 0;
	if ((p[0] & 0x80) == 0)
		return at;
	if (n < 2)
		return 0;
	guint8 more = p[at++];
	if (more & 0x80)
		at += at < n && (p[at] & 0x80) ? 2 : 1;
	at += (more & 0x40) ? 1 : 0;
	at += (more & 0x30) ? 1 : 0;
	return at < n ? at : 0;
}

static gsize payload_of(const guint8 *bytes, gsize n, const thp_rtp_header *h)
{
	gsize padding = (bytes[0] & 0x20) && n > h->header_bytes ? bytes[n - 1] : 0;

	return n > h->header_bytes + padding ? n - h->header_bytes - padding : 0;
}

/* A handle that came again begins its numbers anew: they go on behind what there is. */
static void count_on(counter *c, const thp_rtp_header *h, packet *p)
{
	if (!c->started || c->ssrc != h->ssrc) {
		c->shift_seq = c->started ? c->seq + 2 - h->seq : 0;
		c->shift_ts = c->started ? c->ts + 960 - h->ts : -(gint64)h->ts;
		c->seq = c->shift_seq + h->seq;
		c->ts = c->shift_ts + h->ts;
		c->started = TRUE;
		c->ssrc = h->ssrc;
	}
	p->seq = c->seq + (gint16)(guint16)(h->seq + c->shift_seq - c->seq);
	p->ts = c->ts + (gint32)(guint32)(h->ts + c->shift_ts - c->ts);
	c->seq = MAX(c->seq, p->seq);
	c->ts = MAX(c->ts, p->ts);
}

static void add_packet(GArray *packets, counter *c, gboolean video, const guint8 *bytes, gsize n)
{
	thp_rtp_header h;
	packet p = {.begins = TRUE};

	if (!thp_rtp_read(bytes, n, &h))
		return;
	p.payload = bytes + h.header_bytes;
	p.n = payload_of(bytes, n, &h);
	p.marker = h.marker;
	count_on(c, &h, &p);
	gsize front = video ? descriptor(p.payload, p.n, &p.begins) : 0;
	if (p.n == 0 || p.n <= front || (video && front == 0))
		return;
	p.payload += front;
	p.n -= front;
	g_array_append_val(packets, p);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	gint64 x = ((const packet *)a)->seq, y = ((const packet *)b)->seq;

	return (x > y) - (x < y);
}

/* ---- frames ---- */

static void add_frame(frames *f, gint64 ts, gsize at)
{
	frame whole = {ts, at, f->bytes->len - at};

	g_array_append_val(f->list, whole);
}

static void read_sound(frames *f, const GArray *packets)
{
	for (guint i = 0; i < packets->len; i++) {
		const packet *p = &g_array_index(packets, packet, i);
		gsize at = f->bytes->len;

		g_byte_array_append(f->bytes, p->payload, (guint)p->n);
		add_frame(f, p->ts, at);
	}
}

/* From the packet @i, which begins a picture, to its end; the packet after it, or @i if it is not whole. */
static guint read_picture(frames *f, const GArray *packets, guint i)
{
	const packet *first = &g_array_index(packets, packet, i);
	gsize at = f->bytes->len;

	for (guint k = i; k < packets->len; k++) {
		const packet *p = &g_array_index(packets, packet, k);

		if (p->ts != first->ts || p->seq != first->seq + (k - i) || (k > i && p->begins) ||
		    f->bytes->len - at + p->n > PICTURE_MAX)
			break;
		g_byte_array_append(f->bytes, p->payload, (guint)p->n);
		if (!p->marker)
			continue;
		add_frame(f, p->ts, at);
		return k + 1;
	}
	g_byte_array_set_size(f->bytes, (guint)at);
	return i;
}

static void read_pictures(frames *f, const GArray *packets)
{
	for (guint i = 0; i < packets->len;) {
		guint next =
			g_array_index(packets, packet, i).begins ? read_picture(f, packets, i) : i;

		f->lost += next == i && g_array_index(packets, packet, i).begins;
		i = next == i ? i + 1 : next;
	}
}

static void drop_doubles(GArray *packets)
{
	guint kept = 0;

	for (guint i = 0; i < packets->len; i++) {
		packet p = g_array_index(packets, packet, i);
		if (kept == 0 || g_array_index(packets, packet, kept - 1).seq != p.seq)
			g_array_index(packets, packet, kept++) = p;
	}
	g_array_set_size(packets, kept);
}

void frames_read(frames *f, mjr *m)
{
	g_autoptr(GArray) packets = g_array_new(FALSE, FALSE, sizeof(packet));
	counter c = {0};
	const guint8 *bytes;
	gsize n;

	f->list = g_array_new(FALSE, FALSE, sizeof(frame));
	f->bytes = g_byte_array_new();
	f->lost = 0;
	while (mjr_next(m, &bytes, &n))
		add_packet(packets, &c, m->video, bytes, n);
	g_array_sort(packets, by_number);
	drop_doubles(packets);
	if (m->video)
		read_pictures(f, packets);
	else
		read_sound(f, packets);
}

void frames_clear(frames *f)
{
	g_clear_pointer(&f->list, g_array_unref);
	g_clear_pointer(&f->bytes, g_byte_array_unref);
}
