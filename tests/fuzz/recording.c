/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What therapy-recording reads, all of which may have been made up; the first byte says which: (m)jr file, with frames
 * and their opening, man(i)fest, sealed (k)ey, (o)pus and (v)p8 as they are written.
 */
#include "../../tools/recording.h"

#include <stdint.h>
#include <string.h>

#include <therapy/secret.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *nowhere(void)
{
	FILE *file = fopen("/dev/null", "wbe");

	g_assert_nonnull(file);
	return file;
}

static const epoch_keys *some_keys(void)
{
	static epoch_keys keys = {.n = 2, .keys = {{1, 1, {1}}, {1, 2, {2}}}};

	return &keys;
}

static void try_mjr(const guint8 *bytes, gsize n)
{
	g_auto(frames) all = {0};
	gsize sum = 0;
	mjr m;

	if (mjr_open(&m, bytes, n) != THP_OK)
		return;
	gboolean video = m.video;
	frames_read(&all, &m);
	g_assert_true(m.at <= m.end);
	for (guint i = 0; i < all.list->len; i++) {
		const frame *f = &g_array_index(all.list, frame, i);
		const guint8 *plain = NULL;
		gsize inner = f->n;

		g_assert_cmpuint(f->at, ==, sum);
		sum += f->n;
		if (frame_open(some_keys(), video, all.bytes->data + f->at, &inner, &plain) ==
		    OPENED)
			g_assert_cmpuint(inner, <, f->n);
	}
	g_assert_cmpuint(sum, ==, all.bytes->len);
}

static void try_manifest(const guint8 *bytes, gsize n)
{
	thp_manifest m, again;

	if (thp_manifest_read((const char *)bytes, n, &m) != THP_OK)
		return;
	for (guint i = 0; i < m.n_tracks; i++)
		g_assert_null(strchr(m.tracks[i].file, '/'));
	g_autofree char *text = thp_manifest_write(&m);
	g_assert_cmpint(thp_manifest_read(text, strlen(text), &again), ==, THP_OK);
	g_assert_cmpmem(&m, sizeof m, &again, sizeof again);
}

static void try_key(const guint8 *bytes, gsize n)
{
	static const guint8 secret[THP_RECORDING_KEY_BYTES] = {9};
	g_autofree epoch_keys *keys = g_new0(epoch_keys, 1);
	g_autofree char *text = g_strndup((const char *)bytes, n);
	guint8 key[THP_RECORDING_KEY_BYTES];

	if (keys_add(keys, secret, bytes, n) == THP_OK)
		g_assert_cmpuint(keys->n, ==, 1);
	if (thp_recording_key_read(text, FALSE, key) == THP_OK) {
		char again[THP_RECORDING_KEY_CHARS + 1];
		thp_recording_key_print(key, FALSE, again);
		g_assert_cmpstr(again, ==, text);
	}
}

/* Frames of a timestamp, a length and so many bytes. */
static void try_write(const guint8 *bytes, gsize n, gboolean video)
{
	FILE *file = nowhere();
	writer *w = writer_new(file, video, 0);
	gint64 duration_ms;

	for (gsize at = 0; at + 5 <= n;) {
		/* Within minutes of the last, or far from anything: hours of silence only take long to write. */
		gint64 ts = bytes[at] == 0xff ? G_GINT64_CONSTANT(1) << 50
					      : (gint64)bytes[at + 1] << 16 | bytes[at + 2] << 8 |
							bytes[at + 3];
		gsize length = MIN(bytes[at + 4], n - at - 5);
		(void)writer_put(w, ts, bytes + at + 5, length);
		at += 5 + length;
	}
	(void)writer_end(w, &duration_ms);
	g_assert_cmpint(duration_ms, >=, 0);
	g_assert_cmpint(duration_ms, <=, (gint64)13 * 3600 * 1000);
	(void)fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static gboolean ready;

	if (!ready)
		g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	ready = TRUE;
	if (size == 0)
		return 0;
	if (data[0] == 'm')
		try_mjr(data + 1, size - 1);
	else if (data[0] == 'i')
		try_manifest(data + 1, size - 1);
	else if (data[0] == 'k')
		try_key(data + 1, size - 1);
	else if (data[0] == 'o' || data[0] == 'v')
		try_write(data + 1, size - 1, data[0] == 'v');
	return 0;
}
