/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file tape.h
 * One recording of one room on the disk: a folder with a name that nobody can guess, its tracks, the sealed
 * keys, and the manifest. All of the disk is done by one thread, the recorder.
 *
 * Counted. What a worker asks for is done in order, soon after.
 */
#pragma once

#include "track.h"

typedef struct thp_tape thp_tape;

/** Told once, when it cannot be written. Recorder. */
typedef void (*thp_tape_broken)(void *data);

/** Starts the recorder for recordings in @folder, which stand for @recipient's key to open. */
void thp_tapes_start(const char *folder, const guint8 recipient[static THP_RECORDING_KEY_BYTES]);

/** Writes all that is left, ends all recordings, and the thread. */
void thp_tapes_stop(void);

/** Begins a recording. @broken gets @data if it cannot be written; @free_data frees that at the end. */
thp_tape *thp_tape_new(gboolean video, thp_tape_broken broken, void *data,
		       GDestroyNotify free_data);

/** One reference more; one less. NULL is allowed. */
thp_tape *thp_tape_ref(thp_tape *tape);
void thp_tape_unref(thp_tape *tape);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_tape, thp_tape_unref)

/** Its id, which is also the name of its folder. Constant, borrowed. */
const char *thp_tape_id(const thp_tape *tape);

/** Adds @track (a reference is taken). */
void thp_tape_add(thp_tape *tape, thp_track *track);

/** Keeps a sealed key; FALSE if there are too many already. */
gboolean
thp_tape_keep_key(thp_tape *tape, guint32 gi, guint64 epoch,
		  const guint8 sealed[static THP_RECORDING_SEALED_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/** Ends it for @reason; what its tracks have taken until now is written. */
void thp_tape_end(thp_tape *tape, const char *reason);
