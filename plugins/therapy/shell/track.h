/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file track.h
 * One file of a recording: what one person says, or shows, as it came: encrypted.
 *
 * Counted. A media thread puts packets in, the recorder's thread writes them to the disk; between them is
 * a ring, so the media thread waits for nothing.
 */
#pragma once

#include <therapy/manifest.h>

#include "ring.h"
#include "session.h"

/** A track of person number @person; nothing is on the disk yet. */
thp_track *thp_track_new(guint person, const char *role, gboolean video);

/** One reference more; NULL is allowed. */
thp_track *thp_track_ref(thp_track *track);

/** One less; NULL is allowed. */
void thp_track_unref(thp_track *track);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_track, thp_track_unref)

/** Takes a copy of a packet, or counts it as lost. The media thread, with the publisher's lock. */
void thp_track_put(thp_track *track, const void *packet, guint n);

/** Writes what has come to a file in @folder, made with the first packet; FALSE if that failed. Recorder. */
gboolean thp_track_write(thp_track *track, const char *folder) G_GNUC_WARN_UNUSED_RESULT;

/** Sees that what was written survives the process; with @durably, the machine too. Recorder. */
gboolean thp_track_flush(thp_track *track, gboolean durably) G_GNUC_WARN_UNUSED_RESULT;

/** Ends the file. Recorder. */
void thp_track_close(thp_track *track);

/** What the manifest says of it; FALSE if there is no file. Recorder. */
gboolean thp_track_describe(const thp_track *track, thp_manifest_track *shown);
