/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file recording.h
 * The parts of therapy-recording: from a file of Janus's recorder to frames that a player knows.
 *
 * Whatever is read here may have been written by anybody: all of it is bounded, and says what it refuses.
 */
#pragma once

#include <stdio.h>

#include <therapy/manifest.h>
#include <therapy/recording_key.h>

/* ---- recording_mjr.c: files of Janus's recorder ---- */

typedef struct mjr {
	const guint8 *at, *end; /* borrowed: what is not read yet */
	gboolean video;
	gint64 created_us, started_us; /* Unix time */
} mjr;

/** Reads the head of a file; KEY_FILE and its like are not for this: BAD_JSON if it is no such file. */
thp_err mjr_open(mjr *m, const guint8 *bytes, gsize n);

/** The next packet, borrowed; FALSE at the end, or where the file is cut off or damaged. */
gboolean mjr_next(mjr *m, const guint8 **packet, gsize *n);

/* ---- recording_frames.c: from packets to encrypted frames ---- */

/** One frame as its sender encrypted it. */
typedef struct frame {
	gint64 ts; /* of RTP, counted on over its wrap; the first is 0 */
	gsize at;  /* in frames.bytes */
	gsize n;
} frame;

typedef struct frames {
	GArray *list;      /* of frame, in order */
	GByteArray *bytes; /* of all of them */
	guint lost;        /* frames of which something is missing */
} frames;

/** All whole frames of @m. */
void frames_read(frames *f, mjr *m);
void frames_clear(frames *f);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(frames, frames_clear)

/* ---- recording_open.c: keys, and frames that they open ---- */

#define EPOCHS_MAX 1024

/** One sealed key, opened. A secret. */
typedef struct epoch_key {
	guint32 gi;
	guint64 epoch;
	guint8 base[32];
} epoch_key;

typedef struct epoch_keys {
	guint n;
	epoch_key keys[EPOCHS_MAX];
} epoch_keys;

/** Opens one sealed key with the organisation's secret key; KEY_FILE if it is not for that key, or is full. */
thp_err keys_add(epoch_keys *keys, const guint8 secret[static THP_RECORDING_KEY_BYTES],
		 const guint8 *sealed, gsize n);

/** Wipes all. */
void keys_wipe(epoch_keys *keys);

/** UNHEARD: sent before its sender had keys, with one of which nobody else has any. */
typedef enum opened { OPENED, NO_KEY, DAMAGED, UNHEARD } opened;

/** Opens a frame in place; *@plain and *@n are then the media inside it. */
opened frame_open(const epoch_keys *keys, gboolean video, guint8 *bytes, gsize *n,
		  const guint8 **plain);

/* ---- recording_write.c: files that players know ---- */

typedef struct writer writer;

/** Begins an Ogg file with Opus, or an IVF file with VP8, whose first frame is at @start_ms. @file stays the caller's. */
writer *writer_new(FILE *file, gboolean video, gint64 start_ms);

/** Writes one frame at its RTP timestamp; what is missing before it is silence. FALSE: the disk refuses. */
gboolean writer_put(writer *w, gint64 ts, const guint8 *bytes, gsize n);

/** Ends and frees it; FALSE: the disk refuses. *@duration_ms may be NULL. */
gboolean writer_end(writer *w, gint64 *duration_ms);
