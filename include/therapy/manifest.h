/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file manifest.h
 * What lies beside the files of a recording and says what they are: no name, no pseudonym, no room.
 *
 * Plain data; any thread.
 */
#pragma once

#include <therapy/error.h>
#include <therapy/recording.h>

#define THP_MANIFEST_FILE       "manifest.json"
#define THP_MANIFEST_TRACKS_MAX 64
#define THP_MANIFEST_MAX        65536 /* bytes */
#define THP_MANIFEST_NAME_MAX   63    /* of a file */
#define THP_MANIFEST_ID_CHARS   22
#define THP_MANIFEST_KEY_CHARS  43
#define THP_MANIFEST_WORD_MAX   15

/** One file: what one person said or showed. */
typedef struct thp_manifest_track {
	char file[THP_MANIFEST_NAME_MAX + 1]; /* a plain name, without a folder; empty: none yet */
	guint person;                         /* from 1; in no other recording the same */
	char role[THP_MANIFEST_WORD_MAX + 1];
	gboolean video;
	guint64 packets;
	guint64 lost; /* because the disk was too slow */
} thp_manifest_track;

/** One recording. */
typedef struct thp_manifest {
	char id[THP_MANIFEST_ID_CHARS + 1];
	char recipient[THP_MANIFEST_KEY_CHARS + 1]; /* public key of who can open it */
	gboolean video;
	gint64 begun_ms, ended_ms;           /* Unix time; ended 0: it was cut off */
	char end[THP_MANIFEST_WORD_MAX + 1]; /* why; empty likewise */
	guint keys;                          /* sealed keys beside it */
	guint n_tracks;
	thp_manifest_track tracks[THP_MANIFEST_TRACKS_MAX];
} thp_manifest;

/** The text of @manifest, with a final newline. The caller's to g_free. */
char *thp_manifest_write(const thp_manifest *manifest);

/** Reads @n bytes of text; BAD_JSON, TOO_BIG, MISSING_FIELD or BAD_FIELD, and nothing of it must be used. */
thp_err thp_manifest_read(const char *text, gsize n,
			  thp_manifest *manifest) G_GNUC_WARN_UNUSED_RESULT;
