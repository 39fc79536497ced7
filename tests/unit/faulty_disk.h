/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file faulty_disk.h
 * A disk for SQLite that fails when it is told to, and that can lose its power.
 *
 * It counts what changes a file: writes, truncations, syncs, deletions, and openings that make one. What is
 * written reaches the real file at once, but only what was synced is there after faulty_disk_cut().
 */
#pragma once

#include <glib.h>

typedef enum faulty_mode {
	FAULTY_NEVER,
	FAULTY_ONCE, /* the given operation fails, and no other */
	FAULTY_EVER, /* it fails, and all that come after it */
	FAULTY_FULL, /* likewise, for lack of space; syncs and deletions work */
} faulty_mode;

/** Becomes SQLite's disk. */
void faulty_disk_install(void);

/** From now on the @at-th operation (from 0) fails as @mode says; counts anew. */
void faulty_disk_set(faulty_mode mode, guint at);

/** While @on, every operation waits. */
void faulty_disk_stall(gboolean on);

/** Operations since faulty_disk_set(). */
guint faulty_disk_count(void);

/** TRUE if an operation has failed since then. */
gboolean faulty_disk_struck(void);

/** Forgets what was synced in files before. */
void faulty_disk_forget(void);

/** The power goes: every file seen since faulty_disk_forget() is as it was at its last sync. No file may be open. */
void faulty_disk_cut(void);
