/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ogg with Opus (RFC 7845), and IVF with VP8. */
#include "recording.h"

#include <string.h>

#define SECOND       48000
#define SILENCE      960 /* of RTP time: 20 ms */
#define LONGEST      (12LL * 3600 * SECOND)
#define PAGE_PACKETS 50
#define PAGE_MAX     60000
#define VIDEO_HZ     90000

struct writer {
	FILE *file; /* borrowed */
	gboolean video, good;
	gboolean started;
	gint64 first_ts; /* where it begins */
	gint64 end_ts;   /* how far it has come */
	gint64 shift;    /* from the times of the sender to those of the file */
	/* Ogg */
	guint32 page_number;
	GByteArray *page;     /* packets of the page */
	GByteArray *segments; /* their lengths */
	guint packets;
	gint64 granule;
	/* IVF */
	guint32 pictures;
	guint16 width, height;
};

static void put(writer *w, const void *bytes, gsize n)
{
	w->good = w->good && fwrite(bytes, 1, n, w->file) == n;
}

static void little(guint8 *at, guint64 value, guint n)
{
	for (guint i = 0; i < n; i++)
		at[i] = (guint8)(value >> (8 * i));
}

/* ---- Ogg ---- */

/* Of each byte, by itself. */
static guint32 crc_of(guint32 byte)
{
	guint32 sum = byte << 24;

	for (int k = 0; k < 8; k++)
		sum = sum << 1 ^ (sum & 0x80000000 ? 0x04c11db7 : 0);
	return sum;
}

static guint32 crc(guint32 so_far, const guint8 *bytes, gsize n)
{
	static guint32 table[256];

	for (guint32 i = 1; table[255] == 0 && i < 256; i++)
		table[i] = crc_of(i);
	for (gsize i = 0; i < n; i++)
		so_far = so_far << 8 ^ table[so_far >> 24 ^ bytes[i]];
	return so_far;
}

static void put_page(writer *w, guint8 flags)
{
	guint8 head[27] = "OggS";

	if (w->segments->len == 0 && !(flags & 4))
		return;
	head[5] = flags;
	little(head + 6, (guint64)w->granule, 8);
	little(head + 14, 1, 4);
	little(head + 18, w->page_number++, 4);
	head[26] = (guint8)w->segments->len;
	guint32 sum = crc(0, head, sizeof head);
	sum = crc(sum, w->segments->data, w->segments->len);
	sum = crc(sum, w->page->data, w->page->len);
	little(head + 22, sum, 4);
	put(w, head, sizeof head);
	put(w, w->segments->data, w->segments->len);
	put(w, w->page->data, w->page->len);
	g_byte_array_set_size(w->page, 0);
	g_byte_array_set_size(w->segments, 0);
	w->packets = 0;
}

static void add_packet(writer *w, const guint8 *bytes, gsize n, gint64 samples)
{
	static const guint8 full = 255;
	guint8 rest = (guint8)(n % 255);

	if (w->segments->len + n / 255 + 1 > 255 || w->packets >= PAGE_PACKETS ||
	    w->page->len + n > PAGE_MAX)
		put_page(w, 0);
	for (gsize i = 0; i < n / 255; i++)
		g_byte_array_append(w->segments, &full, 1);
	g_byte_array_append(w->segments, &rest, 1);
	g_byte_array_append(w->page, bytes, (guint)n);
	w->granule += samples;
	w->packets++;
}

static void begin_ogg(writer *w)
{
	guint8 head[19] = "OpusHead";
	guint8 tags[8 + 4 + 17 + 4] = "OpusTags";

	head[8] = 1;
	head[9] = 2; /* channels: mono decodes to both */
	little(head + 12, SECOND, 4);
	little(tags + 8, 17, 4);
	(void)g_strlcpy((char *)tags + 12, "therapy-recording", 18);
	add_packet(w, head, sizeof head, 0);
	put_page(w, 2);
	add_packet(w, tags, sizeof tags, 0);
	put_page(w, 0);
}

/* How long a packet sounds (RFC 6716 §3.1), in samples of 48 kHz; 0 if it is damaged. */
static gint64 samples_of(const guint8 *bytes, gsize n)
{
	static const int silk[] = {480, 960, 1920, 2880}, hybrid[] = {480, 960},
			 celt[] = {120, 240, 480, 960};
	guint config = bytes[0] >> 3, code = bytes[0] & 3;
	int one = config < 12   ? silk[config % 4]
		  : config < 16 ? hybrid[config % 2]
				: celt[config % 4];
	int count = code == 0 ? 1 : code < 3 ? 2 : n > 1 ? bytes[1] & 63 : 0;

	return one * count <= 5760 ? one * count : 0;
}

static gboolean put_sound(writer *w, gint64 ts, const guint8 *bytes, gsize n)
{
	static const guint8 silence[] = {0xf8, 0xff, 0xfe};
	gint64 samples = samples_of(bytes, n);

	if (samples == 0 || n > PAGE_MAX / 2)
		return w->good;
	for (; w->end_ts + SILENCE <= ts; w->end_ts += SILENCE)
		add_packet(w, silence, sizeof silence, SILENCE);
	add_packet(w, bytes, n, samples);
	w->end_ts += samples;
	return w->good;
}

/* ---- IVF ---- */

static void ivf_head(const writer *w, guint8 head[static 32])
{
	memset(head, 0, 32);
	(void)g_strlcpy((char *)head, "DKIF", 5);
	little(head + 6, 32, 2);
	(void)g_strlcpy((char *)head + 8, "VP80", 5);
	little(head + 12, w->width, 2);
	little(head + 14, w->height, 2);
	little(head + 16, 1000, 4); /* times are in milliseconds */
	little(head + 20, 1, 4);
	little(head + 24, w->pictures, 4);
}

static gboolean put_picture(writer *w, gint64 ts, const guint8 *bytes, gsize n)
{
	gboolean key = n >= 10 && (bytes[0] & 1) == 0;
	guint8 head[12];

	/* Without a whole picture first, nothing can be shown. */
	if (w->pictures == 0 && !key)
		return w->good;
	if (w->pictures == 0) {
		w->width = (guint16)((bytes[7] << 8 | bytes[6]) & 0x3fff);
		w->height = (guint16)((bytes[9] << 8 | bytes[8]) & 0x3fff);
	}
	little(head, n, 4);
	little(head + 4, (guint64)(MAX(ts, 0) * 1000 / VIDEO_HZ), 8);
	put(w, head, sizeof head);
	put(w, bytes, n);
	w->pictures++;
	w->end_ts = MAX(w->end_ts, ts);
	return w->good;
}

/* ---- both ---- */

writer *writer_new(FILE *file, gboolean video, gint64 start_ms)
{
	writer *w = g_new0(writer, 1);
	guint8 head[32];

	w->file = file;
	w->video = video;
	w->good = TRUE;
	w->first_ts = start_ms * (video ? VIDEO_HZ : SECOND) / 1000;
	w->page = g_byte_array_new();
	w->segments = g_byte_array_new();
	ivf_head(w, head);
	if (video)
		put(w, head, sizeof head);
	else
		begin_ogg(w);
	return w;
}

gboolean writer_put(writer *w, gint64 ts, const guint8 *bytes, gsize n)
{
	gint64 longest = w->video ? LONGEST / SECOND * VIDEO_HZ : LONGEST;

	if (n == 0)
		return w->good;
	if (!w->started)
		w->shift = w->first_ts - ts;
	w->started = TRUE;
	/* Nothing lasts that long: a timestamp that was made up, or a sender that began anew. */
	if (ts + w->shift > longest || ts + w->shift < -longest)
		w->shift = w->end_ts - ts;
	return w->video ? put_picture(w, ts + w->shift, bytes, n)
			: put_sound(w, ts + w->shift, bytes, n);
}

gboolean writer_end(writer *w, gint64 *duration_ms)
{
	guint8 head[32];

	if (!w->video)
		put_page(w, 4);
	ivf_head(w, head);
	if (w->video && fseek(w->file, 0, SEEK_SET) == 0)
		put(w, head, sizeof head);
	if (duration_ms)
		*duration_ms = w->end_ts * 1000 / (w->video ? VIDEO_HZ : SECOND);
	gboolean good = w->good && fflush(w->file) == 0;
	g_byte_array_unref(w->page);
	g_byte_array_unref(w->segments);
	g_free(w);
	return good;
}
